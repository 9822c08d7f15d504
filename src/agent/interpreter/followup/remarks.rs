//! What somebody wrote about the run or runs that were told: "what did people write about it?", "any comments?", "was anything noted?".

use super::{put_focus, runs_referred_to};
use crate::agent::conversation::Conversation;
use crate::agent::interpreter::calling::fill;
use crate::agent::interpreter::reading::{Anaphor, Part, Reading};
use crate::agent::interpreter::{Arguments, Plan, put};

/// The longest such question, in words.
const LONGEST: usize = 12;

/// How many runs are told one by one.
const AT_MOST: usize = 6;

/// The notes of the run in question, or of each where several are; absent where nothing of the kind is asked for.
pub(in crate::agent::interpreter) fn plan(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
    let (tool, _) = conversation.last_call.as_ref()?;
    let is_of_runs = matches!(*tool, "get_run" | "best_run" | "compare_runs" | "metric_history" | "list_runs");
    let names_else = reading.experiment().is_some()
        || reading.says("experiments")
        || !reading.metrics().is_empty()
        || !reading.parameters().is_empty()
        || reading.parts().any(|part| {
            matches!(
                part,
                Part::Run(_) | Part::Runs(_) | Part::End(..) | Part::Conditions(_) | Part::Value(..) | Part::File(_) | Part::Number(_)
            ) || matches!(part, Part::Meaning("plot" | "compare" | "impact" | "howmany" | "experiment" | "artifact" | "create"))
        });
    if !is_of_runs || names_else || reading.words.len() > LONGEST || !asks(reading) {
        return None;
    }
    let pointed = runs_referred_to(reading, conversation);
    let several = reading.parts().any(|part| matches!(part, Part::Anaphor(Anaphor::All)));
    let runs: Vec<String> = match (pointed, conversation.runs.as_slice()) {
        (Some(runs), _) if runs.len() == 1 || several => runs,
        (None, [only]) => vec![only.run_id.clone()],
        _ => return None,
    };
    let about = |run: String| {
        let mut arguments = Arguments::new();
        put_focus(&mut arguments, conversation);
        put(&mut arguments, "run", run);
        put(&mut arguments, "keys", vec!["note"]);
        arguments
    };
    let mut all: Vec<Arguments> = runs.into_iter().take(AT_MOST).map(about).collect();
    match (all.pop(), all.is_empty()) {
        (Some(arguments), true) => Some(Plan::call("get_run", arguments)),
        (Some(last), false) => Some(Plan::Each { tool: "get_run", all: all.into_iter().chain([last]).collect() }),
        (None, _) => None,
    }
}

/// Whether notes are asked for, by their name or by what people do with them.
fn asks(reading: &Reading) -> bool {
    const WRITING: [&str; 9] = ["write", "wrote", "written", "noted", "commented", "remarked", "remark", "comment", "jotted"];
    let of_experiment = reading.says("description");
    let writes = reading.words.iter().any(|word| WRITING.contains(&word.as_str()));
    let asks = reading.text.contains('?')
        || reading.words.iter().take(3).any(|word| {
            matches!(
                word.as_str(),
                "what"
                    | "whats"
                    | "any"
                    | "is"
                    | "are"
                    | "was"
                    | "were"
                    | "did"
                    | "does"
                    | "do"
                    | "has"
                    | "have"
                    | "show"
                    | "read"
                    | "tell"
                    | "its"
                    | "the"
                    | "and"
            )
        });
    asks && !of_experiment && (writes || fill::asks_for_remark(reading))
}
