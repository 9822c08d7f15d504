//! Takes addresses out of a model's words: links, images, tags and bare URLs.
//!
//! What a model writes may be what a name of the store told it to write, and whoever shows an answer may fetch what it names: an image at
//! a stranger's host would carry there what the model knows. No answer about experiments needs an address.

/// What stands in place of a bare address.
const LEFT_OUT: &str = "(address left out)";

/// How the addresses begin that anything fetches or opens.
const SCHEMES: [&str; 9] = ["http://", "https://", "ftp://", "ws://", "wss://", "file://", "javascript:", "data:", "www."];

/// `text` without addresses.
pub(super) fn without(text: &str) -> String {
    without_bare(&without_links(&without_tags(text)))
}

/// Without `<tag …>`, `</tag>`, `<!-- … -->` and `<https://…>`. A `<` that no letter follows is a sign.
fn without_tags(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        kept.push_str(before);
        let is_tag = after.starts_with(|letter: char| letter.is_ascii_alphabetic() || matches!(letter, '/' | '!' | '?'));
        match after.split_once('>') {
            Some((_, behind)) if is_tag => rest = behind,
            // A tag that does not end may be ended by what is shown after it.
            None if is_tag => rest = after.find('\n').and_then(|end| after.get(end..)).unwrap_or_default(),
            Some(_) | None => {
                kept.push('<');
                rest = after;
            }
        }
    }
    kept + rest
}

/// `[text](address)`, `![text](address)` and `[text][reference]` as their text.
fn without_links(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['(', '[']) {
        let (before, after) = rest.split_at(at);
        kept.push_str(before);
        let (open, close) = if after.starts_with('(') { ('(', ')') } else { ('[', ']') };
        let inner = after.get(1..).unwrap_or_default();
        let follows_brackets = kept.ends_with(']');
        match inner.find(close) {
            Some(end) if follows_brackets => {
                unbracket(&mut kept);
                rest = inner.get(end + 1..).unwrap_or_default();
            }
            Some(_) | None => {
                kept.push(open);
                // Up to the bracket that may be the text's end, so that what follows it is looked at next.
                let end = if open == '[' { inner.find(']').map_or(0, |end| end + 1) } else { 0 };
                kept.push_str(inner.get(..end).unwrap_or_default());
                rest = inner.get(end..).unwrap_or_default();
            }
        }
    }
    kept + rest
}

/// Takes the brackets off the text at the end, and the `!` of an image.
fn unbracket(kept: &mut String) {
    kept.pop();
    if let Some(open) = kept.rfind('[') {
        kept.remove(open);
        if kept.get(..open).is_some_and(|before| before.ends_with('!')) {
            kept.remove(open - 1);
        }
    }
}

fn without_bare(text: &str) -> String {
    let mut kept = String::new();
    // Of the same length as the text, letter by letter.
    let lower = text.to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = SCHEMES.iter().filter_map(|scheme| begins(&lower, scheme, from)).min() {
        kept.push_str(text.get(from..at).unwrap_or_default());
        kept.push_str(LEFT_OUT);
        let address = text.get(at..).unwrap_or_default();
        let end = address.find(|letter: char| letter.is_whitespace() || matches!(letter, '`' | '"' | '”' | '|' | ')' | ']' | '>'));
        let end = end.unwrap_or(address.len());
        // A sentence that ends in an address ends with its stop.
        kept.push_str(if address.get(..end).is_some_and(|address| address.ends_with('.')) { "." } else { "" });
        from = at + end;
    }
    kept + text.get(from..).unwrap_or_default()
}

/// Where an address of this scheme begins, from a place on: at the beginning of a word, with something after it.
fn begins(text: &str, scheme: &str, from: usize) -> Option<usize> {
    let places = text.get(from..).unwrap_or_default().match_indices(scheme);
    let mut places = places.map(|(at, _)| from + at);
    places.find(|at| {
        let is_word = !text.get(..*at).unwrap_or_default().ends_with(char::is_alphanumeric);
        let goes_on = text.get(at + scheme.len()..).unwrap_or_default().starts_with(|letter: char| !letter.is_whitespace());
        is_word && goes_on
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(without(text), expected, "{text}");
    }

    #[test]
    fn words_stay_as_they_are() {
        for text in [
            "run-017 has an f1_score of 0.912 (started by ana).",
            "| run | f1 |\n|---|---|\n| a[0] | 0.9 |",
            "for x < 3 and y > 2, see [1] (the best)",
            "data: 24 runs; the data:\n- a",
            "its artifacts lie in s3://bucket/path",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn links_and_images_are_their_text() {
        check("a ![chart](http://evil.example/x?q=1) b", "a chart b");
        check("see [run-017](https://evil.example) and [b][1]", "see run-017 and b");
        check("[![x](//evil.example/a)](//evil.example/b)", "x");
        check("[x]: http://evil.example/a", "[x]: (address left out)");
    }

    #[test]
    fn tags_and_bare_addresses_are_left_out() {
        check("a <img src=//evil.example/x> b <https://evil.example> c", "a  b  c");
        check("a\n<script src=x\nb", "a\n\nb");
        check("Go to HTTPS://evil.example/?k=1.", "Go to (address left out).");
        check("`www.evil.example`", "`(address left out)`");
        check("javascript:alert(1) data:text/html,x", "(address left out)) (address left out)");
    }
}
