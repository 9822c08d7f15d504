//! Corrections of the question before: "no, I meant accuracy", "not f1, auc", "run 16 instead of run 15".

use crate::agent::interpreter::lexicon::has;
use serde_json::Value;

use crate::agent::conversation::Conversation;
use crate::agent::interpreter::reading::{Anaphor, Part, Reading, Span};
use crate::agent::interpreter::{Arguments, Plan, put};
use crate::domain::reference::{Likeness, Name};

/// The longest correction, in words.
const LONGEST: usize = 10;

/// Words that take back the answer before, set off by a comma.
const LEADS: &str = "no nope nah sorry oops ups wait correction wrong pardon actually hm hmm ah er";

/// Words of thanks and praise before a question.
const COURTESIES: &str = "cool great nice ok okay thanks thx alright right good perfect awesome interesting";

/// The question without the words at its head that take back the answer before, and whether there were any: `no, the killed ones`.
pub(in crate::agent::interpreter) fn without_lead(question: &str) -> (&str, bool) {
    let mut rest = question.trim_start();
    let mut is_taken_back = false;
    while let Some((lead, behind)) = split_at_pause(rest)
        && ([LEADS, COURTESIES].iter().any(|words| words.split(' ').any(|known| lead.trim().eq_ignore_ascii_case(known)))
            || announces(lead))
        && behind.chars().any(char::is_alphanumeric)
    {
        rest = behind.trim_start();
        is_taken_back |= LEADS.split(' ').any(|known| lead.trim().eq_ignore_ascii_case(known));
    }
    (rest, is_taken_back)
}

/// The text before and behind the first sign of a pause; a hyphen with no space beside it is inside a name, as in `no-dropout`.
fn split_at_pause(text: &str) -> Option<(&str, &str)> {
    let is_pause = |at: usize, sign: &str| {
        let is_spaced = text.get(..at).is_some_and(|before| before.ends_with(char::is_whitespace))
            || text.get(at + sign.len()..).is_some_and(|behind| behind.starts_with(char::is_whitespace));
        sign != "-" || is_spaced
    };
    let (at, sign) = text.match_indices([',', '-', '–', '—', ':', '.', '!']).find(|(at, sign)| is_pause(*at, sign))?;
    Some((text.get(..at)?, text.get(at + sign.len()..)?))
}

/// `different question`, `one more thing`: says that something else is asked.
fn announces(lead: &str) -> bool {
    const ANNOUNCING: &str = "a an another different new next other last quick one more final second separate unrelated question questions thing something else topic subject ok now and \
        then so just change of";
    let words = crate::domain::reference::words(lead);
    let is_noun = |word: &String| matches!(word.as_str(), "question" | "thing" | "else" | "topic" | "subject");
    words.iter().any(is_noun) && words.iter().all(|word| has(ANNOUNCING, word))
}

/// `make that run 16`, `I said run 16`, where something was answered before: what is wanted in its place, and whether the words for that
/// stood before it.
pub(super) fn without_order<'a>(question: &'a str, conversation: &Conversation) -> (&'a str, bool) {
    const ORDERS: [&str; 13] = [
        "i wanted ",
        "i meant ",
        "make that ",
        "make it ",
        "i said ",
        "change that to ",
        "change it to ",
        "switch to ",
        "do that for ",
        "do it for ",
        "repeat that for ",
        "repeat it for ",
        "repeat this for ",
    ];
    let is_answered = conversation.last_call.as_ref().is_some_and(|(tool, _)| *tool != "create_experiment");
    let rest = ORDERS.iter().find_map(|order| {
        let head = question.get(..order.len())?;
        question.get(order.len()..).filter(|_| head.eq_ignore_ascii_case(order))
    });
    match rest.filter(|rest| is_answered && rest.chars().any(char::is_alphanumeric)) {
        Some(rest) => (rest, true),
        None => (question, false),
    }
}

/// The last call with what is corrected in it; absent where nothing is.
pub(in crate::agent::interpreter) fn plan(reading: &Reading, is_taken_back: bool, conversation: &Conversation) -> Option<Plan> {
    let (tool, last) = conversation.last_call.as_ref()?;
    let asks_anew = reading.parts().any(|part| {
        matches!(
            part,
            Part::Meaning("plot" | "compare" | "impact" | "howmany" | "experiments" | "create" | "artifact")
                | Part::Runs(_)
                | Part::File(_)
        ) || matches!(part, Part::Anaphor(_)) && !reading.says("wrong") && place_said(reading).is_none()
            || matches!(part, Part::Conditions(_) | Part::Value(..) | Part::End(..) | Part::Order(_))
    });
    if !(is_taken_back || corrects(reading)) || asks_anew || reading.words.len() > LONGEST {
        return None;
    }
    let (denied, meant): (Vec<&Span>, Vec<&Span>) = reading.spans.iter().partition(|span| is_denied(reading, span));
    let runs: Vec<String> =
        meant.iter().filter_map(|span| if let Part::Run(run) = &span.part { Some(run.clone()) } else { None }).collect();
    let keys: Vec<String> = meant
        .iter()
        .filter_map(|span| if let Part::Metric(name) | Part::Parameter(name) = &span.part { Some(name.clone()) } else { None })
        .collect();
    let place = meant.iter().find_map(|span| if let Part::Experiment(name) = &span.part { Some(name.clone()) } else { None });
    let mut arguments = last.clone();
    if let Some(place) = &place {
        put(&mut arguments, "experiment", place.clone());
    }
    if let Some(run) = runs.first() {
        // `sorry, run 3 and run 5`: all that are meant.
        let is_all_anew = runs.len() > 1 && denied.is_empty() && matches!(*tool, "compare_runs" | "metric_history");
        let wrong = denied.iter().find_map(|span| if let Part::Run(run) = &span.part { Some(run.as_str()) } else { None });
        if is_all_anew {
            put(&mut arguments, "run_ids", runs.clone());
        } else if let Some(slot) = place_said(reading).filter(|_| matches!(*tool, "compare_runs" | "metric_history")) {
            let mut all: Vec<Value> = arguments.get("run_ids").and_then(Value::as_array).cloned().unwrap_or_default();
            let last = all.len().checked_sub(1)?;
            *all.get_mut(slot.unwrap_or(last))? = Value::from(run.as_str());
            put(&mut arguments, "run_ids", all);
        } else if !put_run(&mut arguments, tool, run, wrong, conversation) {
            return None;
        }
        // Where the run is belongs to the wrong one.
        if place.is_none() {
            arguments.remove("experiment");
        }
    }
    if !keys.is_empty() && !put_keys(&mut arguments, tool, &keys) {
        return None;
    }
    (arguments != *last).then(|| Plan::call(tool, arguments))
}

/// `run 5 as the second one`, `the last one should be run 5`: the place of the run that is put right; none in it for the last.
fn place_said(reading: &Reading) -> Option<Option<usize>> {
    let names_run = reading.parts().any(|part| matches!(part, Part::Run(_)));
    let place = reading.parts().find_map(|part| match part {
        Part::Anaphor(Anaphor::Nth(place)) => Some(Some(*place)),
        Part::Anaphor(Anaphor::Last) => Some(None),
        _ => None,
    });
    place.filter(|_| names_run)
}

/// Whether the words of a question take something back that was said before.
fn corrects(reading: &Reading) -> bool {
    let leads = reading.words.iter().take(2).any(|word| matches!(word.as_str(), "not" | "rather") || has(LEADS, word));
    let is_name = |part: &Part| matches!(part, Part::Metric(_) | Part::Parameter(_) | Part::Run(_) | Part::Experiment(_));
    let denies = !reading.means("run")
        && reading.words.len() <= 7
        && reading.spans.iter().any(|span| is_name(&span.part) && is_denied(reading, span));
    let means = reading.words.windows(2).any(
        |pair| matches!(pair, [who, verb] if matches!(who.as_str(), "i" | "we") && matches!(verb.as_str(), "mean" | "meant" | "wanted" | "said")),
    );
    let text = reading.text.to_lowercase();
    let replaces = ["instead of", "rather than", "in place of"].iter().any(|words| text.contains(words));
    // `run 5 instead`
    let swaps = reading.words.last().is_some_and(|word| word == "instead") && reading.parts().any(|part| matches!(part, Part::Run(_)));
    let puts_in_place = place_said(reading).is_some() && ["make", "as", "change", "put", "have"].iter().any(|word| reading.says(word));
    leads || swaps || puts_in_place || reading.says("wrong") || denies || means || replaces
}

/// `not f1`, `instead of run 15`, `rather than f1`
fn is_denied(reading: &Reading, span: &Span) -> bool {
    let mut before = reading.words.get(..span.words.start).unwrap_or_default().iter().rev().map(String::as_str);
    let first = before.by_ref().find(|word| !matches!(*word, "the" | "by" | "for" | "its" | "a" | "in"));
    match first {
        Some("not") => true,
        Some("of") => matches!(before.next(), Some("instead" | "place")),
        Some("than") => before.next() == Some("rather"),
        _ => false,
    }
}

fn put_run(arguments: &mut Arguments, tool: &str, run: &str, wrong: Option<&str>, conversation: &Conversation) -> bool {
    match tool {
        "get_run" | "list_artifacts" | "read_artifact" => put(arguments, "run", run),
        "metric_history" | "compare_runs" => {
            let mut all: Vec<Value> = arguments.get("run_ids").and_then(Value::as_array).cloned().unwrap_or_default();
            let is_wrong = |said: &Value| {
                let said = said.as_str().unwrap_or_default();
                let name = conversation.runs.iter().find(|run| run.run_id == said).map_or(said, |run| run.run_name.as_str());
                wrong.is_some_and(|wrong| {
                    Name::new(name).likeness(&Name::new(wrong)).is_some_and(|likeness| likeness <= Likeness::SameMeaning)
                })
            };
            let at = all.iter().position(is_wrong).or_else(|| all.len().checked_sub(1));
            if let Some(slot) = at.and_then(|at| all.get_mut(at)) {
                *slot = Value::from(run);
            }
            put(arguments, "run_ids", all);
        }
        _ => return false,
    }
    true
}

fn put_keys(arguments: &mut Arguments, tool: &str, keys: &[String]) -> bool {
    match tool {
        "best_run" | "parameter_impact" => put(arguments, "metric", keys.first().cloned().unwrap_or_default()),
        "metric_history" | "compare_runs" => put(arguments, "metrics", keys.to_vec()),
        "list_runs" if arguments.contains_key("sort_by") => put(arguments, "sort_by", keys.first().cloned().unwrap_or_default()),
        "get_run" => {
            match arguments.get("run").and_then(Value::as_str).and_then(|run| run.split_once(" by ")).map(|(end, _)| end.to_owned()) {
                Some(end) if !arguments.contains_key("keys") => {
                    put(arguments, "run", format!("{end} by {}", keys.first().cloned().unwrap_or_default()))
                }
                Some(_) | None => put(arguments, "keys", keys.to_vec()),
            }
        }
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use crate::agent::interpreter::followup::corrections::*;

    #[test]
    fn leads_are_cut_off() {
        assert_eq!(without_lead("no, the killed ones"), ("the killed ones", true));
        assert_eq!(without_lead("No - sorry, run-018"), ("run-018", true));
        assert_eq!(without_lead("cool. and auc?"), ("and auc?", false));
        assert_eq!(without_lead("thanks, no, run-018"), ("run-018", true));
        assert_eq!(without_lead("run-018"), ("run-018", false));
        assert_eq!(without_lead("no"), ("no", false));
        assert_eq!(without_lead("no-dropout vs baseline"), ("no-dropout vs baseline", false));
        assert_eq!(without_lead("no runs failed, right?"), ("no runs failed, right?", false));
    }
}
