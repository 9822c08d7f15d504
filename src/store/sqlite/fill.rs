//! Writes whole experiments into a new store, row for row as MLflow would have logged them.
//!
//! It does not know where the experiments come from. A store that somebody already uses is not its business.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, Statement, Transaction, TransactionBehavior, params};

use super::schema;
use crate::domain::experiment::{Experiment, Lifecycle, Tag};
use crate::domain::metric::{Metric, MetricPoint};
use crate::domain::run::Run;
use crate::store::StoreError;

/// An experiment with its runs, deleted ones among them.
#[derive(Debug, Clone, PartialEq)]
pub struct ExperimentRecord {
    /// The experiment; its id must be a whole number, as in every SQL store of MLflow.
    pub experiment: Experiment,
    /// The folder or URI under which its runs keep their artifacts.
    pub artifact_location: String,
    /// Its runs.
    pub runs: Vec<RunRecord>,
}

/// A run with every point that it logged.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRecord {
    run: Run,
    histories: Histories,
}

/// The points of each metric of a run, by key, in the order of logging.
pub type Histories = BTreeMap<String, Vec<MetricPoint>>;

impl RunRecord {
    /// The run as MLflow keeps it once `histories` are logged.
    ///
    /// Its latest metrics follow from the histories, and its name and user stand among its tags too: MLflow sorts runs by the
    /// column but filters them by the tag `mlflow.runName`.
    #[must_use]
    pub fn new(mut run: Run, histories: Histories) -> Self {
        run.metrics = histories.iter().filter_map(|(key, points)| latest(key, points)).collect();
        let mut tags: BTreeMap<String, String> = run.tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
        tags.insert("mlflow.runName".to_owned(), run.name.clone());
        if let Some(user) = &run.user {
            tags.insert("mlflow.user".to_owned(), user.clone());
        }
        run.tags = tags.into_iter().map(|(key, value)| Tag { key, value }).collect();
        run.params.sort_by(|one, other| one.key.cmp(&other.key));
        Self { run, histories }
    }

    /// The run with the latest value of each metric.
    #[must_use]
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// What it logged.
    #[must_use]
    pub fn histories(&self) -> &Histories {
        &self.histories
    }
}

/// The point with the greatest step, then timestamp, then value, as MLflow compares them: by the values that it stores.
fn latest(key: &str, points: &[MetricPoint]) -> Option<Metric> {
    let newer_last = |one: &&MetricPoint, other: &&MetricPoint| {
        let by_clock = (one.step, one.timestamp).cmp(&(other.step, other.timestamp));
        by_clock.then_with(|| StoredValue::of(one.value).number.total_cmp(&StoredValue::of(other.value).number))
    };
    let point = points.iter().max_by(newer_last)?;
    Some(Metric { key: key.to_owned(), value: point.value, step: point.step, timestamp: point.timestamp })
}

/// A metric value as MLflow's SQL tables hold it, which can hold neither NaN nor an infinity.
struct StoredValue {
    number: f64,
    is_nan: bool,
}

impl StoredValue {
    fn of(value: f64) -> Self {
        let number = if value.is_nan() { 0.0 } else { value.clamp(f64::MIN, f64::MAX) };
        Self { number, is_nan: value.is_nan() }
    }
}

/// Makes the file of a new store that holds `experiments`. What is at `path` must be an empty file or nothing.
///
/// Not safe against a crash meanwhile: write to a name that nobody reads yet.
pub fn write_file(path: &Path, experiments: &[ExperimentRecord]) -> Result<(), StoreError> {
    let write = || -> rusqlite::Result<()> {
        let connection = Connection::open(path)?;
        // A half-written file is thrown away, so neither a journal on disk nor a wait for the disk at each commit serves anybody.
        connection.execute_batch("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON;")?;
        schema::create(&connection)?;
        fill(&connection, experiments)?;
        connection.close().map_err(|(_, error)| error)
    };
    write().map_err(|error| StoreError::Internal(error.to_string()))
}

/// Writes `experiments` into an empty store, all or nothing.
pub(super) fn fill(connection: &Connection, experiments: &[ExperimentRecord]) -> rusqlite::Result<()> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let mut writer = Writer::new(&transaction)?;
    for record in experiments {
        writer.experiment(record)?;
        for run_record in &record.runs {
            writer.run(run_record)?;
        }
    }
    drop(writer);
    transaction.commit()
}

/// The statements, prepared once.
struct Writer<'connection> {
    experiment: Statement<'connection>,
    experiment_tag: Statement<'connection>,
    run: Statement<'connection>,
    param: Statement<'connection>,
    tag: Statement<'connection>,
    latest_metric: Statement<'connection>,
    metric: Statement<'connection>,
}

impl<'connection> Writer<'connection> {
    fn new(connection: &'connection Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            experiment: connection.prepare(
                "INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?,
            experiment_tag: connection.prepare(r#"INSERT INTO experiment_tags (experiment_id, "key", value) VALUES (?1, ?2, ?3)"#)?,
            // MLflow has long stopped to use the source columns, and writes these same constants.
            run: connection.prepare(
                "INSERT INTO runs (run_uuid, name, experiment_id, user_id, status, start_time, end_time, lifecycle_stage, deleted_time,
                    artifact_uri, source_type, source_name, entry_point_name, source_version)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'UNKNOWN', '', '', '')",
            )?,
            param: connection.prepare(r#"INSERT INTO params (run_uuid, "key", value) VALUES (?1, ?2, ?3)"#)?,
            tag: connection.prepare(r#"INSERT INTO tags (run_uuid, "key", value) VALUES (?1, ?2, ?3)"#)?,
            latest_metric: connection.prepare(
                r#"INSERT INTO latest_metrics (run_uuid, "key", value, is_nan, step, timestamp) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"#,
            )?,
            // The same point logged twice is one row to MLflow too.
            metric: connection.prepare(
                r#"INSERT INTO metrics (run_uuid, "key", value, is_nan, step, timestamp) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                   ON CONFLICT DO NOTHING"#,
            )?,
        })
    }

    fn experiment(&mut self, record: &ExperimentRecord) -> rusqlite::Result<()> {
        let experiment = &record.experiment;
        let id = &experiment.id.0;
        self.experiment.execute(params![
            id,
            experiment.name,
            record.artifact_location,
            lifecycle_stage(experiment.lifecycle),
            experiment.created.map(|created| created.0),
            experiment.updated.map(|updated| updated.0),
        ])?;
        for tag in &experiment.tags {
            self.experiment_tag.execute(params![id, tag.key, tag.value])?;
        }
        Ok(())
    }

    fn run(&mut self, record: &RunRecord) -> rusqlite::Result<()> {
        let run = &record.run;
        let id = &run.id.0;
        // The domain does not keep when a run was deleted; the earliest time it can have been is its end.
        let deleted = match run.lifecycle {
            Lifecycle::Active => None,
            Lifecycle::Deleted => run.end.or(run.start),
        };
        self.run.execute(params![
            id,
            run.name,
            run.experiment_id.0,
            run.user.as_deref().unwrap_or_default(),
            run.status.mlflow_name(),
            run.start.map_or(0, |start| start.0),
            run.end.map(|end| end.0),
            lifecycle_stage(run.lifecycle),
            deleted.map(|deleted| deleted.0),
            run.artifact_uri,
        ])?;
        for param in &run.params {
            self.param.execute(params![id, param.key, param.value])?;
        }
        for tag in &run.tags {
            self.tag.execute(params![id, tag.key, tag.value])?;
        }
        for metric in &run.metrics {
            let stored = StoredValue::of(metric.value);
            self.latest_metric.execute(params![id, metric.key, stored.number, stored.is_nan, metric.step, metric.timestamp.0])?;
        }
        for (key, points) in &record.histories {
            for point in points {
                let stored = StoredValue::of(point.value);
                self.metric.execute(params![id, key, stored.number, stored.is_nan, point.step, point.timestamp.0])?;
            }
        }
        Ok(())
    }
}

/// MLflow's word for `lifecycle`.
fn lifecycle_stage(lifecycle: Lifecycle) -> &'static str {
    match lifecycle {
        Lifecycle::Active => "active",
        Lifecycle::Deleted => "deleted",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::experiment::ExperimentId;
    use crate::domain::run::{Param, RunId, RunStatus};
    use crate::domain::time::Timestamp;

    fn point(step: i64, millis: i64, value: f64) -> MetricPoint {
        MetricPoint { step, timestamp: Timestamp(millis), value }
    }

    fn run_with(points: &[MetricPoint]) -> RunRecord {
        let run = Run {
            id: RunId("a".repeat(32)),
            name: "run-1".to_owned(),
            experiment_id: ExperimentId("7".to_owned()),
            status: RunStatus::Failed,
            lifecycle: Lifecycle::Deleted,
            user: Some("ana".to_owned()),
            start: Some(Timestamp(1_000)),
            end: Some(Timestamp(2_000)),
            artifact_uri: "mlflow-artifacts:/7/a/artifacts".to_owned(),
            params: vec![Param { key: "lr".to_owned(), value: "0.1".to_owned() }],
            metrics: Vec::new(),
            tags: vec![Tag { key: "stage".to_owned(), value: "test".to_owned() }],
        };
        RunRecord::new(run, [("loss".to_owned(), points.to_vec())].into())
    }

    fn store_of(run: RunRecord) -> Connection {
        let experiment = Experiment {
            id: ExperimentId("7".to_owned()),
            name: "seven".to_owned(),
            lifecycle: Lifecycle::Active,
            created: Some(Timestamp(500)),
            updated: Some(Timestamp(600)),
            tags: vec![Tag { key: "team".to_owned(), value: "risk".to_owned() }],
        };
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("PRAGMA foreign_keys = ON").unwrap();
        schema::create(&connection).unwrap();
        let record = ExperimentRecord { experiment, artifact_location: "mlflow-artifacts:/7".to_owned(), runs: vec![run] };
        fill(&connection, &[record]).unwrap();
        connection
    }

    /// The rows of a query as SQLite quotes them.
    fn rows(connection: &Connection, columns: &str, rest: &str) -> Vec<String> {
        let quoted: Vec<String> = columns.split(' ').map(|column| format!("quote({column})")).collect();
        let mut statement = connection.prepare(&format!("SELECT concat_ws(' ', {}) FROM {rest}", quoted.join(", "))).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    fn check_latest(points: &[MetricPoint], expected: &str) {
        let connection = store_of(run_with(points));
        assert_eq!(rows(&connection, "value is_nan step timestamp", "latest_metrics"), [expected]);
    }

    #[test]
    fn the_latest_point_has_the_greatest_step_then_time_then_value() {
        check_latest(&[point(2, 1_100, 0.5), point(1, 1_900, 0.25)], "0.5 0 2 1100");
        check_latest(&[point(2, 1_200, 0.5), point(2, 1_100, 0.75)], "0.5 0 2 1200");
        check_latest(&[point(2, 1_100, 0.75), point(2, 1_100, 0.5)], "0.75 0 2 1100");
    }

    #[test]
    fn nan_is_compared_as_the_zero_that_it_is_stored_as() {
        check_latest(&[point(0, 1_100, f64::NAN), point(0, 1_100, 0.5)], "0.5 0 0 1100");
        check_latest(&[point(0, 1_100, f64::NAN), point(0, 1_100, -0.5)], "0.0 1 0 1100");
    }

    #[test]
    fn nan_and_infinities_are_stored_as_mlflow_stores_them() {
        let connection = store_of(run_with(&[point(0, 1, f64::NAN), point(1, 1, f64::INFINITY), point(2, 1, f64::NEG_INFINITY)]));
        let stored = |step: i64| -> (f64, i64) {
            connection.query_row("SELECT value, is_nan FROM metrics WHERE step = ?1", [step], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
        };
        assert_eq!([stored(0), stored(1), stored(2)], [(0.0, 1), (f64::MAX, 0), (f64::MIN, 0)]);
    }

    #[test]
    fn a_point_logged_twice_is_one_row() {
        let connection = store_of(run_with(&[point(1, 1_100, 0.5), point(1, 1_100, 0.5)]));
        assert_eq!(rows(&connection, "key step timestamp value is_nan", "metrics"), ["'loss' 1 1100 0.5 0"]);
    }

    #[test]
    fn rows_are_those_that_mlflow_writes() {
        let connection = store_of(run_with(&[point(1, 1_100, 0.5)]));
        let experiment =
            rows(&connection, "experiment_id name artifact_location lifecycle_stage creation_time last_update_time", "experiments");
        assert_eq!(experiment, ["7 'seven' 'mlflow-artifacts:/7' 'active' 500 600"]);
        assert_eq!(rows(&connection, "experiment_id key value", "experiment_tags"), ["7 'team' 'risk'"]);
        let run = rows(&connection, "name experiment_id user_id status start_time end_time lifecycle_stage deleted_time", "runs");
        assert_eq!(run, ["'run-1' 7 'ana' 'FAILED' 1000 2000 'deleted' 2000"]);
        assert_eq!(rows(&connection, "source_type source_name entry_point_name source_version", "runs"), ["'UNKNOWN' '' '' ''"]);
        assert_eq!(rows(&connection, "key value", "params"), ["'lr' '0.1'"]);
        let tags = rows(&connection, "key value", "tags ORDER BY \"key\"");
        assert_eq!(tags, ["'mlflow.runName' 'run-1'", "'mlflow.user' 'ana'", "'stage' 'test'"]);
    }

    #[test]
    fn a_store_that_cannot_be_filled_whole_is_not_filled_in_part() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("PRAGMA foreign_keys = ON").unwrap();
        schema::create(&connection).unwrap();
        let record = |id: &str, runs: Vec<RunRecord>| ExperimentRecord {
            experiment: Experiment {
                id: ExperimentId(id.to_owned()),
                name: format!("experiment {id}"),
                lifecycle: Lifecycle::Active,
                created: None,
                updated: None,
                tags: Vec::new(),
            },
            artifact_location: String::new(),
            runs,
        };
        // The run says that it belongs to experiment 7, which is not there.
        assert!(fill(&connection, &[record("1", Vec::new()), record("2", vec![run_with(&[])])]).is_err());
        assert_eq!(rows(&connection, "count(*)", "experiments"), ["0"]);
    }
}
