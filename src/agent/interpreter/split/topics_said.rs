//! Sentences that ask nothing by themselves: where the next question is about, and what is said in surprise.

use crate::agent::interpreter::lexicon;
use crate::agent::interpreter::lexicon::has;
use crate::domain::reference::placed_words;

/// The longest sentence that turns to something, in words.
const LONGEST: usize = 9;

/// `now to fraud.`, `let's talk about the pilot.`, `back to churn.`: says where the question behind it is about.
pub(super) fn turns_to(sentence: &str) -> bool {
    const BEFORE: &str =
        "ok okay thanks thank you great good fine cool right well so and then now next but alright perfect please something else new topic";
    const TURNS: [&[&str]; 18] = [
        &["to"],
        &["on", "to"],
        &["onto"],
        &["over", "to"],
        &["back", "to"],
        &["turning", "to"],
        &["moving", "to"],
        &["moving", "on", "to"],
        &["switching", "to"],
        &["going", "to"],
        &["about"],
        &["regarding"],
        &["let", "s", "talk", "about"],
        &["let", "s", "look", "at"],
        &["let", "s", "turn", "to"],
        &["let", "s", "move", "to"],
        &["let", "s", "move", "on", "to"],
        &["let", "s", "go", "to"],
    ];
    let words = placed_words(sentence);
    let said: Vec<&str> = words.iter().map(|(word, _)| word.as_str()).collect();
    let start = said.iter().position(|word| !has(BEFORE, word)).unwrap_or(said.len());
    let rest = said.get(start..).unwrap_or_default();
    let behind = TURNS
        .iter()
        .filter(|turn| rest.starts_with(turn))
        .map(|turn| rest.get(turn.len()..).unwrap_or_default())
        .min_by_key(|rest| rest.len());
    let asks = |word: &&str| lexicon::begins_question(word) || lexicon::end(word).is_some() || lexicon::status(word).is_some();
    said.len() <= LONGEST && behind.is_some_and(|rest| !rest.is_empty() && !rest.iter().any(asks))
}

/// `scratch that.`, `never mind.`: takes back what was asked before, beside another question.
pub(super) fn is_retraction(question: &str) -> bool {
    const WORDS: &str = "scratch strike forget never mind nevermind that it this wait hold on no sorry please actually oh ok wrong one run metric was is s the my \
        mistake bad oops ah i misspoke mistyped again";
    const VERBS: &str = "scratch strike forget mind nevermind wait hold wrong mistake oops misspoke mistyped";
    let words = placed_words(question);
    !words.is_empty()
        && words.len() <= 5
        && words.iter().all(|(word, _)| has(WORDS, word))
        && words.iter().any(|(word, _)| has(VERBS, word))
}

/// `52 lags is too much.`: complains of an answer, and asks nothing.
pub(super) fn is_complaint(question: &str) -> bool {
    const TOO: &str = "much many long short high low slow big small large few little";
    let words = placed_words(question);
    let ends = words.windows(2).last().is_some_and(|pair| matches!(pair, [(too, _), (what, _)] if too == "too" && has(TOO, what)));
    let asks = words.first().is_some_and(|(word, _)| lexicon::begins_question(word));
    ends && !asks && !question.contains('?') && words.len() <= 7
}

/// `I see there are two.`, `ok, so it is a tie.`: says what an answer told, and asks nothing.
pub(super) fn is_observation(question: &str) -> bool {
    const SEEING: [&[&str]; 9] = [
        &["i", "see"],
        &["i", "understand"],
        &["i", "notice"],
        &["so", "there", "are"],
        &["so", "it", "is"],
        &["so", "they"],
        &["it", "seems"],
        &["looks", "like"],
        &["seems", "like"],
    ];
    let words = placed_words(question);
    let said: Vec<&str> = words
        .iter()
        .map(|(word, _)| word.as_str())
        .skip_while(|word| matches!(*word, "ok" | "okay" | "ah" | "oh" | "hm" | "interesting"))
        .collect();
    said.len() <= 9 && !question.contains('?') && SEEING.iter().any(|lead| said.starts_with(lead))
}

/// `a tie!`, `what a mess!`, `so close!`: said in surprise, with a question beside it.
pub(super) fn is_exclamation(question: &str) -> bool {
    const SURPRISED: &str = "a an what how so oh wow great nice interesting only just that impressive surprising strange odd funny";
    let words = placed_words(question);
    let names_trade =
        words.iter().any(|(word, _)| lexicon::end(word).is_some() || lexicon::meaning(word).is_some() || lexicon::status(word).is_some());
    question.ends_with('!') && words.len() <= 4 && !names_trade && words.first().is_some_and(|(word, _)| has(SURPRISED, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_and_exclamations_are_told_from_questions() {
        for sentence in ["Thanks, now to card-fraud.", "Let's talk about the pilot.", "ok, back to churn", "Moving on to q2."] {
            assert!(turns_to(sentence), "{sentence}");
        }
        for sentence in ["to which experiment does it belong", "show me churn", "back to the best run", "about", "now plot it"] {
            assert!(!turns_to(sentence), "{sentence}");
        }
        assert!(is_complaint("52 lags is too much."));
        assert!(!is_complaint("which runs took too long"));
        assert!(is_retraction("Scratch that."));
        assert!(!is_retraction("forget run 3"));
        assert!(is_exclamation("A tie!"));
        assert!(!is_exclamation("Plot it!"));
        assert!(!is_exclamation("what failed!"));
    }
}
