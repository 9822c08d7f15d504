//! `doctor`: what is in force, where it came from, and whether the store and the model answer.

use std::time::Instant;

use super::world::{World, is_server, planner};
use super::{Answered, Ended, render};
use crate::agent::Planner;
use crate::config::{Config, ModelChoice, TrackingServer};
use crate::domain::experiment::View;
use crate::llm::openai::keyless_address;
use crate::llm::{Message, Request};
use crate::store::Store;
use crate::store::mlflow::MlflowStore;
use crate::tools::Context;
use crate::tools::resolve::experiments;

pub(super) async fn doctor(config: &Config) -> Ended {
    let line = |name: &str, value: &str, source: &str| render::print_line(&format!("{name:<32} {value}  ({source})"));
    if config.demo {
        line("store", "the made-up demonstration store", "flag --demo");
    } else {
        line("MLFLOW_TRACKING_URI", &config.tracking_uri.value.to_string(), &config.tracking_uri.source.to_string());
    }
    if !config.demo && is_server(&config.tracking_uri.value.0) {
        server_lines(&config.tracking_server, line);
    }
    let model = match &config.model.value {
        ModelChoice::Builtin => "builtin".to_owned(),
        ModelChoice::OpenAi { name } => format!("openai:{name}"),
    };
    line("TRIALOGUE_MODEL", &model, &config.model.source.to_string());
    if config.model.value != ModelChoice::Builtin {
        let key = config.openai_api_key.as_ref().map_or("", |key| key.0.as_str());
        // A wrong address is not repeated: it may hold a password.
        let address = keyless_address(&config.openai_base_url.value, key).unwrap_or_else(|error| error.to_string());
        line("OPENAI_BASE_URL", &address, &config.openai_base_url.source.to_string());
        line("OPENAI_API_KEY", if config.openai_api_key.is_some() { "***" } else { "not set" }, "environment");
    }
    if config.model.value != ModelChoice::Builtin {
        let budget = &config.model_budget;
        let bounds = format!("{} steps, {} s and {} tokens a turn", budget.steps, budget.time.as_secs(), budget.turn_tokens);
        let cost = budget.turn_cost.or(budget.day_cost).map_or("cost is not bounded", |_| "cost is bounded");
        let price = if budget.price.is_some() { cost } else { "without a price no cost is bounded" };
        line("TRIALOGUE_MODEL_…", &format!("{bounds}; {price}"), "environment and defaults");
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

/// What is set of the server's variables; secrets only as set.
fn server_lines(server: &TrackingServer, line: impl Fn(&str, &str, &str)) {
    let set = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            line(name, value, "environment");
        }
    };
    set("MLFLOW_TRACKING_USERNAME", server.username.as_deref());
    set("MLFLOW_TRACKING_PASSWORD", server.password.as_ref().map(|_| "***"));
    set("MLFLOW_TRACKING_TOKEN", server.token.as_ref().map(|_| "***"));
    let names: Vec<&str> = server.headers.iter().map(|(name, _)| name.as_str()).collect();
    set("TRIALOGUE_MLFLOW_HEADERS", Some(names.join(", ").as_str()).filter(|names| !names.is_empty()));
    set("MLFLOW_WORKSPACE", server.workspace.as_deref());
    set("MLFLOW_TRACKING_SERVER_CERT_PATH", server.ca_file.as_ref().map(|path| path.display().to_string()).as_deref());
    set("MLFLOW_TRACKING_INSECURE_TLS", server.insecure_tls.then_some("true: any certificate is taken"));
    if server.username.is_some() != server.password.is_some() {
        render::print_line("  MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD count only together");
    }
}

async fn check_store(config: &Config) -> Answered {
    if let Ok(World { context: Context { store: Store::Mlflow(server), .. }, .. }) = World::open(config) {
        return check_server(&server).await;
    }

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

async fn check_server(server: &MlflowStore) -> Answered {
    render::print_line(&format!("store: the MLflow server at {}", server.address()));
    let mut answered = Answered::Yes;
    for finding in server.check_up().await {
        let told = match &finding.outcome {
            Ok(told) => told.clone(),
            Err(error) => {
                answered = Answered::No;
                format!("FAILED: {error}")
            }
        };
        render::print_line(&format!("  {:<15} {told}  ({} ms)", finding.what, finding.took.as_millis()));
    }
    answered
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
