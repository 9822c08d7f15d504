//! Further numbers behind a condition: `max_depth 6 or 8`, `without a learning rate of 0.1 and 0.01`.

use super::{Part, Reading};
use crate::domain::filter::{Clause, Comparison, Field, Test};

/// Makes such numbers conditions of their own: beside the first where none is wanted, else each an alternative to it.
pub(super) fn join(reading: &mut Reading) {
    let mut index = 0;
    while index < reading.spans.len() {
        if let Some(clause) = equality(reading, index) {
            for at in numbers_behind(reading, index) {
                put(reading, index, at, &clause);
            }
        }
        index += 1;
    }
}

/// The condition of a part on one number, where it is one.
fn equality(reading: &Reading, index: usize) -> Option<Clause> {
    let Part::Conditions(clauses) = &reading.spans.get(index)?.part else { return None };
    let clause = clauses.last()?;
    matches!(clause.test, Test::Number(Comparison::Eq | Comparison::Ne, _)).then(|| clause.clone())
}

/// The places of the numbers behind a condition with nothing but `or`, `and` or a comma between them.
fn numbers_behind(reading: &Reading, index: usize) -> Vec<usize> {
    let mut found = Vec::new();
    let mut end = reading.spans.get(index).map_or(0, |span| span.bytes.end);
    for (at, span) in reading.spans.iter().enumerate().skip(index + 1) {
        match &span.part {
            Part::Number(_) if is_link(reading.text.get(end..span.bytes.start).unwrap_or_default()) && !counts(reading, at) => {
                found.push(at);
                end = span.bytes.end;
            }
            Part::Filler => {}
            _ => break,
        }
    }
    found
}

/// Whether a text between two numbers joins them: a comma, `or`, `and`, or both.
fn is_link(between: &str) -> bool {
    let between = between.trim().to_lowercase();
    let behind_comma = between.strip_prefix(',').map(str::trim_start);
    behind_comma == Some("")
        || matches!(behind_comma.unwrap_or(&between), "or" | "and" | "nor" | "or of" | "and of" | "or even" | "/" | "and/or")
}

/// `and 3 epochs`: a number that is said of something else.
fn counts(reading: &Reading, at: usize) -> bool {
    let behind = reading.spans.iter().skip(at + 1).find(|span| span.part != Part::Filler);
    let touches = behind.is_some_and(|span| reading.spans.get(at).is_some_and(|number| number.words.end == span.words.start));
    touches && behind.is_some_and(|span| !matches!(span.part, Part::Number(_) | Part::Meaning(_) | Part::Experiment(_)))
}

fn put(reading: &mut Reading, first: usize, at: usize, clause: &Clause) {
    let Some(Part::Number(number)) = reading.spans.get(at).map(|span| span.part.clone()) else { return };
    let Test::Number(comparison, _) = clause.test else { return };
    let other = Clause { field: clause.field.clone(), test: Test::Number(comparison, number) };
    let parameter = if let Field::Param(key) = &clause.field { Some(key.clone()) } else { None };
    let part = match (comparison, parameter) {
        (Comparison::Ne, _) => Part::Conditions(vec![other]),
        // `compare max_depth 6 and 8`: what the parameter does.
        (_, Some(key)) if reading.means("compare") || reading.means("impact") => {
            if let Some(span) = reading.spans.get_mut(first) {
                span.part = Part::Parameter(key);
            }
            Part::Filler
        }
        _ => Part::Or(other),
    };
    if let Some(span) = reading.spans.get_mut(at) {
        span.part = part;
    }
}

#[cfg(test)]
mod tests {
    use crate::agent::interpreter::reading::further_values::*;

    #[test]
    fn numbers_are_joined_by_commas_and_conjunctions() {
        for link in [", ", " or ", ", or ", " and/or ", " AND "] {
            assert!(is_link(link), "{link}");
        }
        for other in [" ", "", " with ", " to ", ",, "] {
            assert!(!is_link(other), "{other}");
        }
    }
}
