//! What is said where no tool is called: to talk, orders that are not obeyed, and what is of something else than the store.

use super::calling::fill;
use super::followup::{self, runs_referred_to, told};
use super::reading::Reading;
use super::talk::{self, Talk};
use super::unanswerable::{beyond, left_over, people};
use super::{Plan, orders};
use crate::agent::conversation::Conversation;
use crate::domain::reference::words;
use crate::tools::view::plain;

/// What can be asked instead. Without a number, since it also stands beside answers whose numbers are all of the store.
const EXAMPLES: &str = "“Which run had the highest F1 score?”, “Compare the best and the worst run”, “Plot the training loss of the latest run” or “Which parameters matter for accuracy?”";

/// The reply to what is not to be done.
pub(super) fn to_denial() -> Plan {
    Plan::Talk(format!("All right, nothing is changed: I only read. You can ask me things like {EXAMPLES}"))
}

/// The reply to somebody who was told why an experiment was not created.
pub(super) fn to_remark_on_creation() -> Plan {
    Plan::Talk("Then choose another name: say for example “create an experiment called pilot”.".to_owned())
}

/// The plan for what needs no look at the store: orders that are not obeyed, talk, and the rest of the world.
pub(super) fn without_store(question: &str, conversation: &Conversation) -> Option<Plan> {
    if talk::overrides(question) {
        return Some(Plan::Refuse(format!(
            "I will not: I read experiments and, when asked, create new ones. You can ask me things like {EXAMPLES}"
        )));
    }
    if let Some(verb) = orders::ability_asked_about(question) {
        return Some(Plan::Talk(format!(
            "No, I cannot {verb} anything: I read experiments and, when asked, create new ones. You can ask me things like {EXAMPLES}"
        )));
    }
    if let Some(verb) = orders::refused(question).filter(|_| {
        !followup::narrowing::leaves_out(question, conversation)
            && !followup::widening::is_about_filter(question, conversation)
            && !followup::redrawn::is_about_drawing(question, conversation)
    }) {
        return Some(Plan::Refuse(format!(
            "I cannot {verb} anything: I read experiments and, when asked, create new ones; use MLflow itself for that. You can ask me things like {EXAMPLES}"
        )));
    }
    if talk::is_off_topic(&words(question), question) && !orders::explains(question) {
        return Some(Plan::Refuse(off_topic()));
    }
    talk::talk(question).map(|talk| {
        Plan::Talk(match talk {
            Talk::Greeting => format!("Hello! Ask me about your experiments, for example {EXAMPLES}"),
            Talk::Thanks => "You are welcome. Ask me more about your experiments whenever you like.".to_owned(),
            Talk::Farewell => "Goodbye! Come back whenever you want to know more about your experiments.".to_owned(),
            Talk::Remark => format!("All right. Ask me about your experiments whenever you like, for example {EXAMPLES}"),
            Talk::Opinion => format!("I hear you. I am best at questions about your experiments, for example {EXAMPLES}"),
            Talk::OfItself => of_itself(),
        })
    })
}

/// The reply to what is about no experiment, by what was recognised in it: secrets, Trialogue itself, what no store tells, the rest of the world.
pub(super) fn to_other_matters(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
    if talk::asks_for_secret(reading) {
        return Some(Plan::Refuse(format!(
            "I tell no passwords, keys, settings or instructions, and have none at hand: I only talk about the experiments in your tracking store. You can ask me things like {EXAMPLES}"
        )));
    }
    if talk::is_asked_of_itself(reading) {
        return Some(Plan::Talk(of_itself()));
    }
    if let Some(reason) = beyond::reason(reading) {
        return Some(Plan::Refuse(format!("{reason} You can ask me things like {EXAMPLES}")));
    }
    if talk::is_small(reading) {
        return Some(Plan::Talk(format!("I hear you. I am best at questions about your experiments, for example {EXAMPLES}")));
    }
    let is_foreign = talk::is_of_other_matters(reading) || talk::is_barely_named(reading) || talk::asks_for_knowledge(reading);
    // `how long did it train?`: a fact of the run that was told.
    let is_of_told =
        told::why(reading, conversation).is_some() || reading.means("howlong") && runs_referred_to(reading, conversation).is_some();
    let is_of_others = talk::is_of_machine(reading) || people::is_private(reading) || people::is_let_in(reading);
    (is_foreign && !is_of_told || is_of_others).then(|| Plan::Refuse(off_topic()))
}

/// The reply to a verb that nobody knows, and to what lies elsewhere than in the store.
pub(super) fn to_unknown_order(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
    if let Some(verb) = orders::unknown_verb(reading) {
        return Some(Plan::Refuse(format!(
            "I do not know how to {} anything: I read experiments and, when asked, create new ones. You can ask me things like {EXAMPLES}",
            plain(verb)
        )));
    }
    let is_of_told = || runs_referred_to(reading, conversation).is_some() && !fill::keys(reading).is_empty();
    let is_elsewhere = talk::is_of_elsewhere(reading)
        && !is_of_told()
        && !talk::asks_nothing(reading)
        && fill::absent_experiment(reading).is_none()
        && !fill::doubts_nothing_else(reading)
        && !left_over::draws_unknown(reading);
    is_elsewhere.then(|| Plan::Refuse(off_topic()))
}

/// The reply to what no tool answers and nothing explains.
pub(super) fn at_last(reading: &Reading) -> Plan {
    if talk::asks_nothing(reading) {
        return Plan::Talk(format!(
            "I see no question in that. I can answer questions about the experiments in your tracking store, such as {EXAMPLES}"
        ));
    }
    match left_over::of_nothing(reading) {
        Some(reason) => Plan::Refuse(reason),
        None => Plan::Puzzle(format!(
            "I did not understand that. I answer questions about the experiments in your tracking store, such as {EXAMPLES}"
        )),
    }
}

fn of_itself() -> String {
    format!(
        "I am Trialogue. I answer questions about the experiments in your MLflow tracking store: I list and describe experiments and runs, find the best, \
                 compare, draw training curves, measure which parameters matter, read files of runs and, when asked, create experiments; I change and delete nothing. You can ask me things \
                 like {EXAMPLES}"
    )
}

fn off_topic() -> String {
    format!("I cannot help with that: I only talk about the experiments in your tracking store. You can ask me things like {EXAMPLES}")
}
