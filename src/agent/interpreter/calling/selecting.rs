//! Which runs "the two best xgboost runs" are, where they are to be compared or drawn: the tools that do so take runs, not
//! conditions, so the runs are looked up first and stand in the question by their ids.

use std::ops::Range;

use serde_json::Value;

use super::fill;
use crate::agent::interpreter::lexicon::End;
use crate::agent::interpreter::reading::{Anaphor, Part, Reading, Span};
use crate::agent::interpreter::vocabulary::Vocabulary;
use crate::agent::interpreter::{Arguments, put, put_experiment};
use crate::domain::filter::Clause;
use crate::tools::{Context, ToolError};

/// The most runs that a condition alone stands for.
const MOST: usize = 20;

/// Some of the runs that meet conditions.
#[derive(Debug, Clone, PartialEq)]
struct Selection {
    /// Which of them.
    choice: Choice,
    /// What they have to meet.
    clauses: Vec<Clause>,
    /// The spans that say so.
    spans: Range<usize>,
}

/// Which of the runs that meet conditions.
#[derive(Debug, Clone, PartialEq)]
enum Choice {
    /// From an end of a ranking.
    Ranked(End, usize),
    /// `last 3`: by when they started.
    Timed(String),
    /// All there are.
    All,
}

/// Puts runs in the place of conditions on them, where several are compared or drawn.
pub(in crate::agent::interpreter) async fn resolve(
    reading: &mut Reading,
    context: &Context,
    vocabulary: &Vocabulary,
) -> Result<(), ToolError> {
    if !sets_side_by_side(reading) && !reading.plots() || fill::draws_against(reading) {
        return Ok(());
    }
    let selections = selections(reading);
    let metric = fill::selecting_metric(reading);
    for selection in selections.iter().rev() {
        let arguments = listing(selection, metric.as_deref(), reading, context, vocabulary);
        let Some(tool) = crate::tools::named("list_runs") else { return Ok(()) };
        let resolved = tool.call(Value::Object(arguments), context).await?.resolved;
        let Some(bytes) = bytes_of(reading, &selection.spans) else { return Ok(()) };
        let words = words_of(reading, &selection.spans);
        let mut parts: Vec<Part> = resolved.runs.into_iter().map(|run| Part::Run(run.run_id)).collect();
        if let (Some(experiment), None) = (resolved.experiment, reading.experiment()) {
            parts.push(Part::Experiment(experiment.name));
        }
        let kept = reading.spans.get(selection.spans.clone()).unwrap_or_default().iter().filter(|span| is_kept(&span.part)).cloned();
        let found = parts.into_iter().map(|part| Span { part, words: words.clone(), bytes: bytes.clone() });
        let replacing: Vec<Span> = found.chain(kept).collect();
        reading.spans.splice(selection.spans.clone(), replacing);
    }
    let ranks_more = reading.parts().any(|part| matches!(part, Part::End(..)));
    let shows_more = !reading.plots() || reading.metrics().len() > 1;
    if !selections.is_empty() && !ranks_more && shows_more {
        forget_ranking(reading, metric.as_deref());
    }
    Ok(())
}

/// `the auc of ana's latest run`: puts the run that meets the conditions in the place of the phrase for it.
pub(super) async fn resolve_one(
    arguments: &mut Arguments,
    tool: &str,
    reading: &Reading,
    context: &Context,
    vocabulary: &Vocabulary,
) -> Result<(), ToolError> {
    let clauses: Vec<Clause> = fill::clauses_of_run(reading);
    let named = reading.parts().any(is_named);
    let Some(choice) = choice_of(&reading.spans).filter(|_| !named) else { return Ok(()) };
    let by = arguments.get("run").and_then(Value::as_str).and_then(|run| run.split_once(" by ")).map(|(_, metric)| metric.to_owned());
    if clauses.is_empty() && !(by.is_some() && is_literal(&choice, reading)) {
        return Ok(());
    }
    if !matches!(tool, "get_run" | "list_artifacts" | "read_artifact") {
        return Ok(());
    }
    let selection = Selection { choice, clauses, spans: 0..reading.spans.len() };
    let listing = listing(&selection, by.as_deref(), reading, context, vocabulary);
    let Some(list_runs) = crate::tools::named("list_runs") else { return Ok(()) };
    let resolved = list_runs.call(Value::Object(listing), context).await?.resolved;
    if let (Some(run), Some(experiment)) = (resolved.runs.into_iter().next(), resolved.experiment) {
        put(arguments, "run", run.run_id);
        put(arguments, "experiment", experiment.name);
    }
    Ok(())
}

/// Whether runs are to be compared, and not the values of a parameter.
fn sets_side_by_side(reading: &Reading) -> bool {
    reading.means("compare") && !reading.means("impact")
}

/// What else stands in a selection and is not used up by it.
fn is_kept(part: &Part) -> bool {
    !matches!(part, Part::End(..) | Part::Runs(_) | Part::Conditions(_) | Part::Value(..))
}

/// The selections of a question; none where no condition belongs to one.
fn selections(reading: &Reading) -> Vec<Selection> {
    let segments = segments(reading);
    let mut selections: Vec<Selection> = Vec::new();
    for (place, segment) in segments.iter().enumerate() {
        let spans = reading.spans.get(segment.clone()).unwrap_or_default();
        let own = clauses_of(spans);
        let Some(choice) = choice_of(spans) else {
            // `the best xgboost and lightgbm runs`, `it with the int8 one`
            let before = selections.last().map(|selection| selection.choice.clone());
            let choice = before.or_else(|| stands_for_all(reading, &segments).then_some(Choice::All));
            if let Some(choice) = choice.filter(|_| !own.is_empty() && !spans.iter().any(|span| is_named(&span.part))) {
                selections.push(Selection { choice, clauses: own, spans: segment.clone() });
            }
            continue;
        };
        // `the best and the worst xgboost run`: the noun at the end is of both.
        let has_noun = spans.iter().any(|span| matches!(span.part, Part::Meaning("run")));
        let next = segments.get(place + 1).and_then(|next| reading.spans.get(next.clone())).unwrap_or_default();
        let shared = if own.is_empty() && !has_noun && choice_of(next).is_some() { clauses_of(next) } else { own };
        if !shared.is_empty() || is_literal(&choice, reading) {
            selections.push(Selection { choice, clauses: shared, spans: segment.clone() });
        }
    }
    selections
}

/// The pieces of a question between the words that join runs, by their spans.
fn segments(reading: &Reading) -> Vec<Range<usize>> {
    const JOINTS: [&str; 10] = ["and", "with", "vs", "versus", "against", "to", "or", "beside", "plus", "than"];
    let is_joint = |span: &Span| {
        let says = reading.words.get(span.words.start).is_some_and(|word| JOINTS.contains(&word.as_str()));
        says && span.words.len() == 1 && matches!(span.part, Part::Filler | Part::Meaning("compare"))
    };
    let mut segments = Vec::new();
    let mut start = 0;
    for (index, span) in reading.spans.iter().enumerate() {
        if is_joint(span) {
            segments.push(start..index);
            start = index + 1;
        }
    }
    segments.push(start..reading.spans.len());
    segments
}

fn clauses_of(spans: &[Span]) -> Vec<Clause> {
    spans
        .iter()
        .filter_map(|span| if let Part::Conditions(clauses) = &span.part { Some(clauses.clone()) } else { None })
        .flatten()
        .collect()
}

fn choice_of(spans: &[Span]) -> Option<Choice> {
    spans.iter().find_map(|span| match &span.part {
        Part::End(end, count) => Some(Choice::Ranked(*end, count.unwrap_or(1))),
        Part::Runs(phrase) => Some(Choice::Timed(phrase.clone())),
        _ => None,
    })
}

/// `the lowest by psi`: the lowest, whichever end the experiment's tags call better.
fn is_literal(choice: &Choice, reading: &Reading) -> bool {
    matches!(choice, Choice::Ranked(End::Highest | End::Lowest, _)) && fill::selecting_metric(reading).is_some()
}

fn is_named(part: &Part) -> bool {
    matches!(part, Part::Run(_) | Part::Anaphor(_))
}

/// Whether conditions without an end stand for all runs that meet them: where they are set beside other runs, or `all`, `every` or a
/// picture is asked for and no run is named.
fn stands_for_all(reading: &Reading, segments: &[Range<usize>]) -> bool {
    let names = |part: &Part| matches!(part, Part::Run(_) | Part::Anaphor(Anaphor::One | Anaphor::Nth(_)));
    let names_one = reading.parts().any(names);
    let is_beside = segments.len() > 1 && names_one && reading.words.iter().any(|word| matches!(word.as_str(), "one" | "run" | "runs"));
    let is_plural = |span: &Span| {
        let word = reading.words.get(span.words.start).map_or("", String::as_str);
        span.part == Part::Meaning("run") && word.ends_with('s') || word == "ones"
    };
    let has_clauses = |segment: &&Range<usize>| reading.spans.get((*segment).clone()).is_some_and(|spans| !clauses_of(spans).is_empty());
    // `ana vs ben on f1`
    let each_has = sets_side_by_side(reading) && segments.iter().filter(has_clauses).count() > 1;
    // `plot the loss of nhits`
    let is_drawn = reading.plots() && !reading.parts().any(|part| matches!(part, Part::End(..) | Part::Runs(_)));
    let is_of_all =
        each_has || is_drawn || ["all", "every", "each"].iter().any(|word| reading.says(word)) || reading.spans.iter().any(is_plural);
    is_beside && sets_side_by_side(reading) || is_of_all && !names_one
}

/// The arguments of the list that begins with the runs of a selection.
fn listing(selection: &Selection, metric: Option<&str>, reading: &Reading, context: &Context, vocabulary: &Vocabulary) -> Arguments {
    let mut arguments = Arguments::new();
    put_experiment(&mut arguments, reading);
    if !selection.clauses.is_empty() {
        put(&mut arguments, "filter", fill::filter_text(&selection.clauses));
    }
    match &selection.choice {
        Choice::Ranked(end, count) => {
            put(&mut arguments, "sort_by", metric.unwrap_or("best"));
            fill::put_order(&mut arguments, *end);
            put(&mut arguments, "limit", *count);
        }
        Choice::Timed(phrase) => {
            let (kind, count) = phrase.split_once(' ').unwrap_or((phrase, ""));
            put(&mut arguments, "sort_by", "start_time");
            put(&mut arguments, "order", if kind == "last" { "desc" } else { "asc" });
            put(&mut arguments, "limit", count.parse().unwrap_or(MOST));
        }
        Choice::All => put(&mut arguments, "limit", MOST),
    }
    // What is to be seen of the runs tells where they are.
    fill::put_experiment_of_values(&mut arguments, "describe_experiment", reading, vocabulary, context.focus.as_ref());
    arguments
}

fn words_of(reading: &Reading, spans: &Range<usize>) -> Range<usize> {
    let inside = reading.spans.get(spans.clone()).unwrap_or_default();
    inside.first().map_or(0, |span| span.words.start)..inside.last().map_or(0, |span| span.words.end)
}

fn bytes_of(reading: &Reading, spans: &Range<usize>) -> Option<Range<usize>> {
    let inside = reading.spans.get(spans.clone())?;
    Some(inside.first()?.bytes.start..inside.last()?.bytes.end)
}

/// The metric that told which runs are meant is not all that is to be compared.
fn forget_ranking(reading: &mut Reading, metric: Option<&str>) {
    for span in &mut reading.spans {
        if matches!(&span.part, Part::Metric(said) if Some(said.as_str()) == metric) {
            span.part = Part::Filler;
        }
    }
}
