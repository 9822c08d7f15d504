//! The file of a cassette: a head that says who was asked, and an exchange a line.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::parts::{Asked, Parts};
use crate::files;
use crate::llm::Reply;

/// What stands for a secret that was taken out.
const REDACTED: &str = "[redacted]";

/// Why a cassette cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CassetteError {
    /// The file cannot be read or written.
    #[error("cannot use the cassette `{path}`: {source}")]
    File {
        /// The cassette.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line is no exchange.
    #[error("line {line} of the cassette `{path}` is not {what}: {problem}; record it anew")]
    Line {
        /// The cassette.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What should stand there.
        what: &'static str,
        /// What the parser said.
        problem: String,
    },
    /// What is to be added is asked for under other bounds.
    #[error(
        "the cassette `{path}` was recorded with {}, and now it is {}; record into another folder, remove it, or set what was set",
        listed(recorded),
        listed(now)
    )]
    OtherBounds {
        /// The cassette.
        path: PathBuf,
        /// What bounded a turn then.
        recorded: Bounds,
        /// What does now.
        now: Bounds,
    },
    /// What is to be added was asked of somebody else.
    #[error("the cassette `{path}` is of `{}` at `{}`, not of `{}` at `{}`; record into another folder, or remove it", recorded.0, recorded.1, now.0, now.1)]
    SomebodyElse {
        /// The cassette.
        path: PathBuf,
        /// The model and the server that it is of.
        recorded: (String, String),
        /// Those that are asked now.
        now: (String, String),
    },
}

fn listed(bounds: &Bounds) -> String {
    bounds.iter().map(|(name, value)| format!("`{name}={value}`")).collect::<Vec<_>>().join(" ")
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    /// The version of the format.
    cassette: u32,
    #[serde(flatten)]
    asked: Asked,
    #[serde(default)]
    bounds: Bounds,
}

/// What bounded a turn when a cassette was recorded, by name. Replies do not depend on it, but how many are asked for does: under other
/// bounds a replay is not what was recorded.
pub type Bounds = BTreeMap<String, String>;

/// A cassette as it was read.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) asked: Asked,
    /// Empty where the recorder wrote none.
    pub(super) bounds: Bounds,
    /// By key; of several with one key the last.
    pub(super) exchanges: HashMap<String, Exchange>,
}

const VERSION: u32 = 1;

/// Any other line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Exchange {
    pub(super) key: String,
    /// The person's last words, for those who read the file.
    pub(super) asked: String,
    /// Milliseconds until the reply was there.
    pub(super) ms: u64,
    pub(super) parts: Parts,
    pub(super) reply: Reply,
}

/// Reads a cassette. A last line that was cut short is left out.
pub(super) fn read(path: &Path) -> Result<Recorded, CassetteError> {
    let text = files::whole_lines(path).map_err(|source| CassetteError::File { path: path.to_owned(), source })?;
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let (index, first) = lines.next().unwrap_or((0, ""));
    let head: Head = parsed(path, index, first, "the head of one")?;
    if head.cassette != VERSION {
        let problem = format!("its version is {}, not {VERSION}", head.cassette);
        return Err(CassetteError::Line { path: path.to_owned(), line: index + 1, what: "the head of one", problem });
    }
    let mut exchanges = HashMap::new();
    for (index, line) in lines {
        let exchange: Exchange = parsed(path, index, line, "a recorded exchange")?;
        exchanges.insert(exchange.key.clone(), exchange);
    }
    Ok(Recorded { asked: head.asked, bounds: head.bounds, exchanges })
}

fn parsed<T: DeserializeOwned>(path: &Path, index: usize, line: &str, what: &'static str) -> Result<T, CassetteError> {
    let line_error =
        |error: serde_json::Error| CassetteError::Line { path: path.to_owned(), line: index + 1, what, problem: error.to_string() };
    serde_json::from_str(line).map_err(line_error)
}

/// Makes a cassette of no exchanges where there is none, and takes a last line away that was cut short where there is one: what is added
/// stands in a line of its own.
pub(super) fn begin(path: &Path, asked: &Asked, bounds: &Bounds) -> Result<(), CassetteError> {
    let begun = || -> std::io::Result<()> {
        let mut text = if path.exists() { files::whole_lines(path)? } else { String::new() };
        if text.is_empty() {
            text = line(&Head { cassette: VERSION, asked: asked.clone(), bounds: bounds.clone() })?;
        }
        files::replace(path, &text)
    };
    begun().map_err(|source| CassetteError::File { path: path.to_owned(), source })
}

/// One write a line: a recording that is cut short leaves whole lines behind.
pub(super) fn append(path: &Path, line: &impl Serialize) -> std::io::Result<()> {
    fs::OpenOptions::new().append(true).open(path)?.write_all(self::line(line)?.as_bytes())
}

/// Puts the exchanges of a recorded cassette in order, of those with one key the last, and takes `secrets` out, so that two recordings of
/// the same replies differ in nothing but how long they took.
///
/// # Errors
/// Where the file cannot be read or written, or is no cassette.
pub fn finish(path: &Path, secrets: &[&str]) -> Result<(), CassetteError> {
    let failed = |source: std::io::Error| CassetteError::File { path: path.to_owned(), source };
    let Recorded { mut asked, bounds, exchanges } = read(path)?;
    clean(&mut asked.server, secrets);
    let mut text = line(&Head { cassette: VERSION, asked, bounds }).map_err(failed)?;
    for mut exchange in exchanges.into_iter().collect::<BTreeMap<String, Exchange>>().into_values() {
        let reply = &mut exchange.reply;
        let calls = reply.calls.iter_mut().flat_map(|call| [&mut call.name, &mut call.arguments]);
        calls.chain([&mut reply.text, &mut exchange.asked]).for_each(|words| clean(words, secrets));
        text.push_str(&line(&exchange).map_err(failed)?);
    }
    files::replace(path, &text).map_err(failed)
}

fn clean(words: &mut String, secrets: &[&str]) {
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        *words = words.replace(*secret, REDACTED);
    }
}

fn line(value: &impl Serialize) -> std::io::Result<String> {
    Ok(format!("{}\n", serde_json::to_string(value)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cassette(folder: &Path) -> (PathBuf, Asked) {
        let path = folder.join("a.jsonl");
        let asked = Asked { model: "openai:m".to_owned(), server: "http://127.0.0.1:1/v1".to_owned() };
        begin(&path, &asked, &Bounds::new()).unwrap();
        (path, asked)
    }

    fn exchange(key: &str, text: &str) -> Exchange {
        let reply = Reply { text: text.to_owned(), ..Reply::default() };
        Exchange { key: key.to_owned(), asked: "best?".to_owned(), ms: 7, parts: Parts::of(&crate::llm::Request::default()), reply }
    }

    #[test]
    fn a_finished_cassette_has_no_secret_and_the_last_of_each_exchange_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let (path, asked) = cassette(folder.path());
        for one in [exchange("b", "z first"), exchange("a", "the header was Bearer sk-\"1"), exchange("b", "a last")] {
            append(&path, &one).unwrap();
        }
        finish(&path, &["sk-\"1", ""]).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("sk-"), "{text}");
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.len() == 3 && lines[0].contains("http://127.0.0.1:1/v1") && lines[1].starts_with("{\"key\":\"a\""), "{text}");
        let Recorded { asked: found, exchanges, .. } = read(&path).unwrap();
        assert_eq!((found, exchanges["b"].reply.text.as_str()), (asked, "a last"));
        assert_eq!(exchanges["a"].reply.text, "the header was Bearer [redacted]");
        finish(&path, &[]).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "what is finished stays as it is");
    }

    #[test]
    fn a_line_that_was_cut_short_is_left_out_and_what_is_added_stands_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let (path, asked) = cassette(folder.path());
        append(&path, &exchange("a", "whole")).unwrap();
        let whole = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{whole}{}", &whole.lines().last().unwrap()[..30])).unwrap();
        assert_eq!(read(&path).unwrap().exchanges.len(), 1);
        begin(&path, &asked, &Bounds::new()).unwrap();
        append(&path, &exchange("b", "added")).unwrap();
        assert_eq!(read(&path).unwrap().exchanges.len(), 2);
        // Even the head.
        fs::write(&path, "{\"cassette\"").unwrap();
        begin(&path, &asked, &Bounds::new()).unwrap();
        assert_eq!(read(&path).unwrap().asked, asked);
    }

    #[test]
    fn what_is_no_cassette_is_refused_with_the_line() {
        let folder = tempfile::tempdir().unwrap();
        let check = |text: &str, fault: &str| {
            let path = folder.path().join("b.jsonl");
            fs::write(&path, text).unwrap();
            let found = read(&path).unwrap_err().to_string();
            assert!(found.contains(fault), "{found}");
        };
        check("", "line 1");
        check("{\"key\":\"a\"}\n", "is not the head of one");
        check("{\"cassette\":9,\"model\":\"m\",\"server\":\"s\"}\n", "its version is 9");
        check("{\"cassette\":1,\"model\":\"m\",\"server\":\"s\"}\n\n{\"key\":\n", "line 3");
        check("{\"cassette\":1,\"model\":\"m\",\"server\":\"s\"}\n\n{\"key\":\n{}", "line 3");
    }
}
