//! What is asked of files and folders of runs: to list them or to read one.

use crate::agent::interpreter::lexicon::has;
use serde_json::Value;

use super::fill;
use crate::agent::conversation::Conversation;
use crate::agent::interpreter::followup::put_focus;
use crate::agent::interpreter::reading::{Anaphor, Part, Reading};
use crate::agent::interpreter::{Arguments, Plan, lexicon, put};
use crate::domain::artifact::ArtifactPath;
use crate::tools::view::plain;

/// `the files of run 3 and run 5`: what is asked of the files of several runs is asked of one after the other.
pub(in crate::agent::interpreter) fn of_each(plan: Plan, reading: &Reading) -> Plan {
    const AT_MOST: usize = 6;
    let Plan::Call { tool: tool @ ("list_artifacts" | "read_artifact"), arguments } = &plan else { return plan };
    let mut runs: Vec<&str> = Vec::new();
    for part in reading.parts() {
        if let Part::Run(run) = part
            && !runs.contains(&run.as_str())
        {
            runs.push(run);
        }
    }
    if !(2..=AT_MOST).contains(&runs.len()) {
        return plan;
    }
    let of_run = |run: &str| {
        let mut arguments = arguments.clone();
        put(&mut arguments, "run", run);
        arguments
    };
    Plan::Each { tool, all: runs.into_iter().map(of_run).collect() }
}

/// The plan for a question about a file or folder of a run; absent where none is named.
pub(in crate::agent::interpreter) fn plan(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
    let said = reading.parts().find_map(|part| if let Part::File(path) = part { Some(path.clone()) } else { None });
    let named = said.or_else(|| unknown_file(reading));
    let is_listed = named.is_none();
    let path = named.or_else(|| listed_file(reading, conversation))?;
    let run = if is_listed { only_run(conversation) } else { put_run_of_file(reading, conversation) };
    let Some(mut arguments) = run else {
        let shown = plain(&path);
        return Some(Plan::Refuse(match ArtifactPath::parse(&path) {
            Ok(_) => format!("I look into the files of one run at a time: of which run is `{shown}` meant?"),
            Err(_) => format!("I cannot read `{shown}`: I look into the files that runs logged, and into no others."),
        }));
    };
    let is_folder = path.ends_with('/') && path.len() > 1;
    if is_folder {
        put(&mut arguments, "path", path.trim_end_matches('/'));
        return Some(Plan::call("list_artifacts", arguments));
    }
    if asks_whether(reading) {
        return Some(Plan::call("list_artifacts", arguments));
    }
    put(&mut arguments, "path", path);
    Some(Plan::call("read_artifact", arguments))
}

/// The run whose files are spoken of, as arguments: the one that the question names, else the only one of the answer before.
pub(super) fn put_run_of_file(reading: &Reading, conversation: &Conversation) -> Option<Arguments> {
    let mut arguments = Arguments::new();
    match fill::put_run(&mut arguments, reading, conversation) {
        Some(()) => Some(arguments),
        None => only_run(conversation),
    }
}

/// The run of the answer before, where it was about one.
fn only_run(conversation: &Conversation) -> Option<Arguments> {
    let [only] = conversation.runs.as_slice() else { return None };
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    put(&mut arguments, "run", only.run_id.clone());
    Some(arguments)
}

/// Whether an item of a listing is a folder: only files have a size.
pub(super) fn is_folder(item: &Value) -> bool {
    item.get("size").is_none_or(Value::is_null)
}

/// Whether a question begins with a verb by which people ask for what is in a file: `read the report`.
pub(in crate::agent::interpreter) fn reads(reading: &Reading) -> bool {
    reading.words.iter().take(3).any(|word| lexicon::asks_to_read(word))
}

/// `does run 3 have a report`: whether there is such a file is asked, not what is in it.
pub(in crate::agent::interpreter) fn asks_whether(reading: &Reading) -> bool {
    const ASKING: [&str; 6] = ["is", "are", "does", "did", "has", "do"];
    const HAVING: &str = "there have has log logged save saved store stored leave exist contain write upload";
    reading.words.first().is_some_and(|word| ASKING.contains(&word.as_str())) && HAVING.split(' ').any(|word| reading.says(word))
}

/// `read summary from run 3`: what is to be read and is no name of the store.
fn unknown_file(reading: &Reading) -> Option<String> {
    const PASSED_OVER: [&str; 13] = ["please", "can", "could", "you", "now", "and", "then", "me", "the", "a", "file", "artifact", "its"];
    let mut solid =
        reading.spans.iter().filter(|span| !reading.words.get(span.words.start).is_some_and(|word| PASSED_OVER.contains(&word.as_str())));
    let reads = solid
        .next()
        .and_then(|span| reading.words.get(span.words.start))
        .is_some_and(|verb| matches!(verb.as_str(), "read" | "cat" | "open"));
    let name = solid.next().filter(|span| reads && matches!(span.part, Part::Unknown | Part::Meaning("describe")))?;
    let names_run = reading.parts().any(|part| matches!(part, Part::Run(_)));
    let is_note = reading.words.get(name.words.clone()).is_some_and(|words| words.iter().any(|word| fill::is_remark(word)));
    reading.text.get(name.bytes.clone()).filter(|_| names_run && !is_note).map(str::to_owned)
}

/// `read the csv`, `open the second one`, after files were listed: the one of them that is meant.
fn listed_file(reading: &Reading, conversation: &Conversation) -> Option<String> {
    let is_of_files = conversation.last_call.as_ref().is_some_and(|(tool, _)| matches!(*tool, "list_artifacts" | "read_artifact"));
    let (_, listing) = conversation.evidence.iter().rev().find(|(tool, _)| *tool == "list_artifacts").filter(|_| is_of_files)?;
    let files = listing.get("files")?.as_array()?.iter().filter(|file| !is_folder(file));
    let files: Vec<&str> = files.filter_map(|file| file.get("path").and_then(Value::as_str)).collect();
    let names_else = !reading.metrics().is_empty()
        || !reading.parameters().is_empty()
        || reading.experiment().is_some()
        || reading.parts().any(|part| matches!(part, Part::Run(_) | Part::End(..) | Part::Conditions(_)));
    let asks_else = reading.parts().any(|part| matches!(part, Part::Meaning("plot" | "compare" | "impact" | "howmany" | "create")));
    let reads = reads(reading) || reading.words.iter().take(3).any(|word| lexicon::meaning(word) == Some("show"));
    let asks = matches!(reading.words.first().map(String::as_str), Some("what" | "whats"))
        || reading.words.first().is_some_and(|word| word == "and") && reading.words.len() <= 4;
    if names_else || asks_else || reading.words.len() > 8 {
        return None;
    }
    if let Some(other) = other_file(reading, conversation, &files) {
        return Some(other);
    }
    if !(reads || asks || is_bare(reading)) {
        return None;
    }
    let place = reading.parts().find_map(|part| match part {
        Part::Anaphor(Anaphor::Nth(place)) => Some(*place),
        Part::Anaphor(Anaphor::Last) => files.len().checked_sub(1),
        Part::Runs(phrase) if phrase == "first 1" => Some(0),
        _ => None,
    });
    if let Some(place) = place {
        return files.get(place).map(|path| (*path).to_owned());
    }
    let says = |path: &str| crate::domain::reference::words(path).iter().any(|word| word.chars().count() >= 3 && reading.says(word));
    let mut said = files.iter().filter(|path| says(path));
    match (said.next(), said.next()) {
        (Some(only), None) => Some((*only).to_owned()),
        _ => None,
    }
}

/// `the notes too`, `now the csv file`: nothing but what is to be read.
fn is_bare(reading: &Reading) -> bool {
    const BESIDE: &str = "the and now also too then please next file as well";
    let solid = reading.words.iter().filter(|word| !has(BESIDE, word.as_str()));
    reading.words.len() <= 5 && solid.count() == 1
}

/// `and the other one`, `now the other file`, after one of two files was read.
fn other_file(reading: &Reading, conversation: &Conversation, files: &[&str]) -> Option<String> {
    let (tool, last) = conversation.last_call.as_ref()?;
    let read = last.get("path").and_then(Value::as_str).filter(|_| *tool == "read_artifact")?;
    let asks = reading
        .words
        .windows(2)
        .any(|pair| matches!(pair, [other, noun] if other == "other" && matches!(noun.as_str(), "one" | "file" | "artifact")))
        || reading.words.last().is_some_and(|word| word == "other");
    let mut others = files.iter().filter(|path| **path != read);
    let only = others.next().filter(|_| others.next().is_none() && files.len() == 2)?;
    (asks && reading.words.len() <= 7).then(|| (*only).to_owned())
}
