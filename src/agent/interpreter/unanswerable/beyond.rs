//! What is asked of a store and that no store tells: who may see what, what a run that was never made would reach, and files to take away.
//!
//! Knows English, and of a store's names only which words are some.

use crate::agent::interpreter::lexicon::has;
use crate::agent::interpreter::reading::{Part, Reading};

/// Why a question about the store has no answer.
pub(in crate::agent::interpreter) fn reason(reading: &Reading) -> Option<&'static str> {
    if asks_for_access(reading) {
        return Some("I do not know who may see or change what, nor who uses the server: I only know who started a run.");
    }
    if asks_for_prediction(reading) {
        return Some("I cannot predict: I tell what runs logged, and which parameters mattered for it.");
    }
    if asks_who_else(reading) {
        return Some("I do not know who did that, nor why: of people I only know who started a run.");
    }
    if asks_for_registry(reading) {
        return Some("I do not see the model registry, nor where a model is served: I only know experiments and their runs.");
    }
    if asks_of_users(reading) {
        return Some("I do not know what people did with it: I only know what runs logged.");
    }
    if asks_to_retouch(reading) {
        return Some(
            "I draw curves whole and as they were logged, neither smoothed nor cut: what I change is the metrics and runs in a chart, a logarithmic scale and the axis. In the chat page an enlarged chart zooms by the mouse wheel.",
        );
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

/// `smooth it`, `can you zoom in on the first steps?`
fn asks_to_retouch(reading: &Reading) -> bool {
    const LEADS: &str = "please can could would will you now and then just i want to d like need let s me us also go ahead hey ok okay with apply add some more";
    let verb = reading.words.iter().position(|word| !has(LEADS, word));
    verb.is_some_and(|at| {
        reading.words.get(at).is_some_and(|word| has("zoom smooth smoothen smoothing smoothed unzoom", word)) && is_free(reading, at)
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

/// `which colleague killed run-020?`, `who approved it?`: what people do to a run is logged nowhere, but for starting it.
fn asks_who_else(reading: &Reading) -> bool {
    const ACTS: &str = "killed stopped cancelled canceled aborted terminated interrupted approved reviewed deleted removed restored deployed released promoted edited changed modified \
        renamed archived signed authorised authorized requested shot complained reported decided allowed tagged labelled labeled annotated commented paid ordered tampered killed broke";
    let words: Vec<&str> = reading.words.iter().map(String::as_str).collect();
    let act_at = |at: usize| {
        let verb = words
            .iter()
            .skip(at)
            .position(|word| !has("has had have the actually then just it last first also originally manually", word))
            .map(|verb| at + verb);
        verb.is_some_and(|verb| words.get(verb).is_some_and(|word| has(ACTS, word)))
    };
    let of_past = |at: usize| matches!(words.get(at..at + 2), Some(["did", "that" | "this" | "it"]));
    (0..words.len()).any(|at| match words.get(at).copied().unwrap_or_default() {
        "who" | "whoever" => {
            act_at(at + 1) || of_past(at + 1) && words.iter().take(at).any(|word| has("person name somebody one colleague", word))
        }
        "which" | "what" => {
            words.get(at + 1).is_some_and(|word| has("colleague person user guy teammate manager member somebody", word)) && act_at(at + 2)
        }
        _ => false,
    })
}

/// `under which version is it in the model registry?`
fn asks_for_registry(reading: &Reading) -> bool {
    let words: Vec<&str> = reading.words.iter().map(String::as_str).collect();
    let registry = words.iter().enumerate().any(|(index, word)| matches!(*word, "registry" | "registries") && is_free(reading, index));
    let versions = words.windows(2).any(|pair| matches!(pair, ["registered", "model" | "models" | "as" | "under"] | ["model", "versions"]));
    registry || versions && reading.metrics().is_empty()
}

/// `how many users complained about it?`
fn asks_of_users(reading: &Reading) -> bool {
    let words: Vec<&str> = reading.words.iter().map(String::as_str).collect();
    let is_people = |word: &str| has("users customers people clients patients visitors readers colleagues humans", word);
    let Some(at) = words.windows(3).position(|three| matches!(three, ["how", "many", who] if is_people(who))) else { return false };
    let is_unknown = |index: usize| reading.spans.iter().any(|span| span.words.contains(&index) && span.part == Part::Unknown);
    is_free(reading, at + 2) && is_unknown(at + 3)
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
