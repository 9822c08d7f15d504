//! `trialogue eval` as people and continuous integration use it: files, progress, taking up a run again, the gate.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use trialogue::evals::folder::{read_report, read_results};

use crate::support::folder;

/// The program with these arguments, run in the repository, with no environment but this.
pub(super) fn program(arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trialogue"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).env_clear().envs(environment.iter().copied());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// The program in a namespace without a network, where the system lets us make one; else as it is.
pub(super) fn program_without_network(arguments: &[&str]) -> Command {
    let mut allowed = Command::new("unshare");
    allowed.args(["-rn", "true"]).stdout(Stdio::null()).stderr(Stdio::null());
    if !allowed.status().is_ok_and(|status| status.success()) {
        eprintln!("`unshare -rn` is not allowed here: the network stays, but there is nobody in it");
        return program(arguments, &[]);
    }
    let mut command = Command::new("unshare");
    command.args(["-rn", env!("CARGO_BIN_EXE_trialogue")]).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).env_clear();
    command
}

/// The exit code of the program, and all that it said.
pub(super) async fn run(arguments: &[&str], environment: &[(&str, &str)]) -> (i32, String) {
    told(program(arguments, environment)).await
}

/// The same of any command.
pub(super) async fn told(mut command: Command) -> (i32, String) {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap_or(-1), text)
}

fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_writes_results_counts_junit_and_a_page_that_fetches_nothing() {
    let folder = folder();
    let out = folder.path().to_str().unwrap();
    let (code, text) = run(&["eval", "run", "--suite", "injection", "--suite", "history", "--out", out], &[]).await;
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("injection") && text.contains("result_equal") && text.contains("report.html"), "{text}");
    let results = read_results(folder.path()).unwrap();
    let junit = fs::read_to_string(folder.path().join("junit.xml")).unwrap();
    assert_eq!(junit.matches("<testcase ").count(), results.len());
    assert_eq!(junit.matches("<failure ").count(), results.iter().filter(|result| !result.passed).count());
    let page = fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(page.contains("default-src 'none'"));
    assert!(page.contains("data:image/svg+xml") && results.iter().any(|result| result.turns.iter().any(|turn| turn.chart.is_some())));
    // The data is in one script element, which nothing in it can end.
    assert_eq!((page.matches("<script").count(), page.matches("</script").count()), (1, 1));
    assert!(!page.contains("src=\"") && !page.contains("href=") && !page.contains("@import") && !page.contains("url("));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_cut_short_is_taken_up_where_it_stopped() {
    let folder = folder();
    let out = folder.path().to_str().unwrap();
    let file = folder.path().join("results.jsonl");
    let arguments = ["eval", "run", "--suite", "impact", "--out", out];
    assert_eq!(run(&arguments, &[]).await.0, 0);
    let whole = lines(&file);
    let kept = whole[..5].to_vec();
    fs::write(&file, format!("{}\n{}", kept.join("\n"), &whole[5][..40])).unwrap();
    let resumed: Vec<&str> = arguments.iter().copied().chain(["--resume"]).collect();
    assert_eq!(run(&resumed, &[]).await.0, 0);
    let after = lines(&file);
    assert_eq!(after.len(), whole.len());
    // What was judged is kept to the letter, times and all.
    assert!(kept.iter().all(|line| after.contains(line)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_taken_up_is_of_the_same_planner_and_stores_and_keeps_what_is_not_chosen() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    copy_folder(&super::evals(), Path::new(&at("evals")));
    let (evals, out) = (at("evals"), at("out"));
    let arguments = |more: &'static str| -> Vec<String> {
        let fixed = ["eval", "run", "--evals", &evals, "--out", &out].map(str::to_owned);
        fixed.into_iter().chain(more.split(' ').map(str::to_owned)).collect()
    };
    let played = async |more: &'static str| run(&arguments(more).iter().map(String::as_str).collect::<Vec<_>>(), &[]).await;
    assert_eq!(played("--planner scripted --suite impact --suite history").await.0, 0);
    let whole = lines(&folder.path().join("out/results.jsonl"));
    let (code, text) = played("--planner scripted --suite impact --resume").await;
    assert_eq!((code, lines(&folder.path().join("out/results.jsonl"))), (0, whole), "{text}");
    assert!(text.contains("history"), "the counts are of all that is there: {text}");
    let report = read_report(&folder.path().join("out")).unwrap();
    assert_eq!((report.planner.as_str(), report.suites.len()), ("scripted", 2));

    let (code, text) = played("--suite impact --suite history --resume").await;
    assert!(code == 2 && text.contains("what differs is the planner (`scripted`, now `builtin`)"), "{code}: {text}");
    assert_eq!(read_report(&folder.path().join("out")).unwrap().planner, "scripted", "what was refused has changed nothing");
    let fixture = folder.path().join("evals/fixtures/churn.yaml");
    fs::write(&fixture, format!("{}\n", fs::read_to_string(&fixture).unwrap())).unwrap();
    let (code, text) = played("--planner scripted --suite impact --resume").await;
    assert!(code == 2 && text.contains("what differs is the fixture `churn`;"), "{code}: {text}");

    // Without it, a run takes the place of another, and says of whom.
    let (code, text) = played("--suite impact").await;
    assert!(code == 0 && text.contains("report.html; in place of the results of scripted"), "{code}: {text}");
    let (_, text) = played("--suite impact").await;
    assert!(!text.contains("in place of"), "{text}");
    let (code, _) = run(&["eval", "run", "--planner", "scripted", "--suite", "impact", "--out", &at("other")], &[]).await;
    assert_eq!(code, 0);
    let (_, text) = run(&["eval", "compare", &out, &at("other")], &[]).await;
    assert!(text.contains("Beside the planner, there differs: the fixture `churn`\n"), "{text}");
}

/// Lines of results without how long things took.
fn without_times(path: &Path) -> Vec<String> {
    let steady = |line: &String| {
        let mut value: serde_json::Value = serde_json::from_str(line).unwrap();
        for turn in value["turns"].as_array_mut().unwrap() {
            turn.as_object_mut().unwrap().retain(|key, _| !key.ends_with("_ms"));
        }
        value.to_string()
    };
    lines(path).iter().map(steady).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_killed_comes_to_the_same_when_it_is_taken_up() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (whole, cut) = (at("whole"), at("cut"));
    let arguments =
        |out: &str| -> Vec<String> { ["eval", "run", "--split", "dev", "--jobs", "1", "--out", out].map(str::to_owned).to_vec() };
    let played = async |arguments: &[String]| run(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), &[]).await.0;
    assert_eq!(played(&arguments(&whole)).await, 0);
    let total = lines(&folder.path().join("whole/results.jsonl")).len();

    let file = folder.path().join("cut/results.jsonl");
    let mut child = program(&arguments(&cut).iter().map(String::as_str).collect::<Vec<_>>(), &[]).spawn().unwrap();
    let begun = Instant::now();
    let count = || fs::read_to_string(&file).map_or(0, |text| text.matches('\n').count());
    while count() < 20 {
        assert!(begun.elapsed() < Duration::from_secs(60), "no result came");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    // On Unix, SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap();
    let judged = count();
    assert!(judged >= 20 && judged < total, "{judged} of {total} were judged when it was killed");
    assert!(!folder.path().join("cut/report.json").exists());

    let resumed: Vec<String> = arguments(&cut).into_iter().chain(["--resume".to_owned()]).collect();
    assert_eq!(played(&resumed).await, 0);
    assert!(without_times(&file) == without_times(&folder.path().join("whole/results.jsonl")), "the results differ");
    let counts = |run: &str| read_report(&folder.path().join(run)).map(|report| (report.overall, report.suites, report.scorers)).unwrap();
    assert_eq!(counts("cut"), counts("whole"));
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_written_over_on_a_terminal_and_leaves_nothing_in_a_pipe() {
    let folder = folder();
    let out = folder.path().to_str().unwrap();
    let arguments = ["eval", "run", "--planner", "scripted", "--jobs", "1", "--out", out];
    let (code, text) = run(&arguments, &[]).await;
    assert!(code == 0 && !text.contains(['\r', '\u{1b}']), "{text}");
    // `script` runs a command on a terminal of its own.
    let line = [env!("CARGO_BIN_EXE_trialogue")].iter().chain(&arguments).map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
    let mut terminal = Command::new("script");
    terminal.args(["-qec", &line, "/dev/null"]).current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    if Command::new("script").arg("--version").stdout(Stdio::null()).status().is_err() {
        eprintln!("skipped: progress on a terminal needs `script`");
        return;
    }
    let (code, text) = told(terminal).await;
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("\r\u{1b}[2K") && text.contains(" cases, 0 failed"), "{text:?}");
    let last = text.rfind("\r\u{1b}[2K").unwrap();
    assert!(!text[last..].contains(" cases, 0 failed"), "the last word of it is wiped");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gate_closes_where_a_suite_lost_cases() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let data = at("evals");
    copy_folder(&super::evals(), Path::new(&data));
    let gate = |more: &[&'static str]| -> Vec<String> {
        let fixed = ["eval", "gate", "--evals", &data].map(str::to_owned);
        fixed.into_iter().chain(["--out".to_owned(), at("out")]).chain(more.iter().map(|one| (*one).to_owned())).collect()
    };
    let run_gate = async |more: &[&'static str]| {
        let arguments = gate(more);
        run(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), &[]).await
    };
    fs::remove_dir_all(Path::new(&data).join("accepted")).unwrap();
    for suite in fs::read_dir(Path::new(&data).join("suites")).unwrap() {
        let suite = suite.unwrap().path();
        if !suite.ends_with("impact.yaml") {
            fs::remove_file(suite).unwrap();
        }
    }
    assert_eq!(run_gate(&[]).await.0, 3, "without accepted scores there is no verdict");
    assert_eq!(run_gate(&["--accept"]).await.0, 0);
    let (code, text) = run_gate(&[]).await;
    assert!(code == 0 && text.contains("The gate is open."), "{text}");
    // A case that asks for what is not there fails, and the suite has one more failure than was accepted.
    let suite = Path::new(&data).join("suites/impact.yaml");
    let changed = fs::read_to_string(&suite).unwrap().replacen("metric: f1_score", "metric: accuracy", 1);
    fs::write(&suite, changed).unwrap();
    let (code, text) = run_gate(&[]).await;
    assert!(code == 1 && text.contains("`impact` got worse") && text.contains("impact.f1.02"), "{code}: {text}");
}

pub(super) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
