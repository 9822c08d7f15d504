//! The other end of the last ranking: "and the other way round?", "who is last?", "which one is at the other end?".

use serde_json::Value;

use crate::agent::conversation::Conversation;
use crate::agent::interpreter::reading::{Part, Reading};
use crate::agent::interpreter::{Arguments, Plan, put};

/// The longest such question, in words.
const LONGEST: usize = 8;

/// The last ranking from its other end; absent where that is not asked for.
pub(in crate::agent::interpreter) fn plan(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
    let (tool, last) = conversation.last_call.as_ref()?;
    let is_plain = |part: &Part| {
        matches!(part, Part::Filler | Part::Unknown | Part::Anaphor(_) | Part::Runs(_) | Part::Meaning("status" | "user" | "run" | "show"))
    };
    // `the worst instead`, of a list that was put in order.
    let end = reading.parts().find_map(|part| if let Part::End(end, None) = part { Some(*end) } else { None });
    let is_end_alone = reading.parts().all(|part| matches!(part, Part::Filler | Part::End(_, None) | Part::Meaning("run")));
    if let (Some(end), "list_runs", true) = (end, *tool, reading.says("instead") && is_end_alone && last.contains_key("sort_by")) {
        let mut arguments = last.clone();
        arguments.remove("page_token");
        crate::agent::interpreter::calling::fill::put_order(&mut arguments, end);
        return Some(Plan::call(tool, arguments));
    }
    let is_ranking = *tool == "best_run" || *tool == "list_runs" && last.contains_key("sort_by");
    let is_asked = turns_round(reading) || *tool == "best_run" && asks_who_is_last(reading);
    if !is_ranking || !is_asked || reading.words.len() > LONGEST || !reading.parts().all(is_plain) {
        return None;
    }
    let mut arguments = last.clone();
    arguments.remove("page_token");
    let (argument, worst) = if *tool == "best_run" { ("direction", "worst") } else { ("order", "worst_first") };
    match opposite(&arguments, argument, worst) {
        Some(other) => put(&mut arguments, argument, other),
        None => {
            arguments.remove(argument);
        }
    }
    Some(Plan::call(tool, arguments))
}

/// The other value of the argument that tells the end; none for the better end, which needs no word.
fn opposite(arguments: &Arguments, argument: &str, worst: &'static str) -> Option<&'static str> {
    match arguments.get(argument).and_then(Value::as_str) {
        Some("max") => Some("min"),
        Some("min") => Some("max"),
        Some("desc") => Some("asc"),
        Some("asc") => Some("desc"),
        Some("worst" | "worst_first") => None,
        _ => Some(worst),
    }
}

/// `the opposite`, `the other way round`, `at the other end`.
fn turns_round(reading: &Reading) -> bool {
    let follows = |other: &str, nouns: &[&str]| {
        reading.words.windows(2).any(|pair| matches!(pair, [one, noun] if one == other && nouns.contains(&noun.as_str())))
    };
    ["opposite", "reverse", "reversed", "inverse", "vice", "loser"].iter().any(|word| reading.says(word))
        || follows("other", &["end", "extreme", "way", "direction", "side"])
        || follows("opposite", &["end", "extreme"])
}

/// `who is last?`, `which one comes last?`
fn asks_who_is_last(reading: &Reading) -> bool {
    let asks = reading.words.iter().take(2).any(|word| matches!(word.as_str(), "who" | "which"));
    let is_at_end = reading.words.windows(2).any(|pair| {
        matches!(pair, [verb, last] if last == "last" && matches!(verb.as_str(), "is" | "s" | "was" | "comes" | "came" | "finished" | "ranks" | "in"))
    });
    asks && is_at_end && reading.words.len() <= 5
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::agent::interpreter::followup::other_end::*;

    #[test]
    fn the_opposite_of_an_end_is_the_other_one() {
        for (direction, expected) in
            [(json!("min"), Some("max")), (json!("max"), Some("min")), (json!("worst"), None), (json!(null), Some("worst"))]
        {
            let mut arguments = Arguments::new();
            put(&mut arguments, "direction", direction.clone());
            assert_eq!(opposite(&arguments, "direction", "worst"), expected, "{direction}");
        }
    }
}
