//! `ask` and `chat`: questions, answers, pictures.

use std::path::Path;

use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

use super::progress::Progress;
use super::world::{World, planner};
use super::{Answered, AskArguments, Ended, Failure, Shown, render};
use crate::agent::answer::question;
use crate::agent::conversation::Conversation;
use crate::agent::{Call, Consent, Event, Planner, Turn, confirmed, declined, turn};
use crate::config::Config;
use crate::domain::chart::{Chart, to_png, to_svg, to_vega_lite};
use crate::tools;

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
        let consent = if arguments.shown.yes { Consent::Given } else { Consent::Needed };
        let taken = take_turn(question, &planner, consent, &world, &mut conversation).await;
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

async fn take_turn(question: &str, planner: &Planner, consent: Consent, world: &World, conversation: &mut Conversation) -> Turn {
    let mut progress = Progress::new();
    turn(question, planner, consent, &world.context, conversation, &mut |event| progress.hear(&event)).await
}

/// Talks until the person leaves.
pub(super) async fn chat(config: &Config, shown: Shown) -> Ended {
    let world = World::open(config)?;
    let planner = planner(config)?;
    let mut conversation = Conversation::default();
    let mut editor = DefaultEditor::new().map_err(|error| Failure::File(format!("cannot read from the terminal: {error}")))?;
    render::complain(&format!("answers by {}; leave with Ctrl-D", planner.name()));
    let consent = if shown.yes { Consent::Given } else { Consent::Asked };
    loop {
        let line;
        (editor, line) = read(editor, "› ").await?;
        let Some(line) = line else { return Ok(Answered::Yes) };
        if line.trim().is_empty() {
            continue;
        }
        // A question that cannot be kept for the arrow keys is answered all the same.
        let _ = editor.add_history_entry(&line);
        let taken = take_turn(&line, &planner, consent, &world, &mut conversation).await;
        render::print_turn(&taken, shown.picture);
        let mut asked: Vec<&Call> = Vec::new();
        for call in taken.calls.iter().filter(|call| call.is_asked_about()) {
            if asked.iter().any(|known| (&known.tool, &known.arguments) == (&call.tool, &call.arguments)) {
                continue;
            }
            asked.push(call);
            render::print_line(&format!("\n{}", question(&call.tool, &call.arguments)));
            let said;
            (editor, said) = read(editor, "Write it? [y/N] ").await?;
            let agrees = said.is_some_and(|said| matches!(said.trim().to_lowercase().as_str(), "y" | "yes"));
            let decided = decided(call, agrees, &world, &mut conversation).await;
            render::print_line(&decided.answer);
        }
        render::print_line("");
    }
}

/// Does what was asked about, or not.
async fn decided(call: &Call, agrees: bool, world: &World, conversation: &mut Conversation) -> Turn {
    let asked = question(&call.tool, &call.arguments);
    let mut progress = Progress::new();
    let mut hear = |event: Event<'_>| progress.hear(&event);
    match tools::named(&call.tool).filter(|_| agrees) {
        Some(tool) => confirmed(&format!("Yes. {asked}"), tool, call.arguments.clone(), &world.context, conversation, &mut hear).await,
        None => declined(&format!("No. {asked}"), conversation, &mut hear),
    }
}

/// Reads a line; nothing where the person leaves. Editor and line come back together, as a thread of its own waits for the keys.
async fn read(mut editor: DefaultEditor, prompt: &'static str) -> Result<(DefaultEditor, Option<String>), Failure> {
    let waiting = tokio::task::spawn_blocking(move || {
        let line = editor.readline(prompt);
        (editor, line)
    });
    let (editor, line) = waiting.await.map_err(|error| Failure::File(error.to_string()))?;
    match line {
        Ok(line) => Ok((editor, Some(line))),
        Err(ReadlineError::Eof | ReadlineError::Interrupted) => Ok((editor, None)),
        Err(error) => Err(Failure::File(format!("cannot read from the terminal: {error}"))),
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
