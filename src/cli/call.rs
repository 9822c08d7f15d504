//! `call TOOL`: any tool, with flags made from its schema.

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Map, Value};

use super::world::World;
use super::{Answered, Ended, Failure, render};
use crate::config::Config;
use crate::domain::chart::to_vega_lite;
use crate::tools::{self, ToolDef};

/// The command with one subcommand a tool.
pub(super) fn with_tools(command: Command) -> Command {
    command.subcommand_required(true).arg_required_else_help(true).subcommands(tools::ALL.iter().map(tool_command))
}

fn tool_command(tool: &'static ToolDef) -> Command {
    let mut command = Command::new(tool.name).about(tool.description().to_owned());
    for (name, schema) in properties(tool) {
        let help = schema.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
        let arg = Arg::new(name.clone()).long(name.replace('_', "-")).help(help);
        let arg = match kind(schema) {
            Kind::List => arg.num_args(1..).action(ArgAction::Append).value_name("VALUE"),
            Kind::Pairs => arg.num_args(1..).action(ArgAction::Append).value_name("KEY=VALUE"),
            Kind::Text | Kind::Number => arg.num_args(1).value_name(if kind(schema) == Kind::Number { "NUMBER" } else { "TEXT" }),
        };
        command = command.arg(if kind(schema) == Kind::Number { arg.allow_negative_numbers(true) } else { arg });
    }
    let json = Arg::new("json").long("json").num_args(1).value_name("OBJECT").help("All arguments as one JSON object");
    let chart =
        Arg::new("chart-spec").long("chart-spec").action(ArgAction::SetTrue).help("Print the chart (Vega-Lite) instead of the result");
    let text = Arg::new("text").long("text").action(ArgAction::SetTrue).help("Print the answer as text instead of JSON");
    command.args([json, chart, text])
}

#[derive(PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    List,
    Pairs,
}

fn kind(schema: &Value) -> Kind {
    match schema.get("type").and_then(Value::as_str) {
        Some("array") => Kind::List,
        Some("object") => Kind::Pairs,
        Some("integer" | "number") => Kind::Number,
        _ => Kind::Text,
    }
}

fn properties(tool: &'static ToolDef) -> impl Iterator<Item = (&'static String, &'static Value)> {
    tool.input_schema().get("properties").and_then(Value::as_object).into_iter().flatten()
}

/// Calls the tool that was named and prints its result.
pub(super) async fn call(config: &Config, matches: Option<&ArgMatches>) -> Ended {
    let Some((name, matches)) = matches.and_then(ArgMatches::subcommand) else {
        return Err(Failure::Usage("name a tool; `trialogue call --help` lists them".to_owned()));
    };
    let Some(tool) = tools::named(name) else {
        return Err(Failure::Usage(format!("there is no tool `{name}`; `trialogue call --help` lists them")));
    };
    let arguments = arguments(tool, matches)?;
    tool.checked(Value::Object(arguments.clone()))?;
    let world = World::open(config)?;
    let outcome = tool.call(Value::Object(arguments), &world.context).await?;
    if matches.get_flag("chart-spec") {
        let Some(chart) = &outcome.chart else {
            return Err(Failure::Usage(format!("this answer of `{name}` has no chart")));
        };
        render::print_line(&format!("{:#}", to_vega_lite(chart)));
    } else if matches.get_flag("text") {
        render::print_line(&outcome.prose);
        outcome.table.iter().for_each(|table| render::print_line(&format!("\n{}", render::table_text(table))));
        outcome.caveats.iter().for_each(|caveat| render::print_line(&format!("Note: {caveat}.")));
    } else {
        render::print_line(&format!("{:#}", outcome.result));
    }
    Ok(Answered::Yes)
}

fn arguments(tool: &'static ToolDef, matches: &ArgMatches) -> Result<Map<String, Value>, Failure> {
    let mut arguments = match matches.get_one::<String>("json") {
        None => Map::new(),
        Some(text) => match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => fields,
            Ok(other) => return Err(Failure::Usage(format!("`--json` must be one JSON object, not `{other}`"))),
            Err(fault) => return Err(Failure::Usage(format!("`--json` is no JSON: {fault}"))),
        },
    };
    for (name, schema) in properties(tool) {
        let Some(texts) = matches.get_many::<String>(name) else { continue };
        let texts: Vec<&String> = texts.collect();
        arguments.insert(name.clone(), value_of(name, schema, &texts)?);
    }
    Ok(arguments)
}

fn value_of(name: &str, schema: &Value, texts: &[&String]) -> Result<Value, Failure> {
    let first = texts.first().map(|text| text.as_str()).unwrap_or_default();
    Ok(match kind(schema) {
        Kind::List => Value::from(texts.iter().map(|text| Value::from(text.as_str())).collect::<Vec<_>>()),
        Kind::Text => Value::from(first),
        Kind::Number => match first.parse::<i64>().map(Value::from).or_else(|_| first.parse::<f64>().map(Value::from)) {
            Ok(number) => number,
            Err(_) => return Err(Failure::Usage(format!("`--{}` is `{first}`, which is no number", name.replace('_', "-")))),
        },
        Kind::Pairs => {
            let mut pairs = Map::new();
            for text in texts {
                let Some((key, value)) = text.split_once('=') else {
                    return Err(Failure::Usage(format!("`--{}` is `{text}`; write KEY=VALUE", name.replace('_', "-"))));
                };
                pairs.insert(key.to_owned(), Value::from(value));
            }
            Value::Object(pairs)
        }
    })
}
