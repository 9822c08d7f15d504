//! The description behind "create an experiment", cut out of the sentence as it was written.

use super::names::stripped;
use super::quotes::{quoted, unquoted};

/// Words behind which a description stands.
const DESCRIPTION_LEADS: [&str; 17] = [
    "describe it as",
    "describe it with",
    "describe it",
    "describing it as",
    "description should be",
    "description is",
    "description of",
    "description",
    "described as",
    "described by",
    "described with",
    "described",
    "which is about",
    "note that says",
    "note saying",
    "note",
    "about",
];

/// Words with which something else begins behind a description that stands without quotes.
const DESCRIPTION_ENDS: [&str; 12] = [
    " and tag",
    " tagged ",
    " with tag",
    " with the tag",
    " with label",
    ", tag",
    " and the tag",
    " tags ",
    " tags:",
    " and label",
    "; ",
    ", label",
];

/// The description and the rest without it.
pub(super) fn description_of(text: &str) -> (Option<String>, String) {
    let folded = unquoted(text).to_ascii_lowercase();
    let stands_alone = |at: usize, lead: &str| {
        let joins = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == '-');
        !joins(folded.get(..at).and_then(|before| before.chars().next_back()))
            && !joins(folded.get(at + lead.len()..).and_then(|after| after.chars().next()))
    };
    let leads = DESCRIPTION_LEADS.iter().flat_map(|lead| folded.match_indices(lead)).filter(|(at, lead)| stands_alone(*at, lead));
    let Some((at, lead)) = leads.min_by_key(|(at, lead)| (*at, usize::MAX - lead.len())) else { return (None, text.to_owned()) };
    let before = text.get(..at).unwrap_or_default();
    let mut after = text.get(at + lead.len()..).unwrap_or_default().trim_start_matches([':', ' ', '=', ',']);
    for polite in ["saying", "that says", "reading", "that reads", "being"] {
        after = stripped(after, polite).map_or(after, |after| after.trim_start_matches([':', ' ']));
    }
    if let Some((quoted, rest)) = quoted(after) {
        return (Some(quoted), format!("{before} {rest}"));
    }
    let folded_after = unquoted(after).to_ascii_lowercase();
    // `…, team=risk`: a pair is a tag.
    let pair = folded_after.find('=').and_then(|sign| folded_after.get(..sign)?.trim_end().rfind([' ', ',']));
    let end = DESCRIPTION_ENDS.iter().filter_map(|end| folded_after.find(end)).chain(pair).min().unwrap_or(after.len());
    let mut described = after.get(..end).unwrap_or_default().trim().trim_end_matches(['.', ',', ')']);
    for link in [" and", " with", ","] {
        described = described.strip_suffix(link).unwrap_or(described);
    }
    let rest = format!("{before} {}", after.get(end..).unwrap_or_default());
    ((!described.is_empty()).then(|| described.to_owned()), rest)
}
