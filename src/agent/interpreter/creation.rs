//! "Create an experiment called …": the one order to write that the interpreter knows. Names are free text, so they are cut out
//! of the sentence before anything else is read (`sentence`, `names`, `descriptions`, `tags`). What only speaks of making is no order
//! (`doubts`), what asks for several is several (`several`), and a name may be said later (`later`). Questions about names that may be
//! taken are for `taken`.

mod descriptions;
mod doubts;
mod later;
mod names;
mod quotes;
mod sentence;
mod several;
mod tags;
mod taken;
mod wishes;

use crate::agent::interpreter::lexicon::has;
use serde_json::Value;

pub(super) use self::doubts::retracts;
use self::doubts::{asks_how, takes_back};
pub(super) use self::later::{is_remark, order_later, pointed_at};
use self::sentence::question_calls;
pub(super) use self::several::apart;
pub(super) use self::taken::name_asked_about;
use super::{Arguments, Plan};
use crate::tools::view::plain;

/// Whether a question orders an experiment to be made.
#[derive(Debug, PartialEq)]
pub(super) enum Order {
    /// With these arguments of `create_experiment`.
    Create(Arguments),
    /// With these arguments, but does not say what it is to be called.
    Nameless(Arguments),
    /// With these arguments, but what it is to be called may be more than a name, or stand for one.
    Unclear(Arguments),
    /// But tags it with a value that has no key.
    Keyless(String),
    /// With these arguments, but takes it back: nothing is to be made yet.
    NotYet(Arguments),
    /// But wants several at once, and does not name them apart.
    Several,
    /// But only asks whether or how it is done.
    Asked,
}

/// The longest name that MLflow takes: "Invalid experiment name: exceeds maximum length of 500" (`mlflow.utils.validation`).
const NAME_CHARACTERS: usize = 500;

/// The order to create an experiment, if the question is one.
pub(super) fn order(question: &str) -> Option<Order> {
    if asks_how(question) {
        return Some(Order::Asked);
    }
    if taken::asked_behind(question).is_some() {
        return None;
    }
    sentence::obeyed(question).or_else(|| wishes::mused(question)).map(|order| match order {
        Order::Create(arguments) | Order::Nameless(arguments) | Order::Unclear(arguments)
            if takes_back(&without_texts(question, &arguments)) =>
        {
            Order::NotYet(arguments)
        }
        Order::Create(_) | Order::Nameless(_) if several::is_counted(question) => Order::Several,
        Order::Create(mut arguments) => {
            if let Some(name) = arguments.get("name").and_then(Value::as_str).and_then(called) {
                arguments.insert("name".to_owned(), Value::from(name));
            }
            let name = arguments.get("name").and_then(Value::as_str).unwrap_or_default();
            if names::is_unclear(name, question) { Order::Unclear(arguments) } else { Order::Create(arguments) }
        }
        order => order,
    })
}

/// `another one called fog`: the name stands behind `called`.
fn called(name: &str) -> Option<String> {
    let lead = ["called ", "named "].iter().find_map(|link| name.split_once(link))?;
    let is_lead =
        !lead.0.is_empty() && lead.0.split_whitespace().all(|word| matches!(word, "another" | "one" | "a" | "new" | "second" | "third"));
    is_lead.then(|| lead.1.trim().to_owned())
}

impl Order {
    /// What is done about it.
    pub(super) fn plan(self) -> Plan {
        let example = "say for example “create an experiment called pilot";
        match self {
            Self::Create(arguments) => match arguments.get("name").and_then(Value::as_str) {
                Some(name) if name.chars().count() > NAME_CHARACTERS => {
                    let head: String = name.chars().take(30).collect();
                    Plan::Refuse(format!(
                        "The name `{}…` is too long for MLflow, so nothing is created. Choose a shorter one.",
                        plain(&head)
                    ))
                }
                Some(_) | None => Plan::call("create_experiment", arguments),
            },
            Self::Nameless(_) => Plan::Refuse(format!("What should the experiment be called? You can {example} with tags team=risk”.")),
            Self::Unclear(arguments) => Plan::Refuse(format!(
                "I am not sure which part of `{}` is the name, so nothing is created: put the name in quotes, {example}”.",
                plain(arguments.get("name").and_then(Value::as_str).unwrap_or_default())
            )),
            Self::Keyless(value) => Plan::Refuse(format!(
                "A tag has a key and a value, and `{}` is only one of them, so nothing is created: {example} with tags team=risk”.",
                plain(&value)
            )),
            Self::NotYet(_) => Plan::Refuse(format!("Nothing is created. When you want it, {example}”.")),
            Self::Several => Plan::Refuse(format!("What should each of them be called? You can {example} and another one called trial”.")),
            Self::Asked => Plan::Talk(format!(
                "I create experiments when you tell me to. What should it be called? You can {example} with tags team=risk”."
            )),
        }
    }
}

/// A question without the texts of an order, in which any word may stand.
fn without_texts(question: &str, arguments: &Arguments) -> String {
    let texts = ["name", "description"].iter().filter_map(|argument| arguments.get(*argument).and_then(Value::as_str));
    texts.fold(question.to_owned(), |rest, text| rest.replace(text, "_"))
}

/// Whether a text of several sentences or clauses is one order to create.
pub(super) fn is_one(text: &str) -> bool {
    wishes::is_one(text)
}

/// Whether what stands ahead of an order to create is of it: `tagged team=risk, create pilot`.
pub(super) fn leads(ahead: &str, rest: &str) -> bool {
    let begins = crate::domain::reference::words(ahead);
    let is_lead = begins.first().is_some_and(|word| {
        matches!(
            word.as_str(),
            "tagged"
                | "tag"
                | "tags"
                | "with"
                | "labelled"
                | "labeled"
                | "label"
                | "labels"
                | "described"
                | "description"
                | "under"
                | "name"
        )
    });
    is_lead && matches!(order(rest), Some(Order::Create(_) | Order::Nameless(_)))
}

/// Whether what follows an order to create says more of the same experiment: `and tag it …`, `give it the description …`.
pub(super) fn adds(text: &str) -> bool {
    const LINKS: &str = "and also please then with the you can could should";
    const BEGINNINGS: &str = "tag tags tagged tagging label labels labelled give set add describe described description its it put use attach mark note call name";
    const SAID: &str = "tag tags tagged label labels labelled labeled describe described description note call called name named";
    if wishes::only_points(text) {
        return true;
    }
    let words = crate::domain::reference::words(text);
    let mut behind = words.iter().map(String::as_str).skip_while(|word| has(LINKS, word)).take(7).peekable();
    if matches!(words.as_slice(), [it, is, about, ..] if it == "it" && (is == "is" || is == "s") && about == "about") {
        return true;
    }
    let begins = behind.peek().is_some_and(|first| has(BEGINNINGS, first));
    begins && behind.clone().any(|word| has(SAID, word)) && !behind.any(|word| matches!(word, "run" | "runs"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(question: &str, expected: Value) {
        let arguments = order(question).map(|order| match order {
            Order::Create(arguments) => Value::Object(arguments),
            Order::Nameless(_) => Value::from("nameless"),
            Order::Keyless(_) => Value::from("keyless"),
            Order::Unclear(_) => Value::from("unclear"),
            Order::NotYet(_) => Value::from("not yet"),
            Order::Several => Value::from("several"),
            Order::Asked => Value::from("asked"),
        });
        assert_eq!(arguments.unwrap_or_default(), expected, "{question}");
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
        check("open the experiment fog", Value::Null);
        check("I need an experiment with a high recall", Value::Null);
        check("would you mind creating an experiment called fog?", serde_json::json!({"name": "fog"}));
        check("create an experiment with tag team=sea called fog", serde_json::json!({"name": "fog", "tags": {"team": "sea"}}));
        check("create fog owner=kim", serde_json::json!({"name": "fog", "tags": {"owner": "kim"}}));
        check("create fog-v2 team meteo", serde_json::json!({"name": "fog-v2", "tags": {"team": "meteo"}}));
        check("create experiment the fog team", serde_json::json!({"name": "the fog team"}));
        check("tagged team=meteo, create fog", serde_json::json!({"name": "fog", "tags": {"team": "meteo"}}));
        check("create fog tagged urgent", Value::from("keyless"));
        check("fog-v2 with team=meteo as a new experiment please", serde_json::json!({"name": "fog-v2", "tags": {"team": "meteo"}}));
        check("\"Deep fog\" should be a new experiment, please create it", serde_json::json!({"name": "Deep fog"}));
        check("could we have an experiment fog-v2 please", serde_json::json!({"name": "fog-v2"}));
        check("make room for fog-v2, a new experiment", serde_json::json!({"name": "fog-v2"}));
        check(
            "new experiment {\"name\": \"fog\", \"tags\": {\"team\": \"meteo\"}}",
            serde_json::json!({"name": "fog", "tags": {"team": "meteo"}}),
        );
        check("create an experiment called simulated-fog", serde_json::json!({"name": "simulated-fog"}));
        check("would it be sensible to create an experiment called fog?", Value::from("not yet"));
        check("don't forget to create an experiment called fog", serde_json::json!({"name": "fog"}));
        check("create a report for experiment fog", Value::Null);
        check("add run 3 to experiment fog", Value::Null);
        check("create a new run run-3 in fog", Value::Null);
        check("create fog-v2 again", serde_json::json!({"name": "fog-v2"}));
        check("the new experiment fog has how many runs?", Value::Null);
        check("add an experiment, name to be decided", Value::from("nameless"));
        check("which experiment is new?", Value::Null);
        check("before I make anything - does an experiment fog-v2 exist?", Value::Null);
        check("set up fog-v2, tagged team=meteo", serde_json::json!({"name": "fog-v2", "tags": {"team": "meteo"}}));
        check("add an experiment fog-v2 owned by kim", serde_json::json!({"name": "fog-v2", "tags": {"owner": "kim"}}));
        check("create a new experiment named after kim", Value::from("nameless"));
        check("create an experiment alpha until friday", Value::from("unclear"));
        check("create an experiment with the name of our best run", Value::from("unclear"));
        check("create an experiment \"road to rain\"", serde_json::json!({"name": "road to rain"}));
        check("add experiment fog to the store", serde_json::json!({"name": "fog"}));
        check("create the fog experiment with team=risk", serde_json::json!({"name": "fog", "tags": {"team": "risk"}}));
        check("could you set up something called fog-2 for me?", serde_json::json!({"name": "fog-2"}));
        check("register fog-v2 as a new model", Value::Null);
        check("would it be possible to get an experiment fog-v2 created today?", serde_json::json!({"name": "fog-v2"}));
        check("we'll need an experiment called fog-v2 to log into", serde_json::json!({"name": "fog-v2"}));
        check("new experiment, name is \"Fog/Hail\"", serde_json::json!({"name": "Fog/Hail"}));
        check(
            "With the tag team=sea, could you set up an experiment named fog?",
            serde_json::json!({"name": "fog", "tags": {"team": "sea"}}),
        );
        check("i want one more experiment in here", Value::from("nameless"));
        check("perhaps an experiment \"Fog\" would make sense", Value::from("not yet"));
        check("what experiments were created by ana", Value::Null);
        for other in ["create them", "create another one", "create 3 plots of the loss", "create loss curves for run 3"] {
            check(other, Value::Null);
        }
        check("create spring uplift", Value::from("unclear"));
        for other in ["delete new experiment fog", "best f1 for new experiment fog", "make experiment fog private"] {
            check(other, Value::Null);
        }
        check("create an experiment report", Value::Null);
        check("create an experiment called fog and cancel run 3", serde_json::json!({"name": "fog"}));
        check("create an experiment called storm nowcast", serde_json::json!({"name": "storm nowcast"}));
        check("create an experiment called fog first, then list the runs", serde_json::json!({"name": "fog"}));
        check("create an experiment called fog right now", serde_json::json!({"name": "fog"}));
        for taken_back in ["Create fog-v2. Forget it.", "Create an experiment called fog. No, cancel it.", "create fog-v2, actually no"] {
            check(taken_back, Value::from("not yet"));
        }
        check("nobody should create an experiment fog", Value::from("not yet"));
        check("do I have to create an experiment called fog first?", Value::from("not yet"));
        check("create an experiment fog-v2 for the team called hail", serde_json::json!({"name": "fog-v2"}));
        check("for the dataset called sea create an experiment fog", serde_json::json!({"name": "fog"}));
    }
}
