//! `image-classifier-resnet`: long histories under keys with a slash, a run that diverged and one that overfits.

use RunStatus::{Failed, Finished};

use super::curve::{Curve, rounded};
use super::draft::{Draft, Study, at};
use crate::domain::run::RunStatus;
use crate::domain::time::Timestamp;
use crate::store::sqlite::fill::{ExperimentRecord, RunRecord};

const STUDY: Study = Study {
    id: "3",
    name: "image-classifier-resnet",
    created: at(3, 17, 12, 0),
    description: "ResNet-50 on 120 classes of shelf photos, trained from scratch",
    tags: &[("project", "vision"), ("team", "perception")],
    script: "train_resnet.py",
};

struct Trial {
    name: &'static str,
    start: Timestamp,
    user: &'static str,
    optimizer: &'static str,
    /// The learning rate at the first step; it falls to 0 along a cosine.
    lr: f64,
    batch_size: i64,
    augmentation: &'static str,
    epochs: i64,
    /// Loss and accuracy on the training images at the last epoch.
    train: (f64, f64),
    /// The same on the validation images.
    val: (f64, f64),
}

#[rustfmt::skip]
const TRIALS: [Trial; 6] = [
    Trial { name: "brave-owl-12", start: at(3, 17, 18, 0), user: "dora", optimizer: "sgd", lr: 0.1, batch_size: 256, augmentation: "flip", epochs: 200, train: (0.2183, 0.9391), val: (0.8124, 0.7936) },
    Trial { name: "calm-finch-731", start: at(3, 19, 18, 30), user: "dora", optimizer: "sgd", lr: 0.1, batch_size: 256, augmentation: "randaugment", epochs: 200, train: (0.4217, 0.8842), val: (0.6438, 0.8317) },
    Trial { name: "gentle-hare-415", start: at(3, 24, 17, 45), user: "chen", optimizer: "adamw", lr: 0.001, batch_size: 128, augmentation: "flip", epochs: 160, train: (0.1962, 0.9437), val: (0.8693, 0.7814) },
    Trial { name: "bold-heron-56", start: at(4, 2, 18, 10), user: "dora", optimizer: "adamw", lr: 0.002, batch_size: 256, augmentation: "randaugment", epochs: 200, train: (0.3874, 0.8931), val: (0.6217, 0.8369) },
    Trial { name: "sincere-wren-970", start: at(4, 7, 18, 20), user: "chen", optimizer: "sgd", lr: 0.2, batch_size: 512, augmentation: "mixup", epochs: 200, train: (0.6318, 0.8276), val: (0.5981, 0.8452) },
    Trial { name: "able-mole-333", start: at(4, 11, 17, 30), user: "dora", optimizer: "adamw", lr: 0.002, batch_size: 512, augmentation: "mixup", epochs: 200, train: (0.6074, 0.8331), val: (0.6103, 0.8418) },
];

/// The experiment.
pub(super) fn experiment() -> ExperimentRecord {
    let mut runs: Vec<RunRecord> = TRIALS.iter().map(finished).collect();
    runs.extend([diverged(), overfitting()]);
    runs.sort_by_key(|record| record.run().start);
    STUDY.with(runs)
}

fn finished(trial: &Trial) -> RunRecord {
    let (train_loss, train_accuracy) = trial.train;
    let (val_loss, val_accuracy) = trial.val;
    let last = trial.epochs - 1;
    let draft = begun(trial)
        .curve("train/loss", &falling(last, 4.812, train_loss), 0.02)
        .curve("val/loss", &falling(last, 4.794, val_loss), 0.025)
        .curve("train/accuracy", &rising(last, 0.0117, train_accuracy), 0.008)
        .curve("val/accuracy", &rising(last, 0.0126, val_accuracy), 0.01);
    let draft = match trial.name {
        "sincere-wren-970" => draft.tag("stage", "production").note("Mixup makes the training loss look worse than the validation loss."),
        _ => draft,
    };
    draft.ended(Finished, trial.epochs * STEP_SECONDS + 240).record()
}

/// `zealous-crab-204`: the loss rises from epoch 34 on and is NaN at the end.
fn diverged() -> RunRecord {
    let trial = Trial {
        name: "zealous-crab-204",
        start: at(3, 21, 19, 0),
        user: "chen",
        optimizer: "sgd",
        lr: 1.6,
        batch_size: 512,
        augmentation: "flip",
        epochs: 200,
        train: (f64::NAN, 0.0083),
        val: (f64::NAN, 0.0083),
    };
    begun(&trial)
        .curve("train/loss", &[(0, 4.826), (12, 3.917), (33, 3.214), (40, 6.83), (47, 412.6)], 0.03)
        .points("train/loss", not_a_number(48, 53))
        .curve("val/loss", &[(0, 4.803), (12, 3.968), (33, 3.402), (40, 7.41), (47, 538.1)], 0.03)
        .points("val/loss", not_a_number(48, 53))
        .curve("train/accuracy", &[(0, 0.0102), (33, 0.2417), (40, 0.0613), (53, 0.0083)], 0.02)
        .curve("val/accuracy", &[(0, 0.0109), (33, 0.2236), (40, 0.0548), (53, 0.0083)], 0.02)
        .tag("error", "FloatingPointError: train/loss is NaN for 6 epochs")
        .ended(Failed, 54 * STEP_SECONDS + 20)
        .record()
}

/// `nosy-lynx-88`: without augmentation the validation loss turns at epoch 58 while the training loss goes on falling.
fn overfitting() -> RunRecord {
    let trial = Trial {
        name: "nosy-lynx-88",
        start: at(3, 28, 18, 40),
        user: "ana",
        optimizer: "adamw",
        lr: 0.001,
        batch_size: 128,
        augmentation: "none",
        epochs: 200,
        train: (0.0071, 0.9987),
        val: (1.9236, 0.7108),
    };
    begun(&trial)
        .curve("train/loss", &[(0, 4.807), (20, 1.894), (58, 0.5126), (120, 0.0648), (199, 0.0071)], 0.03)
        .curve("val/loss", &[(0, 4.791), (20, 2.037), (58, 1.0482), (120, 1.4671), (199, 1.9236)], 0.02)
        .curve("train/accuracy", &[(0, 0.0119), (6, 0.2318), (20, 0.5216), (58, 0.8473), (120, 0.9815), (199, 0.9987)], 0.0005)
        .curve("val/accuracy", &[(0, 0.0124), (6, 0.2247), (20, 0.4936), (58, 0.7382), (120, 0.7195), (199, 0.7108)], 0.006)
        .note("No augmentation, to see how much it matters.")
        .ended(Finished, 200 * STEP_SECONDS + 240)
        .record()
}

/// How long an epoch takes.
const STEP_SECONDS: i64 = 87;

/// A run with its parameters and its schedule, as far as it came.
fn begun(trial: &Trial) -> Draft {
    let epochs_run = if trial.train.0.is_nan() { 54 } else { trial.epochs };
    STUDY
        .run(trial.name, trial.user, trial.start, STEP_SECONDS)
        .param("optimizer", trial.optimizer)
        .param("lr", trial.lr)
        .param("batch_size", trial.batch_size)
        .param("augmentation", trial.augmentation)
        .param("epochs", trial.epochs)
        .points("lr", cosine(trial.lr, trial.epochs, epochs_run))
}

fn falling(last: i64, from: f64, to: f64) -> [(i64, f64); 5] {
    let between = |way: f64| rounded(to + (from - to) * way, 4);
    [(0, from), (last / 16, between(0.52)), (last / 4, between(0.21)), (last * 2 / 3, between(0.045)), (last, to)]
}

fn rising(last: i64, from: f64, to: f64) -> [(i64, f64); 6] {
    let between = |way: f64| rounded(from + (to - from) * way, 4);
    [
        (0, from),
        (last / 40, between(0.21)),
        (last / 16, between(0.46)),
        (last / 4, between(0.78)),
        (last * 2 / 3, between(0.955)),
        (last, to),
    ]
}

fn cosine(lr: f64, epochs: i64, epochs_run: i64) -> Curve {
    let at_epoch = |epoch: i64| lr * 0.5 * (1.0 + (std::f64::consts::PI * epoch as f64 / epochs as f64).cos());
    (0..epochs_run).map(|epoch| (epoch, rounded(at_epoch(epoch), 8))).collect()
}

fn not_a_number(first: i64, last: i64) -> Curve {
    (first..=last).map(|step| (step, f64::NAN)).collect()
}
