//! People who were told of, as pronouns name them: "list all his runs", "what else did she run?", "which runs are hers?", "the best run of
//! the same person".

use serde_json::Value;

use super::put_focus;
use crate::agent::conversation::Conversation;
use crate::agent::interpreter::calling::fill;
use crate::agent::interpreter::reading::{Anaphor, Part, Reading};
use crate::agent::interpreter::{Arguments, Plan, put};
use crate::domain::filter::{Attribute, Clause, Field, Filter, Test, TextMatch};

/// Pronouns that name nothing but a person.
const PRONOUNS: [&str; 6] = ["he", "she", "his", "her", "hers", "him"];

/// Pronouns that name a person as well as runs.
const OPEN_PRONOUNS: [&str; 5] = ["they", "them", "their", "theirs", "themselves"];

/// Nouns for somebody who starts runs.
const NOUNS: [&str; 11] = ["person", "user", "guy", "colleague", "author", "owner", "woman", "man", "starter", "teammate", "engineer"];

/// Words for more runs than the one that was told.
const MORE: [&str; 12] =
    ["runs", "trials", "models", "jobs", "else", "other", "others", "everything", "anything", "all", "latest", "newest"];

/// The longest question that is about nothing but somebody's runs, in words.
const LONGEST: usize = 14;

/// Takes a pronoun for a condition on who started a run, where more is asked for than the run that was told.
pub(in crate::agent::interpreter) fn see(reading: &mut Reading, conversation: &Conversation) {
    let names_person = reading.parts().any(|part| matches!(part, Part::Conditions(clauses) if clauses.iter().any(is_of_person)));
    if names_person || !asks_for_more(reading) {
        return;
    }
    let Some(user) = person(conversation) else { return };
    let clause = Clause { field: Field::Attribute(Attribute::UserId), test: Test::Text(TextMatch::Eq, user) };
    let mut is_taken = false;
    for index in 0..reading.spans.len() {
        let Some(place) = reading.spans.get(index).map(|span| span.words.start) else { continue };
        if !names_somebody(reading, place, conversation) {
            continue;
        }
        if let Some(span) = reading.spans.get_mut(index) {
            span.part = if is_taken { Part::Filler } else { Part::Conditions(vec![clause.clone()]) };
            is_taken = true;
        }
    }
}

/// The list of somebody's runs, where nothing else is asked.
pub(in crate::agent::interpreter) fn plan(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
    conversation.last_call.as_ref()?;
    let points = (0..reading.words.len()).any(|place| names_somebody(reading, place, conversation));
    let clauses = reading.clauses();
    let is_plain = |part: &Part| {
        matches!(
            part,
            Part::Filler
                | Part::Unknown
                | Part::Conditions(_)
                | Part::Experiment(_)
                | Part::Anaphor(_)
                | Part::Meaning("run" | "show" | "howmany" | "user" | "details" | "experiment" | "experiments" | "start" | "create")
        )
    };
    if !points || !clauses.iter().any(is_of_person) || !reading.parts().all(is_plain) || reading.words.len() > LONGEST {
        return None;
    }
    let mut arguments = Arguments::new();
    match reading.experiment() {
        Some(name) => put(&mut arguments, "experiment", name),
        None => put_focus(&mut arguments, conversation),
    }
    put(&mut arguments, "filter", fill::filter_text(&clauses));
    Some(Plan::call("list_runs", arguments))
}

/// Whether a word stands for somebody: `he`, `the same person`; `they`, where it was just told who started a run.
fn names_somebody(reading: &Reading, place: usize, conversation: &Conversation) -> bool {
    let word = |place: Option<usize>| place.and_then(|place| reading.words.get(place)).map_or("", String::as_str);
    let (said, before) = (word(Some(place)), word(place.checked_sub(1)));
    let is_noun = NOUNS.contains(&said) && matches!(before, "that" | "this" | "same");
    // `her best run` may be a name of nothing else; `does her run …` is the one that was told.
    PRONOUNS.contains(&said) || is_noun || OPEN_PRONOUNS.contains(&said) && was_asked_who(conversation) && is_open(reading)
}

/// `which other runs are theirs?`: of runs that were not told yet.
fn is_open(reading: &Reading) -> bool {
    ["else", "other", "others", "runs", "theirs"].iter().any(|word| reading.says(word))
        && !reading.words.windows(2).any(|pair| matches!(pair, [of, them] if of == "of" && them == "them"))
}

/// Whether more runs are asked for, or one by its place among them.
fn asks_for_more(reading: &Reading) -> bool {
    let names_run = reading.parts().any(|part| matches!(part, Part::Run(_)));
    let is_ranked = reading.parts().any(|part| matches!(part, Part::End(..) | Part::Runs(_))) || reading.means("howmany");
    !names_run && (is_ranked || MORE.iter().any(|word| reading.says(word)))
}

/// Who was told of last: who started the run that was told, or whose runs were listed.
fn person(conversation: &Conversation) -> Option<String> {
    let (tool, last) = conversation.last_call.as_ref()?;
    let listed = || {
        let filter = Filter::parse(last.get("filter").and_then(Value::as_str)?).ok()?;
        filter.clauses.into_iter().find(is_of_person).and_then(|clause| match clause.test {
            Test::Text(TextMatch::Eq, name) => Some(name),
            _ => None,
        })
    };
    let told = || {
        let (_, result) = conversation.evidence.iter().rev().find(|(known, _)| matches!(*known, "get_run" | "best_run"))?;
        let user = result.pointer("/run/user").or_else(|| result.pointer("/best/user"))?;
        user.as_str().map(str::to_owned)
    };
    if *tool == "list_runs" { listed().or_else(told) } else { told() }
}

/// Whether the last answer told who started a run.
fn was_asked_who(conversation: &Conversation) -> bool {
    let Some((tool, last)) = conversation.last_call.as_ref() else { return false };
    let of_user = last.get("keys").and_then(Value::as_array).is_some_and(|keys| keys.iter().any(|key| key == "user"));
    *tool == "get_run" && (of_user || !last.contains_key("keys"))
}

fn is_of_person(clause: &Clause) -> bool {
    clause.field == Field::Attribute(Attribute::UserId)
}

/// Takes `they` and the like for the one run that was told, where a fact of it is asked: `which base did they use?`, `what is its dropout
/// there?`, `and the run's precision?`, `who owns the one that is left?`.
pub(super) fn see_told_run(reading: &mut Reading, conversation: &Conversation) {
    let Some((tool, _)) = conversation.last_call.as_ref() else { return };
    let [_] = conversation.runs.as_slice() else { return };
    let is_told = matches!(*tool, "get_run" | "best_run" | "read_artifact" | "list_artifacts" | "metric_history");
    let is_listed = *tool == "list_runs";
    let names_else = reading.experiment().is_some()
        || reading.parts().any(|part| matches!(part, Part::Run(_) | Part::Runs(_) | Part::End(..) | Part::Conditions(_) | Part::Number(_)))
        || ["compare", "impact", "howmany", "experiments", "plot"].iter().any(|meaning| reading.means(meaning));
    if names_else || !(is_told || is_listed) {
        return;
    }
    let asks_fact = !reading.metrics().is_empty()
        || !reading.parameters().is_empty()
        || ["user", "start", "howlong", "status", "tag", "artifact", "parameter", "details"].iter().any(|meaning| reading.means(meaning));
    let is_pointed =
        reading.parts().any(|part| matches!(part, Part::Anaphor(Anaphor::One | Anaphor::Nth(_) | Anaphor::Last | Anaphor::Standing(_))));
    if !asks_fact || is_pointed {
        return;
    }
    let found = (0..reading.spans.len()).find(|index| {
        let Some(span) = reading.spans.get(*index) else { return false };
        stands_for_told(reading, span.words.start, is_told)
    });
    if let Some(span) = found.and_then(|index| reading.spans.get_mut(index)) {
        span.part = Part::Anaphor(Anaphor::One);
    }
}

/// Whether a word stands for the run that was told; after a list of one only what remains of it does.
fn stands_for_told(reading: &Reading, place: usize, is_told: bool) -> bool {
    let word = |place: Option<usize>| place.and_then(|place| reading.words.get(place)).map_or("", String::as_str);
    let (said, next, before) = (word(Some(place)), word(Some(place + 1)), word(place.checked_sub(1)));
    let ends = place + 1 == reading.words.len();
    let remains = matches!(before, "remaining" | "only" | "surviving") && matches!(said, "one" | "run")
        || matches!(before, "the" | "that")
            && matches!(said, "one" | "run")
            && ["left", "remains", "remaining", "survived"].iter().any(|word| reading.says(word));
    // `is there a …` speaks of what exists.
    let is_there = said == "there" && ends && !matches!(before, "is" | "are" | "was");
    let is_definite =
        matches!(before, "the" | "this" | "that") && matches!(said, "run" | "model" | "trial" | "winner" | "job") && next != "with";
    let asks_both = ["both", "all", "each", "two", "three"].iter().any(|word| reading.says(word));
    // `how long did training take?`
    let is_its_training = said == "training" && matches!(next, "take" | "took" | "last" | "run" | "start" | "begin" | "end");
    remains || is_told && !asks_both && (matches!(said, "they" | "he" | "she") || is_there || is_definite || is_its_training)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::agent::interpreter::followup::persons::*;

    #[test]
    fn the_person_is_who_started_the_run_or_whose_runs_were_listed() {
        let mut after = Conversation {
            last_call: Some(("get_run", Arguments::new())),
            evidence: vec![("get_run", json!({"run": {"user": "ben"}}))],
            ..Conversation::default()
        };
        assert_eq!(person(&after).as_deref(), Some("ben"));
        let mut arguments = Arguments::new();
        put(&mut arguments, "filter", "attributes.user_id = 'ana'");
        after.last_call = Some(("list_runs", arguments));
        assert_eq!(person(&after).as_deref(), Some("ana"));
        assert_eq!(person(&Conversation::default()), None);
    }
}
