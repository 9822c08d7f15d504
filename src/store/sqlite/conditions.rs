//! Filters as SQL conditions.
//!
//! MLflow joins one subquery a clause, which SQLite without statistics runs in quadratic time. Here each clause is a scalar
//! subquery by primary key, asked of one run at a time: SQLite neither materialises nor reorders it, and there is no limit
//! of joined tables.

use super::fault::Fault;
use super::probe::Schema;
use super::statement::Statement;
use crate::domain::experiment::{ExperimentId, View};
use crate::domain::filter::{
    Attribute, Clause, Comparison, DatasetField, ExperimentClause, ExperimentField, ExperimentFilter, Field, Filter, Test, TextMatch,
};
use crate::store::StoreError;

/// The lifecycle stages that a view sees, as a condition on `alias`.
pub(super) fn push_view(statement: &mut Statement, alias: &str, view: View) {
    let stages = match view {
        View::ActiveOnly => "= 'active'",
        View::DeletedOnly => "= 'deleted'",
        View::All => "IN ('active', 'deleted')",
    };
    statement.push(&format!("{alias}.lifecycle_stage {stages}"));
}

/// The runs `r` of these experiments in this view that pass the filter.
pub(super) fn push_run_conditions(
    statement: &mut Statement,
    schema: Schema,
    experiments: &[ExperimentId],
    view: View,
    filter: &Filter,
) -> Result<(), Fault> {
    refuse(filter.fault())?;
    statement.push("r.experiment_id IN ");
    statement.bind_list(experiments.iter().filter_map(|id| number_of(&id.0)));
    statement.push(" AND ");
    push_view(statement, "r", view);
    for clause in &filter.clauses {
        statement.push(" AND ");
        push_run_clause(statement, schema, clause)?;
    }
    Ok(())
}

/// The number that an experiment's id is in this store; other texts name no experiment.
pub(super) fn number_of(id: &str) -> Option<i64> {
    id.parse().ok()
}

fn refuse(fault: Option<String>) -> Result<(), Fault> {
    fault.map_or(Ok(()), |fault| Err(Fault::Told(StoreError::InvalidQuery(fault))))
}

fn push_run_clause(statement: &mut Statement, schema: Schema, clause: &Clause) -> Result<(), Fault> {
    match &clause.field {
        Field::Metric(key) => push_keyed(statement, "latest_metrics", key, &clause.test, push_metric_test),
        Field::Param(key) => push_keyed(statement, "params", key, &clause.test, push_param_test),
        Field::Tag(key) => push_keyed(statement, "tags", key, &clause.test, push_param_test),
        // As MLflow: "The name column in the runs table is empty for runs logged in MLflow <= 1.29.0"
        // (store/tracking/sqlalchemy_store.py).
        Field::Attribute(Attribute::RunName) => push_keyed(statement, "tags", "mlflow.runName", &clause.test, push_param_test),
        Field::Attribute(attribute) => push_test(statement, &format!("r.{}", column_of(*attribute)), &clause.test),
        Field::Dataset(field) => push_dataset(statement, schema, *field, &clause.test)?,
    }
    Ok(())
}

/// The column of `runs` that holds an attribute.
pub(super) fn column_of(attribute: Attribute) -> &'static str {
    match attribute {
        Attribute::RunId => "run_uuid",
        Attribute::RunName => "name",
        Attribute::Status => "status",
        Attribute::UserId => "user_id",
        Attribute::ArtifactUri => "artifact_uri",
        Attribute::StartTime => "start_time",
        Attribute::EndTime => "end_time",
    }
}

/// A test of the row of `table` with this key: NULL, so false, where there is none.
fn push_keyed(statement: &mut Statement, table: &str, key: &str, test: &Test, push_test: fn(&mut Statement, &Test)) {
    statement.push("(SELECT ");
    match test {
        Test::IsNull | Test::IsNotNull => statement.push("1"),
        Test::Number(..) | Test::Text(..) | Test::OneOf(_) | Test::NoneOf(_) => push_test(statement, test),
    }
    statement.push(&format!(" FROM {table} AS k WHERE k.key = "));
    statement.bind(key.to_owned());
    statement.push(" AND k.run_uuid = r.run_uuid)");
    match test {
        Test::IsNull => statement.push(" IS NULL"),
        Test::IsNotNull => statement.push(" IS NOT NULL"),
        Test::Number(..) | Test::Text(..) | Test::OneOf(_) | Test::NoneOf(_) => {}
    }
}

fn push_metric_test(statement: &mut Statement, test: &Test) {
    // MLflow stores NaN as 0 beside a flag: that 0 passes nothing, and NaN differs from every number.
    statement.push(match test {
        Test::Number(Comparison::Ne, _) => "k.is_nan = 1 OR ",
        Test::Number(..) | Test::Text(..) | Test::OneOf(_) | Test::NoneOf(_) | Test::IsNull | Test::IsNotNull => "k.is_nan = 0 AND ",
    });
    push_test(statement, "k.value", test);
}

fn push_param_test(statement: &mut Statement, test: &Test) {
    let looked_at = if matches!(test, Test::Number(..)) { "number_in_text(k.value)" } else { "k.value" };
    push_test(statement, looked_at, test);
}

/// `expression` compared with bound values.
fn push_test(statement: &mut Statement, expression: &str, test: &Test) {
    match test {
        Test::Number(comparison, number) => {
            statement.push(&format!("{expression} {} ", comparison.sign()));
            statement.bind(*number);
        }
        Test::Text(TextMatch::ILike, text) => {
            // lower() knows ASCII only, here and in MLflow on SQLite.
            statement.push(&format!("lower({expression}) LIKE lower("));
            statement.bind(text.clone());
            statement.push(")");
        }
        Test::Text(how @ (TextMatch::Eq | TextMatch::Ne | TextMatch::Like), text) => {
            statement.push(&format!("{expression} {} ", how.sign()));
            statement.bind(text.clone());
        }
        Test::OneOf(texts) => {
            statement.push(&format!("{expression} IN "));
            statement.bind_list(texts.iter().map(String::as_str));
        }
        Test::NoneOf(texts) => {
            statement.push(&format!("{expression} NOT IN "));
            statement.bind_list(texts.iter().map(String::as_str));
        }
        Test::IsNull => statement.push(&format!("{expression} IS NULL")),
        Test::IsNotNull => statement.push(&format!("{expression} IS NOT NULL")),
    }
}

/// Some dataset of the run passes: `!=` keeps a run that used another dataset, even beside the named one.
fn push_dataset(statement: &mut Statement, schema: Schema, field: DatasetField, test: &Test) -> Result<(), Fault> {
    if !schema.has_datasets {
        let message = "this store is older than MLflow 2.4 and has no datasets: leave the `dataset` clauses out";
        return Err(Fault::Told(StoreError::InvalidQuery(message.to_owned())));
    }
    // Not correlated: evaluated once. CROSS JOIN keeps SQLite from turning the loops round.
    statement.push("r.run_uuid IN (SELECT i.destination_id FROM ");
    let tested = match field {
        DatasetField::Name | DatasetField::Digest => {
            statement.push(
                "datasets AS d CROSS JOIN inputs AS i ON i.source_id = d.dataset_uuid \
                 WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN' AND ",
            );
            if field == DatasetField::Name { "d.name" } else { "d.digest" }
        }
        DatasetField::Context => {
            // `+` keeps SQLite from the index on destination_type, which holds for every input.
            statement.push(
                "input_tags AS t CROSS JOIN inputs AS i ON i.input_uuid = t.input_uuid \
                 CROSS JOIN datasets AS d ON d.dataset_uuid = i.source_id \
                 WHERE +i.source_type = 'DATASET' AND +i.destination_type = 'RUN' AND t.name = 'mlflow.data.context' AND ",
            );
            "t.value"
        }
    };
    push_test(statement, tested, test);
    statement.push(")");
    Ok(())
}

/// The experiments `e` in this view that pass the filter.
pub(super) fn push_experiment_conditions(statement: &mut Statement, view: View, filter: &ExperimentFilter) -> Result<(), Fault> {
    refuse(filter.fault())?;
    push_view(statement, "e", view);
    for clause in &filter.clauses {
        statement.push(" AND ");
        push_experiment_clause(statement, clause)?;
    }
    Ok(())
}

fn push_experiment_clause(statement: &mut Statement, clause: &ExperimentClause) -> Result<(), Fault> {
    match &clause.field {
        ExperimentField::Name => push_test(statement, "e.name", &clause.test),
        ExperimentField::CreationTime => push_test(statement, "e.creation_time", &clause.test),
        ExperimentField::LastUpdateTime => push_test(statement, "e.last_update_time", &clause.test),
        ExperimentField::ExperimentId => push_id_test(statement, &clause.test)?,
        ExperimentField::Tag(key) => push_experiment_tag(statement, key, &clause.test),
    }
    Ok(())
}

fn push_id_test(statement: &mut Statement, test: &Test) -> Result<(), Fault> {
    let (sign, ids) = match test {
        Test::Text(TextMatch::Eq, id) => ("IN ", std::slice::from_ref(id)),
        Test::Text(_, id) => ("NOT IN ", std::slice::from_ref(id)),
        Test::OneOf(ids) => ("IN ", ids.as_slice()),
        Test::NoneOf(ids) => ("NOT IN ", ids.as_slice()),
        Test::Number(..) | Test::IsNull | Test::IsNotNull => {
            return Err(Fault::Told(StoreError::InvalidQuery(ExperimentField::ExperimentId.takes().to_owned())));
        }
    };
    let mut numbers = Vec::with_capacity(ids.len());
    for id in ids {
        let number = number_of(id)
            .ok_or_else(|| StoreError::InvalidQuery(format!("`{id}` is no experiment id: an id is a whole number, such as `'1'`")))?;
        numbers.push(number);
    }
    statement.push(&format!("e.experiment_id {sign}"));
    statement.bind_list(numbers);
    Ok(())
}

fn push_experiment_tag(statement: &mut Statement, key: &str, test: &Test) {
    statement.push("(SELECT ");
    match test {
        Test::IsNull | Test::IsNotNull => statement.push("1"),
        Test::Number(..) | Test::Text(..) | Test::OneOf(_) | Test::NoneOf(_) => push_test(statement, "k.value", test),
    }
    statement.push(" FROM experiment_tags AS k WHERE k.key = ");
    statement.bind(key.to_owned());
    statement.push(" AND k.experiment_id = e.experiment_id)");
    match test {
        Test::IsNull => statement.push(" IS NULL"),
        Test::IsNotNull => statement.push(" IS NOT NULL"),
        Test::Number(..) | Test::Text(..) | Test::OneOf(_) | Test::NoneOf(_) => {}
    }
}
