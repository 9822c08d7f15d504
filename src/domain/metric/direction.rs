//! Which direction of a metric is better, and why it is believed.

use std::cmp::Ordering;

use super::words::{without_number, words};
use crate::domain::experiment::Tag;

/// The experiment tag that lists metric keys, separated by commas, of which lower values are better.
pub const LOWER_IS_BETTER_TAG: &str = "trialogue.lower_is_better";

/// The experiment tag that lists metric keys, separated by commas, of which higher values are better.
pub const HIGHER_IS_BETTER_TAG: &str = "trialogue.higher_is_better";

/// Which values of a metric are better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Scores and rewards.
    HigherIsBetter,
    /// Losses, errors, times and costs.
    LowerIsBetter,
}

/// Why a direction was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DirectionReason {
    /// A word of the metric's name means it.
    NameSaysSo {
        /// The word, in lower case.
        word: &'static str,
    },
    /// The experiment's tags list the metric.
    TagSaysSo,
    /// Nothing says which, and most metrics are scores; worth a caveat.
    Default,
    /// The caller chose.
    Asked,
}

impl Direction {
    /// The direction of `metric_key` in an experiment with these tags.
    ///
    /// The tags [`LOWER_IS_BETTER_TAG`] and [`HIGHER_IS_BETTER_TAG`] win, in this order, where they list exactly this key.
    /// Then the name's words decide, never parts of words: the last word that is known (`dice_loss` is a loss,
    /// `ms_ssim` a similarity, `error_free_rate` is free), with these exceptions:
    ///
    /// - what follows `per` is a unit: `tokens_per_second` is no time, `ms_per_step` is;
    /// - what follows `at` or `to` is a circumstance: `loss_at_best_f1` is a loss, `time_to_accuracy` a time;
    /// - `neg` before an error turns it, as scikit-learn's scorers do: `neg_mean_squared_error` is better higher;
    /// - `score` decides only where no other word does: `fid_score` is better lower.
    ///
    /// A name that misleads (`distance_travelled`, `d2_absolute_error_score`) needs the tag.
    #[must_use]
    pub fn of(metric_key: &str, experiment_tags: &[Tag]) -> (Self, DirectionReason) {
        if tag_lists(experiment_tags, LOWER_IS_BETTER_TAG, metric_key) {
            return (Self::LowerIsBetter, DirectionReason::TagSaysSo);
        }
        if tag_lists(experiment_tags, HIGHER_IS_BETTER_TAG, metric_key) {
            return (Self::HigherIsBetter, DirectionReason::TagSaysSo);
        }
        match deciding_word(&words(metric_key)) {
            Some((direction, word)) => (direction, DirectionReason::NameSaysSo { word }),
            None => (Self::HigherIsBetter, DirectionReason::Default),
        }
    }

    /// The order that puts the better of two values first; values that cannot be compared are equal.
    #[must_use]
    pub fn best_first(self, left: f64, right: f64) -> Ordering {
        let ascending = left.partial_cmp(&right).unwrap_or(Ordering::Equal);
        match self {
            Self::HigherIsBetter => ascending.reverse(),
            Self::LowerIsBetter => ascending,
        }
    }
}

/// The word among `words` that tells the direction, by the rules of [`Direction::of`].
pub(super) fn deciding_word(words: &[String]) -> Option<(Direction, &'static str)> {
    let measured = words.split(|word| word == "per").next().unwrap_or_default();
    let head = measured.split(|word| word == "at" || word == "to").next().unwrap_or_default();
    last_known_word(head)
        .or_else(|| last_known_word(measured))
        .or_else(|| measured.iter().any(|word| word == "score").then_some((Direction::HigherIsBetter, "score")))
}

fn last_known_word(words: &[String]) -> Option<(Direction, &'static str)> {
    let mut found = None;
    for (position, word) in words.iter().enumerate() {
        let before = words.get(..position).unwrap_or_default();
        found = meaning(word, before).or(found);
    }
    found
}

fn meaning(word: &str, before: &[String]) -> Option<(Direction, &'static str)> {
    let follows = |earlier: &str| before.iter().any(|word| word == earlier);
    if word == "likelihood" && (follows("negative") || follows("neg")) {
        return Some((Direction::LowerIsBetter, "negative"));
    }
    if word == "entropy" && before.last().is_some_and(|previous| previous == "cross") {
        return Some((Direction::LowerIsBetter, "entropy"));
    }
    if let Some(known) = find(LOWER_WORDS, word) {
        return Some(if follows("neg") { (Direction::HigherIsBetter, "neg") } else { (Direction::LowerIsBetter, known) });
    }
    find(HIGHER_WORDS, word).map(|known| (Direction::HigherIsBetter, known))
}

fn find(list: &[&'static str], word: &str) -> Option<&'static str> {
    list.iter().copied().find(|known| *known == word || *known == without_number(word))
}

fn tag_lists(tags: &[Tag], tag_key: &str, metric_key: &str) -> bool {
    tags.iter().filter(|tag| tag.key == tag_key).any(|tag| tag.value.split(',').any(|listed| listed.trim() == metric_key))
}

/// Words of metrics that are better lower. Singular units of time are missing on purpose: `samples/sec` is a throughput.
#[rustfmt::skip]
const LOWER_WORDS: &[&str] = &[
    // Losses and what they are called after.
    "loss", "losses", "logloss", "nll", "hinge", "huber", "bce", "cce", "xent", "crossentropy", "deviance",
    "perplexity", "ppl", "bpb", "bpc", "bpd", "kl", "kld", "divergence", "regret", "penalty",
    // Errors.
    "error", "errors", "err", "rmse", "mse", "mae", "mape", "smape", "mdape", "wape", "mase", "msle", "rmsle", "nrmse", "rmsd", "medae",
    "rmsse", "rmspe", "mspe", "wmape", "mpe", "rae", "rse", "rrse", "epe", "ade", "fde", "pinball", "ppe", "absrel",
    "residual", "residuals", "brier", "crps", "ece", "mce", "wer", "cer", "mer", "ter", "eer", "aic", "bic",
    "false", "fpr", "fnr", "fdr", "miss", "misses", "misclassification", "misclassified",
    // Distances.
    "distance", "fid", "kid", "lpips", "mmd", "wasserstein", "hausdorff", "emd", "hd95", "assd", "chamfer", "mcd", "fvd", "jsd",
    // What it takes.
    "latency", "time", "times", "runtime", "walltime", "duration", "elapsed", "delay", "overhead",
    "seconds", "secs", "ms", "millis", "milliseconds", "minutes", "hours", "memory", "mem", "vram", "ram", "cost", "costs",
    "usd", "eur", "price", "energy", "kwh", "joules", "carbon", "co2", "flops", "rtf", "latencies", "jitter",
    // What went wrong.
    "failure", "failures", "violation", "violations", "timeouts", "drop", "degradation", "gap", "toxicity", "hallucination", "hallucinations",
    "collision", "collisions", "fall", "falls", "crash", "crashes", "alarm", "alarms", "frr", "der", "outliers", "refusals", "overshoot",
];

/// Words of metrics that are better higher. Most decide as the default would; they turn an error word before them, or spare a caveat.
#[rustfmt::skip]
const HIGHER_WORDS: &[&str] = &[
    // Classification.
    "accuracy", "acc", "f1", "fbeta", "fscore", "auc", "auroc", "roc", "auprc", "prauc", "ap", "map", "precision", "recall",
    "sensitivity", "specificity", "tpr", "tnr", "ppv", "npv", "kappa", "mcc", "correct",
    // Regression and likelihood.
    "r2", "explained", "correlation", "likelihood", "elbo",
    // Text, images, sound and ranking.
    "bleu", "rouge", "rougel", "rougelsum", "meteor", "chrf", "bertscore", "exact", "ndcg", "mrr", "hit", "hits",
    "iou", "miou", "dice", "jaccard", "similarity", "psnr", "ssim", "snr", "pesq", "stoi",
    // Reward, speed and what was spared.
    "reward", "rewards", "return", "returns", "win", "wins", "success", "profit", "revenue", "sharpe", "throughput", "speedup",
    "improvement", "gain", "reduction", "saved", "savings", "free", "available", "avoided",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(key: &str, expected: Direction, word: &str) {
        let (direction, reason) = Direction::of(key, &[]);
        assert_eq!(direction, expected, "{key}");
        match reason {
            DirectionReason::NameSaysSo { word: found } => assert_eq!(found, word, "{key}"),
            DirectionReason::Default => assert_eq!(word, "", "{key}"),
            DirectionReason::TagSaysSo | DirectionReason::Asked => panic!("{key}: {reason:?}"),
        }
    }

    #[test]
    fn error_words_make_lower_better() {
        for (key, word) in [
            ("loss", "loss"),
            ("val/Loss", "loss"),
            ("val_mae", "mae"),
            ("valLoss", "loss"),
            ("RMSE", "rmse"),
            ("test.rmse.mean", "rmse"),
            ("loss2", "loss"),
            ("word_error_rate", "error"),
            ("p95 latency (ms)", "ms"),
            ("mean_fit_time", "time"),
            ("cross_entropy", "entropy"),
            ("LogLoss", "logloss"),
            ("neg_log_likelihood", "negative"),
            ("negative_log_likelihood", "negative"),
            ("false_negative_rate", "false"),
            ("loss_ratio", "loss"),
            ("brier_score", "brier"),
            ("fid_score", "fid"),
            ("dice_loss", "loss"),
            ("negative_loss", "loss"),
            ("perplexity", "perplexity"),
            ("ms_per_step", "ms"),
            ("cost_per_token", "cost"),
            ("loss_at_best_f1", "loss"),
            ("time_to_accuracy", "time"),
            ("text_to_image_fid", "fid"),
            ("jaccard_distance", "distance"),
            ("score_time", "time"),
        ] {
            check(key, Direction::LowerIsBetter, word);
        }
    }

    #[test]
    fn score_words_make_higher_better() {
        for (key, word) in [
            ("f1_score", "f1"),
            ("val_accuracy", "accuracy"),
            ("mIoU", "miou"),
            ("mAP50", "map"),
            ("ms_ssim", "ssim"),
            ("error_free_rate", "free"),
            ("loss_improvement", "improvement"),
            ("time_saved", "saved"),
            ("neg_mean_squared_error", "neg"),
            ("neg_log_loss", "neg"),
            ("log_likelihood", "likelihood"),
            ("negative_recall", "recall"),
            ("recall_at_5", "recall"),
            ("silhouette_score", "score"),
            ("explained_variance", "explained"),
        ] {
            check(key, Direction::HigherIsBetter, word);
        }
    }

    #[test]
    fn words_are_never_found_inside_words() {
        for key in ["closs", "timeliness", "glossary", "costume", "terror_level", "samples/sec", "tokens_per_second", "learning_rate", ""] {
            check(key, Direction::HigherIsBetter, "");
        }
    }

    #[test]
    fn tags_win_over_names() {
        let tag = |key: &str, value: &str| Tag { key: key.to_owned(), value: value.to_owned() };
        let tags = [tag(LOWER_IS_BETTER_TAG, "churn, depth"), tag(HIGHER_IS_BETTER_TAG, "distance,depth")];
        assert_eq!(Direction::of("churn", &tags), (Direction::LowerIsBetter, DirectionReason::TagSaysSo));
        assert_eq!(Direction::of("distance", &tags), (Direction::HigherIsBetter, DirectionReason::TagSaysSo));
        assert_eq!(Direction::of("depth", &tags), (Direction::LowerIsBetter, DirectionReason::TagSaysSo));
        assert_eq!(Direction::of("Churn", &tags), (Direction::HigherIsBetter, DirectionReason::Default));
    }
}
