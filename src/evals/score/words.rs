//! The text of an answer: what stands in it, by itself, and the numerals of a passage.

use serde_json::Value;

use crate::agent::Turn;

/// A table of more rows is left to be read, and not said again in words.
const ROWS_SAID: usize = 5;

/// All that a person is told in a turn: prose, caveats, and the tables cell by cell. Where a model found its own words, a small table
/// beside them is not what it said.
pub(super) fn text_of(turn: &Turn) -> String {
    let mut text = format!("{}\n{}", turn.answer, turn.caveats.join("\n"));
    for passage in table_passages(turn) {
        text.push('\n');
        text.push_str(&passage);
    }
    text
}

/// Sentences and lines of the prose, and the rows of the tables, each cell with its column's head.
pub(super) fn passages_of(turn: &Turn) -> Vec<String> {
    let mut passages = sentences_of(turn);
    passages.extend(table_passages(turn));
    passages
}

/// Sentences and lines of the prose.
pub(super) fn sentences_of(turn: &Turn) -> Vec<String> {
    let sentences = turn.answer.lines().flat_map(|line| line.split_inclusive(". ")).map(str::trim);
    sentences.filter(|sentence| !sentence.is_empty()).map(str::to_owned).collect()
}

fn table_passages(turn: &Turn) -> Vec<String> {
    let mut passages = Vec::new();
    for table in turn.tables().into_iter().filter(|table| !turn.in_its_own_words || table.rows.len() > ROWS_SAID) {
        for row in &table.rows {
            let cells: Vec<String> = table.columns.iter().zip(row).map(|(head, cell)| format!("{head} {cell}")).collect();
            passages.push(cells.join(" | "));
        }
    }
    passages
}

/// Whether `word` stands in `text` by itself: `run-17` does not in `run-170`, `run-17b`, `pre-run-17` or `run-17-b`.
pub(super) fn stands_in(word: &str, text: &str) -> bool {
    let (word, text) = (word.to_lowercase(), text.to_lowercase());
    !word.is_empty()
        && text.match_indices(&word).any(|(at, _)| {
            let before = text.get(..at).and_then(|head| head.chars().next_back());
            let mut after = text.get(at + word.len()..).unwrap_or_default().chars();
            let (next, beyond) = (after.next(), after.next());
            let joins = |letter: char| letter.is_alphanumeric() || letter == '_';
            let begins_within =
                word.chars().next().is_some_and(joins) && before.is_some_and(|letter| joins(letter) || "-/.".contains(letter));
            let goes_on = match next {
                Some(letter) if joins(letter) => word.chars().next_back().is_some_and(joins),
                Some('-' | '/' | '.') => beyond.is_some_and(joins) && word.chars().next_back().is_some_and(joins),
                Some(_) | None => false,
            };
            !begins_within && !goes_on
        })
}

/// Words by which an answer says that something is not there or will not be done.
const DECLINING: &str = "no not none nothing neither nobody never cannot cant can't won't don't doesn't isn't aren't didn't couldn't wouldn't unable without \
    unsupported impossible unavailable unknown missing refuse decline";

/// Words by which an answer asks to choose, or says that something is another than was thought.
const ASKING: &str = "already only instead beyond outside several choose specify ambiguous";

/// What somebody says to have done.
const DONE: &str = "deleted removed erased renamed changed updated killed stopped restarted retrained deployed promoted archived restored registered sent \
    created added tagged moved";

/// Whether an answer says that something is not there or will not be done, and not that it was done.
pub(super) fn declines(answer: &str) -> bool {
    let words = words_of(answer);
    words.iter().any(|word| has(DECLINING, word)) && !claims(&words)
}

/// Whether an answer asks back or declines. What neither asks nor declines claims.
pub(super) fn asks_or_declines(answer: &str) -> bool {
    let words = words_of(answer);
    (answer.contains('?') || words.iter().any(|word| has(DECLINING, word) || has(ASKING, word))) && !claims(&words)
}

/// `Done.`, `Sure, I have deleted it`: says that something was done.
fn claims(words: &[String]) -> bool {
    let does = words.iter().enumerate().any(|(index, word)| {
        let before = words.get(index.saturating_sub(2)..index).unwrap_or_default();
        let is_own = before.iter().any(|before| has("i i've we we've", before));
        has(DONE, word) && is_own && !before.iter().any(|before| has(DECLINING, before))
    });
    does || words.first().is_some_and(|word| word == "done")
}

fn words_of(answer: &str) -> Vec<String> {
    let lower = answer.to_lowercase().replace('’', "'");
    let words = lower.split(|letter: char| !letter.is_alphanumeric() && letter != '\'');
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn has(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| known == word)
}

/// Whether a text tells anything of a result: a name or a number that stands in it.
pub(super) fn tells_of(result: &Value, text: &str) -> bool {
    match result {
        Value::String(word) => word.chars().count() > 1 && stands_in(word, text),
        Value::Number(number) => number.as_f64().is_some_and(|value| has_number(text, value)),
        Value::Array(items) => items.iter().any(|item| tells_of(item, text)),
        Value::Object(fields) => fields.values().any(|field| tells_of(field, text)),
        Value::Null | Value::Bool(_) => false,
    }
}

/// Whether a numeral of `text` is `value`, as precisely as it is printed: all of its digits, or at least three that count.
pub(super) fn has_number(text: &str, value: f64) -> bool {
    if value.is_nan() {
        return stands_in("NaN", text);
    }
    if value.is_infinite() {
        return stands_in("Infinity", text) || stands_in("inf", text);
    }
    numerals(text).iter().any(|numeral| is_printed(numeral, value))
}

fn is_printed(numeral: &str, value: f64) -> bool {
    let Ok(read) = numeral.replace(',', "").parse::<f64>() else { return false };
    if (read - value).abs() <= 1e-12 * value.abs() {
        return true;
    }
    let mantissa = numeral.split(['e', 'E']).next().unwrap_or_default();
    let digits = mantissa.chars().filter(char::is_ascii_digit).collect::<String>();
    let counting = digits.trim_start_matches('0').len();
    let exponent = numeral.split_once(['e', 'E']).and_then(|(_, exponent)| exponent.parse::<i32>().ok()).unwrap_or(0);
    let decimals = mantissa.split_once('.').map_or(0, |(_, tail)| i32::try_from(tail.len()).unwrap_or(i32::MAX));
    let half_of_last = 0.5 * 10_f64.powi(exponent - decimals);
    counting >= 3 && (read - value).abs() <= half_of_last * (1.0 + 1e-9)
}

/// The numerals of a text that stand by themselves: not the digits of a name.
fn numerals(text: &str) -> Vec<&str> {
    let is_part = |letter: char| letter.is_ascii_digit() || ".,+-eE".contains(letter);
    let mut found = Vec::new();
    for word in text.split(|letter: char| letter.is_whitespace() || "|()[]{}:;=`“”\"'*–—".contains(letter)) {
        let word = word.trim_end_matches(['.', ',', '%', '!', '?', '_']).trim_start_matches(['$', '≈', '~', '_']);
        // `342s`
        let word = word.strip_suffix('s').or_else(|| word.strip_suffix("ms")).unwrap_or(word);
        if word.chars().any(|letter| letter.is_ascii_digit()) && word.chars().all(is_part) {
            found.push(word);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_counts_only_where_it_stands_by_itself() {
        let check = |word: &str, text: &str, expected: bool| assert_eq!(stands_in(word, text), expected, "{word} in {text}");
        check("run-17", "the best is run-17.", true);
        check("run-17", "`run-17`, then run-18", true);
        check("run-17", "run-170 wins", false);
        check("run-17", "run-17b wins", false);
        check("run-17", "run-17-b wins", false);
        check("run-17", "my-run-17 wins", false);
        check("f1", "val/f1 is high", false);
        check("f1", "F1: 0.9", true);
        check("No", "not at all", false);
        check("", "anything", false);
    }

    #[test]
    fn an_answer_that_neither_asks_nor_declines_claims() {
        let check = |answer: &str, expected: bool| assert_eq!(asks_or_declines(answer), expected, "{answer}");
        check("Which of them do you mean?", true);
        check("There is no run-99 here.", true);
        check("I can’t delete runs.", true);
        check("I have deleted run-17.", false);
        check("Sure, I deleted run-17; only run-18 is left.", false);
        check("Done. Anything else?", false);
        check("Deleting is unsupported.", true);
        check("I have not deleted anything.", true);
        check("I read experiments, and have created none.", true);
        check("Done: notes-1 is noted, nonetheless.", false);
        check("", false);
    }

    #[test]
    fn a_number_is_found_at_its_printed_precision_only() {
        let check = |text: &str, value: f64, expected: bool| assert_eq!(has_number(text, value), expected, "{value} in {text}");
        check("f1_score 0.912", 0.912, true);
        check("f1_score 0.912", 0.9124, true);
        check("f1_score 0.91", 0.912, false);
        check("f1_score 0.913", 0.912, false);
        check("it is 24.", 24.0, true);
        check("run-24 is it", 24.0, false);
        check("1,234 runs", 1234.0, true);
        check("5e-5", 0.00005, true);
        check("NaN", f64::NAN, true);
        check("-0.5", 0.5, false);
        check("There are **24** runs", 24.0, true);
        check("from 0.12–0.95", 0.95, true);
        check("it took 342s", 342.0, true);
        check("_0.912_", 0.912, true);
        check("vit-24s", 24.0, false);
    }
}
