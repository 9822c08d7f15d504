//! `support-chatbot-finetune`: six runs evaluated every 50 training steps, the last of which still runs.

use super::curve::{self, Curve, rounded};
use super::draft::{Study, at};
use super::random::Random;
use crate::domain::run::RunStatus;
use crate::domain::time::Timestamp;
use crate::store::sqlite::fill::{ExperimentRecord, RunRecord};

const STUDY: Study = Study {
    id: "5",
    name: "support-chatbot-finetune",
    created: at(5, 26, 9, 0),
    description: "LoRA fine-tuning on 48,000 answered support tickets",
    tags: &[("project", "assistant"), ("team", "nlp")],
    script: "finetune_lora.py",
};

/// Training steps between two evaluations.
const EVALUATE_EVERY: i64 = 50;

/// How long a training step takes.
const STEP_SECONDS: i64 = 4;

struct Trial {
    name: &'static str,
    start: Timestamp,
    user: &'static str,
    base_model: &'static str,
    lora_rank: i64,
    learning_rate: &'static str,
    epochs: i64,
    /// How often it has been evaluated after step 0.
    evaluations: i64,
    /// Loss at step 0, at its lowest and at the last evaluation.
    eval_loss: (f64, f64, f64),
    rouge_l: f64,
    bleu: f64,
    ending: Ending,
}

enum Ending {
    Finished,
    StillRunning,
}

#[rustfmt::skip]
const TRIALS: [Trial; 6] = [
    Trial { name: "sft-llama-8b-r8", start: at(5, 26, 19, 0), user: "ana", base_model: "llama-3.1-8b", lora_rank: 8, learning_rate: "0.0002", epochs: 2, evaluations: 30, eval_loss: (2.1473, 1.4218, 1.4236), rouge_l: 0.3712, bleu: 0.1846, ending: Ending::Finished },
    Trial { name: "sft-llama-8b-r16", start: at(5, 28, 19, 0), user: "ana", base_model: "llama-3.1-8b", lora_rank: 16, learning_rate: "0.0002", epochs: 2, evaluations: 30, eval_loss: (2.1473, 1.3642, 1.3671), rouge_l: 0.3894, bleu: 0.2013, ending: Ending::Finished },
    Trial { name: "sft-llama-8b-r64", start: at(6, 2, 19, 0), user: "dora", base_model: "llama-3.1-8b", lora_rank: 64, learning_rate: "0.0001", epochs: 3, evaluations: 45, eval_loss: (2.1473, 1.3387, 1.4152), rouge_l: 0.3826, bleu: 0.1974, ending: Ending::Finished },
    Trial { name: "sft-mistral-7b-r16", start: at(6, 5, 18, 30), user: "dora", base_model: "mistral-7b-v0.3", lora_rank: 16, learning_rate: "0.0002", epochs: 2, evaluations: 30, eval_loss: (2.0864, 1.3295, 1.3318), rouge_l: 0.3957, bleu: 0.2091, ending: Ending::Finished },
    Trial { name: "sft-qwen-7b-r32", start: at(6, 11, 18, 30), user: "ben", base_model: "qwen2.5-7b", lora_rank: 32, learning_rate: "0.0001", epochs: 3, evaluations: 45, eval_loss: (1.9826, 1.2764, 1.2809), rouge_l: 0.4123, bleu: 0.2068, ending: Ending::Finished },
    Trial { name: "sft-qwen-14b-r32", start: at(6, 17, 18, 0), user: "ben", base_model: "qwen2.5-14b", lora_rank: 32, learning_rate: "0.0001", epochs: 3, evaluations: 17, eval_loss: (1.8937, 1.2986, 1.2986), rouge_l: 0.3968, bleu: 0.1985, ending: Ending::StillRunning },
];

/// The experiment.
pub(super) fn experiment() -> ExperimentRecord {
    STUDY.with(TRIALS.iter().map(run).collect())
}

fn run(trial: &Trial) -> RunRecord {
    let Trial { evaluations, rouge_l, bleu, .. } = *trial;
    let (first_loss, lowest_loss, last_loss) = trial.eval_loss;
    let mut random = Random::of(trial.name);
    let mut evaluated = |waypoints: &[(i64, f64)], wobble: f64| -> Curve {
        curve::through(waypoints, wobble, &mut random).into_iter().map(|(evaluation, value)| (evaluation * EVALUATE_EVERY, value)).collect()
    };
    let knee = rounded(lowest_loss * 1.12, 4);
    let eval_loss =
        evaluated(&[(0, first_loss), (evaluations / 5, knee), (evaluations * 2 / 3, lowest_loss), (evaluations, last_loss)], 0.004);
    let rouge_curve = evaluated(&[(0, 0.2147), (evaluations / 5, rounded(rouge_l * 0.86, 4)), (evaluations, rouge_l)], 0.008);
    let bleu_curve = evaluated(&[(0, 0.0712), (evaluations / 5, rounded(bleu * 0.8, 4)), (evaluations, bleu)], 0.015);
    let perplexity = eval_loss.iter().map(|(step, loss)| (*step, rounded(loss.exp(), 4))).collect();
    let draft = STUDY
        .run(trial.name, trial.user, trial.start, STEP_SECONDS)
        .param("base_model", trial.base_model)
        .param("lora_rank", trial.lora_rank)
        .param("learning_rate", trial.learning_rate)
        .param("epochs", trial.epochs)
        .points("eval_loss", eval_loss)
        .points("perplexity", perplexity)
        .points("rouge_l", rouge_curve)
        .points("bleu", bleu_curve);
    let draft = match trial.name {
        "sft-mistral-7b-r16" => draft.tag("stage", "production"),
        "sft-llama-8b-r64" => draft.note("Its loss rises in the third epoch: stop after two."),
        "sft-qwen-7b-r32" => draft.tag("stage", "candidate"),
        _ => draft,
    };
    match trial.ending {
        Ending::Finished => draft.ended(RunStatus::Finished, evaluations * EVALUATE_EVERY * STEP_SECONDS + 380).record(),
        Ending::StillRunning => draft.record(),
    }
}
