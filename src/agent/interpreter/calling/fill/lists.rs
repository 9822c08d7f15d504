//! The arguments of tools that list or describe: experiments, what one logs, runs.

use serde_json::Value;

use super::ranked::{draws_bars, ranks_by_parameter};
use super::runs::{asks_whether, clauses_of_run};
use super::{doubts_parameter, filter_text, put_order, said, unknown_after};
use crate::agent::interpreter::lexicon::End;
use crate::agent::interpreter::reading::{Anaphor, Part, Reading, Span};
use crate::agent::interpreter::vocabulary::{Holder, Vocabulary};
use crate::agent::interpreter::{Arguments, put, put_experiment};
use crate::domain::filter::{Clause, Comparison, Field, Test};
use crate::domain::reference::{count_word, words};

pub(super) fn list_experiments(arguments: &mut Arguments, reading: &Reading) -> Option<()> {
    if reading.clauses().iter().any(|clause| !matches!(Holder::of(&clause.field), Some(Holder::Tag(_)))) {
        return None;
    }
    // `tell me something funny` is about no experiment.
    let vague = ["anything", "something", "sth"].iter().any(|word| reading.says(word));
    let is_about = ["on", "about", "for", "with", "regarding", "related", "concerning", "tagged", "around", "like"]
        .iter()
        .any(|word| reading.says(word));
    if vague && !is_about && !reading.unknown().is_empty() {
        return None;
    }
    let mut query: Vec<String> = Vec::new();
    let mut tags = serde_json::Map::new();
    for (index, span) in reading.spans.iter().enumerate() {
        match &span.part {
            Part::Experiment(name) => query.push(looked_for(reading, span, name)),
            Part::ExperimentTag { key, value } => {
                tags.insert(key.clone(), Value::from(value.clone()));
            }
            Part::Conditions(clauses) => {
                for clause in clauses {
                    if let (Some(Holder::Tag(key)), Test::Text(_, value)) = (Holder::of(&clause.field), &clause.test) {
                        tags.insert(key, Value::from(value.clone()));
                    }
                }
            }
            Part::Unknown if !is_link(reading, span) && !is_tag_key(reading, index) => query.push(said(reading, span)),
            _ => {}
        }
    }
    let deleted = reading.means("deleted");
    let both = ["including", "include", "included", "incl", "even", "plus", "together", "too", "both", "regardless", "whether", "well"]
        .iter()
        .any(|word| reading.says(word))
        || reading.words.iter().skip(1).any(|word| word == "also");
    // `computer vision`, where `vision` is a project: the tag tells enough.
    if !tags.is_empty() && reading.experiment().is_none() && !reading.says("named") && !reading.says("called") {
        query.clear();
    }
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
    if let Some(count) = newest_count(reading) {
        put(arguments, "limit", count);
    }
    Some(())
}

/// `show five runs of pilot`: how many are to be listed.
fn counted_runs(reading: &Reading) -> Option<usize> {
    let shows = reading.words.iter().any(|word| matches!(word.as_str(), "show" | "list" | "give" | "display" | "print"));
    let noun = reading.words.iter().position(|word| matches!(word.as_str(), "runs" | "trials")).filter(|_| shows)?;
    let at = noun.checked_sub(1)?;
    let stands_alone =
        |span: &Span| span.words.contains(&at) && span.words.len() == 1 && matches!(span.part, Part::Number(_) | Part::Filler);
    reading.spans.iter().find(|span| stands_alone(span))?;
    count_word(reading.words.get(at)?).filter(|count| (1..=1000).contains(count))
}

/// What to look for where an experiment was meant: of what was said, what is a part of its name, for others may have it too.
fn looked_for(reading: &Reading, span: &Span, name: &str) -> String {
    const LEAST_LETTERS: usize = 4;
    let said = said(reading, span);
    if is_part_of_name(&said, name) {
        return said;
    }
    // `predicting churn`, of `churn-prediction`
    let of_name = words(name);
    let shared: Vec<String> = words(&said).into_iter().filter(|word| of_name.contains(word)).collect();
    if shared.iter().any(|word| word.chars().count() >= LEAST_LETTERS) { shared.join(" ") } else { name.to_owned() }
}

/// Whether all words of `text` are words of an experiment's name.
pub(super) fn is_part_of_name(text: &str, name: &str) -> bool {
    let of_name = words(name);
    words(text).iter().all(|word| of_name.contains(word))
}

/// `the three newest experiments`: how many of the list, which begins with the newest, are asked for.
fn newest_count(reading: &Reading) -> Option<usize> {
    const NEWEST: [&str; 5] = ["newest", "latest", "last", "recent", "recently"];
    let is_newest = reading.words.iter().any(|word| NEWEST.contains(&word.as_str()));
    let noun = reading.words.iter().position(|word| matches!(word.as_str(), "experiments" | "projects")).filter(|_| is_newest)?;
    let ahead = reading.words.get(noun.saturating_sub(3)..noun)?;
    ahead.iter().rev().find_map(|word| count_word(word)).filter(|count| *count > 0)
}

/// `find me the experiment about …`: the experiment is looked for, and nothing is asked of it.
pub(super) fn seeks_experiment(reading: &Reading) -> bool {
    let seeks = ["find", "search", "locate", "which", "any"].iter().any(|word| reading.words.iter().take(6).any(|said| said == word));
    let noun = |part: &Part| matches!(part, Part::Meaning("experiment" | "experiments"));
    let is_plain = |part: &Part| noun(part) || matches!(part, Part::Experiment(_) | Part::Filler | Part::Unknown | Part::Meaning("show"));
    let place = |is: &dyn Fn(&Part) -> bool| reading.parts().position(is);
    let (noun, name) = (place(&noun), place(&|part| matches!(part, Part::Experiment(_))));
    seeks && reading.parts().all(is_plain) && noun.zip(name).is_some_and(|(noun, name)| noun < name)
}

/// `what have we tried for churn`, `what do we have on churn`: what is said of the names of several experiments.
pub(super) fn subject_of_several<'a>(reading: &'a Reading, vocabulary: &Vocabulary) -> Option<&'a str> {
    let asks = (reading.says("what") || reading.says("whats")) && reading.says("we");
    let span = reading.spans.iter().find(|span| matches!(span.part, Part::Experiment(_))).filter(|_| asks)?;
    let before = span.words.start.checked_sub(1).and_then(|before| reading.words.get(before))?;
    let said = reading.text.get(span.bytes.clone())?;
    let is_about = |name: &str| is_part_of_name(said, name);
    let several = vocabulary.experiments.iter().filter(|experiment| is_about(&experiment.name)).count() > 1;
    (matches!(before.as_str(), "for" | "on" | "about" | "with") && several).then_some(said)
}

/// `which encoders have been tried`, `what optimizers did we use`: the values of a parameter, which a description tells.
pub(super) fn asks_for_tried(reading: &Reading) -> bool {
    const TRIED: [&str; 12] =
        ["tried", "try", "tested", "test", "used", "use", "explored", "explore", "covered", "swept", "sweep", "experimented"];
    // `pilot: which encoders …`
    let topic = reading.spans.first().filter(|span| matches!(span.part, Part::Experiment(_))).map_or(0, |span| span.words.end);
    let asks = matches!(reading.words.get(topic).or(reading.words.first()).map(String::as_str), Some("which" | "what" | "whats"));
    let asks_for_values = ["values", "options", "choices"].iter().any(|word| reading.says(word)) && reading.says("of");
    let goes_through = ["through", "vary", "varied", "sample", "sampled"].iter().any(|word| reading.says(word));
    let is_tried = goes_through || reading.words.iter().any(|word| TRIED.contains(&word.as_str()));
    let is_plain = |part: &Part| {
        matches!(
            part,
            Part::Parameter(_)
                | Part::Experiment(_)
                | Part::ExperimentTag { .. }
                | Part::Filler
                | Part::Unknown
                | Part::Anaphor(Anaphor::All)
                | Part::Meaning("experiment" | "parameter" | "store" | "run")
        )
    };
    let by_people = reading.words.windows(2).any(|pair| {
        matches!(pair, [verb, who] if matches!(verb.as_str(), "did" | "have" | "do") && matches!(who.as_str(), "we" | "they" | "you" | "people" | "been" | "i" | "anyone" | "anybody"))
    }) || reading.says("been") || reading.says("were");
    asks && (is_tried && by_people || asks_for_values) && !reading.parameters().is_empty() && reading.parts().all(is_plain)
}

/// Words between the noun and the tag that say nothing of their own.
fn is_link(reading: &Reading, span: &Span) -> bool {
    matches!(
        said(reading, span).to_lowercase().as_str(),
        "owned"
            | "belong"
            | "belonging"
            | "belongs"
            | "deal"
            | "deals"
            | "cover"
            | "covers"
            | "mentioning"
            | "topic"
            | "search"
            | "concerning"
            | "treat"
            | "treats"
            | "handle"
            | "focused"
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

pub(super) fn describe_experiment(arguments: &mut Arguments, reading: &Reading) -> Option<()> {
    // `north plant detectors`: conditions are on runs.
    let is_of_runs = |clause: &Clause| matches!(clause.field, Field::Metric(_)) || Holder::of(&clause.field).is_some();
    if reading.clauses().iter().any(is_of_runs) && !reading.means("describe") {
        return None;
    }
    // `does warmup matter in fraud`: the tool that measures effects tells that there is none of this name.
    if reading.means("impact") && doubts_parameter(reading) {
        return None;
    }
    put_experiment(arguments, reading);
    if !arguments.contains_key("experiment")
        && let Some(name) = unknown_after(reading, &["in", "about", "of", "for", "does", "describe", "summarize", "summarise"])
    {
        put(arguments, "experiment", name);
    }
    Some(())
}

pub(super) fn list_runs(arguments: &mut Arguments, reading: &Reading) -> Option<()> {
    let is_done = ["trained", "tried", "ran", "launched", "tested"].iter().any(|word| reading.says(word));
    let speaks_of_runs = ["run", "howmany", "show"].iter().any(|meaning| reading.means(meaning))
        || is_done && !reading.clauses().is_empty()
        || !reading.metrics().is_empty()
        || reading.parts().any(|part| matches!(part, Part::Runs(_)));
    // `fire ben` asks for no runs, though he started some.
    let is_of_keys = |clause: &Clause| matches!(clause.field, Field::Param(_) | Field::Metric(_) | Field::Tag(_));
    if !speaks_of_runs && !reading.clauses().iter().any(is_of_keys) && !reading.unknown().is_empty() {
        return None;
    }
    // `did the last run fail`
    let is_of_one = reading.parts().any(|part| matches!(part, Part::Runs(phrase) if phrase.ends_with(" 1")));
    if is_of_one && asks_whether(reading) && clauses_of_run(reading).is_empty() {
        return None;
    }
    // `compare xgboost and lightgbm runs`: what the parameter does.
    if reading.means("compare") && !reading.places.is_empty() && !reading.parameters().is_empty() {
        return None;
    }
    put_experiment(arguments, reading);
    if let Some((parameter, end, count)) = ranks_by_parameter(reading) {
        put(arguments, "sort_by", parameter);
        put_order(arguments, end);
        put(arguments, "limit", count);
        put_clauses(arguments, reading);
        return Some(());
    }
    put_lengths(arguments, reading);
    put_clauses(arguments, reading);
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
                let count = reading.parts().find_map(|part| if let Part::End(_, count) = part { *count } else { None });
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
    if let Some(count) = counted_runs(reading).filter(|_| !arguments.contains_key("limit")) {
        put(arguments, "limit", count);
    }
    if !ordered
        && (asks_for_column(reading) || draws_bars(reading))
        && let Some(metric) = &metric
    {
        put(arguments, "sort_by", metric.clone());
    } else if !ordered && let Some(parameter) = asked_parameter(reading) {
        put(arguments, "sort_by", parameter);
    } else if !ordered && let Some(metric) = metric.filter(|_| sorts(reading)) {
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

fn put_clauses(arguments: &mut Arguments, reading: &Reading) {
    let clauses = reading.clauses();
    if !clauses.is_empty() {
        put(arguments, "filter", filter_text(&clauses));
    }
}

/// `what does phi-4 cost`, `the recall of the gnn runs`, `f1 of all runs`: the one metric of several runs that is to be seen.
pub(super) fn asks_for_column(reading: &Reading) -> bool {
    let names_several = !reading.clauses().is_empty() || ["all", "every", "each"].iter().any(|word| reading.says(word));
    let asks = matches!(reading.words.first().map(String::as_str), Some("what" | "whats"));
    let is_metric = |span: &&Span| matches!(span.part, Part::Metric(_));
    let of_runs = reading.spans.iter().find(is_metric).and_then(|span| reading.words.get(span.words.end));
    let is_of_runs = of_runs.is_none_or(|word| matches!(word.as_str(), "of" | "for" | "from" | "in" | "by"));
    names_several && (asks || is_of_runs) && reading.metrics().len() == 1 && !reading.means("howmany")
}

/// `what learning rate did each run use`, `list the runs and their max_depth`: the one parameter of several runs that is to be seen.
fn asked_parameter(reading: &Reading) -> Option<String> {
    let names_several = ["all", "every", "each", "their"].iter().any(|word| reading.says(word));
    let asks_else = ["howmany", "impact", "plot", "compare"].iter().any(|meaning| reading.means(meaning));
    match reading.parameters().as_slice() {
        [only] if names_several && !asks_else && reading.metrics().is_empty() && reading.means("run") => Some(only.clone()),
        _ => None,
    }
}

/// `longer than 2 hours`, `under 30 minutes`: bounds of how long runs took.
fn put_lengths(arguments: &mut Arguments, reading: &Reading) {
    for part in reading.parts() {
        let Part::Length(comparison, seconds) = part else { continue };
        match comparison {
            Comparison::Gt | Comparison::Ge => put(arguments, "longer_than_seconds", *seconds),
            Comparison::Lt | Comparison::Le => put(arguments, "shorter_than_seconds", *seconds),
            Comparison::Eq | Comparison::Ne => {}
        }
    }
}

/// Whether one run or several are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spoken {
    One,
    Several,
}

/// `took longest`, `the shortest run`, `fastest run`: a ranking by how long runs took, where no metric is named.
pub(super) fn by_duration(reading: &Reading) -> Option<Spoken> {
    let names_none = reading.metrics().is_empty() && reading.parameters().is_empty();
    let of_time = ["longest", "shortest", "quickest"].iter().any(|word| reading.says(word))
        || ["most", "least"].iter().any(|word| reading.says(word)) && reading.says("time")
        || sorts(reading) && ["duration", "runtime", "time"].iter().any(|word| reading.says(word)) && !reading.says("start")
        || ["fastest", "slowest"].iter().any(|word| reading.says(word)) && (reading.means("run") || reading.experiment().is_some());
    let several = reading.parts().any(|part| matches!(part, Part::End(_, Some(2..)) | Part::Order(_))) || sorts(reading);
    (names_none && of_time).then_some(if several { Spoken::Several } else { Spoken::One })
}

fn sorts(reading: &Reading) -> bool {
    let orders = ["desc", "asc", "descending", "ascending", "sorted", "sort", "ordered", "order", "rank", "ranked", "ranking"]
        .iter()
        .any(|word| reading.says(word));
    // `done by elif` sorts nothing.
    let mut after = reading.spans.iter().skip_while(|span| said(reading, span) != "by").skip(1);
    let is_by_key = after.find(|span| span.part != Part::Filler).is_some_and(|span| !matches!(span.part, Part::Conditions(_)));
    orders || is_by_key
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
