//! The last list in another order: "sort them by auc", "order them by how long they ran", "and the worst 3".

use super::anaphora::put_focus;
use super::fragments::is_fragment;
use super::narrowing;
use crate::agent::conversation::Conversation;
use crate::agent::interpreter::calling::fill;
use crate::agent::interpreter::reading::{Anaphor, Part, Reading};
use crate::agent::interpreter::{Arguments, Plan, put};

/// `sort them by auc`, `and the worst 3`: the last list in another order.
pub(super) fn resorted(reading: &Reading, last_tool: &'static str, last_arguments: &Arguments) -> Option<Plan> {
    let names_place = reading.experiment().is_some() || reading.parts().any(|part| matches!(part, Part::Run(_) | Part::Conditions(_)));
    let asks_else = ["plot", "compare", "impact", "describe", "howmany"].iter().any(|meaning| reading.means(meaning));
    if last_tool != "list_runs" || names_place || asks_else {
        return None;
    }
    let by_time = time_key(reading);
    let key = reading.metrics().first().cloned().or_else(|| reading.parameters().first().cloned());
    let key = key.or_else(|| by_time.map(|(key, _)| key.to_owned()));
    let sorts = ["sort", "order", "rank", "sorted", "ordered", "ranked"].iter().any(|word| reading.says(word)) && key.is_some();
    let other_end = reading.parts().find_map(|part| if let Part::End(end, Some(count)) = part { Some((*end, *count)) } else { None });
    let is_other_end = other_end.is_some() && key.is_none() && last_arguments.contains_key("sort_by") && is_fragment(reading);
    let mut arguments = last_arguments.clone();
    arguments.remove("page_token");
    if sorts {
        put(&mut arguments, "sort_by", key?);
        arguments.remove("order");
        if let (Some((_, order)), true, true) = (by_time, reading.metrics().is_empty(), reading.parameters().is_empty()) {
            put(&mut arguments, "order", order);
        } else if let Some(end) = reading.parts().find_map(|part| if let Part::Order(end) = part { Some(*end) } else { None }) {
            fill::put_order(&mut arguments, end);
        }
        return Some(Plan::call(last_tool, arguments));
    }
    let (end, count) = other_end.filter(|_| is_other_end)?;
    fill::put_order(&mut arguments, end);
    put(&mut arguments, "limit", count);
    Some(Plan::call(last_tool, arguments))
}

/// `which of them is the newest?`, `the slowest of these`, after some runs were shown: the one at that end of their times.
pub(super) fn extreme_in_time(reading: &Reading, conversation: &Conversation, last_tool: &str, last: &Arguments) -> Option<Plan> {
    let of_shown = reading.parts().any(|part| matches!(part, Part::Anaphor(Anaphor::All))) && (reading.says("of") || reading.says("among"));
    let is_plain = |part: &Part| {
        matches!(
            part,
            Part::Filler | Part::Anaphor(_) | Part::Runs(_) | Part::End(_, None) | Part::Meaning("howlong" | "run" | "start" | "show")
        )
    };
    let ends =
        reading.parts().any(|part| matches!(part, Part::Runs(_) | Part::End(..))) || reading.says("longest") || reading.says("shortest");
    let (key, order) = time_key(reading)?;
    if !of_shown || !ends || !reading.parts().all(is_plain) || reading.words.len() > 10 {
        return None;
    }
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    match (narrowing::shown_runs(conversation, last_tool, last), last.get("filter")) {
        (Some(shown), _) => put(&mut arguments, "filter", fill::filter_text(&[shown])),
        (None, Some(filter)) if last_tool == "list_runs" => put(&mut arguments, "filter", filter.clone()),
        (None, _) => return None,
    }
    put(&mut arguments, "sort_by", key);
    put(&mut arguments, "order", order);
    put(&mut arguments, "limit", 1);
    Some(Plan::call("list_runs", arguments))
}

/// `by how long they ran`, `by date, oldest first`: the time by which a list is put in order, and from which end.
fn time_key(reading: &Reading) -> Option<(&'static str, &'static str)> {
    let says = |words: &[&str]| words.iter().any(|word| reading.says(word));
    if reading.means("howlong") || says(&["longest", "slowest", "shortest", "fastest", "quickest"]) {
        return Some(("duration", if says(&["shortest", "fastest", "quickest"]) { "asc" } else { "desc" }));
    }
    let of_start =
        reading.means("start") || says(&["age", "date", "newest", "oldest", "latest", "earliest", "recent", "chronologically", "recency"]);
    of_start.then(|| ("start_time", if says(&["oldest", "earliest", "chronologically"]) { "asc" } else { "desc" }))
}
