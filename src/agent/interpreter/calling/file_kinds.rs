//! Files that a question names by what they are: `run 3's confusion matrix`, `the notes file of run 3`, `its requirements`.
//!
//! The run is asked which files it has, and the question's words are held against their names. It does not know what is in them.

use crate::agent::interpreter::lexicon::has;
use std::cmp::Reverse;
use std::ops::Range;

use serde_json::Value;

use super::files::{asks_whether, is_folder, put_run_of_file, reads};
use super::{fill, selecting};
use crate::agent::conversation::Conversation;
use crate::agent::interpreter::reading::{Part, Reading};
use crate::agent::interpreter::vocabulary::Vocabulary;
use crate::agent::interpreter::{Arguments, Plan, chatter, lexicon, put};
use crate::domain::reference::{is_typo_of, words};
use crate::tools::view::plain;
use crate::tools::{Context, ToolError};

/// Nouns that say that what stands before or behind them is a file.
const FILE_NOUNS: &str = "file files csv tsv json jsonl txt yaml yml table artifact document spreadsheet text image png picture";

/// Nouns for what runs leave in files, though they have other meanings or none.
const KINDS: &str = "report matrix requirements readme predictions manifest card signature environment checkpoint tokenizer sheet";

/// Those of them that are nothing but files.
const FILES_ONLY: &str = "matrix requirements readme manifest tokenizer checkpoint";

/// What people call what a file is usually called otherwise.
const ALSO_CALLED: &[(&str, &str)] = &[
    ("requirements", "dependencies packages libraries pip deps"),
    ("conda", "environment env"),
    ("params", "parameters config configuration settings hyperparameters"),
    ("config", "configuration settings"),
];

/// Words behind which a noun stands.
const ARTICLES: &str = "the a an its his her their any some this that s our which what";

/// Words that stand behind a noun.
const BEHIND_NOUNS: &str = "of from for in that which by was is were are";

/// The most folders of a run that are looked into.
const FOLDERS_LOOKED_INTO: usize = 8;

/// How surely a question names a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Evidence {
    /// By a noun for what is in it: `the report`.
    Kind,
    /// By all of several words of its name: `the confusion matrix`.
    Named,
    /// By a word of its name beside one for files: `the notes file`.
    Noun,
}

/// The plan for a question about a file that it names by its kind; absent where it names none.
pub(in crate::agent::interpreter) async fn plan(
    reading: &Reading,
    vocabulary: &Vocabulary,
    context: &Context,
    conversation: &Conversation,
) -> Result<Option<Plan>, ToolError> {
    if !may_name_file(reading) {
        return Ok(None);
    }
    let Some(run) = run(reading, vocabulary, context, conversation).await? else { return Ok(of_no_run(reading)) };
    if runs_named(reading).len() > 1 {
        return Ok(whether_of_several(run, reading, context).await);
    }
    let files = files_of(&run, context).await;
    let mut arguments = run;
    // Where the files cannot be listed, the tool tells why.
    let Some(files) = files else {
        return Ok(says_kind(reading).then(|| Plan::call("list_artifacts", arguments)));
    };
    let Some(path) = best(&files, reading) else {
        return Ok(asks_for_file(reading).then(|| Plan::call("list_artifacts", arguments)));
    };
    if asks_whether(reading) {
        return Ok(Some(list_beside(&path, arguments)));
    }
    put(&mut arguments, "path", path);
    Ok(Some(Plan::call("read_artifact", arguments)))
}

/// `show me the confusion matrix`, where no run is meant.
fn of_no_run(reading: &Reading) -> Option<Plan> {
    let names_else = reading.experiment().is_some() || !reading.metrics().is_empty() || reading.means("create");
    let is_file = |place: &Range<usize>| reading.words.get(place.clone()).is_some_and(|said| said.iter().any(|word| has(FILES_ONLY, word)));
    let place = reading.unknown_places().into_iter().find(is_file).filter(|_| !names_else)?;
    let said = plain(reading.said(&place)?);
    Some(Plan::Refuse(format!("I look into the files of one run at a time: of which run is the `{said}` meant?")))
}

/// `does run 3 or run 5 have a confusion matrix?`: the place where one of them has it, to be looked at in each.
async fn whether_of_several(mut arguments: Arguments, reading: &Reading, context: &Context) -> Option<Plan> {
    for run in runs_named(reading) {
        put(&mut arguments, "run", run.as_str());
        if let Some(path) = files_of(&arguments, context).await.and_then(|files| best(&files, reading)) {
            return Some(list_beside(&path, arguments));
        }
    }
    None
}

/// The list of the folder in which a file is.
fn list_beside(path: &str, mut arguments: Arguments) -> Plan {
    if let Some((folder, _)) = path.rsplit_once('/') {
        put(&mut arguments, "path", folder);
    }
    Plan::call("list_artifacts", arguments)
}

/// `requirements.txt`, which is in a folder: the path of the only file that is called so.
pub(in crate::agent::interpreter) async fn settle(plan: &mut Plan, context: &Context) {
    let Plan::Call { tool: "read_artifact", arguments } = plan else { return };
    let Some(whole) = arguments.get("path").and_then(Value::as_str).map(str::to_owned) else { return };
    let said = whole.to_lowercase();
    let mut run = arguments.clone();
    run.remove("path");
    let Some(files) = files_of(&run, context).await else { return };
    let is_called_so = |path: &&String| {
        let path = path.to_lowercase();
        path == said || path.ends_with(&format!("/{said}"))
    };
    let exact = files.iter().find(|path| **path == whole).or_else(|| files.iter().find(|path| path.to_lowercase() == said));
    let mut called = files.iter().filter(is_called_so);
    let only = called.next().filter(|_| called.next().is_none());
    if let Some(path) = exact.or(only) {
        put(arguments, "path", path.clone());
    }
}

/// Whether it is worth looking at the files of a run: something is said that may be one of them.
fn may_name_file(reading: &Reading) -> bool {
    let is_said_as_file = reading.parts().any(|part| matches!(part, Part::File(_)));
    let is_of_several = reading.parts().any(|part| matches!(part, Part::End(_, Some(2..))))
        || runs_named(reading).len() > 1 && !asks_whether(reading) && !asks_which_has(reading);
    let is_candidate = |index: usize| {
        let word = word(reading, index);
        has(FILE_NOUNS, word) || has(KINDS, word) || part_at(reading, index) == Some(&Part::Unknown)
    };
    let is_said_as_file = is_said_as_file || fill::step(reading).is_some();
    !is_said_as_file && !is_of_several && (0..reading.words.len()).any(is_candidate)
}

/// The runs that are named, each once.
fn runs_named(reading: &Reading) -> Vec<&String> {
    let mut named: Vec<&String> = reading.parts().filter_map(|part| if let Part::Run(name) = part { Some(name) } else { None }).collect();
    named.sort_unstable();
    named.dedup();
    named
}

/// `which of run 3 and run 5 has a confusion matrix?`
fn asks_which_has(reading: &Reading) -> bool {
    word(reading, 0) == "which" && ["has", "have", "logged", "saved"].iter().any(|word| reading.says(word))
}

/// The one run that is spoken of, as arguments.
async fn run(
    reading: &Reading,
    vocabulary: &Vocabulary,
    context: &Context,
    conversation: &Conversation,
) -> Result<Option<Arguments>, ToolError> {
    let Some(mut arguments) = put_run_of_file(reading, conversation) else { return Ok(None) };
    // `the requirements file of run 3`: the word for the file is no experiment.
    if reading.experiment().is_none() && reading.parts().any(|part| matches!(part, Part::Run(_))) {
        arguments.remove("experiment");
    }
    fill::put_experiment_of_run(&mut arguments, "get_run", reading, vocabulary);
    selecting::resolve_one(&mut arguments, "list_artifacts", reading, context, vocabulary).await?;
    Ok(Some(arguments))
}

/// The paths of a run's files, those in folders too; absent where they cannot be listed.
async fn files_of(run: &Arguments, context: &Context) -> Option<Vec<String>> {
    let tool = crate::tools::named("list_artifacts")?;
    let mut files = Vec::new();
    let mut folders = vec![String::new()];
    let mut looked_into = 0;
    while let Some(folder) = folders.pop() {
        looked_into += 1;
        let mut arguments = run.clone();
        if !folder.is_empty() {
            put(&mut arguments, "path", folder);
        }
        let outcome = tool.call(Value::Object(arguments), context).await.ok()?;
        for file in outcome.result.get("files").and_then(Value::as_array).into_iter().flatten() {
            let Some(path) = file.get("path").and_then(Value::as_str) else { continue };
            if is_folder(file) {
                folders.push(path.to_owned());
            } else {
                files.push(path.to_owned());
            }
        }
        if looked_into >= FOLDERS_LOOKED_INTO {
            break;
        }
    }
    Some(files)
}

/// The file that the question names best, if none is named as well.
fn best(files: &[String], reading: &Reading) -> Option<String> {
    let mut named: Vec<(usize, Evidence, Reverse<usize>, &String)> = files
        .iter()
        .filter_map(|path| likeness(path, reading).map(|(said, evidence, unsaid)| (said, evidence, Reverse(unsaid), path)))
        .collect();
    named.sort_unstable();
    let (said, evidence, unsaid, path) = *named.last()?;
    let same = named.iter().filter(|(other, how, left, _)| (*other, *how, *left) == (said, evidence, unsaid)).count();
    (same == 1).then(|| path.clone())
}

/// How many words of a file's name are said, how surely they mean it, and how many are not said; absent where it is not named.
fn likeness(path: &str, reading: &Reading) -> Option<(usize, Evidence, usize)> {
    let file = path.rsplit('/').next().unwrap_or(path);
    let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    let stem = words(stem);
    let ending = ending.to_lowercase();
    let pieces = (1..=stem.len()).rev().flat_map(|length| (0..=stem.len() - length).map(move |start| start..start + length));
    let of_stem = pieces.into_iter().find_map(|piece| {
        let names = stem.get(piece.clone())?;
        let evidence = places_of(names, reading).into_iter().filter_map(|place| evidence(&place, &piece, &stem, &ending, reading)).max()?;
        Some((names.len(), evidence, stem.len() - names.len()))
    });
    of_stem.or_else(|| names_ending(&ending, reading).then_some((0, Evidence::Kind, stem.len())))
}

/// Where some words of a file's name stand side by side, and are no name of the store.
fn places_of(names: &[String], reading: &Reading) -> Vec<Range<usize>> {
    let last = (reading.words.len() + 1).saturating_sub(names.len());
    let is_named = |start: &usize| {
        names.iter().zip(*start..).all(|(name, index)| is_word_of(word(reading, index), name) && !is_name_of_place(reading, index))
    };
    (0..last).filter(is_named).map(|start| start..start + names.len()).collect()
}

/// Whether a word is one of a file's name, in another number, misspelt or by another name for it.
fn is_word_of(said: &str, known: &str) -> bool {
    let is_synonym = ALSO_CALLED.iter().any(|(name, others)| *name == known && has(others, said));
    said == known
        || said.len() > 3 && said.trim_end_matches('s') == known.trim_end_matches('s')
        || said.chars().count() >= 6 && is_typo_of(said, known)
        || is_synonym
}

/// Whether a word names a run, an experiment or a time and so no file.
fn is_name_of_place(reading: &Reading, index: usize) -> bool {
    matches!(
        part_at(reading, index),
        Some(Part::Run(_) | Part::Runs(_) | Part::Experiment(_) | Part::Conditions(_) | Part::Number(_) | Part::Anaphor(_))
    )
}

/// How surely words that are a piece of a file's name mean the file.
fn evidence(place: &Range<usize>, piece: &Range<usize>, stem: &[String], ending: &str, reading: &Reading) -> Option<Evidence> {
    let is_file_noun = |word: &str| !word.is_empty() && (has(FILE_NOUNS, word) || word == ending);
    let before = place.start.checked_sub(1).map_or("", |before| word(reading, before));
    if is_file_noun(word(reading, place.end)) || is_file_noun(before) && is_noun(place, reading) {
        return Some(Evidence::Noun);
    }
    let is_plain = |index: usize| !is_key(reading, index);
    if place.len() > 1 && place.clone().all(is_plain) && piece.len() == stem.len() {
        return Some(Evidence::Named);
    }
    let head = place.end.checked_sub(1)?;
    let is_unknown = part_at(reading, head) == Some(&Part::Unknown);
    let says_kind = has(KINDS, word(reading, head)) || is_unknown && !fill::is_remark(word(reading, head)) || reads(reading);
    let is_head = piece.end == stem.len() && is_plain(head);
    (says_kind && is_head && (is_noun(place, reading) || place.end == reading.words.len())).then_some(Evidence::Kind)
}

/// `the csv of run 3`: the ending of a file's name stands for it.
fn names_ending(ending: &str, reading: &Reading) -> bool {
    const ENDINGS: &str = "csv tsv json jsonl yaml yml png jpg svg html pdf parquet pkl onnx md";
    has(ENDINGS, ending) && (0..reading.words.len()).any(|index| word(reading, index) == ending && is_noun(&(index..index + 1), reading))
}

/// `read the report`, `does it have a signature`: a file is asked for, so where the run has none of this kind its files tell.
fn asks_for_file(reading: &Reading) -> bool {
    let is_plain = reading.metrics().is_empty() && reading.parameters().is_empty();
    let is_of_file = reads(reading) || asks_whether(reading);
    is_plain && (is_of_file && says_kind(reading) || says_one_of(FILES_ONLY, reading))
}

/// Whether a noun for what is in files stands where a noun does.
fn says_kind(reading: &Reading) -> bool {
    says_one_of(KINDS, reading)
}

fn says_one_of(nouns: &str, reading: &Reading) -> bool {
    let is_kind =
        |index: usize| has(nouns, word(reading, index)) && is_noun(&(index..index + 1), reading) && !is_name_of_place(reading, index);
    (0..reading.words.len()).any(is_kind)
}

/// Whether words stand where a noun does: behind an article, a run or an adjective, or before `of`.
fn is_noun(place: &Range<usize>, reading: &Reading) -> bool {
    let before = place.start.checked_sub(1).map_or("", |before| word(reading, before));
    let behind = word(reading, place.end);
    let of_run = place.start.checked_sub(1).and_then(|before| part_at(reading, before));
    let is_described = matches!(of_run, Some(Part::Run(_) | Part::Runs(_) | Part::Unknown));
    has(ARTICLES, before)
        || is_described
        || has(BEHIND_NOUNS, behind)
        || part_at(reading, place.end).is_some_and(|part| matches!(part, Part::Run(_)))
}

/// Whether a word is a metric, a parameter or a value, or says what is asked.
fn is_key(reading: &Reading, index: usize) -> bool {
    let is_name = matches!(part_at(reading, index), Some(Part::Metric(_) | Part::Parameter(_) | Part::Value(..) | Part::End(..)));
    let said = word(reading, index);
    is_name
        || lexicon::meaning(said).is_some_and(|meaning| matches!(meaning, "metric" | "parameter" | "run" | "describe" | "details"))
        || chatter::is_common(said) && !has(KINDS, said)
}

fn part_at(reading: &Reading, index: usize) -> Option<&Part> {
    reading.spans.iter().find(|span| span.words.contains(&index)).map(|span| &span.part)
}

fn word(reading: &Reading, index: usize) -> &str {
    reading.words.get(index).map_or("", String::as_str)
}
