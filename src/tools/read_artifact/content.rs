//! What a file is, told by its first bytes and its name, and as much of it as an answer holds.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::domain::artifact::{ArtifactHead, ArtifactPath};
use crate::tools::tool::Image;
use crate::tools::view::{plain, plain_text};

/// How many bytes of a file are read: the largest image that is shown.
pub(super) const BYTES_READ: usize = 1 << 20;

/// How much an answer holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Bytes of text or JSON.
    pub(super) bytes: usize,
    /// Rows of a table.
    pub(super) rows: usize,
}

/// A file as an answer shows it.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) kind: &'static str,
    pub(super) media_type: &'static str,
    pub(super) text: Option<String>,
    pub(super) csv: Option<CsvView>,
    pub(super) json: Option<Value>,
    pub(super) image: Option<Image>,
    pub(super) truncated: bool,
}

/// The head of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct CsvView {
    /// The columns.
    pub(super) columns: Vec<Column>,
    /// The first rows, each a text a column.
    pub(super) rows: Vec<Vec<String>>,
    /// How many rows there are; null where the file was not read to its end.
    pub(super) row_count: Option<usize>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Column {
    /// Its name in the header.
    pub(super) name: String,
    /// What the values that were read are: `integer`, `number`, `boolean`, `text`, or `empty`.
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
}

/// Columns that are shown of a table.
const COLUMNS_SHOWN: usize = 100;

impl Content {
    /// Of the beginning of a file.
    pub(super) fn of(path: &ArtifactPath, head: &ArtifactHead, bounds: Bounds) -> Self {
        let bytes = head.bytes.as_slice();
        if let Some(media_type) = image_type(bytes) {
            let image = head.is_whole().then(|| Image { media_type, bytes: bytes.to_vec() });
            return Self { kind: "image", media_type, truncated: image.is_none(), image, ..Self::default() };
        }
        let Some(text) = as_text(bytes, head.is_whole()) else {
            return Self { kind: "binary", media_type: "application/octet-stream", truncated: !bytes.is_empty(), ..Self::default() };
        };
        let name = path.file_name().to_lowercase();
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        match extension {
            "csv" | "tsv" => {
                table(text, extension, head.is_whole(), bounds).unwrap_or_else(|| plain_content(text, "text/plain", head, bounds))
            }
            "json" => match serde_json::from_str::<Value>(text) {
                Ok(json) if head.is_whole() && text.len() <= bounds.bytes => {
                    Self { kind: "json", media_type: "application/json", json: Some(cleaned(json)), ..Self::default() }
                }
                _ => plain_content(text, "application/json", head, bounds),
            },
            "md" => plain_content(text, "text/markdown", head, bounds),
            "html" | "htm" => plain_content(text, "text/html", head, bounds),
            "svg" => plain_content(text, "image/svg+xml", head, bounds),
            "yaml" | "yml" => plain_content(text, "application/yaml", head, bounds),
            _ => plain_content(text, "text/plain", head, bounds),
        }
    }
}

/// By its magic number; what a name says of an image is not believed.
fn image_type(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        Some("image/gif")
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some("image/webp")
    } else {
        None
    }
}

/// The bytes as text, a letter cut in two at the end left off; absent where they are no text.
fn as_text(bytes: &[u8], is_whole: bool) -> Option<&str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(fault) if !is_whole && fault.error_len().is_none() => std::str::from_utf8(bytes.get(..fault.valid_up_to())?).ok()?,
        Err(_) => return None,
    };
    (!text.contains('\0')).then_some(text)
}

fn plain_content(text: &str, media_type: &'static str, head: &ArtifactHead, bounds: Bounds) -> Content {
    let mut end = text.len().min(bounds.bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let shown = text.get(..end).unwrap_or_default();
    Content {
        kind: "text",
        media_type,
        text: Some(plain_text(shown)),
        truncated: end < text.len() || !head.is_whole(),
        ..Content::default()
    }
}

/// The head of a table; absent where the text is none.
fn table(text: &str, extension: &str, is_whole: bool, bounds: Bounds) -> Option<Content> {
    let (delimiter, media_type) = if extension == "tsv" { (b'\t', "text/tab-separated-values") } else { (delimiter_of(text), "text/csv") };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().ok()?.clone();
    if header.is_empty() {
        return None;
    }
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut kinds = vec!["empty"; header.len()];
    let mut row_count = 0;
    let mut records = reader.into_records().peekable();
    while let Some(record) = records.next() {
        let record = record.ok()?;
        // The last row of a part of a file may be cut.
        if !is_whole && records.peek().is_none() {
            break;
        }
        for (kind, value) in kinds.iter_mut().zip(&record) {
            *kind = wider(kind, kind_of(value));
        }
        if rows.len() < bounds.rows {
            rows.push(record.iter().take(COLUMNS_SHOWN).map(plain).collect());
        }
        row_count += 1;
    }
    let columns = header.iter().zip(kinds).take(COLUMNS_SHOWN).map(|(name, kind)| Column { name: plain(name), kind }).collect();
    let truncated = rows.len() < row_count || !is_whole || header.len() > COLUMNS_SHOWN;
    let csv = CsvView { columns, rows, row_count: is_whole.then_some(row_count) };
    Some(Content { kind: "csv", media_type, csv: Some(csv), truncated, ..Content::default() })
}

/// What sets the fields of the header apart: the commonest of comma, semicolon and tab.
fn delimiter_of(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |delimiter: u8| header.bytes().filter(|byte| *byte == delimiter).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

fn kind_of(value: &str) -> &'static str {
    let value = value.trim();
    match value.to_lowercase().as_str() {
        "" => "empty",
        "true" | "false" => "boolean",
        _ if value.parse::<i64>().is_ok() => "integer",
        _ if value.parse::<f64>().is_ok() => "number",
        _ => "text",
    }
}

/// The kind that holds both.
fn wider(one: &'static str, other: &'static str) -> &'static str {
    match (one, other) {
        (same, new) if same == new => same,
        ("empty", kind) | (kind, "empty") => kind,
        ("integer" | "number", "integer" | "number") => "number",
        _ => "text",
    }
}

/// A value with every text in it made safe to show.
fn cleaned(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(plain_text(&text)),
        Value::Array(items) => Value::Array(items.into_iter().map(cleaned).collect()),
        Value::Object(fields) => Value::Object(fields.into_iter().map(|(key, value)| (plain(&key), cleaned(value))).collect()),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_)) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(path: &str, bytes: &[u8]) -> Content {
        let head = ArtifactHead { bytes: bytes.to_vec(), size: Some(bytes.len() as u64) };
        Content::of(&ArtifactPath::parse(path).unwrap(), &head, Bounds { bytes: 20, rows: 2 })
    }

    #[test]
    fn tables_have_typed_columns_and_their_first_rows() {
        let found = content("a/b.csv", b"label,n,share,ok,note\ncat,3,0.5,true,\n\"dog, big\",4,1,false,x\nowl,5,nan,true,\n");
        let csv = found.csv.unwrap();
        let columns: Vec<(&str, &str)> = csv.columns.iter().map(|column| (column.name.as_str(), column.kind)).collect();
        assert_eq!(columns, [("label", "text"), ("n", "integer"), ("share", "number"), ("ok", "boolean"), ("note", "text")]);
        assert_eq!((csv.rows.len(), csv.row_count, found.truncated), (2, Some(3), true));
        assert_eq!(csv.rows[1][0], "dog, big");
        assert_eq!(content("x.csv", b"a;b\n1;2\n").csv.unwrap().columns.len(), 2);
    }

    #[test]
    fn a_table_read_in_part_leaves_its_last_row_off() {
        let head = ArtifactHead { bytes: b"a,b\n1,2\n3,".to_vec(), size: Some(99) };
        let found = Content::of(&ArtifactPath::parse("t.csv").unwrap(), &head, Bounds { bytes: 9, rows: 9 });
        assert_eq!(found.csv.map(|csv| (csv.rows, csv.row_count)), Some((vec![vec!["1".to_owned(), "2".to_owned()]], None)));
        assert!(found.truncated);
    }

    #[test]
    fn what_a_file_is_is_told_by_its_bytes() {
        assert_eq!(content("x.txt", b"\x89PNG\r\n\x1a\nrest").media_type, "image/png");
        assert_eq!(content("x.png", b"no image").kind, "text");
        assert_eq!(content("x.pkl", b"\x80\x04\x95\0\0").kind, "binary");
        assert_eq!(content("x.json", b"{\"a\": [1, null]}").json, Some(serde_json::json!({"a": [1, null]})));
        assert_eq!(content("x.json", b"{\"a\": \"a longer text\"}").kind, "text");
        assert_eq!(content("x.json", b"{nothing").kind, "text");
        assert_eq!(content("empty.txt", b"").text.as_deref(), Some(""));
    }

    #[test]
    fn text_is_cut_between_letters_and_freed_of_controls() {
        let found = content("log.txt", "äöüäöüäöüäö".as_bytes());
        assert_eq!((found.text.as_deref(), found.truncated), (Some("äöüäöüäöüä"), true));
        assert_eq!(content("log.txt", b"a\x1b[31mred\nb\tc\r\n").text.as_deref(), Some("a[31mred\nb\tc\n"));
    }
}
