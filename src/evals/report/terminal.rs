//! Reports as text: rates with their intervals, what failed and why, and what two runs differ in.

use std::fmt::Write as _;

use super::{Heldout, counted_heldout};
use crate::evals::compare::Comparison;
use crate::evals::results::{CaseResult, Rate, Report};
use crate::tools::view::{counted, plain};

/// How many failures are told one by one.
const FAILURES_TOLD: usize = 25;

/// The counts of a run, and the first of what failed; held-out cases are told or counted.
#[must_use]
pub fn report_text(report: &Report, results: &[CaseResult], heldout: Heldout) -> String {
    let mut text = format!("Planner {}, {}\n\n", report.planner, counted(report.overall.total, "judged case"));
    let width = report.suites.keys().map(String::len).max().unwrap_or(0).max(10);
    // Writing to a String does not fail.
    let _ =
        writeln!(text, "{:width$}  {:>9}  {:>6}  {:>15}  {:>10}  {:>10}", "suite", "passed", "rate", "95 % interval", "dev", "held out");
    for (suite, rate) in &report.suites {
        let _ = writeln!(text, "{}  {:>10}  {:>10}", row(suite, rate, width), half(report, suite, "dev"), half(report, suite, "heldout"));
    }
    let split = |name: &str| report.splits.get(name).map_or_else(|| "-".to_owned(), of);
    let _ = writeln!(text, "{}  {:>10}  {:>10}", row("all", &report.overall, width), split("dev"), split("heldout"));
    let _ = writeln!(text, "\n{:width$}  {:>9}  {:>6}  {:>15}", "scorer", "passed", "rate", "95 % interval");
    for (scorer, rate) in &report.scorers {
        let _ = writeln!(text, "{}", row(scorer, rate, width));
    }
    let latency = report.latency;
    let _ = writeln!(
        text,
        "\nA turn: planner {:.1} ms (95 % within {:.1}), tools {:.1} ms (95 % within {:.1})",
        latency.planner_p50, latency.planner_p95, latency.tools_p50, latency.tools_p95
    );
    if let Some(usage) = report.usage {
        let cost = report.cost.map_or_else(|| "price unknown".to_owned(), |cost| format!("{cost:.4} US dollars"));
        let _ = writeln!(text, "Tokens: {} in, {} out; {cost}", usage.input_tokens, usage.output_tokens);
    }
    if report.epochs > 1 {
        let steadiness: Vec<String> =
            report.pass_hat_k.iter().enumerate().map(|(index, rate)| format!("pass^{} {:.1} %", index + 1, rate * 100.0)).collect();
        let _ = writeln!(
            text,
            "Over {} epochs: {}; {} flaky",
            report.epochs,
            steadiness.join(", "),
            counted(report.flaky.len() as u64, "case")
        );
    }
    failures(&mut text, results, heldout);
    for (case, reason) in report.incomplete.iter().take(FAILURES_TOLD) {
        let _ = writeln!(text, "  {case} could not be judged: {}", shortened(reason));
    }
    text
}

fn failures(text: &mut String, results: &[CaseResult], heldout: Heldout) {
    let failed = results.iter().filter(|result| !result.passed && result.incomplete.is_none());
    let (told, untold): (Vec<&CaseResult>, Vec<&CaseResult>) = failed.partition(|result| heldout.tells(result.split));
    if !told.is_empty() {
        let _ = writeln!(text, "\n{} failed:", counted(told.len() as u64, "case"));
    }
    for result in told.iter().take(FAILURES_TOLD) {
        let said: Vec<&str> = result.turns.iter().map(|turn| turn.user.as_str()).collect();
        let _ = writeln!(text, "  {}  “{}”", result.case, plain(&said.join(" / ")));
        for score in result.failures() {
            let _ = writeln!(text, "      {}: {}", score.scorer.name(), shortened(score.why.first().map_or("", String::as_str)));
        }
    }
    if told.len() > FAILURES_TOLD {
        let _ = writeln!(text, "  … and {} more; the page shows all", told.len() - FAILURES_TOLD);
    }
    if let Some(counts) = counted_heldout(untold.iter().map(|result| result.suite.as_str())) {
        let _ = writeln!(text, "\nFailed and not told: {counts}");
    }
}

/// What two runs differ in; `results` are those of the new run.
#[must_use]
pub fn comparison_text(old: &str, new: &str, comparison: &Comparison, results: &[CaseResult], heldout: Heldout) -> String {
    let percent = |rate: f64| format!("{:.1} %", rate * 100.0);
    let mut text = format!(
        "{new} is {} than {old}: {} instead of {} of {}\n",
        match comparison.verdict {
            crate::evals::compare::Verdict::Better => "better",
            crate::evals::compare::Verdict::Worse => "worse",
            crate::evals::compare::Verdict::NotEnoughCases => "neither surely better nor surely worse",
        },
        percent(comparison.new_rate),
        percent(comparison.old_rate),
        counted(comparison.cases, "case"),
    );
    let _ = writeln!(
        text,
        "Verdict: {}. Difference {:+.1} points, 95 % from {:+.1} to {:+.1} (bootstrap over families); McNemar's exact p {} of {} lost and {} won",
        comparison.verdict.words(),
        (comparison.new_rate - comparison.old_rate) * 100.0,
        comparison.interval.low * 100.0,
        comparison.interval.high * 100.0,
        if comparison.p_value < 1e-4 { "< 0.0001".to_owned() } else { format!("= {:.4}", comparison.p_value) },
        comparison.lost.len(),
        comparison.won.len(),
    );
    for (what, cases) in [("Lost", &comparison.lost), ("Won", &comparison.won), ("Not compared", &comparison.not_compared)] {
        let found = |case: &str| results.iter().find(|result| result.case == case);
        let is_told = |case: &&String| found(case).is_none_or(|result| heldout.tells(result.split));
        let (told, untold): (Vec<&String>, Vec<&String>) = cases.iter().partition(is_told);
        let mut parts: Vec<String> = told.into_iter().cloned().collect();
        parts.extend(counted_heldout(untold.iter().filter_map(|case| found(case)).map(|result| result.suite.as_str())));
        if !parts.is_empty() {
            let _ = writeln!(text, "{what}: {}", parts.join(", "));
        }
    }
    text
}

fn row(name: &str, rate: &Rate, width: usize) -> String {
    let interval = format!("{:.1} – {:.1} %", rate.interval.low * 100.0, rate.interval.high * 100.0);
    format!("{name:width$}  {:>9}  {:>5.1}%  {interval:>15}", of(rate), rate.rate * 100.0)
}

fn of(rate: &Rate) -> String {
    format!("{}/{}", rate.passed, rate.total)
}

fn half(report: &Report, suite: &str, split: &str) -> String {
    report.suite_splits.get(&format!("{suite}/{split}")).map_or_else(|| "-".to_owned(), of)
}

fn shortened(text: &str) -> String {
    let line = plain(&text.replace('\n', " "));
    if line.chars().count() > 220 { format!("{}…", line.chars().take(220).collect::<String>()) } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evals::case::Split;
    use crate::evals::compare::compare;

    fn results(passed: bool) -> Vec<CaseResult> {
        let one = |suite: &str, case: &str, split| CaseResult { split, ..CaseResult::of_test(suite, case, passed) };
        vec![one("s", "s.dev", Split::Dev), one("s", "s.held", Split::Heldout), one("t", "t.held", Split::Heldout)]
    }

    #[test]
    fn held_out_cases_that_fail_are_counted_unless_they_are_asked_for() {
        let results = results(false);
        let text = |heldout| report_text(&Report::of("builtin", &results), &results, heldout);
        let counted = text(Heldout::Counted);
        assert!(counted.contains("1 case failed:\n  s.dev") && !counted.contains(".held"), "{counted}");
        assert!(counted.contains("Failed and not told: 2 held-out cases (s 1, t 1; `--split heldout` shows them)"), "{counted}");
        let shown = text(Heldout::Shown);
        assert!(shown.contains("3 cases failed:") && shown.contains("t.held") && !shown.contains("not told"), "{shown}");
    }

    #[test]
    fn held_out_cases_that_flip_are_counted_unless_they_are_asked_for() {
        let (old, new) = (results(true), results(false));
        let text = |heldout| comparison_text("old", "new", &compare(&old, &new), &new, heldout);
        let counted = text(Heldout::Counted);
        assert!(counted.contains("Lost: s.dev, 2 held-out cases (s 1, t 1;") && !counted.contains(".held"), "{counted}");
        assert!(text(Heldout::Shown).contains("Lost: s.dev, s.held, t.held\n"));
    }
}
