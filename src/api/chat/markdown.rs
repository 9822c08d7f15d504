//! A turn as Markdown, for clients that show nothing else: answer, tables, charts as fenced blocks, notes.
//!
//! Names of the store stand in it, so nothing of them may become a link, an image or a tag: a client that fetches what a text names would
//! tell strangers what is read.

use serde_json::Value;

use crate::api::chat::report::Report;

/// How many rows of a table are shown.
const ROWS_SHOWN: usize = 20;

/// The parts of the text, each with the break before it.
pub(super) fn blocks(report: &Report) -> Vec<String> {
    let mut blocks = vec![inert(&report.turn.answer)];
    blocks.extend(report.made.tables.iter().map(table));
    let specs = report.made.charts.iter().filter_map(|chart| chart.get("vega_lite"));
    // JSON on one line has no line that could end the block.
    blocks.extend(specs.map(|spec| format!("```vega-lite\n{spec}\n```")));
    let pictures = report.made.charts.iter().filter_map(|chart| Some((chart.get("title")?.as_str()?, chart.get("picture")?.as_str()?)));
    blocks.extend(pictures.map(|(title, address)| format!("![{}]({address})", inert(title).replace(']', "\\]"))));
    blocks.extend(report.turn.caveats.iter().map(|caveat| format!("Note: {}.", inert(caveat))));
    blocks.into_iter().enumerate().map(|(index, block)| if index == 0 { block } else { format!("\n\n{block}") }).collect()
}

fn table(table: &Value) -> String {
    let columns = cells(table.get("columns"));
    let rows = table.get("rows").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut lines = vec![line(&columns), line(&vec!["---".to_owned(); columns.len()])];
    lines.extend(rows.iter().take(ROWS_SHOWN).map(|row| line(&cells(Some(row)))));
    let more = rows.len().saturating_sub(ROWS_SHOWN);
    if more > 0 {
        lines.push(format!("\n… and {more} more rows"));
    }
    lines.join("\n")
}

fn cells(row: Option<&Value>) -> Vec<String> {
    let cells = row.and_then(Value::as_array).into_iter().flatten();
    cells.map(|cell| inert(cell.as_str().unwrap_or_default()).replace('|', "\\|").replace(['\n', '\r'], " ")).collect()
}

fn line(cells: &[String]) -> String {
    format!("| {} |", cells.join(" | "))
}

/// Addresses that Markdown makes links of wherever they stand (GitHub Flavored Markdown, "autolinks (extension)").
const AUTOLINKS: [(&str, &str); 5] =
    [("http://", "http[:]//"), ("https://", "https[:]//"), ("ftp://", "ftp[:]//"), ("www.", "www[.]"), ("mailto:", "mailto[:]")];

/// The text with its addresses written so that nothing takes them for some: no backslash stops a client that looks for them itself.
fn defanged(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    let begins = |rest: &str, address: &str| rest.get(..address.len()).is_some_and(|head| head.eq_ignore_ascii_case(address));
    while let Some(letter) = rest.chars().next() {
        let (length, written) = match AUTOLINKS.iter().find(|(address, _)| begins(rest, address)) {
            Some((address, written)) => (address.len(), (*written).to_owned()),
            None => (letter.len_utf8(), letter.to_string()),
        };
        told.push_str(&written);
        rest = rest.get(length..).unwrap_or_default();
    }
    told
}

/// Text in which nothing is a link, an image or a tag.
pub(super) fn inert(text: &str) -> String {
    let text = defanged(text);
    let mut inert = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '\\' | '[' | '<') {
            inert.push('\\');
        }
        inert.push(letter);
    }
    inert
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::agent::Turn;
    use crate::api::chat::events::Made;

    #[test]
    fn a_turn_is_answer_tables_charts_and_notes() {
        let made = Made {
            calls: Vec::new(),
            charts: vec![json!({"call": 0, "vega_lite": {"title": "```"}})],
            tables: vec![json!({"call": 0, "columns": ["run", "a|b"], "rows": vec![["run-1", "x\ny"]; 22]})],
        };
        let turn = Turn { answer: "Best.".to_owned(), caveats: vec!["cut".to_owned()], ..Turn::default() };
        let report = Report {
            conversation_id: String::new(),
            number: 1,
            turn,
            made,
            confirmations: Vec::new(),
            suggestions: Vec::new(),
            took_ms: 1.0,
        };
        let text = blocks(&report).concat();
        assert!(text.starts_with("Best.\n\n| run | a\\|b |\n| --- | --- |\n| run-1 | x y |\n"), "{text}");
        assert!(text.contains("\n… and 2 more rows\n\n```vega-lite\n{\"title\":\"```\"}\n```\n\nNote: cut."), "{text}");
    }

    #[test]
    fn no_name_becomes_a_link_an_image_or_a_tag() {
        assert_eq!(inert("![x](http://a/b)"), "!\\[x](http\\[:]//a/b)");
        assert_eq!(inert("HTTPS://evil.example or WWW.evil.example"), "https\\[:]//evil.example or www\\[.]evil.example");
        assert_eq!(inert("\\[x](y) <img src=x>"), "\\\\\\[x](y) \\<img src=x>");
    }
}
