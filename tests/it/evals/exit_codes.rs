//! The exit codes of every `trialogue eval` command: 0 done, 1 the verdict, 2 wrong usage, 3 no verdict.

use std::fs;
use std::path::Path;

use trialogue::evals::folder::read_results;

use super::evals;
use super::program::{copy_folder, run};
use crate::support::folder;

/// Runs each line of `table`, the words of a command after `eval` with its exit code and words that it must say; `{…}` is that name in `folder`.
async fn check(folder: &Path, table: &[(&str, i32, &str)]) {
    for (line, code, words) in table {
        let at = |word: &str| word.strip_prefix('{').and_then(|word| word.strip_suffix('}')).map(|name| folder.join(name));
        let arguments: Vec<String> = std::iter::once("eval".to_owned())
            .chain(line.split_whitespace().map(|word| at(word).map_or_else(|| word.to_owned(), |path| path.to_str().unwrap().to_owned())))
            .collect();
        let (found, text) = run(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), &[]).await;
        assert_eq!(found, *code, "eval {line}: {text}");
        assert!(text.contains(words), "eval {line}: `{words}` is not in {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_codes_tell_verdicts_from_wrong_usage_and_from_no_verdict() {
    let folder = folder();
    let made = folder.path();
    fs::write(made.join("file"), "").unwrap();
    fs::create_dir(made.join("empty")).unwrap();
    copy_folder(&evals(), &made.join("evals"));
    for entry in fs::read_dir(made.join("evals/suites")).unwrap() {
        let path = entry.unwrap().path();
        if !path.ends_with("impact.yaml") {
            fs::remove_file(path).unwrap();
        }
    }
    copy_folder(&made.join("evals"), &made.join("broken"));
    fs::write(made.join("broken/suites/odd.yaml"), "about: [").unwrap();
    copy_folder(&made.join("evals"), &made.join("homeless"));
    fs::remove_file(made.join("homeless/fixtures/churn.yaml")).unwrap();
    let runs = [
        ("run --planner scripted --suite best --out {gold} --require 1", 0, "all "),
        ("run --planner scripted --evals {evals} --out {impact}", 0, "impact"),
        ("run --suite nosuch --out {x}", 2, "there is no suite `nosuch`; there are ambiguity"),
        ("run --case nosuch --out {x}", 2, "no case is left"),
        ("run --planner clever --out {x}", 2, "`clever` is no planner"),
        ("run --require 2 --out {x}", 2, "a share, from 0 to 1"),
        ("run --epochs 0 --out {x}", 2, "--epochs"),
        ("run --evals {nowhere} --out {x}", 2, "has no folder `suites`"),
        ("run --evals {broken} --out {x}", 2, "odd.yaml"),
        ("run --evals {homeless} --out {x}", 3, "there is no fixture `churn`"),
        ("run --suite best --out {file}", 3, "ile exists"),
        ("record --planner builtin --cassettes {tapes} --out {x}", 2, "asks no model"),
        ("record --suite best --cassettes {tapes} --out {x}", 2, "--planner"),
        ("record --planner openai:small --suite best --cassettes {file} --out {x}", 3, "ile exists"),
        ("replay --planner builtin --cassettes {tapes} --out {x}", 2, "asks no model"),
        ("replay --planner openai:small --suite best --cassettes {nowhere} --out {x}", 3, "cannot use the cassette"),
        ("list", 0, "cases in "),
        ("list --json --cases --suite best", 0, "\"suite\": \"best\""),
        ("list --suite nosuch", 2, "there is no suite"),
        ("list --evals {broken}", 2, "odd.yaml"),
        ("export --format inspect --suite best --out {exports}", 0, "samples.jsonl"),
        ("export --format promptfoo --suite best --out {exports}", 0, "promptfooconfig.json"),
        ("export --format bfcl --suite best --results {gold} --out {exports}", 0, "calls.json"),
        ("export --format bfcl --results {nowhere} --out {exports}", 2, "is not the folder of a run"),
        ("export --format clever --out {exports}", 2, "clever"),
        ("export --format jsonl --suite best --out {file}", 3, "ile exists"),
    ];
    check(made, &runs).await;

    // Half of the cases that no longer pass are no chance.
    let mut worse = read_results(&made.join("gold")).unwrap();
    worse.iter_mut().step_by(2).for_each(|result| result.passed = false);
    let write = |name: &str, text: &str| {
        fs::create_dir(made.join(name)).unwrap();
        fs::write(made.join(name).join("results.jsonl"), text).unwrap();
    };
    let text: String = worse.iter().map(|result| format!("{}\n", serde_json::to_string(result).unwrap())).collect();
    write("worse", &text);
    write("unfinished", &text);
    write("damaged", "{\n{\n");
    for name in ["worse", "damaged"] {
        fs::copy(made.join("gold/report.json"), made.join(name).join("report.json")).unwrap();
    }
    fs::copy(made.join("gold/run.json"), made.join("worse/run.json")).unwrap();
    let verdicts = [
        ("compare {gold} {gold}", 0, "not enough cases"),
        ("compare {worse} {gold}", 0, "Verdict: better"),
        ("compare {gold} {worse}", 1, "Verdict: worse"),
        ("compare {gold}", 2, "<NEW>"),
        ("compare {gold} {nowhere}", 2, "is not the folder of a run: it has no `results.jsonl`"),
        ("compare {nowhere} {gold}", 2, "is not the folder of a run"),
        ("compare {gold} {empty}", 2, "is not the folder of a run"),
        ("compare {gold} {impact}", 2, "no case in common"),
        ("compare {gold} {unfinished}", 3, "the run may not have ended"),
        ("compare {damaged} {gold}", 3, "line 1 of"),
        ("compare {gold} {gold} --html {empty}", 3, "cannot write"),
        ("gate --evals {nowhere}", 2, "has no folder `suites`"),
        ("gate --evals {evals} --results {nowhere}", 2, "is not the folder of a run"),
        ("gate --evals {evals} --results {impact}", 3, "accept them with `--accept`"),
        ("gate --evals {evals} --results {impact} --accept", 0, "Accepted the scores of scripted"),
        ("gate --evals {evals} --results {impact}", 0, "The gate is open."),
        ("gate --evals {evals} --results {worse}", 1, "The gate is closed."),
        ("gate --evals {evals} --results {unfinished}", 3, "the run may not have ended"),
        ("run --planner scripted --suite best --out {worse} --resume --require 1", 1, "all "),
        ("run --planner scripted --suite best --out {unfinished} --resume", 2, "it has no `run.json`"),
        ("run --suite best --out {gold} --resume", 2, "what differs is the planner (`scripted`, now `builtin`)"),
        ("nonsense", 2, "nonsense"),
    ];
    check(made, &verdicts).await;
}
