//! From the parts of a reading to conditions: "accuracy above 0.9", "`learning_rate` = 0.05", "using xgboost", "stage=candidate".

use std::ops::Range;

use super::{Part, Reading, Span};
use crate::agent::interpreter::lexicon;
use crate::agent::interpreter::vocabulary::{Holder, Kind, Vocabulary};
use crate::domain::filter::{Clause, Comparison, Field, Test, TextMatch};
use crate::domain::metric::Direction;
use crate::domain::reference::{Likeness, Name};

/// Joins the parts of each condition into one part.
pub(in crate::agent::interpreter) fn join(reading: &mut Reading) {
    let mut joined: Vec<Span> = Vec::new();
    let mut index = 0;
    while index < reading.spans.len() {
        let found = at(reading, index);
        match found {
            Some((clauses, places)) => {
                while joined.last().is_some_and(|last| last.words.start >= places.start_word) {
                    joined.pop();
                }
                joined.push(Span { part: Part::Conditions(clauses), words: places.start_word..places.end_word, bytes: places.bytes });
                index = places.next;
            }
            None => {
                joined.extend(reading.spans.get(index).cloned());
                index += 1;
            }
        }
    }
    reading.spans = joined;
}

/// `ana's or chen's`: two values of one field are either of them. MLflow's filters have no OR, so the other values are excluded.
pub(super) fn join_alternatives(reading: &mut Reading, vocabulary: &Vocabulary) {
    // `the best lstm against the best gru`: each end has its own.
    let has_ends = reading.parts().any(|part| matches!(part, Part::End(..) | Part::Runs(_)));
    if has_ends && (reading.means("compare") || reading.plots()) {
        return;
    }
    let clauses = reading.clauses();
    for (index, clause) in clauses.iter().enumerate() {
        let Some((holder, _)) = held(clause) else { continue };
        let same: Vec<String> = clauses.iter().filter_map(held).filter(|(other, _)| *other == holder).map(|(_, value)| value).collect();
        let is_first = clauses.iter().take(index).filter_map(held).all(|(other, _)| other != holder);
        if same.len() < 2 || !is_first {
            continue;
        }
        reading.places = vocabulary.places_of_values(&holder, &same);
        // `ana's runs against ben's`: each has runs of its own.
        if matches!(holder, Holder::Tag(_)) && reading.means("compare") {
            return;
        }
        if let (Holder::Parameter(key), true) = (&holder, reading.means("compare") || reading.means("impact")) {
            // `lstm vs gru`: what the parameter does.
            compare_values(reading, &holder, key);
            continue;
        }
        let others = vocabulary.values_beside(&holder, &same).into_iter().filter(|value| !same.contains(value));
        let mut excluded: Vec<Clause> =
            others.map(|value| Clause { field: clause.field.clone(), test: Test::Text(TextMatch::Ne, value) }).collect();
        for span in &mut reading.spans {
            let Part::Conditions(clauses) = &mut span.part else { continue };
            let before = clauses.len();
            clauses.retain(|clause| held(clause).is_none_or(|(other, _)| other != holder));
            if clauses.len() < before {
                clauses.append(&mut excluded);
            }
        }
    }
}

/// Makes conditions on one parameter's values the parameter itself.
fn compare_values(reading: &mut Reading, holder: &Holder, key: &str) {
    for span in &mut reading.spans {
        let Part::Conditions(clauses) = &mut span.part else { continue };
        let before = clauses.len();
        clauses.retain(|clause| held(clause).is_none_or(|(other, _)| other != *holder));
        if clauses.len() < before && clauses.is_empty() {
            span.part = Part::Parameter(key.to_owned());
        }
    }
    let mut is_first = true;
    for span in &mut reading.spans {
        let is_key = |said: &str| Name::new(key).likeness(&Name::new(said)).is_some_and(|likeness| likeness <= Likeness::SameMeaning);
        if matches!(&span.part, Part::Parameter(said) if is_key(said)) && !std::mem::take(&mut is_first) {
            span.part = Part::Filler;
        }
    }
}

/// The parameter or tag that a clause wants to be a text.
fn held(clause: &Clause) -> Option<(Holder, String)> {
    let Test::Text(TextMatch::Eq, value) = &clause.test else { return None };
    Some((Holder::of(&clause.field)?, value.clone()))
}

struct Places {
    start_word: usize,
    end_word: usize,
    bytes: Range<usize>,
    next: usize,
}

fn at(reading: &Reading, index: usize) -> Option<(Vec<Clause>, Places)> {
    let spans = &reading.spans;
    let span = spans.get(index)?;
    let places = |from: usize, to: usize| {
        let (first, last) = (spans.get(from)?, spans.get(to)?);
        Some(Places { start_word: first.words.start, end_word: last.words.end, bytes: first.bytes.start..last.bytes.end, next: to + 1 })
    };
    match &span.part {
        Part::Metric(_) if is_ranked(reading, index) && limits_another(reading, index) => None,
        Part::Metric(said) => {
            numeric(reading, index, Field::Metric(said.clone())).and_then(|(clauses, to)| Some((clauses, places(index, to)?)))
        }
        Part::Parameter(said) => {
            let field = Field::Param(said.clone());
            let found = numeric(reading, index, field).or_else(|| textual(reading, index, said));
            found.and_then(|(clauses, to)| Some((clauses, places(index, to)?)))
        }
        Part::Comparison(comparison) => {
            let next = next_solid(reading, index)?;
            if let Some(field) = field_of(&spans.get(next)?.part) {
                // `below an rmse of 35`
                let number_at = next_solid(reading, next)?;
                let Part::Number(number) = spans.get(number_at)?.part else { return None };
                let comparison = meant(*comparison, reading, span, &field);
                return Some((vec![Clause { field, test: Test::Number(comparison, number) }], places(index, number_at)?));
            }
            let number_at = next;
            let Part::Number(number) = spans.get(number_at)?.part else { return None };
            let subject_at = next_subject(reading, number_at)?;
            let field = field_of(&spans.get(subject_at)?.part)?;
            let comparison = meant(*comparison, reading, span, &field);
            Some((vec![Clause { field, test: Test::Number(comparison, number) }], places(index, subject_at)?))
        }
        Part::Value(holder, value) => {
            let from = if index > 0
                && text_between(reading, index - 1, index).is_some_and(is_sign)
                // `compare f1: adam vs sgd`: what stands before the colon is no key.
                && !matches!(
                    spans.get(index - 1)?.part,
                    Part::Conditions(_) | Part::Run(_) | Part::Runs(_) | Part::Metric(_) | Part::End(..) | Part::Order(_)
                ) {
                index - 1
            } else {
                index
            };
            let clause = Clause { field: holder.clone().field(), test: text_test(reading, from, index, value) };
            Some((vec![clause], places(from, key_behind(reading, index, holder).unwrap_or(index))?))
        }
        Part::Unknown | Part::Meaning("tag") => {
            let tagged = tag_text(reading, index).map(|(clause, to)| (vec![clause], to));
            let found = tagged.or_else(|| unknown_bound(reading, index));
            found.and_then(|(clauses, to)| Some((clauses, places(index, to)?)))
        }
        _ => None,
    }
}

fn field_of(part: &Part) -> Option<Field> {
    match part {
        Part::Metric(said) => Some(Field::Metric(said.clone())),
        Part::Parameter(said) => Some(Field::Param(said.clone())),
        _ => None,
    }
}

/// `above 11 and below 14`: a further bound of what the first one bounds.
fn second_bound(reading: &Reading, number_at: usize, field: &Field) -> Option<(Comparison, f64, usize)> {
    let next = next_solid(reading, number_at)?;
    let joins = reading
        .spans
        .get(number_at + 1..next)?
        .iter()
        .all(|span| matches!(word_of(reading, span).as_str(), "and" | "but" | "yet" | "also"));
    let Part::Comparison(comparison) = reading.spans.get(next)?.part else { return None };
    let end = next_solid(reading, next)?;
    let Part::Number(bound) = reading.spans.get(end)?.part else { return None };
    let of_another =
        next_solid(reading, end).and_then(|behind| reading.spans.get(behind)).is_some_and(|span| field_of(&span.part).is_some());
    (joins && !of_another).then(|| Some((meant(comparison, reading, reading.spans.get(next)?, field), bound, end)))?
}

/// A comparison of a metric or parameter with one number or two.
fn numeric(reading: &Reading, index: usize, field: Field) -> Option<(Vec<Clause>, usize)> {
    let clause = |comparison, number| Clause { field: field.clone(), test: Test::Number(comparison, number) };
    let next = next_solid(reading, index)?;
    let is_between = (index..next).any(|place| reading.spans.get(place).is_some_and(|span| word_of(reading, span) == "between"))
        || reading.spans.get(index + 1).is_some_and(|span| word_of(reading, span) == "between");
    let is_between = is_between || reaches(reading, next);
    match reading.spans.get(next)?.part {
        Part::Comparison(comparison) => {
            let number_at = next_solid(reading, next)?;
            let Part::Number(number) = reading.spans.get(number_at)?.part else { return None };
            let comparison = meant(comparison, reading, reading.spans.get(next)?, &field);
            if let Some((other, bound, end)) = second_bound(reading, number_at, &field) {
                return Some((vec![clause(comparison, number), clause(other, bound)], end));
            }
            Some((vec![clause(comparison, number)], number_at))
        }
        Part::Number(first) if is_between => {
            let second_at = next_solid(reading, next)?;
            let Part::Number(second) = reading.spans.get(second_at)?.part else { return None };
            Some((vec![clause(Comparison::Ge, first), clause(Comparison::Le, second)], second_at))
        }
        Part::Number(number) => {
            let between = text_between(reading, index, next)?;
            let ahead = reading.spans.get(index).and_then(|span| reading.words.get(..span.words.start)).unwrap_or_default();
            let is_denied = lexicon::denies(ahead);
            let comparison = match sign(between) {
                Some(comparison) => comparison,
                // `without max_depth 6`
                None if matches!(field, Field::Param(_)) && (is_denying(between) || is_denied && is_equating(between)) => Comparison::Ne,
                None if matches!(field, Field::Param(_)) && is_equating(between) => Comparison::Eq,
                // `runs with accuracy 0.95`, but not `when did run 3 reach an accuracy of 0.95`.
                None if reading.means("run") && !names_run(reading) && is_equating(between) && number.fract() != 0.0 => Comparison::Eq,
                None => return None,
            };
            Some((vec![clause(comparison, number)], next))
        }
        _ => None,
    }
}

fn names_run(reading: &Reading) -> bool {
    reading.parts().any(|part| matches!(part, Part::Run(_) | Part::Runs(_)))
}

/// `from 0.2 to 0.25`, `in 0.2..0.25`: whether two numbers are the ends of a range, the first of them in this place.
fn reaches(reading: &Reading, first: usize) -> bool {
    let Some(second) = next_solid(reading, first) else { return false };
    let is_number = |place: usize| reading.spans.get(place).is_some_and(|span| matches!(span.part, Part::Number(_)));
    let (Some(one), Some(other)) = (reading.spans.get(first), reading.spans.get(second)) else { return false };
    let link = reading.words.get(one.words.end..other.words.start).unwrap_or_default().join(" ");
    let before = one.words.start.checked_sub(1).and_then(|at| reading.words.get(at)).map_or("", String::as_str);
    let sign = reading.text.get(one.bytes.end..other.bytes.start).unwrap_or_default().trim();
    let is_led = matches!(before, "from" | "in" | "within" | "range" | "of" | "at");
    is_number(first)
        && is_number(second)
        && (is_led && matches!(link.as_str(), "to" | "up to" | "until" | "till" | "through") || matches!(sign, ".." | "..." | "…" | "–"))
}

/// Spells the keys of conditions as the store does, where only one is meant: `val accuracy` for `val_accuracy`.
pub(super) fn spell_keys(reading: &mut Reading, vocabulary: &Vocabulary) {
    let spelled = |key: &str, kind: Kind| {
        let found = vocabulary.exact(key);
        let mut names: Vec<&str> = found
            .iter()
            .filter(|(entry, likeness)| entry.kind == kind && *likeness <= Likeness::SameWords)
            .map(|(entry, _)| entry.name.text())
            .collect();
        names.dedup();
        match names.as_slice() {
            [only] => Some((*only).to_owned()),
            _ => None,
        }
    };
    for span in &mut reading.spans {
        let Part::Conditions(clauses) = &mut span.part else { continue };
        for clause in clauses {
            match &mut clause.field {
                Field::Metric(key) => *key = spelled(key, Kind::Metric).unwrap_or_else(|| key.clone()),
                Field::Param(key) => *key = spelled(key, Kind::Parameter).unwrap_or_else(|| key.clone()),
                Field::Attribute(_) | Field::Tag(_) | Field::Dataset(_) => {}
            }
        }
    }
}

/// `mape better than 10` is below it: what a comparison means for a metric of which less is better.
fn meant(comparison: Comparison, reading: &Reading, span: &Span, field: &Field) -> Comparison {
    let judging = |place: usize| reading.words.get(place).is_some_and(|word| lexicon::judges(word));
    // Behind the number, as in `0.2 or better`, the verdict is the second word.
    let is_number = reading.words.get(span.words.start).is_some_and(|word| word.starts_with(|letter: char| letter.is_ascii_digit()));
    let judges = span.words.clone().any(judging) || is_number && judging(span.words.end + 1);
    let is_less_better = matches!(field, Field::Metric(key) if Direction::of(key, &[]).0 == Direction::LowerIsBetter);
    match comparison {
        Comparison::Gt if judges && is_less_better => Comparison::Lt,
        Comparison::Lt if judges && is_less_better => Comparison::Gt,
        Comparison::Ge if judges && is_less_better => Comparison::Le,
        Comparison::Le if judges && is_less_better => Comparison::Ge,
        comparison => comparison,
    }
}

/// A parameter and the text it holds.
fn textual(reading: &Reading, index: usize, said: &str) -> Option<(Vec<Clause>, usize)> {
    let next = next_solid(reading, index)?;
    let between = text_between(reading, index, next)?;
    let field = |holder: Option<&Holder>| match holder {
        Some(holder @ Holder::Tag(key)) if key.eq_ignore_ascii_case(said) => holder.clone().field(),
        Some(Holder::Parameter(key)) if Name::new(key).likeness(&Name::new(said)).is_some_and(|likeness| likeness <= Likeness::PartOf) => {
            Field::Param(key.clone())
        }
        _ => Field::Param(said.to_owned()),
    };
    match &reading.spans.get(next)?.part {
        Part::Value(holder, value)
            if between.len() <= 12 && (is_key_of(said, holder) || !between.trim().is_empty() && is_equating(between)) =>
        {
            let negated = ["not", "n't", "n’t", "!="].iter().any(|denial| between.contains(denial));
            let test = Test::Text(if negated { TextMatch::Ne } else { TextMatch::Eq }, value.clone());
            Some((vec![Clause { field: field(Some(holder)), test }], next))
        }
        // `with algorithm catboost`
        Part::Unknown
            if is_sign(between) || matches!(between.trim(), "is" | "equals") || between.trim().is_empty() && is_where(reading, index) =>
        {
            let value = reading.text.get(reading.spans.get(next)?.bytes.clone())?.to_owned();
            Some((vec![Clause { field: field(None), test: Test::Text(TextMatch::Eq, value) }], next))
        }
        _ => None,
    }
}

/// Whether a condition begins before a part: `with`, `where`, `using`.
fn is_where(reading: &Reading, index: usize) -> bool {
    let start = reading.spans.get(index).map_or(0, |span| span.words.start);
    let before = start.checked_sub(1).and_then(|place| reading.words.get(place)).map_or("", String::as_str);
    matches!(before, "with" | "where" | "using" | "whose" | "having" | "has" | "have")
}

/// Whether what is said names what holds a value.
fn is_key_of(said: &str, holder: &Holder) -> bool {
    let (Holder::Parameter(key) | Holder::Tag(key)) = holder;
    Name::new(key).likeness(&Name::new(said)).is_some_and(|likeness| likeness <= Likeness::PartOf)
}

/// `with weight_decay 0.1`, `warmup above 500`: the tool tells that there is none of this name.
fn unknown_bound(reading: &Reading, index: usize) -> Option<(Vec<Clause>, usize)> {
    let place =
        reading.unknown_places().into_iter().find(|words| reading.spans.get(index).is_some_and(|span| span.words.start == words.start))?;
    let last =
        (index..reading.spans.len()).take_while(|at| reading.spans.get(*at).is_some_and(|span| place.end >= span.words.end)).last()?;
    let lead = reading.words.get(..place.start)?.iter().rev().find(|word| !matches!(word.as_str(), "a" | "an" | "the"));
    let is_led = lead.is_some_and(|word| matches!(word.as_str(), "with" | "where" | "having" | "whose" | "has" | "have" | "had" | "used"));
    let field = Field::Param(reading.said(&place)?.to_owned());
    numeric(reading, last, field).filter(|_| is_led)
}

/// `phase=pilot` where nobody knows the words.
fn tag_text(reading: &Reading, index: usize) -> Option<(Clause, usize)> {
    let span = reading.spans.get(index)?;
    let next = index + 1;
    let after = reading.spans.get(next)?;
    let is_text = matches!(after.part, Part::Unknown | Part::Filler | Part::Meaning(_));
    let between = text_between(reading, index, next)?;
    if !is_text || between != "=" {
        return None;
    }
    let key = reading.text.get(span.bytes.clone())?.to_owned();
    let value = reading.text.get(after.bytes.clone())?.to_owned();
    Some((Clause { field: Holder::Tag(key).field(), test: Test::Text(TextMatch::Eq, value) }, next))
}

/// `dice loss`: the parameter behind its value, where it says no more.
fn key_behind(reading: &Reading, index: usize, holder: &Holder) -> Option<usize> {
    let next = index + 1;
    let Part::Parameter(said) = &reading.spans.get(next)?.part else { return None };
    let is_compared = next_solid(reading, next)
        .and_then(|after| reading.spans.get(after))
        .is_some_and(|after| matches!(after.part, Part::Number(_) | Part::Comparison(_) | Part::Value(..)));
    let is_apart = text_between(reading, index, next).is_some_and(|between| !between.trim().is_empty());
    (!is_compared && !is_apart && is_key_of(said, holder)).then_some(next)
}

/// The test of a value that stands from one part to another, with a denial before or behind it: `without lstm`, `lstm left out`.
fn text_test(reading: &Reading, first: usize, last: usize, value: &str) -> Test {
    let first = reading.spans.get(first).map_or(0, |span| span.words.start);
    let behind = reading.spans.get(last).and_then(|span| reading.words.get(span.words.end..)).unwrap_or_default();
    let is_left_out = match behind {
        [word, next, ..] if matches!(word.as_str(), "left" | "taken" | "filtered") && next == "out" => true,
        [word, ..] => matches!(word.as_str(), "excluded" | "excepted" | "aside" | "omitted"),
        [] => false,
    };
    let is_denied = is_left_out || lexicon::denies(reading.words.get(..first).unwrap_or_default());
    Test::Text(if is_denied { TextMatch::Ne } else { TextMatch::Eq }, value.to_owned())
}

fn word_of(reading: &Reading, span: &Span) -> String {
    reading.text.get(span.bytes.clone()).unwrap_or_default().to_lowercase()
}

/// The next part that is no filler.
fn next_solid(reading: &Reading, index: usize) -> Option<usize> {
    (index + 1..reading.spans.len())
        .find(|place| reading.spans.get(*place).is_some_and(|span| !matches!(span.part, Part::Filler | Part::Meaning("metric"))))
}

/// As [`next_solid`], passing over a unit such as `ms`.
fn next_subject(reading: &Reading, index: usize) -> Option<usize> {
    let next = next_solid(reading, index)?;
    let is_unit = reading.spans.get(next).is_some_and(|span| span.part == Part::Unknown && span.bytes.len() <= 3);
    if is_unit { next_solid(reading, next) } else { Some(next) }
}

/// Whether the end of a ranking stands before a metric: `greatest recall`.
fn is_ranked(reading: &Reading, index: usize) -> bool {
    let before = reading.spans.get(..index).unwrap_or_default();
    before.iter().rev().find(|span| span.part != Part::Filler).is_some_and(|span| matches!(span.part, Part::End(..)))
}

/// Whether the comparison behind a metric is about the one behind the number: `recall under 10 ms latency`.
fn limits_another(reading: &Reading, index: usize) -> bool {
    let number_at = next_solid(reading, index).and_then(|comparison| next_solid(reading, comparison));
    let Some(subject) = number_at.and_then(|number_at| next_subject(reading, number_at)) else { return false };
    reading.spans.get(subject).is_some_and(|span| matches!(span.part, Part::Metric(_) | Part::Parameter(_)))
}

fn text_between(reading: &Reading, left: usize, right: usize) -> Option<&str> {
    reading.text.get(reading.spans.get(left)?.bytes.end..reading.spans.get(right)?.bytes.start)
}

fn is_sign(between: &str) -> bool {
    matches!(between.trim(), "=" | "==" | ":" | "!=")
}

fn sign(between: &str) -> Option<Comparison> {
    let signs: String = between.chars().filter(|letter| "<>=!≥≤".contains(*letter)).collect();
    Some(match signs.as_str() {
        ">=" | "≥" => Comparison::Ge,
        "<=" | "≤" => Comparison::Le,
        ">" => Comparison::Gt,
        "<" => Comparison::Lt,
        "!=" | "<>" => Comparison::Ne,
        "=" | "==" => Comparison::Eq,
        _ => return None,
    })
}

/// `is not`, `isn't`: whether the words between a parameter and a number say that it has another value.
fn is_denying(between: &str) -> bool {
    let between = between.to_lowercase();
    ["is not", "isn't", "not", "was not", "wasn't", "other than", "is other than", "differs from"].contains(&between.trim())
}

/// Whether the words between a parameter and a number say that it has that value.
fn is_equating(between: &str) -> bool {
    // The point of `.1` stands before its number.
    let between = between.strip_suffix(" .").unwrap_or(between);
    between.split_whitespace().all(|word| matches!(word, "of" | "is" | "was" | "equal" | "to" | "at" | "set" | "=" | ":" | "value" | "("))
}
