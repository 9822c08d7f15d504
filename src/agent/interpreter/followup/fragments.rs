//! Questions that are no sentence of their own, and such as only ask again for what was just told: "and X?", "which ones?", "how many?".

use crate::agent::interpreter::reading::{Part, Reading};

/// `what about X`, `and X?`, `same for X`, `X instead`, or nothing but a name.
pub(super) fn is_fragment(reading: &Reading) -> bool {
    let words: Vec<&str> = reading.words.iter().map(String::as_str).collect();
    let leads = matches!(
        words.as_slice(),
        ["and" | "also" | "same" | "ditto" | "now" | "but" | "or" | "only" | "just", ..]
            | ["what" | "how", "about", ..]
            | ["in", ..]
            | ["for", ..]
            | [
                "with"
                    | "without"
                    | "excluding"
                    | "except"
                    | "minus"
                    | "those"
                    | "ones"
                    | "ignoring"
                    | "omitting"
                    | "disregarding"
                    | "skipping",
                ..
            ]
            | ["leaving", "out", ..]
            | ["among" | "amongst" | "within" | "considering" | "together" | "plus", ..]
            | ["by", ..]
            | ["on", ..]
            | ["of", _, _]
            | ["of", _, _, _]
            | ["of", _, _, _, _]
            | ["the", "same", ..]
            | ["do", "the", "same", ..]
    ) || words.contains(&"instead")
        || words.contains(&"same");
    leads
        || !reading.parts().any(|part| matches!(part, Part::Meaning(meaning) if *meaning != "run"))
            && !reading.parts().any(|part| matches!(part, Part::End(..)))
            && words.len() <= 3
            && !words.iter().any(|word| matches!(*word, "which" | "what" | "show" | "list" | "best" | "who"))
}

/// `which one?`, `which ones?`, `who?`: wants to see what was counted.
pub(super) fn is_which_one(reading: &Reading) -> bool {
    let words: Vec<&str> = reading.words.iter().map(String::as_str).collect();
    matches!(
        words.as_slice(),
        ["which"]
            | ["which", "one" | "ones" | "run" | "runs"]
            | ["which", "ones" | "one", ..]
            | ["show" | "list" | "name", "them" | "those" | "these" | "me"]
            | ["show", "me", "them"]
    ) && words.len() <= 4
        && reading.metrics().is_empty()
        && !reading.parts().any(|part| matches!(part, Part::End(..) | Part::Conditions(_)))
}

/// `which parameters differ?`, of what was just compared: the comparison tells.
pub(super) fn asks_what_differs(reading: &Reading) -> bool {
    reading.means("compare")
        && reading.means("parameter")
        && reading.parts().all(|part| matches!(part, Part::Filler | Part::Meaning("compare" | "parameter") | Part::Anaphor(_)))
}

/// `how many are there?`, `how many is that`: counts what was just listed.
pub(super) fn asks_how_many(reading: &Reading) -> bool {
    reading.means("howmany")
        && reading.words.len() <= 8
        && reading.parts().all(|part| matches!(part, Part::Filler | Part::Meaning("howmany") | Part::Anaphor(_)))
}
