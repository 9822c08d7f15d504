//! Names as labels: whatever a run is called, its label is one line, visible and told from the others.

use std::collections::HashSet;

/// What stands for a name without any visible character.
const UNNAMED: &str = "(unnamed)";

/// The text on one line, without characters that steer a terminal, turn the writing direction or are no XML.
pub(super) fn clean(text: &str) -> String {
    let visible: String = text.chars().map(|character| if character.is_whitespace() { ' ' } else { character }).filter(is_shown).collect();
    visible.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Cleans the labels and numbers the repeated ones: `run`, `run (2)`, `run (3)`.
pub(super) fn make_distinct<'a>(labels: impl Iterator<Item = &'a mut String>) {
    let mut taken = HashSet::new();
    for label in labels {
        let name = Some(clean(label)).filter(|name| !name.is_empty()).unwrap_or_else(|| UNNAMED.to_owned());
        let mut candidate = name.clone();
        let mut number = 1;
        while !taken.insert(candidate.clone()) {
            number += 1;
            candidate = format!("{name} ({number})");
        }
        *label = candidate;
    }
}

fn is_shown(character: &char) -> bool {
    let steers_direction = matches!(character, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let is_tag = matches!(character, '\u{E0000}'..='\u{E007F}');
    let is_no_character = matches!(character, '\u{FFFE}' | '\u{FFFF}' | '\u{FEFF}');
    !(character.is_control() || steers_direction || is_tag || is_no_character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(labels: &[&str], expected: &[&str]) {
        let mut labels: Vec<String> = labels.iter().map(|&label| label.to_owned()).collect();
        make_distinct(labels.iter_mut());
        assert_eq!(labels, expected);
    }

    #[test]
    fn repeated_labels_are_numbered() {
        check(&["run", "run", "other", "run"], &["run", "run (2)", "other", "run (3)"]);
    }

    #[test]
    fn a_number_never_takes_the_name_of_another() {
        check(&["run", "run", "run (2)"], &["run", "run (2)", "run (2) (2)"]);
    }

    #[test]
    fn a_name_without_visible_characters_is_called_unnamed() {
        check(&["", " \n", "\u{202e}"], &["(unnamed)", "(unnamed) (2)", "(unnamed) (3)"]);
    }

    #[test]
    fn cleaning_keeps_what_people_write_and_drops_what_steers() {
        assert_eq!(clean("f1[\"a\"].b 'c' µ 実験 🚀"), "f1[\"a\"].b 'c' µ 実験 🚀");
        assert_eq!(clean("red\u{1b}[31m\nnext\u{0}"), "red[31m next");
    }
}
