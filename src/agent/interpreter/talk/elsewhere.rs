//! The rest of the world: sums, the time of day, the machine, knowledge of the trade, and what no experiment is about.

use crate::agent::interpreter::lexicon::has;
use crate::agent::interpreter::reading::{Part, Reading, Span};
use crate::agent::interpreter::{chatter, lexicon};
use crate::domain::reference::words;

/// Orders that people give to assistants of any kind and that no experiment answers.
const OFF_TOPIC: &str = "rhyme translate write draft sing compose book remind convert recommend buy pay cook google solve play hack";

/// Whether the first word that is not polite is such an order, or a sum is to be worked out.
pub(in super::super) fn is_off_topic(words: &[String], question: &str) -> bool {
    const POLITE: &str = "please can could would will you hey hi kindly now just i want need to d like";
    let is_number = |word: &str| word.parse::<f64>().is_ok();
    let calculates = words.windows(3).any(|three| {
        matches!(three, [one, sign, other] if matches!(sign.as_str(), "times" | "plus" | "minus") && is_number(one) && is_number(other))
    }) || words.len() <= 6
        && words.iter().filter(|word| is_number(word)).count() == 2
        && words.iter().all(|word| is_number(word) || has("what whats is s calculate compute how much", word))
        && question.contains(['+', '*', '/', '×', '^']);
    // `what's the date?`
    let asks_day = words.len() <= 7
        && words.first().is_some_and(|word| has("what whats which", word))
        && words.iter().any(|word| has("date day time", word))
        && words.iter().all(|word| has("what whats which s is it the date day time of today now current todays right week", word));
    let searches = words.iter().take(3).any(|word| word == "search") && words.iter().any(|word| has("web internet online", word));
    // `eval(1+1)`, `import os`
    let folded = question.trim().to_lowercase();
    let is_code = ["eval(", "exec(", "system(", "__import__", "print(", "import os", "import sys", "<script"]
        .iter()
        .any(|code| folded.starts_with(code))
        || folded.contains("os.system");
    let mut said = words.iter().map(String::as_str).skip_while(|word| has(POLITE, word));
    let orders = said.next().is_some_and(|first| has(OFF_TOPIC, first));
    // `remind me what it was about`
    let is_reminded = orders && words.iter().any(|word| word == "remind") && said.any(|word| has("what which who how of", word));
    is_code || calculates || asks_day || searches || orders && !is_reminded
}

/// `how do transformers work`, `explain overfitting`, `what does auc mean`: a question about the thing itself, and not about runs with it.
pub(in super::super) fn asks_for_knowledge(reading: &Reading) -> bool {
    let words: Vec<&str> = reading.words.iter().map(String::as_str).collect();
    // `explain the transformer architecture`, but not what explains a metric.
    let is_of_metric = |part: &Part| matches!(part, Part::Metric(_)) && reading.parts().any(|part| *part == Part::Unknown);
    let is_explained = matches!(words.first(), Some(&"explain" | &"define"))
        && reading.parts().all(|part| is_knowledge_part(part) || is_of_metric(part))
        && !reading.says("by")
        && reading.parts().any(|part| matches!(part, Part::Unknown | Part::Value(..) | Part::Conditions(_) | Part::Parameter(_)));
    let asks_who_did = matches!(words.as_slice(), ["who", verb, ..] if has("wrote invented discovered painted composed directed founded sang coined built", verb));
    let is_nobody_here = |part: &Part| matches!(part, Part::Filler | Part::Unknown | Part::Meaning("user" | "create"));
    if is_explained || asks_who_did && words.len() > 2 && reading.parts().all(is_nobody_here) {
        return true;
    }
    let is_thing = |part: &Part| matches!(part, Part::Value(..) | Part::Parameter(_) | Part::Filler | Part::Unknown | Part::Conditions(_));
    let is_term = |part: &Part| matches!(part, Part::Filler | Part::Unknown | Part::Meaning("plot" | "impact") | Part::Value(..));
    // `explain what recall is`
    let explains_term = matches!(words.as_slice(), ["explain" | "define", .., "is" | "are" | "means" | "mean"]);
    let explains = matches!(words.as_slice(), ["explain" | "define", ..]);
    let is_what = matches!(words.as_slice(), ["what", "is" | "are" | "s", next, ..] if !matches!(*next, "the" | "it" | "its" | "this" | "that" | "there"))
        || matches!(words.as_slice(), ["whats", next, ..] if !matches!(*next, "the" | "it" | "its" | "this" | "that" | "there"));
    if (explains || is_what && words.len() <= 5) && reading.parts().all(is_term) {
        return true;
    }
    let asks_meaning =
        matches!(words.as_slice(), ["what", "does" | "do" | "did", .., "mean" | "means"] | ["what", "does" | "do", .., "stand", "for"]);
    let is_name = |part: &Part| is_term(part) || matches!(part, Part::Metric(_) | Part::Parameter(_));
    if (asks_meaning || explains_term) && reading.parts().all(is_name) {
        return true;
    }
    // `why is overfitting bad`, `what does f1 mean in general`
    let in_general =
        words.windows(2).any(|pair| matches!(pair, ["in", "general" | "theory" | "principle"])) || words.last() == Some(&"generally");
    let is_particular = |part: &Part| {
        matches!(
            part,
            Part::Run(_) | Part::Runs(_) | Part::Experiment(_) | Part::Anaphor(_) | Part::Meaning("run" | "experiment" | "experiments")
        )
    };
    let asks_why =
        matches!(words.as_slice(), ["why", "is" | "are" | "do" | "does" | "would" | "should", _, ..]) && reading.parts().all(is_term);
    if asks_why || in_general && !reading.parts().any(is_particular) {
        return true;
    }
    let begins = matches!(words.as_slice(), ["how", "do" | "does" | "did", ..]);
    begins && words.last() == Some(&"work") && reading.parts().all(is_thing)
}

fn is_knowledge_part(part: &Part) -> bool {
    matches!(part, Part::Value(..) | Part::Conditions(_) | Part::Parameter(_) | Part::Filler | Part::Unknown | Part::Meaning("impact"))
}

/// `who will win the world cup`: nothing of a store is spoken of, and there are words for something else.
pub(in super::super) fn is_of_elsewhere(reading: &Reading) -> bool {
    let is_other = |span: &Span| {
        let said = reading.words.get(span.words.clone()).unwrap_or_default();
        span.part == Part::Unknown
            && said.iter().any(|word| !chatter::is_common(word) && word != "step" && word.chars().any(char::is_alphabetic))
    };
    !reading.speaks_of_store() && reading.spans.iter().any(is_other)
}

/// `what laws are there against spam in Canada`, in a store with `spam-filter`: one word is of an experiment's name, and the others of no store.
pub(in super::super) fn is_barely_named(reading: &Reading) -> bool {
    let is_word_of = |span: &Span| matches!(&span.part, Part::Experiment(name) if span.words.len() == 1 && words(name).len() > 1);
    let is_other = |span: &Span| {
        let said = reading.words.get(span.words.clone()).unwrap_or_default();
        span.part == Part::Unknown
            && said.iter().all(|word| word.len() > 2 && !chatter::is_common(word) && word.chars().all(char::is_alphabetic))
    };
    let is_empty = |span: &Span| {
        matches!(
            span.part,
            Part::Filler
                | Part::Unknown
                | Part::Anaphor(_)
                | Part::Number(_)
                | Part::Comparison(_)
                | Part::Meaning("describe" | "show" | "create" | "user" | "store" | "howmany" | "compare" | "start")
        ) || is_word_of(span)
    };
    reading.spans.iter().filter(|span| is_word_of(span)).count() == 1
        && reading.spans.iter().all(is_empty)
        && reading.spans.iter().filter(|span| is_other(span)).count() >= if asks_of_world(reading) { 1 } else { 2 }
}

/// `how do I …`, `who invented …`, `when does it arrive`: questions of the world rather than of an experiment.
fn asks_of_world(reading: &Reading) -> bool {
    let words: Vec<&str> = reading.words.iter().map(String::as_str).collect();
    matches!(
        words.as_slice(),
        ["how", "do" | "can" | "could" | "should" | "to", ..]
            | ["why", "is" | "are" | "do" | "does", ..]
            | ["when", "does" | "do" | "will" | "is", ..]
            | ["who", _, ..]
    )
}

/// Words for the machines on which things run.
const MACHINES: &str = "server servers machine machines cluster clusters host hosts node nodes gpu gpus cpu cpus";

/// What machines have and no experiment tells.
const OF_MACHINES: &str = "disk disks ip memory ram cpu cpus port ports load temperature hot uptime space storage firewall network address idle busy available free left";

/// `how much memory does the server have`: asks about the machine, and names nothing of the store.
pub(in super::super) fn is_of_machine(reading: &Reading) -> bool {
    let said = |known: &str| reading.words.iter().any(|word| has(known, word));
    !reading.speaks_of_store() && said(MACHINES) && said(OF_MACHINES)
}

/// `what's the weather tomorrow`, in a store with `weather_features`: all that is named is what no experiment is about.
pub(in super::super) fn is_of_other_matters(reading: &Reading) -> bool {
    let is_other = |span: &Span| {
        let mut words = reading.words.get(span.words.clone()).unwrap_or_default().iter();
        words.len() == 1 && words.all(|word| lexicon::is_off_topic_noun(word))
    };
    let is_none = |span: &Span| {
        matches!(
            span.part,
            Part::Filler
                | Part::Unknown
                | Part::Conditions(_)
                | Part::Runs(_)
                | Part::End(..)
                | Part::Anaphor(_)
                | Part::Number(_)
                | Part::Meaning(
                    "describe"
                        | "show"
                        | "user"
                        | "start"
                        | "details"
                        | "howmany"
                        | "howlong"
                        | "create"
                        | "perform"
                        | "compare"
                        | "status"
                )
        ) || is_other(span)
    };
    reading.spans.iter().any(is_other) && reading.spans.iter().all(is_none)
}
