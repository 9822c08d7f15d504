//! What is said to an order to create that was asked back, refused or just obeyed: "call it pilot", "then pilot-b", "no, I meant pilot".

use crate::agent::interpreter::lexicon::has;
use serde_json::Value;

use super::names::{self, looks_like_name, name_of};
use super::quotes::quoted;
use super::sentence::order_of;
use super::{Order, order};
use crate::agent::conversation::Conversation;
use crate::agent::interpreter::{Arguments, chatter, lexicon, questions, talk};
use crate::domain::reference::words;

/// How many turns back an order may stand that is still spoken of.
const TURNS_BACK: usize = 4;

/// Words before a name that is said later.
const LEADS: &str = "ok okay then now so oh well alright right please sorry no and hm ah just rather better yes yep sure actually could can would you we i let's lets \
    us let ok. instead";

/// What names an experiment that is spoken of already.
const NAMING: [&str; 31] = [
    "create it as",
    "create it under the name",
    "make it as",
    "set it up as",
    "create one called",
    "create one named",
    "create it with the name",
    "call it",
    "name it",
    "make it",
    "make that",
    "meant",
    "mean",
    "said",
    "wanted",
    "it should be called",
    "it should be named",
    "it shall be called",
    "it's called",
    "it is called",
    "its name is",
    "its name should be",
    "the name should be",
    "the name is",
    "with the name",
    "under the name",
    "named",
    "called",
    "use the name",
    "name:",
    "name",
];

/// Words that offer another name for one that is not made: `try fog-b`.
const OFFERING: [&str; 10] = ["use", "try", "take", "go with", "how about", "what about", "it's", "it is", "change it to", "that's"];

/// Words of a remark about a name that is taken.
const REMARK: &str = "oh ah hm ok okay i see it is s that the this name one already taken used in use exists exist there too bad pity right then so well damn \
    there's is an a experiment with was gone of course forgot";

/// How far an order to create has come.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    /// It has no name yet, or what it was to be called was taken.
    Open,
    /// It was taken back.
    Held,
    /// It is obeyed.
    Made,
}

/// Words by which an order that was taken back is given after all.
const AFTER_ALL: [&str; 9] = ["create it", "make it", "do it", "go ahead", "set it up", "add it", "do create it", "please do", "do so"];

/// The order that a question completes or corrects, with what was said of it before.
pub(in crate::agent::interpreter) fn order_later(question: &str, conversation: &Conversation) -> Option<Order> {
    let (before, stage) = spoken_of(conversation)?;
    completed(question, &before, stage)
}

/// Whether a question only remarks on an order that was refused: `oh, it is taken`.
pub(in crate::agent::interpreter) fn is_remark(question: &str, conversation: &Conversation) -> bool {
    remarks(question) && spoken_of(conversation).is_some_and(|(_, stage)| stage == Stage::Open)
}

/// The experiment that the last question ordered to be made, where a question points at it: `describe it`, `what is in that experiment`.
pub(in crate::agent::interpreter) fn pointed_at(question: &str, conversation: &Conversation) -> Option<String> {
    const POINTING: &str = "it its that there this existing inside";
    let (utterance, _) = conversation.turns.last()?;
    let points = words(question).iter().any(|word| has(POINTING, word));
    let (before, _) = spoken_of(conversation).filter(|_| points && !matches!(order(utterance), Some(Order::NotYet(_))))?;
    before.get("name").and_then(Value::as_str).map(str::to_owned)
}

fn remarks(text: &str) -> bool {
    let said = words(text);
    let is_remark = |word: &String| has(REMARK, word);
    let of_name = ["taken", "exists", "already", "used", "exist", "forgot"].iter().any(|word| said.iter().any(|known| known == word));
    !text.contains('?') && of_name && said.iter().all(is_remark)
}

/// The order that the last turns speak of, and how far it has come.
fn spoken_of(conversation: &Conversation) -> Option<(Arguments, Stage)> {
    let recent = conversation.turns.get(conversation.turns.len().saturating_sub(TURNS_BACK)..)?;
    let (before, stage) = ordered(recent)?;
    let made =
        conversation.last_call.as_ref().filter(|(tool, _)| *tool == "create_experiment").and_then(|(_, arguments)| arguments.get("name"));
    let is_made = made.is_some() && made == before.get("name");
    Some((before, if is_made { Stage::Made } else { stage }))
}

/// What the last of some turns ordered to be made, in the light of those before it.
fn ordered(turns: &[(String, String)]) -> Option<(Arguments, Stage)> {
    let ((utterance, _), earlier) = turns.split_last()?;
    let last = questions(utterance).pop()?;
    let order = order(&last).or_else(|| ordered(earlier).and_then(|(before, stage)| completed(&last, &before, stage)));
    match order? {
        Order::Create(arguments) | Order::Nameless(arguments) => Some((arguments, Stage::Open)),
        Order::NotYet(arguments) => Some((arguments, Stage::Held)),
        Order::Unclear(mut arguments) => {
            arguments.remove("name");
            Some((arguments, Stage::Open))
        }
        Order::Asked => Some((Arguments::new(), Stage::Open)),
        Order::Keyless(_) | Order::Several => None,
    }
}

/// An order with the name that a question gives it; what was said of it before holds on.
fn completed(question: &str, before: &Arguments, stage: Stage) -> Option<Order> {
    // `test` greets elsewhere, and is a name where one is asked for.
    let is_test = matches!(words(question).as_slice(), [test] if test == "test");
    let is_talk = remarks(question) || talk::talk(question).is_some() && !is_test;
    let question = without_remark(question);
    let is_after_all = || {
        let said = without_leads(question).trim_end_matches(['.', '!', ' ']);
        AFTER_ALL
            .iter()
            .any(|after_all| said.eq_ignore_ascii_case(after_all) || said.to_lowercase().strip_suffix(" now") == Some(after_all))
    };
    if stage == Stage::Held && is_after_all() {
        return Some(if before.contains_key("name") { Order::Create(before.clone()) } else { Order::Nameless(before.clone()) });
    }
    if is_talk {
        return None;
    }
    let (name, behind) = later_name(question, before.contains_key("name"), stage != Stage::Made)?;
    let is_unclear = names::is_unclear(&name, question);
    let Order::Create(said) = order_of(Some(name), "", &behind) else { return None };
    let mut arguments = before.clone();
    arguments.extend(said);
    Some(if is_unclear { Order::Unclear(arguments) } else { Order::Create(arguments) })
}

/// `taken. fog-b then`: what follows the remark.
fn without_remark(question: &str) -> &str {
    let mut cuts =
        question.match_indices([',', '.', ';', '!']).filter_map(|(at, mark)| Some((question.get(..at)?, question.get(at + mark.len()..)?)));
    let cut = cuts.find(|(head, rest)| remarks(head) && rest.chars().any(char::is_alphanumeric));
    cut.map_or(question, |(_, rest)| rest.trim_start())
}

/// What follows the words with which people take up what was said.
fn without_leads(question: &str) -> &str {
    let mut rest = question.trim();
    while let Some((first, behind)) = rest.split_once(char::is_whitespace)
        && LEADS.split_whitespace().any(|known| first.trim_end_matches([',', '.', '!', ':', '-']).eq_ignore_ascii_case(known))
    {
        rest = behind.trim_start();
    }
    rest
}

/// The name that a question gives to what is spoken of, and what follows it.
fn later_name(question: &str, has_name: bool, is_open: bool) -> Option<(String, String)> {
    let rest = without_leads(question);
    if let Some((lead, after)) = behind(rest, &NAMING) {
        let (name, rest) = name_of(after)?;
        let is_loose = match lead {
            "make it" | "make that" | "meant" | "mean" | "said" | "wanted" => true,
            "name" | "call it" | "the name is" => !is_open || !words(&name).iter().all(|word| is_plain(word)),
            _ => false,
        };
        let is_vague = is_loose && !is_name(after, &name);
        return (!is_vague && !question.contains('?')).then_some((name, rest));
    }
    if let Some((_, after)) = behind(rest, &OFFERING).filter(|_| is_open) {
        return name_of(after).filter(|(name, _)| is_name(after, name));
    }
    let (name, after) = name_of(rest)?;
    let ends = words(&after).iter().all(|word| matches!(word.as_str(), "instead" | "then" | "please" | "thanks" | "rather"));
    let is_short = !has_name && words(&name).len() <= 3 && words(&name).iter().all(|word| is_plain(word)) && !is_courtesy(&name);
    (is_open && ends && !question.contains('?') && (is_name(rest, &name) || is_short)).then_some((name, after))
}

/// Whether a word may be a name by itself: it means nothing else, and is no opinion of a name.
fn is_plain(word: &str) -> bool {
    const OPINIONS: &str =
        "ugly boring stupid silly misleading confusing terrible awful horrible weird lame fun funny lovely brilliant fantastic excellent";
    lexicon::meaning(word).is_none()
        && !lexicon::is_filler(word)
        && lexicon::end(word).is_none()
        && !chatter::is_common(word)
        && !has(OPINIONS, word)
}

/// The first of some words with which a text begins, and what follows them.
fn behind<'a>(text: &'a str, leads: &[&'static str]) -> Option<(&'static str, &'a str)> {
    leads.iter().find_map(|lead| {
        let head = text.get(..lead.len()).filter(|head| head.eq_ignore_ascii_case(lead))?;
        let after = text.get(head.len()..).filter(|after| after.starts_with([' ', ':', ',', '"']))?;
        Some((*lead, after.trim_start()))
    })
}

/// Whether a text at whose head a name stands can hardly mean anything else by it.
fn is_name(text: &str, name: &str) -> bool {
    quoted(text).is_some() || looks_like_name(name) && !name.contains(char::is_whitespace)
}

fn is_courtesy(text: &str) -> bool {
    matches!(
        text.to_lowercase().as_str(),
        "never mind"
            | "nevermind"
            | "cancel"
            | "nothing"
            | "forget it"
            | "stop"
            | "thanks"
            | "thank you"
            | "later"
            | "help"
            | "hello"
            | "hi"
            | "sorry"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(turns: &[&str], question: &str, expected: Value) {
        let turns = turns.iter().map(|said| ((*said).to_owned(), String::new())).collect();
        let conversation = Conversation { turns, ..Conversation::default() };
        let arguments = match order_later(question, &conversation) {
            Some(Order::Create(arguments)) => Value::Object(arguments),
            Some(_) | None => Value::Null,
        };
        assert_eq!(arguments, expected, "{turns:?} {question}", turns = conversation.turns);
    }

    #[test]
    fn a_name_may_be_said_later() {
        for question in
            ["call it fog", "fog", "ok, then name it fog", "\"fog\"", "it should be called fog", "fog please", "use the name fog"]
        {
            check(&["create an experiment"], question, json!({"name": "fog"}));
        }
        check(&["create an experiment with tag team=meteo"], "call it fog", json!({"name": "fog", "tags": {"team": "meteo"}}));
        check(&["create an experiment"], "test", json!({"name": "test"}));
        check(&["create an experiment"], "which run is best", Value::Null);
        for other in ["never mind", "nice!", "nope", "no idea", "bye", "oh, the name is taken", "the name is ugly"] {
            check(&["create an experiment"], other, Value::Null);
        }
        check(&["which run is best"], "call it fog", Value::Null);
    }

    #[test]
    fn a_name_may_be_said_anew() {
        let order = ["create an experiment called fog with tag team=meteo"];
        for question in
            ["call it fog-b instead", "then fog-b", "how about fog-b?", "make it fog-b", "I meant fog-b", "so make it fog-b, please"]
        {
            check(&order, question, json!({"name": "fog-b", "tags": {"team": "meteo"}}));
        }
        check(&order, "make it fog-b, with team=sea", json!({"name": "fog-b", "tags": {"team": "sea"}}));
        check(&[order[0], "call it fog-b"], "then fog-c", json!({"name": "fog-c", "tags": {"team": "meteo"}}));
        check(&order, "which run is best", Value::Null);
        check(&order, "make it short", Value::Null);
        check(&order, "oh, taken. fog-b then", json!({"name": "fog-b", "tags": {"team": "meteo"}}));
        check(&["don't create fog yet"], "ok, now create it", json!({"name": "fog"}));
        check(&["don't create fog yet"], "which run is best", Value::Null);
    }
}
