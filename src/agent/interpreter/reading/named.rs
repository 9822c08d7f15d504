//! What a question says of the runs that it names itself: pronouns that stand for them, and ends that judge between them.

use super::{Anaphor, Part, Reading, Span};

/// Takes pronouns and verdicts about runs of the same question for what they are: nothing new.
pub(in crate::agent::interpreter) fn settle(reading: &mut Reading) {
    let mut runs = 0;
    let mut several = false;
    let mut ranked = false;
    for index in 0..reading.spans.len() {
        let settled = match reading.spans.get(index).map(|span| &span.part) {
            Some(Part::Run(_)) => {
                runs += 1;
                None
            }
            // `take the two best and compare them`
            Some(Part::End(_, Some(2..)) | Part::Runs(_)) => {
                several = true;
                None
            }
            Some(Part::Anaphor(Anaphor::All)) if several && chooses(reading) => Some(Part::Filler),
            // `the best one and its settings`: the answer tells them with the run.
            Some(Part::Anaphor(Anaphor::One)) if ranked && is_told_beside(reading, index) => Some(Part::Filler),
            Some(Part::Meaning("parameter" | "details")) if ranked && is_told_beside(reading, index.saturating_sub(1)) => {
                Some(Part::Filler)
            }
            // `run 3 or run 5, which one is best on f1`
            Some(Part::End(_, None | Some(1))) => {
                ranked = true;
                (runs > 1 && is_verdict(reading, index) || judges_between(reading, index) || chooses_of_named(reading, index))
                    .then_some(Part::Meaning("compare"))
            }
            // `run 3 and run 5, how do they compare`
            Some(Part::Anaphor(Anaphor::All)) if runs > 1 => Some(Part::Filler),
            // `for run 3, what was its accuracy`, but not `add run 3 to it`
            Some(Part::Anaphor(Anaphor::One)) if runs == 1 && !is_set_beside(reading, index) => Some(Part::Filler),
            _ => None,
        };
        if let (Some(part), Some(span)) = (settled, reading.spans.get_mut(index)) {
            span.part = part;
        }
    }
}

/// `does run 3 lead run 5 on auc`: whether the end of a ranking is a verb between two runs.
fn judges_between(reading: &Reading, index: usize) -> bool {
    let is_run = |span: &Span| matches!(span.part, Part::Run(_));
    let asks = reading.words.first().is_some_and(|word| matches!(word.as_str(), "does" | "did" | "is" | "was" | "do" | "has" | "will"));
    let is_noun = word_before(reading, index).is_none() || {
        let start = reading.spans.get(index).map_or(0, |span| span.words.start);
        start.checked_sub(1).and_then(|before| reading.words.get(before)).is_some_and(|word| matches!(word.as_str(), "the" | "a" | "our"))
    };
    let ahead = reading.spans.get(..index).unwrap_or_default().iter().any(is_run);
    let behind = reading.spans.get(index + 1..).unwrap_or_default().iter().any(is_run);
    asks && !is_noun && ahead && behind
}

/// `which is the best, run 3 or run 5`: whether the end of a ranking tells which of the runs behind it is asked for.
fn chooses_of_named(reading: &Reading, index: usize) -> bool {
    let asks = reading.words.iter().take(2).any(|word| matches!(word.as_str(), "which" | "who" | "what" | "whats"));
    let behind = reading.spans.get(index + 1..).unwrap_or_default();
    let runs = behind.iter().filter(|span| matches!(span.part, Part::Run(_))).count();
    let ahead = reading.spans.get(..index).unwrap_or_default().iter().any(|span| matches!(span.part, Part::Run(_)));
    asks && runs > 1 && !ahead && reading.says("or") && behind.first().is_none_or(|next| next.part != Part::Meaning("run"))
}

/// `and its settings`: whether a pronoun and the settings behind it are the last thing asked for.
fn is_told_beside(reading: &Reading, index: usize) -> bool {
    let Some(pronoun) = reading.spans.get(index) else { return false };
    let is_added = pronoun.words.start.checked_sub(1).and_then(|before| reading.words.get(before));
    let is_added = is_added.is_some_and(|word| matches!(word.as_str(), "and" | "with" | "plus" | "also"));
    let is_pronoun = reading.words.get(pronoun.words.start).is_some_and(|word| word == "its");
    let tells = reading.spans.get(index + 1).is_some_and(|span| matches!(span.part, Part::Meaning("parameter" | "details") | Part::Filler));
    is_added && is_pronoun && tells && reading.spans.get(index + 2).is_none()
}

/// Whether a question begins by choosing what it goes on about.
fn chooses(reading: &Reading) -> bool {
    reading.words.first().is_some_and(|word| matches!(word.as_str(), "take" | "pick" | "choose" | "select" | "grab"))
}

/// Whether the words before a part set it beside another thing.
fn is_set_beside(reading: &Reading, index: usize) -> bool {
    const BESIDE: [&str; 12] = ["with", "to", "against", "and", "or", "versus", "vs", "than", "beside", "besides", "plus", "from"];
    word_before(reading, index).is_some_and(|word| BESIDE.contains(&word))
}

/// Whether the end of a ranking tells which of several runs is asked for, and is no run of its own.
fn is_verdict(reading: &Reading, index: usize) -> bool {
    let span = reading.spans.get(index);
    let ahead = span.and_then(|span| reading.words.get(..span.words.start)).unwrap_or_default();
    let asks = ahead.iter().any(|word| matches!(word.as_str(), "which" | "who" | "whose" | "what"));
    let next = reading.spans.get(index + 1).map(|span: &Span| &span.part);
    asks && next != Some(&Part::Meaning("run")) && !is_set_beside(reading, index)
}

/// The word before a part, articles passed over.
fn word_before(reading: &Reading, index: usize) -> Option<&str> {
    let start = reading.spans.get(index)?.words.start;
    reading.words.get(..start)?.iter().rev().map(String::as_str).find(|word| !matches!(*word, "the" | "a" | "an"))
}
