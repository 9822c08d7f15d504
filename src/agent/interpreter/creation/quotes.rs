//! Quotes in an order: what stands in them is text, whatever its words mean.

/// Marks in which people put names and texts.
pub(super) const QUOTES: [(char, char); 8] =
    [('"', '"'), ('“', '”'), ('„', '“'), ('„', '”'), ('\'', '\''), ('`', '`'), ('‘', '’'), ('«', '»')];

/// The text in the quotes at the head, and what follows them.
pub(super) fn quoted(text: &str) -> Option<(String, &str)> {
    for (open, close) in QUOTES {
        let Some(inside) = text.strip_prefix(open) else { continue };
        // An apostrophe within a word closes nothing.
        let end = inside.match_indices(close).map(|(at, _)| at).find(|at| {
            let after = inside.get(at + close.len_utf8()..).unwrap_or_default();
            !after.starts_with(char::is_alphanumeric)
        });
        if let Some(end) = end {
            return Some((inside.get(..end)?.to_owned(), inside.get(end + close.len_utf8()..)?));
        }
    }
    None
}

/// The text with everything in quotes blotted out, byte for byte, so that places in it are places in the text.
pub(super) fn unquoted(text: &str) -> String {
    let mut said = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let within_word = said.ends_with(char::is_alphanumeric);
        match quoted(rest).filter(|_| !within_word) {
            Some((_, after)) => {
                said.push_str(&"_".repeat(rest.len() - after.len()));
                rest = after;
            }
            None => {
                said.push(letter);
                rest = rest.get(letter.len_utf8()..).unwrap_or_default();
            }
        }
    }
    said
}
