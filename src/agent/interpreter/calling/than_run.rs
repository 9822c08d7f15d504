//! Runs by the value of another run: `which runs beat run-017`, `runs with a lower loss than run 3`. The value is looked up, and stands in the
//! question as a condition.

use serde_json::Value;

use crate::agent::interpreter::lexicon::{self, End, has};
use crate::agent::interpreter::reading::{Part, Reading, Span};
use crate::agent::interpreter::{Arguments, put, put_experiment};
use crate::domain::filter::{Clause, Comparison, Field, Test};
use crate::tools::view::Extreme;
use crate::tools::{Context, ToolError};

/// What runs are set against, with the side of it on which those lie that are asked for.
#[derive(Debug, Clone, PartialEq)]
enum Measure {
    /// A metric, the experiment's own where none is named.
    Metric(Option<String>, End),
    /// A parameter that is a number.
    Parameter(String, Comparison),
    /// How long they took.
    Duration(Comparison),
}

/// Puts a condition in the place of a run that others are to surpass or stay behind, and tells the experiment of that run.
pub(in crate::agent::interpreter) async fn resolve(reading: &mut Reading, context: &Context) -> Result<Option<String>, ToolError> {
    let Some((index, measure)) = set_against(reading) else { return Ok(None) };
    let Some(Part::Run(run)) = reading.spans.get(index).map(|span| span.part.clone()) else { return Ok(None) };
    let Some(get_run) = crate::tools::named("get_run") else { return Ok(None) };
    let mut arguments = Arguments::new();
    put_experiment(&mut arguments, reading);
    put(&mut arguments, "run", run);
    // What is not there is told by the tool that the question comes to.
    let Ok(told) = get_run.call(Value::Object(arguments), context).await else { return Ok(None) };
    let Some(experiment) = told.resolved.experiment.map(|experiment| experiment.name) else { return Ok(None) };
    let run = told.result.get("run").unwrap_or(&Value::Null);
    let Some(condition) = condition(&measure, run, &experiment, context).await else { return Ok(None) };
    for span in &mut reading.spans {
        let is_said = matches!(span.part, Part::Metric(_) | Part::Parameter(_) | Part::Comparison(_) | Part::End(..) | Part::Unknown);
        if is_said || matches!(span.part, Part::Meaning("compare" | "perform")) {
            span.part = Part::Filler;
        }
    }
    if let Some(span) = reading.spans.get_mut(index) {
        span.part = condition;
        let of_runs = Span { part: Part::Meaning("run"), ..span.clone() };
        reading.spans.push(of_runs);
    }
    Ok(Some(experiment))
}

/// The condition that runs meet on that side of a run; absent where the run has no such number.
async fn condition(measure: &Measure, run: &Value, experiment: &str, context: &Context) -> Option<Part> {
    match measure {
        Measure::Metric(said, end) => {
            let mut arguments = Arguments::new();
            put(&mut arguments, "experiment", experiment);
            if let Some(metric) = said {
                put(&mut arguments, "metric", metric.clone());
            }
            let ranked = crate::tools::named("best_run")?.call(Value::Object(arguments), context).await.ok()?;
            let (metric, direction) = (ranked.resolved.metrics.into_iter().next()?, ranked.resolved.direction?);
            let value = run.get("metrics")?.get(&metric)?.as_f64()?;
            let is_above = match end {
                End::Highest => true,
                End::Lowest => false,
                End::Best => direction.order == Extreme::Max,
                End::Worst => direction.order == Extreme::Min,
            };
            let test = Test::Number(if is_above { Comparison::Gt } else { Comparison::Lt }, value);
            Some(Part::Conditions(vec![Clause { field: Field::Metric(metric), test }]))
        }
        Measure::Parameter(said, comparison) => {
            let parameters = run.get("parameters")?.as_object()?;
            let keys: Vec<String> = parameters.keys().cloned().collect();
            let key = crate::tools::resolve::key_among("parameter", said, &keys).ok()?;
            let value = parameters.get(&key)?.as_f64()?;
            Some(Part::Conditions(vec![Clause { field: Field::Param(key), test: Test::Number(*comparison, value) }]))
        }
        Measure::Duration(comparison) => {
            let whole = u32::try_from(run.get("duration_seconds")?.as_i64()?).ok()?;
            // The run itself took a part of a second more.
            let seconds = if *comparison == Comparison::Gt { whole.saturating_add(1) } else { whole };
            Some(Part::Length(*comparison, seconds))
        }
    }
}

/// The only run that is named, with what others are measured by against it.
fn set_against(reading: &Reading) -> Option<(usize, Measure)> {
    const SURPASS: &str = "beat beats beating beaten outperform outperforms outperformed outperforming surpass surpasses surpassed exceed exceeds exceeded \
        top tops topped outscore outscores outscored outdo outdoes outdid";
    const SEVERAL: &str = "runs which any anything anyone all everything ones those trials many models what there every";
    let is_run = |span: &Span| matches!(span.part, Part::Run(_));
    let mut runs = reading.spans.iter().enumerate().filter(|(_, span)| is_run(span));
    let (index, span) = runs.next().filter(|_| reading.spans.iter().filter(|span| is_run(span)).count() == 1)?;
    let names_else = reading.parts().any(|part| {
        matches!(
            part,
            Part::Runs(_) | Part::Anaphor(_) | Part::File(_) | Part::Number(_) | Part::Meaning("plot" | "artifact" | "impact" | "start")
        )
    });
    let ahead: Vec<&str> = reading.words.get(..span.words.start)?.iter().map(String::as_str).filter(|word| !has("the run", word)).collect();
    if names_else || !ahead.iter().any(|word| has(SEVERAL, word)) {
        return None;
    }
    let (metrics, parameters) = (reading.metrics(), reading.parameters());
    let compared = match ahead.as_slice() {
        [.., verb] if has(SURPASS, verb) => Compared::By(End::Best),
        // `a lower training loss than`
        [said @ .., "than"] => said.iter().rev().take(4).find_map(|word| compared(word))?,
        _ => return None,
    };
    let measure = match (compared, metrics.as_slice(), parameters.as_slice()) {
        (Compared::InTime(comparison), [], []) => Measure::Duration(comparison),
        (Compared::By(end), [], []) => Measure::Metric(None, end),
        (Compared::By(end), [metric], []) => Measure::Metric(Some(metric.clone()), end),
        (Compared::By(End::Highest), [], [parameter]) => Measure::Parameter(parameter.clone(), Comparison::Gt),
        (Compared::By(End::Lowest), [], [parameter]) => Measure::Parameter(parameter.clone(), Comparison::Lt),
        _ => return None,
    };
    Some((index, measure))
}

/// What a comparative is about.
enum Compared {
    /// A value, and the end of a ranking to which it leads.
    By(End),
    /// How long runs took.
    InTime(Comparison),
}

fn compared(word: &str) -> Option<Compared> {
    Some(match word {
        "faster" | "quicker" | "shorter" => Compared::InTime(Comparison::Lt),
        "slower" | "longer" => Compared::InTime(Comparison::Gt),
        "more" => Compared::By(End::Highest),
        "fewer" | "less" => Compared::By(End::Lowest),
        word => Compared::By(lexicon::comparative(word)?),
    })
}

#[cfg(test)]
mod tests {
    use crate::agent::interpreter::calling::than_run::*;

    #[test]
    fn runs_are_set_above_and_below_another() {
        let check = |text: &str, expected: Option<Measure>| {
            let words = crate::domain::reference::words(text);
            let last = words.len() - 1;
            let span = Span { part: Part::Run("fog".to_owned()), words: last..last + 1, bytes: 0..0 };
            let reading = Reading { text: text.to_owned(), words, spans: vec![span], places: Vec::new() };
            assert_eq!(set_against(&reading).map(|(_, measure)| measure), expected, "{text}");
        };
        check("which runs beat fog", Some(Measure::Metric(None, End::Best)));
        check("how many runs are better than fog", Some(Measure::Metric(None, End::Best)));
        check("did anything outperform the run fog", Some(Measure::Metric(None, End::Best)));
        check("runs with a lower one than fog", Some(Measure::Metric(None, End::Lowest)));
        check("any run faster than fog", Some(Measure::Duration(Comparison::Lt)));
        check("is it better than fog", None);
        check("runs newer than fog", None);
    }
}
