//! Every metric and parameter key that some experiments log, with those that log it.
//!
//! Reading each row of `latest_metrics` or `params` would cost more the larger the store. The distinct keys come from
//! leaping through the primary key, which begins with the key; whether an experiment logs one is answered by the cheaper
//! of two ways: through the key's rows, or through the experiment's runs.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{CachedStatement, Connection, OptionalExtension, params};

use super::conditions::number_of;
use super::connection::Session;
use super::fault::Fault;
use super::rows::{bytes, text};
use crate::domain::experiment::ExperimentId;

/// A table whose primary key is `(key, run_uuid)`.
#[derive(Debug, Clone, Copy)]
pub(super) enum KeyTable {
    Metrics,
    Params,
}

impl KeyTable {
    fn name(self) -> &'static str {
        match self {
            Self::Metrics => "latest_metrics",
            Self::Params => "params",
        }
    }

    /// The first key after `?1`.
    pub(super) fn next_key(self) -> String {
        format!("SELECT k.key FROM {} AS k WHERE k.key > ?1 ORDER BY k.key LIMIT 1", self.name())
    }

    /// The runs that logged the key `?1`.
    pub(super) fn runs_of_key(self) -> String {
        format!("SELECT k.run_uuid FROM {} AS k WHERE k.key = ?1", self.name())
    }

    /// Whether an active run of the experiment `?2` logged the key `?1`.
    pub(super) fn is_logged_in(self) -> String {
        format!(
            "SELECT 1 FROM {} AS k CROSS JOIN runs AS r ON r.run_uuid = k.run_uuid \
             WHERE k.key = ?1 AND r.experiment_id = ?2 AND r.lifecycle_stage = 'active' LIMIT 1",
            self.name()
        )
    }

    /// Whether the run `?2` logged the key `?1`.
    pub(super) fn logs(self) -> String {
        format!("SELECT 1 FROM {} AS k WHERE k.key = ?1 AND k.run_uuid = ?2", self.name())
    }
}

/// Whether an active run of the experiment logged exactly this key.
pub(super) fn is_logged(session: &Session, table: KeyTable, id: &ExperimentId, key: &str) -> Result<bool, Fault> {
    let Some(number) = number_of(&id.0) else { return Ok(false) };
    Ok(session.connection.prepare_cached(&table.is_logged_in())?.exists(params![key, number])?)
}

/// Active runs of the active ones among the experiments whose ids are the JSON array `?1`.
pub(super) const ACTIVE_RUNS: &str = "SELECT r.run_uuid, r.experiment_id FROM runs AS r CROSS JOIN experiments AS e ON e.experiment_id = r.experiment_id \
     WHERE r.experiment_id IN (SELECT value FROM json_each(?1)) AND e.lifecycle_stage = 'active' AND r.lifecycle_stage = 'active'";

/// Keys in order, each with those of the experiments in whose active runs it is logged; keys that none of them logs are left out.
pub(super) fn keys(session: &Session, table: KeyTable, among: &[ExperimentId]) -> Result<Vec<(String, Vec<ExperimentId>)>, Fault> {
    let active = ActiveRuns::read(&session.connection, among)?;
    if active.by_experiment.is_empty() {
        return Ok(Vec::new());
    }
    let mut next_key = session.connection.prepare_cached(&table.next_key())?;
    let mut finder = Finder {
        runs_of_key: session.connection.prepare_cached(&table.runs_of_key())?,
        logs: session.connection.prepare_cached(&table.logs())?,
    };
    let mut keys = Vec::new();
    let mut last = String::new();
    // MLflow refuses the empty key, so that everything comes after it.
    while let Some(key) = next_key.query_row([&last], |row| text(row, 0)).optional()? {
        let experiments = finder.experiments(&key, &active)?;
        if !experiments.is_empty() {
            keys.push((key.clone(), experiments.into_iter().map(|number| ExperimentId(number.to_string())).collect()));
        }
        last = key;
    }
    Ok(keys)
}

#[derive(Default)]
struct ActiveRuns {
    by_experiment: BTreeMap<i64, Vec<String>>,
    experiment_of: HashMap<Vec<u8>, i64>,
}

impl ActiveRuns {
    fn read(connection: &Connection, among: &[ExperimentId]) -> Result<Self, Fault> {
        let mut active = Self::default();
        let numbers: Vec<String> = among.iter().filter_map(|id| number_of(&id.0)).map(|number| number.to_string()).collect();
        let mut prepared = connection.prepare_cached(ACTIVE_RUNS)?;
        let mut rows = prepared.query([format!("[{}]", numbers.join(","))])?;
        while let Some(row) = rows.next()? {
            let (run, experiment) = (text(row, 0)?, row.get(1)?);
            active.experiment_of.insert(run.clone().into_bytes(), experiment);
            active.by_experiment.entry(experiment).or_default().push(run);
        }
        Ok(active)
    }
}

struct Finder<'connection> {
    runs_of_key: CachedStatement<'connection>,
    logs: CachedStatement<'connection>,
}

impl Finder<'_> {
    /// The experiments that log `key`, in order.
    fn experiments(&mut self, key: &str, active: &ActiveRuns) -> Result<Vec<i64>, Fault> {
        let mut found = Vec::new();
        let mut open = Vec::new();
        for (experiment, runs) in &active.by_experiment {
            // An experiment's runs mostly log the same keys, so the first answers for nearly all that log it.
            let logged = match runs.first() {
                Some(run) => self.logs.exists([key, run.as_str()])?,
                None => false,
            };
            if logged { found.push(*experiment) } else { open.push((*experiment, runs)) }
        }
        self.decide(key, active, open, &mut found)?;
        found.sort_unstable();
        Ok(found)
    }

    /// Decides the experiments whose first run does not log `key`: through the key's rows if they are fewer than the runs
    /// of these experiments, else through the runs.
    fn decide(&mut self, key: &str, active: &ActiveRuns, mut open: Vec<(i64, &Vec<String>)>, found: &mut Vec<i64>) -> Result<(), Fault> {
        let mut budget: usize = open.iter().map(|(_, runs)| runs.len()).sum();
        let mut rows = self.runs_of_key.query([key])?;
        while !open.is_empty() && budget > 0 {
            let Some(row) = rows.next()? else { return Ok(()) };
            if let Some(experiment) = active.experiment_of.get(bytes(row, 0)?)
                && let Some(place) = open.iter().position(|(open, _)| open == experiment)
            {
                open.swap_remove(place);
                found.push(*experiment);
            }
            budget -= 1;
        }
        drop(rows);
        for (experiment, runs) in open {
            for run in runs {
                if self.logs.exists([key, run.as_str()])? {
                    found.push(experiment);
                    break;
                }
            }
        }
        Ok(())
    }
}
