//! Which metric or parameter is meant.

use crate::domain::experiment::{Experiment, ExperimentId};
use crate::domain::filter::{Attribute, Field, Filter, RunOrder};
use crate::domain::metric::{PRIMARY_METRIC_TAG, primary_metric};
use crate::domain::reference::{Found, Name, find, words};
use crate::tools::error::ToolError;
use crate::tools::tool::Context;
use crate::tools::view::plain;

/// The parameter keys of an experiment's active runs.
///
/// # Errors
/// Where the store fails.
pub async fn param_keys(context: &Context, id: &ExperimentId) -> Result<Vec<String>, ToolError> {
    Ok(context.store.param_keys_of(id).await?)
}

/// The key among `keys` that `reference` means.
///
/// # Errors
/// [`ToolError::NotFound`] or [`ToolError::Ambiguous`] with candidates.
pub fn key_among(what: &'static str, reference: &str, keys: &[String]) -> Result<String, ToolError> {
    let names: Vec<Name> = keys.iter().map(|key| Name::new(key)).collect();
    match find(reference, &names) {
        Found::One(index, _) => keys.get(index).cloned().ok_or_else(|| no_such(what, reference, &names)),
        Found::Several(several) => Err(ToolError::Ambiguous {
            what,
            given: reference.to_owned(),
            candidates: several.iter().filter_map(|index| keys.get(*index)).map(|key| plain(key)).collect(),
        }),
        Found::Nothing(_) => Err(no_such(what, reference, &names)),
    }
}

/// The metric of the experiment that `reference` means. A key that is spelled exactly is not looked for among all of them, which on a
/// server are those of many runs.
///
/// # Errors
/// As [`key_among`].
pub async fn metric_key(context: &Context, id: &ExperimentId, reference: &str) -> Result<String, ToolError> {
    if context.store.logs_metric(id, reference).await? {
        return Ok(reference.to_owned());
    }
    key_among("metric", reference, &context.store.metric_keys_of(id).await?)
}

/// As [`metric_key`], of a parameter.
///
/// # Errors
/// As [`key_among`].
pub async fn param_key(context: &Context, id: &ExperimentId, reference: &str) -> Result<String, ToolError> {
    if context.store.has_param(id, reference).await? {
        return Ok(reference.to_owned());
    }
    key_among("parameter", reference, &context.store.param_keys_of(id).await?)
}

/// The experiment's primary metric: what "best" means when nobody says by what.
///
/// # Errors
/// [`ToolError::Nothing`] where no metric is logged.
pub async fn primary(context: &Context, experiment: &Experiment) -> Result<String, ToolError> {
    if let Some(tagged) = experiment.tag(PRIMARY_METRIC_TAG).map(str::trim)
        && context.store.logs_metric(&experiment.id, tagged).await?
    {
        return Ok(tagged.to_owned());
    }
    let counts = context.store.metric_counts(&experiment.id).await?;
    primary_metric(counts.iter().map(|(key, runs)| (key.as_str(), *runs)), &experiment.tags)
        .map(str::to_owned)
        .ok_or_else(|| ToolError::Nothing(format!("no metric is logged in `{}` yet", plain(&experiment.name))))
}

/// The filter that `text` writes in MLflow's grammar, its metric and parameter keys resolved as references.
///
/// # Errors
/// [`ToolError::InvalidArguments`] where the text is no filter, with the place; else as [`key_among`].
pub async fn filter(context: &Context, experiment: &Experiment, text: Option<&str>) -> Result<Filter, ToolError> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(Filter::default()) };
    let mut filter = Filter::parse(text).map_err(|fault| ToolError::InvalidArguments(format!("argument `filter`: {fault}")))?;
    for clause in &mut filter.clauses {
        clause.field = field(context, experiment, clause.field.clone()).await?;
    }
    Ok(filter)
}

/// The field with its metric or parameter key resolved.
///
/// # Errors
/// As [`key_among`].
pub async fn field(context: &Context, experiment: &Experiment, field: Field) -> Result<Field, ToolError> {
    Ok(match field {
        Field::Metric(key) => Field::Metric(metric_key(context, &experiment.id, &key).await?),
        Field::Param(key) => Field::Param(param_key(context, &experiment.id, &key).await?),
        other @ (Field::Tag(_) | Field::Attribute(_) | Field::Dataset(_)) => other,
    })
}

/// The word for an experiment's primary metric where runs are sorted.
const PRIMARY: &str = "best";

/// Whether a sort key is no metric or parameter.
#[must_use]
pub fn is_attribute(text: &str) -> bool {
    text == PRIMARY || attribute(text).is_some()
}

fn attribute(text: &str) -> Option<Attribute> {
    match words(text).join(" ").as_str() {
        "start" | "start time" | "time" | "date" | "created" | "created at" | "newest" => Some(Attribute::StartTime),
        "end" | "end time" => Some(Attribute::EndTime),
        "name" | "run name" => Some(Attribute::RunName),
        _ => None,
    }
}

/// What runs may be sorted by: `metrics.f1_score`, `params.n`, `start_time`, or the bare name of a metric or parameter.
///
/// # Errors
/// As [`key_among`].
pub async fn sort_field(context: &Context, experiment: &Experiment, text: &str) -> Result<Field, ToolError> {
    if let Ok(order) = RunOrder::parse(text) {
        return field(context, experiment, order.field).await;
    }
    if let Some(attribute) = attribute(text) {
        return Ok(Field::Attribute(attribute));
    }
    if text == PRIMARY {
        return Ok(Field::Metric(primary(context, experiment).await?));
    }
    match metric_key(context, &experiment.id, text).await {
        Ok(key) => Ok(Field::Metric(key)),
        Err(fault) => match param_key(context, &experiment.id, text).await {
            Ok(key) => Ok(Field::Param(key)),
            Err(_) => Err(fault),
        },
    }
}

/// That nothing is called so, with the nearest names.
pub(super) fn no_such(what: &'static str, reference: &str, names: &[Name]) -> ToolError {
    let nearest = match find(reference, names) {
        Found::One(index, _) => vec![index],
        Found::Several(indices) | Found::Nothing(indices) => indices,
    };
    let mut candidates: Vec<String> = Vec::new();
    for name in nearest.into_iter().filter_map(|index| names.get(index)) {
        if !candidates.contains(&plain(name.text())) {
            candidates.push(plain(name.text()));
        }
    }
    ToolError::NotFound { what, given: reference.to_owned(), candidates }
}
