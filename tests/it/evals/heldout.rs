//! The half that is only counted: whoever improves a planner must not see it by the way.

use std::fs;

use trialogue::evals::case::Split;

use super::evals;
use super::program::{copy_folder, run};
use crate::support::folder;

/// A suite that even the gold fails, for its answers must say what nobody says: a family of each half.
fn suite(dev: &str, heldout: &str) -> String {
    let expect = "expect: {calls: [{tool: list_experiments}], answer: {mentions: [zyzzyva]}}";
    format!(
        "about: x\nfixture: churn\nfamilies:\n- {{family: {dev}, ask: [list the experiments], {expect}}}\n- {{family: {heldout}, ask: [which experiments are there], {expect}}}\n"
    )
}

fn family(wanted: Split) -> String {
    (0..).map(|number| format!("family.{number}")).find(|name| Split::of(name) == wanted).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn held_out_failures_are_counted_until_somebody_asks_for_them() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (dev, heldout) = (format!("{}.01", family(Split::Dev)), format!("{}.01", family(Split::Heldout)));
    copy_folder(&evals().join("fixtures"), &folder.path().join("evals/fixtures"));
    fs::create_dir(folder.path().join("evals/suites")).unwrap();
    fs::write(folder.path().join("evals/suites/odd.yaml"), suite(&family(Split::Dev), &family(Split::Heldout))).unwrap();
    let evals = at("evals");
    let check = async |more: &[&str], is_told: bool| {
        let out = at("out");
        let fixed = ["eval", "run", "--planner", "scripted", "--evals", &evals, "--out", &out];
        let (code, text) = run(&[fixed.as_slice(), more].concat(), &[]).await;
        assert_eq!(code, 0, "{text}");
        assert_eq!(text.contains(&heldout), is_told, "{more:?}: {text}");
        assert_eq!(text.contains("Failed and not told: 1 held-out case (odd 1; `--split heldout` shows them)"), !is_told, "{text}");
        let page = fs::read_to_string(folder.path().join("out/report.html")).unwrap();
        assert!(page.contains(&format!("\"heldoutShown\":{is_told}")), "{more:?}");
        text
    };
    let text = check(&[], false).await;
    assert!(text.contains(&format!("{dev}  “list the experiments”\n      mentions: ")), "{text}");
    check(&["--split", "heldout"], true).await;
    check(&["--case", "family"], true).await;

    // Two runs: the held-out case that flips is counted, too.
    fs::create_dir(at("better")).unwrap();
    let results = fs::read_to_string(folder.path().join("out/results.jsonl")).unwrap();
    fs::write(folder.path().join("better/results.jsonl"), results.replace("\"passed\":false", "\"passed\":true")).unwrap();
    fs::copy(folder.path().join("out/report.json"), folder.path().join("better/report.json")).unwrap();
    let (_, text) = run(&["eval", "compare", &at("out"), &at("better")], &[]).await;
    assert!(text.contains(&format!("Won: {dev}, 1 held-out case")) && !text.contains(&heldout), "{text}");
    // Of one half only, also in what the page counts.
    let html = at("dev.html");
    let (_, text) = run(&["eval", "compare", &at("out"), &at("better"), "--split", "dev", "--html", &html], &[]).await;
    assert!(text.contains("of 1 case\n") && !text.contains("held-out"), "{text}");
    let page = fs::read_to_string(&html).unwrap();
    let (_, data) = page.split_once("const DATA = ").unwrap();
    let data: serde_json::Value = serde_json::from_str(data.lines().next().unwrap().trim_end_matches(';')).unwrap();
    for report in [&data["report"], &data["old"]["report"]] {
        assert_eq!((&report["overall"]["total"], &report["suites"]["odd"]["total"]), (&1.into(), &1.into()), "{report}");
    }
    let (_, text) = run(&["eval", "compare", &at("out"), &at("better"), "--split", "heldout"], &[]).await;
    assert!(text.contains("of 1 case\n") && text.contains(&format!("Won: {heldout}")), "{text}");
}
