//! From a tool's outcome to what an assistant reads: a short text, structured content, and what it need not pay for in `_meta`.
//!
//! Hosts cut or refuse results beyond some 25,000 tokens and 50,000 characters; nothing here is longer.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rmcp::model::{CallToolResult, ContentBlock, MetaObject};
use serde_json::{Map, Value};

use super::wishes::Wishes;
use crate::api::problem::Problem;
use crate::domain::chart::to_vega_lite;
use crate::tools::view::{Table, plain_text};
use crate::tools::{Outcome, ToolDef};

/// Where a result keeps its chart, a Vega-Lite specification: for the host's view, not for the model.
pub(super) const CHART_KEY: &str = "trialogue/chart";

/// The most characters of a result without its images and its chart.
const CHARACTERS: usize = 50_000;

/// The most characters of the text, and so what structured content may have beside it.
const TEXT_CHARACTERS: usize = 16_000;
const STRUCTURED_CHARACTERS: usize = CHARACTERS - TEXT_CHARACTERS - 2_000;

/// The most characters of a refusal; hosts cut those of errors at some 11,000.
const REFUSAL_CHARACTERS: usize = 4_000;

/// What the answer itself or a note says as well.
const SAID_ELSEWHERE: [&str; 5] =
    ["resolved.runs", "resolved.metrics", "resolved.parameters", "resolved.experiment.why", "resolved.experiment.others"];

/// The most bytes of an image of the store; larger ones are told, not sent.
const IMAGE_BYTES: usize = 4 * 1024 * 1024;

/// A good answer, with the picture of its chart where one is wanted.
pub(super) fn answered(tool: &ToolDef, outcome: &Outcome, wishes: Wishes, picture: Option<&[u8]>) -> CallToolResult {
    let mut caveats = outcome.caveats.clone();
    let mut structured = outcome.result.clone();
    if !wishes.is_detailed || characters(&structured) > STRUCTURED_CHARACTERS {
        if wishes.is_detailed {
            caveats.push("the details do not fit into one answer and are left out; ask for less at a time".to_owned());
        }
        tool.details.iter().chain(&SAID_ELSEWHERE).for_each(|path| remove(&mut structured, path));
    }
    let cut = fitted(&mut structured, STRUCTURED_CHARACTERS);
    if cut > 0 {
        caveats.push(format!("{cut} entries do not fit into one answer and are left out; ask for less at a time"));
    }
    if let Some(told) = structured.get_mut("caveats") {
        *told = Value::from(caveats.clone());
    }
    let mut content = vec![ContentBlock::text(text(outcome, &caveats))];
    content.extend(picture.map(|png| ContentBlock::image(STANDARD.encode(png), "image/png")));
    let image = outcome.image.as_ref().filter(|image| image.bytes.len() <= IMAGE_BYTES);
    content.extend(image.map(|image| ContentBlock::image(STANDARD.encode(&image.bytes), image.media_type)));
    let mut result = CallToolResult::success(content);
    result.structured_content = Some(structured);
    let chart = outcome.chart.as_ref().map(|chart| Map::from_iter([(CHART_KEY.to_owned(), to_vega_lite(chart))]));
    result.with_meta(chart.map(MetaObject::from))
}

/// A refusal that the model reads and mends. It has no structured content, which would not satisfy the schema.
pub(super) fn refused(problem: &Problem) -> CallToolResult {
    told(&format!("{}: {}", problem.code, problem.detail))
}

/// A refusal in these words.
pub(super) fn told(words: &str) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(harmless(words))])
}

/// A refusal's words as they may be shown, whoever had a part in them.
pub(super) fn harmless(words: &str) -> String {
    shown(words, REFUSAL_CHARACTERS)
}

/// Text that a host may show as Markdown: without what nobody sees, and without pictures, whose addresses would carry away what stands in them.
fn shown(text: &str, most: usize) -> String {
    plain_text(text).replace("![", "!\\[").chars().take(most).collect()
}

fn text(outcome: &Outcome, caveats: &[String]) -> String {
    let notes: String = caveats.iter().map(|caveat| format!("\nNote: {caveat}.")).collect();
    let room = TEXT_CHARACTERS.saturating_sub(outcome.prose.chars().count() + notes.chars().count());
    let table = outcome.table.as_ref().map(|table| markdown(table, room)).unwrap_or_default();
    shown(&format!("{}{table}{notes}", outcome.prose), TEXT_CHARACTERS)
}

/// The table as a model reads it cheaply, without padding; as many rows as there is room for.
fn markdown(table: &Table, room: usize) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
        format!("\n|{}|", cells.join("|"))
    };
    let mut text = format!("\n{}\n|{}", line(&table.columns), "-|".repeat(table.columns.len()));
    let mut used = text.chars().count();
    for (index, row) in table.rows.iter().enumerate() {
        let row = line(row);
        used += row.chars().count();
        if used > room {
            text.push_str(&format!("\n({} more rows are in the structured content)", table.rows.len() - index));
            break;
        }
        text.push_str(&row);
    }
    text
}

/// A cell that ends where it should. A backslash is left as it is where it could not be taken for part of an escape.
fn cell(text: &str) -> String {
    let has_bar_or_end = text.contains('|') || text.ends_with('\\');
    let text = if has_bar_or_end { text.replace('\\', "\\\\") } else { text.to_owned() };
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

fn characters(value: &Value) -> usize {
    value.to_string().chars().count()
}

/// Removes what `path` leads to: keys between dots, `*` for each item of a list.
fn remove(value: &mut Value, path: &str) {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    match (value, rest) {
        (Value::Array(items), Some(rest)) if first == "*" => items.iter_mut().for_each(|item| remove(item, rest)),
        (Value::Object(fields), None) => drop(fields.shift_remove(first)),
        (Value::Object(fields), Some(rest)) => {
            if let Some(inner) = fields.get_mut(first) {
                remove(inner, rest);
            }
        }
        _ => {}
    }
}

/// Takes from the longest list or map what the whole has too much, until it has room, and tells how many entries went.
fn fitted(value: &mut Value, room: usize) -> usize {
    let mut cut = 0;
    loop {
        let excess = characters(value).saturating_sub(room);
        if excess == 0 {
            return cut;
        }
        let Some((size, longest)) = longest(value) else { return cut };
        // Entries are about as long as each other; where they are not, another round follows.
        let kept = |count: usize| (count - (count * excess).div_ceil(size.max(1)).min(count)).max(1).min(count - 1);
        cut += match value.pointer_mut(&longest) {
            Some(Value::Array(items)) => {
                let count = items.len();
                items.truncate(kept(count));
                count - items.len()
            }
            Some(Value::Object(fields)) => {
                let count = fields.len();
                let names: Vec<String> = fields.keys().skip(kept(count)).cloned().collect();
                names.iter().for_each(|name| drop(fields.shift_remove(name)));
                count - fields.len()
            }
            _ => return cut,
        };
    }
}

/// Entries that a list or map must have for it to be cut: the fields of a result are not.
const CUT_FROM: usize = 24;

/// The list or map with the most text in it: how much, and its pointer.
fn longest(value: &Value) -> Option<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    collect(value, String::new(), &mut found);
    found.into_iter().max_by_key(|(size, _)| *size)
}

fn collect(value: &Value, pointer: String, found: &mut Vec<(usize, String)>) {
    let inner = |key: &str| format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| collect(item, inner(&index.to_string()), found));
            if items.len() >= 2 && !pointer.is_empty() {
                found.push((value.to_string().len(), pointer));
            }
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(key, field)| collect(field, inner(key), found));
            if fields.len() >= CUT_FROM {
                found.push((value.to_string().len(), pointer));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn details_are_removed_by_their_path() {
        let mut value = json!({ "a": 1, "list": [{ "x": 1, "y": 2 }, { "x": 3 }], "deep": { "b": 1, "c": 2 } });
        ["a", "list.*.x", "deep.b", "none.at.all"].iter().for_each(|path| remove(&mut value, path));
        assert_eq!(value, json!({ "list": [{ "y": 2 }, {}], "deep": { "c": 2 } }));
    }

    #[test]
    fn what_is_too_long_is_cut_where_it_is_longest() {
        let mut value = json!({ "runs": (0..1_000).collect::<Vec<_>>(), "name": "n", "few": [1] });
        let cut = fitted(&mut value, 500);
        assert!((400..=500).contains(&characters(&value)), "{}", characters(&value));
        assert_eq!(value["runs"].as_array().unwrap().len() + cut, 1_000);
        assert_eq!((&value["name"], &value["few"]), (&json!("n"), &json!([1])));
        let metrics: Map<String, Value> = (0..1_000).map(|number| (format!("m{number}"), json!(number))).collect();
        let mut value = json!({ "run": { "metrics": metrics } });
        assert!(fitted(&mut value, 2_000) > 500);
        assert!(value["run"]["metrics"]["m0"].is_number());
    }

    #[test]
    fn a_cell_ends_where_it_should() {
        for (text, expected) in [("a|b", "a\\|b"), ("a\\|b", "a\\\\\\|b"), ("c:\\data", "c:\\data"), ("end\\", "end\\\\"), ("a\nb", "a b")]
        {
            assert_eq!(cell(text), expected);
        }
    }

    #[test]
    fn text_shows_no_picture_from_elsewhere() {
        assert_eq!(shown("a\u{202e} ![x](https://evil.example.com/?q=1)\nb", 100), "a !\\[x](https://evil.example.com/?q=1)\nb");
        assert_eq!(shown("abc", 2), "ab");
    }

    #[test]
    fn a_table_has_neither_padding_nor_more_rows_than_room() {
        let table = Table {
            columns: vec!["run".into(), "f1".into()],
            rows: vec![vec!["a|b".into(), "0.9".into()], vec!["c".into(), "0.8".into()]],
        };
        assert_eq!(markdown(&table, 1_000), "\n\n|run|f1|\n|-|-|\n|a\\|b|0.9|\n|c|0.8|");
        assert!(markdown(&table, 30).ends_with("(1 more rows are in the structured content)"));
    }
}
