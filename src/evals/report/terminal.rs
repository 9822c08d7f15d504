//! Reports as text: rates with their intervals, what failed and why, and what two runs differ in.

use std::fmt::Write as _;

use super::{Heldout, counted_heldout};
use crate::evals::compare::{Comparison, Verdict};
use crate::evals::results::{CaseResult, Rate, Report};
use crate::tools::view::{counted, plain};

/// How many failures are told one by one.
const FAILURES_TOLD: usize = 25;

/// How many cases are told by name of those that two runs are not compared in: whole suites may be among them.
const LEFT_OUT_TOLD: usize = 5;

/// The counts of a run, and the first of what failed; held-out cases are told or counted.
#[must_use]
pub fn report_text(report: &Report, results: &[CaseResult], heldout: Heldout) -> String {
    let mut text = format!("Planner {}, {}\n\n", report.planner, counted(report.overall.cases, "judged case"));
    tables(&mut text, report);
    let latency = report.latency;
    // Writing to a String does not fail.
    let _ = writeln!(
        text,
        "\nA turn: planner {:.1} ms (95 % within {:.1}), tools {:.1} ms (95 % within {:.1})",
        latency.planner_p50, latency.planner_p95, latency.tools_p50, latency.tools_p95
    );
    spent(&mut text, report);
    if report.epochs > 1 {
        let steadiness: Vec<String> =
            report.pass_hat_k.iter().enumerate().map(|(index, rate)| format!("pass^{} {:.1} %", index + 1, rate * 100.0)).collect();
        let flaky = counted(report.flaky.len() as u64, "case");
        let _ = writeln!(text, "Over {} epochs: {}; {flaky} flaky", report.epochs, steadiness.join(", "));
    }
    failures(&mut text, results, heldout);
    not_judged(&mut text, results, heldout);
    text
}

fn tables(text: &mut String, report: &Report) {
    let width = report.suites.keys().chain(report.scorers.keys()).map(String::len).max().unwrap_or(0);
    let head = |name: &str| format!("{name:width$}  {:>9}  {:>6}  {:>15}  {:>7}", "passed", "rate", "95 % interval", "error");
    let _ = writeln!(text, "{}  {:>10}  {:>10}", head("suite"), "dev", "held out");
    for (suite, rate) in &report.suites {
        let _ = writeln!(text, "{}  {:>10}  {:>10}", row(suite, rate, width), half(report, suite, "dev"), half(report, suite, "heldout"));
    }
    let split = |name: &str| report.splits.get(name).map_or_else(|| "-".to_owned(), of);
    let _ = writeln!(text, "{}  {:>10}  {:>10}", row("all", &report.overall, width), split("dev"), split("heldout"));
    let _ = writeln!(text, "\n{}", head("scorer"));
    for (scorer, rate) in &report.scorers {
        let _ = writeln!(text, "{}", row(scorer, rate, width));
    }
    let _ = writeln!(text, "The interval is of cases, whatever their epochs; the error is the standard error of families of paraphrases.");
}

fn spent(text: &mut String, report: &Report) {
    let Some(usage) = report.usage else { return };
    let about = if usage.estimated { "about " } else { "" };
    let cost = match report.cost {
        Some(cost) => format!("{cost:.4} US dollars"),
        None if usage.estimated => "estimated, for the server did not tell all, so the cost is unknown".to_owned(),
        None => "price unknown".to_owned(),
    };
    let _ = writeln!(text, "Tokens: {about}{} in, {about}{} out; {cost}", usage.input_tokens, usage.output_tokens);
}

fn not_judged(text: &mut String, results: &[CaseResult], heldout: Heldout) {
    let reasons = results.iter().filter_map(|result| Some((result, result.incomplete.as_ref()?)));
    let (told, untold): (Vec<_>, Vec<_>) = reasons.partition(|(result, _)| heldout.tells(result.split));
    for (result, reason) in told.iter().take(FAILURES_TOLD) {
        let _ = writeln!(text, "  {} could not be judged: {}", result.case, shortened(reason));
    }
    if let Some(counts) = counted_heldout(untold.iter().map(|(result, _)| result.suite.as_str())) {
        let _ = writeln!(text, "Not judged and not told: {counts}");
    }
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

/// What two runs differ in; `results` are those of both.
#[must_use]
pub fn comparison_text(old: &str, new: &str, comparison: &Comparison, results: [&[CaseResult]; 2], heldout: Heldout) -> String {
    let percent = |rate: f64| format!("{:.1} %", rate * 100.0);
    let mut text = format!(
        "{new} is {} than {old}: {} instead of {} of {}\n",
        match comparison.verdict {
            Verdict::Better => "better",
            Verdict::Worse => "worse",
            Verdict::NotEnoughCases => "neither surely better nor surely worse",
        },
        percent(comparison.new_rate),
        percent(comparison.old_rate),
        counted(comparison.cases, "case"),
    );
    let _ = writeln!(
        text,
        "Verdict: {}. Difference {:+.1} points, 95 % from {:+.1} to {:+.1} (bootstrap over families); McNemar's exact p {} of {} lost and {} won, {} of {} and {} by family",
        comparison.verdict.words(),
        (comparison.new_rate - comparison.old_rate) * 100.0,
        comparison.interval.low * 100.0,
        comparison.interval.high * 100.0,
        p_value(comparison.p_value),
        comparison.lost.len(),
        comparison.won.len(),
        p_value(comparison.family_p_value),
        comparison.lost_families,
        comparison.won_families,
    );
    for (what, cases) in [("Lost", &comparison.lost), ("Won", &comparison.won)].into_iter().filter(|(_, cases)| !cases.is_empty()) {
        let _ = writeln!(text, "{what}: {}", told_cases(cases, FAILURES_TOLD, results, heldout));
    }
    for (why, cases) in &comparison.not_compared {
        let told = told_cases(cases, LEFT_OUT_TOLD, results, heldout);
        let _ = writeln!(text, "Not compared, {}: {}; {told}", why.words(), counted(cases.len() as u64, "case"));
    }
    if comparison.left_out() > comparison.cases {
        let _ = writeln!(text, "Careful: {} of {} cases are not compared", comparison.left_out(), comparison.left_out() + comparison.cases);
    }
    text
}

fn p_value(p_value: f64) -> String {
    if p_value < 1e-4 { "< 0.0001".to_owned() } else { format!("= {p_value:.4}") }
}

/// The first of the cases by name; those that are not to be told are counted.
fn told_cases(cases: &[String], most: usize, results: [&[CaseResult]; 2], heldout: Heldout) -> String {
    let found = |case: &String| results.into_iter().flatten().find(|result| result.case == *case);
    let (told, untold): (Vec<&CaseResult>, Vec<&CaseResult>) =
        cases.iter().filter_map(found).partition(|result| heldout.tells(result.split));
    let mut parts: Vec<String> = told.iter().take(most).map(|result| result.case.clone()).collect();
    if told.len() > most {
        parts.push(format!("{} more", told.len() - most));
    }
    parts.extend(counted_heldout(untold.iter().map(|result| result.suite.as_str())));
    parts.join(", ")
}

fn row(name: &str, rate: &Rate, width: usize) -> String {
    let interval = format!("{:.1} – {:.1} %", rate.interval.low * 100.0, rate.interval.high * 100.0);
    let error = rate.clustered_error.map_or_else(|| "-".to_owned(), |error| format!("± {:.1}", error * 100.0));
    let share = if rate.total == 0 { "-".to_owned() } else { format!("{:.1}%", rate.rate * 100.0) };
    format!("{name:width$}  {:>9}  {share:>6}  {interval:>15}  {error:>7}", of(rate))
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
    fn held_out_cases_that_are_not_compared_or_not_judged_are_counted_unless_they_are_asked_for() {
        let results = results(true);
        let dev: Vec<CaseResult> = results.iter().filter(|result| result.split == Split::Dev).cloned().collect();
        let text = |heldout| comparison_text("old", "new", &compare(&results, &dev), [&results, &dev], heldout);
        let counted = "Not compared, only in the old run: 2 cases; 2 held-out cases (s 1, t 1; `--split heldout` shows them)\n";
        assert!(text(Heldout::Counted).contains(counted) && !text(Heldout::Counted).contains(".held"), "{}", text(Heldout::Counted));
        assert!(text(Heldout::Counted).contains("Careful: 2 of 3 cases are not compared"), "{}", text(Heldout::Counted));
        assert!(text(Heldout::Shown).contains("2 cases; s.held, t.held\n"));
        let broken: Vec<CaseResult> =
            results.into_iter().map(|result| CaseResult { incomplete: Some("no model".to_owned()), ..result }).collect();
        let text = |heldout| report_text(&Report::of("m", &broken), &broken, heldout);
        let counted = text(Heldout::Counted);
        assert!(counted.contains("  s.dev could not be judged: no model") && !counted.contains(".held"), "{counted}");
        assert!(counted.contains("Not judged and not told: 2 held-out cases"), "{counted}");
        assert!(text(Heldout::Shown).contains("  t.held could not be judged: no model"));
    }

    #[test]
    fn how_sure_a_rate_is_is_told_with_its_error_and_a_suite_without_one_judged_case_has_none() {
        let mut results = results(true);
        results[0].passed = false;
        results[2].incomplete = Some("no model".to_owned());
        let text = report_text(&Report::of("m", &results), &results, Heldout::Counted);
        assert!(text.contains("  1/2   50.0%") && text.contains("± 50.0"), "{text}");
        assert!(text.contains("  0/0       -"), "{text}");
    }

    #[test]
    fn held_out_cases_that_flip_are_counted_unless_they_are_asked_for() {
        let (old, new) = (results(true), results(false));
        let text = |heldout| comparison_text("old", "new", &compare(&old, &new), [&old, &new], heldout);
        let counted = text(Heldout::Counted);
        assert!(counted.contains("Lost: s.dev, 2 held-out cases (s 1, t 1;") && !counted.contains(".held"), "{counted}");
        assert!(text(Heldout::Shown).contains("Lost: s.dev, s.held, t.held\n"));
    }
}
