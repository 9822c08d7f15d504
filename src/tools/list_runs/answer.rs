//! What is shown of a list of runs: a sentence, a table and a chart.

use std::collections::BTreeSet;

use super::Runs;
use crate::domain::chart::{Chart, Plot, Prepared, RankedBar, Ranking, Standing};
use crate::tools::tool::View;
use crate::tools::view::{Extreme, Resolved, RunView, Table, counted, filter_in_words, listed, plain, shown, shown_duration};

/// How many runs the answer tells in words where there are no more.
const SHORT: usize = 5;

/// How many it tells of a longer list.
const HEAD: usize = 3;

impl Runs {
    /// The runs at the head of the list in words, behind a lead; nothing where there is nothing to say of them.
    fn leaders(&self, lead: &str, told: impl Fn(&RunView) -> Option<String>) -> String {
        let count = if self.runs.len() <= SHORT { SHORT } else { HEAD };
        let told: Vec<String> = self.runs.iter().take(count).map_while(told).collect();
        if told.is_empty() { String::new() } else { format!("{lead}{}", told.join(", then ")) }
    }
}

impl View for Runs {
    fn resolved(&self) -> &Resolved {
        &self.resolved
    }

    fn caveats(&self) -> &[String] {
        &self.caveats
    }

    fn prose(&self) -> String {
        let place = self.resolved.experiment.as_ref().map(|experiment| format!(" in {}", experiment.name)).unwrap_or_default();
        let filter = filter_in_words(&self.filter);
        let filter = format!("{filter}{}", self.bounds.in_words());
        let total = self.total.unwrap_or(self.returned as u64);
        if total == 0 {
            return format!("No run{place}{filter} was found.");
        }
        let verb = if total == 1 { "is" } else { "are" };
        let mut said = format!("There {verb} {}{place}{filter}", counted(total, "run"));
        let is_one_of_many = self.returned == 1 && total > 1;
        if (self.returned as u64) < total && !is_one_of_many {
            said.push_str(&format!("; here are {}", self.returned));
        }
        if self.sorted_by.starts_with("duration") {
            let which = if self.sorted_by.ends_with("ASC") { "shortest" } else { "longest" };
            if !is_one_of_many {
                said.push_str(&format!(", {which} first"));
            }
            let lead = if is_one_of_many { format!("; the {which}, ") } else { "; ".to_owned() };
            let took = |run: &RunView| match run.duration_seconds {
                Some(seconds) => format!("took {}", shown_duration(seconds)),
                None => "has not ended".to_owned(),
            };
            let comma = if is_one_of_many { "," } else { "" };
            said.push_str(&self.leaders(&lead, |run| Some(format!("{}{comma} {}", run.run_name, took(run)))));
        } else if let Some(metric) = &self.sort_metric {
            said.push_str(&format!(", sorted by {metric}"));
            let value = |run: &RunView| run.metrics.get(&plain(metric)).map(|value| shown(value.0));
            said.push_str(&self.leaders("; first is ", |run| Some(format!("{} with {}", run.run_name, value(run)?))));
            let without: Vec<String> = self.runs.iter().filter(|run| value(run).is_none()).map(|run| run.run_name.clone()).collect();
            match without.len() {
                0 => {}
                1..=SHORT => said.push_str(&format!("; without it {}", listed(&without))),
                count => said.push_str(&format!("; {count} without it")),
            }
        } else if let Some(parameter) = &self.sort_parameter {
            said.push_str(&format!(", sorted by {parameter}"));
            let value = |run: &RunView| run.parameters.get(&plain(parameter)).map(|value| value.0.clone());
            said.push_str(&self.leaders("; first is ", |run| Some(format!("{} with {}", run.run_name, value(run)?))));
        } else if is_one_of_many {
            let which = match (self.sorted_by.starts_with("attributes.start_time"), self.sorted_by.ends_with("ASC")) {
                (true, true) => "earliest",
                (true, false) => "latest",
                (false, _) => "first",
            };
            said.push_str(&self.leaders(&format!("; the {which} is "), |run| Some(run.run_name.clone())));
        } else if self.runs.len() <= 10 {
            let names: Vec<String> = self.runs.iter().map(|run| run.run_name.clone()).collect();
            said.push_str(&format!(": {}", names.join(", ")));
        }
        said.push('.');
        said
    }

    fn table(&self) -> Option<Table> {
        table_of(&self.runs, &self.named)
    }

    fn chart(&self) -> Option<Prepared> {
        let metric = self.sort_metric.as_ref()?;
        let best_first = match self.resolved.direction.as_ref().map(|direction| direction.order) {
            Some(Extreme::Min) => self.sorted_by.ends_with("ASC"),
            _ => self.sorted_by.ends_with("DESC"),
        };
        let bars: Vec<RankedBar> = self
            .runs
            .iter()
            .filter_map(|run| Some((run, run.metrics.get(&plain(metric))?)))
            .enumerate()
            .map(|(index, (run, value))| RankedBar {
                label: run.run_name.clone(),
                value: value.0,
                standing: if index == 0 && best_first { Standing::Best } else { Standing::Other },
            })
            .collect();
        let place = self.resolved.experiment.as_ref().map(|experiment| experiment.name.as_str());
        Some(Chart::prepare(&format!("Runs by {metric}"), place, Plot::Ranking(Ranking { metric: metric.clone(), bars })))
    }
}

/// How many metric columns a table of runs has at most.
const METRIC_COLUMNS: usize = 3;

/// How many parameter columns a table of runs has at most.
const PARAMETER_COLUMNS: usize = 2;

/// Runs as rows: name, status, what is named of their metrics and parameters and the first few others, start and duration.
pub(in crate::tools) fn table_of(runs: &[RunView], named: &[String]) -> Option<Table> {
    if runs.is_empty() {
        return None;
    }
    let metrics = columns_of(runs.iter().flat_map(|run| run.metrics.keys()), named, METRIC_COLUMNS);
    let parameters = columns_of(runs.iter().flat_map(|run| run.parameters.keys()), named, PARAMETER_COLUMNS);
    let mut columns: Vec<String> = vec!["run".into(), "status".into()];
    columns.extend(metrics.iter().cloned());
    columns.extend(parameters.iter().cloned());
    columns.extend(["started".into(), "took".into()]);
    let row = |run: &RunView| {
        let mut cells = vec![run.run_name.clone(), run.status.to_owned()];
        cells.extend(metrics.iter().map(|key| run.metrics.get(key).map_or("–".into(), |value| shown(value.0))));
        cells.extend(parameters.iter().map(|key| run.parameters.get(key).map_or("–".into(), |value| value.0.clone())));
        cells.push(run.created_at.as_deref().and_then(|at| at.get(..10)).unwrap_or("–").to_owned());
        cells.push(run.duration_seconds.map_or("–".into(), shown_duration));
        cells
    };
    Some(Table { columns, rows: runs.iter().map(row).collect() })
}

/// All the keys that are named, and of the others the first, up to a number.
fn columns_of<'a>(keys: impl Iterator<Item = &'a String>, named: &[String], at_most: usize) -> Vec<String> {
    let keys: BTreeSet<&String> = keys.collect();
    let mut columns: Vec<String> = Vec::new();
    for key in named.iter().filter(|key| keys.contains(key)) {
        if !columns.contains(key) {
            columns.push(key.clone());
        }
    }
    let room = at_most.saturating_sub(columns.len());
    let others: Vec<String> = keys.into_iter().filter(|key| !columns.contains(*key)).take(room).cloned().collect();
    columns.extend(others);
    columns
}
