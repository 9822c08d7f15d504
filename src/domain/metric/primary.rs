//! Which metric an experiment is about.

use super::direction::deciding_word;
use super::words::{without_number, words};
use crate::domain::experiment::Tag;

/// The experiment tag that names the metric by which its runs are judged.
pub const PRIMARY_METRIC_TAG: &str = "trialogue.primary_metric";

/// The metric by which runs of an experiment are judged, of `metrics`: keys, each with the number of runs that logged it.
///
/// 1. The one that the tag [`PRIMARY_METRIC_TAG`] names, if any run logged it.
/// 2. Else the first by [`PREFERENCE`] of the known scores that are logged widely: by at least half as many runs as the
///    most widely logged score. Any of them comes before one of the training data; at the same preference a validation
///    score comes before a test score, that before one that does not say, then the more widely logged, the one of fewer
///    words, the first by name.
/// 3. Else the most widely logged metric, MLflow's own `system/` metrics last.
#[must_use]
pub fn primary_metric<'a>(metrics: impl IntoIterator<Item = (&'a str, u64)>, experiment_tags: &[Tag]) -> Option<&'a str> {
    let metrics: Vec<(&'a str, u64)> = metrics.into_iter().filter(|(_, run_count)| *run_count > 0).collect();
    let tagged = experiment_tags.iter().find(|tag| tag.key == PRIMARY_METRIC_TAG).map(|tag| tag.value.trim());
    if let Some((key, _)) = metrics.iter().find(|(key, _)| Some(*key) == tagged) {
        return Some(key);
    }

    let scores: Vec<Score<'a>> = metrics.iter().filter_map(|(key, run_count)| Score::read(key, *run_count)).collect();
    let widest = scores.iter().map(|score| score.run_count).max().unwrap_or_default();
    let widely_logged = scores.iter().filter(|score| score.run_count >= widest.div_ceil(2));
    let preferred = widely_logged.min_by_key(|score| {
        let is_training = score.split == Split::Training;
        (is_training, score.preference, score.split, std::cmp::Reverse(score.run_count), score.word_count, score.key)
    });
    if let Some(score) = preferred {
        return Some(score.key);
    }

    let most_widely_logged =
        metrics.iter().min_by_key(|(key, run_count)| (key.starts_with("system/"), std::cmp::Reverse(*run_count), *key));
    most_widely_logged.map(|(key, _)| *key)
}

/// Known scores, best known first; words of a group are the same score. Losses come after all scores, because a loss that
/// was trained on says less than a score that was chosen.
pub const PREFERENCE: &[&[&str]] = &[
    &["f1", "fscore", "fbeta"],
    &["auc", "auroc", "roc"],
    &["accuracy", "acc"],
    &[AVERAGE_PRECISION, "ap", "auprc", "prauc", "map"],
    &["r2"],
    &["rouge", "rougel", "rougelsum"],
    &["bleu"],
    &["ndcg", "mrr"],
    &["iou", "miou", "dice", "jaccard"],
    &["reward", "rewards", "return", "returns"],
    &["mcc", "kappa"],
    &["precision"],
    &["recall"],
    &["rmse"],
    &["mae"],
    &["mse"],
    &["mape", "smape"],
    &["wer", "cer"],
    &["loss", "losses", "logloss", "nll", "crossentropy", "entropy"],
    &["perplexity", "ppl"],
    &["error", "errors", "err"],
    &["score"],
];

/// Two words that are one score.
const AVERAGE_PRECISION: &str = "average_precision";

/// The data that a score was taken on, in order of preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Split {
    Validation,
    Test,
    Unsaid,
    Training,
}

impl Split {
    fn of(words: &[String]) -> Self {
        let named = words.iter().find_map(|word| match without_number(word) {
            "val" | "valid" | "validation" | "eval" | "evaluation" | "dev" | "cv" => Some(Self::Validation),
            "test" | "holdout" | "heldout" => Some(Self::Test),
            "train" | "training" => Some(Self::Training),
            _ => None,
        });
        named.unwrap_or(Self::Unsaid)
    }
}

struct Score<'a> {
    key: &'a str,
    run_count: u64,
    preference: usize,
    split: Split,
    word_count: usize,
}

impl<'a> Score<'a> {
    fn read(key: &'a str, run_count: u64) -> Option<Self> {
        let words = words(key);
        let (_, word) = deciding_word(&words)?;
        let is_average_precision = word == "precision" && words.iter().any(|word| word == "average");
        let score = if is_average_precision { AVERAGE_PRECISION } else { word };
        let preference = PREFERENCE.iter().position(|group| group.contains(&score))?;
        Some(Self {
            key,
            run_count,
            preference,
            split: Split::of(&words),
            word_count: words.iter().filter(|word| *word != "score").count(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(metrics: &[(&str, u64)], expected: Option<&str>) {
        assert_eq!(primary_metric(metrics.iter().copied(), &[]), expected, "{metrics:?}");
        let reversed = metrics.iter().rev().copied();
        assert_eq!(primary_metric(reversed, &[]), expected, "the order given changed the choice: {metrics:?}");
    }

    #[test]
    fn scores_come_by_the_fixed_order() {
        check(&[("accuracy", 24), ("auc", 24), ("f1_score", 24), ("loss", 24)], Some("f1_score"));
        check(&[("accuracy", 24), ("roc_auc", 24)], Some("roc_auc"));
        check(&[("average_precision", 9), ("precision", 9), ("r2_score", 9)], Some("average_precision"));
        check(&[("f1_macro", 9), ("f1_score", 9)], Some("f1_score"));
        check(&[("mae", 9), ("rmse", 9), ("train_time", 9)], Some("rmse"));
        check(&[("rougeL", 3), ("bleu", 3), ("perplexity", 3)], Some("rougeL"));
    }

    #[test]
    fn validation_comes_before_training() {
        check(&[("accuracy", 8), ("loss", 8), ("val_accuracy", 8), ("val_loss", 8)], Some("val_accuracy"));
        check(&[("train_accuracy", 8), ("val_loss", 8)], Some("val_loss"));
        check(&[("test_f1", 8), ("val_f1", 8), ("f1", 8)], Some("val_f1"));
        check(&[("training_f1_score", 8), ("training_accuracy_score", 8)], Some("training_f1_score"));
    }

    #[test]
    fn a_score_of_few_runs_gives_way() {
        check(&[("f1_score", 2), ("accuracy", 40)], Some("accuracy"));
        check(&[("f1_score", 20), ("accuracy", 40)], Some("f1_score"));
        check(&[("f1_score", 0)], None);
    }

    #[test]
    fn a_word_that_turns_a_score_is_no_score() {
        check(&[("f1_time", 8), ("rmse", 8)], Some("rmse"));
    }

    #[test]
    fn unknown_metrics_go_by_how_widely_they_are_logged() {
        check(&[("depth", 3), ("width", 5), ("system/cpu_utilization", 9)], Some("width"));
        check(&[("system/cpu_utilization", 9)], Some("system/cpu_utilization"));
        check(&[], None);
    }

    #[test]
    fn the_tag_wins_where_it_names_a_logged_metric() {
        let tags = [Tag { key: PRIMARY_METRIC_TAG.to_owned(), value: " depth ".to_owned() }];
        assert_eq!(primary_metric([("depth", 1), ("f1", 9)], &tags), Some("depth"));
        assert_eq!(primary_metric([("f1", 9)], &tags), Some("f1"));
    }
}
