//! Metrics that are named by the one word in which they differ from the metric in question: "and the validation one?", "actually eval, not
//! train", after `training_loss`.

use crate::agent::conversation::Conversation;
use crate::agent::interpreter::reading::{Part, Reading};
use crate::agent::interpreter::vocabulary::Vocabulary;
use crate::domain::reference::words;

/// Takes a word for the metric that has it where the metric in question has another.
pub(in crate::agent::interpreter) fn see(reading: &mut Reading, conversation: &Conversation, vocabulary: &Vocabulary) {
    let ([metric], Some(experiment)) = (conversation.metrics.as_slice(), conversation.experiment.as_ref()) else { return };
    let here = words(metric);
    let all = vocabulary.metrics_in(&experiment.name);
    for span in &mut reading.spans {
        let [said] = reading.words.get(span.words.clone()).unwrap_or_default() else { continue };
        let is_open = match &span.part {
            Part::Unknown => true,
            Part::Metric(name) => words(name).len() == 1 && vocabulary.metrics_with(name, &experiment.name).len() != 1,
            _ => false,
        };
        if !is_open {
            continue;
        }
        let mut found = all.iter().filter(|other| is_sibling(&here, &words(other), said));
        if let (Some(only), None) = (found.next(), found.next()) {
            span.part = Part::Metric((*only).to_owned());
        }
    }
}

/// Whether a name is another but for one word, and that word is said.
fn is_sibling(here: &[String], other: &[String], said: &str) -> bool {
    let mut different = here.iter().zip(other).filter(|(one, another)| stem(one) != stem(another));
    let only = different.next().filter(|_| here.len() == other.len() && different.next().is_none());
    only.is_some_and(|(_, word)| stem(word) == stem(said))
}

/// A part of the data by its shortest name.
fn stem(word: &str) -> &str {
    match word {
        "training" | "trained" | "trn" => "train",
        "validation" | "valid" | "validating" => "val",
        "evaluation" => "eval",
        "testing" => "test",
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use crate::agent::interpreter::followup::siblings::*;

    #[test]
    fn a_sibling_differs_in_the_word_that_is_said() {
        for (here, other, said, expected) in [
            ("training_loss", "validation_loss", "validation", true),
            ("training_loss", "validation_loss", "val", true),
            ("train/loss", "eval/loss", "eval", true),
            ("train/loss", "eval/accuracy", "eval", false),
            ("training_loss", "validation_loss", "loss", false),
            ("loss", "validation_loss", "validation", false),
        ] {
            assert_eq!(is_sibling(&words(here), &words(other), said), expected, "{said}");
        }
    }
}
