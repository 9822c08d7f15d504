//! Parameter impact: how strongly the parameters of runs go with a metric.
//!
//! Each parameter is taken alone. An effect is an association: runs that were tuned together, or few runs, show effects
//! that no change of the parameter would bring, so every figure comes with the number of runs and a p-value.

mod categorical;
mod numeric;
mod sums;
mod tails;

use super::metric::ValueClass;
use super::run::RunTable;

pub use categorical::{Category, Groups};
pub use numeric::{Coefficient, Correlation};

/// Fewer runs with both values than this say nothing: of four runs in random order, one in twelve is perfectly ranked.
pub const LEAST_RUNS: usize = 5;

/// How the parameters of a set of runs go with a metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Impact {
    /// All runs looked at.
    pub run_count: usize,
    /// Runs with a finite value of the metric: the only ones used.
    pub used: usize,
    /// Runs that did not log the metric.
    pub missing: usize,
    /// Runs that logged it as NaN or infinite.
    pub not_finite: usize,
    /// Parameters with an effect that could be measured, strongest first.
    pub effects: Vec<Effect>,
    /// Parameters without, by name.
    pub left_out: Vec<LeftOut>,
}

/// How one parameter goes with the metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// The parameter.
    pub parameter: String,
    /// Runs with both the parameter and a finite value of the metric.
    pub n: usize,
    /// Runs with a finite value of the metric but without the parameter.
    pub missing: usize,
    /// How many different values the parameter has in the n runs.
    pub distinct: usize,
    /// The figures.
    pub measure: Measure,
}

/// The figures of an effect, by the kind of parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Measure {
    /// Every value is a finite number.
    Numeric(Correlation),
    /// Some value is text, `true` and `false` among it.
    Categorical(Groups),
}

impl Effect {
    /// The share of the metric's variance that goes with the parameter, from 0 to 1, adjusted for chance so that numbers
    /// and categories, many runs and few, can be put in one order.
    ///
    /// With R² the larger of Pearson's and Spearman's coefficient squared, or eta squared, it is
    /// 1 − (1 − R²)(n − 1)/(n − k), where k is 2 for a number and the number of categories else (Ezekiel's adjusted R²,
    /// Kelley's epsilon squared), and 0 where that is negative.
    #[must_use]
    pub fn strength(&self) -> f64 {
        let (share, fitted) = match &self.measure {
            Measure::Numeric(correlation) => (correlation.pearson.value.abs().max(correlation.spearman.value.abs()).powi(2), 2),
            Measure::Categorical(groups) => (groups.eta_squared, groups.categories.len()),
        };
        let left = self.n.saturating_sub(fitted);
        if left == 0 {
            return 0.0;
        }
        (1.0 - (1.0 - share) * (self.n as f64 - 1.0) / left as f64).max(0.0)
    }
}

/// A parameter whose effect was not measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The parameter.
    pub parameter: String,
    /// Runs with both the parameter and a finite value of the metric.
    pub n: usize,
    /// Why.
    pub reason: LeftOutReason,
}

/// Why a parameter's effect was not measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeftOutReason {
    /// Fewer than [`LEAST_RUNS`] runs have both values.
    TooFewRuns,
    /// All n runs have this value.
    Constant {
        /// The text of the parameter.
        value: String,
    },
    /// The metric has one value in all n runs.
    MetricConstant,
    /// There are more than half as many different texts as runs: names, paths or dates, not settings.
    Identifier {
        /// How many different texts.
        distinct: usize,
    },
}

/// How each parameter of `table` goes with its metric `metric_key`, over the runs that have both.
///
/// A blank parameter counts as missing, and so does Python's `None` beside nothing but numbers: it is how clients log a number that
/// was not set. A parameter is a number if every value is one, whatever few values it takes.
/// A table without the metric's column has no run with the metric.
#[must_use]
pub fn parameter_impact(table: &RunTable, metric_key: &str) -> Impact {
    let column = table.metric_keys.iter().position(|key| key == metric_key);
    let value_of = |metrics: &[Option<f64>]| column.and_then(|column| metrics.get(column).copied().flatten());
    let mut impact = Impact { run_count: table.rows.len(), used: 0, missing: 0, not_finite: 0, effects: Vec::new(), left_out: Vec::new() };
    let mut runs: Vec<(f64, &[Option<String>])> = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        match value_of(&row.metrics) {
            None => impact.missing += 1,
            Some(value) if !ValueClass::of(value).is_finite() => impact.not_finite += 1,
            Some(value) => runs.push((value, &row.params)),
        }
    }
    impact.used = runs.len();

    for (column, parameter) in table.param_keys.iter().enumerate() {
        let mut pairs: Vec<(&str, f64)> = runs.iter().filter_map(|(value, params)| Some((text_at(params, column)?, *value))).collect();
        if pairs.iter().any(|(text, _)| *text != UNSET) && pairs.iter().all(|(text, _)| *text == UNSET || finite_number(text).is_some()) {
            pairs.retain(|(text, _)| *text != UNSET);
        }
        match measure(&pairs) {
            Ok((distinct, measure)) => impact.effects.push(Effect {
                parameter: parameter.clone(),
                n: pairs.len(),
                missing: runs.len() - pairs.len(),
                distinct,
                measure,
            }),
            Err(reason) => impact.left_out.push(LeftOut { parameter: parameter.clone(), n: pairs.len(), reason }),
        }
    }
    impact.effects.sort_by(|left, right| right.strength().total_cmp(&left.strength()).then_with(|| left.parameter.cmp(&right.parameter)));
    impact.left_out.sort_by(|left, right| left.parameter.cmp(&right.parameter));
    impact
}

/// The effect of one parameter, from its texts and the metric's finite values in the same runs, with the number of different values.
///
/// # Errors
/// Why the effect cannot be measured.
pub fn measure(pairs: &[(&str, f64)]) -> Result<(usize, Measure), LeftOutReason> {
    let Some((first_text, first_value)) = pairs.first().filter(|_| pairs.len() >= LEAST_RUNS) else {
        return Err(LeftOutReason::TooFewRuns);
    };
    let values: Vec<f64> = pairs.iter().map(|(_, value)| *value).collect();
    let numbers: Option<Vec<f64>> = pairs.iter().map(|(text, _)| finite_number(text)).collect();
    let distinct = match &numbers {
        Some(numbers) => distinct_numbers(numbers),
        None => distinct_texts(pairs),
    };
    if distinct == 1 {
        return Err(LeftOutReason::Constant { value: (*first_text).to_owned() });
    }
    if values.iter().all(|value| value == first_value) {
        return Err(LeftOutReason::MetricConstant);
    }
    let measure = match numbers {
        Some(numbers) => Correlation::of(&numbers, &values).map(Measure::Numeric),
        None if distinct * 2 > pairs.len() => return Err(LeftOutReason::Identifier { distinct }),
        None => Groups::of(pairs).map(Measure::Categorical),
    };
    measure.map(|measure| (distinct, measure)).ok_or(LeftOutReason::MetricConstant)
}

/// What Python's clients log for a parameter that is not set.
const UNSET: &str = "None";

fn text_at(params: &[Option<String>], column: usize) -> Option<&str> {
    params.get(column)?.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

fn finite_number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn distinct_numbers(numbers: &[f64]) -> usize {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.dedup();
    sorted.len()
}

fn distinct_texts(pairs: &[(&str, f64)]) -> usize {
    let mut texts: Vec<&str> = pairs.iter().map(|(text, _)| *text).collect();
    texts.sort_unstable();
    texts.dedup();
    texts.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::experiment::ExperimentId;
    use crate::domain::run::{RunId, RunRow, RunStatus};

    fn table(param_keys: &[&str], rows: &[(Option<f64>, &[&str])]) -> RunTable {
        let row = |(metric, params): &(Option<f64>, &[&str])| RunRow {
            id: RunId(String::new()),
            name: String::new(),
            experiment_id: ExperimentId(String::new()),
            status: RunStatus::Finished,
            start: None,
            end: None,
            metrics: vec![*metric],
            params: params.iter().map(|text| (*text != "-").then(|| (*text).to_owned())).collect(),
        };
        RunTable {
            metric_keys: vec!["f1".to_owned()],
            param_keys: param_keys.iter().map(|key| (*key).to_owned()).collect(),
            rows: rows.iter().map(row).collect(),
            complete: true,
        }
    }

    #[test]
    fn effects_are_sorted_by_strength_and_the_rest_is_told() {
        let rows: [(Option<f64>, &[&str]); 9] = [
            (Some(0.50), &["0.1", "adam", "run a", "7", "-", "2"]),
            (Some(0.61), &["0.2", "adam", "run b", "7", "-", "9"]),
            (Some(0.68), &["0.3", "sgd", "run c", "7", "-", "1"]),
            (Some(0.82), &["0.4", "sgd", "run d", "7.0", "-", "4"]),
            (Some(0.90), &["0.5", "sgd", "run e", "7", "1", "4"]),
            (Some(0.91), &["-", "sgd", "run f", "7", " ", "5"]),
            (Some(f64::NAN), &["0.7", "sgd", "run g", "7", "2", "1"]),
            (Some(f64::MAX), &["0.7", "sgd", "run g", "7", "2", "1"]),
            (None, &["0.8", "sgd", "run h", "7", "3", "1"]),
        ];
        let impact = parameter_impact(&table(&["rate", "optimizer", "name", "seed", "rare", "noise"], &rows), "f1");
        assert_eq!((impact.run_count, impact.used, impact.missing, impact.not_finite), (9, 6, 1, 2));

        let found: Vec<_> =
            impact.effects.iter().map(|effect| (effect.parameter.as_str(), effect.n, effect.missing, effect.distinct)).collect();
        assert_eq!(found, [("rate", 5, 1, 5), ("optimizer", 6, 0, 2), ("noise", 6, 0, 5)]);
        let left_out: Vec<_> =
            impact.left_out.iter().map(|left_out| (left_out.parameter.as_str(), left_out.n, left_out.reason.clone())).collect();
        assert_eq!(
            left_out,
            [
                ("name", 6, LeftOutReason::Identifier { distinct: 6 }),
                ("rare", 1, LeftOutReason::TooFewRuns),
                ("seed", 6, LeftOutReason::Constant { value: "7".to_owned() }),
            ]
        );
        for effect in &impact.effects {
            assert!((0.0..=1.0).contains(&effect.strength()), "{effect:?}");
        }
    }

    #[test]
    fn true_and_false_are_categories_and_few_numbers_stay_numbers() {
        let rows: [(Option<f64>, &[&str]); 6] = [
            (Some(1.0), &["true", "0"]),
            (Some(2.0), &["true", "0"]),
            (Some(3.0), &["true", "1"]),
            (Some(4.0), &["false", "1"]),
            (Some(5.0), &["false", "1"]),
            (Some(6.0), &["false", "1e0"]),
        ];
        let impact = parameter_impact(&table(&["flag", "number"], &rows), "f1");
        let measure_of = |parameter: &str| impact.effects.iter().find(|effect| effect.parameter == parameter).map(|effect| &effect.measure);
        assert!(matches!(measure_of("flag"), Some(Measure::Categorical(groups)) if groups.categories.len() == 2));
        assert!(matches!(measure_of("number"), Some(Measure::Numeric(_))));
    }

    #[test]
    fn none_beside_numbers_is_a_number_that_was_not_set() {
        let rows: [(Option<f64>, &[&str]); 6] = [
            (Some(1.0), &["3", "None", "None"]),
            (Some(2.0), &["None", "l2", "None"]),
            (Some(3.0), &["5", "None", "None"]),
            (Some(4.0), &["7", "l2", "None"]),
            (Some(5.0), &["9", "None", "None"]),
            (Some(6.0), &["11", "l2", "None"]),
        ];
        let impact = parameter_impact(&table(&["max_depth", "penalty", "seed"], &rows), "f1");
        let depth = impact.effects.iter().find(|effect| effect.parameter == "max_depth").unwrap();
        assert!(matches!(depth.measure, Measure::Numeric(_)));
        assert_eq!((depth.n, depth.missing), (5, 1));
        let penalty = impact.effects.iter().find(|effect| effect.parameter == "penalty").unwrap();
        assert!(matches!(&penalty.measure, Measure::Categorical(groups) if groups.categories.len() == 2));
        assert_eq!(impact.left_out[0].reason, LeftOutReason::Constant { value: "None".to_owned() });
    }

    #[test]
    fn strength_allows_for_the_number_of_runs_and_categories() {
        let strength_of = |measure: Measure| Effect { parameter: String::new(), n: 6, missing: 0, distinct: 2, measure }.strength();
        let groups = Groups::of(&[("a", 1.0), ("a", 2.0), ("a", 3.0), ("b", 4.0), ("b", 5.0), ("b", 6.0)]).unwrap();
        // Total 17.5, within 4, by hand.
        assert!((strength_of(Measure::Categorical(groups)) - (1.0 - 4.0 / 17.5 * 5.0 / 4.0)).abs() < 1e-12);
        let groups = Groups::of(&[("a", 1.0), ("a", 3.0), ("b", 4.0), ("b", 6.0), ("c", 7.0), ("c", 9.0)]).unwrap();
        // Total 42, within 6, by hand.
        assert!((strength_of(Measure::Categorical(groups)) - (1.0 - 6.0 / 42.0 * 5.0 / 3.0)).abs() < 1e-12);
        let coefficient = |value: f64| Coefficient { value, p_value: 0.5 };
        let numeric = |pearson, spearman| Measure::Numeric(Correlation { pearson: coefficient(pearson), spearman: coefficient(spearman) });
        assert!((strength_of(numeric(0.5, -0.8)) - (1.0 - 0.36 * 5.0 / 4.0)).abs() < 1e-12);
        assert_eq!(strength_of(numeric(1.0, 1.0)), 1.0);
        assert_eq!(strength_of(numeric(0.1, 0.1)), 0.0);
    }

    #[test]
    fn a_metric_of_one_value_has_no_effects() {
        let rows: Vec<(Option<f64>, &[&str])> =
            ["1", "2", "3", "4", "5"].iter().map(|text| (Some(0.5), std::slice::from_ref(text))).collect();
        let impact = parameter_impact(&table(&["depth"], &rows), "f1");
        assert_eq!(impact.left_out, [LeftOut { parameter: "depth".to_owned(), n: 5, reason: LeftOutReason::MetricConstant }]);
    }

    #[test]
    fn a_table_without_the_metric_has_no_run_with_it() {
        let impact = parameter_impact(&table(&["depth"], &[(Some(1.0), &["3"])]), "loss");
        assert_eq!((impact.used, impact.missing), (0, 1));
        assert_eq!(impact.left_out.len(), 1);
        assert_eq!(parameter_impact(&table(&[], &[]), "f1").effects, []);
    }
}
