//! Words where a value of a parameter or tag belongs that no run has: "the catboost runs", "how many used catboost". What they would choose
//! is nothing, so no list without them is given; beside a parameter or tag they are looked for.

use crate::agent::interpreter::lexicon::has;
use std::ops::Range;

use crate::agent::interpreter::lexicon;
use crate::agent::interpreter::reading::{Part, Reading};
use crate::agent::interpreter::vocabulary::{Holder, Vocabulary};
use crate::domain::filter::{Clause, Comparison, Field, Test, TextMatch};
use crate::tools::view::plain;

/// What to say where runs are asked for by a value that is not there.
pub(in crate::agent::interpreter) fn reason(reading: &Reading, vocabulary: &Vocabulary) -> Option<String> {
    let names_run = reading.parts().any(|part| matches!(part, Part::Run(_) | Part::Anaphor(_) | Part::File(_)));
    let asks_else = ["plot", "compare", "impact", "describe", "experiments", "experiment", "create", "artifact", "user"];
    let is_of_runs = reading.means("run") || reading.means("howmany") || !reading.metrics().is_empty();
    if names_run || !is_of_runs || asks_else.iter().any(|meaning| reading.means(meaning)) {
        return None;
    }
    // `which DPO run`, where runs are called dpo-1 and dpo-2
    let begins_run = |place: &Range<usize>| reading.words.get(place.start).is_some_and(|word| vocabulary.has_run_beginning(word));
    let place = reading.unknown_places().into_iter().find(|place| is_value(reading, place) && !begins_run(place))?;
    let said = plain(reading.said(&place)?);
    let users = vocabulary.users();
    let whose = if users.is_empty() {
        String::new()
    } else {
        format!(" Runs were started by {}.", users.iter().map(|user| format!("`{user}`")).collect::<Vec<_>>().join(", "))
    };
    Some(format!(
        "No run has a parameter or tag that is `{said}`, so there is nothing to show.{whose} Ask what an experiment logs to see the values that there are."
    ))
}

/// `compare xgboost with catboost`: what is set beside a value that some runs have, and is none.
pub(in crate::agent::interpreter) fn compared(reading: &Reading) -> Option<String> {
    let is_value = |part: &Part| match part {
        Part::Value(..) => true,
        Part::Conditions(clauses) => clauses.iter().all(|clause| matches!(clause.test, Test::Text(TextMatch::Eq, _))),
        _ => false,
    };
    let names_else = reading.parts().any(|part| {
        matches!(part, Part::Run(_) | Part::Runs(_) | Part::End(..) | Part::Anaphor(_) | Part::File(_))
            || matches!(part, Part::Parameter(_))
    });
    let values: Vec<&Range<usize>> = reading.spans.iter().filter(|span| is_value(&span.part)).map(|span| &span.words).collect();
    let places = reading.unknown_places();
    let ([value], [place]) = (values.as_slice(), places.as_slice()) else { return None };
    if names_else || !reading.means("compare") || place.len() > 2 {
        return None;
    }
    let between = if value.end <= place.start { value.end..place.start } else { place.end..value.start };
    let link = reading.words.get(between)?.join(" ");
    let joins = matches!(link.as_str(), "with" | "and" | "vs" | "versus" | "against" | "to" | "or" | "with the" | "than");
    joins.then(|| reading.said(place)).flatten().map(|said| {
        format!("No run has a parameter or tag that is `{}`, so there is nothing to compare. Ask what an experiment logs to see the values that there are.", plain(said))
    })
}

/// `lstm model runs`, `runs with the lstm model`, `stage retired`: a word beside a parameter or tag that holds texts is its value, though no
/// run has it.
pub(in crate::agent::interpreter) fn settle(reading: &mut Reading, vocabulary: &Vocabulary) {
    let asks_else = ["plot", "compare", "impact", "describe", "experiments", "create", "artifact", "metric", "parameter"];
    // `the runs with lion as their optimizer` points at nothing before.
    let points = reading.spans.iter().any(|span| {
        let is_of_key = reading.words.get(span.words.start).is_some_and(|word| matches!(word.as_str(), "their" | "its"))
            && reading.words.get(span.words.end).is_some_and(|word| vocabulary.holder_called(word).is_some());
        matches!(span.part, Part::Anaphor(_)) && !is_of_key
    });
    let names_run = points || reading.parts().any(|part| matches!(part, Part::Run(_) | Part::File(_)));
    if names_run || !(reading.means("run") || reading.means("howmany")) || asks_else.iter().any(|meaning| reading.means(meaning)) {
        return;
    }
    number_beside_key(reading);
    // `stage retired`, where nobody knows either: the key stands first.
    let places = reading.unknown_places().into_iter().filter(|place| place.len() <= 2);
    let mut values = places.map(|place| place.end - 1..place.end);
    let Some((place, key_at, holder)) = values.find_map(|place| beside_key(reading, vocabulary, place)) else {
        return;
    };
    let Some(value) = reading.said(&place).map(str::to_owned) else { return };
    let clause = Clause { field: holder.field(), test: Test::Text(TextMatch::Eq, value) };
    for span in &mut reading.spans {
        if span.words == place {
            span.part = Part::Conditions(vec![clause.clone()]);
        } else if span.words.contains(&key_at) && span.words.len() == 1 {
            span.part = Part::Filler;
        }
    }
}

/// `a run with 10 layers`: the number is what the parameter must be.
fn number_beside_key(reading: &mut Reading) {
    let is_used = |index: usize| {
        let ahead = reading.spans.get(index).and_then(|span| span.words.start.checked_sub(1)).and_then(|at| reading.words.get(at));
        ahead.is_some_and(|word| matches!(word.as_str(), "with" | "using" | "used" | "use" | "has" | "have" | "had" | "having"))
    };
    let pair = (1..reading.spans.len()).find_map(|index| {
        let (number, key) = (reading.spans.get(index - 1)?, reading.spans.get(index)?);
        match (&number.part, &key.part) {
            (Part::Number(number), Part::Parameter(key)) if is_used(index - 1) => Some((index, *number, key.clone())),
            _ => None,
        }
    });
    let Some((index, number, key)) = pair else { return };
    let clause = Clause { field: Field::Param(key), test: Test::Number(Comparison::Eq, number) };
    if let Some(span) = reading.spans.get_mut(index) {
        span.part = Part::Conditions(vec![clause]);
    }
    if let Some(span) = reading.spans.get_mut(index - 1) {
        span.part = Part::Filler;
    }
}

/// The parameter or tag beside an unknown word, and where it stands.
fn beside_key(reading: &Reading, vocabulary: &Vocabulary, place: Range<usize>) -> Option<(Range<usize>, usize, Holder)> {
    let holder =
        |at: usize| reading.words.get(at).and_then(|word| vocabulary.holder_called(word)).map(|holder| (place.clone(), at, holder));
    let is_run = |at: usize| {
        reading.words.get(at).is_none_or(|word| lexicon::meaning(word) == Some("run") || matches!(word.as_str(), "in" | "of" | "from"))
    };
    let is_said = |at: usize, known: &[&str]| reading.words.get(at).is_some_and(|word| known.contains(&word.as_str()));
    // `lstm model runs`, `runs with an lstm model`
    if let Some(found) = holder(place.end).filter(|_| is_run(place.end + 1)) {
        return Some(found);
    }
    // `have lion as their optimizer`, `with lion for the optimizer`
    let behind = place.end + 1;
    let article = usize::from(is_said(behind, &["the", "their", "its", "an", "a"]));
    let is_used =
        place.start.checked_sub(1).is_some_and(|at| is_said(at, &["have", "has", "had", "with", "used", "use", "using", "set", "got"]));
    if is_used
        && is_said(place.end, &["as", "for"])
        && let Some(found) = holder(behind + article)
    {
        return Some(found);
    }
    // `runs with stage retired`, `whose stage is retired`
    let link = usize::from(place.start.checked_sub(1).is_some_and(|at| is_said(at, &["is", "was", "of", "equals", "to"])));
    let key_at = place.start.checked_sub(1 + link)?;
    let lead = key_at.checked_sub(1)?;
    let leads = is_said(lead, &["with", "have", "has", "had", "whose", "where", "and", "the", "tag", "param", "parameter", "using", "a"]);
    holder(key_at).filter(|_| leads && is_run(place.end))
}

/// Whether unknown words stand where a value belongs: behind `using`, before the noun for runs.
pub(in crate::agent::interpreter) fn is_value(reading: &Reading, place: &Range<usize>) -> bool {
    let word = |index: Option<usize>| index.and_then(|index| reading.words.get(index)).map_or("", String::as_str);
    let before = word(place.start.checked_sub(1));
    let is_use = |word: &str| has("use used using uses with without have has had having try tried trying test tested", word);
    // `with 500 trees`
    let is_number = !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_digit());
    // `with the adam optimizer`
    let before_article = if matches!(before, "the" | "a" | "an") { word(place.start.checked_sub(2)) } else { before };
    let is_used = is_use(before_article) || is_number && is_use(word(place.start.checked_sub(2)));
    let describes = lexicon::meaning(word(Some(place.end))) == Some("run")
        && matches!(before, "the" | "many" | "all" | "any" | "of" | "list" | "show" | "which" | "best" | "for" | "every" | "");
    // `runs of zoe in card-fraud`: not of the experiment, which is named beside it.
    let of_runs = place.start.checked_sub(2).and_then(|at| reading.words.get(at)).is_some_and(|word| lexicon::meaning(word) == Some("run"));
    let is_owned = matches!(before, "of" | "by" | "from") && of_runs && reading.experiment().is_some();
    let is_short = place.len() <= 2 && place.end <= 12;
    let is_last = place.end == reading.words.len()
        || matches!(
            word(Some(place.end)),
            "in" | "of" | "from" | "please" | "by" | "are" | "have" | "is" | "did" | "do" | "on" | "for" | "and"
        );
    is_short && (is_used && is_last || is_owned || describes && place.len() == 1)
}
