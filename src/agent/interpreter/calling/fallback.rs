//! What a question asks for that is like no phrase: the names of the store in it and a few cues leave few tools to choose from.

use super::fill;
use crate::agent::interpreter::lexicon;
use crate::agent::interpreter::reading::{Part, Reading};
use crate::agent::interpreter::vocabulary::Holder;
use crate::domain::filter::Field;

/// How many words nobody knows a question may have beside its names.
const UNKNOWN_AT_MOST: usize = 4;

/// The tools that can answer with what the question names, the evident one first; none where it names nothing of the store.
pub(in crate::agent::interpreter) fn tools(reading: &Reading) -> Vec<&'static str> {
    // `what have we got in here`
    let points_here = reading.words.last().is_some_and(|word| matches!(word.as_str(), "here" | "there"));
    let asks_what = reading.words.first().is_some_and(|word| matches!(word.as_str(), "what" | "whats"));
    if points_here && asks_what && reading.parts().all(|part| *part == Part::Filler) {
        return vec!["list_experiments"];
    }
    let count = |is: fn(&Part) -> bool| reading.parts().filter(|part| is(part)).count();
    let runs = count(|part| matches!(part, Part::Run(_)));
    let metrics = count(|part| matches!(part, Part::Metric(_)));
    let parameters = count(|part| matches!(part, Part::Parameter(_)));
    let conditions = count(|part| matches!(part, Part::Conditions(_) | Part::Value(..) | Part::Length(..)));
    let experiments = count(|part| matches!(part, Part::Experiment(_)));
    let phrases = count(|part| matches!(part, Part::Runs(_)));
    let one_end = count(|part| matches!(part, Part::End(_, None | Some(1)))) == 1;
    let many = count(|part| matches!(part, Part::End(_, Some(2..)) | Part::Order(_))) > 0;
    let unknown = count(|part| matches!(part, Part::Unknown));
    let of_keys =
        reading.clauses().iter().filter(|clause| matches!(clause.field, Field::Metric(_)) || Holder::of(&clause.field).is_some()).count();
    let named = of_keys + runs + metrics + parameters + experiments + count(|part| matches!(part, Part::Value(..)));
    let speaks_of_runs = reading.means("run") && conditions + phrases > 0;
    let unknown_words =
        reading.spans.iter().filter(|span| span.part == Part::Unknown).filter_map(|span| reading.words.get(span.words.clone()));
    let is_off_topic = unknown_words.flatten().any(|word| lexicon::is_off_topic_noun(word));
    if fill::doubts_nothing_else(reading) {
        return vec!["parameter_impact"];
    }
    if is_off_topic || unknown > UNKNOWN_AT_MOST || unknown > named + conditions + 1 || named == 0 && !speaks_of_runs && conditions == 0 {
        return Vec::new();
    }
    // A date or a status alone is no name of the store.
    if named == 0 && !speaks_of_runs && unknown > 0 {
        return Vec::new();
    }
    let asks_whether = reading
        .words
        .first()
        .is_some_and(|word| matches!(word.as_str(), "does" | "do" | "is" | "are" | "would" | "how" | "did" | "which" | "what"));
    let mut tools: Vec<&'static str> = Vec::new();
    let mut add = |tool: &'static str, fits: bool| {
        if fits && !tools.contains(&tool) {
            tools.push(tool);
        }
    };
    add("metric_history", reading.plots() && metrics > 0);
    add("compare_runs", runs > 1);
    add("parameter_impact", !reading.places.is_empty() && reading.means("compare") && parameters > 0);
    add("parameter_impact", reading.means("impact") && (metrics + parameters > 0 || fill::doubts_parameter(reading)));
    add("parameter_impact", parameters > 0 && metrics > 0 && runs == 0 && !one_end && !many && (asks_whether || reading.means("compare")));
    add("get_run", runs == 1);
    add("list_runs", many);
    add("best_run", one_end && (metrics + parameters + experiments > 0 || reading.means("run")));
    add("get_run", phrases == 1 && metrics + parameters > 0);
    add("list_runs", conditions > 0 || phrases > 0);
    add("best_run", metrics == 1 && parameters == 0 && experiments > 0 && unknown <= 1);
    add("describe_experiment", experiments == 1 && metrics + parameters + runs == 0);
    add("list_experiments", experiments > 1 || count(|part| matches!(part, Part::ExperimentTag { .. })) > 0);
    tools
}
