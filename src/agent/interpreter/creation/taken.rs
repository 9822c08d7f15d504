//! Questions whether an experiment may still be called so.

use super::quotes::quoted;

/// The name of which a question asks whether an experiment may still be called so: `is the name x still free?`.
pub(in crate::agent::interpreter) fn name_asked_about(question: &str) -> Option<String> {
    let words = crate::domain::reference::words(question);
    let says = |word: &str| words.iter().any(|said| said == word);
    let asks = words
        .first()
        .is_some_and(|word| matches!(word.as_str(), "is" | "can" | "could" | "may" | "would" | "will" | "check" | "tell" | "has" | "do"));
    let of_use = ["free", "available", "taken", "used", "unused", "occupied", "reserved"].iter().any(|word| says(word))
        || says("use") && says("name")
        || says("in") && says("use");
    if !asks || !of_use || !(says("name") || says("experiment")) {
        return None;
    }
    let in_quotes =
        question.char_indices().find_map(|(at, letter)| (!letter.is_alphanumeric()).then(|| quoted(question.get(at..)?)).flatten());
    let looks_like_name = |word: &&str| word.contains(['-', '_', '/']) || word.chars().any(|letter| letter.is_ascii_digit());
    let behind_name = question.split_whitespace().skip_while(|word| *word != "name").nth(1);
    let is_plain = |word: &&str| !matches!(*word, "is" | "still" | "free" | "taken" | "available" | "for" | "of");
    in_quotes
        .map(|(name, _)| name)
        .or_else(|| question.split_whitespace().find(looks_like_name).or(behind_name.filter(is_plain)).map(str::to_owned))
        .map(|name| name.trim_matches([',', '.', '?', '!', ':']).to_owned())
        .filter(|name| !name.is_empty())
}
