//! Files that are there whole: what replaces a file does so in one step, and a line that a write cut short is no line.
//!
//! It knows neither what the files hold nor who reads them.

use std::ffi::OsString;
use std::path::Path;
use std::{fs, io, process};

/// Writes a file in one step: whoever is stopped meanwhile leaves the old one behind, or the new one, and never half of one.
///
/// # Errors
/// Where the folder or the file cannot be written; what was there is there still.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    // In the same folder, for a file cannot be renamed into another file system; no two processes write the same one.
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.new", process::id()));
    let fresh = path.with_file_name(name);
    let replaced = fs::write(&fresh, text).and_then(|()| fs::rename(&fresh, path));
    if replaced.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&fresh);
    }
    replaced
}

/// The text of a file that has a JSON object a line, up to its last whole line; with a line break at its end, so that more can be added.
///
/// # Errors
/// Where it cannot be read.
pub fn whole_lines(path: &Path) -> io::Result<String> {
    // A write may be cut within a letter.
    let mut text = String::from_utf8_lossy(&fs::read(path)?).into_owned();
    let begin_of_last = text.rfind('\n').map_or(0, |at| at + 1);
    let last = text.get(begin_of_last..).unwrap_or_default();
    if last.is_empty() {
        return Ok(text);
    }
    // What an object begins with is no JSON by itself.
    if serde_json::from_str::<serde_json::Value>(last).is_ok() {
        text.push('\n');
    } else {
        text.truncate(begin_of_last);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        replace(&path, "one").unwrap();
        replace(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        fs::create_dir(folder.path().join("b")).unwrap();
        fs::write(folder.path().join("b/c"), "").unwrap();
        assert!(replace(&folder.path().join("b"), "a folder is no file").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_line_that_was_cut_short_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let check = |bytes: &[u8], expected: &str| {
            fs::write(&path, bytes).unwrap();
            assert_eq!(whole_lines(&path).unwrap(), expected);
        };
        check(b"", "");
        check(b"{}\n{}\n", "{}\n{}\n");
        check(b"{}\n{}", "{}\n{}\n");
        check(b"{}\n{\"a\":", "{}\n");
        check("{}\n{\"a\":\"ü".as_bytes().split_last().unwrap().1, "{}\n");
        check(b"{\"a\"", "");
    }
}
