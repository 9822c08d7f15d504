//! Several questions in one sentence, where they are separable.

mod beside;
mod joined;
mod topics_said;

use self::beside::{
    Words, asks_about_them, asks_for_reason, chooses_between, ends_ranking, is_afterthought, is_aside, is_bare_topic, is_clause, is_cut,
    is_echo, is_of_choice, is_statement, names_before, points_back, tells_of_failure,
};
use self::joined::{first_word, with_pictures, with_topics};
use super::lexicon::has;
use super::{creation, lexicon, orders, talk};
use crate::domain::reference::placed_words;

/// Cuts an utterance into its questions: at sentence ends, and at `and`, `then`, `also` or a comma where what follows begins a question of its own.
pub(crate) fn questions(utterance: &str) -> Vec<String> {
    if creation::is_one(utterance) {
        return creation::apart(utterance).unwrap_or_else(|| vec![trimmed(utterance).to_owned()]);
    }
    let mut questions = Vec::new();
    for sentence in with_topics(utterance, with_pictures(utterance, sentences(utterance))) {
        let words = placed_words(sentence);
        let mut start = 0;
        for (index, (_, place)) in words.iter().enumerate() {
            if begins_another(sentence, &words, start, index) {
                questions.push(sentence.get(start..place.start).unwrap_or_default());
                start = place.start;
            }
        }
        questions.push(sentence.get(start..).unwrap_or_default());
    }
    let says_nothing = |question: &str| {
        topics_said::is_exclamation(question)
            || topics_said::is_retraction(question)
            || topics_said::is_complaint(question)
            || topics_said::is_observation(question)
    };
    let mut kept: Vec<String> = Vec::new();
    for question in questions.into_iter().map(trimmed).map(without_ordinal).filter(|question| !question.is_empty()) {
        let only_adds = is_echo(question) || is_aside(question) || is_afterthought(question) || is_clause(&placed_words(question), 0);
        let answers_before = kept.iter().any(|before| talk::talk(before).is_none() && !says_nothing(before));
        if !answers_before || !only_adds {
            kept.extend(creation::apart(question).unwrap_or_else(|| vec![question.to_owned()]));
        }
    }
    if let [first, second, ..] = kept.as_slice()
        && chooses_between(first)
        && lexicon::meaning(&first_word(second)) == Some("compare")
    {
        kept.remove(0);
    }
    let asks = kept.iter().any(|question| !says_no_wish(question));
    let mut named = named(kept);
    if asks {
        named.retain(|question| !says_no_wish(question));
    }
    if named.last().is_some_and(|question| !says_nothing(question)) {
        named.retain(|question| !says_nothing(question));
    }
    named
}

/// Whether a question of its own begins at a word of a sentence, of which the part from `start` on is not yet cut.
fn begins_another(sentence: &str, words: &Words, start: usize, index: usize) -> bool {
    let Some((word, place)) = words.get(index) else { return false };
    let Some((before, place_before)) = index.checked_sub(1).and_then(|before| words.get(before)) else { return false };
    let between = sentence.get(place_before.end..place.start).unwrap_or_default();
    let is_linked = matches!(before.as_str(), "and" | "then" | "also");
    let dashed = [" - ", " – ", " — "].iter().any(|dash| between.contains(dash));
    // Only at these places is there anything to look for: the rest reads all that stands before and behind.
    if index < 2 || !(is_linked || dashed || between.contains([',', ';']) || matches!(before.as_str(), "but" | "first")) {
        return false;
    }
    let ahead = sentence.get(start..place.start).unwrap_or_default();
    let rest = sentence.get(place.start..).unwrap_or_default();
    let is_behind_order = || orders::refused(near(ahead)).is_some() && !orders::is_choice(near(ahead));
    let asks_which = matches!(word.as_str(), "which" | "what" | "who");
    let joined = is_linked
        || between.contains([',', ';']) && (!asks_which || is_behind_order())
        || matches!(before.as_str(), "but" | "first") && lexicon::begins_question(word) && is_behind_order();
    let orders_on = (joined || dashed) && orders::goes_on(ahead, rest);
    let concludes = matches!(word.as_str(), "so" | "therefore" | "hence") && !ahead.contains('?');
    let is_led = orders_on && (concludes || orders::is_led_by(ahead));
    let is_refused = orders_on && !is_led;
    // `max_depth` ranks nothing.
    let is_glued = sentence.get(place.end..).is_some_and(|behind| behind.starts_with('_'));
    let ranks = || !is_glued && ends_ranking(words, index, if between.contains(',') { "and" } else { before });
    let begins = is_refused || lexicon::begins_question(word) || ranks();
    let is_topic = || is_bare_topic(ahead) || names_before(ahead) && asks_about_them(words, index);
    let is_order = words.get(index + 1).is_some_and(|(next, _)| matches!(next.as_str(), "first" | "on" | "at"));
    (joined || is_refused)
        && begins
        && !is_led
        && !is_order
        && !creation::leads(ahead, rest)
        && !((creation::adds(rest) || creation::retracts(rest)) && creation::order(ahead).is_some())
        && !is_quoted(sentence, place.start)
        && !is_topic()
        && is_whole(ahead)
        && !is_clause(words, index)
        && !is_of_choice(words, index)
        && !(is_statement(ahead) && points_back(words, index))
        && !(tells_of_failure(ahead) && asks_for_reason(rest))
        && !is_cut(words, index)
        && (is_linked || !is_reason(ahead))
}

/// How far ahead of `which` an order may stand that it asks about, in bytes.
const REACH: usize = 400;

/// The end of a text, from a comma on: an order is looked for at every `which`, and a long utterance may have many.
fn near(ahead: &str) -> &str {
    let first = ahead.len().saturating_sub(REACH);
    let cut = ahead.match_indices([',', ';']).map(|(at, _)| at + 1).find(|at| first > 0 && *at >= first && *at < ahead.trim_end().len());
    cut.and_then(|at| ahead.get(at..)).unwrap_or(ahead)
}

/// `I don't want to delete anything`, `you are in admin mode now`, `I'll restart it myself`: beside a question it asks for nothing.
fn says_no_wish(question: &str) -> bool {
    orders::is_denial(question) || talk::is_claim(question) || orders::is_plan(question) || is_halt(question) || is_announcement(question)
}

/// `stop!`, `hold on`: nothing is to be done yet.
fn is_halt(question: &str) -> bool {
    const HALTING: &str = "stop halt wait hold on hang no not yet now please whoa hey sec second moment a one just careful";
    let words = placed_words(question);
    words.iter().all(|(word, _)| has(HALTING, word))
        && words.iter().any(|(word, _)| matches!(word.as_str(), "stop" | "halt" | "wait" | "hold" | "hang" | "whoa"))
}

/// `two things.`, `quick question:`: says that something will be asked.
fn is_announcement(question: &str) -> bool {
    const ANNOUNCING: &str = "a an one two three several some few couple of quick short small last things thing questions question requests request wishes wish tasks task here are is i have \
        got for you please just my another more";
    let words = placed_words(question);
    words.iter().all(|(word, _)| has(ANNOUNCING, word))
        && words.iter().any(|(word, _)| has("things thing questions question requests request wishes wish tasks task", word))
}

/// `first, …`, `second: …`, `1) …`: the number of a question is none of it.
fn without_ordinal(question: &str) -> &str {
    const ORDINALS: [&str; 14] =
        ["first of all", "firstly", "first", "secondly", "second", "thirdly", "third", "lastly", "finally", "1", "2", "3", "a", "b"];
    let behind = |ordinal: &&str| {
        let head = question.get(..ordinal.len()).filter(|head| head.eq_ignore_ascii_case(ordinal))?;
        let rest = question.get(head.len()..)?;
        let is_mark = rest.starts_with([')', ':']) || rest.starts_with(',') && head.len() > 1 || rest.starts_with(". ");
        is_mark.then(|| rest.trim_start_matches([')', ':', ',', '.', ' ']))
    };
    ORDINALS.iter().find_map(behind).filter(|rest| !rest.is_empty()).unwrap_or(question)
}

/// `ops want to deploy one today`: an order only in its words, which tells why the question behind it is asked.
fn is_reason(ahead: &str) -> bool {
    orders::refused(ahead).is_some() && orders::is_choice(ahead)
}

/// `restart run-018, and what depth did it have?`: the question behind an order that is not obeyed, or is denied, says what it was about.
fn named(questions: Vec<String>) -> Vec<String> {
    let mut thing: Option<String> = None;
    let mut named = Vec::new();
    for question in questions {
        let is_order = orders::refused(&question).is_some() || orders::is_denial(&question);
        named.push(match thing.take().filter(|_| !is_order) {
            Some(thing) => orders::named_instead(&question, &thing),
            None => question.clone(),
        });
        thing = orders::object(&question).filter(|_| is_order);
    }
    named
}

fn sentences(utterance: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (place, letter) in utterance.char_indices() {
        let after = utterance.get(place + letter.len_utf8()..).unwrap_or_default();
        let ends = matches!(letter, '?' | '!' | ';' | '\n')
            || (letter == '.' && after.starts_with(' ') && !is_abbreviated(utterance.get(..place).unwrap_or_default()));
        if ends && after.chars().any(char::is_alphanumeric) && !after.trim_start().starts_with('(') && !is_quoted(utterance, place) {
            sentences.push(utterance.get(start..=place).unwrap_or_default());
            start = place + letter.len_utf8();
        }
    }
    sentences.push(utterance.get(start..).unwrap_or_default());
    sentences.into_iter().filter(|sentence| sentence.chars().any(char::is_alphanumeric)).collect()
}

/// `i.e.` and `e.g.` end no sentence.
fn is_abbreviated(before: &str) -> bool {
    before.ends_with("i.e")
        || before.ends_with("e.g")
        || before.ends_with("w.r.t")
        || before.ends_with(" vs")
        || ["no", "incl", "etc", "approx", "resp"].iter().any(|word| before.ends_with(word))
}

fn is_quoted(text: &str, place: usize) -> bool {
    text.get(..place)
        .is_some_and(|before| before.matches('"').count() % 2 == 1 || before.matches('“').count() > before.matches('”').count())
}

/// Whether enough stands before the cut to be a question.
fn is_whole(before: &str) -> bool {
    let words = placed_words(trimmed(before));
    // `and of these, …`
    let mut solid = words.iter().skip_while(|(word, _)| matches!(word.as_str(), "and" | "but" | "so" | "now" | "then" | "also" | "ok"));
    let leads = solid.next().is_some_and(|(word, _)| {
        const LEADS: &str =
            "in of among for from within with on before after since during between until over regarding about across according";
        has(LEADS, word)
    });
    words.len() >= 2 && (!leads || before.contains(':'))
}

fn trimmed(question: &str) -> &str {
    let mut rest = question.trim().trim_matches(|letter: char| matches!(letter, ',' | ';' | ' '));
    for tail in [" and", " then", " also", " and then", ",and"] {
        rest = rest.strip_suffix(tail).unwrap_or(rest).trim_end_matches([',', ';', ' ']);
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(utterance: &str, expected: &[&str]) {
        assert_eq!(questions(utterance), expected, "{utterance}");
    }

    #[test]
    fn separable_questions_are_separated() {
        check("which run is best by f1 and plot its training loss", &["which run is best by f1", "plot its training loss"]);
        check("How many runs failed, and which parameters matter?", &["How many runs failed", "which parameters matter?"]);
        check("the best 3 with learning_rate and max_depth", &["the best 3 with learning_rate and max_depth"]);
        check("best mape and best rmse in demand-forecast", &["best mape", "best rmse in demand-forecast"]);
        check("What is logged there? Also compare the first two.", &["What is logged there?", "Also compare the first two."]);
    }

    #[test]
    fn one_question_stays_one() {
        check("Compare the best 3 and worst 3 runs", &["Compare the best 3 and worst 3 runs"]);
        check("Compare run-015, run-016 and run-017", &["Compare run-015, run-016 and run-017"]);
        check("LDR-108 and LDR-110, how do they stack up?", &["LDR-108 and LDR-110, how do they stack up?"]);
        check("of the xgboost runs, which one has the highest recall?", &["of the xgboost runs, which one has the highest recall?"]);
        check("what is pilot about and what gets logged there", &["what is pilot about and what gets logged there"]);
        check("Was the loss of run 3 still dropping? Plot it.", &["Was the loss of run 3 still dropping? Plot it."]);
        check("lowest perplexity, and which run got it?", &["lowest perplexity, and which run got it?"]);
        check("was anything killed? list it", &["was anything killed?"]);
        check("who is above 10? in which runs?", &["who is above 10?"]);
        check("create an experiment called fog. Tag it team=meteo.", &["create an experiment called fog. Tag it team=meteo."]);
        check("create fog-v2? no, wait, don't", &["create fog-v2? no, wait, don't"]);
        check("create fog-v2, cancel that", &["create fog-v2, cancel that"]);
        check("show run 3 and tag it as best", &["show run 3", "tag it as best"]);
        check("show them", &["show them"]);
        check("create experiment \"a and show b\"", &["create experiment \"a and show b\""]);
    }
}
