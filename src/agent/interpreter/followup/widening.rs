//! The last list with fewer conditions: "all of them again", "everybody's", "whatever the status", "without the filter".

use crate::agent::conversation::Conversation;
use crate::agent::interpreter::calling::fill;
use crate::agent::interpreter::lexicon::has;
use crate::agent::interpreter::reading::{Part, Reading};
use crate::agent::interpreter::{Arguments, Plan, put};
use crate::domain::filter::{Attribute, Clause, Field, Filter, Test, TextMatch};
use crate::domain::run::RunStatus;

/// The longest such question, in words.
const LONGEST: usize = 12;

/// Words for whoever started a run.
const ANYBODY: [&str; 10] = ["everybody", "everyone", "anybody", "anyone", "whoever", "whose", "who", "people", "users", "person"];

/// Words for what a list is of.
const CONDITIONS: [&str; 8] = ["filter", "filters", "condition", "conditions", "restriction", "restrictions", "constraint", "constraints"];

/// The last list with what is taken back of its conditions; absent where nothing is.
pub(in crate::agent::interpreter) fn plan(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
    let (tool, last) = conversation.last_call.as_ref()?;
    let names_else = reading.parts().any(|part| {
        matches!(part, Part::Run(_) | Part::Runs(_) | Part::End(..) | Part::Order(_) | Part::Value(..) | Part::Number(_))
            || matches!(part, Part::Meaning("plot" | "compare" | "experiments" | "describe" | "parameter" | "metric"))
    });
    if *tool != "list_runs" || !(last.contains_key("filter") || last.contains_key("limit")) || names_else || reading.words.len() > LONGEST {
        return None;
    }
    let filter = Filter::parse(last.get("filter").and_then(serde_json::Value::as_str).unwrap_or_default()).ok();
    let before = filter.map(|filter| filter.clauses).unwrap_or_default();
    if let Some(filter) = beside(reading, &before) {
        let mut arguments = without(&["filter"], last);
        if !filter.is_empty() {
            put(&mut arguments, "filter", fill::filter_text(&filter));
        }
        return Some(Plan::call(tool, arguments));
    }
    if lifts(reading, &["limit"]) && !lifts(reading, &CONDITIONS) {
        return last.contains_key("limit").then(|| Plan::call(tool, without(&["limit"], last)));
    }
    if asks_for_all(reading) && last.contains_key("limit") {
        return Some(Plan::call(tool, without(&["limit"], last)));
    }
    // `all adam runs, whatever their status`: what is said again of the conditions stays.
    let said = reading.clauses();
    if said.iter().any(|clause| !before.contains(clause)) {
        return None;
    }
    let taken = taken_back(reading)?;
    // `all of them again`: however many there are. The others take back nothing but conditions, where there are some.
    let removed: &[&str] = if matches!(taken, Taken::All) || before.is_empty() { &["filter", "limit"] } else { &["filter"] };
    let kept: Vec<Clause> = match taken {
        Taken::All => said,
        Taken::Of(is_of_it) => before.iter().filter(|clause| !is_of_it(clause)).cloned().collect(),
        Taken::Keys(names) => before.iter().filter(|clause| !is_of_key(clause, &names)).cloned().collect(),
    };
    if kept.len() == before.len() && !removed.iter().any(|name| *name == "limit" && last.contains_key(*name)) {
        return None;
    }
    let mut arguments = without(removed, last);
    if let Some(name) = reading.experiment() {
        put(&mut arguments, "experiment", name);
    }
    if !kept.is_empty() {
        put(&mut arguments, "filter", fill::filter_text(&kept));
    }
    Some(Plan::call(tool, arguments))
}

/// `all of them`, `show them all`, and nothing else.
fn asks_for_all(reading: &Reading) -> bool {
    const ABOUT: &str = "all of them the show list me give please and now runs ones see";
    reading.says("all") && reading.words.iter().all(|word| has(ABOUT, word))
}

/// `the failed ones too`, `also unfinished ones`: the conditions with one status more; none at all on the status where all are wanted then.
fn beside(reading: &Reading, before: &[Clause]) -> Option<Vec<Clause>> {
    let adds = ["too", "also", "well", "add", "include", "plus", "additionally", "including"].iter().any(|word| reading.says(word));
    let said = reading.clauses();
    let status_of = |clauses: &[Clause]| match clauses {
        [Clause { field: Field::Attribute(Attribute::Status), test: Test::Text(sign @ (TextMatch::Eq | TextMatch::Ne), name) }] => {
            Some((*sign, name.clone()))
        }
        _ => None,
    };
    let old: Vec<Clause> = before.iter().filter(|clause| is_of_status(clause)).cloned().collect();
    let ((old_sign, old_name), (sign, name)) = (status_of(&old)?, status_of(&said)?);
    if !adds || old_sign != TextMatch::Eq || sign == TextMatch::Eq && name == old_name {
        return None;
    }
    let mut kept: Vec<Clause> = before.iter().filter(|clause| !is_of_status(clause)).cloned().collect();
    // `the unfinished ones too`: whatever is not finished.
    let is_rest = sign == TextMatch::Ne || ["unfinished", "unsuccessful", "incomplete"].iter().any(|word| reading.says(word));
    if !is_rest {
        let others = RunStatus::ALL.into_iter().map(RunStatus::mlflow_name).filter(|known| *known != old_name && *known != name);
        kept.extend(
            others.map(|name| Clause { field: Field::Attribute(Attribute::Status), test: Test::Text(TextMatch::Ne, name.to_owned()) }),
        );
    }
    Some(kept)
}

/// Which conditions are taken back.
enum Taken {
    /// All of them.
    All,
    /// Those of one kind.
    Of(fn(&Clause) -> bool),
    /// Those on these metrics or parameters.
    Keys(Vec<String>),
}

fn taken_back(reading: &Reading) -> Option<Taken> {
    // `and in total?`
    if reading.words.len() <= 3 && ["total", "overall", "altogether"].iter().any(|word| reading.says(word)) {
        return Some(Taken::All);
    }
    let keys: Vec<String> = reading.metrics().into_iter().chain(reading.parameters()).collect();
    if lifts(reading, &CONDITIONS) && !keys.is_empty() {
        return Some(Taken::Keys(keys));
    }
    if !reading.metrics().is_empty() || reading.means("howmany") {
        return None;
    }
    let says = |words: &[&str]| words.iter().any(|word| reading.says(word));
    let pair = |one: &str, other: &str| reading.words.windows(2).any(|pair| matches!(pair, [left, right] if left == one && right == other));
    if reading.means("impact") && !pair("no", "matter") {
        return None;
    }
    let whatever =
        says(&["regardless", "whatever", "whichever", "irrespective", "independent"]) || pair("no", "matter") || pair("of", "any");
    if whatever && says(&["status", "state", "failed", "finished", "outcome"]) {
        return Some(Taken::Of(is_of_status));
    }
    if whatever && !reading.parameters().is_empty() {
        return Some(Taken::Keys(reading.parameters()));
    }
    if !reading.parameters().is_empty() {
        return None;
    }
    let of_anybody = says(&["everybody", "everyone", "anybody", "anyone"]) || whatever && says(&ANYBODY);
    let goes_back = says(&["again", "back", "full", "complete", "unfiltered", "entire", "whole"]);
    let of_all = says(&["all", "every", "everything", "full", "complete", "unfiltered", "entire", "whole"]);
    if of_all && goes_back {
        return Some(Taken::All);
    }
    if lifts(reading, &CONDITIONS) {
        return Some(Taken::Of(|_| true));
    }
    of_anybody.then_some(Taken::Of(is_of_user))
}

/// `without the filter`, `forget the accuracy condition`; `without the limit`
fn lifts(reading: &Reading, nouns: &[&str]) -> bool {
    let says = |words: &[&str]| words.iter().any(|word| reading.says(word));
    says(&["without", "remove", "drop", "undo", "clear", "reset", "lift", "forget", "no", "skip", "lose"]) && says(nouns)
}

fn is_of_status(clause: &Clause) -> bool {
    clause.field == Field::Attribute(Attribute::Status)
}

fn is_of_user(clause: &Clause) -> bool {
    clause.field == Field::Attribute(Attribute::UserId)
}

fn is_of_key(clause: &Clause, names: &[String]) -> bool {
    let (Field::Param(key) | Field::Metric(key)) = &clause.field else { return false };
    let known = crate::domain::reference::Name::new(key);
    names.iter().any(|name| known.likeness(&crate::domain::reference::Name::new(name)).is_some())
}

fn without(removed: &[&str], last: &Arguments) -> Arguments {
    let mut arguments = last.clone();
    arguments.retain(|name, _| name != "page_token" && !removed.contains(&name.as_str()));
    arguments
}

/// `drop the filter`, `remove that condition`, after a list: more of it is wanted, and nothing is to be deleted.
pub(in crate::agent::interpreter) fn is_about_filter(question: &str, conversation: &Conversation) -> bool {
    let words = crate::domain::reference::words(question);
    let after_list = conversation.last_call.as_ref().is_some_and(|(tool, last)| *tool == "list_runs" && last.contains_key("filter"));
    let of_filter = words
        .iter()
        .any(|word| matches!(word.as_str(), "filter" | "filters" | "condition" | "conditions" | "restriction" | "restrictions"));
    after_list && of_filter && words.len() <= 7
}
