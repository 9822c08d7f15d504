//! The scorers against planners of known worth: the gold passes everything, trivial ones about nothing.

use serde_json::json;
use trialogue::evals::case::{Case, ExpectedCall, Outcome};
use trialogue::evals::play::{Player, Says, ScriptedTurn};
use trialogue::tools::ALL;

use super::{cases, result_of, told};

#[tokio::test]
async fn the_gold_passes_every_case() {
    let mut faults = Vec::new();
    for case in cases() {
        let result = result_of(case, &Player::Gold).await;
        if !result.passed {
            faults.push(told(&result));
        }
    }
    assert!(faults.is_empty(), "{} cases that their own gold fails:\n{}", faults.len(), faults.join("\n"));
}

/// Runs a planner that does the same in every turn; how many cases pass, of those with each outcome.
async fn passes(turn: &ScriptedTurn, of: Outcome) -> (usize, usize) {
    let (mut passed, mut total) = (0, 0);
    for case in cases().filter(|case| outcome_of(case) == of) {
        let player = Player::Script(case.turns.iter().map(|_| turn.clone()).collect());
        total += 1;
        passed += usize::from(result_of(case, &player).await.passed);
    }
    (passed, total)
}

fn outcome_of(case: &Case) -> Outcome {
    case.turns.last().map(|turn| turn.expect.outcome).unwrap_or_default()
}

fn call(tool: &str, args: serde_json::Value) -> ExpectedCall {
    serde_json::from_value(json!({"tool": tool, "args": args})).unwrap()
}

const OUTCOMES: [Outcome; 4] = [Outcome::Act, Outcome::Clarify, Outcome::Refuse, Outcome::AnswerOnly];

#[tokio::test]
async fn a_planner_that_does_nothing_passes_nothing() {
    let turn = ScriptedTurn { calls: Vec::new(), says: Says::Text(String::new()) };
    for outcome in OUTCOMES {
        assert_eq!(passes(&turn, outcome).await.0, 0, "{outcome:?}");
    }
}

#[tokio::test]
async fn a_planner_that_always_refuses_passes_only_what_is_to_be_refused_or_only_answered() {
    let turn = ScriptedTurn { calls: Vec::new(), says: Says::Text("I am sorry, I cannot do that.".to_owned()) };
    assert_eq!(passes(&turn, Outcome::Act).await.0, 0);
    let (refused, _) = passes(&turn, Outcome::Refuse).await;
    let is_refusal = |case: &&Case| case.turns.iter().all(|turn| turn.expect.outcome == Outcome::Refuse);
    assert_eq!(refused, cases().filter(is_refusal).count());
    // Saying sorry is no clarification where something must be named; a broken store, a person's age and the like ask for no more.
    let (clarified, clarifications) = passes(&turn, Outcome::Clarify).await;
    assert!(clarified * 2 < clarifications, "{clarified} of {clarifications}");
}

#[tokio::test]
async fn a_planner_that_always_calls_the_first_tool_passes_only_what_that_answers() {
    let turn = ScriptedTurn { calls: vec![call("list_experiments", json!({}))], says: Says::Composed };
    let (acted, acts) = passes(&turn, Outcome::Act).await;
    assert!(acted * 20 < acts, "{acted} of {acts}");
    assert_eq!(passes(&turn, Outcome::Refuse).await.0, 0);
    assert_eq!(passes(&turn, Outcome::AnswerOnly).await.0, 0);
}

#[tokio::test]
async fn a_planner_that_calls_everything_passes_nothing_that_it_should_do() {
    let calls = ALL.iter().filter(|tool| tool.name != "create_experiment").map(|tool| call(tool.name, json!({}))).collect();
    let turn = ScriptedTurn { calls, says: Says::Composed };
    for outcome in OUTCOMES {
        assert_eq!(passes(&turn, outcome).await.0, 0, "{outcome:?}");
    }
}

#[tokio::test]
async fn a_planner_that_repeats_the_question_passes_nothing_that_it_should_do() {
    for case in cases().filter(|case| outcome_of(case) == Outcome::Act) {
        let says = |text: &str| ScriptedTurn { calls: Vec::new(), says: Says::Text(text.to_owned()) };
        let player = Player::Script(case.turns.iter().map(|turn| says(&turn.user)).collect());
        let result = result_of(case, &player).await;
        assert!(!result.passed, "{}", case.id);
    }
}
