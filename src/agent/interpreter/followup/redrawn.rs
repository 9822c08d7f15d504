//! The last chart or comparison again: with something left out of it, of another number of runs, on a linear scale, or for what it told
//! already.

use serde_json::Value;

use super::{put_focus, runs_referred_to};
use crate::agent::conversation::Conversation;
use crate::agent::interpreter::calling::fill;
use crate::agent::interpreter::lexicon::{self, End, has};
use crate::agent::interpreter::reading::{Anaphor, Part, Reading};
use crate::agent::interpreter::{Arguments, Plan, put};
use crate::domain::reference::{Likeness, Name, count_word, words};
use crate::tools::view::ResolvedRun;

/// Verbs and particles by which something is left out of what was shown; `take` and `leave` with `out`.
const LEAVING: [&str; 12] =
    ["drop", "exclude", "hide", "skip", "ignore", "omit", "leave", "take", "without", "except", "excluding", "minus"];

/// Verbs by which one thing is put in the place of another.
const SWAPPING: [&str; 4] = ["swap", "replace", "exchange", "substitute"];

/// Nouns for what was drawn.
const DRAWN: [&str; 9] = ["chart", "plot", "graph", "picture", "figure", "comparison", "table", "scale", "axis"];

/// The plan for a question that changes the last chart, comparison or list in one of these ways.
pub(in crate::agent::interpreter) fn plan(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
    let (tool, last) = conversation.last_call.as_ref()?;
    swapped(reading, conversation, tool, last)
        .or_else(|| left_out(reading, conversation, tool, last))
        .or_else(|| counted_anew(reading, tool, last))
        .or_else(|| back_to_linear(reading, tool, last))
        .or_else(|| of_these_runs(reading, tool, last))
        .or_else(|| both_curves(reading, conversation, tool, last))
        .or_else(|| against_time(reading, tool, last))
        .or_else(|| back_to_steps(reading, tool, last))
        .or_else(|| all_metrics(reading, tool, last))
        .or_else(|| read_off(reading, tool, last))
}

/// `drop run 3`, `remove the log scale`, after a chart or comparison: less of it is wanted, and nothing is to be deleted.
pub(in crate::agent::interpreter) fn is_about_drawing(question: &str, conversation: &Conversation) -> bool {
    let said = words(question);
    let after_drawing = conversation.last_call.as_ref().is_some_and(|(tool, _)| matches!(*tool, "metric_history" | "compare_runs"));
    let says = |word: &str| said.iter().any(|one| one == word);
    let leaves = said.iter().take(3).any(|word| LEAVING.contains(&word.as_str()));
    let names = conversation.runs.iter().map(|run| run.run_name.as_str()).chain(conversation.metrics.iter().map(String::as_str));
    let has_all = |name: &str| words(name).iter().all(|word| says(word));
    let names_shown = names.into_iter().any(has_all) || ["first", "second", "third", "last"].iter().any(|place| says(place));
    let of_drawing = DRAWN.iter().any(|noun| says(noun));
    let undoes = said.iter().take(3).any(|word| matches!(word.as_str(), "remove" | "undo" | "revert" | "unset" | "turn" | "switch"));
    let swaps = said.iter().take(3).any(|word| SWAPPING.contains(&word.as_str())) && (says("for") || says("with") || says("by"));
    after_drawing
        && said.len() <= 9
        && ((leaves || swaps) && names_shown || undoes && of_drawing && (names_shown || says("log")) || leaves && says("log"))
}

/// `swap run 3 for run 5`, `replace run 3 with run 5`.
fn swapped(reading: &Reading, conversation: &Conversation, tool: &'static str, last: &Arguments) -> Option<Plan> {
    let swaps = reading.words.iter().take(3).any(|word| SWAPPING.contains(&word.as_str()));
    let mut named = reading.parts().filter_map(|part| if let Part::Run(name) = part { Some(name.clone()) } else { None });
    let (Some(one), Some(other), None) = (named.next(), named.next(), named.next()) else { return None };
    if !swaps || !matches!(tool, "metric_history" | "compare_runs") {
        return None;
    }
    let is = |name: &str, run: &ResolvedRun| run.run_id == name || is_same(name, &run.run_name);
    let is_shown = |name: &str| conversation.runs.iter().any(|run| is(name, run));
    let (gone, new) = if is_shown(&one) { (one, other) } else { (other, one) };
    let runs: Vec<String> = conversation.runs.iter().map(|run| if is(&gone, run) { new.clone() } else { run.run_id.clone() }).collect();
    if !is_shown(&gone) {
        return None;
    }
    let mut arguments = last.clone();
    put_focus(&mut arguments, conversation);
    put(&mut arguments, "run_ids", runs);
    Some(Plan::call(tool, arguments))
}

/// `without run 3`, `leave the second one out`: the rest of the runs or metrics that were shown.
fn left_out(reading: &Reading, conversation: &Conversation, tool: &'static str, last: &Arguments) -> Option<Plan> {
    let leaves = reading.words.iter().take(3).any(|word| LEAVING.contains(&word.as_str()) || word == "remove");
    let needs_out = reading.words.iter().take(3).any(|word| matches!(word.as_str(), "take" | "leave")) && !reading.says("out");
    let adds = ["add", "instead", "but", "include", "replace"].iter().any(|word| reading.says(word));
    let names_else = reading.parts().any(|part| matches!(part, Part::End(..) | Part::Runs(_) | Part::Meaning("impact" | "howmany")));
    if !matches!(tool, "metric_history" | "compare_runs") || !leaves || needs_out || adds || names_else || reading.words.len() > 9 {
        return None;
    }
    let pointed = runs_referred_to(reading, conversation).unwrap_or_default();
    let named: Vec<&String> = reading.parts().filter_map(|part| if let Part::Run(name) = part { Some(name) } else { None }).collect();
    let metrics = reading.metrics();
    let mut arguments = last.clone();
    if metrics.is_empty() {
        let is_meant = |run: &ResolvedRun| {
            pointed.contains(&run.run_id) || named.iter().any(|name| **name == run.run_id || is_same(name, &run.run_name))
        };
        let kept: Vec<String> = conversation.runs.iter().filter(|run| !is_meant(run)).map(|run| run.run_id.clone()).collect();
        let least = if tool == "compare_runs" { 2 } else { 1 };
        if kept.len() < least || kept.len() == conversation.runs.len() {
            return None;
        }
        put_focus(&mut arguments, conversation);
        put(&mut arguments, "run_ids", kept);
    } else {
        let kept: Vec<String> =
            conversation.metrics.iter().filter(|known| !metrics.iter().any(|metric| is_same(metric, known))).cloned().collect();
        if kept.is_empty() || kept.len() == conversation.metrics.len() {
            return None;
        }
        put(&mut arguments, "metrics", kept);
    }
    Some(Plan::call(tool, arguments))
}

fn is_same(said: &str, known: &str) -> bool {
    Name::new(known).likeness(&Name::new(said)).is_some_and(|likeness| likeness <= Likeness::SameMeaning)
}

/// `and the first 3`, `the last five instead`, `make it 5`: as many others of what was chosen by place or rank.
fn counted_anew(reading: &Reading, tool: &'static str, last: &Arguments) -> Option<Plan> {
    let is_plain = |part: &Part| {
        matches!(
            part,
            Part::Filler
                | Part::Number(_)
                | Part::Runs(_)
                | Part::End(_, Some(2..))
                | Part::Anaphor(Anaphor::One)
                | Part::Meaning("run" | "create" | "compare" | "plot" | "show")
        )
    };
    let goes_on = ["next", "more", "other", "others", "another", "rest", "before", "previous"].iter().any(|word| reading.says(word));
    let asks_else = reading.means("compare") && tool != "compare_runs" || reading.means("plot") && tool != "metric_history";
    if reading.words.len() > 7 || goes_on || asks_else || !reading.parts().all(is_plain) {
        return None;
    }
    let phrase = match last.get("run_ids").and_then(Value::as_array).map(Vec::as_slice) {
        Some([Value::String(phrase)]) if matches!(tool, "compare_runs" | "metric_history") => Some(phrase.as_str()),
        _ => None,
    };
    let old = phrase.and_then(|phrase| phrase.split(' ').nth(1)?.parse::<usize>().ok());
    let chosen = reading.parts().find_map(|part| match part {
        Part::Runs(new) => Some(new.clone()),
        Part::End(end, count) => {
            let by = phrase.and_then(|phrase| phrase.split_once(" by ")).map(|(_, metric)| metric);
            Some(fill::end_phrase(*end, *count, by))
        }
        _ => None,
    });
    let mut arguments = last.clone();
    if let (Some(_), Some(chosen)) = (old, &chosen) {
        if chosen.split(' ').nth(1).is_none_or(|count| count.parse::<usize>().is_ok_and(|count| count < 2)) {
            return None;
        }
        put(&mut arguments, "run_ids", vec![chosen.clone()]);
        return Some(Plan::call(tool, arguments));
    }
    // `only the first 3`, of a list
    let limits = reading.words.iter().take(3).any(|word| matches!(word.as_str(), "only" | "just" | "first"));
    let first = chosen.as_deref().and_then(|chosen| chosen.strip_prefix("first ")).and_then(|count| count.parse::<usize>().ok());
    if let (Some(count), true, None) = (first, tool == "list_runs" && limits && !last.contains_key("page_token"), phrase) {
        put(&mut arguments, "limit", count);
        return Some(Plan::call(tool, arguments));
    }
    let is_lone = |word: &String| count_word(word).is_some_and(|count| count > 1);
    // `five, not three`
    let is_denied = |place: usize| place.checked_sub(1).and_then(|before| reading.words.get(before)).is_some_and(|word| word == "not");
    let mut lone = reading.words.iter().enumerate().filter(|(place, word)| is_lone(word) && !is_denied(*place)).map(|(_, word)| word);
    let count = lone.next_back();
    let count = count.and_then(|word| count_word(word)).filter(|_| chosen.is_none() && reading.words.len() <= 4)?;
    match (old, phrase) {
        (Some(old), Some(phrase)) => put(&mut arguments, "run_ids", vec![phrase.replacen(&old.to_string(), &count.to_string(), 1)]),
        _ if tool == "list_runs" && last.contains_key("limit") => {
            arguments.remove("page_token");
            put(&mut arguments, "limit", count);
        }
        _ => return None,
    }
    Some(Plan::call(tool, arguments))
}

/// `back to linear`, `without the log`, `a normal axis please`, after a chart on another scale.
fn back_to_linear(reading: &Reading, tool: &'static str, last: &Arguments) -> Option<Plan> {
    const PLAIN: [&str; 7] = ["linear", "normal", "regular", "ordinary", "plain", "usual", "default"];
    let is_log = last.get("y_scale").and_then(Value::as_str) == Some("log");
    let prefers = reading.says("better") || reading.says("prefer");
    let names_axis = ["scale", "axis", "axes", "again", "back"].iter().any(|word| reading.says(word));
    let denies_log = reading.words.iter().enumerate().any(|(place, word)| {
        let before = reading.words.get(place.saturating_sub(3)..place).unwrap_or_default();
        matches!(word.as_str(), "log" | "logarithmic")
            && before.iter().any(|word| {
                matches!(
                    word.as_str(),
                    "without" | "no" | "not" | "undo" | "remove" | "drop" | "lose" | "skip" | "revert" | "turn" | "switch" | "leave"
                )
            })
    });
    let is_meant =
        reading.says("linear") || is_log && (denies_log || (names_axis || prefers) && PLAIN.iter().any(|word| reading.says(word)));
    let names_else = reading.experiment().is_some()
        || !reading.metrics().is_empty()
        || reading.parts().any(|part| {
            matches!(part, Part::Run(_) | Part::Runs(_) | Part::End(..) | Part::Conditions(_) | Part::Meaning("impact" | "howmany"))
        });
    if tool != "metric_history" || !is_meant || names_else || reading.words.len() > 10 {
        return None;
    }
    let mut arguments = last.clone();
    put(&mut arguments, "y_scale", "linear");
    Some(Plan::call(tool, arguments))
}

/// `now all three: run 3, run 4 and run 5`, after a chart: the same of these.
fn of_these_runs(reading: &Reading, tool: &'static str, last: &Arguments) -> Option<Plan> {
    let is_plain = |part: &Part| {
        matches!(part, Part::Filler | Part::Run(_) | Part::Anaphor(_) | Part::Number(_) | Part::Meaning("run" | "plot" | "show"))
    };
    let runs: Vec<String> = reading.parts().filter_map(|part| if let Part::Run(run) = part { Some(run.clone()) } else { None }).collect();
    if tool != "metric_history" || runs.len() < 2 || !reading.parts().all(is_plain) || fill::axis(reading).is_some() {
        return None;
    }
    let adds = ["add", "also", "too", "include", "well", "plus", "not", "instead", "than", "without"].iter().any(|word| reading.says(word));
    let mut arguments = last.clone();
    put(&mut arguments, "run_ids", runs);
    (!adds).then(|| Plan::call(tool, arguments))
}

/// `put both in one chart`, after two curves of one run that were drawn one after the other.
fn both_curves(reading: &Reading, conversation: &Conversation, tool: &'static str, last: &Arguments) -> Option<Plan> {
    let together =
        reading.says("both") && ["one", "same", "together", "single", "chart", "plot", "picture"].iter().any(|word| reading.says(word));
    let names_else =
        !reading.metrics().is_empty() || reading.parts().any(|part| matches!(part, Part::Run(_) | Part::Conditions(_) | Part::End(..)));
    let drawn = |result: &Value| {
        let resolved = |key: &str| result.pointer(&format!("/resolved/{key}")).cloned();
        Some((resolved("runs")?, resolved("metrics")?))
    };
    let mut charts = conversation.evidence.iter().rev().filter(|(known, _)| *known == "metric_history").map(|(_, result)| drawn(result));
    let (Some(Some((runs, metrics))), Some(Some((runs_before, metrics_before)))) = (charts.next(), charts.next()) else { return None };
    if tool != "metric_history" || !together || names_else || runs != runs_before || metrics == metrics_before {
        return None;
    }
    let all = [&metrics_before, &metrics].into_iter().filter_map(Value::as_array).flatten().cloned();
    let mut arguments = last.clone();
    put(&mut arguments, "metrics", all.collect::<Vec<Value>>());
    Some(Plan::call(tool, arguments))
}

/// `against time please`, after a chart over steps.
fn against_time(reading: &Reading, tool: &'static str, last: &Arguments) -> Option<Plan> {
    let is_of_time = reading.words.windows(2).any(|pair| {
        matches!(pair, [link, time] if time == "time" && matches!(link.as_str(), "against" | "over" | "by" | "vs" | "versus" | "with"))
    });
    let is_plain = |part: &Part| matches!(part, Part::Filler | Part::Anaphor(_) | Part::Meaning("plot" | "show" | "compare"));
    if tool != "metric_history" || !is_of_time || !reading.parts().all(is_plain) || reading.words.len() > 7 || fill::axis(reading).is_some()
    {
        return None;
    }
    let mut arguments = last.clone();
    put(&mut arguments, "x_axis", "relative_time");
    Some(Plan::call(tool, arguments))
}

/// `back to steps`, `by step again`, after a chart over time.
fn back_to_steps(reading: &Reading, tool: &'static str, last: &Arguments) -> Option<Plan> {
    let is_step = |word: &String| matches!(word.as_str(), "step" | "steps" | "epochs" | "epoch" | "iterations");
    let goes_back = ["back", "again", "by", "over", "against", "per"].iter().any(|word| reading.says(word));
    let is_plain =
        |part: &Part| matches!(part, Part::Filler | Part::Unknown | Part::Anaphor(_) | Part::Parameter(_) | Part::Meaning("plot" | "show"));
    let is_asked = tool == "metric_history" && last.contains_key("x_axis") && goes_back && reading.words.iter().any(is_step);
    if !is_asked || fill::axis(reading).is_some() || !reading.parts().all(is_plain) || reading.words.len() > 8 {
        return None;
    }
    let mut arguments = last.clone();
    arguments.remove("x_axis");
    Some(Plan::call(tool, arguments))
}

/// `all metrics please`, after a comparison on one.
fn all_metrics(reading: &Reading, tool: &'static str, last: &Arguments) -> Option<Plan> {
    let is_plain = |part: &Part| matches!(part, Part::Filler | Part::Unknown | Part::Meaning("metric" | "details" | "show" | "compare"));
    let of_all = ["all", "every", "everything", "other", "others"].iter().any(|word| reading.says(word));
    let is_asked =
        tool == "compare_runs" && last.contains_key("metrics") && of_all && (reading.means("metric") || reading.says("everything"));
    if !is_asked || !reading.parts().all(is_plain) || reading.words.len() > 7 {
        return None;
    }
    let mut arguments = last.clone();
    arguments.remove("metrics");
    Some(Plan::call(tool, arguments))
}

/// `what was its lowest value?`, `at which step?`, after a chart; `which is better?`, `just the parameters`, after a comparison: the
/// answer stands in what was shown.
fn read_off(reading: &Reading, tool: &'static str, last: &Arguments) -> Option<Plan> {
    if asks_for_form(reading, tool) {
        return Some(Plan::call(tool, last.clone()));
    }
    let is_told = match tool {
        "metric_history" => asks_for_point(reading),
        "compare_runs" => asks_for_difference(reading),
        // `by how much?`: the answer told who is next.
        "best_run" => asks_for_margin(reading),
        _ => false,
    };
    let is_about_it = |part: &Part| {
        matches!(
            part,
            Part::Filler
                | Part::Unknown
                | Part::Number(_)
                | Part::Anaphor(_)
                | Part::End(End::Highest | End::Lowest, None)
                | Part::Runs(_)
                | Part::Meaning("compare" | "parameter" | "plot" | "howmany" | "howlong" | "start" | "status" | "perform")
        )
    };
    (is_told && reading.words.len() <= 9 && reading.parts().all(is_about_it)).then(|| Plan::call(tool, last.clone()))
}

/// `as a table`; `plot that`, after what parameters do: how it was shown already.
fn asks_for_form(reading: &Reading, tool: &str) -> bool {
    const ABOUT: &str =
        "show me it that this them as in a the please can you could i see draw plot chart graph picture visualize table now";
    let of_table = reading.says("table");
    let of_picture = reading.means("plot") && tool == "parameter_impact";
    (of_table || of_picture) && reading.words.iter().all(|word| has(ABOUT, word))
}

fn asks_for_point(reading: &Reading) -> bool {
    let says = |known: &[&str]| known.iter().any(|word| reading.says(word));
    let asks = says(&["what", "which", "when", "where", "how", "whats", "and", "from"]);
    let names_end = reading.parts().any(|part| matches!(part, Part::End(..)));
    let of_step = says(&["step", "steps", "epoch", "epochs", "iteration"]) && says(&["which", "many", "what"]);
    let of_value = says(&["value", "values", "point", "points", "it"]) && (names_end || says(&["first", "last", "initial", "final"]));
    let of_ends = says(&["where", "from"]) && (names_end || says(&["start", "begin", "end", "finish", "stop"]));
    asks && !reading.says("run") && !reading.says("runs") && (of_step || of_value || of_ends || reading.says("when") && names_end)
}

/// `by how much?`, `how big is the gap?`, `was it close?`
fn asks_for_margin(reading: &Reading) -> bool {
    let how_much = reading
        .words
        .windows(2)
        .any(|pair| matches!(pair, [how, much] if how == "how" && matches!(much.as_str(), "much" | "close" | "clear" | "far")));
    how_much || ["gap", "margin", "distance", "close", "lead", "difference"].iter().any(|word| reading.says(word))
}

fn asks_for_difference(reading: &Reading) -> bool {
    let is_better = reading.words.iter().any(|word| matches!(lexicon::comparative(word), Some(End::Best | End::Worst)));
    let asks_which = reading.words.iter().take(2).any(|word| matches!(word.as_str(), "which" | "who" | "whats" | "what"));
    let of_parameters = reading.means("parameter") && reading.words.iter().take(2).any(|word| matches!(word.as_str(), "only" | "just"));
    // `is the difference big?`, `by how much?`, `what do they have in common?`
    let of_size = ["difference", "differences", "gap", "margin", "common", "apart"].iter().any(|word| reading.says(word))
        || reading.words.windows(2).any(|pair| matches!(pair, [how, much] if how == "how" && much == "much"));
    is_better && asks_which || of_parameters || of_size
}

#[cfg(test)]
mod tests {
    use crate::agent::interpreter::followup::redrawn::*;

    #[test]
    fn what_was_drawn_may_be_left_out_of_it() {
        let run = |name: &str| ResolvedRun { run_id: name.to_owned(), run_name: name.to_owned() };
        let after = |tool| Conversation {
            runs: vec![run("run-1"), run("run-2")],
            last_call: Some((tool, Arguments::new())),
            ..Conversation::default()
        };
        for (question, expected) in [
            ("drop run-2", true),
            ("leave out the second", true),
            ("undo the log scale", true),
            ("remove run-2 from the chart", true),
            ("remove run-2", false),
            ("delete run-2", false),
            ("drop run-7", false),
        ] {
            assert_eq!(is_about_drawing(question, &after("metric_history")), expected, "{question}");
            assert!(!is_about_drawing(question, &after("best_run")), "{question}");
        }
    }
}
