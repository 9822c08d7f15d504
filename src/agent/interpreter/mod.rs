//! The built-in planner: a deterministic semantic parser from utterances to tool calls. No model, no network.
//!
//! An utterance is cut into questions (`split`), read with the store's names as vocabulary (`reading`, with `reader`, `names`,
//! `linking` and `name_words`, `partial`, `metric_places`, `topics`, `rankings`, `concepts`, `flags`, `cues`, `conditions`, `bounds`, `dates`, `lengths`, `named` and `chatter`), matched
//! against the phrases that the tools carry (`intent`) or, where it is like none, answered by the tool that its names leave (`fallback`).
//! What no tool answers is told (`unanswered`); runs that conditions choose are looked up (`selecting`). Its parts become the tool's arguments (`fill`). What is left out is taken from the conversation (`followup`, `told`, `narrowing`, `choosing`). It does not guess: what it does not understand, it says.

mod bounds;
mod chatter;
mod choosing;
mod concepts;
mod conditions;
mod creation;
mod cues;
mod dates;
mod fallback;
mod fill;
mod flags;
mod followup;
mod intent;
mod lengths;
mod lexicon;
mod linking;
mod metric_places;
mod name_words;
mod named;
mod names;
mod narrowing;
mod partial;
mod rankings;
mod reader;
mod reading;
mod run_ranges;
mod selecting;
mod split;
mod told;
mod topics;
mod unanswered;
mod vocabulary;

use serde_json::{Map, Value};

use super::conversation::Conversation;
use crate::tools::{Context, ToolError};
use reading::{Part, Reading, Span};
use vocabulary::Vocabulary;

pub(super) use split::questions;

/// What an utterance asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Plan {
    /// This call answers it.
    Call {
        /// The tool's name.
        tool: &'static str,
        /// Its arguments.
        arguments: Map<String, Value>,
    },
    /// It cannot be answered; why, and what can.
    Refuse(String),
    /// It was not understood; what can be.
    Puzzle(String),
}

impl Plan {
    fn call(tool: &'static str, arguments: Map<String, Value>) -> Self {
        Self::Call { tool, arguments }
    }
}

/// What the interpreter says to what it does not do or understand.
const EXAMPLES: &str = "“Which run had the highest F1 score?”, “Compare the last 3 runs”, “Plot the training loss of run 17” or “Which parameters matter for accuracy?”";

/// Finds out what one question asks for.
pub(super) async fn interpret(question: &str, context: &Context, conversation: &Conversation) -> Result<Plan, ToolError> {
    if let Some(verb) = forbidden_verb(question).filter(|_| !narrowing::leaves_out(question, conversation)) {
        return Ok(Plan::Refuse(format!(
            "I cannot {verb} anything: I read experiments and, when asked, create new ones; use MLflow itself for that. You can ask me things like {EXAMPLES}"
        )));
    }
    if lexicon::is_off_topic(&crate::domain::reference::words(question)) {
        return Ok(Plan::Refuse(format!(
            "I only talk about the experiments in your tracking store. You can ask me things like {EXAMPLES}"
        )));
    }
    let words = crate::domain::reference::words(question);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if matches!(words.as_slice(), ["help"] | ["help", _] | ["who" | "what", "are", "you", ..] | ["what", "can", "you", "do", ..]) {
        return Ok(Plan::Puzzle(format!("I answer questions about the experiments in your tracking store, such as {EXAMPLES}")));
    }
    match creation::order(question) {
        Some(creation::Order::Create(arguments)) => return Ok(Plan::call("create_experiment", arguments)),
        Some(creation::Order::Nameless) => {
            return Ok(Plan::Refuse(
                "What should the experiment be called? Say for example “create an experiment called pilot with tags team=risk”.".to_owned(),
            ));
        }
        None => {}
    }
    let vocabulary = Vocabulary::load(context).await?;
    let first = reading::read(question, &vocabulary, context.focus.as_ref(), context.now);
    // Where the question names an experiment, that experiment's names count before those of any other.
    let mut reading = match first.experiment().and_then(|name| vocabulary.experiment_id(name)) {
        Some(id) => reading::read(question, &vocabulary, Some(id), context.now),
        None => first,
    };
    if is_of_other_matters(&reading) || asks_how_it_works(&reading) {
        return Ok(Plan::Refuse(format!(
            "I only talk about the experiments in your tracking store. You can ask me things like {EXAMPLES}"
        )));
    }
    if let Some(plan) = choosing::plan(&reading, conversation) {
        return Ok(plan);
    }
    if let Some(mut plan) = followup::plan(&reading, conversation) {
        forget_foreign_metric(&mut plan, &reading, &vocabulary);
        return Ok(plan);
    }
    if let Some(reason) = unanswered::reason(&reading, &vocabulary) {
        return Ok(Plan::Refuse(reason));
    }
    fill::see_bare_curve(&mut reading, context, &vocabulary).await?;
    selecting::resolve(&mut reading, context, &vocabulary).await?;
    if let Some(plan) = narrowing::against_focus(&reading, conversation) {
        return Ok(plan);
    }
    let intents = intent::intents(&reading);
    let likely = intents.iter().filter(|intent| intent.likeness >= intent::LEAST_LIKENESS).map(|intent| intent.tool).take(3);
    for tool in likely.chain(fallback::tools(&reading)) {
        if let Some(arguments) = fill::arguments(tool, &reading, conversation, &vocabulary) {
            let (tool, mut arguments) = fill::retarget(tool, arguments, &reading, conversation);
            followup::put_listed_experiment(&mut arguments, tool, &reading, conversation);
            fill::put_experiment_of_values(&mut arguments, tool, &reading, &vocabulary, context.focus.as_ref());
            fill::put_experiment_of_run(&mut arguments, tool, &reading, &vocabulary);
            selecting::resolve_one(&mut arguments, tool, &reading, context, &vocabulary).await?;
            return Ok(Plan::call(tool, arguments));
        }
    }
    Ok(Plan::Puzzle(format!(
        "I did not understand that. I answer questions about the experiments in your tracking store, such as {EXAMPLES}"
    )))
}

/// `and in the demand experiment?`: a metric of the question before is not asked for where it is not logged.
fn forget_foreign_metric(plan: &mut Plan, reading: &Reading, vocabulary: &Vocabulary) {
    let Plan::Call { tool: "best_run" | "parameter_impact", arguments } = plan else { return };
    let text = |name: &str| arguments.get(name).and_then(Value::as_str);
    let (Some(experiment), Some(metric)) = (text("experiment").and_then(|name| vocabulary.experiment_id(name)), text("metric")) else {
        return;
    };
    if reading.metrics().is_empty() && vocabulary.key_likeness(vocabulary::Kind::Metric, metric, experiment).is_none() {
        arguments.remove("metric");
    }
}

/// `how do transformers work`, `explain overfitting`: a question about the thing itself, and not about runs with it.
fn asks_how_it_works(reading: &Reading) -> bool {
    let begins = matches!(reading.words.as_slice(), [how, verb, ..] if how == "how" && matches!(verb.as_str(), "do" | "does" | "did"));
    let is_thing = |part: &Part| matches!(part, Part::Value(..) | Part::Parameter(_) | Part::Filler | Part::Unknown | Part::Conditions(_));
    let defines = reading.words.first().is_some_and(|word| matches!(word.as_str(), "explain" | "define"));
    let is_term = |part: &Part| matches!(part, Part::Filler | Part::Unknown | Part::Meaning("plot") | Part::Value(..));
    if defines && reading.parts().all(is_term) {
        return true;
    }
    begins && reading.words.last().is_some_and(|word| word == "work") && reading.parts().all(is_thing)
}

/// `what's the weather tomorrow`, in a store with `weather_features`: all that is named is what no experiment is about.
fn is_of_other_matters(reading: &Reading) -> bool {
    let is_other = |span: &Span| {
        let mut words = reading.words.get(span.words.clone()).unwrap_or_default().iter();
        words.len() == 1 && words.all(|word| lexicon::is_off_topic_noun(word))
    };
    let is_none = |span: &Span| matches!(span.part, Part::Filler | Part::Unknown | Part::Conditions(_)) || is_other(span);
    reading.spans.iter().any(is_other) && reading.spans.iter().all(is_none)
}

/// The verb of an order to change or remove something, if the question is one.
fn forbidden_verb(question: &str) -> Option<String> {
    let words = crate::domain::reference::words(question);
    let is_polite = |word: &str| {
        matches!(
            word,
            "please"
                | "can"
                | "could"
                | "would"
                | "will"
                | "you"
                | "now"
                | "then"
                | "and"
                | "just"
                | "kindly"
                | "i"
                | "want"
                | "to"
                | "d"
                | "like"
                | "need"
                | "let"
                | "s"
                | "us"
                | "me"
                | "also"
                | "go"
                | "ahead"
                | "hey"
                | "ok"
                | "should"
                | "how"
                | "do"
                | "we"
                | "help"
                | "all"
                | "immediately"
        )
    };
    let first = words.iter().find(|word| !is_polite(word))?;
    let ordered = words.windows(2).any(|pair| {
        matches!(pair, [before, verb] if matches!(before.as_str(), "and" | "then" | "please" | "to" | "you" | "instructions") && is_destructive(verb))
    });
    let at = question.to_lowercase().find(first.as_str()).map_or(0, |at| at + first.len());
    let after = question.get(at..).unwrap_or_default();
    let is_name = after.starts_with(['/', '_', '-', '=', '.']);
    // `train loss of run 3`, `train & val loss`: a noun, not an order.
    let next = words.iter().skip_while(|word| *word != first).nth(1).map_or("", String::as_str);
    let is_noun = first == "train"
        && !matches!(next, "" | "a" | "an" | "the" | "me" | "my" | "another" | "new" | "it" | "this" | "that" | "again" | "run" | "model");
    let sets_up = first == "set" && (after.starts_with(" up") || is_side_by_side(after));
    let starts_run = first == "start" && words.iter().take(6).any(|word| matches!(word.as_str(), "run" | "training" | "job"));
    if starts_run && !words.iter().any(|word| matches!(word.as_str(), "experiment" | "project")) {
        return Some("start".to_owned());
    }
    // `make run 3 the production model`
    let makes_into = first == "make"
        && words
            .iter()
            .any(|word| matches!(word.as_str(), "production" | "default" | "champion" | "baseline" | "candidate" | "public" | "private"))
        && !words.iter().any(|word| matches!(word.as_str(), "experiment" | "project" | "plot" | "chart" | "table"));
    if makes_into {
        return Some("change".to_owned());
    }
    let gets_rid = first == "get" && after.starts_with(" rid of");
    if gets_rid {
        return Some("get rid of".to_owned());
    }
    if lexicon::is_forbidden(first) && !(is_name || is_noun || sets_up) {
        return Some(first.clone());
    }
    if ordered {
        return words.iter().find(|word| is_destructive(word)).cloned();
    }
    None
}

/// `set run 3 and run 5 next to each other`: compares, and changes nothing.
fn is_side_by_side(text: &str) -> bool {
    ["next to", "side by side", "beside", "against"].iter().any(|phrase| text.contains(phrase))
}

/// The verbs that lose something: refused wherever they are ordered, not only at the head.
fn is_destructive(word: &str) -> bool {
    matches!(word, "delete" | "remove" | "erase" | "wipe" | "purge" | "truncate" | "destroy" | "overwrite" | "rename" | "kill" | "rm")
}

/// The reading as the arguments of a call see it.
type Arguments = Map<String, Value>;

/// Puts an argument where there is something to put.
fn put(arguments: &mut Arguments, name: &str, value: impl Into<Value>) {
    arguments.insert(name.to_owned(), value.into());
}

/// The experiment that the question names, or the unknown name where it says one.
fn put_experiment(arguments: &mut Arguments, reading: &Reading) {
    if let Some(name) = reading.experiment() {
        put(arguments, "experiment", name);
    } else if let Some(name) = fill::unknown_experiment(reading) {
        put(arguments, "experiment", name);
    }
}
