//! The plans of the statements: what SQLite, without statistics, makes of each in both forms of the schema.
//!
//! MLflow never runs ANALYZE, so these are the plans of a real store of any size. A plan that scans more than `runs` once,
//! or builds an index of its own, is the quadratic one that this store exists to avoid.

use std::collections::BTreeSet;

use rusqlite::{Connection, params_from_iter};

use super::experiments;
use super::history;
use super::keys::{ACTIVE_RUNS, KeyTable};
use super::probe::{self, Schema};
use super::runs;
use super::schema;
use super::search;
use super::statement::Statement;
use super::summaries;
use super::table;
use crate::domain::experiment::ExperimentId;
use crate::domain::filter::{ExperimentFilter, Filter, RunOrder};
use crate::store::{ExperimentQuery, RunQuery, TableQuery};

/// What MLflow 3.18 has made of the schema of 2.9, as far as these statements can see.
const MIGRATED: &str = "ALTER TABLE experiments ADD COLUMN workspace VARCHAR(63) NOT NULL DEFAULT 'default';
     CREATE INDEX idx_experiments_workspace ON experiments (workspace);
     CREATE INDEX idx_experiments_workspace_creation_time ON experiments (workspace, creation_time);
     ALTER TABLE inputs ADD COLUMN step BIGINT NOT NULL DEFAULT '0';
     CREATE INDEX index_metrics_run_uuid_key_step ON metrics (run_uuid, key, step);";

/// Both forms of the schema, empty: without statistics the rows make no difference.
fn stores() -> [(Connection, Schema); 2] {
    [false, true].map(|is_migrated| {
        let connection = Connection::open_in_memory().unwrap();
        schema::create(&connection).unwrap();
        if is_migrated {
            connection.execute_batch(MIGRATED).unwrap();
        }
        connection.create_scalar_function("number_in_text", 1, rusqlite::functions::FunctionFlags::SQLITE_UTF8, |_| Ok(1.0)).unwrap();
        let schema = probe::probe(&connection, std::path::Path::new("memory")).unwrap();
        assert_eq!((schema.has_workspaces, schema.has_history_index), (is_migrated, is_migrated));
        (connection, schema)
    })
}

fn plan(connection: &Connection, statement: &Statement) -> Vec<String> {
    let explain = format!("EXPLAIN QUERY PLAN {}", statement.text);
    let mut prepared = connection.prepare(&explain).unwrap();
    let steps = prepared.query_map(params_from_iter(&statement.values), |row| row.get(3)).unwrap();
    steps.collect::<Result<_, _>>().unwrap()
}

/// Checks that each step is one of `allowed`, a list of beginnings, and that every one of these occurs.
#[track_caller]
fn check(connection: &Connection, statement: &Statement, allowed: &[&str]) {
    let steps = plan(connection, statement);
    let mut met: BTreeSet<&str> = BTreeSet::new();
    for step in &steps {
        let known = allowed.iter().find(|allowed| step.starts_with(**allowed));
        assert!(known.is_some(), "`{step}` is not expected in the plan of {}\n{}", statement.text, steps.join("\n"));
        met.extend(known);
    }
    assert_eq!(met.len(), allowed.len(), "the plan of {}\n{}", statement.text, steps.join("\n"));
}

fn with_values(text: &str, values: &[&str]) -> Statement {
    Statement { text: text.to_owned(), values: values.iter().map(|value| (*value).to_owned().into()).collect() }
}

fn run_query(filter: &str, order_by: &[&str]) -> RunQuery {
    RunQuery {
        experiment_ids: vec![ExperimentId("1".to_owned()), ExperimentId("2".to_owned())],
        filter: Filter::parse(filter).unwrap(),
        order_by: order_by.iter().map(|key| RunOrder::parse(key).unwrap()).collect(),
        max_results: 10,
        ..RunQuery::default()
    }
}

/// The list of experiments, read once, with the filter that SQLite makes of it.
const IDS: [&str; 3] = ["LIST SUBQUERY", "SCAN json_each VIRTUAL TABLE", "CREATE BLOOM FILTER"];
const SORT: &str = "USE TEMP B-TREE FOR ORDER BY";

#[test]
fn a_search_scans_the_runs_once_and_looks_up_the_rest() {
    let check_search = |filter: &str, order_by: &[&str], expected: &[&str]| {
        for (connection, schema) in stores() {
            let statement = search::page_statement(schema, &run_query(filter, order_by), 11, 0).unwrap();
            check(&connection, &statement, &[&["SCAN r", SORT], &IDS[..], expected].concat());
        }
    };
    check_search("", &[], &[]);
    check_search("status = 'FINISHED' AND start_time > 5", &["end_time"], &[]);
    let by_key = |table: &str, alias: &str| format!("SEARCH {alias} USING INDEX sqlite_autoindex_{table}_1 (key=? AND run_uuid=?)");
    check_search("", &["metrics.f1 DESC"], &[&format!("{} LEFT-JOIN", by_key("latest_metrics", "o0"))]);
    check_search(
        "",
        &["params.a", "tags.b DESC"],
        &[&format!("{} LEFT-JOIN", by_key("params", "o0")), &format!("{} LEFT-JOIN", by_key("tags", "o1"))],
    );
    check_search("metrics.f1 > 1", &[], &["CORRELATED SCALAR SUBQUERY", &by_key("latest_metrics", "k")]);
    check_search("params.a LIKE 'x'", &[], &["CORRELATED SCALAR SUBQUERY", &by_key("params", "k")]);
    check_search("params.a > 5", &[], &["CORRELATED SCALAR SUBQUERY", &by_key("params", "k")]);
    check_search("run_name ILIKE 'x'", &[], &["CORRELATED SCALAR SUBQUERY", &by_key("tags", "k")]);
    let is_there = "SEARCH k USING COVERING INDEX sqlite_autoindex_tags_1 (key=? AND run_uuid=?)";
    check_search("tags.a IS NULL", &[], &["CORRELATED SCALAR SUBQUERY", is_there]);
    check_search("tags.a IS NOT NULL", &[], &["CORRELATED SCALAR SUBQUERY", is_there]);
}

#[test]
fn a_search_by_run_ids_or_datasets_begins_with_these() {
    let by_id = "SEARCH r USING INDEX sqlite_autoindex_runs_1 (run_uuid=?)";
    for (connection, schema) in stores() {
        let statement = search::page_statement(schema, &run_query("run_id IN ('a', 'b')", &[]), 11, 0).unwrap();
        check(&connection, &statement, &[by_id, SORT, IDS[0], IDS[1], IDS[2]]);
        let by_source = "SEARCH i USING COVERING INDEX sqlite_autoindex_inputs_1 (source_type=? AND source_id=? AND destination_type=?)";
        let statement = search::page_statement(schema, &run_query("dataset.name = 'd'", &[]), 11, 0).unwrap();
        check(&connection, &statement, &[by_id, SORT, IDS[0], IDS[1], IDS[2], "SCAN d", by_source]);
        let statement = search::page_statement(schema, &run_query("dataset.context = 'eval'", &[]), 11, 0).unwrap();
        let steps = plan(&connection, &statement);
        assert!(steps.iter().any(|step| step.starts_with("SEARCH i USING INDEX index_inputs_input_uuid")), "{steps:?}");
        assert!(steps.iter().any(|step| step.contains("index_datasets_dataset_uuid")), "{steps:?}");
    }
}

#[test]
fn a_table_looks_up_its_cells_by_primary_key() {
    for (connection, schema) in stores() {
        let keys = ["f1".to_owned()];
        let query = TableQuery { experiment_ids: vec![ExperimentId("1".to_owned())], ..TableQuery::default() };
        let statement = table::statement(schema, &query, &keys, &keys).unwrap();
        let expected = [
            "SCAN r",
            IDS[0],
            IDS[1],
            IDS[2],
            "SEARCH m0 USING INDEX sqlite_autoindex_latest_metrics_1 (key=? AND run_uuid=?) LEFT-JOIN",
            "SEARCH p0 USING INDEX sqlite_autoindex_params_1 (key=? AND run_uuid=?) LEFT-JOIN",
            "CORRELATED SCALAR SUBQUERY",
            "SEARCH t USING INDEX sqlite_autoindex_tags_1 (key=? AND run_uuid=?)",
        ];
        check(&connection, &statement, &expected);
    }
}

#[test]
fn a_run_is_read_by_its_id() {
    for (connection, _) in stores() {
        check(&connection, &with_values(runs::RUN, &["r"]), &["SEARCH runs USING INDEX sqlite_autoindex_runs_1 (run_uuid=?)"]);
        check(&connection, &with_values(runs::PARAMS, &["r"]), &["SEARCH params USING INDEX index_params_run_uuid (run_uuid=?)"]);
        check(&connection, &with_values(runs::TAGS, &["r"]), &["SEARCH tags USING INDEX index_tags_run_uuid (run_uuid=?)"]);
        let by_run = "SEARCH latest_metrics USING INDEX index_latest_metrics_run_uuid (run_uuid=?)";
        check(&connection, &with_values(runs::METRICS, &["r"]), &[by_run]);
    }
}

#[test]
fn a_history_is_a_range_of_an_index_that_begins_with_the_run() {
    let [(old, old_schema), (new, new_schema)] = stores();
    let statement = |schema: Schema| with_values(&history::statement(schema), &["r", "k", "0", "9"]);
    check(&old, &statement(old_schema), &["SEARCH metrics USING INDEX index_metrics_run_uuid (run_uuid=?)"]);
    check(
        &new,
        &statement(new_schema),
        &["SEARCH metrics USING INDEX index_metrics_run_uuid_key_step (run_uuid=? AND key=? AND step>? AND step<?)"],
    );
}

#[test]
fn summaries_go_from_runs_to_what_they_logged() {
    for (connection, _) in stores() {
        let by_run = |table: &str, alias: &str| format!("SEARCH {alias} USING INDEX index_{table}_run_uuid (run_uuid=?)");
        check(&connection, &with_values(summaries::METRICS, &["1"]), &["SCAN r", &by_run("latest_metrics", "m")]);
        check(&connection, &with_values(summaries::PARAMS, &["1"]), &["SCAN r", &by_run("params", "p")]);
        let distinct = "USE TEMP B-TREE FOR DISTINCT";
        check(&connection, &with_values(summaries::TAG_VALUES, &["1", "2"]), &["SCAN r", &by_run("tags", "t"), distinct]);
    }
}

#[test]
fn keys_are_found_by_leaping_through_the_primary_key() {
    for (connection, _) in stores() {
        for (keys, table) in [(KeyTable::Metrics, "latest_metrics"), (KeyTable::Params, "params")] {
            let covering = format!("SEARCH k USING COVERING INDEX sqlite_autoindex_{table}_1");
            check(&connection, &with_values(&keys.next_key(), &[""]), &[&format!("{covering} (key>?)")]);
            check(&connection, &with_values(&keys.runs_of_key(), &["k"]), &[&format!("{covering} (key=?)")]);
            let by_id = "SEARCH r USING INDEX sqlite_autoindex_runs_1 (run_uuid=?)";
            check(&connection, &with_values(&keys.is_logged_in(), &["k", "1"]), &[&format!("{covering} (key=?)"), by_id]);
            check(&connection, &with_values(&keys.logs(), &["k", "r"]), &[&format!("{covering} (key=? AND run_uuid=?)")]);
        }
        check(
            &connection,
            &with_values(ACTIVE_RUNS, &["[1]"]),
            &[
                "SCAN r",
                "LIST SUBQUERY",
                "SCAN json_each VIRTUAL TABLE",
                "CREATE BLOOM FILTER",
                "SEARCH e USING INTEGER PRIMARY KEY (rowid=?)",
            ],
        );
    }
}

#[test]
fn experiments_are_few_and_scanned() {
    for (connection, schema) in stores() {
        let filter = ExperimentFilter::parse("name ILIKE '%a%' AND tags.team = 'x'").unwrap();
        let query = ExperimentQuery { filter, max_results: 10, ..ExperimentQuery::default() };
        let statement = experiments::page_statement(schema, &query, 11, 0).unwrap();
        let by_key = "SEARCH k USING INDEX sqlite_autoindex_experiment_tags_1 (key=? AND experiment_id=?)";
        check(&connection, &statement, &["SCAN e", "CORRELATED SCALAR SUBQUERY", by_key, SORT]);
    }
}
