//! `parameter_impact`: which parameters move a metric.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::ToolError;
use super::resolve::{self, Wants};
use super::tool::{Access, Context, Method, Route, Tool, View};
use super::view::{Number, Resolved, Table, plain, shown};
use crate::domain::chart::{self, Chart, ImpactBar, Plot, Prepared};
use crate::domain::impact::{self, Effect, Groups, Impact, LEAST_RUNS, LeftOut, LeftOutReason, Measure};
use crate::store::{Reach, TableQuery};

/// Tells which parameters go with a metric in an experiment: correlation of numeric ones, mean and median per category of others. An association, no proof of cause.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ParameterImpact {
    /// Id, name or part of it; left out, the one that logs the metric.
    experiment: Option<String>,
    /// As people say it; left out, the experiment's primary metric.
    metric: Option<String>,
    /// Only these parameters.
    parameters: Option<Vec<String>>,
    /// Only these runs, in MLflow's search grammar.
    filter: Option<String>,
}

/// Which parameters move a metric.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ImpactView {
    /// The metric.
    metric: String,
    /// Runs looked at.
    run_count: usize,
    /// Runs with a finite value of the metric: the only ones used.
    used: usize,
    /// Parameters by the strength of their association, strongest first.
    parameters: Vec<EffectView>,
    /// Parameters whose effect could not be measured.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<LeftOutView>,
    /// What the references led to.
    resolved: Resolved,
    /// What was left out or assumed.
    caveats: Vec<String>,
}

/// How one parameter goes with the metric.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct EffectView {
    /// The parameter.
    pub(super) parameter: String,
    /// Runs with both values.
    pub(super) n: usize,
    /// Share of the metric's variance that goes with the parameter, 0 to 1, adjusted for chance.
    pub(super) strength: Number,
    /// Pearson's correlation, -1 to 1; numeric parameters only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pearson: Option<Number>,
    /// Two-sided p-value of Pearson's correlation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pearson_p: Option<Number>,
    /// Spearman's rank correlation, -1 to 1; numeric parameters only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) spearman: Option<Number>,
    /// Two-sided p-value of Spearman's correlation.
    #[serde(skip_serializing_if = "Option::is_none")]
    spearman_p: Option<Number>,
    /// Eta squared: share of variance between the categories, 0 to 1; other parameters only.
    #[serde(skip_serializing_if = "Option::is_none")]
    eta_squared: Option<Number>,
    /// The metric in each category, best-populated first; other parameters only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    categories: Vec<CategoryView>,
}

/// The metric in one category of a parameter.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct CategoryView {
    /// The parameter's value.
    value: String,
    /// Runs with it.
    n: usize,
    /// Mean of the metric.
    mean: Number,
    /// Median of the metric.
    median: Number,
}

/// A parameter without a measured effect.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct LeftOutView {
    /// The parameter.
    parameter: String,
    /// Why.
    why: String,
}

/// How many categories of a parameter an answer lists.
const CATEGORIES_SHOWN: usize = 12;

impl Tool for ParameterImpact {
    const NAME: &'static str = "parameter_impact";
    const TITLE: &'static str = "Measure parameter impact";
    const ACCESS: Access = Access::Read;
    const ROUTE: Route = Route { method: Method::Get, path: "/api/v1/ml/experiments/{experiment}/impact" };
    const PHRASES: &'static [&'static str] = &[
        "which parameters matter",
        "which parameters matter most for {metric}",
        "which parameters influence {metric}",
        "which parameters have the most impact on {metric}",
        "what drives {metric}",
        "what influences {metric}",
        "what affects {metric}",
        "parameter importance",
        "parameter importance for {metric}",
        "does {parameter} affect {metric}",
        "how does {parameter} affect {metric}",
        "does {parameter} make {metric} {direction}",
        "does more {parameter} make the {metric} {direction}",
        "how does {parameter} influence {metric}",
        "is {metric} correlated with any parameter",
        "is {metric} correlated with {parameter}",
        "does {metric} depend on {parameter}",
        "correlation between {parameter} and {metric}",
        "correlation of {parameter} with {metric}",
        "effect of {parameter} on {metric}",
        "impact of {parameter} on {metric}",
        "which settings influence {metric} the {direction}",
        "which parameters matter {direction}",
        "which parameters matter for {metric} in {experiment}",
        "which parameter has the {direction} impact on {metric}",
        "what matters for {metric}",
        "how important is {parameter}",
        "does {parameter} matter for {metric}",
        "what has the {direction} influence on {metric}",
    ];
    const DRAWS: bool = true;
    const DETAILS: &'static [&'static str] = &["parameters.*.pearson_p", "parameters.*.spearman_p", "parameters.*.categories", "left_out"];
    type Output = ImpactView;

    async fn call(self, context: &Context) -> Result<ImpactView, ToolError> {
        let metrics: Vec<String> = self.metric.iter().cloned().collect();
        let parameters = self.parameters.clone().unwrap_or_default();
        let place =
            resolve::place(context, self.experiment.as_deref(), Wants { metrics: &metrics, parameters: &parameters, ..Wants::default() })
                .await?;
        let metric = match &self.metric {
            Some(reference) => resolve::metric_key(context, &place.experiment.id, reference).await?,
            None => resolve::primary(context, &place.experiment).await?,
        };
        let known = resolve::param_keys(context, &place.experiment.id).await?;
        let asked = asked_parameters(self.parameters.as_deref(), &known)?;
        let query = TableQuery {
            experiment_ids: vec![place.experiment.id.clone()],
            filter: resolve::filter(context, &place.experiment, self.filter.as_deref()).await?,
            metric_keys: vec![metric.clone()],
            param_keys: if asked.is_empty() { known } else { asked.clone() },
            reach: Reach::All,
        };
        let measured = impact::parameter_impact(&context.store.run_table(&query).await?, &metric);
        let mut caveats: Vec<String> = place.caveat().into_iter().collect();
        caveats.extend(few_runs_caveat(&metric, &measured));
        let left_out: Vec<LeftOutView> = measured.left_out.iter().map(LeftOutView::of).collect();
        if !asked.is_empty() && measured.used >= LEAST_RUNS {
            caveats.extend(left_out.iter().map(|one| format!("{} was not measured: {}", one.parameter, one.why)));
        }
        if measured.missing + measured.not_finite > 0 {
            caveats.push(format!(
                "left out: {} runs without {}, {} with NaN or an infinite value",
                measured.missing,
                plain(&metric),
                measured.not_finite
            ));
        }
        if !measured.effects.is_empty() {
            caveats.push("an association over the runs that were made, not a proof of cause".to_owned());
        }
        Ok(ImpactView {
            metric: plain(&metric),
            run_count: measured.run_count,
            used: measured.used,
            parameters: measured.effects.iter().map(EffectView::of).collect(),
            left_out,
            resolved: Resolved {
                experiment: Some(place.resolved()),
                metrics: vec![plain(&metric)],
                parameters: asked.iter().map(|key| plain(key)).collect(),
                ..Resolved::default()
            },
            caveats,
        })
    }
}

/// The parameters that the references mean; none where none are given.
pub(super) fn asked_parameters(references: Option<&[String]>, known: &[String]) -> Result<Vec<String>, ToolError> {
    references.unwrap_or_default().iter().map(|reference| resolve::key_among("parameter", reference, known)).collect()
}

/// Where there are too few runs for any figure.
pub(super) fn few_runs_caveat(metric: &str, measured: &Impact) -> Option<String> {
    (measured.used < LEAST_RUNS)
        .then(|| format!("only {} runs have a number for {}; parameter impact needs at least {LEAST_RUNS}", measured.used, plain(metric)))
}

impl EffectView {
    /// Of a measured effect.
    pub(super) fn of(effect: &Effect) -> Self {
        let mut view = Self {
            parameter: plain(&effect.parameter),
            n: effect.n,
            strength: Number(effect.strength()),
            pearson: None,
            pearson_p: None,
            spearman: None,
            spearman_p: None,
            eta_squared: None,
            categories: Vec::new(),
        };
        match &effect.measure {
            Measure::Numeric(correlation) => {
                view.pearson = Some(Number(correlation.pearson.value));
                view.pearson_p = Some(Number(correlation.pearson.p_value));
                view.spearman = Some(Number(correlation.spearman.value));
                view.spearman_p = Some(Number(correlation.spearman.p_value));
            }
            Measure::Categorical(groups) => {
                view.eta_squared = Some(Number(groups.eta_squared));
                view.categories = categories(groups);
            }
        }
        view
    }

    fn sentence(&self) -> String {
        match (self.pearson, self.spearman, self.eta_squared) {
            (Some(pearson), Some(spearman), _) => {
                format!("{} (Pearson {}, Spearman {}, n {})", self.parameter, shown_share(pearson), shown_share(spearman), self.n)
            }
            (_, _, Some(eta)) => {
                let best = self.categories.iter().max_by(|left, right| left.mean.0.total_cmp(&right.mean.0));
                let best = best.map(|best| format!(", highest mean {} for {}", shown(best.mean.0), best.value)).unwrap_or_default();
                format!("{} (eta squared {}, n {}{best})", self.parameter, shown_share(eta), self.n)
            }
            _ => self.parameter.clone(),
        }
    }
}

/// A share or correlation with four digits.
fn shown_share(value: Number) -> String {
    format!("{:.4}", value.0)
}

fn categories(groups: &Groups) -> Vec<CategoryView> {
    let category = |category: &impact::Category| CategoryView {
        value: plain(&category.value),
        n: category.n,
        mean: Number(category.mean),
        median: Number(category.median),
    };
    groups.categories.iter().take(CATEGORIES_SHOWN).map(category).collect()
}

impl LeftOutView {
    fn of(left_out: &LeftOut) -> Self {
        let why = match &left_out.reason {
            LeftOutReason::TooFewRuns => format!("only {} runs have both values, fewer than {LEAST_RUNS}", left_out.n),
            LeftOutReason::Constant { value } => format!("always {}", plain(value)),
            LeftOutReason::MetricConstant => "the metric has one value in all these runs".to_owned(),
            LeftOutReason::Identifier { distinct } => format!("{distinct} different texts in {} runs: a name, not a setting", left_out.n),
        };
        Self { parameter: plain(&left_out.parameter), why }
    }
}

impl View for ImpactView {
    fn resolved(&self) -> &Resolved {
        &self.resolved
    }

    fn caveats(&self) -> &[String] {
        &self.caveats
    }

    fn prose(&self) -> String {
        let place = self.resolved.experiment.as_ref().map(|experiment| format!(" in {}", experiment.name)).unwrap_or_default();
        if self.parameters.is_empty() {
            return format!("No parameter's impact on {}{place} can be measured from {} runs.", self.metric, self.used);
        }
        let strongest: Vec<String> = self.parameters.iter().take(3).map(EffectView::sentence).collect();
        format!("What goes with {}{place} most, over {} runs: {}.", self.metric, self.used, strongest.join("; "))
    }

    fn table(&self) -> Option<Table> {
        let columns = ["parameter", "strength", "pearson", "spearman", "eta²", "n"].map(str::to_owned).to_vec();
        let cell = |value: Option<Number>| value.map_or("–".to_owned(), shown_share);
        let row = |effect: &EffectView| {
            vec![
                effect.parameter.clone(),
                shown_share(effect.strength),
                cell(effect.pearson),
                cell(effect.spearman),
                cell(effect.eta_squared),
                effect.n.to_string(),
            ]
        };
        let rows: Vec<Vec<String>> = self.parameters.iter().map(row).collect();
        (!rows.is_empty()).then_some(Table { columns, rows })
    }

    fn chart(&self) -> Option<Prepared> {
        let bar = |effect: &EffectView| Some(ImpactBar { label: effect.parameter.clone(), value: effect.spearman?.0, run_count: effect.n });
        let bars: Vec<ImpactBar> = self.parameters.iter().filter_map(bar).collect();
        if bars.is_empty() {
            return None;
        }
        let measure = format!("Spearman correlation with {}", self.metric);
        let place = self.resolved.experiment.as_ref().map(|experiment| experiment.name.as_str());
        Some(Chart::prepare(&format!("What goes with {}", self.metric), place, Plot::Impact(chart::Impact { measure, bars })))
    }
}
