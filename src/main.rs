//! Parses the command, runs it, turns the outcome into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    trialogue::cli::run(std::env::args_os(), |name| std::env::var(name).ok())
}
