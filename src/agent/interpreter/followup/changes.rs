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
        "list_runs" => {
            let order = match end {
                End::Highest => "desc",
                End::Lowest => "asc",
                End::Best | End::Worst => {
                    if arguments.get("order").and_then(Value::as_str) == Some("desc") {
                        "asc"
                    } else {
                        "desc"
                    }
                }
            };
            put(arguments, "order", order);
            true
        }
        _ => false,
    }
}

/// Another run, or one more in a comparison; whether the tool takes one.
pub(in crate::agent::interpreter) fn run(tool: &mut &'static str, arguments: &mut Arguments, run: &str) -> bool {
    match *tool {
        "get_run" | "list_artifacts" | "read_artifact" => put(arguments, "run", run),
        "metric_history" => put(arguments, "run_ids", vec![run.to_owned()]),
        "compare_runs" => {
            let mut all = arguments.get("run_ids").and_then(Value::as_array).cloned().unwrap_or_default();
            all.push(Value::from(run));
            put(arguments, "run_ids", all);
        }
        "best_run" | "list_runs" => {
            *tool = "get_run";
            arguments.retain(|name, _| name == "experiment");
            put(arguments, "run", run);
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
