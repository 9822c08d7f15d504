//! `eval compare` and `eval gate`: whether a run is worse than another, or than what was accepted.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::eval::{Running, SplitFlag, incomplete, results_of};
use super::eval_model::PlannerFlag;
use super::eval_run::run_cases;
use super::{Answered, Ended, Failure, render};
use crate::config::Config;
use crate::evals::cassette::{Tape, name_in_files};
use crate::evals::compare::{Verdict, compare};
use crate::evals::folder::{read_head, read_report};
use crate::evals::gate::Accepted;
use crate::evals::report::{Heldout, comparison_text, page};
use crate::evals::results::{CaseResult, Report};
use crate::files;
use crate::tools::view::counted;

#[derive(Debug, Clone, Args)]
pub(super) struct CompareArguments {
    /// The folder of the old run
    old: PathBuf,
    /// The folder of the new run
    new: PathBuf,
    /// Only one half; held-out cases are told by name only with `heldout`
    #[arg(long, value_enum)]
    split: Option<SplitFlag>,
    /// Also write a page that shows both
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub(super) struct GateArguments {
    /// The folder with `suites`, `fixtures` and `accepted`
    #[arg(long, value_name = "DIR", default_value = "evals")]
    evals: PathBuf,
    /// Where the files of the run go
    #[arg(long, value_name = "DIR", default_value = "eval-results")]
    out: PathBuf,
    /// A finished run of all suites instead of running the built-in interpreter
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// Write the scores of this run as the accepted ones
    #[arg(long)]
    accept: bool,
}

/// Compares two finished runs.
pub(super) fn compare_runs(arguments: &CompareArguments) -> Ended {
    let read = |folder: &Path| -> Result<(Report, Vec<CaseResult>), Failure> {
        let mut results = results_of(folder)?;
        let counts = read_report(folder).map_err(|fault| incomplete(&fault))?;
        results.retain(|result| arguments.split.is_none_or(|split| result.split == split.split()));
        // Counted anew, for the counts that are there are of all results.
        Ok((Report { version: counts.version, ..Report::of(&counts.planner, &results) }, results))
    };
    let ((old_report, old), (new_report, new)) = (read(&arguments.old)?, read(&arguments.new)?);
    let comparison = compare(&old, &new);
    if comparison.cases == 0 {
        return Err(Failure::Usage("the two runs have no case in common that is the same in both".to_owned()));
    }
    let name = |report: &Report, folder: &Path| format!("{} ({})", report.planner, folder.display());
    let names = (name(&old_report, &arguments.old), name(&new_report, &arguments.new));
    let heldout = if arguments.split == Some(SplitFlag::Heldout) { Heldout::Shown } else { Heldout::Counted };
    let heads = (read_head(&arguments.old), read_head(&arguments.new));
    let world = match (heads.0.map_err(|fault| incomplete(&fault))?, heads.1.map_err(|fault| incomplete(&fault))?) {
        (Some(old), Some(new)) => old.differences_of_the_world(&new),
        (Some(_) | None, None) | (None, Some(_)) => Vec::new(),
    };
    if !world.is_empty() {
        render::print_line(&format!("Beside the planner, there differs: {}", world.join(", ")));
    }
    render::print_line(&comparison_text(&names.0, &names.1, &comparison, [&old, &new], heldout));
    if let Some(file) = &arguments.html {
        let html = page(&new_report, &new, Some((&old_report, &old, &comparison)), heldout);
        fs::write(file, html).map_err(|error| Failure::File(format!("cannot write `{}`: {error}", file.display())))?;
    }
    Ok(if comparison.verdict == Verdict::Worse { Answered::No } else { Answered::Yes })
}

/// Holds a run against the accepted scores, or accepts it.
pub(super) async fn gate(arguments: &GateArguments, config: &Config) -> Ended {
    let results = match &arguments.results {
        Some(folder) => results_of(folder)?,
        None => {
            run_cases(&Running::all(arguments.evals.clone(), arguments.out.clone()), &PlannerFlag::Builtin, &Tape::Live, config).await?.1
        }
    };
    let broken = results.iter().filter(|result| result.incomplete.is_some()).count() as u64;
    if broken > 0 {
        return Err(Failure::File(format!("{} could not be judged, so there is no verdict", counted(broken, "case"))));
    }
    let planner = match &arguments.results {
        Some(folder) => read_report(folder).map_err(|fault| incomplete(&fault))?.planner,
        None => PlannerFlag::Builtin.name(),
    };
    let path = arguments.evals.join("accepted").join(format!("{}.json", name_in_files(&planner)));
    if arguments.accept {
        return accept(&path, &Accepted::of(&planner, &results));
    }
    let text = fs::read_to_string(&path).map_err(|error| {
        Failure::File(format!("cannot read the accepted scores in `{}`: {error}; accept them with `--accept`", path.display()))
    })?;
    let accepted: Accepted = serde_json::from_str(&text).map_err(|error| Failure::File(format!("`{}`: {error}", path.display())))?;
    if accepted.planner != planner {
        let whose = format!("`{}` has the accepted scores of `{}`, not of `{planner}`", path.display(), accepted.planner);
        return Err(Failure::File(whose));
    }
    let verdict = accepted.judge(&results);
    verdict.faults.iter().for_each(|fault| render::print_line(fault));
    if !verdict.won.is_empty() {
        render::print_line(&format!("Now passing, not yet accepted (`--accept`): {}", verdict.won.join(", ")));
    }
    render::print_line(if verdict.open { "The gate is open." } else { "The gate is closed." });
    Ok(if verdict.open { Answered::Yes } else { Answered::No })
}

fn accept(path: &Path, accepted: &Accepted) -> Ended {
    let written = || -> anyhow::Result<()> {
        fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        Ok(files::replace(path, &format!("{}\n", serde_json::to_string_pretty(accepted)?))?)
    };
    written().map_err(|fault| incomplete(&fault))?;
    render::print_line(&format!("Accepted the scores of {} in {}", accepted.planner, path.display()));
    Ok(Answered::Yes)
}
