//! `eval`: cases against a planner, offline. It reads flags and prints; `evals` does the work.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use super::eval_export::{ExportArguments, ListArguments, export_cases, list};
use super::eval_model::{PlannerFlag, given_server};
use super::eval_run::run_cases;
use super::eval_verdict::{CompareArguments, GateArguments, compare_runs, gate};
use super::{Ended, Failure};
use crate::config::{Config, Flags};
use crate::evals::case::Split;
use crate::evals::cassette::Tape;
use crate::evals::folder::{RESULTS, is_run, read_results};
use crate::evals::report::Heldout;
use crate::evals::results::CaseResult;
use crate::evals::suite::{Suite, read_suites};
use crate::llm::replay::EarlierExchanges;

const EXIT_CODES: &str = "Exit codes:\n  0  done; the gate is open, the new run is not worse\n  1  the verdict: the gate is closed, the new run is worse, fewer passed than --require\n  2  wrong usage\n  3  incomplete: a model, a cassette or a file failed, so there is no verdict";

/// Put a planner to the test: questions over small made-up stores, what must be called and what must be answered
#[derive(Debug, Subcommand)]
pub(super) enum EvalCommand {
    /// Play cases and write results, counts, XML for continuous integration and a page to open
    #[command(after_help = EXIT_CODES)]
    Run(RunArguments),
    /// As `run`, with a model whose replies are kept in cassettes
    #[command(after_help = EXIT_CODES)]
    Record(TapeArguments),
    /// As `run`, with the replies of cassettes and no network; what is not recorded ends with exit code 3
    #[command(after_help = EXIT_CODES)]
    Replay(TapeArguments),
    /// Compare two runs over the same cases: better, worse, or not enough cases to tell
    #[command(after_help = EXIT_CODES)]
    Compare(CompareArguments),
    /// Run the built-in interpreter on all suites, or take a finished run, and hold it against the accepted scores
    #[command(after_help = EXIT_CODES)]
    Gate(GateArguments),
    /// Write cases, or a run's calls, for other programs
    Export(ExportArguments),
    /// List suites and cases
    List(ListArguments),
}

/// Which cases.
#[derive(Debug, Clone, Args)]
pub(super) struct Chosen {
    /// The folder with `suites` and `fixtures`
    #[arg(long, value_name = "DIR", default_value = "evals")]
    pub(super) evals: PathBuf,
    /// Only this suite; may be repeated
    #[arg(long = "suite", value_name = "SUITE")]
    suites: Vec<String>,
    /// Only cases whose id has this in it
    #[arg(long, value_name = "TEXT")]
    case: Option<String>,
    /// Only one half: `dev` may be looked at while improving, `heldout` is only counted, and its failures are told one by one only so
    #[arg(long, value_enum)]
    split: Option<SplitFlag>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SplitFlag {
    /// May be looked at
    Dev,
    /// Only counted
    Heldout,
}

impl SplitFlag {
    /// The half that is meant.
    pub(super) fn split(self) -> Split {
        match self {
            Self::Dev => Split::Dev,
            Self::Heldout => Split::Heldout,
        }
    }
}

/// How a run goes.
#[derive(Debug, Clone, Args)]
pub(super) struct Running {
    #[command(flatten)]
    pub(super) chosen: Chosen,
    /// Where run.json, results.jsonl, report.json, junit.xml and report.html go, in place of those of the last run there
    #[arg(long, value_name = "DIR", default_value = "eval-results")]
    pub(super) out: PathBuf,
    /// How often each case is played
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(super) epochs: u32,
    /// How many cases at a time; as many as there are processors unless given
    #[arg(long, value_name = "N")]
    pub(super) jobs: Option<usize>,
    /// Take up the run that is there: what it has judged is kept, also of cases that are not chosen now; refused where it is of another planner, server, prompt, tool, fixture or version
    #[arg(long)]
    pub(super) resume: bool,
    /// Exit with 1 if a smaller share passes, from 0 to 1
    #[arg(long, value_name = "RATE", value_parser = share)]
    pub(super) require: Option<f64>,
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "it is a share, from 0 to 1".to_owned())
}

#[derive(Debug, Clone, Args)]
pub(super) struct RunArguments {
    #[command(flatten)]
    running: Running,
    /// `builtin`, `scripted` (the calls that the cases expect), or `openai:MODEL` at `OPENAI_BASE_URL`
    #[arg(long, value_name = "PLANNER", default_value = "builtin")]
    planner: PlannerFlag,
}

#[derive(Debug, Clone, Args)]
pub(super) struct TapeArguments {
    #[command(flatten)]
    running: Running,
    /// `openai:MODEL`
    #[arg(long, value_name = "PLANNER")]
    planner: PlannerFlag,
    /// The folder of the cassettes, a file a suite, model and epoch
    #[arg(long, value_name = "DIR", default_value = "eval-cassettes")]
    cassettes: PathBuf,
}

/// Refuses flags that would seem to say where the experiments are, or who is tested.
///
/// # Errors
/// Where there is one of them.
pub(super) fn refuse_store_and_model(flags: &Flags) -> Result<(), Failure> {
    let given = [
        ("--model", flags.model.is_some(), "say who is tested with `--planner`"),
        ("--tracking-uri", flags.tracking_uri.is_some(), "the stores are made from the fixtures of `--evals`"),
        ("--demo", flags.demo, "the stores are made from the fixtures of `--evals`"),
        ("--tenant", flags.tenant.is_some(), "the stores of the fixtures have no tenants"),
    ];
    match given.iter().find(|(_, is_given, _)| *is_given) {
        Some((flag, _, instead)) => Err(Failure::Usage(format!("`eval` takes no `{flag}`: {instead}"))),
        None => Ok(()),
    }
}

/// Does what the command says.
pub(super) async fn eval(command: &EvalCommand, config: &Config) -> Ended {
    match command {
        EvalCommand::Run(arguments) => run_cases(&arguments.running, &arguments.planner, &Tape::Live, config).await.map(|(ended, _)| ended),
        EvalCommand::Record(arguments) => {
            let earlier = if arguments.running.resume { EarlierExchanges::Kept } else { EarlierExchanges::Replaced };
            let tape = Tape::Record(arguments.cassettes.clone(), earlier);
            run_cases(&arguments.running, &arguments.planner, &tape, config).await.map(|(ended, _)| ended)
        }
        EvalCommand::Replay(arguments) => {
            let tape = Tape::Replay(arguments.cassettes.clone(), given_server(config)?);
            run_cases(&arguments.running, &arguments.planner, &tape, config).await.map(|(ended, _)| ended)
        }
        EvalCommand::Compare(arguments) => compare_runs(arguments),
        EvalCommand::Gate(arguments) => gate(arguments, config).await,
        EvalCommand::Export(arguments) => export_cases(arguments),
        EvalCommand::List(arguments) => list(arguments),
    }
}

/// What failed in the harness itself: there is no verdict.
pub(super) fn incomplete(fault: &anyhow::Error) -> Failure {
    Failure::File(format!("{fault:#}"))
}

/// The results of the run in `folder`, which somebody named.
pub(super) fn results_of(folder: &Path) -> Result<Vec<CaseResult>, Failure> {
    if !is_run(folder) {
        return Err(Failure::Usage(format!("`{}` is not the folder of a run: it has no `{RESULTS}`", folder.display())));
    }
    read_results(folder).map_err(|fault| incomplete(&fault))
}

impl Running {
    /// Every case of a folder, once.
    pub(super) fn all(evals: PathBuf, out: PathBuf) -> Self {
        let chosen = Chosen { evals, suites: Vec::new(), case: None, split: None };
        Self { chosen, out, epochs: 1, jobs: None, resume: false, require: None }
    }
}

impl Chosen {
    /// Held-out cases are told one by one only where somebody asked for them.
    pub(super) fn heldout(&self) -> Heldout {
        if self.case.is_some() || self.split == Some(SplitFlag::Heldout) { Heldout::Shown } else { Heldout::Counted }
    }

    /// The suites with the chosen cases.
    pub(super) fn suites(&self) -> Result<Vec<Suite>, Failure> {
        self.of(self.all_suites()?)
    }

    /// The suites of the folder with all of their cases.
    pub(super) fn all_suites(&self) -> Result<Vec<Suite>, Failure> {
        if !self.evals.join("suites").is_dir() {
            return Err(Failure::Usage(format!(
                "`{}` has no folder `suites`; `--evals DIR` names the folder that has",
                self.evals.display()
            )));
        }
        read_suites(&self.evals).map_err(|fault| Failure::Usage(format!("{fault:#}")))
    }

    /// What is chosen of `suites`.
    pub(super) fn of(&self, mut suites: Vec<Suite>) -> Result<Vec<Suite>, Failure> {
        if let Some(unknown) = self.suites.iter().find(|name| !suites.iter().any(|suite| suite.name == **name)) {
            let names: Vec<&str> = suites.iter().map(|suite| suite.name.as_str()).collect();
            return Err(Failure::Usage(format!("there is no suite `{unknown}`; there are {}", names.join(", "))));
        }
        suites.retain(|suite| self.suites.is_empty() || self.suites.contains(&suite.name));
        let split = self.split.map(SplitFlag::split);
        for suite in &mut suites {
            suite.cases.retain(|case| {
                self.case.as_ref().is_none_or(|text| case.id.contains(text)) && split.is_none_or(|split| case.split() == split)
            });
        }
        suites.retain(|suite| !suite.cases.is_empty());
        if suites.is_empty() {
            return Err(Failure::Usage("no case is left by `--suite`, `--case` and `--split`".to_owned()));
        }
        Ok(suites)
    }
}
