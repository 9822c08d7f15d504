//! Facts of each of the runs that were told: "who started them?", "when did each of the two begin?", "whose runs are those two?".

use super::{put_focus, runs_referred_to};
use crate::agent::conversation::Conversation;
use crate::agent::interpreter::calling::{fill, in_time};
use crate::agent::interpreter::lexicon::has;
use crate::agent::interpreter::reading::{Anaphor, Part, Reading};
use crate::agent::interpreter::{Arguments, Plan, put};

/// How many runs are told one by one. Of more, the list tells what it can.
const AT_MOST: usize = 6;

/// The plan for a question about facts of several runs that no comparison shows; absent for any other.
pub(in crate::agent::interpreter) fn plan(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
    let last_tool = conversation.last_call.as_ref().map(|(tool, _)| *tool)?;
    let points = reading.parts().any(|part| matches!(part, Part::Anaphor(Anaphor::All)));
    let names_else = reading.experiment().is_some()
        || !reading.metrics().is_empty()
        || !reading.parameters().is_empty()
        || reading.parts().any(|part| {
            matches!(part, Part::Run(_) | Part::Runs(_) | Part::End(..) | Part::Conditions(_) | Part::Value(..) | Part::Number(_))
                || matches!(
                    part,
                    Part::Meaning("plot" | "compare" | "impact" | "howmany" | "experiments" | "create" | "artifact" | "parameter")
                )
        });
    let is_each = reading.says("each") && (2..=AT_MOST).contains(&conversation.runs.len());
    let asks_which = reading.words.iter().take(2).any(|word| word == "which") && (reading.says("of") || reading.says("one"));
    // `who?`, after a tie
    let is_bare = reading.words.len() <= 2 && matches!(last_tool, "best_run" | "compare_runs" | "get_run") && conversation.runs.len() > 1;
    if !(points || is_bare || is_each) || names_else || asks_which || reading.words.len() > 10 {
        return None;
    }
    // `order them by how long they ran`
    let sorts = ["sort", "order", "rank", "sorted", "ordered", "ranked"].iter().any(|word| reading.says(word));
    if sorts {
        return None;
    }
    let keys = keys(reading);
    let told = || conversation.runs.iter().map(|run| run.run_id.clone()).collect::<Vec<String>>();
    let runs = if is_bare || is_each && !points { told() } else { runs_referred_to(reading, conversation)? };
    if keys.is_empty() || runs.len() < 2 {
        return None;
    }
    if runs.len() > AT_MOST {
        return Some(of_too_many(&keys, conversation));
    }
    let about = |run: String| {
        let mut arguments = Arguments::new();
        put_focus(&mut arguments, conversation);
        put(&mut arguments, "run", run);
        put(&mut arguments, "keys", keys.clone());
        arguments
    };
    Some(Plan::Each { tool: "get_run", all: runs.into_iter().map(about).collect() })
}

/// `is it faster than run 3?`, after one run was told.
pub(super) fn beside_told(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
    let points = reading.parts().any(|part| matches!(part, Part::Anaphor(Anaphor::One)));
    let names_one = reading.parts().filter(|part| matches!(part, Part::Run(_))).count() == 1;
    let pointed = runs_referred_to(reading, conversation).filter(|_| points && names_one)?;
    in_time::plan(reading, pointed)
}

/// `show their learning rate`, `with max_depth`, after a list: the parameters of the runs in it, side by side.
pub(super) fn parameters(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
    const LEADS: &str = "show with list give display include including add also and plus tell print";
    const MOST_RUNS: usize = 10;
    let lists = conversation.last_call.as_ref().is_some_and(|(tool, _)| *tool == "list_runs");
    let leads = reading.words.first().is_some_and(|word| has(LEADS, word));
    let is_plain = |part: &Part| {
        matches!(part, Part::Filler | Part::Parameter(_) | Part::Anaphor(Anaphor::All) | Part::Meaning("show" | "parameter" | "run"))
    };
    let sorts = ["by", "sorted", "sort", "order", "ordered", "rank", "ranked"].iter().any(|word| reading.says(word));
    let runs: Vec<String> = conversation.runs.iter().map(|run| run.run_id.clone()).collect();
    let parameters = reading.parameters();
    let is_meant = lists && leads && !sorts && !parameters.is_empty() && (2..=MOST_RUNS).contains(&runs.len());
    if !is_meant || !reading.parts().all(is_plain) {
        return None;
    }
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    put(&mut arguments, "run_ids", runs);
    put(&mut arguments, "parameters", parameters);
    Some(Plan::call("compare_runs", arguments))
}

/// Of many runs the list shows when they started, how long they took and how they ended, but not who started them.
fn of_too_many(keys: &[String], conversation: &Conversation) -> Plan {
    let is_listed = keys.iter().all(|key| matches!(key.as_str(), "start" | "duration" | "status"));
    match &conversation.last_call {
        Some((tool, last)) if is_listed && *tool == "list_runs" => Plan::call(tool, last.clone()),
        Some(_) | None => Plan::Refuse(
            "I tell that of a few runs at a time: ask it of one of them or of the best three, or ask which runs somebody started."
                .to_owned(),
        ),
    }
}

/// The facts that are asked for, which stand in no comparison.
fn keys(reading: &Reading) -> Vec<String> {
    const TOLD_ALONE: [&str; 4] = ["user", "start", "duration", "status"];
    let mut keys = fill::keys(reading);
    keys.retain(|key| TOLD_ALONE.contains(&key.as_str()) || fill::is_remark(key));
    // `who started them` asks for a person, `when were they started` for a time.
    if reading.says("who") || reading.says("whose") {
        keys.retain(|key| key != "start");
        if !keys.iter().any(|key| key == "user") {
            keys.push("user".to_owned());
        }
    }
    keys
}
