//! The step of training that a question speaks of: `at step 2`, `after 3 epochs`.

use crate::agent::interpreter::reading::{Part, Reading};

/// What training is counted in.
const COUNTED: [&str; 8] = ["step", "steps", "epoch", "epochs", "iteration", "iterations", "round", "rounds"];

/// The step at which values are asked for.
pub(in crate::agent::interpreter) fn step(reading: &Reading) -> Option<i64> {
    let word = |index: usize| reading.words.get(index).map_or("", String::as_str);
    let number = |index: usize| word(index).parse::<i64>().ok();
    let found = (1..reading.words.len()).find_map(|index| {
        let leads = |place: Option<usize>| {
            place.is_some_and(|place| matches!(word(place), "at" | "in" | "on" | "by" | "after" | "for" | "of" | "until" | "step"))
        };
        let is_led = leads(index.checked_sub(1))
            || index.checked_sub(2).is_some_and(|place| leads(Some(place)) && matches!(word(index - 1), "the" | "training"));
        // `run 3 and run 5, loss, step 2`
        let is_last = number(index + 1).is_some() && index + 2 == reading.words.len() && !reading.says("to") && !reading.says("from");
        if COUNTED.contains(&word(index)) && (is_led || is_last) {
            return number(index + 1).or_else(|| if matches!(word(index + 1), "number" | "no") { number(index + 2) } else { None });
        }
        // `after 3 epochs`
        let counted = number(index).filter(|_| COUNTED.contains(&word(index + 1)));
        counted.filter(|_| matches!(word(index - 1), "at" | "after" | "by"))
    })?;
    // Words have no sign: `at step -4`.
    #[expect(clippy::cast_precision_loss, reason = "compared with a number that was read from the same digits")]
    let is_negative = reading.parts().any(|part| matches!(part, Part::Number(number) if *number == -(found as f64) && *number < 0.0));
    Some(if is_negative { -found } else { found })
}
