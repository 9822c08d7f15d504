//! The terminal program: `ask`, `chat`, `call`, `serve`, `mcp`, `ready`, `keys`, `tools`, `eval`, `demo`, `doctor`.
//!
//! It parses, wires the parts and prints; what is said comes from the tools and the agent. Standard output carries only the
//! answer; everything else goes to standard error.

mod ask;
mod call;
mod doctor;
mod eval;
mod eval_export;
mod eval_model;
mod eval_progress;
mod eval_run;
mod eval_verdict;
mod keys;
mod log;
mod mcp;
mod progress;
mod ready;
mod render;
mod serve;
mod tools;
#[cfg(feature = "otel")]
mod traces;
mod world;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::config::{Config, ConfigError, Flags, OfferFlags, ServiceConfig, ServiceFlags};
use crate::store::{StoreError, demo};
use crate::tools::ToolError;

const EXIT_CODES: &str = "Exit codes:\n  0  answered\n  1  not understood, refused, or a tool found nothing to answer from\n  2  wrong usage or configuration\n  3  the tracking store or a file cannot be read or written";

/// Talk with your machine-learning experiments: every number in an answer comes from your MLflow tracking store.
#[derive(Debug, Parser)]
#[command(name = "trialogue", version, after_help = EXIT_CODES, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Ask one or more questions, the turns of one conversation
    #[command(after_help = EXIT_CODES)]
    Ask(AskArguments),
    /// Talk: questions and answers until you leave with Ctrl-D
    Chat(ChatArguments),
    /// Call one tool with flags made from its schema
    Call,
    /// Show the tools, or write their published contract
    Tools(tools::ToolsArguments),
    /// Write the made-up demonstration store to a file
    Demo {
        /// The file to make; it must not exist
        file: PathBuf,
    },
    /// Serve the tools to an assistant that starts this program, over standard input and output (Model Context Protocol)
    #[command(after_help = EXIT_CODES)]
    Mcp(OfferFlags),
    /// Serve the tools over HTTP, with OpenAPI at /openapi.json and the Model Context Protocol at /mcp
    #[command(after_help = EXIT_CODES)]
    Serve(ServiceFlags),
    /// Tell whether the service that runs here can answer, as /readyz does
    Ready(Listening),
    /// Put a planner to the test: questions over small made-up stores, offline
    #[command(subcommand)]
    Eval(eval::EvalCommand),
    /// Manage the API keys of the service
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Tell what is in force, where it came from, and whether the store and the model answer
    Doctor,
}

#[derive(Debug, clap::Args)]
struct AskArguments {
    /// The questions
    #[arg(required = true, value_name = "QUESTION")]
    questions: Vec<String>,
    /// One JSON object a turn, each on its line
    #[arg(long)]
    json: bool,
    /// Also write the last chart to a file: `.json` (Vega-Lite), `.svg` or `.png`
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
    #[command(flatten)]
    shown: Shown,
}

#[derive(Debug, clap::Args)]
struct ChatArguments {
    #[command(flatten)]
    shown: Shown,
}

#[derive(Debug, clap::Args)]
struct Listening {
    /// The address that it listens on (overrides `TRIALOGUE_HOST`)
    #[arg(long, value_name = "ADDRESS")]
    host: Option<String>,
    /// The port that it listens on (overrides `TRIALOGUE_PORT`)
    #[arg(long, value_name = "PORT")]
    port: Option<String>,
}

#[derive(Debug, Clone, Copy, clap::Args)]
struct Shown {
    /// Whether to draw charts in the terminal
    #[arg(long, value_enum, default_value_t = When::Auto)]
    picture: When,
    /// Agree beforehand to what is to be written to the store; without it `chat` asks, and `ask` writes only what you ask for yourself
    #[arg(long)]
    yes: bool,
}

/// Whether something is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    /// Where standard output is a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Why a command ended without an answer.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("{0}")]
    Usage(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Tool(#[from] ToolError),
    #[error("{0}")]
    File(String),
}

impl Failure {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Tool(ToolError::Store(_)) | Self::Store(_) | Self::File(_) => 3,
            Self::Config(_) | Self::Usage(_) | Self::Tool(ToolError::InvalidArguments(_)) => 2,
            Self::Tool(ToolError::NotFound { .. } | ToolError::Ambiguous { .. } | ToolError::Nothing(_)) => 1,
        }
    }
}

/// How a command ended.
type Ended = Result<Answered, Failure>;

/// Whether everything asked was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answered {
    Yes,
    No,
}

/// Runs the command that `arguments` spell; `environment` gives the value of a variable.
pub fn run(arguments: impl IntoIterator<Item = OsString>, environment: impl Fn(&str) -> Option<String>) -> ExitCode {
    let command = Cli::command().mut_subcommand("call", call::with_tools);
    let matches = match command.try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            // Where the terminal is gone there is nobody to tell.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let ended = match Cli::from_arg_matches(&matches) {
        Ok(cli) => execute(&cli, &matches, environment),
        Err(error) => Err(Failure::Usage(error.to_string())),
    };
    match ended {
        Ok(Answered::Yes) => ExitCode::SUCCESS,
        Ok(Answered::No) => ExitCode::from(1),
        Err(failure) => {
            render::complain(&failure.to_string());
            ExitCode::from(failure.exit_code())
        }
    }
}

fn execute(cli: &Cli, matches: &clap::ArgMatches, environment: impl Fn(&str) -> Option<String>) -> Ended {
    let config = Config::read(&cli.flags, &environment)?;
    // The service has a runtime of its own size.
    if let Command::Serve(flags) = &cli.command {
        return serve::serve(&config, &ServiceConfig::read(flags, environment)?);
    }
    if let Command::Ready(Listening { host, port }) = &cli.command {
        let flags = ServiceFlags { host: host.clone(), port: port.clone(), ..ServiceFlags::default() };
        return ready::ready(&ServiceConfig::read(&flags, environment)?);
    }
    if let Command::Eval(_) = &cli.command {
        eval::refuse_store_and_model(&cli.flags)?;
    }
    let workers = match &cli.command {
        Command::Eval(_) => std::thread::available_parallelism().map_or(2, usize::from),
        _ => 2,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build();
    let runtime = runtime.map_err(|error| Failure::File(format!("cannot start: {error}")))?;
    match &cli.command {
        Command::Ask(arguments) => runtime.block_on(ask::ask(&config, arguments)),
        Command::Chat(arguments) => runtime.block_on(ask::chat(&config, arguments.shown)),
        Command::Call => runtime.block_on(call::call(&config, matches.subcommand_matches("call"))),
        Command::Tools(arguments) => runtime.block_on(tools::tools(arguments)),
        Command::Demo { file } => {
            demo::create(file)?;
            render::print_line(&format!(
                "Wrote the demonstration store to {0}. Ask it with: trialogue --tracking-uri sqlite:///{0} ask \"…\"",
                file.display()
            ));
            Ok(Answered::Yes)
        }
        Command::Mcp(offer) => {
            let flags = ServiceFlags { offer: offer.clone(), ..ServiceFlags::default() };
            runtime.block_on(mcp::mcp(&config, ServiceConfig::read(&flags, environment)?))
        }
        Command::Eval(command) => runtime.block_on(eval::eval(command, &config)),
        Command::Keys(command) => keys::keys(command, cli.flags.tenant.as_deref(), environment),
        // Done above.
        Command::Serve(_) | Command::Ready(_) => Ok(Answered::Yes),
        Command::Doctor => runtime.block_on(doctor::doctor(&config)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eval_refuses_flags_that_it_would_pass_over() {
        let refused = |flags: &Flags| eval::refuse_store_and_model(flags).map_err(|failure| failure.exit_code());
        assert_eq!(refused(&Flags::default()), Ok(()));
        assert_eq!(refused(&Flags { model: Some("openai:m".to_owned()), ..Flags::default() }), Err(2));
        assert_eq!(refused(&Flags { demo: true, ..Flags::default() }), Err(2));
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().mut_subcommand("call", call::with_tools).debug_assert();
    }
}
