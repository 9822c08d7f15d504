//! Recognising files and folders of runs: which words are a path.
//!
//! A path that leads out of a run is recognised as one too, so that the tool says what is wrong with it.

use std::ops::Range;

use super::Part;
use super::reader::Reader;
use crate::agent::interpreter::lexicon;
use crate::agent::interpreter::vocabulary::{Entry, Kind};
use crate::domain::reference::Likeness;

/// Nouns for a place that holds files.
const FOLDERS: [&str; 6] = ["folder", "folders", "directory", "subfolder", "subdirectory", "dir"];

/// Up to this many bytes a token that ends in a slash is no folder: `w/ dropout`.
const SHORTEST_FOLDER: usize = 3;

impl Reader<'_> {
    /// `report.txt`, `model/MLmodel`, `../../etc/passwd`, `the model folder`.
    pub(in crate::agent::interpreter) fn files(&mut self) {
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
    pub(in crate::agent::interpreter) fn words_within(&self, bytes: &Range<usize>) -> Option<Range<usize>> {
        let inside = |place: &Range<usize>| bytes.start <= place.start && place.end <= bytes.end;
        let first = self.places.iter().position(inside)?;
        let count = self.places.iter().skip(first).take_while(|place| inside(place)).count();
        Some(first..first + count)
    }

    /// Whether a text in one piece is a path, and no name of the store.
    fn is_path(&self, token: &str, words: &Range<usize>) -> bool {
        let leads_out = token.starts_with(['/', '\\'])
            || token == "~"
            || token.starts_with("~/")
            || token.split(['/', '\\']).any(|part| matches!(part, "." | "..")) && token.contains(['/', '\\']);
        let is_encoded = token.to_lowercase().contains("%2e") || token.to_lowercase().contains("%2f") || token.starts_with("file:");
        if leads_out || is_encoded || token.len() > SHORTEST_FOLDER && token.ends_with('/') {
            return true;
        }
        let is_name = self.vocabulary.exact(token).iter().any(|(_, likeness)| *likeness <= Likeness::SameWords);
        if is_name || token.contains("://") {
            return false;
        }
        let reads = self.words.iter().any(|word| lexicon::asks_to_read(word) || lexicon::meaning(word) == Some("artifact"));
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
