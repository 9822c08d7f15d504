//! Cuts prose into the passages within which a number and the names beside it belong together.

use std::ops::Range;

/// A sentence, a list item's sentence, or a cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passage {
    /// Where it stands, in bytes.
    pub(super) range: Range<usize>,
    /// What a reader would call its sentence: for a cell its whole row.
    pub(super) shown: Range<usize>,
    pub(super) setting: Setting,
}

/// What stands around a passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Setting {
    /// Running text.
    Text,
    /// An item of a list, with its own line and those it stands under, the nearest first.
    Item { under: Vec<Range<usize>> },
    /// A cell of a table, under this heading.
    Cell { column: Range<usize> },
}

/// The passages of `prose`, first to last.
pub(super) fn passages(prose: &str) -> Vec<Passage> {
    let mut passages = Vec::new();
    let lines = lines(prose);
    // The lines that a list stands under: how far each is indented, and where it is.
    let mut leads: Vec<(usize, Range<usize>)> = Vec::new();
    let mut columns: Vec<Range<usize>> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let text = prose.get(line.clone()).unwrap_or_default();
        if text.trim().is_empty() {
            columns.clear();
            continue;
        }
        if is_rule(text) {
            continue;
        }
        if text.contains('|') {
            let next = lines.get(index + 1).and_then(|next| prose.get(next.clone())).unwrap_or_default();
            let cells = cells(text, line.start);
            if is_rule(next) {
                columns.clone_from(&cells);
            }
            if !columns.is_empty() {
                for (position, cell) in cells.into_iter().enumerate() {
                    let column = columns.get(position).cloned().unwrap_or(0..0);
                    passages.push(Passage { range: cell, shown: line.clone(), setting: Setting::Cell { column } });
                }
                continue;
            }
        }
        columns.clear();
        let setting = match item_start(text) {
            Some(start) => {
                let indent = text.len() - text.trim_start().len();
                leads.retain(|(lead, _)| *lead < indent + 1);
                leads.push((indent + 1, line.clone()));
                let under = leads.iter().rev().map(|(_, lead)| lead.clone()).collect();
                let setting = Setting::Item { under };
                passages.extend(sentences(prose, line.start + start..line.end).map(|range| passage(range, &setting)));
                continue;
            }
            None => {
                leads.clear();
                if is_lead(text) {
                    leads.push((0, line.clone()));
                }
                Setting::Text
            }
        };
        passages.extend(sentences(prose, line.clone()).map(|range| passage(range, &setting)));
    }
    passages
}

fn passage(range: Range<usize>, setting: &Setting) -> Passage {
    Passage { shown: range.clone(), range, setting: setting.clone() }
}

fn lines(prose: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    let mut lines = Vec::new();
    for line in prose.split('\n') {
        lines.push(start..start + line.len());
        start += line.len() + 1;
    }
    lines
}

/// The line between a table's head and its body.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.contains("--") && line.chars().all(|letter| matches!(letter, '|' | '-' | ':' | ' '))
}

fn cells(line: &str, offset: usize) -> Vec<Range<usize>> {
    let inner = line.trim_end().strip_suffix('|').unwrap_or(line.trim_end());
    let mut start = inner.len() - inner.trim_start().len();
    if inner.trim_start().starts_with('|') {
        start += 1;
    }
    let mut cells = Vec::new();
    for cell in inner.get(start..).unwrap_or_default().split('|') {
        cells.push(offset + start..offset + start + cell.len());
        start += cell.len() + 1;
    }
    cells
}

/// Where an item's text begins, behind its bullet or number.
fn item_start(line: &str) -> Option<usize> {
    let text = line.trim_start();
    let indent = line.len() - text.len();
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let mark = match text.get(digits..)?.chars().next()? {
        '.' | ')' if (1..=3).contains(&digits) => digits + 1,
        bullet @ ('-' | '*' | '•' | '+') if digits == 0 => bullet.len_utf8(),
        _ => return None,
    };
    text.get(mark..)?.starts_with([' ', '\t']).then_some(indent + mark)
}

/// A line that says what the list below it is about.
fn is_lead(line: &str) -> bool {
    let line = line.trim();
    line.starts_with('#') || line.trim_end_matches('*').ends_with(':') || (line.starts_with("**") && line.ends_with("**"))
}

/// Cuts at full stops, but not within `0.912` and not after `vs.`.
fn sentences(prose: &str, line: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let text = prose.get(line.clone()).unwrap_or_default();
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, mark) in text.char_indices() {
        let end = at + mark.len_utf8();
        let stops =
            matches!(mark, '.' | '!' | '?') && text.get(end..).is_none_or(|rest| rest.is_empty() || rest.starts_with([' ', '*', ')', '"']));
        let sentence = text.get(start..at).unwrap_or_default();
        let word = sentence.rsplit([' ', '(']).next().unwrap_or_default();
        let abbreviates = matches!(word, "vs" | "approx" | "ca" | "e.g" | "i.e" | "resp" | "no" | "No");
        if stops && !abbreviates {
            sentences.push(line.start + start..line.start + end);
            start = end;
        }
    }
    if !text.get(start..).unwrap_or_default().trim().is_empty() {
        sentences.push(line.start + start..line.end);
    }
    sentences.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(prose: &str, expected: &[&str]) {
        let found: Vec<&str> = passages(prose).into_iter().map(|passage| prose[passage.range].trim()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn sentences_end_at_full_stops_outside_numbers() {
        check("run-017 has 0.912. It leads run-016 vs. run-015!", &["run-017 has 0.912.", "It leads run-016 vs. run-015!"]);
        check("One\n\nTwo", &["One", "Two"]);
    }

    #[test]
    fn items_lose_their_marks() {
        check("Best:\n1. run-017: 0.912\n2) run-016\n- a\n  * b", &["Best:", "run-017: 0.912", "run-016", "a", "b"]);
        check("0.912 is best\n12 runs", &["0.912 is best", "12 runs"]);
    }

    #[test]
    fn an_item_knows_what_it_stands_under() {
        let prose = "Both:\n- run-017\n  - F1 0.912\n- run-016\n  - F1 0.90";
        let last = passages(prose).pop().unwrap();
        let Setting::Item { under } = last.setting else { panic!("{last:?}") };
        assert_eq!(under.into_iter().map(|range| &prose[range]).collect::<Vec<_>>(), ["  - F1 0.90", "- run-016", "Both:"]);
    }

    #[test]
    fn cells_know_their_column() {
        let prose = "| run | f1 |\n|---|---:|\n| run-017 | 0.912 |";
        let last = passages(prose).pop().unwrap();
        let Setting::Cell { column } = last.setting else { panic!("{last:?}") };
        assert_eq!((prose[column].trim(), prose[last.range].trim(), &prose[last.shown]), ("f1", "0.912", "| run-017 | 0.912 |"));
    }
}
