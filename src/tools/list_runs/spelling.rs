//! What to say where no run passes a filter because it spells a parameter's value in other letters.

use std::collections::BTreeSet;

use crate::domain::experiment::Experiment;
use crate::domain::filter::{Field, Filter, Test, TextMatch};
use crate::store::{Reach, TableQuery};
use crate::tools::error::ToolError;
use crate::tools::tool::Context;
use crate::tools::view::plain;

/// Values of parameters that no run has as the filter spells them, though some have them in other letters: `false` for Python's `False`.
pub(super) async fn spelled_otherwise(context: &Context, experiment: &Experiment, filter: &Filter) -> Result<Vec<String>, ToolError> {
    let mut told = Vec::new();
    for clause in &filter.clauses {
        let (Field::Param(key), Test::Text(TextMatch::Eq, value)) = (&clause.field, &clause.test) else { continue };
        let query = TableQuery {
            experiment_ids: vec![experiment.id.clone()],
            param_keys: vec![key.clone()],
            reach: Reach::Newest,
            ..TableQuery::default()
        };
        let table = context.store.run_table(&query).await?;
        let logged: BTreeSet<&str> = table.rows.iter().filter_map(|row| row.params.first()?.as_deref()).collect();
        let alike: Vec<String> =
            logged.iter().filter(|one| one.eq_ignore_ascii_case(value)).map(|one| format!("`{}`", plain(one))).collect();
        if !logged.contains(value.as_str()) && !alike.is_empty() {
            told.push(format!("no run has `{}` for {}, but some have {}", plain(value), plain(key), alike.join(", ")));
        }
    }
    Ok(told)
}
