//! `demand-forecast`: 12 runs of four kinds of model, all scores lower-is-better but one, with a primary metric named by a tag.

use super::curve::rounded;
use super::draft::{Study, at};
use crate::domain::run::RunStatus;
use crate::domain::time::Timestamp;
use crate::store::sqlite::fill::{ExperimentRecord, RunRecord};

const STUDY: Study = Study {
    id: "4",
    name: "demand-forecast",
    created: at(4, 14, 6, 45),
    description: "Weekly demand of 3,200 articles in 41 stores; compared by MAPE in percent",
    tags: &[("project", "supply-chain"), ("team", "forecasting"), ("trialogue.primary_metric", "mape")],
    script: "forecast.py",
};

struct Trial {
    name: &'static str,
    start: Timestamp,
    user: &'static str,
    model: &'static str,
    horizon_days: i64,
    lookback_days: i64,
    minutes: i64,
    scores: Scores,
}

struct Scores {
    rmse: f64,
    mae: f64,
    mape: f64,
    smape: f64,
    r2: f64,
}

const fn scores(rmse: f64, mae: f64, mape: f64, smape: f64, r2: f64) -> Scores {
    Scores { rmse, mae, mape, smape, r2 }
}

#[rustfmt::skip]
const TRIALS: [Trial; 12] = [
    Trial { name: "demand-prophet-1", start: at(4, 14, 7, 0), user: "ana", model: "prophet", horizon_days: 28, lookback_days: 365, minutes: 42, scores: scores(21.84, 15.27, 18.93, 17.61, 0.7412) },
    Trial { name: "demand-prophet-2", start: at(4, 15, 7, 0), user: "ana", model: "prophet", horizon_days: 28, lookback_days: 730, minutes: 71, scores: scores(20.16, 14.08, 17.24, 16.35, 0.7795) },
    Trial { name: "demand-arima-1", start: at(4, 16, 7, 30), user: "chen", model: "arima", horizon_days: 28, lookback_days: 180, minutes: 96, scores: scores(25.37, 17.92, 22.48, 20.17, 0.6508) },
    Trial { name: "demand-arima-2", start: at(4, 17, 7, 30), user: "chen", model: "arima", horizon_days: 14, lookback_days: 365, minutes: 118, scores: scores(22.71, 15.86, 19.65, 18.04, 0.7201) },
    Trial { name: "demand-lightgbm-1", start: at(4, 22, 9, 15), user: "chen", model: "lightgbm", horizon_days: 28, lookback_days: 365, minutes: 17, scores: scores(16.42, 11.03, 12.87, 12.31, 0.8536) },
    Trial { name: "demand-lightgbm-2", start: at(4, 24, 9, 15), user: "chen", model: "lightgbm", horizon_days: 28, lookback_days: 730, minutes: 26, scores: scores(15.09, 10.11, 11.52, 11.08, 0.8764) },
    Trial { name: "demand-lightgbm-3", start: at(4, 28, 8, 50), user: "ana", model: "lightgbm", horizon_days: 14, lookback_days: 730, minutes: 24, scores: scores(13.26, 8.94, 9.87, 9.52, 0.9046) },
    Trial { name: "demand-tft-1", start: at(4, 30, 17, 0), user: "dora", model: "tft", horizon_days: 28, lookback_days: 365, minutes: 312, scores: scores(15.58, 10.34, 11.69, 11.43, 0.8683) },
    Trial { name: "demand-tft-2", start: at(5, 5, 17, 0), user: "dora", model: "tft", horizon_days: 28, lookback_days: 730, minutes: 407, scores: scores(14.37, 9.48, 10.26, 10.02, 0.8879) },
    Trial { name: "demand-tft-3", start: at(5, 8, 17, 0), user: "dora", model: "tft", horizon_days: 14, lookback_days: 365, minutes: 298, scores: scores(13.91, 9.07, 9.41, 9.28, 0.8951) },
    Trial { name: "demand-tft-4", start: at(5, 12, 17, 0), user: "dora", model: "tft", horizon_days: 14, lookback_days: 730, minutes: 396, scores: scores(13.38, 8.71, 8.74, 8.63, 0.9029) },
    Trial { name: "demand-prophet-3", start: at(5, 16, 7, 0), user: "ana", model: "prophet", horizon_days: 14, lookback_days: 730, minutes: 68, scores: scores(18.05, 12.49, 14.71, 14.02, 0.8233) },
];

/// The experiment.
pub(super) fn experiment() -> ExperimentRecord {
    STUDY.with(TRIALS.iter().map(finished).collect())
}

fn finished(trial: &Trial) -> RunRecord {
    let Scores { rmse, mae, mape, smape, r2 } = trial.scores;
    let draft = STUDY
        .run(trial.name, trial.user, trial.start, trial.minutes * 60 / 42)
        .param("model", trial.model)
        .param("horizon_days", trial.horizon_days)
        .param("lookback_days", trial.lookback_days);
    let draft = if trained_in_epochs(trial.model) {
        draft.curve("rmse", &falling(rmse), 0.012).curve("mape", &falling(mape), 0.015)
    } else {
        draft.score("rmse", rmse).score("mape", mape)
    };
    let draft = draft.score("mae", mae).score("smape", smape).score("r2", r2);
    let draft = match trial.name {
        "demand-tft-4" => {
            draft.tag("stage", "candidate").note("Lowest MAPE; demand-lightgbm-3 has the lower RMSE at a sixteenth of the time.")
        }
        "demand-lightgbm-3" => draft.tag("stage", "production"),
        _ => draft,
    };
    draft.ended(RunStatus::Finished, trial.minutes * 60).record()
}

/// Whether the model is fitted step by step; the others are fitted at once and scored once.
fn trained_in_epochs(model: &str) -> bool {
    matches!(model, "lightgbm" | "tft")
}

fn falling(last: f64) -> [(i64, f64); 4] {
    [(0, rounded(last * 3.1, 2)), (8, rounded(last * 1.62, 2)), (20, rounded(last * 1.14, 2)), (40, last)]
}
