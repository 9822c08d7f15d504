//! "Create an experiment called …": the one order to write that the interpreter knows. Names are free text, so they are cut out
//! of the sentence before anything else is read (`names`, `descriptions`, `tags`).

mod descriptions;
mod doubts;
mod names;
mod quotes;
mod tags;
mod taken;

use std::ops::Range;

use serde_json::Value;

use self::descriptions::description_of;
pub(super) use self::doubts::retracts;
use self::doubts::{asks_how, takes_back};
use self::names::name_of;
use self::quotes::{quoted, unquoted};
use self::tags::tags_of;
pub(super) use self::taken::name_asked_about;
use super::{Arguments, lexicon, put};
use crate::domain::reference::placed_words;

/// Whether a question orders an experiment to be made.
#[derive(Debug, PartialEq)]
pub(super) enum Order {
    /// With these arguments of `create_experiment`.
    Create(Arguments),
    /// But does not say what it is to be called.
    Nameless,
    /// But takes it back: nothing is to be made yet.
    NotYet,
    /// But wants several at once.
    Several,
    /// But only asks whether or how it is done.
    Asked,
}

/// The order to create an experiment, if the question is one.
pub(super) fn order(question: &str) -> Option<Order> {
    if asks_how(question) {
        return Some(Order::Asked);
    }
    obeyed(question).map(|order| match order {
        Order::Create(_) if wants_several(question) => Order::Several,
        _ if takes_back(question) => Order::NotYet,
        order => order,
    })
}

/// Whether what follows an order to create says more of the same experiment: `and tag it …`, `give it the description …`.
pub(super) fn adds(text: &str) -> bool {
    const LINKS: &str = "and also please then with the you can could should";
    const BEGINNINGS: &str = "tag tags tagged tagging label labels labelled give set add describe described description its it put use attach mark note call name";
    const SAID: &str = "tag tags tagged label labels labelled labeled describe described description note call called name named";
    let words = crate::domain::reference::words(text);
    let has = |known: &str, word: &str| known.split_whitespace().any(|known| known == word);
    let mut behind = words.iter().map(String::as_str).skip_while(|word| has(LINKS, word)).take(7).peekable();
    if matches!(words.as_slice(), [it, is, about, ..] if it == "it" && (is == "is" || is == "s") && about == "about") {
        return true;
    }
    let begins = behind.peek().is_some_and(|first| has(BEGINNINGS, first));
    begins && behind.clone().any(|word| has(SAID, word)) && !behind.any(|word| matches!(word, "run" | "runs"))
}

/// `create two experiments a and b`, `create one called a and one called b`
fn wants_several(question: &str) -> bool {
    let words = crate::domain::reference::words(&unquoted(question));
    let verb = words.iter().position(|word| lexicon::meaning(word) == Some("create"));
    let is_lead = |word: &&String| matches!(word.as_str(), "called" | "named");
    verb.is_some_and(|verb| words.iter().skip(verb + 1).take(3).any(|word| word == "experiments"))
        || words.iter().filter(is_lead).count() > 1
}

/// Words between the verb and its object that name nothing.
const ARTICLES: &str =
    "a an the new another one more fresh brand me us please up as additional separate further our my just second extra empty for";

fn obeyed(question: &str) -> Option<Order> {
    // What is quoted is neither verb nor noun.
    let open = unquoted(question);
    let words = placed_words(&open);
    // `i need an experiment …, call it …` orders one, `i need the experiment with …` does not.
    let is_called = question_calls(question);
    let has = |known: &str, word: &str| known.split_whitespace().any(|known| known == word);
    let minds = words.iter().take(4).any(|(word, _)| word == "mind");
    let creates = |word: &str| {
        lexicon::meaning(word) == Some("create")
            || lexicon::meaning(word).is_none() && lexicon::misspelt_meaning(word) == Some("create")
            || matches!(word, "start" | "set" | "begin" | "open" | "spin" | "initialize" | "initialise" | "establish" | "launch" | "kick")
            || is_called.is_some() && matches!(word, "need" | "want" | "like")
            || minds && matches!(word, "creating" | "making" | "adding" | "opening" | "starting" | "registering")
    };
    // `exp011` and `experiment-x` are names.
    let stands_alone = |end: usize| {
        let mut rest = question.get(end..).unwrap_or_default().chars();
        let next = rest.next();
        match next {
            Some('.') => !rest.next().is_some_and(char::is_alphanumeric),
            Some(letter) => !letter.is_alphanumeric() && !matches!(letter, '-' | '_'),
            None => true,
        }
    };
    let is_noun = |(word, place): &(String, Range<usize>)| {
        matches!(word.as_str(), "experiment" | "project" | "exp" | "expt") && stands_alone(place.end)
    };
    let asks =
        words.first().is_some_and(|(word, _)| matches!(word.as_str(), "which" | "what" | "who" | "when" | "how" | "list" | "show" | "did"));
    let noun_at = words.iter().position(is_noun);
    if let Some(noun_at) = noun_at
        && wishes_for_one(question, &words, noun_at)
    {
        return Some(Order::Nameless);
    }
    words.iter().take(16).position(|(word, _)| creates(word))?;
    let Some(noun_at) = noun_at else {
        return bare_order(question, &words);
    };
    // `i would like to start a new experiment`: the verb is the one next to the noun, the others are politeness.
    let of_verb = words.iter().take(noun_at).rposition(|(word, _)| creates(word) && word != "new");
    let verb_at = of_verb.or_else(|| words.iter().take(noun_at).rposition(|(word, _)| creates(word)))?;
    // `the new experiment x has …` is there already.
    let is_there =
        verb_at.checked_sub(1).and_then(|before| words.get(before)).is_some_and(|(word, _)| has("the this that our my its in of", word));
    if is_there && words.get(verb_at).is_some_and(|(word, _)| word == "new" || word == "fresh") {
        return None;
    }
    let said: Vec<&str> = words.get(verb_at + 1..noun_at)?.iter().map(|(word, _)| word.as_str()).collect();
    let between = question.get(words.get(verb_at)?.1.end..words.get(noun_at)?.1.start)?;
    let rest = question.get(words.get(noun_at)?.1.end..)?;
    let named_before = name_before(between, &words, verb_at, noun_at);
    if asks || said.len() > 4 && named_before.is_none() {
        return None;
    }
    // `open experiment x` shows what is there.
    let verb = words.get(verb_at).map_or("", |(word, _)| word.as_str());
    let is_new = said.iter().any(|word| has("a an new another one fresh up", word));
    if matches!(verb, "open" | "start" | "begin" | "launch" | "kick") && !is_new && is_called.is_none() && named_before.is_none() {
        return None;
    }
    let rest = named_before.map_or_else(|| rest.to_owned(), |name| format!("\u{ab}{name}\u{bb}{}", rest.trim_start_matches([')', '"'])));
    let rest = is_called.and_then(|at| question.get(at..)).map_or(rest, str::to_owned);
    let Some((name, rest)) = name_of(&rest) else {
        // `create an experiment?` is an order; `add a project tag …` or `make the experiment list …` is something else.
        let is_bare = crate::domain::reference::words(&rest).iter().all(|word| has("called named name please with the", word));
        let is_one = said.iter().any(|word| has("a an new another one fresh", word)) || verb == "new";
        let goes_on_otherwise = ["list", "page", "id", "ids", "name", "names", "tag", "tags"];
        let next = rest.split_whitespace().next().unwrap_or_default();
        return (is_bare || is_one && !goes_on_otherwise.contains(&next) || is_called.is_some()).then_some(Order::Nameless);
    };
    let mut arguments = Arguments::new();
    put(&mut arguments, "name", name);
    // `an experiment with the tag a=b called x`
    let middle = is_called.and_then(|at| question.get(words.get(noun_at)?.1.end..at)).unwrap_or_default();
    let (description, rest) = description_of(&format!("{middle}; {rest}"));
    if let Some(description) = description {
        put(&mut arguments, "description", description);
    }
    let tags = tags_of(&rest);
    if !tags.is_empty() {
        put(&mut arguments, "tags", Value::Object(tags));
    }
    Some(Order::Create(arguments))
}

/// `we need one more experiment, can you make it`: wishes for one, and says no more of it.
fn wishes_for_one(question: &str, words: &[(String, Range<usize>)], noun_at: usize) -> bool {
    const WISHES: &str = "need want like have";
    const SAID_BEHIND: &str = "please can could would you make create add set it up that one for us me now thanks";
    let has = |known: &str, word: &str| known.split_whitespace().any(|known| known == word);
    let wish = words.iter().take(noun_at).position(|(word, _)| has(WISHES, word));
    let is_one = wish.is_some_and(|wish| {
        let between = words.get(wish + 1..noun_at).unwrap_or_default();
        !between.is_empty() && between.iter().all(|(word, _)| has(ARTICLES, word)) && !between.iter().any(|(word, _)| word == "the")
    });
    is_one && words.iter().skip(noun_at + 1).all(|(word, _)| has(SAID_BEHIND, word)) && !question.contains('"')
}

/// `create "fog-v2" experiment`, `set up fog-v2 as a new experiment`, `create fog-v2 (new experiment)`: the name stands before the noun.
fn name_before(between: &str, words: &[(String, Range<usize>)], verb_at: usize, noun_at: usize) -> Option<String> {
    if let Some((name, _)) = between.find(['"', '“', '`', '\'']).and_then(|at| quoted(between.get(at..)?)) {
        return Some(name);
    }
    // What is one word to people is one piece here.
    let pieces = between.split_whitespace().filter(|piece| {
        let bare = piece.trim_matches(['(', ')', ',', ':']);
        !bare.is_empty() && !ARTICLES.split_whitespace().any(|known| known.eq_ignore_ascii_case(bare))
    });
    let pieces: Vec<&str> = pieces.collect();
    let [name] = pieces.as_slice() else { return None };
    let name = name.trim_matches(['(', ')', ',', ':']);
    let looks_like_name = name.contains(['-', '_', '/', '.']) || name.chars().any(|letter| letter.is_ascii_digit());
    let is_called_so = between.contains(" as ") || between.contains('(') && noun_at > verb_at;
    (words.len() > noun_at && (looks_like_name || is_called_so) && name.chars().any(char::is_alphabetic)).then(|| name.to_owned())
}

/// Where an order says at its end what the experiment is to be called: `…, call it x`. What is quoted does not count.
fn question_calls(question: &str) -> Option<usize> {
    let folded = unquoted(question).to_ascii_lowercase();
    let leads = [
        " call it ",
        " name it ",
        " called ",
        " named ",
        " titled ",
        " entitled ",
        " dubbed ",
        " by the name ",
        " with the name ",
        " under the name ",
        " its name should be ",
        " its name is ",
        " the name should be ",
        " the name is ",
        " whose name is ",
    ];
    leads.iter().filter_map(|lead| folded.find(lead)).min().map(|at| at + 1)
}

/// `create churn-v2`: an order that does not say of what, but a name.
fn bare_order(question: &str, words: &[(String, Range<usize>)]) -> Option<Order> {
    const ELSE: &str = "a an the some run runs model chart plot graph table report list picture summary comparison figure tag dashboard sense sure it me us";
    let verb_at = words.iter().take(5).position(|(word, _)| word == "create")?;
    let first = words.get(verb_at + 1).map_or("", |(word, _)| word.as_str());
    let rest = question.get(words.get(verb_at)?.1.end..)?;
    let (name, rest) = name_of(rest)?;
    let is_quoted = question.get(words.get(verb_at)?.1.end..).and_then(|rest| quoted(rest.trim_start())).is_some();
    let is_else = !is_quoted && (ELSE.split(' ').any(|word| word == first) || lexicon::meaning(first).is_some());
    if is_else || crate::domain::reference::words(&name).len() > 6 {
        return None;
    }
    let mut arguments = Arguments::new();
    put(&mut arguments, "name", name);
    let tags = tags_of(&rest);
    if !tags.is_empty() {
        put(&mut arguments, "tags", Value::Object(tags));
    }
    Some(Order::Create(arguments))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(question: &str, expected: Value) {
        let arguments = order(question).map(|order| match order {
            Order::Create(arguments) => Value::Object(arguments),
            Order::Nameless => Value::from("nameless"),
            Order::NotYet => Value::from("not yet"),
            Order::Several => Value::from("several"),
            Order::Asked => Value::from("asked"),
        });
        assert_eq!(arguments.unwrap_or_default(), expected, "{question}");
    }

    #[test]
    fn who_asks_whether_a_name_is_free_is_told_from_who_orders() {
        assert_eq!(name_asked_about("is the name fog-v2 still free?").as_deref(), Some("fog-v2"));
        assert_eq!(name_asked_about("can I use the name \"Deep fog\"?").as_deref(), Some("Deep fog"));
        assert_eq!(name_asked_about("is gpu 3 free?"), None);
        assert_eq!(name_asked_about("is there an experiment called fog?"), None);
    }

    #[test]
    fn names_descriptions_and_tags_are_cut_out() {
        check("create an experiment called uplift-pilot", serde_json::json!({"name": "uplift-pilot"}));
        check(
            "Create a new experiment \"Q2 churn\" with description \"Customer churn, second quarter\" and tags team=data-science",
            serde_json::json!({"name": "Q2 churn", "description": "Customer churn, second quarter", "tags": {"team": "data-science"}}),
        );
        check(
            "please set up a new experiment named asr tagged owner=sam and phase=pilot",
            serde_json::json!({"name": "asr", "tags": {"owner": "sam", "phase": "pilot"}}),
        );
        check("new experiment, name: asr, description: speech", serde_json::json!({"name": "asr", "description": "speech"}));
        check(
            "could you spin up an experiment, name: hail, tags: team=meteo, phase=pilot",
            serde_json::json!({"name": "hail", "tags": {"team": "meteo", "phase": "pilot"}}),
        );
        check("open an experiment called ocr; tags: team=docs", serde_json::json!({"name": "ocr", "tags": {"team": "docs"}}));
        check("create \"fog-v2\" experiment", serde_json::json!({"name": "fog-v2"}));
        check("create a new experiment", Value::from("nameless"));
        check(
            "I'd like to start a new experiment called \"Churn v4\" with tags owner=tariq",
            serde_json::json!({"name": "Churn v4", "tags": {"owner": "tariq"}}),
        );
        check("new experiment please: churn-q2, tags team=risk", serde_json::json!({"name": "churn-q2", "tags": {"team": "risk"}}));
        check("do not create spring-uplift for now", Value::from("not yet"));
        check("I might create an experiment called spring later, don't do it yet", Value::from("not yet"));
        check("how do I create an experiment?", Value::from("asked"));
        check("create two experiments a and b", Value::from("several"));
        check("create an experiment called \"do not delete\"", serde_json::json!({"name": "do not delete"}));
        check(
            "set up fog-v2 as a new experiment, tagged team=meteo and phase=pilot",
            serde_json::json!({"name": "fog-v2", "tags": {"team": "meteo", "phase": "pilot"}}),
        );
        check("create fog-v2 (new experiment) and tag it team=meteo", serde_json::json!({"name": "fog-v2", "tags": {"team": "meteo"}}));
        check(
            "new experiment please: fog (tags: team=meteo, phase=p)",
            serde_json::json!({"name": "fog", "tags": {"team": "meteo", "phase": "p"}}),
        );
        check("create experiment fog, tag: team=\"deep sea\"", serde_json::json!({"name": "fog", "tags": {"team": "deep sea"}}));
        check("create experiment fog with the team tag meteo", serde_json::json!({"name": "fog", "tags": {"team": "meteo"}}));
        check("create experiment fog with tag team set to meteo", serde_json::json!({"name": "fog", "tags": {"team": "meteo"}}));
        check(
            "make an experiment called fog and give it the description \"low, dense\"",
            serde_json::json!({"name": "fog", "description": "low, dense"}),
        );
        check("create an experiment called 'Zoë's test'", serde_json::json!({"name": "Zoë's test"}));
        check("create an experiment called spring and autumn", serde_json::json!({"name": "spring and autumn"}));
        check("create an experiment for the sea team called fog", serde_json::json!({"name": "fog"}));
        check("create an experiment to test dropout", Value::from("nameless"));
        check("new experiment please", Value::from("nameless"));
        check("we need one more experiment, can you make it", Value::from("nameless"));
        check("should I create an experiment called fog?", Value::from("not yet"));
        check("we will create an experiment called fog next week", Value::from("not yet"));
        check("create one experiment called fog and one called hail", Value::from("several"));
        check("open the experiment fog", Value::Null);
        check("I need an experiment with a high recall", Value::Null);
        check("would you mind creating an experiment called fog?", serde_json::json!({"name": "fog"}));
        check("create an experiment with tag team=sea called fog", serde_json::json!({"name": "fog", "tags": {"team": "sea"}}));
        check("create fog-v2 again", serde_json::json!({"name": "fog-v2"}));
        check("the new experiment fog has how many runs?", Value::Null);
        check("add an experiment, name to be decided", Value::from("nameless"));
        check("which experiment is new?", Value::Null);
        check("what experiments were created by ana", Value::Null);
    }
}
