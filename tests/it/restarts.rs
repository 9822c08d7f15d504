//! The server killed and started again while it is read from and written to: what was acknowledged is there, once, and the store answers
//! as soon as the server does.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::runtime::Builder;
use trialogue::domain::experiment::{ExperimentId, NewExperiment};
use trialogue::store::{RunQuery, Store, StoreError, demo};

use crate::services::mlflow::{Artifacts, MlflowServer, Release, store_at};
use crate::services::{is_full, service_folder};

/// How soon the store has to answer once the server does.
const BACK_WITHIN: Duration = Duration::from_secs(2);

/// How long the server is left in peace between two kills.
const PEACE: Duration = Duration::from_millis(1500);

#[test]
fn nothing_acknowledged_is_lost_or_doubled_when_the_server_is_killed() {
    check(3);
}

mod load {
    #[test]
    fn nothing_acknowledged_is_lost_or_doubled_in_ten_kills() {
        if std::env::var_os("TRIALOGUE_TEST_FULL").is_some() {
            super::check(10);
        }
    }
}

/// What the writers were told.
#[derive(Default)]
struct Told {
    acknowledged: BTreeMap<String, String>,
    failed: BTreeMap<String, StoreError>,
}

fn check(kills: usize) {
    if !is_full("a server that is killed") {
        return;
    }
    let Some(python) = Release::Newest.python("a server that is killed") else { return };
    let folder = service_folder();
    let file = folder.path().join("mlflow.db");
    demo::create(&file).unwrap();
    let mut server = MlflowServer::start(&python, &format!("sqlite:///{}", file.display()), Artifacts::Own);
    let store = store_at(&server.uri(), Duration::from_secs(10));
    let is_over = AtomicBool::new(false);
    let told = Mutex::new(Told::default());
    let mut returns = Vec::new();
    let readings = std::thread::scope(|scope| {
        let writers = ["a", "b"].map(|writer| {
            let (store, told, is_over) = (&store, &told, &is_over);
            scope.spawn(move || write(writer, store, told, is_over))
        });
        let readers = [0, 1].map(|_| scope.spawn(|| read(&store, &is_over)));
        for _ in 0..kills {
            std::thread::sleep(PEACE);
            server.kill();
            server.restart();
            returns.push(time_to_answer(&store));
        }
        std::thread::sleep(PEACE);
        is_over.store(true, Ordering::Relaxed);
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        readers.into_iter().map(|reader| reader.join().unwrap()).sum::<usize>()
    });
    server.kill();
    let told = told.into_inner().unwrap();
    let stored = stored(&file);
    eprintln!(
        "restarts: {kills} kills, {readings} readings, {} creations acknowledged, {} failed, {} stored, back after {returns:?}",
        told.acknowledged.len(),
        told.failed.len(),
        stored.len(),
    );
    assert!(readings > kills && told.acknowledged.len() > kills, "too little went on to mean anything");
    for (name, id) in &told.acknowledged {
        assert_eq!(stored.get(name), Some(&vec![id.clone()]), "{name} was acknowledged");
    }
    for (name, ids) in &stored {
        assert_eq!(ids.len(), 1, "{name} is stored as {ids:?}");
        assert!(told.acknowledged.contains_key(name) || told.failed.contains_key(name), "nobody asked for {name}");
    }
    for (name, error) in &told.failed {
        assert!(is_outage(error) || matches!(error, StoreError::Uncertain(_)), "{name}: {error:?}");
    }
    assert!(returns.iter().all(|back| *back <= BACK_WITHIN), "back after {returns:?}");
}

/// Makes experiments, each once, whatever comes of it.
fn write(writer: &str, store: &Store, told: &Mutex<Told>, is_over: &AtomicBool) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    for number in 0.. {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        let name = format!("restart {writer} {number}");
        let answer = runtime.block_on(store.create_experiment(&NewExperiment { name: name.clone(), tags: Vec::new() }));
        let mut told = told.lock().unwrap();
        match answer {
            Ok(id) => drop(told.acknowledged.insert(name, id.0)),
            Err(error) => drop(told.failed.insert(name, error)),
        }
        drop(told);
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Reads the same runs again and again; gives how often that went well.
fn read(store: &Store, is_over: &AtomicBool) -> usize {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let query = RunQuery { experiment_ids: vec![ExperimentId("1".to_owned())], max_results: 100, ..RunQuery::default() };
    let mut readings = 0;
    while !is_over.load(Ordering::Relaxed) {
        match runtime.block_on(store.runs(&query)) {
            Ok(page) => {
                assert_eq!(page.items.len(), 24);
                readings += 1;
            }
            Err(error) => assert!(is_outage(&error), "{error:?}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    readings
}

fn is_outage(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(_) | StoreError::TimedOut(_) | StoreError::Busy(_))
}

/// How long it takes until the store answers.
fn time_to_answer(store: &Store) -> Duration {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let start = Instant::now();
    while runtime.block_on(store.experiment(&ExperimentId("1".to_owned()))).is_err() {
        assert!(start.elapsed() < BACK_WITHIN * 10, "the store does not come back");
        std::thread::sleep(Duration::from_millis(20));
    }
    start.elapsed()
}

/// The ids of the experiments that the writers asked for, by name.
fn stored(file: &Path) -> BTreeMap<String, Vec<String>> {
    let connection = Connection::open(file).unwrap();
    let verdict: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    let mut statement = connection.prepare("SELECT name, experiment_id FROM experiments WHERE name LIKE 'restart %'").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))).unwrap();
    let mut ids: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows {
        let (name, id) = row.unwrap();
        ids.entry(name).or_default().push(id.to_string());
    }
    ids
}
