//! Runs by when another run started: `runs after run-017`, `what was started before run 3`. The run is looked up, and stands in the question as
//! a condition on when runs started.

use serde_json::Value;

use crate::agent::interpreter::reading::{Part, Reading};
use crate::agent::interpreter::{Arguments, put, put_experiment};
use crate::domain::filter::{Attribute, Clause, Comparison, Field, Test};
use crate::tools::{Context, ToolError};

/// Puts a condition in the place of a run that others are set before or behind, and tells the experiment of that run.
pub(in crate::agent::interpreter) async fn resolve(reading: &mut Reading, context: &Context) -> Result<Option<String>, ToolError> {
    let Some((index, comparison)) = set_against(reading) else { return Ok(None) };
    let Some(Part::Run(run)) = reading.spans.get(index).map(|span| span.part.clone()) else { return Ok(None) };
    let Some(get_run) = crate::tools::named("get_run") else { return Ok(None) };
    let mut arguments = Arguments::new();
    put_experiment(&mut arguments, reading);
    put(&mut arguments, "run", run);
    // A run that is not there is told by the tool that the question comes to.
    let Ok(told) = get_run.call(Value::Object(arguments), context).await else { return Ok(None) };
    let started = told.result.pointer("/run/created_at").and_then(Value::as_str).and_then(|at| at.parse::<jiff::Timestamp>().ok());
    let Some(started) = started else { return Ok(None) };
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this age are far below 2^53")]
    let test = Test::Number(comparison, started.as_millisecond() as f64);
    let clause = Clause { field: Field::Attribute(Attribute::StartTime), test };
    if let Some(span) = reading.spans.get_mut(index) {
        span.part = Part::Conditions(vec![clause]);
    }
    Ok(told.resolved.experiment.map(|experiment| experiment.name))
}

/// The only run that is named, with the side of its start on which the runs lie that are asked for.
fn set_against(reading: &Reading) -> Option<(usize, Comparison)> {
    let mut runs = reading.spans.iter().enumerate().filter(|(_, span)| matches!(span.part, Part::Run(_)));
    let (index, span) = runs.next().filter(|_| reading.spans.iter().filter(|span| matches!(span.part, Part::Run(_))).count() == 1)?;
    let names_else = !reading.metrics().is_empty()
        || reading.parts().any(|part| matches!(part, Part::Runs(_) | Part::End(..) | Part::Meaning("plot" | "compare" | "artifact")));
    let ahead: Vec<&str> = reading.words.get(..span.words.start)?.iter().map(String::as_str).collect();
    let comparison = match ahead.as_slice() {
        [.., "after" | "since" | "following"] | [.., "later" | "newer" | "younger", "than"] => Comparison::Gt,
        [.., "before" | "preceding"] | [.., "earlier" | "older", "than"] => Comparison::Lt,
        _ => return None,
    };
    // `the run before run 3` is one run.
    let asks_for_several = ahead
        .iter()
        .any(|word| matches!(*word, "runs" | "all" | "everything" | "ones" | "those" | "trials" | "many" | "what" | "anything" | "jobs"));
    (asks_for_several && !names_else).then_some((index, comparison))
}

#[cfg(test)]
mod tests {
    use crate::agent::interpreter::calling::since_run::*;
    use crate::agent::interpreter::reading::Span;

    #[test]
    fn runs_are_set_before_and_behind_another() {
        let check = |text: &str, expected: Option<Comparison>| {
            let words = crate::domain::reference::words(text);
            let last = words.len() - 1;
            let span = Span { part: Part::Run("fog".to_owned()), words: last..last + 1, bytes: 0..0 };
            let reading = Reading { text: text.to_owned(), words, spans: vec![span], places: Vec::new() };
            assert_eq!(set_against(&reading).map(|(_, comparison)| comparison), expected, "{text}");
        };
        check("runs after fog", Some(Comparison::Gt));
        check("what was started before fog", Some(Comparison::Lt));
        check("which runs are newer than fog", Some(Comparison::Gt));
        check("the run before fog", None);
        check("all runs of fog", None);
    }
}
