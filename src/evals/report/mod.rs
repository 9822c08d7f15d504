//! Reports of a run: files for programs (`results.jsonl`, `report.json`, JUnit), text for the terminal, and a page to open.

mod html;
mod junit;
mod terminal;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Context as _;

use crate::tools::view::counted;

pub use html::page;
pub use junit::junit;
pub use terminal::{comparison_text, report_text};

use super::case::Split;
use super::results::{CaseResult, Report};

/// Whether the cases of the half that is only counted are told one by one: who sees them improves a planner for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heldout {
    /// They are counted, by suite.
    Counted,
    /// They are told as the others are: somebody asked for them.
    Shown,
}

impl Heldout {
    /// Whether a case of this half is told.
    #[must_use]
    pub fn tells(self, split: Split) -> bool {
        self == Self::Shown || split == Split::Dev
    }
}

/// How many held-out cases there are of each suite, in words, and how they are shown: nothing where there is none.
#[must_use]
pub fn counted_heldout<'a>(suites: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    suites.for_each(|suite| *counts.entry(suite).or_default() += 1);
    let total: u64 = counts.values().sum();
    let by_suite: Vec<String> = counts.iter().map(|(suite, count)| format!("{suite} {count}")).collect();
    (total > 0).then(|| format!("{} ({}; `--split heldout` shows them)", counted(total, "held-out case"), by_suite.join(", ")))
}

/// The file of results in a run's folder, one line a case and epoch, appended as they come.
pub const RESULTS: &str = "results.jsonl";

/// Whether there is a run in the folder, finished or not.
#[must_use]
pub fn is_run(folder: &Path) -> bool {
    folder.join(RESULTS).is_file()
}

/// Reads the results of a run's folder. A line that was cut short, as by a run that was killed, is left out.
///
/// # Errors
/// Where there is no such file.
pub fn read_results(folder: &Path) -> anyhow::Result<Vec<CaseResult>> {
    let path = folder.join(RESULTS);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let mut results: BTreeMap<(String, u32), CaseResult> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        match serde_json::from_str::<CaseResult>(line) {
            // A case that was played anew replaces what was kept of it.
            Ok(result) => drop(results.insert((result.case.clone(), result.epoch), result)),
            Err(_) if index + 1 == lines.len() => {}
            Err(fault) => return Err(fault).with_context(|| format!("line {} of `{}`", index + 1, path.display())),
        }
    }
    Ok(results.into_values().collect())
}

/// Reads the counts of a run's folder.
///
/// # Errors
/// Where there are none.
pub fn read_report(folder: &Path) -> anyhow::Result<Report> {
    let path = folder.join("report.json");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read `{}`; the run may not have ended", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}

/// Writes all files of a run but the results, which are there already.
///
/// # Errors
/// Where one cannot be written.
pub fn write_all(folder: &Path, report: &Report, results: &[CaseResult], heldout: Heldout) -> anyhow::Result<()> {
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))
    };
    write("report.json", format!("{}\n", serde_json::to_string_pretty(report)?))?;
    write("junit.xml", junit(report, results))?;
    write("report.html", page(report, results, None, heldout))
}
