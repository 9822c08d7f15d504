//! Questions whether Trialogue does such things at all: `can you delete runs?`, `is there anything you can change?`.

use super::{FORBIDDEN, FORBIDDEN_WITH_OBJECT, has};
use crate::domain::reference::words;

/// Things in general.
const ANYTHING: &str = "things stuff anything something everything runs experiments models data tags files metrics parameters";

/// What may stand around such a question.
const AROUND: &str = "is there are you can could do does able allowed to what would be in principle theory theoretically even also only just here at all too as well yourself for me us my our \
    the store mlflow or read if i asked ask the a any it really actually ever possible these this";

/// The verb, where somebody only asks whether such things are done.
pub(in super::super) fn asked_about(question: &str) -> Option<String> {
    let words = words(question);
    let says = |word: &str| words.iter().any(|said| said == word);
    let is_verb = |word: &String| has(FORBIDDEN, word) || has(FORBIDDEN_WITH_OBJECT, word);
    let at = words.iter().position(is_verb)?;
    let (verb, ahead) = (words.get(at)?, words.get(..at).unwrap_or_default());
    let behind = words.get(at + 1..).unwrap_or_default();
    let asks_you =
        says("you") && ahead.iter().any(|word| has("can could able allowed do", word)) || ahead.iter().any(|word| word == "possible");
    let in_general = behind.first().is_some_and(|next| has(ANYTHING, next))
        || ahead.iter().any(|word| has("anything something things what", word))
            && !behind.first().is_some_and(|next| super::is_object(next));
    let is_bare = words.iter().all(|word| word == verb || has(ANYTHING, word) || has(AROUND, word) || is_verb(word));
    let begins = ["can", "could", "do", "are", "is", "what", "would"].iter().any(|lead| words.first().is_some_and(|word| word == lead));
    // `can you delete everything`, without a question mark, is meant.
    let is_meant = matches!(behind.first().map(String::as_str), Some("everything" | "it")) || says("please");
    (asks_you && in_general && is_bare && begins && !is_meant).then(|| verb.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_at_all_is_told_from_orders() {
        for said in [
            "can you delete things?",
            "is there anything you can change in here, or do you only read?",
            "are you able to delete runs?",
            "what can you change?",
            "could you delete runs if I asked you to?",
        ] {
            assert!(asked_about(said).is_some(), "{said}");
        }
        for said in ["can you delete run-3?", "could you delete it", "can you delete everything", "what can you tell me about tags"] {
            assert_eq!(asked_about(said), None, "{said}");
        }
    }
}
