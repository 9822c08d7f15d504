//! What somebody who comes new is told: over which store he talks, what is in it, and what he could ask.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::agent::suggestions::{self, About, Names};
use crate::api::arguments::pairs;
use crate::api::auth::{Principal, Role};
use crate::api::problem::Problem;
use crate::api::{Service, reply, rest};
use crate::tools::resolve::{self, Wants};
use crate::tools::{self, Context, ToolError};

/// How many experiments are told: what a list to choose from can have.
const EXPERIMENTS: usize = 100;

/// Answers.
pub(super) async fn answer(service: &Arc<Service>, principal: &Principal, request: Request) -> Result<Response<Body>, Problem> {
    let chosen = chosen(request.uri().query())?;
    let tenant = rest::agreed_tenant(service, principal, None)?;
    let context = Context { tenant, now: service.clock.now(), ..service.context.clone() };
    let context = Context { store: context.store.for_one_call(), ..context };
    let turn = service.load.turn().await?;
    let known = timeout(service.call_deadline, known(&context, chosen.as_deref())).await.map_err(|_| {
        let detail = "the store took too long to tell what it has; ask all the same";
        Problem::new(StatusCode::GATEWAY_TIMEOUT, "call_timed_out", detail)
    })??;
    drop(turn);
    let may_write = !service.is_read_only && principal.role >= Role::Writer;
    let suggestions = match (&chosen, known.experiments.is_empty()) {
        (_, true) if may_write => suggestions::first_of_all(),
        (_, true) => Vec::new(),
        (Some(_), false) => suggestions::first(&known.names, About::Experiment),
        (None, false) => suggestions::first(&known.names, About::Store),
    };
    let told = json!({
        "store": service.store_kind,
        "planner": service.planner.name(),
        "may_write": may_write,
        "experiment_count": known.count,
        "experiments": known.experiments,
        "suggestions": suggestions,
    });
    Ok(reply("application/json", told.to_string()))
}

/// The experiment that the query asks about, if any.
fn chosen(query: Option<&str>) -> Result<Option<String>, Problem> {
    let invalid = |detail: String| Problem::new(StatusCode::BAD_REQUEST, "invalid_arguments", detail);
    let mut chosen = None;
    for (name, text) in pairs(query).map_err(invalid)? {
        if name != "experiment" || chosen.is_some() || text.trim().is_empty() {
            return Err(invalid(format!("`{name}` is not taken, empty or given twice; there is `experiment`, once")));
        }
        chosen = Some(text);
    }
    Ok(chosen)
}

/// What the store has.
struct Known {
    count: Value,
    experiments: Vec<Value>,
    names: Names,
}

async fn known(context: &Context, chosen: Option<&str>) -> Result<Known, ToolError> {
    let list = called("list_experiments", json!({"limit": EXPERIMENTS}), context).await?;
    let listed: Vec<&Value> = list.get("experiments").and_then(Value::as_array).into_iter().flatten().collect();
    let names = match chosen {
        Some(reference) => {
            let place = resolve::place(context, Some(reference), Wants::default()).await?;
            let id = place.experiment.id.0.as_str();
            match listed.iter().find(|experiment| text(experiment, "id") == Some(id)) {
                Some(experiment) => names(experiment, context).await?,
                None => Names { experiment: Some(place.resolved().name), ..Names::default() },
            }
        }
        // Where most was done there is most to see.
        None => match listed.iter().rev().max_by_key(|experiment| experiment.get("run_count").and_then(Value::as_u64)) {
            Some(experiment) => names(experiment, context).await?,
            None => Names::default(),
        },
    };
    let experiments = listed
        .iter()
        .map(|experiment| json!({"id": experiment.get("id"), "name": experiment.get("name"), "run_count": experiment.get("run_count")}));
    Ok(Known { count: list.get("total").cloned().unwrap_or_default(), experiments: experiments.collect(), names })
}

/// Names of an experiment, from its place in the list and its last runs.
async fn names(experiment: &Value, context: &Context) -> Result<Names, ToolError> {
    let metric = experiment.get("best_metric").and_then(Value::as_object).and_then(|best| best.keys().next().cloned());
    let mut names = Names { experiment: text(experiment, "name").map(str::to_owned), metric, ..Names::default() };
    if experiment.get("run_count").and_then(Value::as_u64) == Some(0) {
        return Ok(Names { experiment: names.experiment, ..Names::default() });
    }
    let arguments = json!({"experiment": experiment.get("id"), "limit": 1});
    let runs = called("list_runs", arguments, context).await?;
    if let Some(run) = runs.get("runs").and_then(Value::as_array).and_then(|runs| runs.first()) {
        names.runs = text(run, "run_name").map(str::to_owned).into_iter().collect();
        let keys = run.get("metrics").and_then(Value::as_object).into_iter().flat_map(|metrics| metrics.keys().cloned());
        names.curve = suggestions::curve_among(&keys.collect::<Vec<_>>());
    }
    Ok(names)
}

async fn called(tool: &str, arguments: Value, context: &Context) -> Result<Value, ToolError> {
    match tools::named(tool) {
        Some(tool) => Ok(tool.call(arguments, context).await?.result),
        None => Ok(Value::Null),
    }
}

fn text<'a>(item: &'a Value, key: &str) -> Option<&'a str> {
    item.get(key).and_then(Value::as_str)
}
