//! What is asked of a store and that no store tells: who may see what, what a run that was never made would reach, and files to take away.
//!
//! Knows English, and of a store's names only which words are some.

use super::reading::{Part, Reading};

fn has(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|known| known == word)
}

/// Why a question about the store has no answer.
pub(super) fn reason(reading: &Reading) -> Option<&'static str> {
    if asks_for_access(reading) {
        return Some("I do not know who may see or change what, nor who uses the server: I only know who started a run.");
    }
    if asks_for_prediction(reading) {
        return Some("I cannot predict: I tell what runs logged, and which parameters mattered for it.");
    }
    asks_for_export(reading).then_some("I cannot make files: I show what the store holds here, and read the text files of a run.")
}

/// Whether a word is no name or value of the store.
fn is_free(reading: &Reading, index: usize) -> bool {
    let span = reading.spans.iter().find(|span| span.words.contains(&index));
    span.is_none_or(|span| {
        !matches!(span.part, Part::Metric(_) | Part::Parameter(_) | Part::Experiment(_) | Part::Run(_) | Part::Value(..) | Part::File(_))
    })
}

/// `which users have access to it?`, `who may see it?`, `list all users of the server`
fn asks_for_access(reading: &Reading) -> bool {
    let words: Vec<&str> = reading.words.iter().map(String::as_str).collect();
    let says = |known: &str| words.iter().enumerate().any(|(index, word)| has(known, word) && is_free(reading, index));
    let of_rights = says("access permission permissions privileges rights authorized authorised allowed");
    let of_people = says("who whom users user people person members member everyone everybody anyone anybody somebody tenants i we me");
    // `what do you have access to?` is asked of Trialogue.
    if words.contains(&"you") {
        return false;
    }
    let may = words.windows(3).any(|three| {
        matches!(three, ["who", "can" | "may" | "could", verb] if has("see view read edit change delete write open access use modify manage look", verb))
    });
    let of_server = says("users members accounts tenants")
        && says("mlflow server system machine tool database account workspace tenant")
        && !reading.means("run");
    may || of_rights && (of_people || says("what which")) || of_server
}

/// `what would its mape be if we had trained it longer`, `how low will the loss be`: of what never ran, or has not ended.
fn asks_for_prediction(reading: &Reading) -> bool {
    const DONE: &str = "had trained used doubled halved increased decreased raised lowered tuned added removed changed switched ran doubling training trained tripled dropped";
    let words: Vec<&str> = reading.words.iter().map(String::as_str).collect();
    let asks = words.iter().take(3).any(|word| has("what how which whats predict", word));
    let of_values = !reading.metrics().is_empty()
        || reading.parts().any(|part| matches!(part, Part::Run(_) | Part::Parameter(_)))
        || reading.means("run");
    let at = |known: &str| words.iter().position(|word| has(known, word));
    let becomes = |from: usize| words.iter().skip(from).any(|word| has("be get reach perform become look score achieve end", word));
    let would = at("would").filter(|would| becomes(*would));
    let supposes = at("if").is_some_and(|if_| words.iter().skip(if_ + 1).take(4).any(|word| has(DONE, word)))
        || words.contains(&"with") && words.contains(&"how");
    let will = at("will").filter(|will| becomes(*will) && !words.get(will + 1).is_some_and(|next| has("you i we", next)));
    let expects =
        words.windows(3).any(|three| matches!(three, ["can" | "could" | "should" | "would", "we" | "i" | "you" | "one", "expect"]));
    asks && of_values
        && (would.is_some() && supposes || will.is_some() || expects && !reading.parts().any(|part| matches!(part, Part::End(..))))
}

/// `as a csv file`, `into excel`, `make a pdf of it`
fn asks_for_export(reading: &Reading) -> bool {
    const FORMATS: &str = "csv tsv excel xls xlsx spreadsheet pdf powerpoint pptx word docx zip parquet download downloadable tarball";
    let words: Vec<&str> = reading.words.iter().map(String::as_str).collect();
    let names_file = reading.parts().any(|part| matches!(part, Part::File(_))) || reading.means("artifact") && !words.contains(&"as");
    let is_made = |at: usize| {
        let ahead = words.iter().take(at).rev().find(|word| !has("a an the one my our some single", word));
        ahead.is_some_and(|word| has("as into in to make create generate produce build give get need want me have for", word))
    };
    !names_file && (0..words.len()).any(|at| words.get(at).is_some_and(|word| has(FORMATS, word)) && is_free(reading, at) && is_made(at))
}
