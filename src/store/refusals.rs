//! What every store refuses before it is asked: MLflow's own rules for what is written, and for what is sorted by.

use std::collections::HashSet;

use super::StoreError;
use crate::domain::experiment::{NewExperiment, Tag};
use crate::domain::filter::{ExperimentOrder, Field, RunOrder};

/// `MAX_EXPERIMENT_NAME_LENGTH = 500` (MLflow, `utils/validation.py`).
const MAX_NAME: usize = 500;
/// `MAX_ENTITY_KEY_LENGTH = 250` (as above).
const MAX_TAG_KEY: usize = 250;
/// `MAX_EXPERIMENT_TAG_VAL_LENGTH`: 5,000 up to MLflow 3.14, 20,000 since.
const MAX_TAG_VALUE: usize = 20_000;

/// Refuses what MLflow would refuse, before the store is touched.
pub(super) fn refuse_unfit_experiment(new: &NewExperiment) -> Result<(), StoreError> {
    let conflict = |message: String| Err(StoreError::Conflict(message));
    if new.name.trim().is_empty() {
        return conflict(format!("an experiment needs a name that is not blank, not `{}`", new.name));
    }
    let length = new.name.chars().count();
    if length > MAX_NAME {
        return conflict(format!("an experiment's name has at most {MAX_NAME} characters, not {length}"));
    }
    for (position, tag) in new.tags.iter().enumerate() {
        if let Some(fault) = fault_of_tag(tag) {
            return conflict(fault);
        }
        if new.tags.iter().take(position).any(|earlier| earlier.key == tag.key) {
            return conflict(format!("the tag `{}` stands twice: give it one value", tag.key));
        }
    }
    Ok(())
}

fn fault_of_tag(tag: &Tag) -> Option<String> {
    let key = &tag.key;
    // "^[/\w.\- :]*$", and "names must be ... normalized paths" (MLflow, utils/validation.py).
    let is_spelled_well = key.chars().all(|letter| letter.is_alphanumeric() || "/_.- :".contains(letter));
    let is_plain_path = key.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    if !is_spelled_well || !is_plain_path {
        return Some(format!(
            "the tag key `{key}` is refused by MLflow: use letters, digits, `_`, `-`, `.`, `:`, blanks, and single `/` between parts"
        ));
    }
    let (key_length, value_length) = (key.chars().count(), tag.value.chars().count());
    if key_length > MAX_TAG_KEY {
        return Some(format!("a tag key has at most {MAX_TAG_KEY} characters, not {key_length}"));
    }
    (value_length > MAX_TAG_VALUE)
        .then(|| format!("the value of the tag `{key}` has {value_length} characters, and a tag holds at most {MAX_TAG_VALUE}"))
}

/// Sort keys of one search. SQLite, MLflow's own too, joins at most 64 tables.
const MAX_SORT_KEYS: usize = 32;

/// Refuses sort keys that no store can sort by.
pub(super) fn refuse_order(orders: &[RunOrder]) -> Result<(), StoreError> {
    if orders.len() > MAX_SORT_KEYS {
        let message = format!("a search has at most {MAX_SORT_KEYS} sort keys, not {}", orders.len());
        return Err(StoreError::InvalidQuery(message));
    }
    let mut seen = HashSet::new();
    for order in orders {
        if matches!(order.field, Field::Dataset(_)) {
            let message = "runs cannot be sorted by dataset fields: sort by a metric, parameter, tag or attribute";
            return Err(StoreError::InvalidQuery(message.to_owned()));
        }
        if !seen.insert(&order.field) {
            let message = format!("the sort key `{}` stands twice: name each key once", order.field);
            return Err(StoreError::InvalidQuery(message));
        }
    }
    Ok(())
}

/// Refuses sort keys of experiments that no store can sort by.
pub(super) fn refuse_experiment_order(orders: &[ExperimentOrder]) -> Result<(), StoreError> {
    if orders.iter().any(|order| order.field.column_name().is_none()) {
        let message = "experiments cannot be sorted by tags: sort by name, experiment_id, creation_time or last_update_time";
        return Err(StoreError::InvalidQuery(message.to_owned()));
    }
    Ok(())
}
