//! One page that shows a run, or two beside each other: everything in it, nothing fetched from anywhere.
//!
//! The page is `assets/eval-report.html`; the results are put into it as JSON, which its own script shows. Texts of stores and models
//! are data there: the script sets them as text, and pictures as images, which run nothing.

use serde_json::json;

use crate::evals::compare::Comparison;
use crate::evals::report::Heldout;
use crate::evals::results::{CaseResult, Report};

const TEMPLATE: &str = include_str!("../../../assets/eval-report.html");

/// Where the template wants the data.
const PLACE: &str = "/*DATA*/null";

/// The page of a run; with `old`, also of what changed since that run. Held-out cases that are only counted are behind a button.
#[must_use]
pub fn page(report: &Report, results: &[CaseResult], old: Option<(&Report, &[CaseResult], &Comparison)>, heldout: Heldout) -> String {
    let scorers: Vec<serde_json::Value> =
        crate::evals::score::Scorer::ALL.iter().map(|scorer| json!({"name": scorer.name(), "gates": scorer.gates()})).collect();
    let data = json!({
        "scorers": scorers,
        "report": report,
        "results": results,
        "heldoutShown": heldout == Heldout::Shown,
        "old": old.map(|(report, results, comparison)| json!({"report": report, "results": results, "comparison": comparison})),
    });
    // `<` can neither end the script element nor open a comment in it; U+2028 and U+2029 are fine since ES2019.
    TEMPLATE.replacen(PLACE, &data.to_string().replace('<', "\\u003c"), 1)
}
