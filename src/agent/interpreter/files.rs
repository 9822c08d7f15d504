//! Files and folders of runs: which words are a path, and what is asked of it.
//!
//! A path that leads out of a run is recognised as one too, so that the tool says what is wrong with it.

use std::ops::Range;

use serde_json::Value;

use super::followup::put_focus;
use super::reader::Reader;
use super::reading::{Anaphor, Part, Reading};
use super::vocabulary::{Entry, Kind};
use super::{Arguments, Plan, fill, lexicon, put};
use crate::agent::conversation::Conversation;
use crate::domain::artifact::ArtifactPath;
use crate::domain::reference::Likeness;
use crate::tools::view::plain;

/// Nouns for a place that holds files.
const FOLDERS: [&str; 6] = ["folder", "folders", "directory", "subfolder", "subdirectory", "dir"];

/// Up to this many bytes a token that ends in a slash is no folder: `w/ dropout`.
const SHORTEST_FOLDER: usize = 3;

/// Verbs by which people ask for what is in a file.
const READING: [&str; 6] = ["read", "open", "cat", "contents", "content", "print"];

impl Reader<'_> {
    /// `report.txt`, `model/MLmodel`, `../../etc/passwd`, `the model folder`.
    pub(super) fn files(&mut self) {
        let mut start = 0;
        for piece in self.text.split_inclusive(char::is_whitespace) {
            let token = piece
                .trim_end()
                .trim_matches(|letter: char| matches!(letter, '"' | '\'' | '`' | '“' | '”' | '(' | ')' | ',' | ';' | '?' | '!'));
            let token = token.strip_suffix("'s").or_else(|| token.strip_suffix("’s")).unwrap_or(token);
            let token = if token.ends_with("..") { token } else { token.trim_end_matches(['.', ':']) };
            let at = start + piece.find(token).unwrap_or(0);
            start += piece.len();
            let Some(words) = self.words_within(&(at..at + token.len())) else { continue };
            if self.path_behind_run(token, at) || self.path_behind_long_run(token, at) {
                continue;
            }
            if self.is_path(token, &words) && self.is_free(words.clone()) {
                self.cover(words, Part::File(token.to_owned()));
            }
        }
        self.called_files();
        self.shell_listing();
        self.folders();
    }

    /// `ls model run-3`: a folder as a shell is asked for it.
    fn shell_listing(&mut self) {
        let is_other =
            |word: &str| matches!(word, "" | "run" | "runs" | "of" | "in" | "the" | "for" | "from" | "all" | "l" | "la" | "please");
        let names = self.vocabulary.exact(self.word(1)).iter().any(|(entry, _)| matches!(entry.kind, Kind::Run | Kind::Experiment));
        let is_listing = matches!(self.word(0), "ls" | "dir" | "tree") && self.words.len() > 2;
        if is_listing && !is_other(self.word(1)) && !names && !self.is_glued(1) && self.is_free(0..2) {
            let folder = format!("{}/", self.said(&(1..2)));
            self.cover(0..2, Part::File(folder));
        }
    }

    /// `the file "model"`, `the file called model`
    fn called_files(&mut self) {
        for index in 0..self.words.len() {
            let called = usize::from(matches!(self.word(index + 1), "called" | "named"));
            let place = index + 1 + called;
            if !matches!(self.word(index), "file" | "artifact") || !self.is_free(place..place + 1) {
                continue;
            }
            let between = self.places.get(place - 1).zip(self.places.get(place)).and_then(|(one, two)| self.text.get(one.end..two.start));
            if called == 1 || between.is_some_and(|between| between.contains(['"', '“', '`', '\''])) {
                let words = self.glued_around(place);
                self.cover(words.clone(), Part::File(self.said(&words).to_owned()));
            }
        }
    }

    /// `run-017/model/MLmodel`: a run and the path of one of its files.
    fn path_behind_run(&mut self, token: &str, at: usize) -> bool {
        let Some((run, path)) = token.split_once('/').filter(|(_, path)| !path.trim_matches('/').is_empty()) else { return false };
        let is_run = |(entry, likeness): &(&Entry, Likeness)| entry.kind == Kind::Run && *likeness <= Likeness::CaseFolded;
        let Some(name) = self.vocabulary.exact(run).iter().find(|found| is_run(found)).map(|(entry, _)| entry.name.text().to_owned())
        else {
            return false;
        };
        let places = (self.words_within(&(at..at + run.len())), self.words_within(&(at + run.len() + 1..at + token.len())));
        let (Some(of_run), Some(of_path)) = places else { return false };
        if self.vocabulary.exact(token).iter().any(|(_, likeness)| *likeness <= Likeness::SameWords)
            || !self.is_free(of_run.start..of_path.end)
        {
            return false;
        }
        let is_file = path.rsplit('/').next().is_some_and(lexicon::is_file_name) || path.ends_with("MLmodel") || path.ends_with('/');
        self.cover(of_run, Part::Run(name));
        self.cover(of_path, Part::File(if is_file { path.to_owned() } else { format!("{path}/") }));
        true
    }

    /// `mel 64/notes.txt`, where the run's name has spaces: it began in the pieces before.
    fn path_behind_long_run(&mut self, token: &str, at: usize) -> bool {
        let Some((head, _)) = token.split_once('/') else { return false };
        let starts = self.text.get(..at).unwrap_or_default().rmatch_indices([' ', '"', '(']).map(|(place, _)| place + 1).chain([0]);
        let starts: Vec<usize> = starts.filter(|start| *start < at).take(4).collect();
        let is_run = |start: &usize| {
            let said = self.text.get(*start..at + head.len()).unwrap_or_default();
            said.contains(' ')
                && self.vocabulary.exact(said).iter().any(|(entry, likeness)| entry.kind == Kind::Run && *likeness <= Likeness::CaseFolded)
        };
        let Some(start) = starts.into_iter().find(is_run) else { return false };
        let Some(whole) = self.text.get(start..at + token.len()).map(str::to_owned) else { return false };
        self.path_behind_run(&whole, start)
    }

    /// The words that stand in some bytes.
    pub(super) fn words_within(&self, bytes: &Range<usize>) -> Option<Range<usize>> {
        let inside = |place: &Range<usize>| bytes.start <= place.start && place.end <= bytes.end;
        let first = self.places.iter().position(inside)?;
        let count = self.places.iter().skip(first).take_while(|place| inside(place)).count();
        Some(first..first + count)
    }

    /// Whether a text in one piece is a path, and no name of the store.
    fn is_path(&self, token: &str, words: &Range<usize>) -> bool {
        let leads_out = token.starts_with(['/', '~', '\\'])
            || token.split(['/', '\\']).any(|part| matches!(part, "." | "..")) && token.contains(['/', '\\']);
        let is_encoded = token.to_lowercase().contains("%2e") || token.to_lowercase().contains("%2f") || token.starts_with("file:");
        if leads_out || is_encoded || token.len() > SHORTEST_FOLDER && token.ends_with('/') {
            return true;
        }
        let is_name = self.vocabulary.exact(token).iter().any(|(_, likeness)| *likeness <= Likeness::SameWords);
        if is_name || token.contains("://") {
            return false;
        }
        let reads = self.words.iter().any(|word| READING.contains(&word.as_str()) || lexicon::meaning(word) == Some("artifact"));
        let is_inner = token.contains('/') && words.len() > 1 && reads && self.vocabulary.alike(token).is_empty();
        lexicon::is_file_name(token) || is_inner
    }

    /// `the model folder`, `the folder model`, `files under model`.
    fn folders(&mut self) {
        let is_link = |word: &str| {
            matches!(
                word,
                "" | "the"
                    | "a"
                    | "an"
                    | "of"
                    | "in"
                    | "from"
                    | "for"
                    | "which"
                    | "what"
                    | "any"
                    | "its"
                    | "this"
                    | "that"
                    | "s"
                    | "is"
                    | "called"
                    | "named"
                    | "there"
            ) || lexicon::meaning(word) == Some("artifact")
        };
        let lists = self.words.iter().any(|word| lexicon::meaning(word) == Some("artifact"));
        for index in 0..self.words.len() {
            if !self.is_free(index..index + 1) {
                continue;
            }
            let covered = if FOLDERS.contains(&self.word(index)) {
                let before = index.checked_sub(1).filter(|before| !is_link(self.word(*before)) && self.is_free(*before..before + 1));
                let called = usize::from(matches!(self.word(index + 1), "called" | "named"));
                let after = Some(index + 1 + called).filter(|after| !is_link(self.word(*after)) && self.is_free(*after..after + 1));
                let place = before.or(after);
                place.map(|place| (place, place.min(index)..place.max(index) + 1))
            } else if matches!(self.word(index), "under" | "inside" | "within" | "beneath") && lists {
                let article = usize::from(matches!(self.word(index + 1), "the" | "its"));
                let place = index + 1 + article;
                let is_last = matches!(self.word(place + 1), "" | "of" | "in" | "from" | "for" | "please") && !self.is_glued(place);
                (is_last && !is_link(self.word(place)) && self.is_free(place..place + 1)).then_some((place, place..place + 1))
            } else {
                None
            };
            if let Some((place, words)) = covered {
                let glued = self.glued_around(place);
                let folder = format!("{}/", self.said(&glued));
                self.cover(words.start.min(glued.start)..words.end.max(glued.end), Part::File(folder));
            }
        }
    }
}

/// `the files of run 3 and run 5`: what is asked of the files of several runs is asked of one after the other.
pub(super) fn of_each(plan: Plan, reading: &Reading) -> Plan {
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
pub(super) fn plan(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
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
pub(super) fn reads(reading: &Reading) -> bool {
    reading.words.iter().take(3).any(|word| READING.contains(&word.as_str()))
}

/// `does run 3 have a report`: whether there is such a file is asked, not what is in it.
pub(super) fn asks_whether(reading: &Reading) -> bool {
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
    let solid = reading.words.iter().filter(|word| !BESIDE.split(' ').any(|known| known == word.as_str()));
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
