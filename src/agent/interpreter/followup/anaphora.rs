//! What a question leaves out because the answer before has it: "and its accuracy?", "plot that", "what about the second one".

use serde_json::Value;

use super::fragments::{asks_how_many, asks_what_differs, is_fragment, is_which_one};
use super::{changes, filters, narrowing, resorting, told};
use crate::agent::conversation::Conversation;
use crate::agent::interpreter::calling::fill;
use crate::agent::interpreter::reading::{Anaphor, Part, Reading};
use crate::agent::interpreter::{Arguments, Plan, put};

/// `who started the first one`, `and the last one`, after a list: a place in that list, and none among all runs by their age.
pub(super) fn see_place_in_list(reading: &mut Reading, conversation: &Conversation) {
    let last_tool = conversation.last_call.as_ref().map(|(tool, _)| *tool);
    let after_runs = matches!(last_tool, Some("list_runs" | "compare_runs")) && !conversation.listed.is_empty() && !reading.means("run");
    let after_experiments = last_tool == Some("list_experiments") && !conversation.experiments.is_empty();
    if !(after_runs || after_experiments) || reading.experiment().is_some() {
        return;
    }
    for span in &mut reading.spans {
        let said = reading.words.get(span.words.clone()).unwrap_or_default();
        let place = match said {
            [end, one] if one == "one" && end == "first" => Anaphor::Nth(0),
            [end, one] if one == "one" && end == "last" => Anaphor::Last,
            _ => continue,
        };
        if matches!(span.part, Part::Runs(_)) {
            span.part = Part::Anaphor(place);
        }
    }
}

/// The plan for a question that changes or goes on from the last one; absent for one that stands alone.
pub(in crate::agent::interpreter) fn plan(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
    let (last_tool, last_arguments) = conversation.last_call.as_ref()?;
    if let Some(plan) = about_listed_experiment(reading, conversation, last_tool, last_arguments)
        .or_else(|| narrowing::at_step(reading, last_tool, last_arguments))
        .or_else(|| narrowing::next_page(reading, conversation, last_tool, last_arguments))
        .or_else(|| narrowing::on_metric(reading, conversation, last_tool, last_arguments))
        .or_else(|| told::which_matters_more(reading, last_tool, last_arguments))
        .or_else(|| told::what_drives_it(reading, conversation))
        .or_else(|| narrowing::added(reading, conversation, last_tool, last_arguments))
        .or_else(|| filters::not_left_out(reading, last_tool))
        .or_else(|| narrowing::narrowed(reading, conversation, last_tool, last_arguments))
        .or_else(|| narrowing::among_shown(reading, conversation, last_tool))
        .or_else(|| resorting::extreme_in_time(reading, conversation, last_tool, last_arguments))
        .or_else(|| resorting::resorted(reading, last_tool, last_arguments))
        .or_else(|| narrowing::first_of_list(reading, conversation, last_tool))
        .or_else(|| narrowing::ranked_again(reading, conversation, last_tool, last_arguments))
        .or_else(|| narrowing::against_focus(reading, conversation))
    {
        return Some(plan);
    }
    let asks_by_itself = reading.parts().any(|part| {
        matches!(
            part,
            Part::Meaning(
                "plot"
                    | "compare"
                    | "impact"
                    | "describe"
                    | "howmany"
                    | "howlong"
                    | "experiments"
                    | "user"
                    | "start"
                    | "create"
                    | "artifact"
            )
        ) || matches!(part, Part::Runs(_) | Part::End(_, Some(2..)))
    });
    let refers = runs_referred_to(reading, conversation);
    // `and the second best`: of the ranking just given.
    let nth = reading.parts().find_map(|part| if let Part::Anaphor(Anaphor::Nth(place)) = part { Some(*place) } else { None });
    if let (Some(listed), Some(Part::End(..)), true) = (
        nth.and_then(|nth| conversation.listed.get(nth)),
        reading.parts().find(|part| matches!(part, Part::End(..))),
        reading.metrics().is_empty() && reading.experiment().is_none() && reading.words.len() <= 6 && !asks_by_itself,
    ) {
        let mut arguments = Arguments::new();
        put_focus(&mut arguments, conversation);
        put(&mut arguments, "run", listed.run_id.clone());
        return Some(Plan::call("get_run", arguments));
    }
    let named_run = reading.parts().any(|part| matches!(part, Part::Run(_)));
    let metrics = reading.metrics();
    let end = reading.parts().find_map(|part| if let Part::End(end, None | Some(1)) = part { Some(*end) } else { None });
    if *last_tool == "compare_runs" && asks_what_differs(reading)
        || is_which_one(reading)
        || *last_tool == "list_runs" && asks_how_many(reading)
    {
        return Some(Plan::call(last_tool, last_arguments.clone()));
    }
    if let Some(plan) = told::one_more_curve(reading, last_tool)
        .or_else(|| told::curve_of_answer(reading, conversation, last_tool))
        .or_else(|| told::drawn_answer(reading, conversation, last_tool, last_arguments))
    {
        return Some(plan);
    }
    if let Some(plan) = told::details_of_answer(reading, conversation, last_tool)
        .or_else(|| told::runs_beside_it(reading, conversation))
        .or_else(|| told::other_of_two(reading, conversation, last_tool, last_arguments))
        .or_else(|| told::other_files(reading, conversation, last_tool))
    {
        return Some(plan);
    }
    if let Some(plan) = told::parameters_of_answer(reading, conversation, last_tool) {
        return Some(plan);
    }
    if let Some(plan) = told::bare_question(reading, conversation).or_else(|| told::top_of_list(reading, conversation, last_tool)) {
        return Some(plan);
    }
    let axis = fill::axis(reading);
    if let (Some((name, value)), "metric_history", true) = (axis, *last_tool, metrics.is_empty() && !named_run && refers.is_none()) {
        let mut arguments = last_arguments.clone();
        put(&mut arguments, name, value);
        return Some(Plan::call("metric_history", arguments));
    }
    if asks_by_itself {
        return None;
    }
    if let Some(plan) = told::why(reading, conversation) {
        return Some(plan);
    }
    if let Some(plan) = told::facts_of_answer(reading, conversation, last_tool) {
        return Some(plan);
    }
    let shows_curves = reading.means("show") && !metrics.is_empty() && reading.words.first().is_none_or(|word| word != "and");
    if shows_curves && refers.is_some() {
        return None;
    }
    if let Some(runs) = refers.filter(|_| end.is_none() && !named_run) {
        return about_runs(reading, conversation, last_tool, runs);
    }
    let is_end_only = end.is_some()
        && metrics.is_empty()
        && !named_run
        && reading.clauses().is_empty()
        && reading.experiment().is_none()
        && reading.unknown().is_empty()
        && reading.words.len() <= 5
        && !reading.means("run");
    let is_of_experiments = matches!(*last_tool, "list_experiments" | "create_experiment");
    // `and which run has the smallest mae in that experiment?`
    let ranks_all = end.is_some() && *last_tool == "get_run" && reading.means("run");
    // `now to fraud, which runs failed there?`: a whole question.
    let asks_for_runs = reading.means("run") && !reading.clauses().is_empty() && (reading.says("which") || reading.says("what"));
    if is_of_experiments || ranks_all || asks_for_runs || !is_fragment(reading) && !is_end_only {
        return None;
    }
    let mut arguments = last_arguments.clone();
    let mut changed = false;
    let mut tool = *last_tool;
    if let Some(experiment) = reading.experiment().map(str::to_owned).or_else(|| fill::unknown_experiment(reading)) {
        put(&mut arguments, "experiment", experiment);
        if matches!(tool, "get_run") {
            tool = "describe_experiment";
            arguments.retain(|name, _| name == "experiment");
        }
        changed = true;
    }
    if let Some(end) = end {
        changed |= changes::end(tool, &mut arguments, end);
    }
    let named = reading.parts().filter_map(|part| match part {
        Part::Run(text) => Some(text.clone()),
        // `and 13?`
        Part::Number(number)
            if number.fract() == 0.0
                && metrics.is_empty()
                && reading.words.len() <= 3
                && reading.parameters().is_empty()
                && reading.unknown().is_empty()
                && matches!(tool, "get_run" | "compare_runs" | "metric_history") =>
        {
            Some(number.to_string())
        }
        _ => None,
    });
    let runs: Vec<String> = named.collect();
    // `only run 3`, after a comparison: it alone.
    if tool == "compare_runs" && !runs.is_empty() && reading.words.first().is_some_and(|word| matches!(word.as_str(), "only" | "just")) {
        tool = "get_run";
        arguments.retain(|name, _| name == "experiment");
    }
    changed |= changes::runs(&mut tool, &mut arguments, &runs);
    // `and runs 3 and 4?`, after one run was told: as many facts as were asked of it, side by side.
    if tool == "get_run" && runs.len() > 1 && reading.parts().all(|part| matches!(part, Part::Run(_) | Part::Filler | Part::Meaning("run")))
    {
        let mut several = Arguments::new();
        put(&mut several, "run_ids", runs);
        if let (Some(keys), false) = (arguments.get("keys"), conversation.metrics.is_empty()) {
            put(&mut several, "metrics", keys.clone());
        }
        return Some(Plan::call("compare_runs", several));
    }
    let parameters = reading.parameters();
    let keys: Vec<String> = metrics.iter().chain(&parameters).cloned().collect();
    if matches!(tool, "parameter_impact" | "compare_runs") && metrics.is_empty() && !parameters.is_empty() {
        put(&mut arguments, "parameters", parameters);
        changed = true;
    } else if let Some(key) = keys.first() {
        changed |= changes::metric(tool, &mut arguments, if tool == "get_run" { &keys } else { &metrics }, key);
    }
    let clauses = reading.clauses();
    if !clauses.is_empty() && matches!(tool, "list_runs" | "best_run" | "parameter_impact") {
        let before = arguments.get("filter").and_then(Value::as_str).map(str::to_owned);
        if let Some(filter) = filters::continued(reading, before.as_deref()) {
            put(&mut arguments, "filter", filter);
            arguments.remove("page_token");
        }
        changed = true;
    } else if let ([_, ..], "get_run", true) = (clauses.as_slice(), tool, metrics.is_empty() && !named_run) {
        // The fact that was asked for of one run, of those that meet the condition.
        let mut list = Arguments::new();
        put_focus(&mut list, conversation);
        put(&mut list, "filter", fill::filter_text(&clauses));
        if let Some(metric) = conversation.metrics.first().filter(|_| arguments.contains_key("keys")) {
            put(&mut list, "sort_by", metric.clone());
        }
        return Some(Plan::call("list_runs", list));
    }
    if !changed {
        let unknown = reading.unknown();
        let [name] = unknown.as_slice() else { return None };
        changed = changes::metric(tool, &mut arguments, std::slice::from_ref(name), name);
    }
    changed.then(|| Plan::call(tool, arguments))
}

/// `tell me more about the first one`, after a list of experiments.
fn about_listed_experiment(reading: &Reading, conversation: &Conversation, last_tool: &str, last_arguments: &Arguments) -> Option<Plan> {
    let names_nothing = !reading.parts().any(|part| {
        matches!(part, Part::Experiment(_) | Part::Run(_) | Part::Metric(_) | Part::Parameter(_) | Part::End(..) | Part::Conditions(_))
            || matches!(part, Part::Meaning("plot" | "compare" | "impact" | "run" | "howmany" | "create"))
    });
    if last_tool != "list_experiments" || !names_nothing {
        return None;
    }
    // `which of them was active most recently`: the list says when each was.
    let of_all = reading.parts().any(|part| matches!(part, Part::Anaphor(Anaphor::All)));
    if of_all && reading.parts().any(|part| matches!(part, Part::Runs(_))) {
        return Some(Plan::call("list_experiments", last_arguments.clone()));
    }
    let place = reading.parts().find_map(|part| match part {
        Part::Anaphor(Anaphor::Nth(place)) => Some(*place),
        Part::Anaphor(Anaphor::Last) => conversation.experiments.len().checked_sub(1),
        Part::Anaphor(Anaphor::One) if conversation.experiments.len() == 1 => Some(0),
        Part::Runs(phrase) if phrase == "first 1" => Some(0),
        _ => None,
    })?;
    let mut arguments = Arguments::new();
    put(&mut arguments, "experiment", conversation.experiments.get(place)?.clone());
    Some(Plan::call("describe_experiment", arguments))
}

/// `how many runs are in it?`, `best bleu there`, after a list of experiments: the one that is pointed at.
pub(in crate::agent::interpreter) fn put_listed_experiment(
    arguments: &mut Arguments,
    tool: &str,
    reading: &Reading,
    conversation: &Conversation,
) {
    let after_list = conversation.last_call.as_ref().is_some_and(|(last_tool, _)| *last_tool == "list_experiments");
    if !after_list || arguments.contains_key("experiment") || matches!(tool, "list_experiments" | "create_experiment") {
        return;
    }
    let only = ["it", "its", "there", "that", "this"].iter().any(|word| reading.says(word)) && conversation.experiments.len() == 1;
    let nth = reading.parts().find_map(|part| match part {
        Part::Anaphor(Anaphor::Nth(place)) => Some(*place),
        Part::Anaphor(Anaphor::Last) => conversation.experiments.len().checked_sub(1),
        _ => None,
    });
    if let Some(experiment) = nth.or(only.then_some(0)).and_then(|place| conversation.experiments.get(place)) {
        put(arguments, "experiment", experiment.clone());
    }
}

/// The ids of the runs that the question's pronouns point at.
pub(in crate::agent::interpreter) fn runs_referred_to(reading: &Reading, conversation: &Conversation) -> Option<Vec<String>> {
    let ids = |runs: &[crate::tools::view::ResolvedRun]| runs.iter().map(|run| run.run_id.clone()).collect::<Vec<_>>();
    let listed = if conversation.listed.is_empty() { &conversation.runs } else { &conversation.listed };
    // `both` are the two of the last answer, else the last two that were spoken of one by one.
    let two = ["both", "two", "pair"].iter().any(|word| reading.says(word));
    let recent = conversation.recent.get(conversation.recent.len().saturating_sub(2)..).unwrap_or_default();
    let told_one = conversation.last_call.as_ref().is_some_and(|(tool, _)| matches!(*tool, "best_run" | "get_run"));
    let of_ones = conversation.listed.is_empty() || told_one && reading.means("compare");
    let two = two || conversation.runs.len() == 1 && of_ones && recent.len() == 2;
    let pair = match (conversation.runs.len(), recent.len()) {
        (0 | 1, 2) => recent,
        (1, _) => listed.get(..2).unwrap_or(listed),
        _ => conversation.runs.as_slice(),
    };
    let after_comparison = conversation.last_call.as_ref().is_some_and(|(tool, _)| *tool == "compare_runs");
    let mut found: Vec<String> = Vec::new();
    for part in reading.parts() {
        match part {
            Part::Anaphor(Anaphor::One) => {
                // Of those that were compared, the one that came out ahead.
                let ahead = conversation.standing.first().filter(|_| after_comparison);
                found.extend(ahead.or(conversation.runs.first()).map(|run| run.run_id.clone()).filter(|_| found.is_empty()));
            }
            Part::Anaphor(Anaphor::All) if two => found.extend(ids(pair)),
            Part::Anaphor(Anaphor::All) => found.extend(ids(if conversation.runs.len() > 1 { &conversation.runs } else { listed })),
            Part::Anaphor(Anaphor::Nth(index)) => found.extend(listed.get(*index).map(|run| run.run_id.clone())),
            Part::Anaphor(Anaphor::Last) => found.extend(listed.last().map(|run| run.run_id.clone())),
            Part::Anaphor(Anaphor::Standing(place)) => found.extend(conversation.standing.get(*place).map(|run| run.run_id.clone())),
            _ => {}
        }
    }
    let mut unique: Vec<String> = Vec::new();
    for id in found {
        if !unique.contains(&id) {
            unique.push(id);
        }
    }
    let found = unique;
    (!found.is_empty()).then_some(found)
}

/// A question about the runs of the last answer that asks for nothing but facts of them.
fn about_runs(reading: &Reading, conversation: &Conversation, last_tool: &str, runs: Vec<String>) -> Option<Plan> {
    let is_about_experiment = reading.means("parameter")
        && reading.parameters().is_empty()
        && reading.parts().any(|part| matches!(part, Part::Meaning("impact")));
    if is_about_experiment {
        return None;
    }
    let keys = fill::keys(reading);
    let first = runs.first()?.clone();
    // `and now both with the training loss`, after curves: other curves of them.
    let goes_on =
        reading.words.first().is_some_and(|word| matches!(word.as_str(), "and" | "now" | "both" | "the" | "same" | "then" | "also"));
    if last_tool == "metric_history" && runs.len() > 1 && goes_on && !reading.metrics().is_empty() && reading.parameters().is_empty() {
        let mut arguments = Arguments::new();
        put_focus(&mut arguments, conversation);
        put(&mut arguments, "run_ids", runs);
        put(&mut arguments, "metrics", reading.metrics());
        return Some(Plan::call("metric_history", arguments));
    }
    let is_metric_only = reading.words.first().is_some_and(|word| matches!(word.as_str(), "and" | "what" | "how" | "show" | "its"));
    if runs.len() > 1 && (!keys.is_empty() || last_tool == "compare_runs") {
        let mut arguments = Arguments::new();
        put_focus(&mut arguments, conversation);
        put(&mut arguments, "run_ids", runs);
        let metrics = reading.metrics();
        if !metrics.is_empty() {
            put(&mut arguments, "metrics", metrics);
        }
        let parameters = reading.parameters();
        if !parameters.is_empty() {
            put(&mut arguments, "parameters", parameters);
        }
        return Some(Plan::call("compare_runs", arguments));
    }
    // `both together`, after two curves
    if last_tool == "metric_history" && runs.len() > 1 && keys.is_empty() {
        let mut arguments = Arguments::new();
        put_focus(&mut arguments, conversation);
        put(&mut arguments, "run_ids", runs);
        put(&mut arguments, "metrics", conversation.metrics.clone());
        return Some(Plan::call("metric_history", arguments));
    }
    if last_tool == "metric_history" && !keys.is_empty() && !is_metric_only && !fill::asks_for_remark(reading) {
        return None;
    }
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    put(&mut arguments, "run", first);
    if !keys.is_empty() {
        put(&mut arguments, "keys", keys);
    }
    Some(Plan::call("get_run", arguments))
}

/// The experiment of the conversation as an argument.
pub(in crate::agent::interpreter) fn put_focus(arguments: &mut Arguments, conversation: &Conversation) {
    if let Some(experiment) = &conversation.experiment {
        put(arguments, "experiment", experiment.name.clone());
    }
}
