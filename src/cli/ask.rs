//! `ask` and `chat`: questions, answers, pictures.

use std::path::Path;

use rustyline::error::ReadlineError;

use super::world::{World, planner};
use super::{Answered, AskArguments, Ended, Failure, Shown, render};
use crate::agent::conversation::Conversation;
use crate::agent::{Consent, Planner, Turn, turn};
use crate::config::Config;
use crate::domain::chart::{Chart, to_png, to_svg, to_vega_lite};

/// Answers the questions in order, as the turns of one conversation.
pub(super) async fn ask(config: &Config, arguments: &AskArguments) -> Ended {
    if let Some(file) = &arguments.chart {
        check_extension(file)?;
    }
    let world = World::open(config)?;
    let planner = planner(config)?;
    let mut conversation = Conversation::default();
    let mut answered = Answered::Yes;
    let mut last_chart: Option<Chart> = None;
    for (index, question) in arguments.questions.iter().enumerate() {
        let taken = take_turn(question, &planner, arguments.shown, &world, &mut conversation).await;
        if arguments.json {
            render::print_line(&render::turn_json(&taken).to_string());
        } else {
            if index > 0 {
                render::print_line("");
            }
            if arguments.questions.len() > 1 {
                render::print_line(&format!("› {question}"));
            }
            render::print_turn(&taken, arguments.shown.picture);
        }
        if !taken.answered {
            answered = Answered::No;
        }
        last_chart = taken.charts().last().map(|chart| (*chart).clone()).or(last_chart);
    }
    if let Some(file) = &arguments.chart {
        match last_chart {
            Some(chart) => write_chart(&chart, file)?,
            None => return Err(Failure::Usage(format!("no answer has a chart, so `{}` is not written", file.display()))),
        }
    }
    Ok(answered)
}

async fn take_turn(question: &str, planner: &Planner, shown: Shown, world: &World, conversation: &mut Conversation) -> Turn {
    let consent = if shown.yes { Consent::Given } else { Consent::Needed };
    turn(question, planner, consent, &world.context, conversation, &mut |_| {}).await
}

/// Talks until the person leaves.
pub(super) async fn chat(config: &Config, shown: Shown) -> Ended {
    let world = World::open(config)?;
    let planner = planner(config)?;
    let mut conversation = Conversation::default();
    let mut editor = rustyline::DefaultEditor::new().map_err(|error| Failure::File(format!("cannot read from the terminal: {error}")))?;
    render::complain(&format!("answers by {}; leave with Ctrl-D", planner.name()));
    loop {
        let (returned, line) = tokio::task::spawn_blocking(move || {
            let line = editor.readline("› ");
            (editor, line)
        })
        .await
        .map_err(|error| Failure::File(error.to_string()))?;
        editor = returned;
        match line {
            Ok(line) if line.trim().is_empty() => {}
            Ok(line) => {
                // A question that cannot be kept for the arrow keys is answered all the same.
                let _ = editor.add_history_entry(&line);
                let taken = take_turn(&line, &planner, shown, &world, &mut conversation).await;
                render::print_turn(&taken, shown.picture);
                render::print_line("");
            }
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => return Ok(Answered::Yes),
            Err(error) => return Err(Failure::File(format!("cannot read from the terminal: {error}"))),
        }
    }
}

fn check_extension(file: &Path) -> Result<(), Failure> {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("json" | "svg" | "png") => Ok(()),
        _ => Err(Failure::Usage(format!("`--chart {}` must end in `.json`, `.svg` or `.png`", file.display()))),
    }
}

fn write_chart(chart: &Chart, file: &Path) -> Result<(), Failure> {
    let bytes = match file.extension().and_then(|extension| extension.to_str()) {
        Some("svg") => to_svg(chart).into_bytes(),
        Some("png") => to_png(chart).map_err(|error| Failure::File(error.to_string()))?,
        _ => format!("{:#}\n", to_vega_lite(chart)).into_bytes(),
    };
    std::fs::write(file, bytes).map_err(|error| Failure::File(format!("cannot write `{}`: {error}", file.display())))
}
