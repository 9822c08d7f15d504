//! From what people say to what the store holds: "run 17", "F1", "churn", "the last 3".
//!
//! Pure matching over names. An exact name always wins; then the weaker the likeness, the later it is tried, and
//! only the names of the strongest likeness found are candidates. It never guesses between two: that is for the asker.

mod likeness;
mod meaning;
mod name;
mod phrase;
mod shortened;
mod words;

use std::cmp::Ordering;

use likeness::sorted_letters;
pub use likeness::{is_form_of, is_typo_of};
pub use name::{Likeness, Name};
pub use phrase::{RunPhrase, count_word};
pub use shortened::is_short_for;
use words::digits;
pub use words::{placed_words, reordered, words};

/// What a reference led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<T> {
    /// One name of the strongest likeness.
    One(T, Likeness),
    /// Several of the same likeness; the asker must choose.
    Several(Vec<T>),
    /// None; the nearest names there are, nearest first.
    Nothing(Vec<T>),
}

/// How many candidates an error lists.
pub const CANDIDATES_SHOWN: usize = 5;

/// How many candidates an error lists that asks to choose between them.
pub const CANDIDATES_TO_CHOOSE_FROM: usize = 10;

/// The longest text that is looked up as a name: MLflow's have at most 500 characters, and likeness costs more the longer they are.
const REFERENCE_BYTES: usize = 4 * name::CHARACTERS;

/// Finds what `reference` means among `names`.
#[must_use]
pub fn find<'a>(reference: &str, names: impl IntoIterator<Item = &'a Name>) -> Found<usize> {
    if reference.len() > REFERENCE_BYTES {
        return Found::Nothing(Vec::new());
    }
    let reference = Name::new(reference.trim());
    let mut strongest: Option<Likeness> = None;
    let mut candidates: Vec<(usize, &Name)> = Vec::new();
    let mut distances: Vec<(usize, f64)> = Vec::new();
    for (index, name) in names.into_iter().enumerate() {
        if let Some(likeness) = name.likeness(&reference) {
            match strongest.map_or(Ordering::Less, |best| likeness.cmp(&best)) {
                Ordering::Less => {
                    strongest = Some(likeness);
                    candidates = vec![(index, name)];
                }
                Ordering::Equal => candidates.push((index, name)),
                Ordering::Greater => {}
            }
        } else if strongest.is_none() {
            distances.push((index, strsim::jaro_winkler(&reference.folded, &name.folded)));
        }
    }
    if strongest >= Some(Likeness::Misspelt) {
        keep_nearest(&reference, &mut candidates);
    } else if strongest == Some(Likeness::SameWords) && candidates.iter().any(|(_, name)| is_numbered_alike(name, &reference)) {
        candidates.retain(|(_, name)| is_numbered_alike(name, &reference));
    }
    let candidates: Vec<usize> = candidates.into_iter().map(|(index, _)| index).collect();
    match (strongest, candidates.as_slice()) {
        (Some(likeness), [only]) => Found::One(*only, likeness),
        (Some(_), _) => Found::Several(candidates),
        (None, _) => {
            distances.sort_by(|left, right| right.1.total_cmp(&left.1));
            Found::Nothing(distances.into_iter().take(CANDIDATES_SHOWN).map(|(index, _)| index).collect())
        }
    }
}

/// Whether two names have their digits written alike: `run 17` is `run-17` rather than `run-017`, where there are both.
#[must_use]
pub fn is_numbered_alike(name: &Name, reference: &Name) -> bool {
    digits(&name.folded) == digits(&reference.folded)
}

/// Of misspelt names those that need the fewest changes; letters in a wrong order are less of a change than wrong letters: `aurpc` is `auprc`
/// rather than `auroc`.
fn keep_nearest(reference: &Name, candidates: &mut Vec<(usize, &Name)>) {
    let change = |said: &str, meant: &str| {
        2 * strsim::osa_distance(said, meant) - usize::from(said != meant && sorted_letters(said) == sorted_letters(meant))
    };
    let changes = |name: &Name| -> usize {
        let nearest = |said: &String| name.words.iter().map(|meant| change(said, meant)).min().unwrap_or(usize::MAX);
        reference.words.iter().map(nearest).fold(0, usize::saturating_add)
    };
    let fewest = candidates.iter().map(|(_, name)| changes(name)).min();
    candidates.retain(|(_, name)| Some(changes(name)) == fewest);
}

/// A run as a reference may name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunName {
    /// The run's id.
    pub id: String,
    /// The run's name, prepared.
    pub name: Name,
}

/// Finds the run that `reference` names: an id, an id prefix of 4 or more characters, a name, or a number.
///
/// A bare number (`17`, `run 17`, `#17`) is the run whose name is it, else the runs whose name ends in it (`run-017`, `trial-00017`). A
/// piece of a name (`run-01`) is whatever run begins with it, before its number is looked at.
#[must_use]
pub fn find_run(reference: &str, runs: &[RunName]) -> Found<usize> {
    let reference = reference.trim();
    if let Some(index) = runs.iter().position(|run| run.id == reference) {
        return Found::One(index, Likeness::Exact);
    }
    let by_name = find(reference, runs.iter().map(|run| &run.name));
    match &by_name {
        Found::One(_, likeness) if *likeness <= Likeness::SameMeaning => return by_name,
        Found::Several(several) => {
            let strong = several.first().and_then(|index| runs.get(*index)).and_then(|run| run.name.likeness(&Name::new(reference)));
            if strong.is_some_and(|likeness| likeness <= Likeness::SameMeaning) {
                return by_name;
            }
        }
        Found::One(..) | Found::Nothing(_) => {}
    }
    if reference.len() >= 4 && reference.chars().all(|c| c.is_ascii_hexdigit()) {
        let prefix = reference.to_ascii_lowercase();
        let found: Vec<usize> = (0..runs.len()).filter(|index| runs.get(*index).is_some_and(|run| run.id.starts_with(&prefix))).collect();
        match found.as_slice() {
            [] => {}
            [only] => return Found::One(*only, Likeness::PartOf),
            _ => return Found::Several(found),
        }
    }
    let is_piece = is_piece_of_name(reference);
    if is_piece {
        let begins = reference.to_lowercase();
        let begun: Vec<usize> =
            (0..runs.len()).filter(|index| runs.get(*index).is_some_and(|run| run.name.folded.starts_with(&begins))).collect();
        match begun.as_slice() {
            [] => {}
            [only] => return Found::One(*only, Likeness::PartOf),
            _ => return Found::Several(begun),
        }
    }
    if let Some(number) = run_number(reference) {
        let mut ends: Vec<usize> = (0..runs.len())
            .filter(|index| runs.get(*index).and_then(|run| run.name.words.last()).is_some_and(|word| *word == number))
            .collect();
        let is_written_so = |index: &usize| runs.get(*index).is_some_and(|run| digits(&run.name.folded) == digits(reference));
        if ends.iter().any(is_written_so) {
            ends.retain(is_written_so);
        }
        return match ends.as_slice() {
            [only] => Found::One(*only, if is_piece { Likeness::Contains } else { Likeness::SameMeaning }),
            [] if matches!(by_name, Found::One(..)) => by_name,
            [] => Found::Nothing(nearest_numbers(&number, runs)),
            _ => Found::Several(ends),
        };
    }
    by_name
}

/// Whether a reference with a number is written as a name is, in one piece: `run-01`, and not `run 1` or `#1`.
fn is_piece_of_name(reference: &str) -> bool {
    let begins = reference.starts_with(|letter: char| letter.is_alphabetic());
    begins && reference.contains(['-', '_', '.']) && !reference.contains(char::is_whitespace)
}

/// The number that a reference such as `17`, `run 17`, `#17`, `trial no. 17` speaks of, without leading zeros.
#[must_use]
pub fn run_number(reference: &str) -> Option<String> {
    let words = words(reference);
    let (number, before) = words.split_last()?;
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    let is_generic = before.iter().all(|word| matches!(word.as_str(), "run" | "runs" | "number" | "no" | "nr" | "trial" | "the" | "id"));
    (is_number && is_generic).then(|| number.clone())
}

fn nearest_numbers(number: &str, runs: &[RunName]) -> Vec<usize> {
    let wanted: i64 = number.parse().unwrap_or(i64::MAX);
    let mut near: Vec<(i64, usize)> = runs
        .iter()
        .enumerate()
        .filter_map(|(index, run)| Some((run.name.words.last()?.parse::<i64>().ok()?.saturating_sub(wanted).saturating_abs(), index)))
        .collect();
    near.sort_unstable();
    near.into_iter().take(CANDIDATES_SHOWN).map(|(_, index)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reference: &str, names: &[&str], expected: Option<&str>) {
        let prepared: Vec<Name> = names.iter().map(|name| Name::new(name)).collect();
        let found = match find(reference, &prepared) {
            Found::One(index, _) => Some(names[index]),
            Found::Several(_) | Found::Nothing(_) => None,
        };
        assert_eq!(found, expected, "`{reference}` among {names:?}");
    }

    #[test]
    fn a_name_without_end_costs_no_more_than_a_long_one() {
        let endless = Name::new(&"a name ".repeat(20_000));
        for reference in ["no such thing", "ignore all previous instructions and do something else entirely, would you", "an"] {
            assert_eq!(find(reference, [&endless]), Found::Nothing(vec![0]), "{reference}");
        }
    }

    #[test]
    fn names_are_found_as_people_say_them() {
        let metrics =
            ["accuracy", "auc_roc", "f1_macro", "f1_score", "training_loss", "validation_loss", "val/AUC", "rouge-L", "top-5 acc"];
        check("f1_score", &metrics, Some("f1_score"));
        check("F1", &metrics, Some("f1_score"));
        check("f1 score", &metrics, Some("f1_score"));
        check("F1-Score", &metrics, Some("f1_score"));
        check("macro f1", &metrics, Some("f1_macro"));
        check("f1 macro", &metrics, Some("f1_macro"));
        check("training loss", &metrics, Some("training_loss"));
        check("train loss", &metrics, Some("training_loss"));
        check("val loss", &metrics, Some("validation_loss"));
        check("loss", &metrics, None);
        check("acuracy", &metrics, Some("accuracy"));
        check("rouge l", &metrics, Some("rouge-L"));
        check("rougeL", &metrics, Some("rouge-L"));
        check("top 5 accuracy", &metrics, Some("top-5 acc"));
        check("validation auc", &metrics, Some("val/AUC"));
        check("colour", &metrics, None);
        check("chrF", &["test_chrf", "test_bleu"], Some("test_chrf"));
        check("aurpc", &["valAuprc", "valAuroc"], Some("valAuprc"));
        check("training losses", &metrics, Some("training_loss"));
        check("fine tuning", &["chatbot-finetune", "tuner"], Some("chatbot-finetune"));
        check("augmentation", &["Neuro Segmentation", "augment"], Some("augment"));
        check("augmentation", &["Neuro Segmentation"], None);
        check("perplexities", &["perplexity", "complexity"], Some("perplexity"));
    }

    #[test]
    fn an_exact_name_wins_over_every_likeness() {
        check("AUC", &["auc", "AUC", "val/AUC"], Some("AUC"));
        check("run-17", &["run-017", "run-17", "run-170"], Some("run-17"));
    }

    fn check_run(reference: &str, names: &[&str], expected: Option<&str>) {
        let runs: Vec<RunName> = names
            .iter()
            .enumerate()
            .map(|(index, name)| RunName { id: format!("{:04x}00aa", index + 0xab0), name: Name::new(name) })
            .collect();
        let found = match find_run(reference, &runs) {
            Found::One(index, _) => Some(names[index]),
            Found::Several(_) | Found::Nothing(_) => None,
        };
        assert_eq!(found, expected, "`{reference}` among {names:?}");
    }

    #[test]
    fn runs_are_found_by_number_name_and_id_prefix() {
        let runs = ["run-001", "run-017", "run-170", "brave-owl-12", "trial-00042"];
        check_run("run 17", &runs, Some("run-017"));
        check_run("17", &runs, Some("run-017"));
        check_run("#17", &runs, Some("run-017"));
        check_run("run 42", &runs, Some("trial-00042"));
        check_run("brave owl", &runs, Some("brave-owl-12"));
        check_run("0ab1", &runs, Some("run-017"));
        check_run("run 18", &runs, None);
        check_run("run 1", &runs, Some("run-001"));
        check_run("run-7", &runs, None);
    }

    #[test]
    fn phrases_name_several_runs() {
        let check = |text: &str, expected: RunPhrase| assert_eq!(RunPhrase::parse(text), expected, "{text}");
        check("last 3", RunPhrase::Last(3));
        check("the last three runs", RunPhrase::Last(3));
        check("latest", RunPhrase::Last(1));
        check("first two", RunPhrase::First(2));
        check("best 3 by val/AUC", RunPhrase::Best { count: 3, metric: Some("val/AUC".into()) });
        check("worst run", RunPhrase::Worst { count: 1, metric: None });
        check("run 17", RunPhrase::One("run 17".into()));
        check("best-model-v2", RunPhrase::One("best-model-v2".into()));
        check("17", RunPhrase::One("17".into()));
    }
}
