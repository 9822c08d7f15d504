//! Sentences that stay one question: a picture that answers the question before it, what a question is about, why an order is given.

use super::{topics_said, trimmed};
use crate::agent::interpreter::lexicon::has;
use crate::agent::interpreter::{creation, lexicon, orders, talk};
use crate::domain::reference::placed_words;

/// `did run 3 overfit? show train and val loss`: the order says how the question before it is to be answered, so they stay one.
pub(super) fn with_pictures<'a>(utterance: &'a str, sentences: Vec<&'a str>) -> Vec<&'a str> {
    let asks_whether = |sentence: &str| {
        let second = placed_words(sentence).into_iter().nth(1).map(|(word, _)| word).unwrap_or_default();
        matches!(first_word(sentence).as_str(), "did" | "does" | "do" | "is" | "was" | "were" | "has" | "are")
            || first_word(sentence) == "how" && matches!(second.as_str(), "is" | "was" | "are" | "s" | "did")
    };
    let says_how = |sentence: &str| {
        matches!(first_word(sentence).as_str(), "show" | "plot" | "draw" | "list" | "graph")
            && !placed_words(sentence).iter().any(|(word, _)| matches!(word.as_str(), "it" | "its" | "them" | "their" | "those" | "also"))
    };
    let mut joined: Vec<&str> = Vec::new();
    for sentence in sentences {
        let place = |part: &str| part.as_ptr() as usize - utterance.as_ptr() as usize;
        match joined.last_mut() {
            Some(before)
                if asks_whether(before)
                    && (says_how(sentence) || wishes_picture(sentence) || asks_for_course(before) && draws_it(sentence)) =>
            {
                if let Some(whole) = utterance.get(place(before)..place(sentence) + sentence.len()) {
                    *before = whole;
                }
            }
            _ => joined.push(sentence),
        }
    }
    joined
}

/// Whether a sentence asks how something went over training: `was the loss still dropping`.
fn asks_for_course(sentence: &str) -> bool {
    const COURSES: &str = "dropping drop dropped falling fall fell decreasing decrease increasing increase rising rise rose improving improve improved \
        going climbing climb flat flattening stuck stable stabilise stabilize diverge diverging diverged converge converging converged plateau plateaued \
        overfit overfitting noisy";
    placed_words(sentence).iter().any(|(word, _)| has(COURSES, word))
}

/// `plot it`, with nothing else.
fn draws_it(sentence: &str) -> bool {
    const WORDS: &str = "plot draw graph show chart it that them me please pls a curve the as";
    let words = placed_words(sentence);
    words.first().is_some_and(|(word, _)| matches!(word.as_str(), "plot" | "draw" | "graph" | "show" | "chart"))
        && words.iter().all(|(word, _)| has(WORDS, word))
}

/// `chart please`, `a plot would help`: names a picture and nothing else.
fn wishes_picture(sentence: &str) -> bool {
    const WORDS: &str =
        "a an the as in one please pls chart plot graph picture figure diagram curve would could help be nice good great do thanks me some";
    let words = placed_words(sentence);
    let is_picture = |word: &str| matches!(word, "chart" | "plot" | "graph" | "picture" | "figure" | "diagram" | "curve");
    words.iter().any(|(word, _)| is_picture(word)) && words.iter().all(|(word, _)| has(WORDS, word))
}

/// `i'm looking at fraud. how many runs failed?`: says where the question behind it is about.
pub(super) fn with_topics<'a>(utterance: &'a str, sentences: Vec<&'a str>) -> Vec<&'a str> {
    let sets_topic = |sentence: &str| {
        let words = placed_words(sentence);
        let speaks_of_itself = words.first().is_some_and(|(word, _)| matches!(word.as_str(), "i" | "im" | "we" | "my" | "this"));
        let is_at_it = words.iter().take(5).any(|(word, _)| {
            matches!(
                word.as_str(),
                "looking" | "working" | "interested" | "talking" | "thinking" | "asking" | "reading" | "checking" | "reviewing" | "about"
            )
        });
        (speaks_of_itself && is_at_it || topics_said::turns_to(sentence)) && !sentence.contains('?')
    };
    let restates = |before: &str, sentence: &str| {
        let folded = sentence.trim_start().to_lowercase();
        let folded = folded.trim_end_matches(['.', '!', ' ']);
        if creation::retracts(folded) && creation::order(before).is_some()
            || creation::retracts(before) && creation::order(sentence).is_some()
        {
            return true;
        }
        if creation::adds(folded) && (folded.contains(['=', ':', '"', '“']) || creation::order(before).is_some()) {
            return true;
        }
        // `what is in the pilot phase? the tag is phase`, `a or b? look at mae only`
        if folded.starts_with("the tag is ")
            || folded.starts_with("look at ") && folded.ends_with(" only")
            || folded.starts_with("only look at ")
        {
            return true;
        }
        ["i mean", "call it ", "name it ", "meaning ", "in other words", "that is,", "i.e."].iter().any(|lead| folded.starts_with(lead))
            || folded.ends_with(" i mean")
    };
    let place = |part: &str| part.as_ptr() as usize - utterance.as_ptr() as usize;
    let mut joined: Vec<&str> = Vec::new();
    for sentence in sentences {
        match joined.last_mut() {
            Some(before) if sets_topic(before) || restates(before, sentence) || gives_reason(before, sentence) => {
                if let Some(whole) = utterance.get(place(before)..place(sentence) + sentence.len()) {
                    *before = whole;
                }
            }
            _ => joined.push(sentence),
        }
    }
    joined
}

/// `the name confuses everybody. could you change it?`: tells why the order behind it is given, or of what the question behind it is to choose.
fn gives_reason(before: &str, sentence: &str) -> bool {
    let orders = |said: &str| orders::refused(said).is_some();
    let is_reason =
        orders::is_led_by(before) && !orders(before) && talk::talk(before).is_none() && orders(&format!("{}, {sentence}", trimmed(before)));
    is_reason || orders(before) && orders::is_choice(before) && lexicon::begins_question(&first_word(sentence))
}

pub(super) fn first_word(sentence: &str) -> String {
    placed_words(sentence).into_iter().next().map(|(word, _)| word).unwrap_or_default()
}
