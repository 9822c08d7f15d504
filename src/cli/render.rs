//! Answers as the terminal shows them, and as JSON lines.

use std::io::{self, IsTerminal, Write};

use serde_json::{Value, json};

use super::When;
use crate::agent::Turn;
use crate::domain::chart::{Chart, Colour, to_terminal, to_vega_lite};
use crate::tools::view::Table;

/// How wide a page is where nobody says.
const DEFAULT_WIDTH: usize = 100;

/// How many rows of a table the terminal shows.
const ROWS_SHOWN: usize = 30;

/// How wide the terminal is, in columns.
fn width() -> usize {
    terminal_size::terminal_size().map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0)).clamp(20, 160)
}

/// Prints a line to standard output; a reader that went away is no fault.
pub(super) fn print_line(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// Tells standard error what went wrong.
pub(super) fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "trialogue: {text}");
}

/// Tells standard error what goes on.
pub(super) fn remark(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// One turn for people: answer, caveats, tables, picture.
pub(super) fn print_turn(turn: &Turn, picture: When) {
    let is_terminal = io::stdout().is_terminal();
    print_line(&turn.answer);
    for table in turn.tables() {
        print_line("");
        print_line(&table_text(table));
    }
    let draws = match picture {
        When::Always => true,
        When::Never => false,
        When::Auto => is_terminal,
    };
    for chart in turn.charts().into_iter().filter(|_| draws) {
        print_line("");
        print_line(&picture_text(chart, is_terminal));
    }
    if !turn.caveats.is_empty() {
        print_line("");
        turn.caveats.iter().for_each(|caveat| print_line(&format!("Note: {caveat}.")));
    }
    print_line(&format!("\nAnswered by {}.", turn.planner));
}

pub(super) fn picture_text(chart: &Chart, is_terminal: bool) -> String {
    to_terminal(chart, width(), if is_terminal { Colour::Ansi } else { Colour::None })
}

/// A table as text, cut where it is long.
pub(super) fn table_text(table: &Table) -> String {
    let mut drawn = comfy_table::Table::new();
    drawn.load_style(comfy_table::presets::UTF8_HORIZONTAL_ONLY.row_separator(comfy_table::LineStyle::none()));
    drawn.set_content_arrangement(comfy_table::ContentArrangement::Dynamic);
    drawn.set_width(u16::try_from(width()).unwrap_or(100));
    drawn.set_header(&table.columns);
    for row in table.rows.iter().take(ROWS_SHOWN) {
        drawn.add_row(row);
    }
    let text: Vec<String> = drawn.to_string().lines().map(|line| line.trim_end().to_owned()).collect();
    let more = table.rows.len().saturating_sub(ROWS_SHOWN);
    let more = if more > 0 { format!("\n… and {more} more rows") } else { String::new() };
    format!("{}{more}", text.join("\n"))
}

/// One turn for programs.
pub(super) fn turn_json(turn: &Turn) -> Value {
    let calls: Vec<Value> = turn
        .calls
        .iter()
        .map(|call| {
            let mut shown = json!({"tool": call.tool, "arguments": call.arguments, "resolved": call.resolved(), "ok": call.result.is_ok()});
            if let (Err(refusal), Some(fields)) = (&call.result, shown.as_object_mut()) {
                fields.insert("error".to_owned(), json!({"code": refusal.code, "message": refusal.message}));
            }
            shown
        })
        .collect();
    let results: Vec<&Value> = turn.outcomes().map(|outcome| &outcome.result).collect();
    json!({
        "answer": turn.answer,
        "planner": turn.planner,
        "calls": calls,
        "results": results,
        "chart": turn.charts().last().map(|chart| to_vega_lite(chart)),
        "caveats": turn.caveats,
        "unverified_numbers": turn.unverified_numbers,
        "usage": turn.usage,
    })
}
