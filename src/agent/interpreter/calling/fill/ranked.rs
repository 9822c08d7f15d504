//! A fact of the run at an end of a ranking: "the learning rate of the best run by f1", "who started the run with the lowest loss".

use super::end_phrase;
use crate::agent::interpreter::lexicon::{End, has};
use crate::agent::interpreter::reading::{Part, Reading, Span};
use crate::domain::filter::{Attribute, Clause, Field};

/// A run at the end of a ranking, and what is asked of it.
#[derive(Debug, PartialEq)]
pub(super) struct FactOfRanked {
    /// The run, as the tools read it.
    pub(super) run: String,
    /// The facts.
    pub(super) keys: Vec<String>,
}

/// The tool that a question asks for by its build, whatever phrases it is like.
pub(in crate::agent::interpreter) fn evident_tool(reading: &Reading) -> Option<&'static str> {
    if super::lists::asks_for_tried(reading) || asks_for_range(reading) {
        return Some("describe_experiment");
    }
    if asks_when_created(reading) {
        return Some("describe_experiment");
    }
    if asks_for_states(reading) {
        return Some("list_runs");
    }
    if asks_for_empty(reading) {
        return Some("list_experiments");
    }
    if ranks_by_parameter(reading).is_some() || draws_bars(reading) {
        return Some("list_runs");
    }
    if super::several::compare_runs(reading).is_some() {
        return Some("compare_runs");
    }
    if fact_of_ranked(reading).is_some() || asks_how_one_does(reading) {
        return Some("get_run");
    }
    if asks_who_ranks(reading) {
        return Some("best_run");
    }
    (asks_what_matters(reading) || draws_against(reading)).then_some("parameter_impact")
}

/// `a bar chart of accuracy`: runs by a metric, and no curve.
pub(super) fn draws_bars(reading: &Reading) -> bool {
    let names_run = reading.parts().any(|part| matches!(part, Part::Run(_) | Part::Anaphor(_)));
    let of_bars = reading.words.iter().any(|word| has("bar bars barchart barplot bargraph", word));
    of_bars && reading.means("plot") && reading.metrics().len() == 1 && reading.parameters().is_empty() && !names_run
}

/// `plot f1 against learning rate`, `a chart of the loss by max_depth`: a metric over a parameter, of all runs, and no curve over steps.
pub(in crate::agent::interpreter) fn draws_against(reading: &Reading) -> bool {
    const LINKS: &str = "against vs versus by over with per as for across scatter scatterplot each different function depending";
    let names_runs = reading.parts().any(|part| {
        matches!(
            part,
            Part::Run(_) | Part::Runs(_) | Part::End(..) | Part::Order(_) | Part::Anaphor(_) | Part::Number(_) | Part::Length(..)
        )
    });
    let is_pair = reading.metrics().len() == 1 && reading.parameters().len() == 1;
    is_pair && !names_runs && reading.means("plot") && reading.words.iter().any(|word| has(LINKS, word))
}

/// `how is the latest run doing`: all of one run, told by when it started.
fn asks_how_one_does(reading: &Reading) -> bool {
    let is_one = |part: &Part| matches!(part, Part::Runs(phrase) if phrase.ends_with(" 1"));
    let is_plain = |part: &Part| is_one(part) || matches!(part, Part::Filler | Part::Experiment(_) | Part::Meaning("run" | "perform"));
    let asks_how = reading.words.first().is_some_and(|word| matches!(word.as_str(), "how" | "hows"));
    asks_how && reading.parts().any(is_one) && reading.parts().all(is_plain)
}

/// `when was pilot created`: asks for a fact of an experiment, and of none of its runs.
fn asks_when_created(reading: &Reading) -> bool {
    let is_plain = |part: &Part| matches!(part, Part::Filler | Part::Experiment(_) | Part::Meaning("start" | "create" | "experiment"));
    let asks = reading.words.first().is_some_and(|word| word == "when") && reading.experiment().is_some();
    asks && ["created", "made", "set", "added", "begun"].iter().any(|word| reading.says(word)) && reading.parts().all(is_plain)
}

/// `everything in pilot that isn't finished`: chooses by how runs ended, and names nothing else.
fn asks_for_states(reading: &Reading) -> bool {
    let is_state = |clause: &Clause| matches!(clause.field, Field::Attribute(Attribute::Status));
    let clauses = reading.clauses();
    let names_else = reading.parts().any(|part| {
        matches!(
            part,
            Part::Metric(_) | Part::Parameter(_) | Part::Run(_) | Part::Runs(_) | Part::End(..) | Part::Anaphor(_) | Part::File(_)
        )
    });
    let of_all = ["everything", "anything", "all", "whatever"].iter().any(|word| reading.says(word));
    of_all && !clauses.is_empty() && clauses.iter().all(is_state) && !names_else && !reading.means("experiments") && !reading.means("plot")
}

/// `which experiment has no runs`: the list tells how many each has.
fn asks_for_empty(reading: &Reading) -> bool {
    let is_plain = |part: &Part| matches!(part, Part::Filler | Part::Meaning("run" | "experiment" | "experiments" | "show"));
    let is_empty = (reading.says("no") || reading.says("without")) && reading.says("runs");
    (reading.means("experiment") || reading.means("experiments")) && is_empty && reading.parts().all(is_plain)
}

/// `what matters in pilot`, with nothing else.
fn asks_what_matters(reading: &Reading) -> bool {
    let asks = reading.words.iter().take(3).any(|word| matches!(word.as_str(), "what" | "whats"));
    let is_plain = |part: &Part| matches!(part, Part::Filler | Part::Experiment(_) | Part::Metric(_) | Part::Meaning("impact"));
    asks && reading.means("impact") && reading.experiment().is_some() && reading.parts().all(is_plain)
}

/// `between which values does f1 lie`, `min and max of the latency`: a description tells the range of each metric.
fn asks_for_range(reading: &Reading) -> bool {
    let pair = |one: &[&str], other: &[&str]| {
        reading.words.windows(3).any(|three| matches!(three, [a, and, b] if (and == "and" || and == "to") && one.contains(&a.as_str()) && other.contains(&b.as_str())))
    };
    let lows = ["min", "minimum", "lowest", "smallest"];
    let highs = ["max", "maximum", "highest", "largest"];
    let says = |word: &str| reading.says(word);
    let of_values = says("values") && (says("between") || says("take") || says("takes") || says("took") || says("lie") || says("reach"));
    let is_asked = reading.means("range") || of_values || pair(&lows, &highs) || pair(&highs, &lows);
    let names_else =
        reading.parts().any(|part| matches!(part, Part::Run(_) | Part::Runs(_) | Part::Anaphor(_) | Part::Number(_) | Part::Conditions(_)))
            || ["plot", "compare", "impact"].iter().any(|meaning| reading.means(meaning));
    is_asked && !names_else && !reading.metrics().is_empty()
}

/// `which run that … has the lowest loss`, `lowest loss in pilot, who is it`: asks for the run at an end, and for nothing of it.
fn asks_who_ranks(reading: &Reading) -> bool {
    let solid: Vec<&Span> = reading.spans.iter().filter(|span| span.part != Part::Filler).collect();
    let ends = || reading.parts().filter(|part| matches!(part, Part::End(..) | Part::Order(_) | Part::Runs(_)));
    let is_one = ends().count() == 1 && ends().all(|part| matches!(part, Part::End(_, None)));
    let is_pair =
        |pair: &[&Span]| matches!(pair, [end, metric] if matches!(end.part, Part::End(..)) && matches!(metric.part, Part::Metric(_)));
    let names_else = reading.parts().any(|part| matches!(part, Part::Run(_) | Part::File(_) | Part::Length(..)))
        || ["plot", "compare", "impact", "howmany", "howlong", "experiments", "details"].iter().any(|meaning| reading.means(meaning))
        || reading.plots();
    let asks_which = reading.words.first().is_some_and(|word| matches!(word.as_str(), "which" | "what"))
        && solid.first().is_some_and(|span| {
            span.part == Part::Meaning("run") && reading.words.get(span.words.start).is_some_and(|word| !word.ends_with('s'))
        });
    let is_plain = |span: &&Span| {
        matches!(
            span.part,
            Part::End(..)
                | Part::Metric(_)
                | Part::Experiment(_)
                | Part::Conditions(_)
                | Part::Anaphor(_)
                | Part::Meaning("user" | "perform")
        )
    };
    let is_bare = solid.get(..2).is_some_and(is_pair) && solid.iter().all(is_plain) && reading.says("who");
    is_one && !names_else && (asks_which && solid.windows(2).any(is_pair) || is_bare)
}

/// `the run with the highest learning rate`, `fewest layers`: the parameter by which runs are put in order, from which end and how many.
pub(super) fn ranks_by_parameter(reading: &Reading) -> Option<(String, End, usize)> {
    let solid: Vec<&Part> = reading.parts().filter(|part| **part != Part::Filler).collect();
    let is_ranking = |part: &&&Part| matches!(part, Part::End(..) | Part::Order(_) | Part::Runs(_));
    let names_else = reading.parts().any(|part| matches!(part, Part::Metric(_) | Part::Run(_) | Part::Anaphor(_) | Part::Unknown))
        || ["plot", "compare", "impact", "howmany"].iter().any(|meaning| reading.means(meaning));
    if names_else || solid.iter().filter(is_ranking).count() != 1 || reading.parameters().len() != 1 {
        return None;
    }
    let pair = |end: &Part, parameter: &Part| match (end, parameter) {
        (Part::End(end @ (End::Highest | End::Lowest), count), Part::Parameter(name)) => Some((name.clone(), *end, count.unwrap_or(1))),
        _ => None,
    };
    let ahead = solid.windows(2).find_map(|two| if let [end, parameter] = two { pair(end, parameter) } else { None });
    // `run with max_depth highest`
    let behind = || if let [.., parameter, end] = solid.as_slice() { pair(end, parameter) } else { None };
    ahead.or_else(behind)
}

/// The run and the facts, where a question ranks by one metric, speaks of one run and asks before it for something else.
pub(super) fn fact_of_ranked(reading: &Reading) -> Option<FactOfRanked> {
    let solid: Vec<&Span> = reading.spans.iter().filter(|span| span.part != Part::Filler).collect();
    let mut ends = solid.iter().enumerate().filter(|(_, span)| matches!(span.part, Part::End(..) | Part::Order(_) | Part::Runs(_)));
    let ((at, span), None) = (ends.next()?, ends.next()) else { return None };
    let Part::End(end, None | Some(1)) = span.part else { return None };
    let names_else = reading.parts().any(|part| matches!(part, Part::Run(_) | Part::Anaphor(_) | Part::File(_)))
        || ["plot", "compare", "impact", "howmany", "experiments"].iter().any(|meaning| reading.means(meaning))
        || reading.plots();
    let behind = solid.get(at + 1..).unwrap_or_default();
    let ahead = solid.get(..at).unwrap_or_default();
    let metric = behind.iter().find_map(|span| if let Part::Metric(name) = &span.part { Some(name.clone()) } else { None });
    let of_one = behind.iter().chain(ahead).any(|span| span.part == Part::Meaning("run")) || is_said_of_one(reading, span);
    if names_else || !of_one {
        return None;
    }
    let mut keys: Vec<String> = ahead
        .iter()
        .filter_map(|span| match &span.part {
            Part::Parameter(name) | Part::Metric(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    if keys.is_empty() {
        keys.extend(attribute(reading).map(str::to_owned));
    }
    // `win_rate leader`: who leads by it.
    let is_ranked_by_key = metric.is_none() && keys.iter().any(|key| reading.metrics().contains(key)) && is_title(reading, span);
    // `f1, best run?`
    let is_set_off = metric.is_none()
        && matches!(ahead, [only] if matches!(only.part, Part::Metric(_)) && reading.text.get(only.bytes.end..span.bytes.start).is_some_and(|between| between.trim_start().starts_with([',', ':'])));
    if is_ranked_by_key || is_set_off {
        return None;
    }
    let is_of_end = matches!(end, End::Best | End::Worst) || metric.is_some();
    (!keys.is_empty() && !asks_for_run(reading, ahead) && is_of_end)
        .then(|| FactOfRanked { run: end_phrase(end, None, metric.as_deref()), keys })
}

/// `which int8 model is best`, `run with dropout 0.1 and the best f1`: the run itself is asked for.
fn asks_for_run(reading: &Reading, ahead: &[&Span]) -> bool {
    const BREAKS: [&str; 12] = ["the", "our", "my", "did", "does", "do", "has", "have", "had", "is", "was", "of"];
    let is_run = |span: &&&Span| span.part == Part::Meaning("run");
    let is_asked = |span: &&Span| {
        let before = reading.words.get(..span.words.start).unwrap_or_default();
        let asks = before.iter().rev().find(|word| BREAKS.contains(&word.as_str()) || matches!(word.as_str(), "which" | "what"));
        asks.is_some_and(|word| matches!(word.as_str(), "which" | "what"))
    };
    ahead.first().is_some_and(|span| is_run(&span)) || ahead.iter().filter(is_run).any(is_asked)
}

/// `winner`, `leader`
fn is_title(reading: &Reading, end: &Span) -> bool {
    reading.words.get(end.words.start).is_some_and(|word| matches!(word.as_str(), "winner" | "champion" | "leader"))
}

/// `of the best`, `the winner used`: the end stands for a run though no noun says so.
fn is_said_of_one(reading: &Reading, end: &Span) -> bool {
    let word = |index: Option<usize>| index.and_then(|index| reading.words.get(index)).map_or("", String::as_str);
    let before = word(end.words.start.checked_sub(2));
    let article = word(end.words.start.checked_sub(1));
    let is_noun = is_title(reading, end);
    let is_owned = matches!(article, "the" | "our") && before == "of" && !word(Some(end.words.end)).is_empty();
    is_noun || is_owned && matches!(word(Some(end.words.end)), "one" | "by" | "in" | "model")
}

/// What is asked of a run in a word of its own: who started it, when, how long it took.
fn attribute(reading: &Reading) -> Option<&'static str> {
    let first = reading.words.first().map_or("", String::as_str);
    let says = |words: &[&str]| words.iter().any(|word| reading.says(word));
    let started = says(&["started", "start", "launched", "ran", "trained", "made", "created", "owns", "began", "begin", "kicked", "run"]);
    if says(&["note", "notes", "description", "comment", "comments"]) {
        return Some("note");
    }
    Some(match first {
        "who" if started && !says(&["has", "had", "got", "leads", "wins", "won"]) => "user",
        "whose" => "user",
        "when" => "start",
        "how" if reading.means("howlong") && says(&["take", "took", "last", "lasted", "run", "train", "ran", "need", "needed"]) => {
            "duration"
        }
        _ => return None,
    })
}
