//! From the parts of a question to the arguments of a tool.

mod absent;
mod curves;
mod facts;
mod lists;
mod ranked;
mod runs;
mod several;
mod steps;

use std::cmp::Reverse;

use serde_json::Value;

pub(in crate::agent::interpreter) use absent::{absent_experiment, unknown_experiment};
pub(in crate::agent::interpreter) use curves::{axis, has_both_splits, see_bare_curve, see_own_end};
pub(in crate::agent::interpreter) use facts::{asks_for_remark, is_remark, keys};
pub(in crate::agent::interpreter) use ranked::{draws_against, evident_tool};
pub(in crate::agent::interpreter) use runs::{clauses_of_run, doubts_nothing_else, doubts_parameter, put_run};
pub(in crate::agent::interpreter) use steps::step;

use crate::agent::conversation::Conversation;
use crate::agent::interpreter::lexicon::End;
use crate::agent::interpreter::reading::{Anaphor, Part, Reading, Span};
use crate::agent::interpreter::vocabulary::{Holder, Kind, Vocabulary};
use crate::agent::interpreter::{Arguments, put, put_experiment};
use crate::domain::experiment::ExperimentId;
use crate::domain::filter::{Attribute, Clause, Field, Filter, Test, TextMatch};
use crate::domain::metric::Direction;
use crate::domain::reference::Likeness;

/// The arguments of `tool` that the question gives; absent where it lacks what the tool cannot do without.
pub(in crate::agent::interpreter) fn arguments(
    tool: &str,
    reading: &Reading,
    conversation: &Conversation,
    vocabulary: &Vocabulary,
) -> Option<Arguments> {
    // Only a list keeps to how long runs took.
    if tool != "list_runs" && reading.parts().any(|part| matches!(part, Part::Length(..))) {
        return None;
    }
    if tool == "compare_runs"
        && let Some(arguments) = several::compare_runs(reading)
    {
        return Some(arguments);
    }
    let mut arguments = Arguments::new();
    match tool {
        "list_experiments" => lists::list_experiments(&mut arguments, reading),
        "describe_experiment" => lists::describe_experiment(&mut arguments, reading),
        "list_runs" => lists::list_runs(&mut arguments, reading),
        "get_run" => runs::get_run(&mut arguments, reading, conversation),
        "list_artifacts" => runs::list_artifacts(&mut arguments, reading, conversation),
        "best_run" => runs::best_run(&mut arguments, reading),
        "compare_runs" => runs::compare_runs(&mut arguments, reading, conversation),
        "metric_history" => curves::metric_history(&mut arguments, reading, conversation, vocabulary),
        "parameter_impact" => runs::parameter_impact(&mut arguments, reading),
        _ => None,
    }?;
    Some(arguments)
}

/// A ranking with a number is a list, a list with one end is a best run.
pub(super) fn retarget(
    tool: &'static str,
    arguments: Arguments,
    reading: &Reading,
    conversation: &Conversation,
    vocabulary: &Vocabulary,
) -> (&'static str, Arguments) {
    if tool == "list_experiments"
        && reading.says("about")
        && ["tell", "know", "describe", "talk", "hear", "read", "what"].iter().any(|word| reading.says(word))
        && let Some(experiment) = reading.experiment()
        && arguments.len() == 1
        && arguments.get("query").and_then(Value::as_str).is_some_and(|query| lists::is_part_of_name(query, experiment))
    {
        let mut about = Arguments::new();
        put(&mut about, "experiment", experiment);
        return ("describe_experiment", about);
    }
    // `is there anything in pilot yet`: the experiment is known, its content is asked for.
    if tool == "list_experiments"
        && let Some(experiment) = reading.experiment()
        && arguments.get("query").and_then(Value::as_str).is_some_and(|query| lists::is_part_of_name(query, experiment))
        && (stands_in(reading) || points_inside(reading) || !reading.means("experiments"))
    {
        let mut about = Arguments::new();
        put(&mut about, "experiment", experiment);
        return ("describe_experiment", about);
    }
    // `which encoders have been tried in pilot`
    if matches!(tool, "list_runs" | "get_run" | "parameter_impact" | "best_run") && lists::asks_for_tried(reading) {
        let mut about = Arguments::new();
        put_experiment(&mut about, reading);
        return ("describe_experiment", about);
    }
    // `find me the experiment about jet engines`
    if tool == "describe_experiment"
        && lists::seeks_experiment(reading)
        && let Some(experiment) = reading.experiment()
    {
        let mut list = Arguments::new();
        put(&mut list, "query", experiment);
        return ("list_experiments", list);
    }
    // `what have we tried for churn`, where several experiments are about it.
    if tool == "describe_experiment"
        && let Some(subject) = lists::subject_of_several(reading, vocabulary)
    {
        let mut list = Arguments::new();
        put(&mut list, "query", subject);
        return ("list_experiments", list);
    }
    // `which experiment has the most runs`: the list tells how many each has.
    let counts_runs = ["most", "fewest", "least"].iter().any(|word| reading.says(word)) && reading.says("runs");
    let of_experiments = reading.experiment().is_none() && reading.metrics().is_empty() && reading.clauses().is_empty();
    if tool == "best_run" && counts_runs && of_experiments && (reading.means("experiment") || reading.means("experiments")) {
        return ("list_experiments", Arguments::new());
    }
    let is_of_everything = ["everything", "all"].iter().any(|word| reading.says(word));
    let names_something = reading.means("run") || !reading.metrics().is_empty() || reading.means("metric") || reading.means("parameter");
    if tool == "describe_experiment" && arguments.is_empty() && is_of_everything && !names_something && conversation.experiment.is_none() {
        let mut list = Arguments::new();
        if lists::list_experiments(&mut list, reading).is_some() {
            return ("list_experiments", list);
        }
    }
    let nth = reading.parts().find_map(|part| if let Part::Anaphor(Anaphor::Nth(place)) = part { Some(*place) } else { None });
    let sorts = ["sort", "sorted", "rank", "ranked", "order", "ordered"].iter().any(|word| reading.says(word));
    let by_parameter = reading.metrics().is_empty() && !reading.parameters().is_empty();
    let end = reading.parts().find_map(|part| if let Part::End(end, _) = part { Some(*end) } else { None });
    // `the second best run` has no other way to be told than behind the first.
    let is_nth = nth.is_some() && end.is_some() && tool == "get_run";
    if tool == "best_run" && (nth.is_some() || sorts) || is_nth {
        let mut list = Arguments::new();
        if lists::list_runs(&mut list, reading).is_some() {
            if let Some(limit) = nth.map(|nth| nth + 1) {
                put(&mut list, "limit", limit);
            }
            return ("list_runs", list);
        }
    }
    // `which dropout is best`: the one that goes with the better values.
    let of_one =
        reading.means("run") || ["does", "did", "of", "use", "uses", "used", "have", "has", "had"].iter().any(|word| reading.says(word));
    // `which optimizer works best for accuracy`
    const GAVE: &str = "gave got had reached achieved produced yielded hit attained scored";
    const WORKING: &str =
        "work works worked perform performs performed give gives gave yield yields yielded produces produced leads led is was sounds looks";
    // `which beta gave the lowest perplexity`: one run did.
    let was_one = GAVE.split(' ').any(|word| reading.says(word)) && matches!(end, Some(End::Highest | End::Lowest));
    // `which temperature did the best ndcg run use`
    let is_used = ["use", "used", "have", "had"].iter().any(|word| reading.says(word)) && (reading.means("run") || reading.says("one"));
    let works = WORKING.split(' ').any(|word| reading.says(word)) && begins_with_parameter(reading) && !was_one;
    if tool == "best_run" && (by_parameter && !of_one || works) {
        let mut impact = Arguments::new();
        if runs::parameter_impact_of(&mut impact, reading).is_some() {
            return ("parameter_impact", impact);
        }
    }
    // `the dropout of the best run`
    // `the accuracy of the best run by f1`
    let of_another = reading.metrics().len() > 1 && reading.says("by") && reading.says("of") && begins_with_fact(reading);
    // `how did run 15 perform`
    let runs = reading.parts().filter(|part| matches!(part, Part::Run(_))).count();
    let wants_details = (reading.means("parameter") || reading.means("details")) && reading.metrics().is_empty();
    if tool == "best_run"
        && (wants_details || by_parameter || is_used && begins_with_parameter(reading) || of_another || runs == 1 && end.is_none())
    {
        let mut details = Arguments::new();
        if runs::get_run(&mut details, reading, conversation).is_some() {
            return ("get_run", details);
        }
    }
    let ranked = reading.parts().any(|part| matches!(part, Part::End(_, Some(2..)))) || lists::by_duration(reading).is_some();
    if tool == "best_run" && ranked {
        let mut list = Arguments::new();
        if lists::list_runs(&mut list, reading).is_some() {
            return ("list_runs", list);
        }
    }
    (tool, arguments)
}

/// `which optimizer …`, `what learning rate …`: a parameter is what is chosen.
fn begins_with_parameter(reading: &Reading) -> bool {
    let is_asked = |span: &Span| {
        let before = span.words.start.checked_sub(1).and_then(|before| reading.words.get(before)).map_or("", String::as_str);
        matches!(span.part, Part::Parameter(_)) && matches!(before, "which" | "what" | "many")
    };
    let mut solid = reading.spans.iter().filter(|span| !matches!(span.part, Part::Filler | Part::Experiment(_)));
    solid.next().is_some_and(is_asked)
}

/// Whether an experiment is named as a place: `in pilot`.
fn stands_in(reading: &Reading) -> bool {
    let is_experiment = |span: &&Span| matches!(span.part, Part::Experiment(_));
    let place = reading.spans.iter().find(is_experiment).map(|span| span.words.start);
    place.is_some_and(|place| matches!(word_in_front(reading, place), "in" | "inside" | "within" | "into"))
}

/// `…: anything in there yet?`
fn points_inside(reading: &Reading) -> bool {
    let inside = |pair: &[String]| matches!(pair, [one, other] if one == "in" && matches!(other.as_str(), "there" | "it"));
    reading.says("inside") || reading.words.windows(2).any(inside)
}

/// Whether a metric is named before the end of a ranking: `the accuracy of the best`.
fn begins_with_fact(reading: &Reading) -> bool {
    let place = |is: fn(&Part) -> bool| reading.parts().position(is);
    let (metric, end) = (place(|part| matches!(part, Part::Metric(_))), place(|part| matches!(part, Part::End(..))));
    metric.zip(end).is_some_and(|(metric, end)| metric < end)
}

/// `runs on h100`: where no experiment is named and none in question has that value, the most recently active that has all the values that are asked for.
pub(super) fn put_experiment_of_values(
    arguments: &mut Arguments,
    tool: &str,
    reading: &Reading,
    vocabulary: &Vocabulary,
    focus: Option<&ExperimentId>,
) {
    if arguments.contains_key("experiment") || !matches!(tool, "list_runs" | "best_run" | "parameter_impact" | "describe_experiment") {
        return;
    }
    let clauses = reading.clauses();
    let mut held: Vec<Vec<ExperimentId>> = clauses
        .iter()
        .filter_map(|clause| match (&clause.field, &clause.test) {
            (Field::Attribute(Attribute::RunName), Test::Text(TextMatch::ILike, pattern)) => {
                Some(vocabulary.places_of_runs(pattern.trim_end_matches('%')))
            }
            (field, Test::Text(TextMatch::Eq | TextMatch::Ne, value)) => {
                let (Holder::Parameter(key) | Holder::Tag(key)) = Holder::of(field)?;
                vocabulary.holding(&key, value)
            }
            _ => None,
        })
        .collect();
    held.extend((!reading.places.is_empty()).then(|| reading.places.clone()));
    let has_all = |id: &ExperimentId| held.iter().all(|holders| holders.contains(id));
    let asked: Vec<(Kind, String)> = reading
        .metrics()
        .into_iter()
        .map(|name| (Kind::Metric, name))
        .chain(reading.parameters().into_iter().map(|name| (Kind::Parameter, name)))
        .collect();
    let asks_enough = match tool {
        "describe_experiment" => !asked.is_empty(),
        "list_runs" => reading.metrics().is_empty() && !reading.parameters().is_empty(),
        "best_run" => asked.iter().any(|(kind, _)| *kind == Kind::Parameter) && asked.len() > 1,
        _ => false,
    };
    // The weakest likeness with which an experiment logs what is asked for.
    let likeness = |id: &ExperimentId| -> Option<Likeness> {
        let each: Option<Vec<Likeness>> = asked.iter().map(|(kind, name)| vocabulary.key_likeness(*kind, name, id)).collect();
        each.map(|each| each.into_iter().max().unwrap_or(Likeness::Exact).max(Likeness::SameMeaning))
    };
    let logs_all = |id: &ExperimentId| likeness(id).is_some();
    if held.is_empty() && !asks_enough || focus.is_some_and(|id| has_all(id) && (!held.is_empty() || logs_all(id))) {
        return;
    }
    let fitting = vocabulary.experiments.iter().filter(|experiment| has_all(&experiment.id));
    let fitting = fitting.filter_map(|experiment| Some((experiment, likeness(&experiment.id)?)));
    if let Some((latest, _)) = fitting.max_by_key(|(experiment, likeness)| (Reverse(*likeness), vocabulary.last_start(&experiment.id))) {
        put(arguments, "experiment", latest.name.clone());
    }
}

/// `the loss of run-012`: where no experiment is named and only one has a run of just this name, that one.
pub(super) fn put_experiment_of_run(arguments: &mut Arguments, tool: &str, reading: &Reading, vocabulary: &Vocabulary) {
    if arguments.contains_key("experiment") || tool != "get_run" {
        return;
    }
    let named = reading.parts().find_map(|part| if let Part::Run(name) = part { Some(name) } else { None });
    if let Some(experiment) = named.and_then(|name| vocabulary.experiment_of_run(name)) {
        put(arguments, "experiment", experiment);
    }
}

/// `the loss of run 3`, where there are a training and a validation loss: both are told.
pub(super) fn complete_keys(arguments: &mut Arguments, tool: &str, reading: &Reading, vocabulary: &Vocabulary) {
    const MOST_AT_ONCE: usize = 3;
    let experiment = arguments.get("experiment").and_then(Value::as_str).map(str::to_owned);
    // A list is sorted by one of them at most, and shows them all.
    let is_ranked = reading.parts().any(|part| matches!(part, Part::End(..) | Part::Order(_)));
    let column = arguments.get("sort_by").and_then(Value::as_str).filter(|_| lists::asks_for_column(reading) && !is_ranked);
    if let (Some(column), Some(experiment), "list_runs") = (column, &experiment, tool)
        && vocabulary.metrics_with(column, experiment).len() > 1
    {
        arguments.remove("sort_by");
    }
    let (Some(experiment), "get_run") = (experiment, tool) else { return };
    let Some(keys) = arguments.get("keys").and_then(Value::as_array) else { return };
    let mut whole: Vec<String> = Vec::new();
    for key in keys.iter().filter_map(Value::as_str) {
        let several = vocabulary.metrics_with(key, &experiment);
        let is_several = (2..=MOST_AT_ONCE).contains(&several.len());
        whole.extend(if is_several { several } else { vec![key.to_owned()] });
    }
    whole.dedup();
    put(arguments, "keys", whole);
}

/// The end of a ranking with which a list begins.
pub(in crate::agent::interpreter) fn put_order(arguments: &mut Arguments, end: End) {
    match end {
        End::Highest => put(arguments, "order", "desc"),
        End::Lowest => put(arguments, "order", "asc"),
        End::Worst => put(arguments, "order", "worst_first"),
        End::Best => {
            arguments.remove("order");
        }
    }
}

/// The end of a ranking as an argument.
pub(in crate::agent::interpreter) fn put_direction(arguments: &mut Arguments, end: End) {
    match end {
        End::Highest => put(arguments, "direction", "max"),
        End::Lowest => put(arguments, "direction", "min"),
        End::Worst => put(arguments, "direction", "worst"),
        End::Best => {
            arguments.remove("direction");
        }
    }
}

/// The metric that ranks: the one behind `by`, else the first.
fn ranking_metric(reading: &Reading) -> Option<String> {
    metric_behind_by(reading).or_else(|| reading.metrics().into_iter().next())
}

fn metric_behind_by(reading: &Reading) -> Option<String> {
    reading.spans.iter().enumerate().find_map(|(index, span)| match &span.part {
        Part::Metric(text) if word_before(reading, index) == "by" => Some(text.clone()),
        _ => None,
    })
}

/// The metric by which runs are chosen to be compared or drawn.
pub(super) fn selecting_metric(reading: &Reading) -> Option<String> {
    if reading.plots() { drawn_by(reading) } else { ranking_metric(reading) }
}

/// The metric by which the runs of a picture are chosen, which is none that is drawn: `the loss of the best run by f1`, `with the highest f1`.
fn drawn_by(reading: &Reading) -> Option<String> {
    let solid: Vec<&Part> = reading.parts().filter(|part| **part != Part::Filler).collect();
    let behind_end = solid.windows(2).find_map(|pair| match pair {
        [Part::End(..), Part::Metric(text)] => Some(text.clone()),
        _ => None,
    });
    metric_behind_by(reading).or_else(|| behind_end.filter(|_| reading.metrics().len() > 1))
}

/// The unknown words behind one of some words.
fn unknown_after(reading: &Reading, leads: &[&str]) -> Option<String> {
    let unknown = reading.unknown();
    unknown.into_iter().find(|name| {
        let Some(at) = reading.text.find(name.as_str()) else { return false };
        let before = reading.text.get(..at).unwrap_or_default();
        let mut words = crate::domain::reference::words(before);
        while words.last().is_some_and(|word| matches!(word.as_str(), "the" | "a" | "an" | "its" | "their")) {
            words.pop();
        }
        words.last().is_some_and(|word| leads.contains(&word.as_str()))
    })
}

fn word_before(reading: &Reading, index: usize) -> &str {
    let Some(first) = reading.spans.get(index).map(|span| span.words.start) else { return "" };
    let words = reading.words.get(..first).unwrap_or_default();
    words
        .iter()
        .rev()
        .find(|word| !matches!(word.as_str(), "the" | "its" | "their" | "a" | "highest" | "lowest" | "best"))
        .map_or("", String::as_str)
}

/// The word before a place, articles passed over.
fn word_in_front(reading: &Reading, place: usize) -> &str {
    let words = reading.words.get(..place).unwrap_or_default();
    words.iter().rev().find(|word| !matches!(word.as_str(), "the" | "our" | "my")).map_or("", String::as_str)
}

/// `best 3 by f1`, as the tools read it.
pub(in crate::agent::interpreter) fn end_phrase(end: End, count: Option<usize>, metric: Option<&str>) -> String {
    let lower_is_better = metric.is_some_and(|metric| Direction::of(metric, &[]).0 == Direction::LowerIsBetter);
    let head = match (end, lower_is_better) {
        (End::Best, _) | (End::Highest, false) | (End::Lowest, true) => "best",
        (End::Worst, _) | (End::Lowest, false) | (End::Highest, true) => "worst",
    };
    let head = count.map_or(head.to_owned(), |count| format!("{head} {count}"));
    metric.map_or(head.clone(), |metric| format!("{head} by {metric}"))
}

/// Conditions as MLflow writes them.
pub(in crate::agent::interpreter) fn filter_text(clauses: &[Clause]) -> String {
    Filter { clauses: clauses.to_vec() }.to_string()
}

fn said(reading: &Reading, span: &Span) -> String {
    reading.text.get(span.bytes.clone()).unwrap_or_default().to_owned()
}
