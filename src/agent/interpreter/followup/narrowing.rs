//! Going on from a list, a ranking or a comparison: fewer of it, another order, more in it, the best of it.

use serde_json::Value;

use super::anaphora::put_focus;
use super::filters::{self, LEAVING};
use super::fragments::is_fragment;
use crate::agent::conversation::Conversation;
use crate::agent::interpreter::calling::fill;
use crate::agent::interpreter::reading::{Anaphor, Part, Reading, Span};
use crate::agent::interpreter::{Arguments, Plan, lexicon, put};
use crate::domain::filter::{Attribute, Clause, Field, Test};
use crate::domain::reference::count_word;

/// `and throw in run 21`, `add heron to it`, `the validation loss too`: the last comparison or chart with more in it.
pub(in crate::agent::interpreter) fn added(
    reading: &Reading,
    conversation: &Conversation,
    last_tool: &'static str,
    last_arguments: &Arguments,
) -> Option<Plan> {
    const ADDING: [&str; 11] =
        ["add", "also", "too", "include", "plus", "throw", "additionally", "well", "overlay", "overlaid", "superimpose"];
    let adds = (ADDING.iter().any(|word| reading.says(word)) || joins(reading)) && reading.words.len() <= 14;
    // `add it to the comparison`: the one there is. `next to it`: beside what is drawn.
    let is_noun = |span: &Span| {
        let word = reading.words.get(span.words.start).map_or("", String::as_str);
        word == "comparison" || last_tool == "metric_history" && matches!(word, "next" | "beside" | "alongside")
    };
    let begins_anew = reading.spans.iter().filter(|span| !is_noun(span)).any(|span| {
        matches!(span.part, Part::Meaning("compare" | "impact" | "describe" | "howmany") | Part::End(..) | Part::Conditions(_))
            && !is_on_top(reading, span)
    }) || reading.words.iter().any(|word| matches!(word.as_str(), "which" | "what" | "how" | "who" | "when" | "did"));
    // `their loss curves in one chart`, after a comparison: a picture of its own.
    let draws_anew = last_tool == "compare_runs" && ["curve", "curves"].iter().any(|word| reading.says(word));
    // What is shown is of one experiment.
    let focused = conversation.experiment.as_ref().map(|experiment| experiment.name.as_str());
    let is_elsewhere = reading.experiment().is_some_and(|name| Some(name) != focused);
    if !adds || begins_anew || draws_anew || is_elsewhere || !matches!(last_tool, "compare_runs" | "metric_history") {
        return None;
    }
    let runs = reading.parts().filter_map(|part| match part {
        Part::Run(text) => Some(text.clone()),
        Part::Number(number) if number.fract() == 0.0 => Some(number.to_string()),
        _ => None,
    });
    let (runs, metrics): (Vec<String>, Vec<String>) = (runs.collect(), reading.metrics());
    let mut arguments = last_arguments.clone();
    for (name, more) in [("run_ids", runs), ("metrics", metrics)] {
        if more.is_empty() {
            continue;
        }
        let mut all: Vec<Value> = arguments.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        // A comparison without metrics shows all of them already.
        if name == "metrics" && all.is_empty() {
            return None;
        }
        all.extend(
            more.into_iter()
                .map(Value::from)
                .filter(|one| !last_arguments.get(name).and_then(Value::as_array).is_some_and(|known| known.contains(one))),
        );
        put(&mut arguments, name, all);
    }
    (arguments != *last_arguments).then(|| Plan::call(last_tool, arguments))
}

/// `in the same chart`, `on top of it`, `together with run 3`, `both train and val loss`: beside what is shown.
fn joins(reading: &Reading) -> bool {
    const PICTURES: [&str; 9] = ["chart", "plot", "graph", "picture", "figure", "diagram", "comparison", "table", "one"];
    let pair = |first: &[&str], second: &[&str]| {
        reading.words.windows(2).any(|pair| matches!(pair, [one, two] if first.contains(&one.as_str()) && second.contains(&two.as_str())))
    };
    let runs = reading.parts().filter(|part| matches!(part, Part::Run(_))).count();
    let metrics = reading.metrics().len();
    let in_picture = pair(&["same", "one", "this", "that"], &PICTURES) || pair(&["on"], &["top"]);
    // `with the validation loss`
    let leads = reading.words.iter().find(|word| !matches!(word.as_str(), "now" | "and" | "but" | "so" | "please"));
    let beside = pair(&["together", "along"], &["with"]) || leads.is_some_and(|word| word == "with") && !reading.says("instead");
    let beside =
        beside || ["beside", "alongside"].iter().any(|word| reading.says(word)) || pair(&["to"], &["it", "that"]) && reading.says("next");
    let both = reading.says("both") && metrics > 1;
    // A run and a metric together begin a chart of their own.
    (in_picture || beside || both) && (runs == 0 || metrics == 0)
}

fn is_on_top(reading: &Reading, span: &Span) -> bool {
    let word = |place: Option<usize>| place.and_then(|place| reading.words.get(place)).map_or("", String::as_str);
    word(Some(span.words.start)) == "top" && word(span.words.start.checked_sub(1)) == "on"
}

/// `and at step 1?`, after a comparison: the same at that step.
pub(super) fn at_step(reading: &Reading, last_tool: &'static str, last_arguments: &Arguments) -> Option<Plan> {
    let at_end = last_arguments.contains_key("step")
        && ["last", "final"].iter().any(|word| reading.says(word))
        && ["step", "epoch", "iteration"].iter().any(|word| reading.says(word));
    let step = fill::step(reading);
    if step.is_none() && !at_end {
        return None;
    }
    let names_else = reading.experiment().is_some()
        || reading.parts().any(|part| matches!(part, Part::Run(_) | Part::Runs(_) | Part::End(..) | Part::Conditions(_)))
        || reading.means("plot");
    if last_tool != "compare_runs" || names_else {
        return None;
    }
    let mut arguments = last_arguments.clone();
    match step {
        Some(step) => put(&mut arguments, "step", step),
        None => {
            arguments.remove("step");
        }
    }
    let metrics = reading.metrics();
    if !metrics.is_empty() {
        put(&mut arguments, "metrics", metrics);
    }
    Some(Plan::call(last_tool, arguments))
}

/// `which one is better on auc?`, `who has more recall?`, `which has the smaller batch size?`, after a comparison or a tie: the same runs
/// on that metric or parameter.
pub(super) fn on_metric(
    reading: &Reading,
    conversation: &Conversation,
    last_tool: &'static str,
    last_arguments: &Arguments,
) -> Option<Plan> {
    const COMPARATIVES: [&str; 8] = ["more", "less", "fewer", "ahead", "wins", "leads", "beats", "stronger"];
    let metrics = reading.metrics();
    let parameters = reading.parameters();
    let compares = reading.words.iter().any(|word| lexicon::comparative(word).is_some() || COMPARATIVES.contains(&word.as_str()));
    let asks_which = reading.words.iter().take(3).any(|word| matches!(word.as_str(), "which" | "who" | "what" | "how" | "whose"));
    let names_else = reading.experiment().is_some()
        || reading
            .parts()
            .any(|part| matches!(part, Part::Run(_) | Part::Runs(_) | Part::Conditions(_) | Part::Meaning("plot" | "impact" | "run")));
    let is_tie = last_tool == "best_run" && conversation.runs.len() > 1;
    if !(last_tool == "compare_runs" || is_tie)
        || metrics.is_empty() && parameters.is_empty()
        || !asks_which
        || names_else
        || !(compares || reading.means("compare") && !metrics.is_empty())
        || reading.words.len() > 11
    {
        return None;
    }
    let mut arguments = if is_tie { Arguments::new() } else { last_arguments.clone() };
    if is_tie {
        put_focus(&mut arguments, conversation);
        put(&mut arguments, "run_ids", conversation.runs.iter().map(|run| run.run_id.clone()).collect::<Vec<_>>());
    }
    if !metrics.is_empty() {
        put(&mut arguments, "metrics", metrics);
    }
    if !parameters.is_empty() {
        put(&mut arguments, "parameters", parameters);
    }
    Some(Plan::call("compare_runs", arguments))
}

/// `the next 20`, `show me more`, after a list that did not show all: its next page.
pub(super) fn next_page(
    reading: &Reading,
    conversation: &Conversation,
    last_tool: &'static str,
    last_arguments: &Arguments,
) -> Option<Plan> {
    const WORDS: [&str; 22] = [
        "next",
        "more",
        "page",
        "the",
        "show",
        "me",
        "and",
        "please",
        "give",
        "list",
        "ones",
        "runs",
        "of",
        "them",
        "remaining",
        "rest",
        "go",
        "on",
        "can",
        "i",
        "see",
        "experiments",
    ];
    // `and the one before that?`, after the newest
    const BEFORE: [&str; 9] = ["before", "previous", "preceding", "one", "that", "it", "run", "what", "about"];
    let is_newest = last_arguments.get("sort_by").and_then(Value::as_str) == Some("start_time")
        && last_arguments.get("limit").and_then(Value::as_u64) == Some(1);
    let steps_back = is_newest && BEFORE.iter().take(3).any(|word| reading.says(word));
    let goes_on = steps_back || ["next", "more", "rest", "remaining"].iter().any(|word| reading.says(word));
    let count = reading.words.iter().find_map(|word| count_word(word).filter(|count| *count > 0));
    let is_plain = reading
        .words
        .iter()
        .all(|word| WORDS.contains(&word.as_str()) || count_word(word).is_some() || steps_back && BEFORE.contains(&word.as_str()));
    let count = count.filter(|_| !steps_back);
    if !matches!(last_tool, "list_runs" | "list_experiments") || !goes_on || !is_plain || reading.words.len() > 8 {
        return None;
    }
    let (tool, result) = conversation.evidence.last()?;
    let token = result.get("next_page_token").and_then(Value::as_str).filter(|_| *tool == last_tool)?;
    let mut arguments = last_arguments.clone();
    put(&mut arguments, "page_token", token);
    if let Some(count) = count {
        put(&mut arguments, "limit", count);
    }
    Some(Plan::call(last_tool, arguments))
}

/// `drop the failed ones`, after a list: fewer of it are wanted, and nothing is to be deleted.
pub(in crate::agent::interpreter) fn leaves_out(question: &str, conversation: &Conversation) -> bool {
    let words = crate::domain::reference::words(question);
    let after_list = conversation.last_call.as_ref().is_some_and(|(tool, _)| *tool == "list_runs");
    // `remove` and `throw out` are said of runs, too: only of a list are they no order to delete.
    let is_mild = |word: &String| LEAVING.contains(&word.as_str()) && !matches!(word.as_str(), "remove" | "discard" | "throw" | "kick");
    let leaves = |is: &dyn Fn(&String) -> bool| words.iter().take(3).any(is);
    let of_list = words.last().is_some_and(|word| matches!(word.as_str(), "ones" | "list"));
    let of_some =
        words.len() > 2 && ["those", "whatever", "anything", "everything", "one"].iter().any(|some| words.iter().any(|word| word == some));
    let names_list = words.iter().any(|word| word == "list");
    after_list
        && words.len() <= 10
        && (leaves(&is_mild) && (of_list || of_some) || names_list && leaves(&|word: &String| LEAVING.contains(&word.as_str())))
}

/// `only those that use xgboost`, `how many of them are ana's`: the last list under a further condition.
pub(super) fn narrowed(
    reading: &Reading,
    conversation: &Conversation,
    last_tool: &'static str,
    last_arguments: &Arguments,
) -> Option<Plan> {
    let clauses = filters::clauses(reading)?;
    let of_them = reading.parts().any(|part| matches!(part, Part::Anaphor(Anaphor::All)));
    let leads = |words: &[&str], within: usize| reading.words.iter().take(within).any(|word| words.contains(&word.as_str()));
    let narrows = leads(&["only", "just", "narrow", "restrict", "limit", "filter", "keep", "those"], 1)
        || leads(&LEAVING, 4)
        // `f1 > 0.9 only`
        || reading.words.last().is_some_and(|word| matches!(word.as_str(), "only" | "alone"))
        || of_them && ["only", "just", "how", "which", "who", "of"].iter().any(|word| reading.says(word))
        || of_them && leads(&["and", "but"], 1);
    let begins_anew = reading.experiment().is_some()
        || reading
            .parts()
            .any(|part| matches!(part, Part::Meaning("plot" | "compare" | "impact" | "describe") | Part::End(..) | Part::Run(_)));
    if clauses.is_empty() || !narrows || begins_anew || last_tool != "list_runs" {
        return None;
    }
    let mut arguments = last_arguments.clone();
    // `the last 5 runs`, `which of them failed`: of those that are shown, and not the last 5 that failed.
    if let Some(shown) = shown_runs(conversation, last_tool, last_arguments).filter(|_| of_them) {
        arguments.remove("limit");
        arguments.remove("page_token");
        put(&mut arguments, "filter", fill::filter_text(&[&[shown], clauses.as_slice()].concat()));
        return Some(Plan::call(last_tool, arguments));
    }
    let before = arguments.get("filter").and_then(Value::as_str);
    let filter = if of_them {
        before.map(|text| format!("{text} AND ")).unwrap_or_default() + &fill::filter_text(&clauses)
    } else {
        filters::narrowed(before, &clauses)
    };
    put(&mut arguments, "filter", filter);
    arguments.remove("page_token");
    Some(Plan::call(last_tool, arguments))
}

/// `which one did ana start?`, `which of the two used adam?`, after a comparison or chart: those of its runs that meet the condition.
pub(super) fn among_shown(reading: &Reading, conversation: &Conversation, last_tool: &str) -> Option<Plan> {
    let asks_which = reading.words.iter().take(2).any(|word| word == "which")
        && ["one", "ones", "of", "them", "those", "these"].iter().any(|word| reading.says(word));
    let names_else = reading.experiment().is_some()
        || reading.parts().any(|part| {
            matches!(part, Part::Meaning("plot" | "impact" | "describe" | "howmany") | Part::End(..) | Part::Run(_) | Part::Runs(_))
        });
    let clauses = reading.clauses();
    if !matches!(last_tool, "compare_runs" | "metric_history") || !asks_which || names_else || clauses.is_empty() {
        return None;
    }
    let shown = shown_runs(conversation, last_tool, &Arguments::new())?;
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    put(&mut arguments, "filter", fill::filter_text(&[&[shown], clauses.as_slice()].concat()));
    Some(Plan::call("list_runs", arguments))
}

/// `compare the first two`, `plot the loss of the first two`, `put the top two of these side by side`, of the list just shown.
pub(super) fn first_of_list(reading: &Reading, conversation: &Conversation, last_tool: &str) -> Option<Plan> {
    let of_these = reading.parts().any(|part| matches!(part, Part::Anaphor(Anaphor::All))) && reading.says("of");
    let count = reading.parts().find_map(|part| match part {
        Part::Runs(phrase) => phrase.strip_prefix("first ")?.parse::<usize>().ok(),
        Part::End(lexicon::End::Best, Some(count)) if of_these && last_tool == "list_runs" => Some(*count),
        _ => None,
    })?;
    let draws = reading.means("plot") && !reading.metrics().is_empty();
    let names_place = reading.experiment().is_some() || reading.means("run");
    if !matches!(last_tool, "list_runs" | "best_run")
        || !(reading.means("compare") || draws)
        || names_place
        || count > conversation.listed.len()
    {
        return None;
    }
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    put(&mut arguments, "run_ids", conversation.listed.iter().take(count).map(|run| run.run_id.clone()).collect::<Vec<_>>());
    let metrics = reading.metrics();
    if !metrics.is_empty() {
        put(&mut arguments, "metrics", metrics);
    }
    Some(Plan::call(if draws { "metric_history" } else { "compare_runs" }, arguments))
}

/// `which of these is best on f1`, `and the worst`, `best one under 25 ms`, `top 5`: a ranking that takes its metric, its runs or both
/// from the call before.
pub(super) fn ranked_again(
    reading: &Reading,
    conversation: &Conversation,
    last_tool: &'static str,
    last_arguments: &Arguments,
) -> Option<Plan> {
    let mut ends = reading.parts().filter_map(|part| if let Part::End(end, count) = part { Some((*end, *count)) } else { None });
    let ((end, count), None) = (ends.next()?, ends.next()) else { return None };
    let names_place =
        reading.experiment().is_some() || reading.parts().any(|part| matches!(part, Part::Run(_) | Part::Runs(_) | Part::Order(_)));
    let asks_else = ["plot", "compare", "impact", "describe", "howmany", "howlong", "details", "experiments", "artifact"];
    let of_several = reading.parts().any(|part| matches!(part, Part::Anaphor(Anaphor::All)));
    let of_one = reading.parts().any(|part| matches!(part, Part::Anaphor(Anaphor::One | Anaphor::Nth(_) | Anaphor::Last)));
    let is_long = reading.words.len() > 14 || reading.unknown().len() > 1;
    let by_duration = ["longest", "shortest", "fastest", "slowest", "quickest"].iter().any(|word| reading.says(word));
    if names_place || is_long || of_one || by_duration || asks_else.iter().any(|meaning| reading.means(meaning)) {
        return None;
    }
    let names_none = reading.metrics().is_empty() && reading.parameters().is_empty();
    let starts_which = reading.words.iter().take(2).any(|word| word == "which") && !reading.means("run");
    // `best one by f1`
    let picks_one = ["one", "ones"].iter().any(|word| reading.says(word)) && !reading.means("run");
    let goes_on = of_several || starts_which || picks_one || is_fragment(reading);
    let text_of = |name: &str| last_arguments.get(name).and_then(Value::as_str).map(str::to_owned);
    let last_metric = match last_tool {
        "best_run" => text_of("metric"),
        "list_runs" => text_of("sort_by").filter(|key| !matches!(key.as_str(), "start_time" | "duration" | "best")),
        "get_run" => conversation.metrics.first().cloned(),
        _ => None,
    };
    let shown = shown_runs(conversation, last_tool, last_arguments).filter(|_| of_several || starts_which || picks_one);
    // Of failed runs nobody wants the best.
    let by_status = |text: &str| text.split(" AND ").all(|clause| clause.contains("attributes.status"));
    let is_of_statuses = text_of("filter").is_some_and(|text| by_status(&text)) && !of_several;
    let takes_runs = last_tool == "list_runs" && goes_on && !is_of_statuses && (of_several || last_arguments.contains_key("filter"));
    let takes_metric = names_none && last_metric.is_some() && (goes_on || !reading.means("run"));
    if !(takes_runs || takes_metric || shown.is_some()) {
        return None;
    }
    let metric = reading.metrics().first().cloned().or_else(|| reading.parameters().first().cloned()).or(last_metric);
    let mut arguments = Arguments::new();
    match last_arguments.get("experiment") {
        Some(experiment) => put(&mut arguments, "experiment", experiment.clone()),
        None => put_focus(&mut arguments, conversation),
    }
    let before = if shown.is_some() { None } else { text_of("filter") };
    let clauses: Vec<Clause> = reading.clauses().into_iter().chain(shown).collect();
    if let Some(filter) = filters::joined(before.as_deref(), &clauses) {
        put(&mut arguments, "filter", filter);
    }
    if let Some(count) = count.filter(|count| *count > 1) {
        put(&mut arguments, "sort_by", metric.unwrap_or_else(|| "best".to_owned()));
        put(&mut arguments, "limit", count);
        fill::put_order(&mut arguments, end);
        return Some(Plan::call("list_runs", arguments));
    }
    if let Some(metric) = metric {
        put(&mut arguments, "metric", metric);
    }
    fill::put_direction(&mut arguments, end);
    Some(Plan::call("best_run", arguments))
}

/// The condition to be one of the runs that were just compared, drawn or listed up to a number.
pub(super) fn shown_runs(conversation: &Conversation, last_tool: &str, last_arguments: &Arguments) -> Option<Clause> {
    let is_some = match last_tool {
        "compare_runs" | "metric_history" => true,
        "list_runs" => last_arguments.contains_key("limit"),
        _ => false,
    };
    let ids: Vec<String> = conversation.runs.iter().map(|run| run.run_id.clone()).collect();
    (is_some && ids.len() > 1).then_some(Clause { field: Field::Attribute(Attribute::RunId), test: Test::OneOf(ids) })
}

/// `vs run 8`, `compare it with 12`: the run in question against one that is named.
pub(in crate::agent::interpreter) fn against_focus(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
    let mut named = reading.parts().filter_map(|part| if let Part::Run(text) = part { Some(text.clone()) } else { None });
    let (Some(other), None) = (named.next(), named.next()) else { return None };
    let names_more = reading.parts().any(|part| matches!(part, Part::End(..) | Part::Runs(_) | Part::Anaphor(_) | Part::Conditions(_)));
    let [focus] = conversation.runs.as_slice() else { return None };
    let focused = conversation.experiment.as_ref().map(|experiment| experiment.name.as_str());
    let is_here = reading.experiment().is_none_or(|name| Some(name) == focused);
    let is_short = reading.words.len() <= 8 && is_here && reading.unknown().is_empty();
    if !reading.means("compare") || names_more || !is_short || focus.run_name == other {
        return None;
    }
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    put(&mut arguments, "run_ids", vec![focus.run_id.clone(), other]);
    let metrics = reading.metrics();
    if !metrics.is_empty() {
        put(&mut arguments, "metrics", metrics);
    }
    Some(Plan::call("compare_runs", arguments))
}
