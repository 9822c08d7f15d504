//! Questions about the one run that was just told or stands on top of the list: "when?", "which gamma?", "the top one in detail".

use super::put_focus;
use crate::agent::conversation::Conversation;
use crate::agent::interpreter::calling::fill;
use crate::agent::interpreter::lexicon::End;
use crate::agent::interpreter::reading::{Anaphor, Part, Reading};
use crate::agent::interpreter::{Arguments, Plan, put, put_experiment};

/// `when?`, `and who?`, after one run was told.
pub(super) fn bare_question(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
    let ([only], true) = (conversation.runs.as_slice(), reading.words.len() <= 2) else { return None };
    let is_bare = reading.parts().all(|part| matches!(part, Part::Filler | Part::Meaning("user" | "start" | "howlong" | "status")));
    let keys = fill::keys(reading);
    if !is_bare || keys.is_empty() {
        return None;
    }
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    put(&mut arguments, "run", only.run_id.clone());
    put(&mut arguments, "keys", keys);
    Some(Plan::call("get_run", arguments))
}

/// `why?`, `what happened there?`, `what was the error?`, after one run was told: all that is known of it.
pub(in crate::agent::interpreter) fn why(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
    const CAUSES: [&str; 10] = ["why", "happened", "error", "exception", "traceback", "wrong", "reason", "cause", "caused", "problem"];
    let asks = reading.words.len() <= 5 && CAUSES.iter().any(|cause| reading.says(cause));
    let is_plain = |part: &Part| {
        matches!(
            part,
            Part::Filler | Part::Unknown | Part::Anaphor(_) | Part::Conditions(_) | Part::Meaning("status" | "impact" | "run" | "show")
        )
    };
    let [only] = conversation.runs.as_slice() else { return None };
    if conversation.last_call.is_none() || !asks || !reading.parts().all(is_plain) {
        return None;
    }
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    put(&mut arguments, "run", only.run_id.clone());
    Some(Plan::call("get_run", arguments))
}

/// `with which params?`, `and its config?`, after one run was told: all that it was set to.
pub(super) fn parameters_of_answer(reading: &Reading, conversation: &Conversation, last_tool: &str) -> Option<Plan> {
    const OF_ALL: [&str; 8] = ["there", "available", "logged", "all", "experiment", "runs", "most", "these"];
    let is_plain = |part: &Part| {
        matches!(part, Part::Filler | Part::Unknown | Part::Anaphor(Anaphor::One) | Part::Meaning("parameter" | "show" | "start"))
    };
    let leads = reading.words.first().is_some_and(|word| {
        matches!(word.as_str(), "with" | "which" | "what" | "whats" | "and" | "its" | "using" | "show" | "params" | "parameters" | "config")
    });
    let run = conversation.runs.first().filter(|_| matches!(last_tool, "best_run" | "get_run"))?;
    let names_all = OF_ALL.iter().any(|word| reading.says(word));
    if !reading.means("parameter") || !leads || names_all || reading.words.len() > 7 || !reading.parts().all(is_plain) {
        return None;
    }
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    put(&mut arguments, "run", run.run_id.clone());
    Some(Plan::call("get_run", arguments))
}

/// `what drives that metric?`, `which parameters influence it?`: the metric of the answer before.
pub(super) fn what_drives_it(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
    let points = reading
        .words
        .windows(2)
        .any(|pair| matches!(pair, [that, noun] if matches!(that.as_str(), "that" | "this" | "the" | "same") && noun == "metric"))
        || reading.words.last().is_some_and(|word| matches!(word.as_str(), "it" | "that" | "this"))
            && (reading.means("parameter") || reading.words.len() <= 3);
    let names_else =
        !reading.metrics().is_empty() || reading.parts().any(|part| matches!(part, Part::Run(_) | Part::End(..) | Part::Runs(_)));
    let metric = conversation.metrics.first()?;
    if !reading.means("impact") || !points || names_else {
        return None;
    }
    let mut arguments = Arguments::new();
    match reading.experiment() {
        Some(name) => put(&mut arguments, "experiment", name),
        None => put_focus(&mut arguments, conversation),
    }
    put(&mut arguments, "metric", metric.clone());
    let parameters = reading.parameters();
    if !parameters.is_empty() {
        put(&mut arguments, "parameters", parameters);
    }
    Some(Plan::call("parameter_impact", arguments))
}

/// `which matters more?`, `which is the most important one?`, after the impact of some parameters: that of all.
pub(super) fn which_matters_more(reading: &Reading, last_tool: &'static str, last: &Arguments) -> Option<Plan> {
    let asks = reading.words.iter().take(2).any(|word| matches!(word.as_str(), "which" | "what"));
    let ranks = ["more", "most", "strongest", "stronger", "biggest", "bigger"].iter().any(|word| reading.says(word));
    let is_plain = |part: &Part| matches!(part, Part::Filler | Part::Anaphor(_) | Part::End(..) | Part::Meaning("impact" | "parameter"));
    if last_tool != "parameter_impact" || !asks || !ranks || reading.words.len() > 8 || !reading.parts().all(is_plain) {
        return None;
    }
    let mut arguments = last.clone();
    arguments.remove("parameters");
    Some(Plan::call(last_tool, arguments))
}

/// `train loss of run 4`, after curves: one more curve.
pub(super) fn one_more_curve(reading: &Reading, last_tool: &str) -> Option<Plan> {
    let is_plain = |part: &Part| matches!(part, Part::Metric(_) | Part::Run(_) | Part::Experiment(_) | Part::Filler);
    let asks = reading
        .words
        .first()
        .is_none_or(|word| matches!(word.as_str(), "what" | "whats" | "which" | "who" | "how" | "when" | "tell" | "and"));
    let runs: Vec<String> = reading.parts().filter_map(|part| if let Part::Run(run) = part { Some(run.clone()) } else { None }).collect();
    let metrics = reading.metrics();
    if last_tool != "metric_history" || asks || runs.is_empty() || metrics.is_empty() || !reading.parts().all(is_plain) {
        return None;
    }
    let mut arguments = Arguments::new();
    put_experiment(&mut arguments, reading);
    put(&mut arguments, "run_ids", runs);
    put(&mut arguments, "metrics", metrics);
    Some(Plan::call("metric_history", arguments))
}

/// `show val loss`, after one run was told: its curve.
pub(super) fn curve_of_answer(reading: &Reading, conversation: &Conversation, last_tool: &str) -> Option<Plan> {
    let is_plain = |part: &Part| matches!(part, Part::Metric(_) | Part::Filler | Part::Meaning("show"));
    let [only] = conversation.runs.as_slice() else { return None };
    let metrics = reading.metrics();
    let goes_on = matches!(last_tool, "best_run" | "get_run" | "metric_history") && reading.means("show");
    if !goes_on || metrics.is_empty() || !reading.parts().all(is_plain) {
        return None;
    }
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    put(&mut arguments, "run_ids", vec![only.run_id.clone()]);
    put(&mut arguments, "metrics", metrics);
    Some(Plan::call("metric_history", arguments))
}

/// `as a curve`, `a plot please`, after one value of one run was told: how it went there.
pub(super) fn drawn_answer(reading: &Reading, conversation: &Conversation, last_tool: &str, last: &Arguments) -> Option<Plan> {
    let is_plain = |part: &Part| matches!(part, Part::Filler | Part::Meaning("plot" | "show") | Part::Anaphor(Anaphor::One));
    let ([only], [metric]) = (conversation.runs.as_slice(), conversation.metrics.as_slice()) else { return None };
    let is_told = last_tool == "get_run" && last.contains_key("keys");
    if !is_told || !reading.means("plot") || !reading.parts().all(is_plain) || reading.words.len() > 7 {
        return None;
    }
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    put(&mut arguments, "run_ids", vec![only.run_id.clone()]);
    put(&mut arguments, "metrics", vec![metric.clone()]);
    Some(Plan::call("metric_history", arguments))
}

/// `more details please`, after one run was told.
pub(super) fn details_of_answer(reading: &Reading, conversation: &Conversation, last_tool: &str) -> Option<Plan> {
    let is_plain = |part: &Part| matches!(part, Part::Filler | Part::Unknown | Part::Meaning("details" | "show"));
    let run = conversation.runs.first().filter(|_| conversation.runs.len() == 1 && matches!(last_tool, "best_run" | "get_run"))?;
    if !reading.means("details") || !reading.parts().all(is_plain) || reading.words.len() > 5 || reading.says("experiment") {
        return None;
    }
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    put(&mut arguments, "run", run.run_id.clone());
    Some(Plan::call("get_run", arguments))
}

/// `list its runs`, after a run was told: those of its experiment.
pub(super) fn runs_beside_it(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
    let points = reading
        .words
        .windows(2)
        .any(|pair| matches!(pair, [its, runs] if matches!(its.as_str(), "its" | "their") && matches!(runs.as_str(), "runs" | "trials")));
    let is_plain = |part: &Part| matches!(part, Part::Filler | Part::Anaphor(_) | Part::Meaning("show" | "run" | "howmany"));
    if !points || conversation.runs.len() != 1 || !reading.parts().all(is_plain) {
        return None;
    }
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    Some(Plan::call("list_runs", arguments))
}

/// `and the other one?`, after one of two was told: as much of the other.
pub(super) fn other_of_two(reading: &Reading, conversation: &Conversation, last_tool: &'static str, last: &Arguments) -> Option<Plan> {
    let is_plain = |part: &Part| {
        matches!(
            part,
            Part::Filler | Part::Unknown | Part::Anaphor(_) | Part::Metric(_) | Part::Parameter(_) | Part::Meaning("run" | "user")
        )
    };
    let ([told], [one, other]) = (conversation.runs.as_slice(), conversation.listed.as_slice()) else { return None };
    let asks = reading.says("other") && !reading.says("runs") && reading.words.len() <= 7 && reading.parts().all(is_plain);
    if !asks || !matches!(last_tool, "get_run" | "list_artifacts") || !(told.run_id == one.run_id || told.run_id == other.run_id) {
        return None;
    }
    let mut arguments = last.clone();
    put_focus(&mut arguments, conversation);
    put(&mut arguments, "run", if told.run_id == one.run_id { other.run_id.clone() } else { one.run_id.clone() });
    let keys = fill::keys(reading);
    if last_tool == "get_run" && !(reading.metrics().is_empty() && reading.parameters().is_empty()) {
        put(&mut arguments, "keys", keys);
    }
    Some(Plan::call(last_tool, arguments))
}

/// `anything else in there?`, after a file was read: the list of them.
pub(super) fn other_files(reading: &Reading, conversation: &Conversation, last_tool: &str) -> Option<Plan> {
    let is_plain = |part: &Part| !matches!(part, Part::Run(_) | Part::Experiment(_) | Part::Metric(_) | Part::Parameter(_) | Part::End(..));
    let [only] = conversation.runs.as_slice() else { return None };
    let goes_on = matches!(last_tool, "read_artifact" | "list_artifacts") && reading.says("else") && reading.words.len() <= 7;
    if !goes_on || !reading.parts().all(is_plain) {
        return None;
    }
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    put(&mut arguments, "run", only.run_id.clone());
    Some(Plan::call("list_artifacts", arguments))
}

/// `show the top one in detail`, after a list.
pub(super) fn top_of_list(reading: &Reading, conversation: &Conversation, last_tool: &str) -> Option<Plan> {
    let names_end = reading.parts().any(|part| matches!(part, Part::End(End::Best, None | Some(1))));
    let names_else = reading.parts().any(|part| matches!(part, Part::Metric(_) | Part::Experiment(_) | Part::Run(_) | Part::Conditions(_)));
    let shows = reading.means("details") || reading.means("show");
    let first =
        conversation.listed.first().filter(|_| last_tool == "list_runs" && names_end && shows && !names_else && reading.says("one"))?;
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    put(&mut arguments, "run", first.run_id.clone());
    Some(Plan::call("get_run", arguments))
}

/// `which algorithm and gamma?`, after one run was told: facts of that run.
pub(super) fn facts_of_answer(reading: &Reading, conversation: &Conversation, last_tool: &str) -> Option<Plan> {
    let asks = reading.words.first().is_some_and(|word| matches!(word.as_str(), "which" | "what" | "whats"));
    let is_of_names = reading.parts().all(|part| matches!(part, Part::Parameter(_) | Part::Filler | Part::Meaning("parameter")));
    let run = conversation.runs.first().filter(|_| conversation.runs.len() == 1 || last_tool == "best_run")?;
    if !matches!(last_tool, "best_run" | "get_run") || !asks || !is_of_names || reading.parameters().is_empty() {
        return None;
    }
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    put(&mut arguments, "run", run.run_id.clone());
    put(&mut arguments, "keys", reading.parameters());
    Some(Plan::call("get_run", arguments))
}
