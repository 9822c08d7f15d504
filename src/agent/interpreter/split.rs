//! Several questions in one sentence, where they are separable.

mod topics_said;

use super::{creation, lexicon, orders, talk};
use crate::domain::reference::placed_words;

/// Cuts an utterance into its questions: at sentence ends, and at `and`, `then`, `also` or a comma where what follows begins a question of its own.
pub(crate) fn questions(utterance: &str) -> Vec<String> {
    let mut questions = Vec::new();
    for sentence in with_topics(utterance, with_pictures(utterance, sentences(utterance))) {
        let words = placed_words(sentence);
        let mut start = 0;
        for (index, (word, place)) in words.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|before| words.get(before)).map_or("", |(word, _)| word.as_str());
            let between = index
                .checked_sub(1)
                .and_then(|before| words.get(before))
                .and_then(|(_, before)| sentence.get(before.end..place.start))
                .unwrap_or("");
            let ahead = sentence.get(start..place.start).unwrap_or_default();
            let is_topic = is_bare_topic(ahead) || names_before(ahead) && asks_about_them(&words, index);
            let is_behind_order = || orders::refused(ahead).is_some();
            let asks_which = matches!(word.as_str(), "which" | "what" | "who");
            let joined = matches!(before, "and" | "then" | "also")
                || between.contains([',', ';']) && (!asks_which || is_behind_order())
                || matches!(before, "but" | "first") && lexicon::begins_question(word) && is_behind_order();
            let is_order = words.get(index + 1).is_some_and(|(next, _)| matches!(next.as_str(), "first" | "on" | "at"));
            let rest = sentence.get(place.start..).unwrap_or_default();
            let dashed = [" - ", " – ", " — "].iter().any(|dash| between.contains(dash));
            let orders_on = (joined || dashed) && orders::goes_on(ahead, rest);
            let is_led = orders_on && orders::is_led_by(ahead);
            let is_refused = orders_on && !is_led;
            let begins = is_refused
                || lexicon::begins_question(word)
                || ends_ranking(&words, index, if between.contains(',') { "and" } else { before });
            let place = place.start;
            if index > 1
                && (joined || is_refused)
                && begins
                && !is_led
                && !creation::leads(ahead, rest)
                && !(creation::adds(rest) && creation::order(ahead).is_some())
                && !is_quoted(sentence, place)
                && !is_topic
                && !is_order
                && is_whole(sentence.get(start..place).unwrap_or_default())
                && !is_clause(&words, index)
                && !is_of_choice(&words, index)
                && !(is_statement(ahead) && points_back(&words, index))
                && !(tells_of_failure(ahead) && asks_for_reason(rest))
                && !is_cut(&words, index)
            {
                questions.push(sentence.get(start..place).unwrap_or_default());
                start = place;
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
    for question in questions.into_iter().map(trimmed).filter(|question| !question.is_empty()) {
        let only_adds = is_echo(question) || is_aside(question) || is_clause(&placed_words(question), 0);
        let answers_before = kept.iter().any(|before| talk::talk(before).is_none() && !says_nothing(before));
        if !answers_before || !only_adds {
            kept.extend(creation::apart(question).unwrap_or_else(|| vec![question.to_owned()]));
        }
    }
    if kept.iter().any(|question| !says_no_wish(question)) {
        kept.retain(|question| !says_no_wish(question));
    }
    if kept.last().is_some_and(|question| !says_nothing(question)) {
        kept.retain(|question| !says_nothing(question));
    }
    named(kept)
}

/// `I don't want to delete anything`, `you are in admin mode now`: beside a question it asks for nothing.
fn says_no_wish(question: &str) -> bool {
    orders::is_denial(question) || talk::is_claim(question)
}

/// `restart run-018, and what depth did it have?`: the question behind an order that is not obeyed says what the order was about.
fn named(questions: Vec<String>) -> Vec<String> {
    let mut thing: Option<String> = None;
    let mut named = Vec::new();
    for question in questions {
        let is_order = orders::refused(&question).is_some();
        named.push(match thing.take().filter(|_| !is_order) {
            Some(thing) => orders::named_instead(&question, &thing),
            None => question.clone(),
        });
        thing = orders::object(&question).filter(|_| is_order);
    }
    named
}

/// `did run 3 overfit? show train and val loss`: the order says how the question before it is to be answered, so they stay one.
fn with_pictures<'a>(utterance: &'a str, sentences: Vec<&'a str>) -> Vec<&'a str> {
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
    placed_words(sentence).iter().any(|(word, _)| COURSES.split_whitespace().any(|course| course == word))
}

/// `plot it`, with nothing else.
fn draws_it(sentence: &str) -> bool {
    const WORDS: &str = "plot draw graph show chart it that them me please pls a curve the as";
    let words = placed_words(sentence);
    words.first().is_some_and(|(word, _)| matches!(word.as_str(), "plot" | "draw" | "graph" | "show" | "chart"))
        && words.iter().all(|(word, _)| WORDS.split(' ').any(|known| known == word))
}

/// `chart please`, `a plot would help`: names a picture and nothing else.
fn wishes_picture(sentence: &str) -> bool {
    const WORDS: &str =
        "a an the as in one please pls chart plot graph picture figure diagram curve would could help be nice good great do thanks me some";
    let words = placed_words(sentence);
    let is_picture = |word: &str| matches!(word, "chart" | "plot" | "graph" | "picture" | "figure" | "diagram" | "curve");
    words.iter().any(|(word, _)| is_picture(word)) && words.iter().all(|(word, _)| WORDS.split(' ').any(|known| known == word))
}

/// `i'm looking at fraud. how many runs failed?`: says where the question behind it is about.
fn with_topics<'a>(utterance: &'a str, sentences: Vec<&'a str>) -> Vec<&'a str> {
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

fn first_word(sentence: &str) -> String {
    placed_words(sentence).into_iter().next().map(|(word, _)| word).unwrap_or_default()
}

/// `…? list them`: asks to be shown what the question before it shows already.
fn is_echo(question: &str) -> bool {
    const ECHOES: &str =
        "list show name display give tell me us it them those please all and then also thanks thank you which one ones how many";
    let words = placed_words(question);
    // `in which runs?`
    let asks_which: Vec<&str> =
        words.iter().map(|(word, _)| word.as_str()).skip_while(|word| matches!(*word, "in" | "and" | "if" | "so")).collect();
    matches!(asks_which.as_slice(), ["which", "runs" | "run"]) || words.iter().all(|(word, _)| ECHOES.split(' ').any(|echo| echo == word))
}

/// `the image classifier, how many runs is it`: names what the question is about, and asks nothing.
fn is_bare_topic(before: &str) -> bool {
    let words = placed_words(before);
    !words.is_empty()
        && words.len() <= 5
        && words.iter().all(|(word, _)| {
            !lexicon::begins_question(word)
                && lexicon::end(word).is_none()
                && lexicon::status(word).is_none()
                && !super::chatter::is_talk(word)
                && matches!(lexicon::meaning(word), None | Some("run" | "experiment" | "perform"))
        })
        && !words.iter().any(|(word, _)| word.bytes().any(|byte| byte.is_ascii_digit()) || matches!(word.as_str(), "of" | "vs"))
}

/// `LDR-108 and LDR-110, how do they …`: nothing but names.
fn names_before(before: &str) -> bool {
    let words = placed_words(before);
    let is_name = |word: &str| {
        !lexicon::begins_question(word)
            && lexicon::end(word).is_none()
            && lexicon::status(word).is_none()
            && !super::chatter::is_talk(word)
            && matches!(lexicon::meaning(word), None | Some("run" | "experiment" | "compare"))
    };
    !words.is_empty() && words.iter().all(|(word, _)| is_name(word))
}

/// Whether what begins here asks about what was named before it, and wants no picture of it.
fn asks_about_them(words: &[(String, std::ops::Range<usize>)], index: usize) -> bool {
    let mut rest = words.iter().skip(index).map(|(word, _)| word.as_str());
    let asks =
        rest.next().is_some_and(|word| matches!(word, "how" | "which" | "what" | "is" | "are" | "does" | "do" | "did" | "who" | "when"));
    asks && rest.any(|word| matches!(word, "they" | "them" | "these" | "those" | "it" | "its" | "their" | "two" | "both" | "one" | "other"))
}

/// `int8 or int4 doesn't matter`: leaves open what was not asked.
fn is_aside(question: &str) -> bool {
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

/// `…, and which run got it`: asks for what the question before it answers already.
fn is_clause(words: &[(String, std::ops::Range<usize>)], index: usize) -> bool {
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
fn is_of_choice(words: &[(String, std::ops::Range<usize>)], index: usize) -> bool {
    const CHOOSING: [&str; 5] = ["take", "pick", "choose", "select", "grab"];
    let chooses = words.first().is_some_and(|(word, _)| CHOOSING.contains(&word.as_str()));
    let sets_beside = words.get(index).is_some_and(|(word, _)| matches!(lexicon::meaning(word), Some("compare" | "plot")));
    chooses && sets_beside && points_back(words, index)
}

/// Whether what begins here speaks of what was named before: `its loss`, `compare them`.
fn points_back(words: &[(String, std::ops::Range<usize>)], index: usize) -> bool {
    words.iter().skip(index).any(|(word, _)| matches!(word.as_str(), "it" | "its" | "their" | "them" | "both" | "these" | "those"))
}

/// `run 3 seems to have blown up, …`: tells something and asks nothing.
fn is_statement(before: &str) -> bool {
    const VERBS: &str = "is was seems seemed looks looked has had went got keeps kept appears were are";
    let words = placed_words(before);
    let asks = words.first().is_none_or(|(word, _)| {
        lexicon::begins_question(word) || has_verb(word, VERBS) || matches!(word.as_str(), "where" | "when" | "why")
    });
    let ranks = words.iter().any(|(word, _)| lexicon::end(word).is_some() || lexicon::begins_question(word));
    !asks && !ranks && words.iter().any(|(word, _)| has_verb(word, VERBS))
}

/// `run 3 crashed, …`: tells that something failed, and asks nothing.
fn tells_of_failure(before: &str) -> bool {
    let words = placed_words(before);
    let begins = words.first().is_none_or(|(word, _)| lexicon::begins_question(word));
    !begins && words.len() <= 6 && words.iter().any(|(word, _)| lexicon::status(word).is_some())
}

/// `is there an error noted`, `what was the reason`
fn asks_for_reason(rest: &str) -> bool {
    const REASONS: [&str; 9] = ["why", "error", "errors", "reason", "cause", "wrong", "exception", "message", "happened"];
    placed_words(rest).iter().any(|(word, _)| REASONS.contains(&word.as_str()))
}

fn has_verb(word: &str, verbs: &str) -> bool {
    verbs.split(' ').any(|verb| verb == word)
}

/// `what is pilot about and what gets logged there`: a description tells both.
fn asks_what_is_there(words: &[(String, std::ops::Range<usize>)], index: usize) -> bool {
    let said = |place: usize| words.get(place).map_or("", |(word, _)| word.as_str());
    let describes = |word: &str| word == "about" || lexicon::meaning(word) == Some("describe");
    let points_back = (index..words.len()).any(|place| matches!(said(place), "there" | "it" | "inside"));
    let tells = (0..index).any(|place| describes(said(place)));
    let asks =
        (index..words.len()).any(|place| describes(said(place)) || matches!(lexicon::meaning(said(place)), Some("metric" | "parameter")));
    matches!(said(index), "what" | "which") && points_back && tells && asks && words.len() - index <= 8
}

/// `…, and show me the first three`: says how many of what the question before it asks for.
fn is_cut(words: &[(String, std::ops::Range<usize>)], index: usize) -> bool {
    const LEADS: &str = "show give list me us the only just";
    let mut rest = words.iter().skip(index).map(|(word, _)| word.as_str()).skip_while(|word| LEADS.split(' ').any(|lead| lead == *word));
    matches!(rest.next(), Some("first" | "top" | "best"))
        && rest.next().is_some_and(|word| crate::domain::reference::count_word(word).is_some())
        && rest.all(|word| matches!(word, "of" | "them" | "ones" | "runs" | "please"))
}

/// `best mape and best rmse`: a second ranking.
fn ends_ranking(words: &[(String, std::ops::Range<usize>)], index: usize, before: &str) -> bool {
    let is_end = |place: usize| words.get(place).is_some_and(|(word, _)| lexicon::end(word).is_some());
    let here = if words.get(index).is_some_and(|(word, _)| word == "the") { index + 1 } else { index };
    let counts = words.get(here + 1).is_some_and(|(word, _)| crate::domain::reference::count_word(word).is_some());
    if before == "then" && is_end(here) && here + 1 < words.len() {
        return true;
    }
    before == "and"
        && is_end(here)
        && !counts
        && words.iter().take(index).any(|(word, _)| lexicon::end(word).is_some())
        && !words.iter().take(index).any(|(word, _)| lexicon::meaning(word) == Some("compare"))
        && !sets_side_by_side(words)
        && here + 1 < words.len()
}

/// `… side by side`, `… head to head`
fn sets_side_by_side(words: &[(String, std::ops::Range<usize>)]) -> bool {
    words.windows(3).any(|three| {
        matches!(three, [(one, _), (link, _), (other, _)] if one == other && matches!(one.as_str(), "side" | "head") && matches!(link.as_str(), "by" | "to"))
            || matches!(three, [(next, _), (to, _), (each, _)] if next == "next" && to == "to" && each == "each")
    })
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
        LEADS.split(' ').any(|lead| lead == word)
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
        check("show run 3 and tag it as best", &["show run 3", "tag it as best"]);
        check("show them", &["show them"]);
        check("create experiment \"a and show b\"", &["create experiment \"a and show b\""]);
    }
}
