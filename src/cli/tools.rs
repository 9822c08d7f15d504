//! `tools`: the catalogue for people, MCP and OpenAI, and the published contract in `tools/`.

use std::path::Path;

use clap::ValueEnum;
use serde_json::{Value, json};

use super::{Answered, Ended, Failure, render};
use crate::tools::{ALL, Access, ToolDef, examples};

#[derive(Debug, clap::Args)]
pub(super) struct ToolsArguments {
    /// How to show them
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
    /// Write the contract, one JSON file a tool and their examples, into this folder's `tools/` instead
    #[arg(long)]
    write: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// As `tools/list` of the Model Context Protocol
    Mcp,
    /// As the `tools` of OpenAI's chat completions
    Openai,
    /// As a table for people
    Markdown,
}

pub(super) async fn tools(arguments: &ToolsArguments) -> Ended {
    if arguments.write {
        return write(Path::new("tools")).await;
    }
    let text = match arguments.format {
        Format::Mcp => format!("{:#}", json!({ "tools": ALL.iter().map(contract).collect::<Vec<_>>() })),
        Format::Openai => format!("{:#}", Value::from(ALL.iter().map(function).collect::<Vec<_>>())),
        Format::Markdown => markdown(),
    };
    render::print_line(&text);
    Ok(Answered::Yes)
}

async fn write(folder: &Path) -> Ended {
    let fault = |error: std::io::Error| Failure::File(format!("cannot write `{}`: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(fault)?;
    for tool in &ALL {
        std::fs::write(folder.join(format!("{}.json", tool.name)), format!("{:#}\n", contract(tool))).map_err(fault)?;
    }
    let examples = examples::renewed(&ALL).await?;
    std::fs::write(folder.join("examples.json"), format!("{examples:#}\n")).map_err(fault)?;
    Ok(Answered::Yes)
}

/// What is published of a tool.
fn contract(tool: &ToolDef) -> Value {
    tool.contract()
}

fn function(tool: &ToolDef) -> Value {
    json!({"type": "function", "function": {"name": tool.name, "description": tool.description(), "parameters": tool.input_schema()}})
}

fn markdown() -> String {
    let row = |tool: &ToolDef| {
        format!("| `{}` | {}{} |", tool.name, tool.description(), if tool.access == Access::Write { " (writes)" } else { "" })
    };
    let rows: Vec<String> = ALL.iter().map(row).collect();
    format!("| tool | what it answers |\n|---|---|\n{}", rows.join("\n"))
}
