//! Reports of a run: JUnit for programs, text for the terminal, and a page to open. `folder` puts them where they belong.

mod html;
mod junit;
mod terminal;

use std::collections::BTreeMap;

use crate::tools::view::counted;

pub use html::page;
pub use junit::junit;
pub use terminal::{comparison_text, report_text};

use super::case::Split;

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
