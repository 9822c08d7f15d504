//! Named runs by when or how long they ran, which no comparison tells: `is run 3 faster than run 5`, `which of the two started first`. Each is
//! asked for the fact.

use std::ops::Range;

use crate::agent::interpreter::lexicon::has;
use crate::agent::interpreter::reading::{Anaphor, Part, Reading};
use crate::agent::interpreter::{Arguments, Plan, put, put_experiment};

/// How many runs are asked one after the other.
const MOST_RUNS: usize = 6;

/// The plan for such a question; absent for any other. `pointed` are runs that the answer before told, and at which a pronoun points.
pub(in crate::agent::interpreter) fn plan(reading: &Reading, pointed: Vec<String>) -> Option<Plan> {
    let mut runs = pointed;
    let points = !runs.is_empty();
    for part in reading.parts() {
        match part {
            Part::Run(run) if !runs.contains(run) => runs.push(run.clone()),
            Part::Anaphor(_) if points => {}
            Part::Run(_) | Part::Filler | Part::Unknown | Part::Experiment(_) | Part::Comparison(_) => {}
            Part::Meaning("compare" | "run" | "howlong" | "start" | "perform") => {}
            // `the fastest`, `first`, `last`: of these runs.
            Part::End(_, None) | Part::Runs(_) | Part::Order(_) | Part::Anaphor(Anaphor::Last | Anaphor::Nth(0)) => {}
            _ => return None,
        }
    }
    let key = key(reading)?;
    // `faster than fog`, which is no run: the tool tells.
    if runs.len() == 1 {
        let behind_than =
            |place: &Range<usize>| place.start.checked_sub(1).and_then(|at| reading.words.get(at)).is_some_and(|word| word == "than");
        let unknown = reading.unknown_places().into_iter().find(behind_than).and_then(|place| reading.said(&place).map(str::to_owned));
        runs.extend(unknown);
    }
    if !(2..=MOST_RUNS).contains(&runs.len()) {
        return None;
    }
    let of = |run: String| {
        let mut arguments = Arguments::new();
        put_experiment(&mut arguments, reading);
        put(&mut arguments, "run", run);
        put(&mut arguments, "keys", vec![key]);
        arguments
    };
    Some(Plan::Each { tool: "get_run", all: runs.into_iter().map(of).collect() })
}

/// The fact that is asked for: how long they took, or when they started.
fn key(reading: &Reading) -> Option<&'static str> {
    const LENGTHS: &str = "faster slower quicker longer shorter fastest slowest quickest longest shortest";
    const STARTS: &str = "earlier later older newer younger oldest newest earliest latest";
    let says = |known: &str| reading.words.iter().any(|word| has(known, word));
    if says(LENGTHS) || reading.means("howlong") {
        return Some("duration");
    }
    (says(STARTS) || says("started start began ran") && says("first last before after")).then_some("start")
}
