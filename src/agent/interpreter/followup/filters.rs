//! The conditions of the last list together with those of this turn: which of the old ones stay, and which way round the new ones are.

use crate::agent::interpreter::reading::{Part, Reading, Span};
use crate::domain::filter::{Clause, Comparison, Field, Filter, Test, TextMatch};

/// Verbs and particles by which some of a list are left out of it.
pub(in crate::agent::interpreter) const LEAVING: [&str; 22] = [
    "drop",
    "exclude",
    "hide",
    "skip",
    "ignore",
    "omit",
    "leave",
    "filter",
    "without",
    "remove",
    "discard",
    "kick",
    "throw",
    "excluding",
    "minus",
    "ignoring",
    "omitting",
    "disregarding",
    "skipping",
    "dropping",
    "leaving",
    "hiding",
];

/// Words that narrow what was shown.
const NARROWING: [&str; 13] =
    ["with", "without", "only", "just", "but", "excluding", "except", "minus", "those", "among", "amongst", "together", "plus"];

/// The conditions of a question. Of what is left out the opposite holds: `leave out whatever isn't finished`, `drop the one that crashed`.
pub(in crate::agent::interpreter) fn clauses(reading: &Reading) -> Vec<Clause> {
    let leaves = reading.words.iter().take(6).position(|word| LEAVING.contains(&word.as_str()));
    let Some(verb) = leaves.filter(|verb| leaves_out(reading, *verb)) else { return reading.clauses() };
    let said =
        reading.spans.iter().filter_map(|span| if let Part::Conditions(clauses) = &span.part { Some((span, clauses)) } else { None });
    let mut all: Vec<Clause> = Vec::new();
    for (span, clauses) in said {
        let is_doubled = span.words.start > verb && is_denied_between(reading, verb, span);
        for clause in clauses {
            let clause = if span.words.start > verb { left_out(clause, is_doubled) } else { clause.clone() };
            if !all.contains(&clause) {
                all.push(clause);
            }
        }
    }
    all
}

/// `filter out`, `throw out`, `leave out`: these verbs leave out only with a particle; `filter to` narrows.
fn leaves_out(reading: &Reading, verb: usize) -> bool {
    let needs_out = matches!(reading.words.get(verb).map(String::as_str), Some("leave" | "leaving" | "filter" | "kick" | "throw"));
    !needs_out || reading.says("out")
}

/// `whatever isn't finished`: what is left out is denied itself.
fn is_denied_between(reading: &Reading, verb: usize, span: &Span) -> bool {
    const DENIALS: [&str; 12] = ["not", "isn", "aren", "wasn", "weren", "didn", "don", "doesn", "haven", "hasn", "never", "un"];
    reading.words.get(verb + 1..span.words.start).unwrap_or_default().iter().any(|word| DENIALS.contains(&word.as_str()))
}

/// A condition as it holds for what remains. A reader of conditions denies one that stands close behind the verb by itself.
fn left_out(clause: &Clause, is_doubled: bool) -> Clause {
    let test = match &clause.test {
        Test::Text(TextMatch::Eq | TextMatch::Ne, text) => Test::Text(if is_doubled { TextMatch::Eq } else { TextMatch::Ne }, text.clone()),
        Test::Number(comparison, value) => Test::Number(if is_doubled { *comparison } else { opposite(*comparison) }, *value),
        other => other.clone(),
    };
    Clause { field: clause.field.clone(), test }
}

fn opposite(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Gt => Comparison::Le,
        Comparison::Ge => Comparison::Lt,
        Comparison::Lt => Comparison::Ge,
        Comparison::Le => Comparison::Gt,
        Comparison::Eq | Comparison::Ne => Comparison::Ne,
    }
}

/// The conditions before with those that are new: all together where the question narrows, goes on or swaps the value of a field, else the
/// new ones alone.
pub(super) fn continued(reading: &Reading, before: Option<&str>) -> Option<String> {
    let new = clauses(reading);
    let old = before.and_then(|text| Filter::parse(text).ok()).map(|filter| filter.clauses).unwrap_or_default();
    // `sgd instead`, `and hugo's?`: another value in the place of the old one.
    let swaps = new.iter().all(|clause| old.iter().any(|known| known.field == clause.field));
    let keeps = reading.experiment().is_none() && (swaps || narrows(reading) || goes_on(reading, &new));
    joined(before.filter(|_| keeps), &new)
}

/// `only …`, `same list, but exclude …`, `finished ones only`.
fn narrows(reading: &Reading) -> bool {
    let leads = reading.words.iter().take(2).any(|word| NARROWING.contains(&word.as_str()));
    let ends = reading.words.last().is_some_and(|word| matches!(word.as_str(), "only" | "alone"));
    let leaves = reading.words.iter().any(|word| LEAVING.contains(&word.as_str()) || word == "except");
    let same = reading.says("same") && (reading.says("but") || reading.says("list"));
    leads || ends || leaves || same
}

/// `and precision over 0.87`, `and batch size 32`: a condition beside the others.
fn goes_on(reading: &Reading, new: &[Clause]) -> bool {
    reading.words.first().is_some_and(|word| word == "and")
        && new.iter().all(|clause| matches!(clause.field, Field::Metric(_) | Field::Param(_)))
        && !["those", "ones", "what", "about", "how"].iter().any(|word| reading.says(word))
}

/// The conditions before with those that are new; one on the same field takes the place of the old one.
pub(in crate::agent::interpreter) fn joined(before: Option<&str>, new: &[Clause]) -> Option<String> {
    let mut clauses = before.and_then(|text| Filter::parse(text).ok()).map(|filter| filter.clauses).unwrap_or_default();
    clauses.retain(|clause| !new.iter().any(|other| other.field == clause.field));
    clauses.extend_from_slice(new);
    (!clauses.is_empty()).then(|| crate::agent::interpreter::calling::fill::filter_text(&clauses))
}

#[cfg(test)]
mod tests {
    use crate::agent::interpreter::followup::filters::*;
    use crate::domain::filter::Attribute;

    #[test]
    fn of_what_is_left_out_the_opposite_holds() {
        let status = |test| Clause { field: Field::Attribute(Attribute::Status), test };
        let failed = |sign| status(Test::Text(sign, "FAILED".to_owned()));
        for (said, is_doubled, expected) in [
            (failed(TextMatch::Eq), false, failed(TextMatch::Ne)),
            (failed(TextMatch::Ne), false, failed(TextMatch::Ne)),
            (failed(TextMatch::Ne), true, failed(TextMatch::Eq)),
            (status(Test::Number(Comparison::Lt, 0.9)), false, status(Test::Number(Comparison::Ge, 0.9))),
            (status(Test::Number(Comparison::Lt, 0.9)), true, status(Test::Number(Comparison::Lt, 0.9))),
        ] {
            assert_eq!(left_out(&said, is_doubled), expected, "{said:?}");
        }
    }

    #[test]
    fn a_new_condition_takes_the_place_of_one_on_the_same_field() {
        let clause =
            |value: &str| Clause { field: Field::Param("optimizer".to_owned()), test: Test::Text(TextMatch::Eq, value.to_owned()) };
        let before = "params.`optimizer` = 'adam' AND metrics.`accuracy` > 0.9";
        assert_eq!(joined(Some(before), &[clause("sgd")]).as_deref(), Some("metrics.`accuracy` > 0.9 AND params.`optimizer` = 'sgd'"));
        assert_eq!(joined(None, &[clause("sgd")]).as_deref(), Some("params.`optimizer` = 'sgd'"));
        assert_eq!(joined(None, &[]), None);
    }
}
