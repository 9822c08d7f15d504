//! How much memory the program takes for what is large on the server: a curve of a million points, a run with ten thousand metrics.

mod load {
    use std::path::Path;

    use rusqlite::Connection;
    use serde_json::{Value, json};

    use crate::services::mlflow::{Artifacts, MlflowServer, Release};
    use crate::services::service_folder;
    use crate::support::run_python;

    /// What a process may hold at its peak.
    const MOST_KIB: u64 = 256 * 1024;

    const POINTS: i64 = 1_000_000;
    const METRICS: i64 = 10_000;

    #[test]
    fn a_million_points_and_ten_thousand_metrics_fit_into_256_mib() {
        if std::env::var_os("TRIALOGUE_TEST_FULL").is_none() {
            return;
        }
        let Some(python) = Release::Newest.python("the memory of a large answer") else { return };
        let folder = service_folder();
        let file = folder.path().join("mlflow.db");
        let uri = format!("sqlite:///{}", file.display());
        run_python(&python, &format!("import mlflow; mlflow.MlflowClient({uri:?}).search_experiments()"), folder.path());
        fill(&file);
        let server = MlflowServer::start(&python, &uri, Artifacts::Own);
        let ask = |tool: &str, arguments: &Value| ask(&python, &server.uri(), tool, arguments, folder.path());

        let run = ask("get_run", &json!({ "experiment": "large", "run": "wide" }));
        assert_eq!(run["run"]["metrics"].as_object().unwrap().len(), METRICS as usize);

        for (tool, arguments) in [
            ("list_runs", json!({ "experiment": "large", "sort_by": "loss" })),
            ("describe_experiment", json!({ "experiment": "large" })),
            ("compare_runs", json!({ "experiment": "large", "run_ids": ["long", "wide"] })),
        ] {
            ask(tool, &arguments);
        }

        let history = ask("metric_history", &json!({ "experiment": "large", "run_ids": ["long"], "metrics": ["loss"] }));
        let curve = &history["curves"][0];
        assert_eq!([&curve["summary"]["first"], &curve["summary"]["last"]], [&json!(1.0), &json!(1.0 / POINTS as f64)], "{curve}");
    }

    /// The result of a call by the program, which must not have held more than it may.
    fn ask(python: &Path, uri: &str, tool: &str, arguments: &Value, folder: &Path) -> Value {
        let start = std::time::Instant::now();
        let program = env!("CARGO_BIN_EXE_trialogue");
        let arguments = arguments.to_string();
        let code = format!(
            "import json, resource, subprocess\n\
             result = subprocess.run([{program:?}, '--tracking-uri', {uri:?}, 'call', {tool:?}, '--json', {arguments:?}], capture_output=True, text=True)\n\
             peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n\
             print(json.dumps({{'peak': peak, 'status': result.returncode, 'output': result.stdout, 'complaint': result.stderr}}))"
        );
        let told: Value = serde_json::from_str(&run_python(python, &code, folder)).unwrap();
        let peak = told["peak"].as_u64().unwrap();
        eprintln!("memory: {tool} took {} MiB and {:.1} s", peak / 1024, start.elapsed().as_secs_f64());
        assert_eq!(told["status"], 0, "{}", told["complaint"]);
        assert!(peak < MOST_KIB, "{tool} took {peak} KiB");
        serde_json::from_str(told["output"].as_str().unwrap()).unwrap()
    }

    /// Writes past MLflow, whose own way would take minutes.
    fn fill(file: &Path) {
        let connection = Connection::open(file).unwrap();
        let statements = format!(
            "BEGIN;
            INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)
                VALUES (7, 'large', 'mlflow-artifacts:/7', 'active', 1740000000000, 1740000000000);
            INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time,
                    source_version, lifecycle_stage, artifact_uri, experiment_id)
                SELECT id, name, 'UNKNOWN', '', '', '', 'FINISHED', 1740000000000, 1740003600000, '', 'active',
                    'mlflow-artifacts:/7/' || id || '/artifacts', 7
                FROM (SELECT '{long}' AS id, 'long' AS name UNION SELECT '{wide}', 'wide');
            INSERT INTO tags (key, value, run_uuid) SELECT 'mlflow.runName', name, run_uuid FROM runs;
            WITH RECURSIVE steps(step) AS (SELECT 0 UNION ALL SELECT step + 1 FROM steps WHERE step < {POINTS} - 1)
                INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan)
                SELECT 'loss', 1.0 / (step + 1), 1740000000000 + step, '{long}', step, 0 FROM steps;
            INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid)
                SELECT key, value, timestamp, step, is_nan, run_uuid FROM metrics WHERE run_uuid = '{long}' AND step = {POINTS} - 1;
            WITH RECURSIVE numbers(number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM numbers WHERE number < {METRICS} - 1)
                INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan)
                SELECT printf('layer/%05d/gradient norm', number), number / 7.0, 1740000000000, '{wide}', 0, 0 FROM numbers;
            INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid)
                SELECT key, value, timestamp, step, is_nan, run_uuid FROM metrics WHERE run_uuid = '{wide}';
            COMMIT;",
            long = "1".repeat(32),
            wide = "2".repeat(32),
        );
        connection.execute_batch(&statements).unwrap();
    }
}
