//! From the parts of a question to the arguments of a tool.

use serde_json::Value;

use super::followup::{put_focus, runs_referred_to};
use super::lexicon::End;
use super::reading::{Part, Reading, Span};
use super::vocabulary::{Kind, Vocabulary};
use super::{Arguments, put, put_experiment};
use crate::agent::conversation::Conversation;
use crate::domain::filter::{Attribute, Clause, Field, Filter, Test};

/// The arguments of `tool` that the question gives; absent where it lacks what the tool cannot do without.
pub(super) fn arguments(tool: &str, reading: &Reading, conversation: &Conversation, vocabulary: &Vocabulary) -> Option<Arguments> {
    let mut arguments = Arguments::new();
    match tool {
        "list_experiments" => list_experiments(&mut arguments, reading),
        "describe_experiment" => describe_experiment(&mut arguments, reading),
        "list_runs" => list_runs(&mut arguments, reading),
        "get_run" => get_run(&mut arguments, reading, conversation),
        "best_run" => best_run(&mut arguments, reading),
        "compare_runs" => compare_runs(&mut arguments, reading, conversation),
        "metric_history" => metric_history(&mut arguments, reading, conversation, vocabulary),
        "parameter_impact" => parameter_impact(&mut arguments, reading),
        _ => None,
    }?;
    Some(arguments)
}

/// A ranking with a number is a list, a list with one end is a best run.
pub(super) fn retarget(tool: &'static str, arguments: Arguments, reading: &Reading) -> (&'static str, Arguments) {
    if tool == "list_experiments"
        && reading.says("about")
        && ["tell", "know", "describe", "talk", "hear", "read", "what"].iter().any(|word| reading.says(word))
        && let Some(experiment) = reading.experiment()
        && arguments.len() == 1
        && arguments.get("query").and_then(Value::as_str) == Some(experiment)
    {
        let mut about = Arguments::new();
        put(&mut about, "experiment", experiment);
        return ("describe_experiment", about);
    }
    let is_of_everything = ["everything", "all"].iter().any(|word| reading.says(word));
    let names_something = reading.means("run") || !reading.metrics().is_empty() || reading.means("metric") || reading.means("parameter");
    if tool == "describe_experiment" && arguments.is_empty() && is_of_everything && !names_something {
        return ("list_experiments", Arguments::new());
    }
    let ranked = reading.parts().any(|part| matches!(part, Part::End(_, Some(2..)))) || by_duration(reading).is_some();
    if tool == "best_run" && ranked {
        let mut list = Arguments::new();
        if list_runs(&mut list, reading).is_some() {
            return ("list_runs", list);
        }
    }
    (tool, arguments)
}

fn list_experiments(arguments: &mut Arguments, reading: &Reading) -> Option<()> {
    if reading.clauses().iter().any(|clause| !matches!(clause.field, Field::Tag(_))) {
        return None;
    }
    let mut query: Vec<String> = Vec::new();
    let mut tags = serde_json::Map::new();
    for (index, span) in reading.spans.iter().enumerate() {
        match &span.part {
            Part::Experiment(name) => query.push(name.clone()),
            Part::ExperimentTag { key, value } => {
                tags.insert(key.clone(), Value::from(value.clone()));
            }
            Part::Conditions(clauses) => {
                for clause in clauses {
                    if let (Field::Tag(key), Test::Text(_, value)) = (&clause.field, &clause.test) {
                        tags.insert(key.clone(), Value::from(value.clone()));
                    }
                }
            }
            Part::Unknown if !is_link(reading, span) && !is_tag_key(reading, index) => query.push(said(reading, span)),
            _ => {}
        }
    }
    let deleted = reading.means("deleted");
    let both = ["including", "include", "incl", "even", "plus", "together"].iter().any(|word| reading.says(word));
    query.retain(|word| !tags.keys().any(|key| key.eq_ignore_ascii_case(word)));
    if !query.is_empty() {
        query.dedup();
        put(arguments, "query", query.join(" "));
    }
    if !tags.is_empty() {
        put(arguments, "tags", Value::Object(tags));
    }
    if deleted {
        put(arguments, "status", if both { "all" } else { "deleted" });
    }
    Some(())
}

/// Words between the noun and the tag that say nothing of their own.
fn is_link(reading: &Reading, span: &Span) -> bool {
    matches!(
        said(reading, span).to_lowercase().as_str(),
        "owned"
            | "belong"
            | "belonging"
            | "belongs"
            | "active"
            | "together"
            | "sit"
            | "sits"
            | "sitting"
            | "lie"
            | "lies"
            | "stand"
            | "live"
            | "lives"
    )
}

/// `team` in `team data-science`: names the tag whose value stands behind it.
fn is_tag_key(reading: &Reading, index: usize) -> bool {
    let Some(Part::ExperimentTag { key, .. }) = reading.spans.get(index + 1).map(|span| &span.part) else { return false };
    reading.spans.get(index).is_some_and(|span| said(reading, span).eq_ignore_ascii_case(key))
}

fn describe_experiment(arguments: &mut Arguments, reading: &Reading) -> Option<()> {
    put_experiment(arguments, reading);
    if !arguments.contains_key("experiment")
        && let Some(name) = unknown_after(reading, &["in", "about", "of", "for", "does", "describe", "summarize", "summarise"])
    {
        put(arguments, "experiment", name);
    }
    Some(())
}

fn list_runs(arguments: &mut Arguments, reading: &Reading) -> Option<()> {
    let speaks_of_runs = ["run", "howmany", "show"].iter().any(|meaning| reading.means(meaning))
        || !reading.metrics().is_empty()
        || reading.parts().any(|part| matches!(part, Part::Runs(_)));
    if !speaks_of_runs && !reading.unknown().is_empty() {
        return None;
    }
    put_experiment(arguments, reading);
    let clauses = reading.clauses();
    if !clauses.is_empty() {
        put(arguments, "filter", filter_text(&clauses));
    }
    let mut ordered = false;
    let by_duration = by_duration(reading);
    let metric = if by_duration.is_some() { Some("duration".to_owned()) } else { sort_key(reading) };
    for part in reading.parts() {
        match part {
            Part::Runs(phrase) => {
                let (kind, count) = phrase.split_once(' ').unwrap_or((phrase, ""));
                if let (Some(metric), true, "first", Ok(count)) = (&metric, sorts(reading), kind, count.parse::<usize>()) {
                    // `rank them by f1 and show me the first three`
                    put(arguments, "sort_by", metric.clone());
                    put(arguments, "limit", count);
                    ordered = true;
                    continue;
                }
                put(arguments, "sort_by", "start_time");
                put(arguments, "order", if kind == "last" { "desc" } else { "asc" });
                if let Ok(count) = count.parse::<usize>() {
                    put(arguments, "limit", count);
                }
                ordered = true;
            }
            Part::Order(end) | Part::End(end, _) if !ordered => {
                let count = if let Part::End(_, count) = part { *count } else { None };
                put(arguments, "sort_by", metric.clone().unwrap_or_else(|| "best".to_owned()));
                match end {
                    End::Best if by_duration.is_some() => put(arguments, "order", "asc"),
                    End::Worst if by_duration.is_some() => put(arguments, "order", "desc"),
                    End::Best | End::Worst | End::Highest | End::Lowest => put_order(arguments, *end),
                }
                let count = count.or(if by_duration == Some(Spoken::One) { Some(1) } else { None });
                if let Some(count) = count.filter(|count| *count > 0) {
                    put(arguments, "limit", count);
                }
                ordered = true;
            }
            _ => {}
        }
    }
    if !ordered && let Some(metric) = metric.filter(|_| sorts(reading)) {
        put(arguments, "sort_by", metric);
        if ["ascending", "asc", "increasing"].iter().any(|word| reading.says(word)) {
            put(arguments, "order", "asc");
        }
        if ["descending", "desc", "decreasing"].iter().any(|word| reading.says(word)) {
            put(arguments, "order", "desc");
        }
    }
    Some(())
}

/// Whether one run or several are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spoken {
    One,
    Several,
}

/// `took longest`, `the shortest run`, `fastest run`: a ranking by how long runs took, where no metric is named.
fn by_duration(reading: &Reading) -> Option<Spoken> {
    let names_none = reading.metrics().is_empty() && reading.parameters().is_empty();
    let of_time = ["longest", "shortest", "quickest"].iter().any(|word| reading.says(word))
        || ["fastest", "slowest"].iter().any(|word| reading.says(word)) && (reading.means("run") || reading.experiment().is_some());
    let several = reading.parts().any(|part| matches!(part, Part::End(_, Some(2..)) | Part::Order(_))) || sorts(reading);
    (names_none && of_time).then_some(if several { Spoken::Several } else { Spoken::One })
}

fn sorts(reading: &Reading) -> bool {
    ["sorted", "sort", "ordered", "order", "rank", "ranked", "ranking", "by"].iter().any(|word| reading.says(word))
}

/// What to sort by: a metric or parameter outside the conditions, else the metric of the first condition.
fn sort_key(reading: &Reading) -> Option<String> {
    let own = reading.metrics().first().cloned().or_else(|| reading.parameters().first().cloned());
    own.or_else(|| unknown_after(reading, &["by", "on"])).or_else(|| {
        let ended = reading.parts().any(|part| matches!(part, Part::End(..) | Part::Order(_)));
        reading
            .clauses()
            .iter()
            .filter(|_| ended)
            .find_map(|clause| if let Field::Metric(key) = &clause.field { Some(key.clone()) } else { None })
    })
}

fn get_run(arguments: &mut Arguments, reading: &Reading, conversation: &Conversation) -> Option<()> {
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
    let run = match (named, end) {
        (Some(run), _) => run,
        (None, Some(end)) => end_phrase(end, None, None),
        (None, None) => {
            let run = runs_referred_to(reading, conversation)?.into_iter().next()?;
            put_focus(arguments, conversation);
            run
        }
    };
    put(arguments, "run", run);
    let keys = keys(reading);
    if !keys.is_empty() {
        put(arguments, "keys", keys);
    }
    Some(())
}

/// The facts that are asked for: metrics and parameters by name, and a few attributes by the words for them.
pub(super) fn keys(reading: &Reading) -> Vec<String> {
    let mut keys = reading.metrics();
    keys.extend(reading.parameters());
    for clause in reading.clauses() {
        match clause.field {
            Field::Attribute(Attribute::Status) => keys.push("status".to_owned()),
            Field::Param(_) | Field::Metric(_) | Field::Tag(_) | Field::Attribute(_) | Field::Dataset(_) => {}
        }
    }
    if keys.is_empty() {
        for (meaning, key) in [("howlong", "duration"), ("user", "user"), ("start", "start"), ("status", "status")] {
            if reading.means(meaning) {
                keys.push(key.to_owned());
            }
        }
    }
    if keys.is_empty()
        && let Some(name) = reading.unknown().into_iter().next().filter(|_| asks_for_fact(reading))
    {
        keys.push(name);
    }
    keys.dedup();
    keys
}

/// `what X did run 12 use`, `the X of run 12`.
fn asks_for_fact(reading: &Reading) -> bool {
    matches!(reading.words.first().map(String::as_str), Some("what" | "which" | "whats")) && !reading.says("about")
}

fn best_run(arguments: &mut Arguments, reading: &Reading) -> Option<()> {
    let end = reading.parts().find_map(|part| if let Part::End(end, _) = part { Some(*end) } else { None });
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

/// The end of a ranking with which a list begins.
pub(super) fn put_order(arguments: &mut Arguments, end: End) {
    match end {
        End::Highest => put(arguments, "order", "desc"),
        End::Lowest => put(arguments, "order", "asc"),
        End::Worst => put(arguments, "order", "worst_first"),
        End::Best => {
            arguments.remove("order");
        }
    }
}

/// The end of a ranking as an argument.
pub(super) fn put_direction(arguments: &mut Arguments, end: End) {
    match end {
        End::Highest => put(arguments, "direction", "max"),
        End::Lowest => put(arguments, "direction", "min"),
        End::Worst => put(arguments, "direction", "worst"),
        End::Best => {
            arguments.remove("direction");
        }
    }
}

/// The metric that ranks: the one behind `by`, else the first.
fn ranking_metric(reading: &Reading) -> Option<String> {
    let by = reading.spans.iter().enumerate().find_map(|(index, span)| match &span.part {
        Part::Metric(text) if word_before(reading, index) == "by" => Some(text.clone()),
        _ => None,
    });
    by.or_else(|| reading.metrics().into_iter().next())
}

/// The unknown words behind one of some words.
fn unknown_after(reading: &Reading, leads: &[&str]) -> Option<String> {
    let unknown = reading.unknown();
    unknown.into_iter().find(|name| {
        let Some(at) = reading.text.find(name.as_str()) else { return false };
        let before = reading.text.get(..at).unwrap_or_default();
        let mut words = crate::domain::reference::words(before);
        while words.last().is_some_and(|word| matches!(word.as_str(), "the" | "a" | "an" | "its" | "their")) {
            words.pop();
        }
        words.last().is_some_and(|word| leads.contains(&word.as_str()))
    })
}

fn word_before(reading: &Reading, index: usize) -> &str {
    let Some(first) = reading.spans.get(index).map(|span| span.words.start) else { return "" };
    let words = reading.words.get(..first).unwrap_or_default();
    words
        .iter()
        .rev()
        .find(|word| !matches!(word.as_str(), "the" | "its" | "their" | "a" | "highest" | "lowest" | "best"))
        .map_or("", String::as_str)
}

/// The word before a place, articles passed over.
fn word_in_front(reading: &Reading, place: usize) -> &str {
    let words = reading.words.get(..place).unwrap_or_default();
    words.iter().rev().find(|word| !matches!(word.as_str(), "the" | "our" | "my")).map_or("", String::as_str)
}

/// An unknown name beside the word `experiment`, or behind `in`.
pub(super) fn unknown_experiment(reading: &Reading) -> Option<String> {
    let is_noun = |span: Option<&Span>| span.is_some_and(|span| matches!(span.part, Part::Meaning("experiment")));
    for (index, span) in reading.spans.iter().enumerate() {
        if span.part != Part::Unknown {
            continue;
        }
        let mut last = index;
        while reading.spans.get(last + 1).is_some_and(|next| next.part == Part::Unknown) {
            last += 1;
        }
        let first = (0..=index)
            .rev()
            .take_while(|place| reading.spans.get(*place).is_some_and(|span| span.part == Part::Unknown))
            .last()
            .unwrap_or(index);
        let stands_in = reading.spans.get(first).is_some_and(|span| word_in_front(reading, span.words.start) == "in");
        if stands_in
            || is_noun(reading.spans.get(last + 1))
            || first.checked_sub(1).is_some_and(|before| is_noun(reading.spans.get(before)))
        {
            let bytes = reading.spans.get(first)?.bytes.start..reading.spans.get(last)?.bytes.end;
            return reading.text.get(bytes).map(str::to_owned);
        }
    }
    None
}

fn compare_runs(arguments: &mut Arguments, reading: &Reading, conversation: &Conversation) -> Option<()> {
    let run_count = reading.parts().filter(|part| matches!(part, Part::Run(_))).count();
    if axis(reading).is_some() || !reading.means("compare") && (run_count < 2 || reading.means("plot")) {
        return None;
    }
    put_experiment(arguments, reading);
    let (ends, metrics) = (reading.parts().any(|part| matches!(part, Part::End(..))), reading.metrics());
    let by = ranking_metric(reading).filter(|_| ends);
    let mut runs: Vec<String> = Vec::new();
    let mut referred = runs_referred_to(reading, conversation);
    for part in reading.parts() {
        match part {
            Part::Run(text) | Part::Runs(text) => runs.push(text.clone()),
            Part::End(end, count) => runs.push(end_phrase(*end, *count, by.as_deref())),
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
    let is_several = runs.len() > 1
        || runs.iter().any(|run| {
            run.split(' ').any(|word| word.parse::<usize>().is_ok_and(|count| count > 1)) || matches!(run.as_str(), "last" | "first")
        });
    if !is_several {
        let one_is_known = runs.len() == 1;
        runs.extend(reading.unknown().into_iter().filter(|_| one_is_known).take(1));
    }
    if runs.is_empty() && reading.says("all") && !reading.clauses().is_empty() {
        return None;
    }
    if runs.is_empty() && (reading.says("all") || reading.means("run")) {
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
    Some(())
}

/// `best 3 by f1`, as the tools read it.
fn end_phrase(end: End, count: Option<usize>, metric: Option<&str>) -> String {
    let head = match end {
        End::Best | End::Highest => "best",
        End::Worst | End::Lowest => "worst",
    };
    let head = count.map_or(head.to_owned(), |count| format!("{head} {count}"));
    metric.map_or(head.clone(), |metric| format!("{head} by {metric}"))
}

fn metric_history(arguments: &mut Arguments, reading: &Reading, conversation: &Conversation, vocabulary: &Vocabulary) -> Option<()> {
    let names_run = reading.parts().any(|part| matches!(part, Part::Run(_) | Part::Runs(_) | Part::Anaphor(_)));
    let shows_curve = reading.means("show") && names_run && !reading.metrics().is_empty();
    if !(reading.plots() || shows_curve) {
        return None;
    }
    put_experiment(arguments, reading);
    let ends = reading.parts().any(|part| matches!(part, Part::End(..)));
    let mut metrics = reading.metrics();
    let by = ranking_metric(reading).filter(|_| ends && (metrics.len() > 1 || reading.says("by")));
    if metrics.len() > 1
        && let Some(at) = metrics.iter().rposition(|metric| Some(metric) == by.as_ref())
    {
        metrics.remove(at);
    }
    let mut runs: Vec<String> = Vec::new();
    let mut referred = runs_referred_to(reading, conversation);
    for part in reading.parts() {
        match part {
            Part::Run(text) | Part::Runs(text) => runs.push(text.clone()),
            Part::End(end, count) => runs.push(end_phrase(*end, *count, by.as_deref())),
            Part::Anaphor(_) if runs.is_empty() => {
                if let Some(referred) = referred.take() {
                    runs.extend(referred);
                    put_focus(arguments, conversation);
                }
            }
            _ => {}
        }
    }
    if metrics.len() > 1 || !reading.unknown().is_empty() {
        metrics = combined(metrics, reading, vocabulary);
    }
    if metrics.is_empty() {
        metrics.extend(reading.parameters().into_iter().take(1));
    }
    if metrics.is_empty() {
        metrics.extend(reading.unknown().into_iter().take(1));
    }
    if metrics.is_empty() {
        metrics.extend(conversation.metrics.iter().take(1).filter(|&_| runs_are_of(conversation, reading)).cloned());
    }
    if metrics.is_empty() {
        let experiment =
            reading.experiment().map(str::to_owned).or_else(|| conversation.experiment.as_ref().map(|experiment| experiment.name.clone()));
        metrics = vocabulary.losses(experiment.as_deref());
    }
    if runs.is_empty() && reading.experiment().is_none() && !conversation.runs.is_empty() && !reading.says("all") {
        runs.extend(conversation.runs.iter().map(|run| run.run_id.clone()));
        put_focus(arguments, conversation);
    }
    if runs.is_empty() {
        runs.push("all".to_owned());
    }
    if metrics.is_empty() {
        return None;
    }
    put(arguments, "run_ids", runs);
    put(arguments, "metrics", metrics);
    if let Some((name, value)) = axis(reading) {
        put(arguments, name, value);
    }
    Some(())
}

/// `loss of run 3, train and validation`: a word that is no metric's whole name, completed by the others.
fn combined(metrics: Vec<String>, reading: &Reading, vocabulary: &Vocabulary) -> Vec<String> {
    let is_metric = |name: &str| vocabulary.exact(name).iter().any(|(entry, _)| entry.kind == Kind::Metric);
    let Some(head) = metrics.iter().find(|metric| !metric.contains([' ', '_', '/', '-']) && !is_metric(metric)).cloned() else {
        return metrics;
    };
    let others = metrics.iter().filter(|metric| **metric != head).cloned().chain(reading.unknown());
    let whole: Vec<String> = others.map(|other| format!("{other} {head}")).filter(|name| is_metric(name)).collect();
    if whole.is_empty() { metrics } else { whole }
}

/// Whether the question may mean the metric of the answer before it.
fn runs_are_of(conversation: &Conversation, reading: &Reading) -> bool {
    !conversation.metrics.is_empty()
        && (reading.parts().any(|part| matches!(part, Part::Anaphor(_))) || reading.parts().any(|part| matches!(part, Part::Run(_))))
}

/// What the question says of a chart's axes.
pub(super) fn axis(reading: &Reading) -> Option<(&'static str, &'static str)> {
    let text = reading.text.to_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
    if says(&["log scale", "log-scale", "logarithmic", "log axis", "log y", "logscale", "log-y", "semilog"]) {
        return Some(("y_scale", "log"));
    }
    if says(&["linear scale", "linear axis", "linearly"]) {
        return Some(("y_scale", "linear"));
    }
    if says(&["wall time", "wall-time", "wall clock", "wall-clock", "walltime", "clock time", "real time"]) {
        return Some(("x_axis", "wall_time"));
    }
    if says(&["relative time", "elapsed", "since start", "since the start", "over seconds", "training time", "in seconds"]) {
        return Some(("x_axis", "relative_time"));
    }
    None
}

fn parameter_impact(arguments: &mut Arguments, reading: &Reading) -> Option<()> {
    if !reading.means("impact") {
        return None;
    }
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
    if parameters.is_empty() {
        parameters.extend(unknown_parameter(reading));
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

/// `the gradient clipping parameter`: unknown words before the noun name a parameter that is not there, which the tool then tells.
fn unknown_parameter(reading: &Reading) -> Option<String> {
    let noun = reading.spans.iter().position(|span| {
        matches!(span.part, Part::Meaning("parameter")) && reading.words.get(span.words.start).is_some_and(|word| !word.ends_with('s'))
    })?;
    let first = (0..noun).rev().take_while(|place| reading.spans.get(*place).is_some_and(|span| span.part == Part::Unknown)).last()?;
    let bytes = reading.spans.get(first)?.bytes.start..reading.spans.get(noun.checked_sub(1)?)?.bytes.end;
    reading.text.get(bytes).map(str::to_owned)
}

/// Conditions as MLflow writes them.
pub(super) fn filter_text(clauses: &[Clause]) -> String {
    Filter { clauses: clauses.to_vec() }.to_string()
}

fn said(reading: &Reading, span: &Span) -> String {
    reading.text.get(span.bytes.clone()).unwrap_or_default().to_owned()
}
