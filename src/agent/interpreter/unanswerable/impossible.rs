//! Questions that no filter and no list can answer: a bound that is no number, a list of no runs, runs that lack a metric.

use crate::agent::interpreter::lexicon::{self, has};
use crate::agent::interpreter::reading::{Part, Reading, Span};
use crate::domain::filter::{Clause, Field, Test};
use crate::tools::view::plain;

/// Why a question cannot be answered as it is put, and how it can be put; absent where it may be answered.
pub(in crate::agent::interpreter) fn reason(reading: &Reading) -> Option<String> {
    if let Some(said) = no_number(reading) {
        return Some(format!(
            "`{}` is no bound: compare a metric or parameter with a number, as in “runs with accuracy > 0.9”.",
            plain(&said)
        ));
    }
    if let Some(said) = near_number(reading) {
        return Some(format!(
            "How near is `{}`? I compare with numbers as they are: say for example “runs with accuracy between 0.89 and 0.91”.",
            plain(&said)
        ));
    }
    if denies_tag(reading) {
        return Some(
            "I find experiments by the tags that they have, not by those that they lack: list them all, and see their tags.".to_owned(),
        );
    }
    if let Some(said) = no_count(reading) {
        return Some(format!("`{}` would be no runs at all: how many do you want?", plain(&said)));
    }
    no_bound(reading).map(|said| format!("`{}` what? Say with which number to compare, as in “runs with accuracy > 0.9”.", plain(&said)))
}

/// `runs where accuracy is above`: a comparison at the end, with nothing to compare with.
fn no_bound(reading: &Reading) -> Option<String> {
    let words: Vec<&str> = reading.words.iter().map(String::as_str).collect();
    let keys = reading.spans.iter().filter(|span| matches!(span.part, Part::Metric(_) | Part::Parameter(_)));
    keys.into_iter().find_map(|key| {
        let at = (key.words.end..words.len()).find(|at| !matches!(words.get(*at), Some(&("is" | "was" | "are" | "of"))))?;
        let (_, used) = lexicon::comparison(words.get(at..)?)?;
        let behind = words.get(at + used..)?;
        let is_over = behind.iter().all(|word| matches!(*word, "a" | "an" | "the" | "please"));
        is_over.then(|| reading.text.get(key.bytes.start..).map(|said| said.trim_end_matches(['?', '.', '!', ' ']).to_owned())).flatten()
    })
}

/// `mape >< 12`, `accuracy greater than banana`: what stands where a bound belongs and is none.
fn no_number(reading: &Reading) -> Option<String> {
    const KNOWN: [&str; 11] = [">", "<", ">=", "<=", "=", "==", "!=", "=>", "=<", "<>", ":"];
    let is_key = |span: &Span| matches!(span.part, Part::Metric(_) | Part::Parameter(_));
    for (index, span) in reading.spans.iter().enumerate().filter(|(_, span)| is_key(span)) {
        let next = reading.spans.get(index + 1)?;
        let between = reading.text.get(span.bytes.end..next.bytes.start).unwrap_or_default();
        let signs: String = between.chars().filter(|letter| !letter.is_whitespace()).collect();
        let is_compared = signs.chars().any(|sign| "<>".contains(sign)) && signs.chars().all(|sign| "<>=!".contains(sign));
        if is_compared && !KNOWN.contains(&signs.as_str()) {
            return Some(signs);
        }
        if is_compared && next.part == Part::Unknown {
            return reading.text.get(next.bytes.clone()).map(str::to_owned);
        }
        if let Some(place) = behind_comparison(reading, span.words.end) {
            return reading.said(&place).map(str::to_owned);
        }
    }
    None
}

/// The unknown word behind a comparison in words: `is greater than banana`.
fn behind_comparison(reading: &Reading, start: usize) -> Option<std::ops::Range<usize>> {
    let words: Vec<&str> = reading.words.iter().map(String::as_str).collect();
    let at = (start..words.len()).find(|at| !matches!(words.get(*at), Some(&("is" | "was" | "are" | "of"))))?;
    let (_, used) = lexicon::comparison(words.get(at..)?)?;
    reading.unknown_places().into_iter().find(|place| place.start == at + used && place.len() == 1)
}

/// `accuracy around 0.9`, `accuracy ~0.9`, `roughly 0.9 accuracy`: a bound that is none, of runs that are not named.
fn near_number(reading: &Reading) -> Option<String> {
    const NEAR: &str = "around about approximately roughly near nearly circa ca approx ~ ≈ ~= close to";
    if reading.parts().any(|part| matches!(part, Part::Run(_) | Part::Runs(_) | Part::Anaphor(_))) {
        return None;
    }
    let numbers = reading.spans.iter().filter(|span| matches!(span.part, Part::Number(_)));
    numbers.into_iter().find_map(|number| {
        let before = number.words.start.checked_sub(1).and_then(|before| reading.words.get(before));
        let behind = reading.spans.iter().find(|span| span.words.start == number.words.end);
        let is_of_key = behind.is_some_and(|span| matches!(span.part, Part::Metric(_) | Part::Parameter(_)));
        if is_of_key && before.is_some_and(|word| has(NEAR, word)) {
            return reading.text.get(number.bytes.clone()).map(str::to_owned);
        }
        let key = reading
            .spans
            .iter()
            .rfind(|span| matches!(span.part, Part::Metric(_) | Part::Parameter(_)) && span.bytes.end <= number.bytes.start)?;
        let between = reading.text.get(key.bytes.end..number.bytes.start)?.to_lowercase();
        let mut said =
            between.split_whitespace().filter(|word| !matches!(*word, "is" | "of" | "was" | "at" | "a" | "an" | "value")).peekable();
        let is_near = said.peek().is_some() && said.all(|word| has(NEAR, word));
        is_near.then(|| reading.text.get(key.bytes.end..number.bytes.end).map(|said| said.trim().to_owned())).flatten()
    })
}

/// `which experiments are not tagged team=risk`
fn denies_tag(reading: &Reading) -> bool {
    const DENYING: &str = "not no without except excluding but non never isn aren don doesn didn besides other";
    const AHEAD: usize = 5;
    let is_denied = |span: &Span| {
        let ahead = reading.words.get(span.words.start.saturating_sub(AHEAD)..span.words.start).unwrap_or_default();
        ahead.iter().any(|word| has(DENYING, word))
    };
    let of_tag = |span: &&Span| match &span.part {
        Part::ExperimentTag { .. } => true,
        Part::Conditions(clauses) => clauses.iter().all(|clause| matches!(clause.field, Field::Tag(_))),
        _ => false,
    };
    let of_experiments = reading.means("experiments") || reading.means("experiment");
    of_experiments && !reading.means("run") && reading.spans.iter().filter(of_tag).any(is_denied)
}

/// `the top 0 runs`, `the best -3`: a number of runs that is none.
fn no_count(reading: &Reading) -> Option<String> {
    const COUNTED: [&str; 8] = ["first", "last", "latest", "newest", "recent", "oldest", "list", "show"];
    let places: Vec<(String, std::ops::Range<usize>)> = crate::domain::reference::placed_words(&reading.text);
    places.windows(2).find_map(|pair| {
        let [(word, place), (number, behind)] = pair else { return None };
        let is_counted = lexicon::end(word).is_some() || COUNTED.contains(&word.as_str());
        let between = reading.text.get(place.end..behind.start)?;
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        let goes_on = reading
            .text
            .get(behind.end..)
            .is_some_and(|rest| rest.starts_with(['.', ',', '-', '_', '%', ':', '/']) && !rest.ends_with(['.', ',']));
        let is_none =
            matches!(number.as_str(), "0" | "zero") && between.trim().is_empty() || is_number && matches!(between, " -" | " −" | " minus ");
        (is_counted && is_none && !goes_on).then(|| reading.text.get(place.start..behind.end).map(str::to_owned)).flatten()
    })
}

/// `runs without f1_score`, `which runs lack accuracy`: MLflow's filters ask only for metrics that are there.
/// The list of all of them is sorted by it, and those that lack it come last.
pub(super) fn lacked(reading: &Reading) -> Option<String> {
    let lacked = reading.spans.iter().filter(|span| asks_for_lack(reading, span));
    lacked.into_iter().find_map(|span| if let Part::Metric(name) = &span.part { Some(name.clone()) } else { None })
}

/// `runs without dropout`: of a parameter a filter can ask whether it was logged.
pub(super) fn settle_lack(reading: &mut Reading) {
    let place = reading.spans.iter().position(|span| matches!(span.part, Part::Parameter(_)) && asks_for_lack(reading, span));
    if let Some(span) = place.and_then(|place| reading.spans.get_mut(place))
        && let Part::Parameter(key) = &span.part
    {
        span.part = Part::Conditions(vec![Clause { field: Field::Param(key.clone()), test: Test::IsNull }]);
    }
}

/// Whether runs are asked for that have none of what is named.
fn asks_for_lack(reading: &Reading, span: &Span) -> bool {
    let is_of_runs =
        reading.means("run") && !reading.means("impact") && !reading.parts().any(|part| matches!(part, Part::Run(_) | Part::End(..)));
    is_of_runs && is_lacked(reading, span.words.start) && !is_bounded(reading, span)
}

/// Whether the words in front of a name say that it is not there.
fn is_lacked(reading: &Reading, start: usize) -> bool {
    let ahead: Vec<&str> = reading.words.get(start.saturating_sub(5)..start).unwrap_or_default().iter().map(String::as_str).collect();
    let ahead: Vec<&str> =
        ahead.into_iter().filter(|word| !matches!(*word, "a" | "an" | "any" | "the" | "value" | "values" | "of" | "for" | "yet")).collect();
    matches!(
        ahead.as_slice(),
        [.., "without" | "lack" | "lacks" | "lacking" | "missing" | "miss" | "lacked"]
            | [.., "with" | "have" | "has" | "had" | "log" | "logged", "no"]
            | [.., "not" | "t" | "never", "log" | "logged" | "have" | "record" | "report" | "recorded" | "reported"]
    )
}

/// `without lr = 0.1` denies a value.
fn is_bounded(reading: &Reading, span: &Span) -> bool {
    let next = reading.spans.iter().find(|next| next.words.start == span.words.end);
    next.is_some_and(|next| {
        matches!(next.part, Part::Number(_) | Part::Comparison(_) | Part::Conditions(_) | Part::Value(..) | Part::Unknown)
    })
}

#[cfg(test)]
mod tests {
    use crate::agent::interpreter::unanswerable::impossible::*;

    fn read(text: &str) -> Reading {
        let words = crate::domain::reference::words(text);
        Reading { text: text.to_owned(), words, spans: Vec::new(), places: Vec::new() }
    }

    #[test]
    fn a_count_of_none_is_told_from_one_of_some() {
        for question in ["the top 0 runs", "give me the best -3 runs", "show the last zero runs", "top 0"] {
            assert!(no_count(&read(question)).is_some(), "{question}");
        }
        for question in ["the top-3 runs", "the best 0.9 recall", "runs 0 and 1", "the last 10 runs", "show run-0"] {
            assert_eq!(no_count(&read(question)), None, "{question}");
        }
    }

    #[test]
    fn what_is_lacked_stands_behind_words_for_it() {
        let is_lacked_at = |text: &str, word: &str| {
            let reading = read(text);
            reading.words.iter().position(|said| said == word).is_some_and(|at| is_lacked(&reading, at))
        };
        assert!(is_lacked_at("runs without accuracy", "accuracy"));
        assert!(is_lacked_at("runs that have no value for accuracy", "accuracy"));
        assert!(is_lacked_at("runs that did not log accuracy", "accuracy"));
        assert!(!is_lacked_at("runs with accuracy", "accuracy"));
    }
}
