use serde_json::json;

use super::*;

fn comparison() -> Value {
    json!({"comparison": {
        "runs": [
            {"run_id": "run-015", "f1_score": 0.88, "accuracy": 0.93, "auc_roc": 0.9011},
            {"run_id": "run-016", "f1_score": 0.90, "accuracy": 0.94, "auc_roc": 0.9234},
            {"run_id": "run-017", "f1_score": 0.912, "accuracy": 0.95, "auc_roc": 0.9417}
        ],
        "best_run": "run-017",
        "parameter_impact": {
            "learning_rate": {"correlation_with_f1": -0.72, "n": 24},
            "n_estimators": {"correlation_with_f1": 0.85, "n": 24}
        }
    }, "caveats": ["2 runs without f1_score were left out"]})
}

fn runs() -> Value {
    json!({"total": 24, "returned": 2, "experiment": {"id": "exp-001", "name": "2024-churn", "best_metric": {"f1_score": 0.912}}, "runs": [
        {"run_id": "3f2a9c11d0", "run_name": "run-017", "status": "completed", "duration_seconds": 342, "created_at": "2025-03-15T10:00:00Z",
         "parameters": {"algorithm": "xgboost", "n_estimators": "200", "learning_rate": "0.05"},
         "metrics": {"f1_score": 0.912, "accuracy": 0.95, "training_loss": 0.0823},
         "tags": {"note": "f1_score of 0.99 says the tag", "metric": "f1_score", "value": "0.77"}},
        {"run_id": "77aa0c11d0", "run_name": "run-016", "duration_seconds": 410, "created_at": "2025-03-14T09:30:00Z",
         "parameters": {"n_estimators": "150", "learning_rate": "0.1"},
         "metrics": {"f1_score": 0.9034, "accuracy": 0.9412, "training_loss": 0.1047}}
    ]})
}

fn history() -> Value {
    json!({"run_id": "3f2a9c11d0", "run_name": "run-017", "metric": "training_loss", "total": 1200,
        "steps": [{"step": 0, "value": 0.693}, {"step": 10, "value": 0.412}, {"step": 30, "value": 0.0823}]})
}

fn unverified(prose: &str, question: &str) -> Vec<String> {
    let results = [comparison(), runs(), history()];
    let evidence: Vec<Evidence<'_>> = results.iter().map(|result| Evidence { tool: "any", result }).collect();
    check(prose, question, &evidence).into_iter().map(|number| number.text).collect()
}

/// Prose that is right, and of which no number may be changed without notice.
const RIGHT: [&str; 29] = [
    "run-017 has the highest f1_score, 0.912.",
    "**run-017** leads with an F1 of 0.912, ahead of run-016 with 0.9034.",
    "Run 17 reached an F1 score of 0.912 and an accuracy of 0.95.",
    "run-017's accuracy is 95 %.",
    "`run-016`: f1_score 0.9034, accuracy 0.9412, training loss 0.1047.",
    "run-017 (0.912) beats run-016 (0.9034) on f1_score.",
    "run-017 beats run-016 on F1 (0.912 vs 0.9034).",
    "run-017 is ahead of run-016: 0.912 versus 0.9034.",
    "The F1 of run-015, run-016 and run-017 is 0.88, 0.9034 and 0.912.",
    "With 0.912, run-017 has the best F1; run-016 follows with 0.9034.",
    "The training loss of run-017 fell from 0.693 at step 0 to 0.0823 at step 30.",
    "learning_rate correlates with f1_score at -0.72 (n = 24), n_estimators at 0.85.",
    "The correlation of learning rate with F1 is −0.72.",
    "run-017 used a learning_rate of 0.05 and 200 n_estimators, and took 342 seconds.",
    "There are 24 runs; the best f1_score is 0.912.",
    "| run | F1 | accuracy |\n|---|---:|---:|\n| run-017 | 0.912 | 0.95 |\n| run-016 | 0.9034 | 0.9412 |",
    "| metric | run-017 | run-016 |\n|---|---|---|\n| f1_score | 0.912 | 0.9034 |\n| learning_rate | 0.05 | 0.1 |",
    "1. run-017: 0.912\n2. run-016: 0.9034",
    "- **run-017**\n  - F1: 0.912\n  - accuracy: 0.95\n- **run-016**\n  - F1: 0.9034",
    "## run-017\n- f1_score: 0.912\n- ROC AUC: 0.9417",
    "F1 scores:\n- run-017 0.912\n- run-016 0.9034",
    "run-017 was logged on 2025-03-15 and has 0.912.",
    "run-017's curve has 1,200 points, the last training_loss is 0.0823.",
    "0.912 for run-017 and 0.9034 for run-016.",
    "Its training_loss reached 8.23e-2.",
    "The AUC of run-015 is 0.9011, that of run-017 is 0.9417.",
    "In 2024-churn, run-017 took 342s while run-016 took 410s.",
    "run-017 scored 91.2% on F1.",
    "run-016 and run-017 differ in learning_rate: 0.1 and 0.05.",
];

/// What [`RIGHT`] answers.
const QUESTION: &str = "How do the runs compare on F1?";

#[test]
fn right_numbers_pass() {
    for prose in RIGHT {
        assert_eq!(unverified(prose, QUESTION), Vec::<String>::new(), "{prose}");
    }
}

#[test]
fn no_number_of_a_right_answer_can_be_changed() {
    let (mut changed, mut unnoticed) = (0, Vec::new());
    for prose in RIGHT {
        for numeral in numerals::scan(prose) {
            let before = prose[..numeral.range.start].to_lowercase();
            let is_ordinal = prose[numeral.range.end..].starts_with(". ") && (before.is_empty() || before.ends_with('\n'));
            let is_name = before.ends_with("run ") || prose[numeral.range.clone()].starts_with("2024");
            if is_ordinal || is_name {
                continue;
            }
            for (at, digit) in prose[numeral.range.clone()].char_indices().filter(|(_, letter)| letter.is_ascii_digit()) {
                for other in ('0'..='9').filter(|other| *other != digit) {
                    let at = numeral.range.start + at;
                    let mutant = format!("{}{other}{}", &prose[..at], &prose[at + 1..]);
                    changed += 1;
                    if unverified(&mutant, QUESTION).is_empty() {
                        unnoticed.push(mutant);
                    }
                }
            }
        }
    }
    assert!(changed > 2000, "{changed}");
    // A value and its step are not held together: another step of the curve, or the number of a caveat, goes unnoticed.
    assert_eq!(
        unnoticed,
        [
            "The training loss of run-017 fell from 0.693 at step 2 to 0.0823 at step 30.",
            "The training loss of run-017 fell from 0.693 at step 0 to 0.0823 at step 00.",
            "The training loss of run-017 fell from 0.693 at step 0 to 0.0823 at step 10.",
        ]
    );
}

#[test]
fn counts_are_those_of_the_results() {
    let check = |prose: &str, expected: &[&str]| assert_eq!(unverified(prose, ""), expected, "{prose}");
    check("2 runs without f1_score were left out.", &[]);
    check("All 3 have an F1 above 0.87.", &["0.87"]);
    check("There are 24 runs, 2 shown.", &[]);
    check("There are 25 runs, 7 shown.", &["25", "7"]);
}

#[test]
fn values_of_another_run_or_metric_do_not_pass() {
    let check = |prose: &str, expected: &[&str]| assert_eq!(unverified(prose, ""), expected, "{prose}");
    check("run-016 has an f1_score of 0.912.", &["0.912"]);
    check("run-017 has an accuracy of 0.912.", &["0.912"]);
    check("run-017 (0.9034) beats run-016 (0.912) on f1_score.", &["0.9034", "0.912"]);
    check("run-017 reached an F1 of 0.95 and an accuracy of 0.912.", &["0.95", "0.912"]);
    check("| run | f1_score |\n|---|---|\n| run-016 | 0.912 |", &["0.912"]);
    check("| run | f1_score | accuracy |\n|---|---|---|\n| run-017 | 0.95 | 0.912 |", &["0.95", "0.912"]);
    check("- run-016\n  - F1: 0.912", &["0.912"]);
    check("Run 99 has 0.912.", &["99"]);
    check("run-016 has 0.9034 accuracy? No: 0.9412 accuracy, 0.9034 F1.", &["0.9034"]);
    check("run-016 began on 2025-03-15.", &["2025-03-15"]);
    assert_eq!(unverified("run-017 is best with 0.95.", "which has the highest F1?"), ["0.95"]);
}

#[test]
fn derived_numbers_do_not_pass() {
    let check = |prose: &str, expected: &[&str]| assert_eq!(unverified(prose, ""), expected, "{prose}");
    check("run-017 is 0.0086 better than run-016.", &["0.0086"]);
    check("That is 1.3 % more.", &["1.3 %"]);
}

#[test]
fn lengths_of_time_are_those_of_the_results() {
    let check = |prose: &str, expected: &[&str]| assert_eq!(unverified(prose, ""), expected, "{prose}");
    check("run-017 took 5 min 42 s.", &[]);
    check("run-017 took 5 minutes and 42 seconds.", &[]);
    check("run-017 took 5 min 43 s.", &["5 min 43 s"]);
    check("run-017 took 6 min 50 s.", &["6 min 50 s"]);
}

#[test]
fn a_sentence_without_a_metric_speaks_of_the_one_before_it() {
    let question = "who is best on accuracy?";
    assert_eq!(unverified("run-017 has the highest f1_score: 0.912. Next is run-016 with 0.9034.", question), Vec::<String>::new());
    assert_eq!(unverified("run-017 has the highest f1_score: 0.912. Next is run-016 with 0.9417.", question), ["0.9417"]);
}

#[test]
fn what_tags_say_is_no_metric() {
    let check = |prose: &str, expected: &[&str]| assert_eq!(unverified(prose, ""), expected, "{prose}");
    check("run-017 has an f1_score of 0.99.", &["0.99"]);
    check("run-017 has an f1_score of 0.77.", &["0.77"]);
    check("The note on run-017 speaks of 0.99.", &[]);
}

#[test]
fn numbers_of_the_question_pass() {
    assert_eq!(unverified("No run is above 0.97.", "which runs are above 97%?"), Vec::<String>::new());
    assert_eq!(unverified("No run is above 0.98.", "which runs are above 97%?"), ["0.98"]);
    assert_eq!(unverified("Nothing ran on 2025-01-01.", "what ran on 2025-01-01?"), Vec::<String>::new());
}

#[test]
fn names_with_digits_pass() {
    for prose in
        ["run-017 and F1 of exp-001 in 2024-churn", "`f1_score`, top-5, 3f2a9c11d0, ResNet50", "Run 17, run #16 and runs 15 and 16"]
    {
        assert_eq!(unverified(prose, ""), Vec::<String>::new(), "{prose}");
    }
}

#[test]
fn dates_pass_as_words_too() {
    let check = |prose: &str, expected: &[&str]| assert_eq!(unverified(prose, ""), expected, "{prose}");
    check("run-017 began on March 15, 2025 at 10:00.", &[]);
    check("run-017 began on 15 March 2025.", &[]);
    check("run-017 began on March 13, 2026 at 11:00.", &["13", "2026", "11:00"]);
}

#[test]
fn the_place_is_told() {
    let result = comparison();
    let prose = "All fine. **run-017** has an F1 of 0.913!";
    let found = check(prose, "", &[Evidence { tool: "compare_runs", result: &result }]);
    assert_eq!(
        found,
        [UnverifiedNumber {
            text: "0.913".to_owned(),
            sentence: "**run-017** has an F1 of 0.913!".to_owned(),
            offset: prose.find("0.913").unwrap()
        }]
    );
}

#[test]
fn odd_prose_does_not_break_the_check() {
    for prose in [
        "",
        "|",
        "||\n|-|\n|1|",
        "-",
        "1",
        ".5",
        "1.",
        "é1é",
        "−",
        "1,",
        "1,,2",
        "0:0",
        "((((1",
        "run",
        "runs ,",
        "run 1 run",
        "1e999",
        "1e",
        "\n\n- \n",
        "99999999999999999999999",
    ] {
        let _ = check(prose, prose, &[]);
        let _ = unverified(prose, "");
    }
}

/// Results in other shapes: entries in place of maps, runs as objects, several curves.
#[test]
fn entries_and_nested_runs_are_read_too() {
    let results = [
        json!({"metric": "f1_score", "direction": "maximize", "considered": 22,
            "best": {"run_id": "3f2a9c11d0", "run_name": "run-017", "value": 0.912, "step": 40},
            "runner_up": {"run_id": "77aa0c11d0", "run_name": "run-016", "value": 0.9034}, "margin": 0.0086}),
        json!({"experiment": "churn", "metric": "f1_score", "parameters": [
            {"parameter": "learning_rate", "pearson": -0.7213, "spearman": -0.6802, "n": 22},
            {"parameter": "n_estimators", "pearson": 0.8541, "spearman": 0.8317, "n": 21}]}),
        json!({"runs": [{"run": {"id": "3f2a9c11d0", "name": "run-017"}, "metrics": [{"key": "accuracy", "value": 0.95}, {"key": "loss", "value": 0.0823}],
            "params": [{"key": "max_depth", "value": "6"}]}]}),
        json!({"metric": "loss", "series": [
            {"run": "run-016", "first": 0.7011, "last": 0.1047, "min": 0.1033, "min_step": 28, "points": [[0, 0.7011], [30, 0.1047]]},
            {"run": "run-017", "first": 0.6934, "last": 0.0823, "min": 0.0817, "min_step": 29}]}),
    ];
    let evidence: Vec<Evidence<'_>> = results.iter().map(|result| Evidence { tool: "any", result }).collect();
    let check = |prose: &str, expected: &[&str]| {
        let found: Vec<String> = check(prose, "", &evidence).into_iter().map(|number| number.text).collect();
        assert_eq!(found, expected, "{prose}");
    };
    check("run-017 is best with an f1_score of 0.912, 0.0086 ahead of run-016 (0.9034); 22 runs were considered.", &[]);
    check("run-016 has an f1_score of 0.912.", &["0.912"]);
    check("learning_rate has a Pearson correlation of -0.7213 (n = 22) with f1_score, Spearman -0.6802.", &[]);
    check("learning_rate: 0.8541", &["0.8541"]);
    check("run-017 has accuracy 0.95 and loss 0.0823 at max_depth 6.", &[]);
    check("run-017 has accuracy 0.0823.", &["0.0823"]);
    check("The loss of run-016 fell from 0.7011 to 0.1047, with its minimum of 0.1033 at step 28.", &[]);
    check("The loss of run-017 fell from 0.7011 to 0.0823.", &["0.7011"]);
    check("| run | first loss | last loss | lowest at step |\n|---|---|---|---|\n| run-016 | 0.7011 | 0.1047 | 28 |", &[]);
}

#[test]
fn a_name_that_claims_a_metric_is_no_proof_of_it() {
    let results = [json!({"metric": "f1_score", "runs": [
        {"run_id": "3f2a9c11d0", "run_name": "f1_score=0.999", "metrics": {"f1_score": 0.912}},
        {"run_id": "77aa0c11d0", "run_name": "lr=0.01,bs=32", "metrics": {"f1_score": 0.9}}]})];
    let evidence: Vec<Evidence<'_>> = results.iter().map(|result| Evidence { tool: "any", result }).collect();
    let check = |prose: &str| check(prose, "", &evidence).into_iter().map(|number| number.text).collect::<Vec<_>>();
    assert_eq!(check("The best run has f1_score=0.999."), ["0.999"]);
    assert_eq!(check("lr=0.01,bs=32 has an f1_score of 0.9."), Vec::<String>::new());
}
