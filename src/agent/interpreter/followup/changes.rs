//! The arguments of the last call with one thing in them changed.

use serde_json::Value;

use crate::agent::interpreter::calling::fill;
use crate::agent::interpreter::lexicon::End;
use crate::agent::interpreter::{Arguments, put};

/// Another end of a ranking; whether the tool has one.
pub(in crate::agent::interpreter) fn end(tool: &str, arguments: &mut Arguments, end: End) -> bool {
    match tool {
        "best_run" => {
            fill::put_direction(arguments, end);
            true
        }
        // The newest is no best.
        "list_runs" if sorts_by_value(arguments) => {
            arguments.remove("order");
            fill::put_order(arguments, end);
            true
        }
        _ => false,
    }
}

fn sorts_by_value(arguments: &Arguments) -> bool {
    let sorted_by = arguments.get("sort_by").and_then(Value::as_str);
    sorted_by.is_some_and(|key| !matches!(key, "start_time" | "end_time" | "duration"))
}

/// Another run or several, or more in a comparison; whether the tool takes one.
pub(in crate::agent::interpreter) fn runs(tool: &mut &'static str, arguments: &mut Arguments, runs: &[String]) -> bool {
    let Some(run) = runs.first() else { return false };
    match *tool {
        "get_run" | "list_artifacts" | "read_artifact" => put(arguments, "run", run.as_str()),
        "metric_history" => put(arguments, "run_ids", runs.to_vec()),
        "compare_runs" => {
            let mut all = arguments.get("run_ids").and_then(Value::as_array).cloned().unwrap_or_default();
            all.extend(runs.iter().map(|run| Value::from(run.as_str())));
            put(arguments, "run_ids", all);
        }
        "best_run" | "list_runs" => {
            *tool = "get_run";
            arguments.retain(|name, _| name == "experiment");
            put(arguments, "run", run.as_str());
        }
        _ => return false,
    }
    true
}

/// Another metric, or others; whether the tool takes one.
pub(in crate::agent::interpreter) fn metric(tool: &str, arguments: &mut Arguments, all: &[String], metric: &str) -> bool {
    match tool {
        "best_run" | "parameter_impact" => put(arguments, "metric", metric),
        "metric_history" | "compare_runs" => put(arguments, "metrics", all.to_vec()),
        "list_runs" if arguments.contains_key("sort_by") => put(arguments, "sort_by", metric),
        "get_run" => put(arguments, "keys", if all.is_empty() { vec![metric.to_owned()] } else { all.to_vec() }),
        _ => return false,
    }
    true
}
