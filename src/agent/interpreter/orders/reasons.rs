//! What people say before an order: why they give it, under which condition, and of what.

use crate::agent::interpreter::lexicon;
use crate::agent::interpreter::lexicon::has;

/// Verbs of what is told.
const VERBS: &str = "is was are were has have had isn't wasn't aren't i'm it's that's seems seem looks look keeps keep needs need want wants think thought guess know believe \
    decided promised logged did does do don't doesn't can could should will would made makes takes took costs crashed failed went got gets blocks belongs agreed said says \
    told ran deserves confuses annoys bothers";

/// Who tells something, or is told of, at its beginning.
const TELLING: &str =
    "i we he she they nobody everybody somebody everyone someone it this that i'm we're it's that's my our there there's here here's";

/// Words with which a condition begins.
const CONDITIONS: &str = "if once as since because unless after while";

/// Whether a clause asks for nothing: it tells something, states a condition, or names a thing and no more.
pub(super) fn tells(words: &[&str]) -> bool {
    let first = words.first().copied().unwrap_or_default();
    let asks = lexicon::begins_question(first)
        || has("which what who whose when where why how whats is are was were do does did has have can could would will show", first);
    // `should it have failed, …`
    let supposes = first == "should" && !has("i we", words.get(1).copied().unwrap_or_default());
    let depends =
        supposes || has(CONDITIONS, first) || first == "when" && !words.get(1).is_some_and(|word| has("is are was were did does do", word));
    let is_told = words.iter().skip(1).any(|word| has(VERBS, word) || *word == "everybody" || *word == "us");
    // `take the best run and …`: chooses what the order is about.
    let chooses = has("take pick choose select grab", first);
    depends || chooses || !asks && (has(TELLING, first) || is_told || names(words))
}

/// `run-020, …`: a name, and nothing of the trade.
fn names(words: &[&str]) -> bool {
    words.len() <= 4
        && words.iter().all(|word| {
            lexicon::end(word).is_none()
                && lexicon::status(word).is_none()
                && matches!(lexicon::meaning(word), None | Some("run" | "experiment"))
        })
        && words.iter().any(|word| word.contains(['-', '_']) || word.chars().any(|letter| letter.is_ascii_digit()))
}
