//! Filters of the same conditions, however they are spelt.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Within, bipartite};
use crate::domain::filter::{Attribute, Clause, Field, Filter, Test};

/// A filter in MLflow's search grammar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SameFilter {
    filter: String,
    /// How far each time in it (`start_time`, `end_time`) may be off, either way; nothing unless given.
    #[serde(default, skip_serializing_if = "Within::is_none")]
    within: Within,
}

impl SameFilter {
    /// Whether a text is a filter of the same conditions.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        same(&self.filter, text, self.within)
    }

    /// Whether it is a filter at all.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn check(&self) -> Result<(), String> {
        Filter::parse(&self.filter).map(|_| ()).map_err(|fault| format!("`{}` is no filter: {fault}", self.filter))
    }

    /// The filter as it was written.
    #[must_use]
    pub fn filter(&self) -> &str {
        &self.filter
    }
}

/// Whether two filters have the same conditions. One that cannot be read is only itself.
#[must_use]
pub fn same_filter(one: &str, other: &str) -> bool {
    same(one, other, Within::default())
}

fn same(one: &str, other: &str, within: Within) -> bool {
    match (Filter::parse(one), Filter::parse(other)) {
        (Ok(one), Ok(other)) => {
            let (one, other) = (distinct(one.clauses), distinct(other.clauses));
            one.len() == other.len() && bipartite::is_perfect(&one, &other, |clause, found| same_clause(clause, found, within))
        }
        (Err(_), _) | (_, Err(_)) => one == other,
    }
}

fn same_clause(one: &Clause, other: &Clause, within: Within) -> bool {
    match (&one.field, &one.test, &other.test) {
        (Field::Attribute(attribute), Test::Number(comparison, time), Test::Number(found, other_time)) if attribute.is_time() => {
            // Milliseconds since 1970 are whole.
            one.field == other.field && comparison == found && within.holds(*time as i64, *other_time as i64)
        }
        _ => one.test == other.test && (one.field == other.field || is_user(&one.field) && is_user(&other.field)),
    }
}

/// Whether a field holds who started a run: MLflow keeps that in the tag, and in the attribute of old.
fn is_user(field: &Field) -> bool {
    match field {
        Field::Attribute(attribute) => *attribute == Attribute::UserId,
        Field::Tag(key) => key == "mlflow.user",
        Field::Metric(_) | Field::Param(_) | Field::Dataset(_) => false,
    }
}

fn distinct(clauses: Vec<Clause>) -> Vec<Clause> {
    let mut kept: Vec<Clause> = Vec::new();
    for clause in clauses {
        if !kept.contains(&clause) {
            kept.push(clause);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_compared_as_trees_and_their_punctuation_counts() {
        let check = |one: &str, other: &str, expected: bool| assert_eq!(same_filter(one, other), expected, "{one} | {other}");
        check("metrics.f1 > 0.9 AND params.a = 'x'", "params.a = 'x' and metrics.`f1` > .9", true);
        check("metrics.loss < 0.5", "metrics.loss < 05", false);
        check("metrics.loss < 0.5", "metrics.loss < -0.5", false);
        check("metrics.loss < 0.5", "metrics.loss <= 0.5", false);
        check("metrics.`val/f1` > 0", "metrics.\"val/f1\" > 0", true);
        check("metrics.`val/f1` > 0", "metrics.`val_f1` > 0", false);
        check("attributes.run_name = 'run-015'", "attributes.run_name = 'run015'", false);
        check("metrics.f1 > 0.9", "metrics.f1 > 0.9 AND metrics.f1 > 0.9", true);
        check("metrics.f1 > 0.9", "metrics.f1 > 0.9 AND metrics.f1 < 1", false);
        check("attributes.user_id = 'ana'", "tags.`mlflow.user` = 'ana'", true);
        check("attributes.user_id = 'ana'", "tags.user = 'ana'", false);
        check("nonsense", "nonsense", true);
    }

    #[test]
    fn times_in_a_filter_may_be_off_and_nothing_else() {
        let check = |other: &str, expected: bool| {
            let filter: SameFilter = serde_json::from_value(serde_json::json!({
                "filter": "attributes.start_time > 1772323200000 AND attributes.start_time <= 1772928000000 AND metrics.loss < 0.5",
                "within": "1d",
            }))
            .unwrap();
            assert_eq!(filter.holds(other), expected, "{other}");
        };
        check("metrics.loss < 0.5 AND start_time <= 1772928000000 AND start_time > 1772323200000", true);
        check("metrics.loss < 0.5 AND start_time <= 1772841600000 AND start_time > 1772409600000", true);
        check("metrics.loss < 0.5 AND start_time <= 1772928000000 AND start_time > 1772409600001", false);
        check("metrics.loss < 0.5 AND start_time <= 1772928000000 AND start_time >= 1772323200000", false);
        check("metrics.loss < 0.5 AND start_time <= 1772928000000 AND end_time > 1772323200000", false);
        check("metrics.loss < 0.6 AND start_time <= 1772928000000 AND start_time > 1772323200000", false);
        check("metrics.loss < 0.5 AND start_time > 1772323200000", false);
    }
}
