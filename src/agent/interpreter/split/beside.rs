//! What stands beside a question and asks nothing of its own: echoes, asides, clauses, statements and what was only named.

use crate::agent::interpreter::lexicon::has;
use crate::agent::interpreter::{chatter, lexicon};
use crate::domain::reference::{count_word, placed_words};

/// The words of a sentence and where they stand.
pub(super) type Words = [(String, std::ops::Range<usize>)];

/// `…? list them`: asks to be shown what the question before it shows already.
pub(super) fn is_echo(question: &str) -> bool {
    const ECHOES: &str =
        "list show name display give tell me us it them those please all and then also thanks thank you which one ones how many";
    let words = placed_words(question);
    // `in which runs?`
    let asks_which: Vec<&str> =
        words.iter().map(|(word, _)| word.as_str()).skip_while(|word| matches!(*word, "in" | "and" | "if" | "so")).collect();
    matches!(asks_which.as_slice(), ["which", "runs" | "run"]) || words.iter().all(|(word, _)| has(ECHOES, word))
}

/// `the image classifier, how many runs is it`: names what the question is about, and asks nothing.
pub(super) fn is_bare_topic(before: &str) -> bool {
    let words = placed_words(before);
    !words.is_empty()
        && words.len() <= 5
        && words.iter().all(|(word, _)| {
            !lexicon::begins_question(word)
                && lexicon::end(word).is_none()
                && lexicon::status(word).is_none()
                && !chatter::is_talk(word)
                && matches!(lexicon::meaning(word), None | Some("run" | "experiment" | "perform"))
        })
        && !words.iter().any(|(word, _)| word.bytes().any(|byte| byte.is_ascii_digit()) || matches!(word.as_str(), "of" | "vs"))
}

/// `LDR-108 and LDR-110, how do they …`: nothing but names.
pub(super) fn names_before(before: &str) -> bool {
    let words = placed_words(before);
    let is_name = |word: &str| {
        !lexicon::begins_question(word)
            && lexicon::end(word).is_none()
            && lexicon::status(word).is_none()
            && !chatter::is_talk(word)
            && matches!(lexicon::meaning(word), None | Some("run" | "experiment" | "compare"))
    };
    !words.is_empty() && words.iter().all(|(word, _)| is_name(word))
}

/// Whether what begins here asks about what was named before it, and wants no picture of it.
pub(super) fn asks_about_them(words: &Words, index: usize) -> bool {
    let mut rest = words.iter().skip(index).map(|(word, _)| word.as_str());
    let asks =
        rest.next().is_some_and(|word| matches!(word, "how" | "which" | "what" | "is" | "are" | "does" | "do" | "did" | "who" | "when"));
    asks && rest.any(|word| matches!(word, "they" | "them" | "these" | "those" | "it" | "its" | "their" | "two" | "both" | "one" | "other"))
}

/// `int8 or int4 doesn't matter`: leaves open what was not asked.
pub(super) fn is_aside(question: &str) -> bool {
    let folded = question.to_lowercase();
    let folded = folded.trim_end_matches(['.', '!', ')', ' ']);
    [
        "doesn't matter",
        "does not matter",
        "don't matter",
        "don't care",
        "do not care",
        "either is fine",
        "whatever",
        "no matter which",
        "i don't mind",
    ]
    .iter()
    .any(|tail| folded.ends_with(tail))
        && !matches!(placed_words(question).first().map(|(word, _)| word.as_str()), Some("which" | "what" | "does" | "if"))
}

/// `which of both would be a good choice?`: asks of what only the sentence behind it names.
pub(super) fn chooses_between(question: &str) -> bool {
    let words = placed_words(question);
    let asks = words.first().is_some_and(|(word, _)| matches!(word.as_str(), "which" | "what" | "who"));
    let points = words.iter().any(|(word, _)| matches!(word.as_str(), "both" | "two" | "them" | "these" | "those"));
    asks && points
        && words.len() <= 10
        && words
            .iter()
            .all(|(word, _)| lexicon::is_filler(word) || chatter::is_common(word) || matches!(word.as_str(), "choice" | "better" | "best"))
}

/// `… his job was killed again.`: tells of somebody why the question before it was asked.
pub(super) fn is_afterthought(question: &str) -> bool {
    let words = placed_words(question);
    let is_of_person = words.first().is_some_and(|(word, _)| matches!(word.as_str(), "his" | "her" | "he" | "she"));
    is_of_person && !question.contains('?') && is_statement_of(&words)
}

fn is_statement_of(words: &Words) -> bool {
    let said = |known: &str| words.iter().any(|(word, _)| has_verb(word, known));
    said("is was has had are were keeps kept did does got looks seems")
        && !said("you please could can what which who how should must needs")
}

/// `…, and which run got it`: asks for what the question before it answers already.
pub(super) fn is_clause(words: &Words, index: usize) -> bool {
    let rest: Vec<&str> = words.iter().skip(index).map(|(word, _)| word.as_str()).collect();
    // `the lowest loss of run 3, and when`: its curve tells both.
    let ranks = words.iter().take(index).any(|(word, _)| lexicon::end(word).is_some());
    if ranks
        && matches!(rest.as_slice(), ["when"] | ["when", "was" | "did", ..] | ["at" | "in", "which" | "what", "step" | "epoch", ..])
        && rest.len() <= 5
    {
        return true;
    }
    if asks_what_is_there(words, index) {
        return true;
    }
    matches!(
        rest.as_slice(),
        [
            "which" | "what",
            "run" | "one" | "model",
            "got" | "has" | "had" | "was" | "is" | "did" | "reached" | "achieved" | "holds" | "set" | "hit" | "made",
            "it" | "that"
        ]
    ) || matches!(
        rest.as_slice(),
        ["which" | "what", "run" | "one" | "model", "was" | "is", "it" | "that"] | ["who", _, "it" | "that"] | ["what", "is" | "was", "it"]
    ) || matches!(
        // `what changed, and did it help`: a comparison tells.
        rest.as_slice(),
        ["did" | "does" | "is" | "was", "it" | "that" | "this", "help" | "matter" | "better" | "worth" | "worse" | "improve" | "any", ..]
    ) && rest.len() <= 5
}

/// `take the two best and compare them`: the first order only chooses what the second is about.
pub(super) fn is_of_choice(words: &Words, index: usize) -> bool {
    const CHOOSING: [&str; 5] = ["take", "pick", "choose", "select", "grab"];
    let chooses = words.first().is_some_and(|(word, _)| CHOOSING.contains(&word.as_str()));
    let sets_beside = words.get(index).is_some_and(|(word, _)| matches!(lexicon::meaning(word), Some("compare" | "plot")));
    chooses && sets_beside && points_back(words, index)
}

/// Whether what begins here speaks of what was named before: `its loss`, `compare them`.
pub(super) fn points_back(words: &Words, index: usize) -> bool {
    words.iter().skip(index).any(|(word, _)| matches!(word.as_str(), "it" | "its" | "their" | "them" | "both" | "these" | "those"))
}

/// `run 3 seems to have blown up, …`: tells something and asks nothing.
pub(super) fn is_statement(before: &str) -> bool {
    const VERBS: &str = "is was seems seemed looks looked has had went got keeps kept appears were are";
    let words = placed_words(before);
    let asks = words.first().is_none_or(|(word, _)| {
        lexicon::begins_question(word) || has_verb(word, VERBS) || matches!(word.as_str(), "where" | "when" | "why")
    });
    let ranks = words.iter().any(|(word, _)| lexicon::end(word).is_some() || lexicon::begins_question(word));
    !asks && !ranks && words.iter().any(|(word, _)| has_verb(word, VERBS))
}

/// `run 3 crashed, …`: tells that something failed, and asks nothing.
pub(super) fn tells_of_failure(before: &str) -> bool {
    let words = placed_words(before);
    let begins = words.first().is_none_or(|(word, _)| lexicon::begins_question(word));
    !begins && words.len() <= 6 && words.iter().any(|(word, _)| lexicon::status(word).is_some())
}

/// `is there an error noted`, `what was the reason`
pub(super) fn asks_for_reason(rest: &str) -> bool {
    const REASONS: [&str; 9] = ["why", "error", "errors", "reason", "cause", "wrong", "exception", "message", "happened"];
    placed_words(rest).iter().any(|(word, _)| REASONS.contains(&word.as_str()))
}

fn has_verb(word: &str, verbs: &str) -> bool {
    verbs.split(' ').any(|verb| verb == word)
}

/// `what is pilot about and what gets logged there`: a description tells both.
fn asks_what_is_there(words: &Words, index: usize) -> bool {
    let said = |place: usize| words.get(place).map_or("", |(word, _)| word.as_str());
    let describes = |word: &str| word == "about" || lexicon::meaning(word) == Some("describe");
    let points_back = (index..words.len()).any(|place| matches!(said(place), "there" | "it" | "inside"));
    let tells = (0..index).any(|place| describes(said(place)));
    let asks =
        (index..words.len()).any(|place| describes(said(place)) || matches!(lexicon::meaning(said(place)), Some("metric" | "parameter")));
    matches!(said(index), "what" | "which") && points_back && tells && asks && words.len() - index <= 8
}

/// `…, and show me the first three`: says how many of what the question before it asks for.
pub(super) fn is_cut(words: &Words, index: usize) -> bool {
    const LEADS: &str = "show give list me us the only just";
    let mut rest = words.iter().skip(index).map(|(word, _)| word.as_str()).skip_while(|word| has(LEADS, word));
    matches!(rest.next(), Some("first" | "top" | "best"))
        && rest.next().is_some_and(|word| count_word(word).is_some())
        && rest.all(|word| matches!(word, "of" | "them" | "ones" | "runs" | "please"))
}

/// `best mape and best rmse`: a second ranking.
pub(super) fn ends_ranking(words: &Words, index: usize, before: &str) -> bool {
    let is_end = |place: usize| words.get(place).is_some_and(|(word, _)| lexicon::end(word).is_some());
    let here = if words.get(index).is_some_and(|(word, _)| word == "the") { index + 1 } else { index };
    let counts = words.get(here + 1).is_some_and(|(word, _)| count_word(word).is_some());
    if before == "then" && is_end(here) && here + 1 < words.len() {
        return true;
    }
    before == "and"
        && is_end(here)
        && !counts
        && words.iter().take(index).any(|(word, _)| lexicon::end(word).is_some())
        && !words.iter().take(index).any(|(word, _)| lexicon::meaning(word) == Some("compare"))
        && !is_of_one_picture(words, here)
        && !sets_side_by_side(words)
        && here + 1 < words.len()
}

/// `plot the loss of the best | and the worst run`: both are drawn.
fn is_of_one_picture(words: &Words, end: usize) -> bool {
    let draws = words.iter().take(end).any(|(word, _)| lexicon::meaning(word) == Some("plot"));
    let behind =
        words.iter().skip(end + 1).all(|(word, _)| lexicon::is_filler(word) || lexicon::meaning(word) == Some("run") || word == "one");
    draws && behind
}

/// `… side by side`, `… head to head`
fn sets_side_by_side(words: &Words) -> bool {
    words.windows(3).any(|three| {
        matches!(three, [(one, _), (link, _), (other, _)] if one == other && matches!(one.as_str(), "side" | "head") && matches!(link.as_str(), "by" | "to"))
            || matches!(three, [(next, _), (to, _), (each, _)] if next == "next" && to == "to" && each == "each")
    })
}
