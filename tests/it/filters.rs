//! Filters, orders and reading as MLflow itself does them: `tests/judges/filters.py` is the judge.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use trialogue::domain::experiment::{ExperimentId, Lifecycle, View};
use trialogue::domain::filter::{ExperimentFilter, ExperimentOrder, Filter, RunOrder};
use trialogue::domain::run::RunId;
use trialogue::store::{Count, ExperimentQuery, OpenMode, Page, RunQuery, Store};

use crate::support::{folder, history, judge, open, python};

#[derive(Debug, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
enum Case {
    Run(RunFacts),
    Runs(Search),
    Experiments(Search),
}

#[derive(Debug, Deserialize)]
struct Search {
    kind: Kind,
    filter: String,
    order_by: Vec<String>,
    #[serde(default)]
    experiments: Vec<String>,
    view: String,
    max_results: usize,
    #[serde(flatten)]
    answer: Answer,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// Ours answers as MLflow does.
    Same,
    /// Ours answers what MLflow refuses.
    Extension,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    /// Ids in order, page by page.
    Pages(Vec<Vec<String>>),
    /// Why not.
    Refused(String),
}

#[derive(Debug, Deserialize)]
struct RunFacts {
    id: String,
    name: Option<String>,
    status: String,
    lifecycle: String,
    experiment: String,
    start: Option<i64>,
    end: Option<i64>,
    artifact_uri: String,
    params: BTreeMap<String, String>,
    tags: BTreeMap<String, Option<String>>,
    metrics: BTreeMap<String, Value>,
    histories: BTreeMap<String, Vec<(i64, i64, Value)>>,
}

#[tokio::test]
async fn searches_and_runs_are_those_of_mlflow() {
    let Some(python) = python("searches_and_runs_are_those_of_mlflow") else { return };
    let folder = folder();
    let lines = judge(&python, "filters.py", &[folder.path().to_str().unwrap(), "7"], folder.path());
    let store = open(&folder.path().join("store.db"), OpenMode::ReadOnly);
    let (mut searches, mut found, mut refused) = (0, 0, 0);
    let mut differences = Vec::new();
    for line in lines.lines() {
        match serde_json::from_str(line).unwrap() {
            Case::Run(facts) => check_run(&store, &facts).await,
            Case::Runs(search) => {
                searches += 1;
                found += usize::from(matches!(&search.answer, Answer::Pages(pages) if pages.iter().any(|page| !page.is_empty())));
                refused += usize::from(matches!(&search.answer, Answer::Refused(_)));
                differences.extend(difference(&search, search_runs(&store, &search).await));
            }
            Case::Experiments(search) => differences.extend(difference(&search, search_experiments(&store, &search).await)),
        }
    }
    assert!(searches >= 600 && found >= 200 && refused >= 80, "{searches} searches, {found} found something, {refused} were refused");
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), differences.join("\n"));
}

fn difference(search: &Search, ours: Answer) -> Option<String> {
    let agrees = match (&search.answer, &ours) {
        (Answer::Pages(theirs), Answer::Pages(ours)) => theirs == ours,
        (Answer::Refused(_), Answer::Refused(_)) => search.kind == Kind::Same,
        (Answer::Refused(_), Answer::Pages(_)) => search.kind == Kind::Extension,
        (Answer::Pages(_), Answer::Refused(_)) => false,
    };
    (!agrees).then(|| format!("{search:?}\n    ours: {ours:?}"))
}

async fn search_runs(store: &Store, search: &Search) -> Answer {
    let filter = match Filter::parse(&search.filter) {
        Ok(filter) => filter,
        Err(error) => return Answer::Refused(error.to_string()),
    };
    // What is printed for MLflow means the same.
    if let Ok(printed) = filter.to_mlflow() {
        assert_eq!(Filter::parse(&printed).as_ref(), Ok(&filter), "{printed}");
    }
    let order_by = match search.order_by.iter().map(|key| RunOrder::parse(key)).collect() {
        Ok(order_by) => order_by,
        Err(error) => return Answer::Refused(error.to_string()),
    };
    let mut query = RunQuery {
        experiment_ids: search.experiments.iter().cloned().map(ExperimentId).collect(),
        filter,
        order_by,
        view: view(&search.view),
        max_results: search.max_results,
        page_token: None,
        count: Count::All,
    };
    let mut pages = Vec::new();
    loop {
        match store.runs(&query).await {
            Ok(page) => {
                query.page_token = page.next.clone();
                add_page(&mut pages, page, |run| run.id.0);
            }
            Err(error) => return Answer::Refused(error.to_string()),
        }
        if query.page_token.is_none() {
            return Answer::Pages(pages);
        }
    }
}

async fn search_experiments(store: &Store, search: &Search) -> Answer {
    let filter = match ExperimentFilter::parse(&search.filter) {
        Ok(filter) => filter,
        Err(error) => return Answer::Refused(error.to_string()),
    };
    let order_by = match search.order_by.iter().map(|key| ExperimentOrder::parse(key)).collect() {
        Ok(order_by) => order_by,
        Err(error) => return Answer::Refused(error.to_string()),
    };
    let mut query = ExperimentQuery { filter, order_by, view: view(&search.view), max_results: search.max_results, page_token: None };
    let mut pages = Vec::new();
    loop {
        match store.experiments(&query).await {
            Ok(page) => {
                query.page_token = page.next.clone();
                add_page(&mut pages, page, |experiment| experiment.id.0);
            }
            Err(error) => return Answer::Refused(error.to_string()),
        }
        if query.page_token.is_none() {
            return Answer::Pages(pages);
        }
    }
}

/// Adds the ids of a page, whose total has to be that of all pages together.
fn add_page<T>(pages: &mut Vec<Vec<String>>, page: Page<T>, id: impl Fn(T) -> String) {
    let (is_last, total) = (page.next.is_none(), page.total);
    pages.push(page.items.into_iter().map(id).collect());
    if is_last {
        assert_eq!(total, Some(pages.iter().flatten().count() as u64));
    }
}

fn view(name: &str) -> View {
    match name {
        "active" => View::ActiveOnly,
        "deleted" => View::DeletedOnly,
        _ => View::All,
    }
}

async fn check_run(store: &Store, facts: &RunFacts) {
    let id = RunId(facts.id.clone());
    let runs = store.runs_by_id(&[RunId("none".to_owned()), id.clone()]).await.unwrap();
    let [run] = runs.as_slice() else { panic!("{runs:?}") };
    let name_in_tag = facts.tags.get("mlflow.runName").cloned().flatten();
    assert_eq!(run.name, facts.name.clone().filter(|name| !name.is_empty()).or(name_in_tag).unwrap_or_default());
    assert_eq!(run.status.mlflow_name(), facts.status);
    assert_eq!(run.lifecycle == Lifecycle::Deleted, facts.lifecycle == "deleted");
    assert_eq!(run.experiment_id.0, facts.experiment);
    assert_eq!(run.start.map(|start| start.0), facts.start.filter(|start| *start > 0));
    assert_eq!(run.end.map(|end| end.0), facts.end.filter(|end| *end > 0));
    assert_eq!(run.artifact_uri, facts.artifact_uri);
    let params: BTreeMap<String, String> = run.params.iter().map(|param| (param.key.clone(), param.value.clone())).collect();
    assert_eq!(params, facts.params);
    let tags: BTreeMap<String, String> = run.tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect();
    let their_tags = facts.tags.iter().map(|(key, value)| (key.clone(), value.clone().unwrap_or_default())).collect();
    assert_eq!(tags, their_tags);
    let metrics: BTreeMap<String, Value> = run.metrics.iter().map(|metric| (metric.key.clone(), number(metric.value))).collect();
    assert_eq!(metrics, facts.metrics);
    for (key, points) in &facts.histories {
        let ours: Vec<(i64, i64, Value)> =
            history(store, &id, key).await.into_iter().map(|point| (point.step, point.timestamp.0, number(point.value))).collect();
        assert_eq!(&ours, points, "{key}");
    }
}

fn number(number: f64) -> Value {
    if number.is_finite() {
        return json!(number);
    }
    json!(if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    })
}
