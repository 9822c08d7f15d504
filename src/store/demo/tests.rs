use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::domain::experiment::Lifecycle;
use crate::domain::run::{Run, RunStatus};
use crate::store::sqlite::fill::RunRecord;

fn experiment(name: &str) -> ExperimentRecord {
    experiments().into_iter().find(|record| record.experiment.name == name).unwrap()
}

fn active_runs(experiment_name: &str) -> Vec<RunRecord> {
    let runs = experiment(experiment_name).runs.into_iter();
    runs.filter(|record| record.run().lifecycle == Lifecycle::Active).collect()
}

fn churn_run(name: &str) -> RunRecord {
    active_runs("churn-prediction-q1").into_iter().find(|record| record.run().name == name).unwrap()
}

/// Names of the runs with the best value that is not NaN, more than one where they tie.
fn best(experiment_name: &str, metric: &str, better: fn(f64, f64) -> f64) -> Vec<String> {
    let runs = active_runs(experiment_name);
    let values = || runs.iter().filter_map(|record| Some((record.run(), record.run().metric(metric).filter(|value| !value.is_nan())?)));
    let best = values().map(|(_, value)| value).reduce(better).unwrap();
    values().filter(|(_, value)| *value == best).map(|(run, _)| run.name.clone()).collect()
}

fn check_best(experiment_name: &str, metric: &str, better: fn(f64, f64) -> f64, expected: &[&str]) {
    assert_eq!(best(experiment_name, metric, better), expected, "{experiment_name} {metric}");
}

fn correlation(pairs: &[(f64, f64)]) -> f64 {
    let count = pairs.len() as f64;
    let (mean_x, mean_y) = (pairs.iter().map(|pair| pair.0).sum::<f64>() / count, pairs.iter().map(|pair| pair.1).sum::<f64>() / count);
    let covariance: f64 = pairs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let spread_x: f64 = pairs.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    let spread_y: f64 = pairs.iter().map(|(_, y)| (y - mean_y).powi(2)).sum();
    covariance / (spread_x * spread_y).sqrt()
}

fn check_correlation_with_f1(param: &str, expected: f64, expected_runs: usize) {
    let pair = |record: &RunRecord| Some((record.run().param(param)?.parse().unwrap(), record.run().metric("f1_score")?));
    let pairs: Vec<(f64, f64)> = active_runs("churn-prediction-q1").iter().filter_map(pair).collect();
    assert_eq!(pairs.len(), expected_runs, "{param}");
    assert!((correlation(&pairs) - expected).abs() < 0.005, "{param}: {}", correlation(&pairs));
}

#[test]
fn every_call_gives_the_same_content() {
    // Compared as text, for NaN is not equal to itself.
    assert_eq!(format!("{:?}", experiments()), format!("{:?}", experiments()));
}

#[test]
fn every_file_is_the_same_byte_for_byte() {
    let (one, other) = (TemporaryDemo::create().unwrap(), TemporaryDemo::create().unwrap());
    assert_ne!(one.path(), other.path());
    assert!(fs::read(one.path()).unwrap() == fs::read(other.path()).unwrap());
}

#[test]
fn run_ids_are_those_of_uuids_and_differ_in_their_first_four_digits() {
    let experiments = experiments();
    let ids: Vec<&str> = experiments.iter().flat_map(|record| &record.runs).map(|record| record.run().id.0.as_str()).collect();
    assert!(ids.iter().all(|id| id.len() == 32 && id.bytes().all(|byte| b"0123456789abcdef".contains(&byte))));
    assert!(ids.iter().all(|id| id.as_bytes()[12] == b'4' && b"89ab".contains(&id.as_bytes()[16])));
    let prefixes: BTreeSet<&str> = ids.iter().map(|id| &id[..4]).collect();
    assert_eq!(prefixes.len(), ids.len());
}

#[test]
fn the_store_is_small_enough_to_be_made_at_every_start() {
    let points: usize =
        experiments().iter().flat_map(|record| &record.runs).flat_map(RunRecord::histories).map(|(_, points)| points.len()).sum();
    assert!((8_000..25_000).contains(&points), "{points}");
}

#[test]
fn histories_are_not_empty_and_belong_to_the_time_of_their_run() {
    for record in experiments().iter().flat_map(|record| &record.runs) {
        let Run { name, start, end, .. } = record.run();
        assert!(!record.run().params.is_empty() || record.run().lifecycle == Lifecycle::Deleted, "{name}");
        for (key, points) in record.histories() {
            let last = points.iter().map(|point| point.timestamp).max().unwrap();
            assert!(points.iter().all(|point| Some(point.timestamp) >= *start), "{name} {key}");
            assert!(end.is_none_or(|end| last <= end), "{name} {key} is logged after the run's end");
        }
    }
}

#[test]
fn active_experiments_have_these_runs() {
    let counts: BTreeMap<String, usize> = experiments()
        .iter()
        .filter(|record| record.experiment.lifecycle == Lifecycle::Active)
        .map(|record| (record.experiment.name.clone(), active_runs(&record.experiment.name).len()))
        .collect();
    let expected = [
        ("churn-prediction-q1", 24),
        ("demand-forecast", 12),
        ("fraud-detection", 14),
        ("image-classifier-resnet", 8),
        ("support-chatbot-finetune", 6),
    ];
    assert_eq!(counts, expected.map(|(name, runs)| (name.to_owned(), runs)).into());
}

#[test]
fn the_churn_experiment_is_described_and_labelled() {
    let ExperimentRecord { experiment, .. } = experiment("churn-prediction-q1");
    assert_eq!(experiment.tag("mlflow.note.content"), Some("Customer churn prediction experiments for Q1 2025"));
    assert_eq!((experiment.tag("project"), experiment.tag("team")), (Some("customer-retention"), Some("data-science")));
    assert_eq!(experiment.created.unwrap().to_string(), "2025-01-15T08:00:00Z");
}

#[test]
fn run_017_trained_as_documented() {
    let record = churn_run("run-017");
    let run = record.run();
    assert_eq!(run.start.unwrap().to_string(), "2025-03-15T10:00:00Z");
    assert_eq!(run.end.unwrap().seconds_since(run.start.unwrap()), Some(342));
    assert_eq!((run.param("algorithm"), run.param("n_estimators")), (Some("xgboost"), Some("200")));
    assert_eq!((run.param("learning_rate"), run.status), (Some("0.05"), RunStatus::Finished));
    assert_eq!([run.metric("f1_score"), run.metric("accuracy"), run.metric("training_loss")], [Some(0.912), Some(0.95), Some(0.082)]);
    let history = &record.histories()["training_loss"];
    assert_eq!(history.len(), 31);
    let tenth = |index: usize| (history[index].step, history[index].value, history[index].timestamp.to_string());
    assert_eq!(tenth(0), (0, 0.693, "2025-03-15T10:00:00Z".to_owned()));
    assert_eq!(tenth(10), (10, 0.412, "2025-03-15T10:01:00Z".to_owned()));
    assert_eq!(tenth(20), (20, 0.185, "2025-03-15T10:02:00Z".to_owned()));
    assert_eq!(tenth(30), (30, 0.082, "2025-03-15T10:03:00Z".to_owned()));
}

#[test]
fn the_runs_before_run_017_come_close_to_it() {
    let scores = |name: &str| ["f1_score", "accuracy"].map(|key| churn_run(name).run().metric(key).unwrap());
    assert_eq!([scores("run-015"), scores("run-016")], [[0.88, 0.93], [0.90, 0.94]]);
}

#[test]
fn each_churn_score_has_its_own_best_run_and_recall_is_tied() {
    let check = |metric, better, expected: &[&str]| check_best("churn-prediction-q1", metric, better, expected);
    check("f1_score", f64::max, &["run-017"]);
    check("accuracy", f64::max, &["run-017"]);
    check("precision", f64::max, &["run-017"]);
    check("f1_macro", f64::max, &["run-021"]);
    check("auc_roc", f64::max, &["run-012"]);
    check("recall", f64::max, &["run-009", "run-013"]);
    check("training_loss", f64::min, &["run-018"]);
    check("validation_loss", f64::min, &["run-017"]);
    let accuracy = |name: &str| churn_run(name).run().metric("accuracy").unwrap();
    assert_eq!(accuracy("run-009"), accuracy("run-013"));
}

#[test]
fn f1_rises_with_the_trees_and_falls_with_the_learning_rate() {
    check_correlation_with_f1("n_estimators", 0.85, 19);
    check_correlation_with_f1("learning_rate", -0.72, 17);
}

#[test]
fn churn_runs_that_ended_badly_or_not_at_all_have_no_f1() {
    let without_f1 = active_runs("churn-prediction-q1").into_iter().filter(|record| record.run().metric("f1_score").is_none());
    let stand: Vec<(String, RunStatus)> = without_f1.map(|record| (record.run().name.clone(), record.run().status)).collect();
    let expected = [("run-006", RunStatus::Failed), ("run-020", RunStatus::Finished), ("run-024", RunStatus::Running)];
    assert_eq!(stand, expected.map(|(name, status)| (name.to_owned(), status)));
    assert_eq!(churn_run("run-024").run().end, None);
    assert_eq!(churn_run("run-022").run().status, RunStatus::Killed);
    assert!(churn_run("run-011").run().metric("auc_roc").unwrap().is_nan());
}

#[test]
fn the_loss_of_run_020_rises_over_all_bounds_and_ends_as_nan() {
    let record = churn_run("run-020");
    let losses: Vec<f64> = record.histories()["training_loss"].iter().map(|point| point.value).collect();
    assert_eq!(losses.len(), 31);
    assert!(losses.contains(&f64::INFINITY));
    assert!(record.run().metric("training_loss").unwrap().is_nan());
}

#[test]
fn the_last_three_churn_runs_can_be_compared() {
    let mut runs = active_runs("churn-prediction-q1");
    runs.sort_by_key(|record| record.run().start);
    let last: Vec<&RunRecord> = runs.iter().rev().take(3).collect();
    assert_eq!(last.iter().map(|record| record.run().name.as_str()).collect::<Vec<_>>(), ["run-024", "run-023", "run-022"]);
    for record in last {
        assert!(record.run().metrics.iter().all(|metric| metric.value.is_finite()));
        assert!(record.run().metric("training_loss").is_some_and(|loss| loss < 0.5));
    }
}

#[test]
fn churn_is_the_experiment_with_f1_that_was_active_last() {
    let latest_start = |name: &str| active_runs(name).iter().filter_map(|record| record.run().start).max().unwrap();
    assert!(latest_start("churn-prediction-q1") > latest_start("fraud-detection"));
}

#[test]
fn the_other_experiments_have_these_best_runs() {
    check_best("fraud-detection", "average_precision", f64::max, &["fraud-nn-12"]);
    check_best("fraud-detection", "recall_at_1pct_fpr", f64::max, &["fraud-nn-12"]);
    check_best("fraud-detection", "f1_score", f64::max, &["fraud-lgbm-14"]);
    check_best("fraud-detection", "auc_roc", f64::max, &["fraud-nn-12"]);
    check_best("fraud-detection", "latency_ms", f64::min, &["fraud-xgb-01"]);
    check_best("image-classifier-resnet", "train/loss", f64::min, &["nosy-lynx-88"]);
    check_best("image-classifier-resnet", "val/loss", f64::min, &["sincere-wren-970"]);
    check_best("image-classifier-resnet", "train/accuracy", f64::max, &["nosy-lynx-88"]);
    check_best("image-classifier-resnet", "val/accuracy", f64::max, &["sincere-wren-970"]);
    check_best("demand-forecast", "mape", f64::min, &["demand-tft-4"]);
    check_best("demand-forecast", "smape", f64::min, &["demand-tft-4"]);
    check_best("demand-forecast", "mae", f64::min, &["demand-tft-4"]);
    check_best("demand-forecast", "rmse", f64::min, &["demand-lightgbm-3"]);
    check_best("demand-forecast", "r2", f64::max, &["demand-lightgbm-3"]);
    check_best("support-chatbot-finetune", "eval_loss", f64::min, &["sft-qwen-7b-r32"]);
    check_best("support-chatbot-finetune", "perplexity", f64::min, &["sft-qwen-7b-r32"]);
    check_best("support-chatbot-finetune", "rouge_l", f64::max, &["sft-qwen-7b-r32"]);
    check_best("support-chatbot-finetune", "bleu", f64::max, &["sft-mistral-7b-r16"]);
}

#[test]
fn one_image_run_diverges_and_one_overfits() {
    let runs = active_runs("image-classifier-resnet");
    let run = |name: &str| runs.iter().find(|record| record.run().name == name).unwrap();
    let diverged = run("zealous-crab-204");
    assert_eq!(diverged.run().status, RunStatus::Failed);
    assert!(diverged.run().metric("train/loss").unwrap().is_nan());
    let val_loss = &run("nosy-lynx-88").histories()["val/loss"];
    let lowest = val_loss.iter().min_by(|one, other| one.value.total_cmp(&other.value)).unwrap();
    assert!((50..70).contains(&lowest.step), "{lowest:?}");
    assert!(val_loss.last().unwrap().value > 1.5 * lowest.value);
}

#[test]
fn accuracies_are_never_above_one() {
    for record in experiments().iter().flat_map(|record| &record.runs) {
        for (key, points) in record.histories().iter().filter(|(key, _)| key.contains("acc") || key.contains("precision")) {
            assert!(points.iter().all(|point| point.value <= 1.0), "{} {key}", record.run().name);
        }
    }
}

#[test]
fn deleted_runs_would_win_if_they_were_seen() {
    let leaky = experiment("churn-prediction-q1").runs.into_iter().find(|record| record.run().lifecycle == Lifecycle::Deleted).unwrap();
    assert!(leaky.run().metric("f1_score") > churn_run("run-017").run().metric("f1_score"));
    let scratch = experiment("scratch");
    assert_eq!(scratch.experiment.lifecycle, Lifecycle::Deleted);
    assert!(scratch.runs.iter().all(|record| record.run().lifecycle == Lifecycle::Deleted));
}

#[test]
fn creating_does_not_overwrite_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mlflow.db");
    fs::write(&path, "somebody's").unwrap();
    let error = create(&path).unwrap_err();
    assert!(matches!(&error, StoreError::Conflict(message) if message.contains("mlflow.db` exists already")), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"somebody's");
}

#[test]
fn creating_leaves_one_file_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mlflow.db");
    create(&path).unwrap();
    let files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, ["mlflow.db"]);
    assert!(fs::read(&path).unwrap() == fs::read(TemporaryDemo::create().unwrap().path()).unwrap());
}

#[test]
fn creating_in_a_folder_that_is_not_there_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let error = create(&folder.path().join("nowhere").join("mlflow.db")).unwrap_err();
    assert!(matches!(&error, StoreError::Unavailable(message) if message.contains("nowhere")), "{error}");
}

#[test]
fn a_temporary_store_is_removed_with_its_value() {
    let demo = TemporaryDemo::create().unwrap();
    let path = demo.path().to_owned();
    assert!(path.is_file());
    drop(demo);
    assert!(!path.parent().unwrap().exists());
}
