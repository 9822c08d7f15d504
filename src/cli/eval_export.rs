//! `eval export` and `eval list`: cases and calls for other programs, and for people who look for one.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::eval::{Chosen, incomplete, results_of};
use super::{Answered, Ended, Failure, render};
use crate::evals::case::{Case, Split};
use crate::evals::export::{bfcl, inspect, promptfoo};
use crate::evals::schema;
use crate::evals::suite::Suite;

#[derive(Debug, Clone, Args)]
pub(super) struct ExportArguments {
    #[command(flatten)]
    chosen: Chosen,
    /// For which program; what a format cannot say is left out and counted
    #[arg(long, value_enum)]
    format: Format,
    /// The folder to write to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// With `bfcl`: also the calls of this run
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Berkeley Function Calling Leaderboard: question and possible-answer lines
    Bfcl,
    /// Inspect: samples for its `json_dataset`
    Inspect,
    /// promptfoo: a configuration with tests and tools
    Promptfoo,
    /// Our own lines, a case each
    Jsonl,
    /// JSON Schemas of the files that people write
    Schemas,
}

#[derive(Debug, Clone, Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    chosen: Chosen,
    /// Each case with its words, not only the suites
    #[arg(long)]
    cases: bool,
    /// As JSON: a list of suites, with `--cases` each with its cases
    #[arg(long)]
    json: bool,
}

/// Writes what was asked for, and says which files.
pub(super) fn export_cases(arguments: &ExportArguments) -> Ended {
    let files = match arguments.format {
        Format::Schemas => schema::schemas().into_iter().map(|(name, schema)| (name.to_owned(), format!("{schema:#}\n"))).collect(),
        Format::Jsonl => lines_of_suites(&arguments.chosen.suites()?)?,
        Format::Bfcl => bfcl_files(arguments)?,
        Format::Inspect => {
            let samples =
                arguments.chosen.suites()?.iter().flat_map(|suite| &suite.cases).map(|case| line(&inspect::sample(case))).collect();
            Files::from([("samples.jsonl".to_owned(), samples)])
        }
        Format::Promptfoo => promptfoo_files(&arguments.chosen.suites()?),
    };
    let written = || -> anyhow::Result<()> {
        fs::create_dir_all(&arguments.out)?;
        for (name, text) in &files {
            fs::write(arguments.out.join(name), text)?;
        }
        Ok(())
    };
    written().map_err(|fault| incomplete(&fault))?;
    files.keys().for_each(|name| render::print_line(&arguments.out.join(name).display().to_string()));
    Ok(Answered::Yes)
}

/// Texts by the names of their files.
type Files = BTreeMap<String, String>;

fn line(value: &Value) -> String {
    format!("{value}\n")
}

fn lines_of_suites(suites: &[Suite]) -> Result<Files, Failure> {
    let mut files = Files::new();
    for suite in suites {
        let lines = suite.cases.iter().map(|case| serde_json::to_value(case).map(|value| line(&value)));
        let text: String = lines.collect::<Result<_, _>>().map_err(|error| Failure::File(error.to_string()))?;
        files.insert(format!("{}.jsonl", suite.name), text);
    }
    Ok(files)
}

fn bfcl_files(arguments: &ExportArguments) -> Result<Files, Failure> {
    let results = arguments.results.as_ref().map(|folder| results_of(folder)).transpose()?;
    let (mut questions, mut answers, mut calls, mut left_out) = (String::new(), String::new(), String::new(), 0);
    for case in arguments.chosen.suites()?.iter().flat_map(|suite| &suite.cases) {
        let Some(exported) = bfcl::bfcl(case) else {
            left_out += 1;
            continue;
        };
        questions.push_str(&line(&exported.question));
        answers.push_str(&line(&exported.answer));
        let made = results.iter().flatten().find(|result| result.case == case.id && result.epoch == 1);
        if let Some((result, turn)) = made.and_then(|result| Some((result, result.turns.first()?))) {
            let made = json!({
                "id": case.id,
                "passed": result.passed,
                "literal": bfcl::is_literal(case, result),
                "calls": bfcl::bfcl_calls(&turn.calls),
            });
            calls.push_str(&line(&made));
        }
    }
    tell_left_out(left_out);
    let mut files = Files::from([("questions.json".to_owned(), questions), ("possible_answers.json".to_owned(), answers)]);
    if results.is_some() {
        files.insert("calls.json".to_owned(), calls);
    }
    Ok(files)
}

fn promptfoo_files(suites: &[Suite]) -> Files {
    let cases: Vec<&Case> = suites.iter().flat_map(|suite| &suite.cases).collect();
    let tests: Vec<Value> = cases.iter().filter_map(|case| promptfoo::test(case)).collect();
    tell_left_out(cases.len() - tests.len());
    let files = [("promptfooconfig.json", promptfoo::config()), ("tools.json", promptfoo::tools()), ("tests.json", Value::Array(tests))];
    files.into_iter().map(|(name, value)| (name.to_owned(), format!("{value:#}\n"))).collect()
}

fn tell_left_out(count: usize) {
    render::complain(&format!("{count} cases are left out: the format cannot say what they expect"));
}

/// Lists what was chosen.
pub(super) fn list(arguments: &ListArguments) -> Ended {
    let suites = arguments.chosen.suites()?;
    if arguments.json {
        let listed: Vec<Value> = suites.iter().map(|suite| listed(suite, arguments.cases)).collect();
        render::print_line(&format!("{:#}", Value::Array(listed)));
        return Ok(Answered::Yes);
    }
    for suite in &suites {
        let (dev, heldout) = (count(suite, Split::Dev), count(suite, Split::Heldout));
        render::print_line(&format!("{} ({dev} dev, {heldout} held out): {}", suite.name, suite.about));
        for case in suite.cases.iter().filter(|_| arguments.cases) {
            render::print_line(&format!("  {}  [{}]  {}", case.id, case.split().name(), said(case).join(" / ")));
        }
    }
    let total: usize = suites.iter().map(|suite| suite.cases.len()).sum();
    render::print_line(&format!("{total} cases in {} suites", suites.len()));
    Ok(Answered::Yes)
}

fn count(suite: &Suite, split: Split) -> usize {
    suite.cases.iter().filter(|case| case.split() == split).count()
}

fn said(case: &Case) -> Vec<&str> {
    case.turns.iter().map(|turn| turn.user.as_str()).collect()
}

fn listed(suite: &Suite, with_cases: bool) -> Value {
    let (dev, heldout) = (count(suite, Split::Dev), count(suite, Split::Heldout));
    let cases = suite.cases.iter().map(|case| {
        let split = case.split().name();
        json!({"case": case.id, "family": case.family, "split": split, "fixture": case.fixture, "said": said(case)})
    });
    let cases: Option<Vec<Value>> = with_cases.then(|| cases.collect());
    let counts = json!({"suite": suite.name, "about": suite.about, "dev": dev, "heldout": heldout});
    let members = counts.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), value.clone()));
    members.chain(cases.map(|cases| ("cases".to_owned(), Value::Array(cases)))).collect()
}
