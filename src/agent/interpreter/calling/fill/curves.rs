//! The arguments of `metric_history`: which curves, on which axes.

use super::steps::step;
use super::{drawn_by, end_phrase};
use crate::agent::conversation::Conversation;
use crate::agent::interpreter::followup::{put_focus, runs_referred_to};
use crate::agent::interpreter::lexicon::End;
use crate::agent::interpreter::reading::{Part, Reading, Span};
use crate::agent::interpreter::vocabulary::{Kind, Vocabulary};
use crate::agent::interpreter::{Arguments, put, put_experiment};
use crate::domain::experiment::ExperimentId;
use crate::domain::filter::{Attribute, Clause, Field, Filter, Test, TextMatch};
use crate::domain::reference::Name;
use crate::domain::run::Run;
use crate::store::{Count, RunQuery};
use crate::tools::{Context, ToolError};

pub(super) fn metric_history(
    arguments: &mut Arguments,
    reading: &Reading,
    conversation: &Conversation,
    vocabulary: &Vocabulary,
) -> Option<()> {
    let names_run = reading.parts().any(|part| matches!(part, Part::Run(_) | Part::Runs(_) | Part::Anaphor(_)));
    let sorts = ["by", "rank", "ranked", "sort", "sorted"].iter().any(|word| reading.says(word));
    let shows_curve = (reading.means("show") || reading.says("see")) && names_run && !reading.metrics().is_empty() && !sorts;
    let is_of_step = names_run && step(reading).is_some() && !reading.metrics().is_empty();
    // Values of several runs at a step stand side by side in a comparison.
    let runs = reading.parts().filter(|part| matches!(part, Part::Run(_))).count();
    let is_compared = is_of_step && runs > 1 && !draws(reading);
    if !(reading.plots() || shows_curve || is_of_step) || is_compared {
        return None;
    }
    put_experiment(arguments, reading);
    let ends = reading.parts().any(|part| matches!(part, Part::End(..)));
    let mut metrics = reading.metrics();
    let by = drawn_by(reading).filter(|_| ends);
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
            // `at which step was the loss of run 3 lowest`: the curve's own end.
            Part::End(..) if names_run => {}
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
    let of_run = runs.iter().find_map(|run| vocabulary.experiment_of_run(run).map(str::to_owned));
    let experiment = of_run
        .or_else(|| reading.experiment().map(str::to_owned))
        .or_else(|| conversation.experiment.as_ref().map(|experiment| experiment.name.clone()));
    // `the loss of run 3`, where there are a train/loss and a val/loss: both.
    if let (Some(experiment), [only]) = (&experiment, metrics.as_slice()) {
        let several = vocabulary.metrics_with(only, experiment);
        if (2..=MOST_AT_ONCE).contains(&several.len()) {
            metrics = several;
        }
    }
    if metrics.is_empty() {
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
    if let Some(step) = step(reading) {
        put(arguments, "step", step);
    }
    if let Some((name, value)) = axis(reading) {
        put(arguments, name, value);
    }
    Some(())
}

/// Whether a picture is asked for in so many words.
fn draws(reading: &Reading) -> bool {
    const PICTURES: [&str; 9] = ["plot", "draw", "graph", "chart", "curve", "curves", "overlay", "picture", "history"];
    PICTURES.iter().any(|word| reading.says(word))
}

/// `train loss, last 3 runs`: a metric and runs, and no word of what is wanted of them. Where the metric has steps, its curves are.
pub(in crate::agent::interpreter) async fn see_bare_curve(
    reading: &mut Reading,
    context: &Context,
    vocabulary: &Vocabulary,
) -> Result<(), ToolError> {
    let Some(metric) = bare_metric(reading) else { return Ok(()) };
    let of_run = reading.parts().find_map(|part| if let Part::Run(name) = part { vocabulary.experiment_of_run(name) } else { None });
    let named = reading.experiment().or(of_run).and_then(|name| vocabulary.experiment_id(name)).or(context.focus.as_ref());
    let Some(id) = named.or_else(|| vocabulary.latest_with_metric(&metric)) else { return Ok(()) };
    if has_steps(&metric, id, Filter::default(), context).await? {
        draw(reading);
    }
    Ok(())
}

/// `the highest loss of run 3`, `how low did its loss get`: an end of one run's own curve, where the metric has steps.
pub(in crate::agent::interpreter) async fn see_own_end(
    reading: &mut Reading,
    context: &Context,
    vocabulary: &Vocabulary,
) -> Result<(), ToolError> {
    let Some((run, metric)) = own_end(reading) else { return Ok(()) };
    let named = reading.experiment().or_else(|| vocabulary.experiment_of_run(&run));
    let Some(id) = named.and_then(|name| vocabulary.experiment_id(name)).or(context.focus.as_ref()) else { return Ok(()) };
    let clause = Clause { field: Field::Attribute(Attribute::RunName), test: Test::Text(TextMatch::Eq, run) };
    if has_steps(&metric, id, Filter { clauses: vec![clause] }, context).await? {
        draw(reading);
    }
    Ok(())
}

/// The run and the metric of a question for an end of one run's own curve.
fn own_end(reading: &Reading) -> Option<(String, String)> {
    let mut runs: Vec<&String> = reading.parts().filter_map(|part| if let Part::Run(name) = part { Some(name) } else { None }).collect();
    runs.dedup();
    let metrics = reading.metrics();
    let ([run], [metric]) = (runs.as_slice(), metrics.as_slice()) else { return None };
    let says_how =
        reading.words.windows(2).any(|pair| matches!(pair, [how, far] if how == "how" && matches!(far.as_str(), "high" | "low" | "far")));
    // `initial loss`, `the first value of the loss`
    let says_all = reading.says("values") && !["last", "latest", "final"].iter().any(|word| reading.says(word));
    let says_first = says_all || reading.says("initial") || reading.says("starting") || reading.says("first") && reading.says("value");
    let says_how = says_how || says_first;
    // `when did run 3 reach its best loss`
    let asks_when = reading.words.first().is_some_and(|word| word == "when");
    let is_end = says_how
        || reading.parts().any(|part| matches!(part, Part::End(End::Highest | End::Lowest, None)))
        || asks_when && reading.parts().any(|part| matches!(part, Part::End(End::Best | End::Worst, None)));
    let names_else = ["compare", "impact", "howmany"].iter().any(|meaning| reading.means(meaning)) || !reading.parameters().is_empty();
    (is_end && !names_else).then(|| ((*run).clone(), metric.clone()))
}

/// Whether a metric has steps in some of the newest runs of an experiment that meet conditions.
async fn has_steps(metric: &str, id: &ExperimentId, filter: Filter, context: &Context) -> Result<bool, ToolError> {
    let experiment_ids = vec![id.clone()];
    let query = RunQuery { experiment_ids, filter, max_results: RUNS_LOOKED_AT, count: Count::Nothing, ..RunQuery::default() };
    let wanted = Name::new(metric);
    let is_drawn = |run: &Run| run.metrics.iter().any(|metric| metric.step > 0 && Name::new(&metric.key).likeness(&wanted).is_some());
    Ok(context.store.runs(&query).await?.items.iter().any(is_drawn))
}

/// Makes a question one for a picture.
fn draw(reading: &mut Reading) {
    let end = reading.words.len();
    reading.spans.push(Span { part: Part::Meaning("plot"), words: end..end, bytes: reading.text.len()..reading.text.len() });
}

/// How many of the newest runs are asked whether a metric has steps.
const RUNS_LOOKED_AT: usize = 5;

/// The metric of a question that is nothing but it, a comma or colon, and runs.
fn bare_metric(reading: &Reading) -> Option<String> {
    let mut spans = reading.spans.iter().filter(|span| !is_article(reading, span));
    let first = spans.next()?;
    let Part::Metric(metric) = &first.part else { return None };
    // Of a training loss nobody asks the last value.
    let of_training = crate::domain::reference::words(metric).iter().any(|word| matches!(word.as_str(), "train" | "training"));
    let is_set_off = of_training || reading.text.get(first.bytes.end..).is_some_and(|rest| rest.starts_with([',', ':']));
    let rest: Vec<&Part> = spans.map(|span| &span.part).collect();
    let is_run = |part: &&Part| matches!(part, Part::Run(_) | Part::Runs(_) | Part::End(_, Some(2..)));
    let is_plain = |part: &Part| is_run(&part) || matches!(part, Part::Experiment(_) | Part::Meaning("run" | "compare") | Part::Filler);
    (is_set_off && rest.iter().any(is_run) && rest.iter().all(|part| is_plain(part))).then(|| metric.clone())
}

fn is_article(reading: &Reading, span: &Span) -> bool {
    span.part == Part::Filler && reading.words.get(span.words.start).is_some_and(|word| matches!(word.as_str(), "the" | "a" | "and" | "of"))
}

/// How many metrics a part of their names may stand for in one chart.
const MOST_AT_ONCE: usize = 3;

/// `train and validation loss`: nobody asks for these two but to see how they went.
pub(in crate::agent::interpreter) fn has_both_splits(reading: &Reading) -> bool {
    let metrics: Vec<Vec<String>> = reading.metrics().iter().map(|metric| crate::domain::reference::words(metric)).collect();
    let of = |words: &[&str], noun: Option<&String>| {
        metrics.iter().any(|metric| metric.last() == noun && metric.iter().any(|word| words.contains(&word.as_str())))
    };
    let nouns = metrics.iter().filter(|metric| metric.len() > 1).map(|metric| metric.last());
    nouns.into_iter().any(|noun| of(&["train", "training"], noun) && of(&["val", "validation", "valid", "eval", "test"], noun))
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
pub(in crate::agent::interpreter) fn axis(reading: &Reading) -> Option<(&'static str, &'static str)> {
    let text = reading.text.to_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
    let asks = ["does", "do", "did", "what", "which", "we", "they", "can"].iter().any(|word| reading.says(word));
    let ends_so = !asks && reading.words.last().is_some_and(|word| word == "log");
    // `make the y axis log`, `y in log`
    let is_log = reading.words.iter().any(|word| matches!(word.as_str(), "log" | "logs" | "logarithmic"));
    let names_axis = reading.words.iter().any(|word| matches!(word.as_str(), "axis" | "axes" | "y" | "scale" | "scaled"));
    if ends_so
        || is_log && names_axis
        || says(&[
            "logy",
            "log scale",
            "log-scale",
            "logarithmic",
            "log axis",
            "log y",
            "logscale",
            "log-y",
            "semilog",
            "log plot",
            "log-plot",
            "log chart",
            "log graph",
            "log curve",
        ])
    {
        return Some(("y_scale", "log"));
    }
    let since_start = says(&["since the start"]) && !says(&["since the start of"]);
    if since_start {
        return Some(("x_axis", "relative_time"));
    }
    if says(&["linear scale", "linear axis", "linearly"]) {
        return Some(("y_scale", "linear"));
    }
    if says(&["wall time", "wall-time", "wall clock", "wall-clock", "walltime", "clock time", "in real time"]) {
        return Some(("x_axis", "wall_time"));
    }
    let sorts = ["sort", "sorted", "rank", "ranked", "order", "ordered"].iter().any(|word| reading.says(word));
    if sorts || says(&["by training time"]) && !reading.means("plot") {
        return None;
    }
    let times = ["time", "seconds", "minutes"].iter().any(|word| reading.says(word));
    if times && says(&["instead of step", "rather than step", "not step", "x axis", "x-axis"]) {
        return Some(("x_axis", "relative_time"));
    }
    // `its training time` is how long it took.
    let over_training =
        says(&["over training time", "against training time", "vs training time", "by training time", "training time axis"]);
    if says(&["relative time", "elapsed", "since start", "over seconds", "in seconds"]) || over_training {
        return Some(("x_axis", "relative_time"));
    }
    None
}
