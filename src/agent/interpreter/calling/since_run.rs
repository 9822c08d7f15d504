//! Runs by when other runs started: `runs after run-017`, `the run before run 3`, `runs between run 3 and run 7`. The runs are looked up, and a
//! condition on when runs started, or the neighbour itself, stands in the question for them.

use serde_json::Value;

use crate::agent::interpreter::lexicon::has;
use crate::agent::interpreter::reading::{Part, Reading, Span};
use crate::agent::interpreter::{Arguments, put, put_experiment};
use crate::domain::filter::{Attribute, Clause, Comparison, Field, Filter, Test};
use crate::tools::view::plain;
use crate::tools::{Context, ToolError};

/// What is asked for beside the runs that are named, by the places of their parts.
#[derive(Debug, Clone, PartialEq)]
enum Asked {
    /// All on one side of a run.
    Side(usize, Comparison),
    /// The next on one side of a run.
    Neighbour(usize, Comparison),
    /// All from one run to another.
    Between(usize, usize),
}

/// Puts what is asked for in the place of the runs that are named, and tells their experiment.
pub(in crate::agent::interpreter) async fn resolve(reading: &mut Reading, context: &Context) -> Result<Option<String>, ToolError> {
    let Some(asked) = set_against(reading) else { return Ok(None) };
    let (first, second) = match &asked {
        Asked::Side(at, _) | Asked::Neighbour(at, _) => (*at, None),
        Asked::Between(from, to) => (*from, Some(*to)),
    };
    // A run that is not there is told by the tool that the question comes to.
    let Some((one, experiment)) = started(reading, first, context).await else { return Ok(None) };
    let part = match asked {
        Asked::Side(_, comparison) => Part::Conditions(vec![at_start(comparison, one)]),
        Asked::Neighbour(_, comparison) => match neighbour(&experiment, comparison, one, context).await? {
            Some(run) => Part::Run(run),
            None => {
                let side = if comparison == Comparison::Gt { "after" } else { "before" };
                return Err(ToolError::Nothing(format!("no run of `{}` started {side} that one", plain(&experiment))));
            }
        },
        Asked::Between(_, to) => {
            let Some((other, _)) = started(reading, to, context).await else { return Ok(None) };
            Part::Conditions(vec![at_start(Comparison::Ge, one.min(other)), at_start(Comparison::Le, one.max(other))])
        }
    };
    if let Some(span) = reading.spans.get_mut(first) {
        span.part = part;
    }
    if let Some(span) = second.and_then(|at| reading.spans.get_mut(at)) {
        span.part = Part::Filler;
    }
    for span in reading.spans.iter_mut().filter(|_| second.is_some()) {
        if span.part == Part::Meaning("compare") {
            span.part = Part::Filler;
        }
    }
    Ok(Some(experiment))
}

/// When a run that is named began, in milliseconds since 1970, and its experiment.
async fn started(reading: &Reading, index: usize, context: &Context) -> Option<(i64, String)> {
    let Part::Run(run) = &reading.spans.get(index)?.part else { return None };
    let mut arguments = Arguments::new();
    put_experiment(&mut arguments, reading);
    put(&mut arguments, "run", run.clone());
    let told = crate::tools::named("get_run")?.call(Value::Object(arguments), context).await.ok()?;
    let at = told.result.pointer("/run/created_at").and_then(Value::as_str)?;
    Some((at.parse::<jiff::Timestamp>().ok()?.as_millisecond(), told.resolved.experiment?.name))
}

/// The id of the next run on one side of a time.
async fn neighbour(experiment: &str, comparison: Comparison, time: i64, context: &Context) -> Result<Option<String>, ToolError> {
    let Some(list_runs) = crate::tools::named("list_runs") else { return Ok(None) };
    let mut listing = Arguments::new();
    put(&mut listing, "experiment", experiment);
    put(&mut listing, "filter", Filter { clauses: vec![at_start(comparison, time)] }.to_string());
    put(&mut listing, "sort_by", "start_time");
    put(&mut listing, "order", if comparison == Comparison::Gt { "asc" } else { "desc" });
    put(&mut listing, "limit", 1);
    let found = list_runs.call(Value::Object(listing), context).await?.resolved.runs;
    Ok(found.into_iter().next().map(|run| run.run_id))
}

fn at_start(comparison: Comparison, time: i64) -> Clause {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this age are far below 2^53")]
    let test = Test::Number(comparison, time as f64);
    Clause { field: Field::Attribute(Attribute::StartTime), test }
}

/// What is asked for beside one run or two.
fn set_against(reading: &Reading) -> Option<Asked> {
    const SEVERAL: &str = "runs all everything ones those trials many what anything jobs";
    let is_run = |span: &Span| matches!(span.part, Part::Run(_));
    let runs: Vec<(usize, &Span)> = reading.spans.iter().enumerate().filter(|(_, span)| is_run(span)).collect();
    let names_else =
        reading.parts().any(|part| matches!(part, Part::Runs(_) | Part::End(..) | Part::Anaphor(_) | Part::Meaning("plot" | "artifact")));
    let (index, span) = *runs.first().filter(|_| !names_else)?;
    let ahead: Vec<&str> = reading.words.get(..span.words.start)?.iter().map(String::as_str).collect();
    let of_several = ahead.iter().any(|word| has(SEVERAL, word));
    if let [_, (other, second)] = runs.as_slice() {
        let link = reading.words.get(span.words.end..second.words.start)?;
        let joins = matches!(link, [and] if and == "and" || and == "to");
        // `what changed between run 3 and run 7` compares them.
        let is_noun = |word: &str| has("runs everything anything ones trials jobs", word);
        let lies_between = match ahead.as_slice() {
            [.., noun, "between"] if is_noun(noun) => true,
            [.., noun, verb, "between"] => is_noun(noun) && has("started made launched ran done that were", verb),
            _ => false,
        };
        return (joins && lies_between && reading.metrics().is_empty()).then_some(Asked::Between(index, *other));
    }
    if runs.len() != 1 {
        return None;
    }
    let comparison = match ahead.as_slice() {
        [.., "after" | "since" | "following"] | [.., "later" | "newer" | "younger", "than"] => Comparison::Gt,
        [.., "before" | "preceding"] | [.., "earlier" | "older", "than"] => Comparison::Lt,
        _ => return None,
    };
    // `the run before run 3` is one run.
    if matches!(ahead.as_slice(), [.., "run" | "one" | "trial", "after" | "before" | "following" | "preceding"]) {
        return (!reading.means("compare")).then_some(Asked::Neighbour(index, comparison));
    }
    (of_several && !reading.means("compare") && reading.metrics().is_empty()).then_some(Asked::Side(index, comparison))
}

#[cfg(test)]
mod tests {
    use crate::agent::interpreter::calling::since_run::*;

    #[test]
    fn runs_are_set_before_and_behind_another() {
        let check = |text: &str, expected: Option<Asked>| {
            let words = crate::domain::reference::words(text);
            let named = words.iter().enumerate().filter(|(_, word)| *word == "fog");
            let spans: Vec<Span> =
                named.map(|(at, _)| Span { part: Part::Run("fog".to_owned()), words: at..at + 1, bytes: 0..0 }).collect();
            let reading = Reading { text: text.to_owned(), words, spans, places: Vec::new() };
            assert_eq!(set_against(&reading), expected, "{text}");
        };
        check("runs after fog", Some(Asked::Side(0, Comparison::Gt)));
        check("what was started before fog", Some(Asked::Side(0, Comparison::Lt)));
        check("which runs are newer than fog", Some(Asked::Side(0, Comparison::Gt)));
        check("the run before fog", Some(Asked::Neighbour(0, Comparison::Lt)));
        check("runs between fog and fog", Some(Asked::Between(0, 1)));
        check("the difference between fog and fog", None);
        check("what changed between fog and fog", None);
        check("all runs of fog", None);
    }
}
