//! Parameters of several runs that a ranking or their age tells: `the learning rates of the best 3`, `top 5 by f1 with their max_depth`.

use super::ranked::ranks_by_parameter;
use super::{end_phrase, ranking_metric};
use crate::agent::interpreter::lexicon::has;
use crate::agent::interpreter::reading::{Anaphor, Part, Reading, Span};
use crate::agent::interpreter::{Arguments, put, put_experiment};

/// How many runs are set side by side at most.
const MOST_RUNS: usize = 10;

/// The arguments of a comparison that tells the parameters; absent where it is not they that are asked for.
pub(super) fn compare_runs(reading: &Reading) -> Option<Arguments> {
    let runs = runs(reading)?;
    // `with their max_depth` points at the runs of this very question.
    let names_else = reading.parts().any(|part| {
        matches!(
            part,
            Part::Run(_)
                | Part::Anaphor(Anaphor::One | Anaphor::Nth(_) | Anaphor::Last | Anaphor::Standing(_))
                | Part::File(_)
                | Part::Conditions(_)
                | Part::Value(..)
                | Part::Or(_)
                | Part::Length(..)
                | Part::Number(_)
                | Part::Unknown
        )
    }) || ["plot", "impact", "howmany", "experiments"].iter().any(|meaning| reading.means(meaning));
    let parameters = reading.parameters();
    if names_else || parameters.is_empty() || ranks_by_parameter(reading).is_some() || is_sorted_by_parameter(reading) {
        return None;
    }
    let mut arguments = Arguments::new();
    put_experiment(&mut arguments, reading);
    put(&mut arguments, "run_ids", vec![runs]);
    put(&mut arguments, "parameters", parameters);
    Some(arguments)
}

/// The several runs at an end of one ranking, or the youngest or oldest, as the tools read it.
fn runs(reading: &Reading) -> Option<String> {
    let mut found = reading.parts().filter(|part| matches!(part, Part::End(..) | Part::Order(_) | Part::Runs(_)));
    let (only, None) = (found.next()?, found.next()) else { return None };
    match only {
        Part::End(end, Some(count)) if (2..=MOST_RUNS).contains(count) => {
            Some(end_phrase(*end, Some(*count), ranking_metric(reading).as_deref()))
        }
        Part::Runs(phrase) => {
            let count = phrase.split_once(' ').and_then(|(_, count)| count.parse::<usize>().ok());
            count.filter(|count| (2..=MOST_RUNS).contains(count)).map(|_| phrase.clone())
        }
        _ => None,
    }
}

/// `top 3 by max_depth`, `the 3 best learning rates`: it is the parameter that ranks.
fn is_sorted_by_parameter(reading: &Reading) -> bool {
    let is_parameter = |span: &&Span| matches!(span.part, Part::Parameter(_));
    let word_before = |span: &Span| span.words.start.checked_sub(1).and_then(|before| reading.words.get(before)).map_or("", String::as_str);
    let solid: Vec<&Span> = reading.spans.iter().filter(|span| span.part != Part::Filler).collect();
    let behind_end = solid.windows(2).any(|pair| matches!(pair, [end, next] if matches!(end.part, Part::End(..)) && is_parameter(next)));
    behind_end || reading.spans.iter().filter(is_parameter).any(|span| has("by on", word_before(span)))
}
