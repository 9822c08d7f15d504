//! `eval export` and `eval list`: cases and calls for other programs, and for people who look for one.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::eval::{Chosen, incomplete};
use super::{Answered, Ended, Failure, render};
use crate::evals::case::Split;
use crate::evals::report::read_results;
use crate::evals::{export, schema};

#[derive(Debug, Clone, Args)]
pub(super) struct ExportArguments {
    #[command(flatten)]
    chosen: Chosen,
    /// `bfcl` (Berkeley Function Calling Leaderboard), `jsonl` (our own lines), `schemas` (of the files that people write)
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
    /// Question and possible-answer lines
    Bfcl,
    /// A case a line
    Jsonl,
    /// JSON Schemas
    Schemas,
}

#[derive(Debug, Clone, Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    chosen: Chosen,
    /// Each case with its words, not only the suites
    #[arg(long)]
    cases: bool,
}

/// Writes what was asked for, and says which files.
pub(super) fn export_cases(arguments: &ExportArguments) -> Ended {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let line = |value: &serde_json::Value| format!("{value}\n");
    match arguments.format {
        Format::Schemas => {
            for (name, schema) in schema::schemas() {
                files.insert(name.to_owned(), format!("{schema:#}\n"));
            }
        }
        Format::Jsonl => {
            for suite in arguments.chosen.suites()? {
                let lines = suite.cases.iter().map(|case| serde_json::to_value(case).map(|value| line(&value)));
                let text: String = lines.collect::<Result<_, _>>().map_err(|error| Failure::File(error.to_string()))?;
                files.insert(format!("{}.jsonl", suite.name), text);
            }
        }
        Format::Bfcl => {
            let results = arguments.results.as_ref().map(|folder| read_results(folder).map_err(|fault| incomplete(&fault))).transpose()?;
            let (mut questions, mut answers, mut calls, mut left_out) = (String::new(), String::new(), String::new(), 0);
            for case in arguments.chosen.suites()?.iter().flat_map(|suite| &suite.cases) {
                let Some(exported) = export::bfcl(case) else {
                    left_out += 1;
                    continue;
                };
                questions.push_str(&line(&exported.question));
                answers.push_str(&line(&exported.answer));
                let made = results.iter().flatten().find(|result| result.case == case.id && result.epoch == 1);
                if let Some((result, turn)) = made.and_then(|result| Some((result, result.turns.first()?))) {
                    let made = serde_json::json!({
                        "id": case.id,
                        "passed": result.passed,
                        "literal": export::is_literal(case, result),
                        "calls": export::bfcl_calls(&turn.calls),
                    });
                    calls.push_str(&line(&made));
                }
            }
            files.insert("questions.json".to_owned(), questions);
            files.insert("possible_answers.json".to_owned(), answers);
            if results.is_some() {
                files.insert("calls.json".to_owned(), calls);
            }
            render::complain(&format!("{left_out} cases are left out: BFCL's format cannot say what they expect"));
        }
    }
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

/// Lists what was chosen.
pub(super) fn list(arguments: &ListArguments) -> Ended {
    let suites = arguments.chosen.suites()?;
    for suite in &suites {
        let heldout = suite.cases.iter().filter(|case| case.split() == Split::Heldout).count();
        let dev = suite.cases.len() - heldout;
        render::print_line(&format!("{} ({dev} dev, {heldout} held out): {}", suite.name, suite.about));
        for case in suite.cases.iter().filter(|_| arguments.cases) {
            let said: Vec<&str> = case.turns.iter().map(|turn| turn.user.as_str()).collect();
            render::print_line(&format!("  {}  [{}]  {}", case.id, case.split().name(), said.join(" / ")));
        }
    }
    let total: usize = suites.iter().map(|suite| suite.cases.len()).sum();
    render::print_line(&format!("{total} cases in {} suites", suites.len()));
    Ok(Answered::Yes)
}
