//! The conditions of the last list together with those of this turn: which of the old ones stay, and which way round the new ones are.

use std::ops::Range;

use crate::agent::interpreter::Plan;
use crate::agent::interpreter::reading::{Part, Reading, Span};
use crate::domain::filter::{Clause, Comparison, Field, Filter, Test, TextMatch};
use crate::domain::reference::words;

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
/// Absent where conditions that all hold cannot say it: `leave out those whose name starts with trial`, `exclude the failed ones by ana`.
pub(in crate::agent::interpreter) fn clauses(reading: &Reading) -> Option<Vec<Clause>> {
    let leaves = reading.words.iter().take(6).position(|word| LEAVING.contains(&word.as_str()));
    let Some(verb) = leaves.filter(|verb| leaves_out(reading, *verb)) else { return Some(reading.clauses()) };
    let said =
        reading.spans.iter().filter_map(|span| if let Part::Conditions(clauses) = &span.part { Some((span, clauses)) } else { None });
    let mut all: Vec<Clause> = Vec::new();
    let mut left_before: Option<&Span> = None;
    for (span, clauses) in said {
        let clauses = match clauses.as_slice() {
            clauses if span.words.start < verb => clauses.to_vec(),
            // Of several people one part has all conditions, and the others have none.
            [] => continue,
            [only] if left_before.is_none_or(|before| are_told_apart(reading, before, span)) => {
                vec![left_out(only, denial(reading, verb, span))?]
            }
            _ => return None,
        };
        if span.words.start > verb {
            left_before = Some(span);
        }
        all.extend(clauses.into_iter().filter(|clause| !all.contains(clause)).collect::<Vec<_>>());
    }
    Some(all)
}

/// What to say where the last list cannot be had without what is to be left out.
pub(super) fn not_left_out(reading: &Reading, last_tool: &str) -> Option<Plan> {
    let leads = reading.words.iter().take(4).any(|word| LEAVING.contains(&word.as_str()));
    let is_refused = last_tool == "list_runs" && leads && reading.experiment().is_none() && clauses(reading).is_none();
    is_refused.then(|| {
        Plan::Refuse(
            "I cannot leave those out: a filter denies one condition at a time, and no pattern, range or combination. Say which are to \
             stay, like “only the finished ones”."
                .to_owned(),
        )
    })
}

/// `the failed ones and those by ana`: either is left out; `the failed ones by ana` are both at once.
fn are_told_apart(reading: &Reading, before: &Span, span: &Span) -> bool {
    let between = reading.text.get(before.bytes.end..span.bytes.start).unwrap_or_default();
    between.contains([',', '/', '&']) || words(between).iter().any(|word| matches!(word.as_str(), "and" | "or" | "nor"))
}

/// `filter out`, `throw out`, `leave out`: these verbs leave out only with a particle; `filter to` narrows.
fn leaves_out(reading: &Reading, verb: usize) -> bool {
    let needs_out = matches!(reading.words.get(verb).map(String::as_str), Some("leave" | "leaving" | "filter" | "kick" | "throw"));
    !needs_out || reading.says("out")
}

/// Where what is left out is denied itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Denial {
    /// It is not.
    None,
    /// `whatever isn't finished`: in front of the condition, which is read without it.
    Before,
    /// `those whose batch size isn't 32`: in the condition, which is read with it.
    Within,
}

fn denial(reading: &Reading, verb: usize, span: &Span) -> Denial {
    const DENIALS: [&str; 12] = ["not", "isn", "aren", "wasn", "weren", "didn", "don", "doesn", "haven", "hasn", "never", "un"];
    let denies = |place: Range<usize>| reading.words.get(place).unwrap_or_default().iter().any(|word| DENIALS.contains(&word.as_str()));
    if denies(verb + 1..span.words.start) {
        Denial::Before
    } else if denies(span.words.clone()) {
        Denial::Within
    } else {
        Denial::None
    }
}

/// A condition as it holds for what remains; absent where no sign denies it. A reader of conditions denies one that stands close behind the
/// verb by itself.
fn left_out(clause: &Clause, denial: Denial) -> Option<Clause> {
    let is_denied = denial != Denial::None;
    let test = match &clause.test {
        Test::Text(TextMatch::Eq | TextMatch::Ne, text) => Test::Text(if is_denied { TextMatch::Eq } else { TextMatch::Ne }, text.clone()),
        Test::Number(Comparison::Eq | Comparison::Ne, value) => {
            Test::Number(if is_denied { Comparison::Eq } else { Comparison::Ne }, *value)
        }
        Test::Number(comparison, value) => Test::Number(if denial == Denial::Before { *comparison } else { opposite(*comparison) }, *value),
        Test::Text(TextMatch::Like | TextMatch::ILike, _) | Test::OneOf(_) | Test::NoneOf(_) | Test::IsNull | Test::IsNotNull => {
            return None;
        }
    };
    Some(Clause { field: clause.field.clone(), test })
}

fn opposite(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Gt => Comparison::Le,
        Comparison::Ge => Comparison::Lt,
        Comparison::Lt => Comparison::Ge,
        Comparison::Le => Comparison::Gt,
        Comparison::Eq => Comparison::Ne,
        Comparison::Ne => Comparison::Eq,
    }
}

/// The conditions before with those that are new: all together where the question narrows, goes on or swaps the value of a field, else the
/// new ones alone.
pub(super) fn continued(reading: &Reading, before: Option<&str>) -> Option<String> {
    let new = clauses(reading)?;
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

/// The conditions before with those that are new; one that cannot hold beside a new one gives way: no run has two statuses or optimizers.
pub(super) fn narrowed(before: Option<&str>, new: &[Clause]) -> String {
    let mut clauses = before.and_then(|text| Filter::parse(text).ok()).map(|filter| filter.clauses).unwrap_or_default();
    clauses.retain(|old| !new.iter().any(|clause| clause.field == old.field && excludes(&clause.test, &old.test)));
    clauses.extend_from_slice(new);
    crate::agent::interpreter::calling::fill::filter_text(&clauses)
}

/// Whether a new condition leaves nothing of an old one on the same field: it wants one value, or not the one that was wanted.
fn excludes(new: &Test, old: &Test) -> bool {
    match (new, old) {
        (Test::Text(TextMatch::Eq, _) | Test::Number(Comparison::Eq, _), _) => true,
        (Test::Text(TextMatch::Ne, denied), Test::Text(TextMatch::Eq, wanted)) => denied == wanted,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::agent::interpreter::followup::filters::*;
    use crate::domain::filter::Attribute;

    #[test]
    fn of_what_is_left_out_the_opposite_holds() {
        let status = |test| Clause { field: Field::Attribute(Attribute::Status), test };
        let failed = |sign| status(Test::Text(sign, "FAILED".to_owned()));
        for (said, denial, expected) in [
            (failed(TextMatch::Eq), Denial::None, failed(TextMatch::Ne)),
            (failed(TextMatch::Ne), Denial::None, failed(TextMatch::Ne)),
            (failed(TextMatch::Ne), Denial::Before, failed(TextMatch::Eq)),
            (failed(TextMatch::Ne), Denial::Within, failed(TextMatch::Eq)),
            (status(Test::Number(Comparison::Lt, 0.9)), Denial::None, status(Test::Number(Comparison::Ge, 0.9))),
            (status(Test::Number(Comparison::Lt, 0.9)), Denial::Before, status(Test::Number(Comparison::Lt, 0.9))),
        ] {
            assert_eq!(left_out(&said, denial), Some(expected), "{said:?}");
        }
        assert_eq!(left_out(&failed(TextMatch::ILike), Denial::None), None);
    }

    #[test]
    fn a_new_condition_takes_the_place_of_one_on_the_same_field() {
        let clause =
            |value: &str| Clause { field: Field::Param("optimizer".to_owned()), test: Test::Text(TextMatch::Eq, value.to_owned()) };
        let before = "params.`optimizer` = 'adam' AND metrics.`accuracy` > 0.9";
        assert_eq!(joined(Some(before), &[clause("sgd")]).as_deref(), Some("metrics.`accuracy` > 0.9 AND params.`optimizer` = 'sgd'"));
        assert_eq!(joined(None, &[clause("sgd")]).as_deref(), Some("params.`optimizer` = 'sgd'"));
        assert_eq!(joined(None, &[]), None);
        assert_eq!(narrowed(Some(before), &[clause("sgd")]), "metrics.`accuracy` > 0.9 AND params.`optimizer` = 'sgd'");
    }
}
