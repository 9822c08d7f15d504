//! Facts of each of the runs that were told: "who started them?", "when did each of the two begin?", "whose runs are those two?".

use super::followup::{put_focus, runs_referred_to};
use super::reading::{Anaphor, Part, Reading};
use super::{Arguments, Plan, fill, put};
use crate::agent::conversation::Conversation;

/// How many runs are told one by one. Of more, the list tells what it can.
const AT_MOST: usize = 6;

/// The plan for a question about facts of several runs that no comparison shows; absent for any other.
pub(super) fn plan(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
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
    let asks_which = reading.words.iter().take(2).any(|word| word == "which") && (reading.says("of") || reading.says("one"));
    if !points || names_else || asks_which || reading.words.len() > 10 {
        return None;
    }
    let keys = keys(reading);
    let runs = runs_referred_to(reading, conversation).filter(|runs| (2..=AT_MOST).contains(&runs.len()) && !keys.is_empty())?;
    let about = |run: String| {
        let mut arguments = Arguments::new();
        put_focus(&mut arguments, conversation);
        put(&mut arguments, "run", run);
        put(&mut arguments, "keys", keys.clone());
        arguments
    };
    Some(Plan::Each { tool: "get_run", all: runs.into_iter().map(about).collect() })
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
