//! `churn-prediction-q1`: 24 tabular runs whose best, `run-017`, is a unique best by F1 only.

use RunStatus::{Failed, Finished, Killed};

use super::curve::{Curve, rounded};
use super::draft::{Draft, Study, at};
use crate::domain::run::RunStatus;
use crate::domain::time::Timestamp;
use crate::store::sqlite::fill::{ExperimentRecord, RunRecord};

const STUDY: Study = Study {
    id: "1",
    name: "churn-prediction-q1",
    created: at(1, 15, 8, 0),
    description: "Customer churn prediction experiments for Q1 2025",
    tags: &[("project", "customer-retention"), ("team", "data-science")],
    script: "train_churn.py",
};

/// The share of churners among the customers that the runs are scored on.
const CHURNERS: f64 = 0.295;

/// What a run trained. Learning rates are text, as parameters are.
#[derive(Clone, Copy)]
enum Model {
    /// Stochastic gradient descent at a learning rate.
    Logistic(&'static str),
    /// A random forest: trees, depth.
    Forest(i64, i64),
    /// `xgboost`: trees, learning rate, depth.
    Xgboost(i64, &'static str, i64),
    /// `lightgbm`: trees, learning rate, depth.
    Lightgbm(i64, &'static str, i64),
}

use Model::{Forest, Lightgbm, Logistic, Xgboost};

/// A run that ended well.
struct Trial {
    number: i64,
    start: Timestamp,
    user: &'static str,
    model: Model,
    scaler: &'static str,
    /// Training and validation loss at the last step.
    losses: (f64, f64),
    scores: Scores,
}

struct Scores {
    /// F1 of the class of churners.
    f1: f64,
    /// F1 averaged over the customer segments, so that it need not follow `f1`.
    f1_macro: f64,
    auc: f64,
    recall: f64,
}

const fn scores(f1: f64, f1_macro: f64, auc: f64, recall: f64) -> Scores {
    Scores { f1, f1_macro, auc, recall }
}

#[rustfmt::skip]
const TRIALS: [Trial; 20] = [
    Trial { number: 1, start: at(1, 15, 8, 0), user: "ana", model: Logistic("0.05"), scaler: "standard", losses: (0.4021, 0.4187), scores: scores(0.7421, 0.7198, 0.8417, 0.7294) },
    Trial { number: 2, start: at(1, 16, 9, 20), user: "ana", model: Logistic("0.3"), scaler: "minmax", losses: (0.4253, 0.4419), scores: scores(0.7236, 0.7012, 0.8302, 0.7151) },
    Trial { number: 3, start: at(1, 18, 13, 5), user: "ben", model: Forest(60, 6), scaler: "none", losses: (0.3127, 0.3698), scores: scores(0.7683, 0.7441, 0.8735, 0.7402) },
    Trial { number: 4, start: at(1, 21, 8, 45), user: "ben", model: Forest(100, 8), scaler: "none", losses: (0.2418, 0.3284), scores: scores(0.7958, 0.7723, 0.8961, 0.7716) },
    Trial { number: 5, start: at(1, 24, 10, 30), user: "chen", model: Lightgbm(60, "0.3", 4), scaler: "standard", losses: (0.2236, 0.3371), scores: scores(0.7917, 0.7702, 0.8928, 0.8043) },
    Trial { number: 7, start: at(1, 31, 9, 10), user: "chen", model: Xgboost(50, "0.25", 4), scaler: "standard", losses: (0.2384, 0.3419), scores: scores(0.7874, 0.7659, 0.8893, 0.7768) },
    Trial { number: 8, start: at(2, 4, 14, 0), user: "ana", model: Lightgbm(100, "0.2", 5), scaler: "robust", losses: (0.1792, 0.2811), scores: scores(0.8286, 0.8104, 0.9218, 0.8352) },
    Trial { number: 9, start: at(2, 7, 8, 15), user: "dora", model: Lightgbm(120, "0.1", 6), scaler: "robust", losses: (0.1419, 0.2207), scores: scores(0.8709, 0.8488, 0.9467, 0.9213) },
    Trial { number: 10, start: at(2, 11, 11, 40), user: "ben", model: Xgboost(80, "0.2", 5), scaler: "minmax", losses: (0.1906, 0.2968), scores: scores(0.8194, 0.7976, 0.9143, 0.8087) },
    Trial { number: 11, start: at(2, 14, 9, 0), user: "ben", model: Forest(150, 10), scaler: "none", losses: (0.1533, 0.2594), scores: scores(0.8518, 0.8287, f64::NAN, 0.8325) },
    Trial { number: 12, start: at(2, 19, 10, 25), user: "dora", model: Lightgbm(180, "0.08", 7), scaler: "robust", losses: (0.0973, 0.1934), scores: scores(0.8861, 0.8672, 0.9741, 0.8816) },
    Trial { number: 13, start: at(2, 24, 8, 50), user: "dora", model: Lightgbm(150, "0.1", 6), scaler: "robust", losses: (0.1204, 0.2159), scores: scores(0.8709, 0.8531, 0.9502, 0.9213) },
    Trial { number: 14, start: at(2, 28, 15, 30), user: "ana", model: Xgboost(120, "0.15", 5), scaler: "standard", losses: (0.1487, 0.2423), scores: scores(0.8573, 0.8364, 0.9389, 0.8491) },
    Trial { number: 15, start: at(3, 5, 9, 35), user: "ana", model: Xgboost(150, "0.1", 5), scaler: "standard", losses: (0.1213, 0.2046), scores: scores(0.88, 0.8617, 0.9538, 0.87) },
    Trial { number: 16, start: at(3, 10, 13, 15), user: "chen", model: Xgboost(180, "0.08", 6), scaler: "standard", losses: (0.0987, 0.1768), scores: scores(0.90, 0.8804, 0.9614, 0.915) },
    Trial { number: 17, start: at(3, 15, 10, 0), user: "ana", model: Xgboost(200, "0.05", 6), scaler: "standard", losses: (0.082, 0.1573), scores: scores(0.912, 0.8893, 0.9682, 0.878) },
    Trial { number: 18, start: at(3, 18, 8, 20), user: "chen", model: Xgboost(280, "0.02", 8), scaler: "standard", losses: (0.0314, 0.1892), scores: scores(0.8914, 0.8706, 0.9571, 0.8864) },
    Trial { number: 19, start: at(3, 20, 10, 55), user: "dora", model: Lightgbm(240, "0.05", 8), scaler: "robust", losses: (0.0461, 0.1817), scores: scores(0.8957, 0.8758, 0.9629, 0.8902) },
    Trial { number: 21, start: at(3, 25, 14, 10), user: "dora", model: Lightgbm(220, "0.03", 7), scaler: "robust", losses: (0.0728, 0.1609), scores: scores(0.9063, 0.8952, 0.9697, 0.9004) },
    Trial { number: 23, start: at(3, 29, 9, 5), user: "ben", model: Forest(230, 12), scaler: "none", losses: (0.0894, 0.2238), scores: scores(0.8702, 0.8469, 0.9423, 0.8576) },
];

/// The experiment.
pub(super) fn experiment() -> ExperimentRecord {
    let mut runs: Vec<RunRecord> = TRIALS.iter().map(finished).collect();
    runs.extend([out_of_memory(), diverged(), pruned(), running(), leaky()]);
    runs.sort_by(|one, other| one.run().name.cmp(&other.run().name));
    STUDY.with(runs)
}

fn finished(trial: &Trial) -> RunRecord {
    let (training_loss, validation_loss) = trial.losses;
    let steps = trial.model.steps();
    let seconds = 100 + trial.model.trees() * 31 / 100 + steps * trial.model.step_seconds();
    let draft = begun(trial.number, trial.start, trial.user, trial.model, trial.scaler)
        .curve("training_loss", &training_curve(trial.number, steps, training_loss), 0.02)
        .curve("validation_loss", &validation_curve(steps, validation_loss), 0.015);
    let draft = scored(draft, &trial.scores);
    let draft = match trial.number {
        11 => draft.note("auc_roc could not be computed: the second fold of this split has no churners."),
        12 => draft.tag("stage", "candidate"),
        16 => draft.tag("stage", "staging").note("Candidate for February's scoring, replaced by run-017."),
        17 => {
            draft.tag("stage", "production").note("Slower learning with more trees beats run-016 on F1. Scores the weekly retention list.")
        }
        18 => draft.note("Training loss far below validation loss: too deep for this data."),
        21 => draft.tag("stage", "candidate").note("Most even over the customer segments."),
        _ => draft,
    };
    draft.ended(Finished, seconds).record()
}

/// `run-006`: its machine ran out of memory.
fn out_of_memory() -> RunRecord {
    begun(6, at(1, 28, 16, 40), "chen", Xgboost(80, "0.3", 16), "minmax")
        .curve("training_loss", &[(0, 0.693), (8, 0.4415)], 0.02)
        .curve("validation_loss", &[(0, 0.6934), (8, 0.4826)], 0.015)
        .tag("error", "MemoryError: max_depth=16 needs more than the 8 GiB of the worker")
        .ended(Failed, 47)
        .record()
}

/// `run-020`: the learning rate is so large that the loss explodes; it was never scored.
fn diverged() -> RunRecord {
    let explosion = [
        0.693,
        0.9127,
        2.3418,
        11.874,
        96.52,
        1411.7,
        5.83e4,
        1.92e7,
        8.4e11,
        3.1e19,
        6.7e33,
        2.2e69,
        4.9e140,
        f64::INFINITY,
        f64::INFINITY,
    ];
    let explosion = (0..).zip(explosion);
    let loss: Curve = explosion.chain((15..=30).map(|step| (step, f64::NAN))).collect();
    let validation: Curve = loss.iter().map(|(step, value)| (*step, rounded(value * 1.04, 4))).collect();
    begun(20, at(3, 23, 11, 30), "ben", Logistic("2.0"), "none")
        .points("training_loss", loss)
        .points("validation_loss", validation)
        .note("Unscaled inputs at a learning rate of 2.0: the loss diverges, so there is nothing to score.")
        .ended(Finished, 158)
        .record()
}

/// `run-022`: stopped by the tuner, which scores a run before it stops it.
fn pruned() -> RunRecord {
    let draft = begun(22, at(3, 27, 10, 15), "chen", Xgboost(90, "0.2", 3), "minmax")
        .curve("training_loss", &[(0, 0.693), (6, 0.5218), (14, 0.3437)], 0.02)
        .curve("validation_loss", &[(0, 0.6933), (6, 0.5496), (14, 0.3874)], 0.015)
        .note("Pruned after 14 of 30 steps: its validation loss was behind the median.");
    scored(draft, &scores(0.7764, 0.7538, 0.8806, 0.7613)).ended(Killed, 74).record()
}

/// `run-024`: still training.
fn running() -> RunRecord {
    begun(24, at(3, 31, 16, 0), "ana", Xgboost(240, "0.04", 6), "standard")
        .curve("training_loss", &[(0, 0.693), (10, 0.5084), (18, 0.3626)], 0.02)
        .curve("validation_loss", &[(0, 0.6933), (10, 0.5241), (18, 0.3908)], 0.015)
        .record()
}

/// Deleted, with scores that would win everything: whoever sees it has missed that it is deleted.
fn leaky() -> RunRecord {
    let model = Xgboost(120, "0.15", 5);
    let draft = STUDY
        .run("run-014-leaky", "ana", at(2, 28, 13, 0), model.step_seconds())
        .param("algorithm", model.algorithm())
        .param("n_estimators", 120)
        .param("learning_rate", "0.15")
        .curve("training_loss", &[(0, 0.693), (30, 0.0041)], 0.02)
        .note("The cancellation date had slipped into the features.");
    scored(draft, &scores(0.9972, 0.9968, 0.9999, 0.9981)).ended(Finished, 291).deleted().record()
}

/// A run with its parameters.
fn begun(number: i64, start: Timestamp, user: &str, model: Model, scaler: &str) -> Draft {
    let draft = STUDY
        .run(&format!("run-{number:03}"), user, start, model.step_seconds())
        .param("algorithm", model.algorithm())
        .param("scaler", scaler)
        .param("seed", 40 + number % 3);
    match model {
        Logistic(learning_rate) => draft.param("learning_rate", learning_rate),
        Forest(trees, depth) => draft.param("n_estimators", trees).param("max_depth", depth),
        Xgboost(trees, learning_rate, depth) | Lightgbm(trees, learning_rate, depth) => {
            draft.param("n_estimators", trees).param("learning_rate", learning_rate).param("max_depth", depth)
        }
    }
}

/// All scores of one confusion matrix: precision and accuracy follow from F1 and recall.
fn scored(draft: Draft, scores: &Scores) -> Draft {
    let Scores { f1, f1_macro, auc, recall } = *scores;
    let precision = f1 * recall / (2.0 * recall - f1);
    let errors = 2.0 * recall * CHURNERS * (1.0 / f1 - 1.0);
    draft
        .score("f1_score", f1)
        .score("f1_macro", f1_macro)
        .score("auc_roc", auc)
        .score("recall", recall)
        .score("precision", rounded(precision, 4))
        .score("accuracy", rounded(1.0 - errors, 4))
}

impl Model {
    fn algorithm(self) -> &'static str {
        match self {
            Logistic(_) => "logistic_regression",
            Forest(..) => "random_forest",
            Xgboost(..) => "xgboost",
            Lightgbm(..) => "lightgbm",
        }
    }

    fn trees(self) -> i64 {
        match self {
            Logistic(_) => 0,
            Forest(trees, _) | Xgboost(trees, ..) | Lightgbm(trees, ..) => trees,
        }
    }

    /// How often the losses are logged after step 0; larger models are followed for longer.
    fn steps(self) -> i64 {
        if self.trees() > 200 { 60 } else { 30 }
    }

    fn step_seconds(self) -> i64 {
        2 + self.trees() / 50
    }
}

/// From the loss of a guess, ln 2, down to `last`, fastest in the middle.
fn training_curve(number: i64, steps: i64, last: f64) -> Vec<(i64, f64)> {
    if number == 17 {
        return vec![(0, 0.693), (10, 0.412), (20, 0.185), (30, last)];
    }
    let towards_last = |way: f64| rounded(0.693 * (last / 0.693).powf(way), 4);
    vec![(0, 0.693), (steps / 3, towards_last(0.29)), (steps * 2 / 3, towards_last(0.66)), (steps, last)]
}

/// Like the training loss, but flat towards its end, with its lowest point a little before.
fn validation_curve(steps: i64, last: f64) -> Vec<(i64, f64)> {
    let above_last = |factor: f64| rounded(last * factor, 4);
    let middle = rounded((0.6932 * last).sqrt() * 1.02, 4);
    vec![(0, 0.6932), (steps / 4, middle), (steps / 2, above_last(1.11)), (steps * 4 / 5, above_last(0.985)), (steps, last)]
}
