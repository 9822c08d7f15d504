//! The arguments of tools that look at runs: one, the best, several side by side, what moves their metric.

use super::curves::axis;
use super::facts::keys;
use super::lists::by_duration;
use super::ranked::fact_of_ranked;
use super::steps::step;
use super::{end_phrase, filter_text, put_direction, ranking_metric, unknown_after};
use crate::agent::conversation::Conversation;
use crate::agent::interpreter::followup::{put_focus, runs_referred_to};
use crate::agent::interpreter::lexicon::{self, End};
use crate::agent::interpreter::reading::{Anaphor, Part, Reading};
use crate::agent::interpreter::{Arguments, put, put_experiment};
use crate::domain::filter::{Attribute, Clause, Field};

pub(super) fn list_artifacts(arguments: &mut Arguments, reading: &Reading, conversation: &Conversation) -> Option<()> {
    if !reading.means("artifact") {
        return None;
    }
    if put_run(arguments, reading, conversation).is_some() {
        return Some(());
    }
    // `any files?`, of the run in question
    let names_else =
        reading.experiment().is_some() || reading.parts().any(|part| matches!(part, Part::Runs(_) | Part::Conditions(_) | Part::Value(..)));
    let [only] = conversation.runs.as_slice() else { return None };
    put_focus(arguments, conversation);
    put(arguments, "run", only.run_id.clone());
    (!names_else).then_some(())
}

/// The run that the question names, ranks first or points at.
pub(in crate::agent::interpreter) fn put_run(arguments: &mut Arguments, reading: &Reading, conversation: &Conversation) -> Option<()> {
    put_experiment(arguments, reading);
    let named = reading.parts().find_map(|part| match part {
        Part::Run(text) | Part::Runs(text) => Some(text.clone()),
        _ => None,
    });
    let end = reading.parts().find_map(|part| if let Part::End(end, None) = part { Some(*end) } else { None });
    if named.as_ref().is_some_and(|run| run.split(' ').nth(1).is_some_and(|count| count.parse::<usize>().is_ok_and(|count| count > 1)))
        && !reading.parts().any(|part| matches!(part, Part::Run(_)))
    {
        return None;
    }
    // `newest first` orders several.
    if matches!(named.as_deref(), Some("last" | "first")) {
        return None;
    }
    let run = match (named, end) {
        (Some(run), _) => run,
        (None, Some(end)) => {
            let of_parameter = !reading.parameters().is_empty() && reading.metrics().len() == 1;
            let by = ranking_metric(reading).filter(|_| of_parameter || matches!(end, End::Highest | End::Lowest) || reading.says("by"));
            end_phrase(end, None, by.as_deref())
        }
        (None, None) => {
            let run = runs_referred_to(reading, conversation)?.into_iter().next()?;
            put_focus(arguments, conversation);
            run
        }
    };
    put(arguments, "run", run);
    Some(())
}

pub(super) fn get_run(arguments: &mut Arguments, reading: &Reading, conversation: &Conversation) -> Option<()> {
    if let Some(fact) = fact_of_ranked(reading) {
        put_experiment(arguments, reading);
        put(arguments, "run", fact.run);
        put(arguments, "keys", fact.keys);
        return Some(());
    }
    let mut named: Vec<&String> = reading.parts().filter_map(|part| if let Part::Run(text) = part { Some(text) } else { None }).collect();
    named.dedup();
    // `the second best elo` is in a list.
    let ranks_nth = named.is_empty()
        && !reading.metrics().is_empty()
        && reading.parts().any(|part| matches!(part, Part::End(..)))
        && reading.parts().any(|part| matches!(part, Part::Anaphor(Anaphor::Nth(1..))));
    // `the loss of run 3 at step 2` stands in its curve.
    let is_of_step = step(reading).is_some() && !reading.metrics().is_empty();
    if named.len() > 1 || ranks_nth || is_of_step || by_duration(reading).is_some() {
        return None;
    }
    put_run(arguments, reading, conversation)?;
    let mut keys = keys(reading);
    let ranked =
        arguments.get("run").and_then(serde_json::Value::as_str).and_then(|run| run.split_once(" by ")).map(|(_, by)| by.to_owned());
    if keys.len() > 1 {
        keys.retain(|key| Some(key) != ranked.as_ref());
    }
    if !keys.is_empty() {
        put(arguments, "keys", keys);
    }
    Some(())
}

/// `did …`, `is …`: asks whether something is so.
pub(super) fn asks_whether(reading: &Reading) -> bool {
    let first = reading.words.first().map_or("", String::as_str);
    matches!(first, "did" | "does" | "is" | "was" | "has" | "have" | "are" | "were" | "why")
}

/// The conditions that choose the run a question is about; `did the last run fail` asks for its status.
pub(in crate::agent::interpreter) fn clauses_of_run(reading: &Reading) -> Vec<Clause> {
    let names_run = reading.parts().any(|part| matches!(part, Part::Run(_) | Part::Anaphor(_)));
    let asks_whether = asks_whether(reading);
    let is_asked = |clause: &Clause| matches!(clause.field, Field::Attribute(Attribute::Status)) && (names_run || asks_whether);
    reading.clauses().into_iter().filter(|clause| !is_asked(clause)).collect()
}

pub(super) fn best_run(arguments: &mut Arguments, reading: &Reading) -> Option<()> {
    let end = end_of_metric(reading);
    if end.is_none() && !reading.means("perform") {
        return None;
    }
    let speaks_of_runs =
        !reading.metrics().is_empty() || !reading.parameters().is_empty() || reading.means("run") || reading.experiment().is_some();
    if !speaks_of_runs && !reading.unknown().is_empty() {
        return None;
    }
    put_experiment(arguments, reading);
    let metric = ranking_metric(reading).or_else(|| reading.parameters().first().cloned());
    if let Some(metric) = metric {
        put(arguments, "metric", metric);
    }
    put_direction(arguments, end.unwrap_or(End::Best));
    let clauses = reading.clauses();
    if !clauses.is_empty() {
        put(arguments, "filter", filter_text(&clauses));
    }
    Some(())
}

/// The end of the ranking that is asked for: the one before a metric, else the first.
fn end_of_metric(reading: &Reading) -> Option<End> {
    let end = |part: &Part| if let Part::End(end, _) = part { Some(*end) } else { None };
    let solid: Vec<&Part> = reading.parts().filter(|part| **part != Part::Filler).collect();
    let before_metric = solid.windows(2).find_map(|pair| match pair {
        [first, Part::Metric(_)] => end(first),
        _ => None,
    });
    before_metric.or_else(|| reading.parts().find_map(end))
}

pub(super) fn compare_runs(arguments: &mut Arguments, reading: &Reading, conversation: &Conversation) -> Option<()> {
    let run_count = reading.parts().filter(|part| matches!(part, Part::Run(_))).count();
    if axis(reading).is_some() || draws_curves(reading) || !reading.means("compare") && (run_count < 2 || reading.means("plot")) {
        return None;
    }
    put_experiment(arguments, reading);
    let (ends, mut metrics) = (reading.parts().any(|part| matches!(part, Part::End(..))), reading.metrics());
    // `on perplexity`, which nobody logs: the tool tells.
    if metrics.is_empty() && run_count > 1 && reading.parameters().is_empty() {
        metrics.extend(unknown_after(reading, &["on", "by", "of", "in", "for"]));
    }
    let by = ranking_metric(reading).or_else(|| last_ranking(reading, conversation)).filter(|_| ends);
    // `the second best` is one of a list.
    let places = reading.parts().filter(|part| **part != Part::Filler).collect::<Vec<&Part>>();
    let is_nth = places.windows(2).any(|pair| matches!(pair, [Part::Anaphor(Anaphor::Nth(1..)), Part::End(_, None)]));
    let mut own_metrics = metrics_of_ends(reading).into_iter();
    let mut runs: Vec<String> = Vec::new();
    let mut referred = runs_referred_to(reading, conversation);
    for part in reading.parts() {
        match part {
            Part::Runs(text) if text == "last 1" => runs.push("latest".to_owned()),
            Part::Runs(text) if text == "first 1" => runs.push("oldest".to_owned()),
            Part::Run(text) | Part::Runs(text) => runs.push(text.clone()),
            Part::End(_, None) if is_nth && !conversation.listed.is_empty() => {}
            Part::End(end, count) => {
                let own = own_metrics.next().flatten();
                runs.push(end_phrase(*end, *count, own.as_deref().or(by.as_deref())));
            }
            Part::Anaphor(_) => {
                if let Some(referred) = referred.take() {
                    runs.extend(referred);
                    put_focus(arguments, conversation);
                }
            }
            _ => {}
        }
    }
    // `the winner against the runner-up`, with nothing listed before
    let names_second = reading.says("runner") || reading.says("runners") || reading.text.to_lowercase().contains("second best");
    if let ([only], true) = (runs.as_slice(), names_second && ends) {
        let end = reading.parts().find_map(|part| if let Part::End(end, _) = part { Some(*end) } else { None });
        if only == &end_phrase(end.unwrap_or(End::Best), None, by.as_deref()) {
            runs = vec![end_phrase(end.unwrap_or(End::Best), Some(2), by.as_deref())];
        }
    }
    // `the latest run against the one before`
    if runs.iter().any(|run| run == "latest") && run_count == 0 && !ends && names_one_before(reading) {
        runs = vec!["last 2".to_owned()];
    }
    // `vs the worst`, after one run was told
    if let ([_], [only], true) = (runs.as_slice(), conversation.runs.as_slice(), ends && run_count == 0 && reading.words.len() <= 5)
        && !reading.parts().any(|part| matches!(part, Part::End(_, Some(2..)) | Part::Anaphor(_)))
        && arguments.get("experiment").is_none()
    {
        runs.insert(0, only.run_id.clone());
        put_focus(arguments, conversation);
    }
    // `run 3 against all the others`
    if runs.len() == 1 && sets_against_rest(reading) {
        runs = vec!["all".to_owned()];
    }
    let is_several = runs.len() > 1
        || runs.iter().any(|run| {
            run.split(' ').any(|word| word.parse::<usize>().is_ok_and(|count| count > 1))
                || matches!(run.as_str(), "last" | "first" | "all")
        });
    if !is_several {
        let one_is_known = runs.len() == 1;
        runs.extend(reading.unknown().into_iter().filter(|_| one_is_known).take(1));
    }
    // `val auroc vs test auroc of run 7`: facts of one run.
    if !is_several && run_count == 1 && metrics.len() > 1 && runs.len() == 1 {
        return None;
    }
    if runs.is_empty() && reading.says("all") && !reading.clauses().is_empty() {
        return None;
    }
    // `compare lstm and gru runs`: what a parameter does, or whose runs they are.
    if runs.is_empty() && !reading.places.is_empty() {
        return None;
    }
    if runs.is_empty() && (reading.says("all") || reading.says("everything") || reading.means("run")) {
        runs.push("all".to_owned());
    }
    if runs.is_empty() {
        return None;
    }
    put(arguments, "run_ids", runs);
    if !metrics.is_empty() && !ends {
        put(arguments, "metrics", metrics);
    }
    let parameters = reading.parameters();
    if !parameters.is_empty() {
        put(arguments, "parameters", parameters);
    }
    if let Some(step) = step(reading) {
        put(arguments, "step", step);
    }
    Some(())
}

/// `the best by f1 and the best by auc`: the metric behind each end, where there are several of both.
fn metrics_of_ends(reading: &Reading) -> Vec<Option<String>> {
    let mut found: Vec<Option<String>> = Vec::new();
    for part in reading.parts() {
        match (part, found.last_mut()) {
            (Part::End(..), _) => found.push(None),
            (Part::Metric(name), Some(own @ None)) => *own = Some(name.clone()),
            _ => {}
        }
    }
    if found.iter().flatten().count() > 1 { found } else { Vec::new() }
}

/// `the previous one`, `the one before it`, `the second newest`
fn names_one_before(reading: &Reading) -> bool {
    let text = reading.text.to_lowercase();
    ["previous", "one before", "run before", "second newest", "second latest", "second last", "predecessor", "preceding"]
        .iter()
        .any(|phrase| text.contains(phrase))
}

/// `compare the top two`, after a ranking: by the metric of that ranking.
fn last_ranking(reading: &Reading, conversation: &Conversation) -> Option<String> {
    let (tool, last) = conversation.last_call.as_ref().filter(|_| reading.experiment().is_none())?;
    let text = |name: &str| last.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
    match *tool {
        "best_run" => text("metric"),
        "list_runs" => text("sort_by").filter(|key| !matches!(key.as_str(), "start_time" | "duration" | "best")),
        _ => None,
    }
}

/// `with all the others`, `against the rest`
fn sets_against_rest(reading: &Reading) -> bool {
    reading.words.windows(2).any(|pair| {
        matches!(pair, [all, rest] if matches!(all.as_str(), "all" | "the" | "every" | "everything")
            && matches!(rest.as_str(), "others" | "rest" | "else"))
    })
}

/// `loss curves, run 3 vs run 5`: curves are asked for, side by side.
fn draws_curves(reading: &Reading) -> bool {
    const CURVES: [&str; 8] = ["curve", "curves", "trajectory", "trajectories", "history", "histories", "evolution", "progression"];
    let draws = reading.words.first().is_some_and(|word| lexicon::meaning(word) == Some("plot"));
    let names_run = reading.parts().any(|part| matches!(part, Part::Run(_) | Part::Runs(_) | Part::Anaphor(_)));
    let of_curves = CURVES.iter().any(|word| reading.says(word));
    !reading.metrics().is_empty() && (draws || of_curves) || of_curves && names_run && reading.means("plot")
}

pub(super) fn parameter_impact(arguments: &mut Arguments, reading: &Reading) -> Option<()> {
    let explains = reading.says("explain") && reading.metrics().is_empty() && reading.parameters().is_empty();
    let relates = !reading.parameters().is_empty() && !reading.metrics().is_empty();
    let compares = reading.means("compare") && !reading.places.is_empty() && !reading.parameters().is_empty();
    if !(reading.means("impact") || relates || compares) || explains {
        return None;
    }
    parameter_impact_of(arguments, reading)
}

/// The arguments of `parameter_impact` whatever asked for it.
pub(super) fn parameter_impact_of(arguments: &mut Arguments, reading: &Reading) -> Option<()> {
    put_experiment(arguments, reading);
    if let Some(metric) = reading.metrics().into_iter().next().or_else(|| {
        unknown_after(
            reading,
            &["for", "on", "affect", "affects", "drive", "drives", "influence", "influences", "impact", "impacts", "with", "matter"],
        )
    }) {
        put(arguments, "metric", metric);
    }
    let mut parameters = reading.parameters();
    // `what is mei responsible for`: about somebody's runs.
    if parameters.is_empty() && !arguments.contains_key("metric") && reading.says("responsible") && !reading.clauses().is_empty() {
        return None;
    }
    if parameters.is_empty() {
        parameters.extend(unknown_parameter(reading).or_else(|| doubted_parameter(reading)));
    }
    if !parameters.is_empty() {
        put(arguments, "parameters", parameters);
    }
    let clauses = reading.clauses();
    if !clauses.is_empty() {
        put(arguments, "filter", filter_text(&clauses));
    }
    Some(())
}

/// `does weight decay matter`: unknown words of which an effect is asked.
pub(in crate::agent::interpreter) fn doubts_parameter(reading: &Reading) -> bool {
    doubted_parameter(reading).is_some()
}

/// `does the context length matter?`: nothing but that is asked, and nobody knows the words. The tool tells that there is no such parameter.
pub(in crate::agent::interpreter) fn doubts_nothing_else(reading: &Reading) -> bool {
    const LONGEST: usize = 7;
    let is_off_topic = || reading.words.iter().any(|word| lexicon::is_off_topic_noun(word));
    reading.means("impact")
        && reading.words.len() <= LONGEST
        && reading.parts().all(|part| matches!(part, Part::Filler | Part::Unknown | Part::Meaning("impact")))
        && doubts_parameter(reading)
        && !is_off_topic()
}

fn doubted_parameter(reading: &Reading) -> Option<String> {
    const LEADS: [&str; 14] =
        ["does", "do", "did", "is", "of", "whether", "if", "changing", "more", "less", "using", "increasing", "higher", "bigger"];
    let place = reading.unknown_places().into_iter().find(|words| {
        let ahead = reading.words.get(..words.start).unwrap_or_default();
        let lead = ahead.iter().rev().find(|word| !matches!(word.as_str(), "the" | "a" | "an" | "our"));
        lead.is_some_and(|word| LEADS.contains(&word.as_str()))
    })?;
    reading.said(&place).map(str::to_owned)
}

/// `the gradient clipping parameter`: unknown words before the noun name a parameter that is not there, which the tool then tells.
fn unknown_parameter(reading: &Reading) -> Option<String> {
    let noun = reading.spans.iter().position(|span| {
        matches!(span.part, Part::Meaning("parameter")) && reading.words.get(span.words.start).is_some_and(|word| !word.ends_with('s'))
    })?;
    let first = (0..noun).rev().take_while(|place| reading.spans.get(*place).is_some_and(|span| span.part == Part::Unknown)).last()?;
    let bytes = reading.spans.get(first)?.bytes.start..reading.spans.get(noun.checked_sub(1)?)?.bytes.end;
    reading.text.get(bytes).map(str::to_owned)
}
