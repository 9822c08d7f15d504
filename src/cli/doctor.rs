//! `doctor`: what is in force, where it came from, and whether the store and the model answer.

use std::time::Instant;

use super::world::{World, planner};
use super::{Answered, Ended, render};
use crate::agent::Planner;
use crate::config::{Config, ModelChoice};
use crate::domain::experiment::View;
use crate::llm::{Message, Request};
use crate::tools::resolve::experiments;

pub(super) async fn doctor(config: &Config) -> Ended {
    let line = |name: &str, value: &str, source: &str| render::print_line(&format!("{name:<32} {value}  ({source})"));
    if config.demo {
        line("store", "the made-up demonstration store", "flag --demo");
    } else {
        line("MLFLOW_TRACKING_URI", &without_password(&config.tracking_uri.value), &config.tracking_uri.source.to_string());
    }
    let model = match &config.model.value {
        ModelChoice::Builtin => "builtin".to_owned(),
        ModelChoice::OpenAi { name } => format!("openai:{name}"),
    };
    line("TRIALOGUE_MODEL", &model, &config.model.source.to_string());
    if config.model.value != ModelChoice::Builtin {
        line("OPENAI_BASE_URL", &without_password(&config.openai_base_url.value), &config.openai_base_url.source.to_string());
        line("OPENAI_API_KEY", if config.openai_api_key.is_some() { "***" } else { "not set" }, "environment");
    }
    let limits = &config.limits;
    line("TRACKING_MAX_RUNS_PER_QUERY", &limits.max_runs_per_query.value.to_string(), &limits.max_runs_per_query.source.to_string());
    line("TRACKING_METRIC_HISTORY_LIMIT", &limits.metric_history_limit.value.to_string(), &limits.metric_history_limit.source.to_string());
    if let Some(tenant) = &config.tenant {
        line("tenant", tenant, "only experiments tagged so are seen");
    }
    render::print_line("");
    let store = check_store(config).await;
    let model = check_model(config).await;
    Ok(if store == Answered::Yes && model == Answered::Yes { Answered::Yes } else { Answered::No })
}

async fn check_store(config: &Config) -> Answered {
    let begun = Instant::now();
    let found = match World::open(config) {
        Ok(world) => match experiments(&world.context, View::ActiveOnly).await {
            Ok(all) => match world.context.store.last_starts(&all.iter().map(|one| one.id.clone()).collect::<Vec<_>>()).await {
                Ok(_) => Ok(all.len()),
                Err(error) => Err(error.to_string()),
            },
            Err(error) => Err(error.to_string()),
        },
        Err(failure) => Err(failure.to_string()),
    };
    match found {
        Ok(count) => {
            render::print_line(&format!("store: ok, {count} active experiments, {} ms", begun.elapsed().as_millis()));
            Answered::Yes
        }
        Err(error) => {
            render::print_line(&format!("store: FAILED: {error}"));
            Answered::No
        }
    }
}

async fn check_model(config: &Config) -> Answered {
    let begun = Instant::now();
    let reply = match planner(config) {
        Ok(Planner::Interpreter) => {
            render::print_line("model: ok, the built-in interpreter needs none");
            return Answered::Yes;
        }
        Ok(Planner::Model { model, .. }) => {
            let messages = vec![Message::User { text: "Answer with the word ok.".to_owned() }];
            model.reply(&Request { messages, ..Request::default() }, &mut |_| {}).await.map_err(|error| error.to_string())
        }
        Err(failure) => Err(failure.to_string()),
    };
    match reply {
        Ok(_) => {
            render::print_line(&format!("model: ok, {} ms", begun.elapsed().as_millis()));
            Answered::Yes
        }
        Err(error) => {
            render::print_line(&format!("model: FAILED: {error}"));
            Answered::No
        }
    }
}

/// An address without the user and password that may stand in it.
fn without_password(address: &str) -> String {
    match address.split_once("://") {
        Some((scheme, rest)) => match rest.split_once('@') {
            Some((_, host)) if !scheme.starts_with("sqlite") => format!("{scheme}://***@{host}"),
            _ => address.to_owned(),
        },
        None => address.to_owned(),
    }
}
