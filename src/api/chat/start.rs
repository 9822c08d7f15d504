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
use crate::domain::experiment::View;
use crate::domain::metric::primary_metric;
use crate::tools::resolve::{self, Wants};
use crate::tools::view::plain;
use crate::tools::{self, Context, ToolError};

/// How many experiments are told: what a list to choose from can have.
const EXPERIMENTS: usize = 200;

/// Of how many of the newest it is looked where most was done. A server is asked about each.
const LOOKED_AT: usize = 12;

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
    count: usize,
    experiments: Vec<Value>,
    names: Names,
}

async fn known(context: &Context, chosen: Option<&str>) -> Result<Known, ToolError> {
    let all = resolve::experiments(context, View::ActiveOnly).await?;
    let newest = called("list_experiments", json!({"limit": LOOKED_AT}), context).await?;
    let newest: Vec<&Value> = newest.get("experiments").and_then(Value::as_array).into_iter().flatten().collect();
    let names = match chosen {
        Some(reference) => {
            let place = resolve::place(context, Some(reference), Wants::default()).await?;
            names(&json!({"id": place.experiment.id.0, "name": place.resolved().name}), context).await?
        }
        // Where most was done there is most to see.
        None => match newest.iter().rev().max_by_key(|experiment| experiment.get("run_count").and_then(Value::as_u64)) {
            Some(experiment) => names(experiment, context).await?,
            None => Names::default(),
        },
    };
    let shown = all.iter().take(EXPERIMENTS).map(|experiment| json!({"id": experiment.id.0, "name": plain(&experiment.name)}));
    Ok(Known { count: all.len(), experiments: shown.collect(), names })
}

/// Names of an experiment, from its place in a list, as far as that tells, and its last run.
async fn names(experiment: &Value, context: &Context) -> Result<Names, ToolError> {
    let best = experiment.get("best_metric").and_then(Value::as_object).and_then(|best| best.keys().next().cloned());
    let runs = called("list_runs", json!({"experiment": experiment.get("id"), "limit": 1}), context).await?;
    let run = runs.get("runs").and_then(Value::as_array).and_then(|runs| runs.first());
    let keys = run.and_then(|run| run.get("metrics")).and_then(Value::as_object);
    let keys: Vec<String> = keys.into_iter().flat_map(|metrics| metrics.keys().cloned()).collect();
    let primary = || primary_metric(keys.iter().map(|key| (key.as_str(), 1)), &[]).map(str::to_owned);
    Ok(Names {
        experiment: text(experiment, "name").map(str::to_owned),
        metric: best.or_else(primary),
        curve: suggestions::curve_among(&keys),
        runs: run.and_then(|run| text(run, "run_name")).map(str::to_owned).into_iter().collect(),
        ..Names::default()
    })
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
