//! The folder of a run: its head, its results as they come, and the reports once it has ended. What is there is whole: a run that is
//! stopped leaves its results so far behind, and no report that would vouch for more.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::head::RunHead;
use super::report::{Heldout, junit, page};
use super::results::{CaseResult, Report};
use crate::files;

/// The file of results, one line a case and epoch, appended as they come.
pub const RESULTS: &str = "results.jsonl";

/// The file of the head.
const HEAD: &str = "run.json";

/// The file of the counts, which is there only where the run has ended.
const COUNTS: &str = "report.json";

const JUNIT: &str = "junit.xml";

const PAGE: &str = "report.html";

/// Whether there is a run in the folder, finished or not.
#[must_use]
pub fn is_run(folder: &Path) -> bool {
    folder.join(RESULTS).is_file()
}

/// Where the page of the run in `folder` is.
#[must_use]
pub fn page_of(folder: &Path) -> PathBuf {
    folder.join(PAGE)
}

/// Reads the results of a run's folder. A line that was cut short, as by a run that was killed, is left out.
///
/// # Errors
/// Where there is no such file, or a line is no result.
pub fn read_results(folder: &Path) -> anyhow::Result<Vec<CaseResult>> {
    let path = folder.join(RESULTS);
    let text = files::whole_lines(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let mut results: BTreeMap<(String, u32), CaseResult> = BTreeMap::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let result: CaseResult = serde_json::from_str(line).with_context(|| format!("line {} of `{}`", index + 1, path.display()))?;
        // A case that was played anew replaces what was kept of it.
        results.insert((result.case.clone(), result.epoch), result);
    }
    Ok(results.into_values().collect())
}

/// Reads the counts of a run's folder.
///
/// # Errors
/// Where there are none.
pub fn read_report(folder: &Path) -> anyhow::Result<Report> {
    let path = folder.join(COUNTS);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read `{}`; the run may not have ended", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("`{}`", path.display()))
}

/// Reads what the run in a folder is of; absent where nothing tells it.
///
/// # Errors
/// Where the file cannot be read or is no head.
pub fn read_head(folder: &Path) -> anyhow::Result<Option<RunHead>> {
    let path = folder.join(HEAD);
    let text = match fs::read_to_string(&path) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        read => read.with_context(|| format!("cannot read `{}`", path.display()))?,
    };
    serde_json::from_str(&text).map(Some).with_context(|| format!("`{}`", path.display()))
}

/// A run that is being written.
#[derive(Debug)]
pub struct RunFolder {
    folder: PathBuf,
    lines: fs::File,
    results: Vec<CaseResult>,
}

impl RunFolder {
    /// Begins a run in `folder` with results that are `kept` of it; whatever else is there of an earlier one goes.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub fn begin(folder: &Path, head: &RunHead, kept: Vec<CaseResult>) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        for name in [COUNTS, JUNIT, PAGE] {
            remove(&folder.join(name))?;
        }
        let path = folder.join(RESULTS);
        replace(&path, &lines(&kept)?)?;
        replace(&folder.join(HEAD), &format!("{}\n", serde_json::to_string_pretty(head)?))?;
        let lines = fs::OpenOptions::new().append(true).open(&path).with_context(|| format!("cannot write `{}`", path.display()))?;
        Ok(Self { folder: folder.to_owned(), lines, results: kept })
    }

    /// Adds a result.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn add(&mut self, result: CaseResult) -> anyhow::Result<()> {
        self.lines.write_all(lines(std::slice::from_ref(&result))?.as_bytes())?;
        self.results.push(result);
        Ok(())
    }

    /// Ends the run and gives its results, in order, so that two runs can be compared line by line, whatever was done first.
    ///
    /// # Errors
    /// Where they cannot be written.
    pub fn end(mut self) -> anyhow::Result<Vec<CaseResult>> {
        self.results.sort_by(|one, other| (&one.suite, &one.case, one.epoch).cmp(&(&other.suite, &other.case, other.epoch)));
        replace(&self.folder.join(RESULTS), &lines(&self.results)?)?;
        Ok(self.results)
    }
}

/// Writes the reports of a run that has ended; the counts last, for they vouch for the rest.
///
/// # Errors
/// Where one cannot be written.
pub fn write_reports(folder: &Path, report: &Report, results: &[CaseResult], heldout: Heldout) -> anyhow::Result<()> {
    replace(&folder.join(JUNIT), &junit(report, results))?;
    replace(&folder.join(PAGE), &page(report, results, None, heldout))?;
    replace(&folder.join(COUNTS), &format!("{}\n", serde_json::to_string_pretty(report)?))
}

fn lines(results: &[CaseResult]) -> serde_json::Result<String> {
    results.iter().map(|result| Ok(format!("{}\n", serde_json::to_string(result)?))).collect()
}

fn replace(path: &Path, text: &str) -> anyhow::Result<()> {
    files::replace(path, text).with_context(|| format!("cannot write `{}`", path.display()))
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed.with_context(|| format!("cannot remove `{}`", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evals::head::RunHead;

    fn head(planner: &str) -> RunHead {
        serde_json::from_value(serde_json::json!({"planner": planner, "version": "1", "tools": {}, "fixtures": {}})).unwrap()
    }

    #[test]
    fn a_run_that_begins_leaves_nothing_of_the_last_one_that_would_vouch_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let whole = |planner: &str| {
            let mut run = RunFolder::begin(folder.path(), &head(planner), Vec::new()).unwrap();
            run.add(CaseResult::of_test("s", "b", true)).unwrap();
            run.add(CaseResult::of_test("s", "a", false)).unwrap();
            let results = run.end().unwrap();
            write_reports(folder.path(), &Report::of(planner, &results), &results, Heldout::Counted).unwrap();
        };
        whole("one");
        assert_eq!(read_report(folder.path()).unwrap().planner, "one");
        let mut cut = RunFolder::begin(folder.path(), &head("two"), vec![CaseResult::of_test("s", "k", true)]).unwrap();
        cut.add(CaseResult::of_test("s", "c", true)).unwrap();
        drop(cut);
        assert!(read_report(folder.path()).unwrap_err().to_string().contains("the run may not have ended"));
        assert!(!page_of(folder.path()).exists() && !folder.path().join(JUNIT).exists());
        assert_eq!(read_head(folder.path()).unwrap().unwrap().planner, "two");
        let cases: Vec<String> = read_results(folder.path()).unwrap().into_iter().map(|result| result.case).collect();
        assert_eq!(cases, ["c", "k"]);
    }
}
