//! JUnit XML, as continuous-integration systems read it: a test case for each case and epoch.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::evals::results::{CaseResult, Report};

/// The run as JUnit XML.
#[must_use]
pub fn junit(report: &Report, results: &[CaseResult]) -> String {
    let failed = results.iter().filter(|result| result.incomplete.is_none() && !result.passed).count();
    let broken = results.iter().filter(|result| result.incomplete.is_some()).count();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a String does not fail.
    let _ = writeln!(
        xml,
        "<testsuites name=\"{}\" tests=\"{}\" failures=\"{failed}\" errors=\"{broken}\" time=\"{:.3}\">",
        escaped(&format!("trialogue eval of {}", report.planner)),
        results.len(),
        seconds(results.iter()),
    );
    let mut suites: BTreeMap<&str, Vec<&CaseResult>> = BTreeMap::new();
    results.iter().for_each(|result| suites.entry(&result.suite).or_default().push(result));
    for (suite, own) in suites {
        let failures = own.iter().filter(|result| result.incomplete.is_none() && !result.passed).count();
        let errors = own.iter().filter(|result| result.incomplete.is_some()).count();
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" time=\"{:.3}\">",
            escaped(suite),
            own.len(),
            seconds(own.iter().copied()),
        );
        own.iter().for_each(|result| case(&mut xml, result));
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn case(xml: &mut String, result: &CaseResult) {
    let name = if result.epoch > 1 { format!("{} (epoch {})", result.case, result.epoch) } else { result.case.clone() };
    let _ = write!(
        xml,
        "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3}\"",
        escaped(&result.suite),
        escaped(&name),
        seconds(std::iter::once(result)),
    );
    if let Some(reason) = &result.incomplete {
        let _ = writeln!(xml, "><error message=\"{}\"/></testcase>", escaped(reason));
    } else if result.passed {
        xml.push_str("/>\n");
    } else {
        let names: Vec<&str> = result.failures().map(|score| score.scorer.name()).collect();
        let why: Vec<String> = result.failures().flat_map(|score| score.why.clone()).collect();
        let _ = writeln!(xml, "><failure message=\"{}\">{}</failure></testcase>", escaped(&names.join(", ")), escaped(&why.join("\n")),);
    }
}

fn seconds<'a>(results: impl Iterator<Item = &'a CaseResult>) -> f64 {
    results.flat_map(|result| &result.turns).map(|turn| (turn.planner_ms + turn.tools_ms) / 1e3).sum()
}

/// Text as XML holds it: marks escaped, characters that XML 1.0 has no place for left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push(' '),
            letter if letter < ' ' || letter == '\u{fffe}' || letter == '\u{ffff}' => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_result_is_in_it_judged_or_not() {
        let broken = CaseResult { incomplete: Some("no model".to_owned()), ..CaseResult::of_test("t", "b", false) };
        let results = [CaseResult::of_test("s", "a", true), broken];
        let xml = junit(&Report::of("m", &results), &results);
        assert_eq!((xml.matches("<testcase ").count(), xml.matches("<error message=\"no model\"/>").count()), (2, 1), "{xml}");
    }

    #[test]
    fn what_xml_cannot_hold_is_escaped_or_left_out() {
        assert_eq!(escaped("a<b> & \"c\"\u{1b}[0m\n"), "a&lt;b&gt; &amp; &quot;c&quot;[0m&#10;");
    }
}
