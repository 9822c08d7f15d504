//! Answers that are empty, thought aloud, cut off, endless or invented.

use serde_json::json;

use super::{Asked, Writer, best_run, right};
use crate::scripted_openai::{Turn, delta, finish};

fn spoken(text: &str, reason: &str) -> Turn {
    Turn::events(&[delta(json!({"content": text})), finish(reason)])
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_are_none_are_not_shown() {
    let asked = Asked::demo().await;
    let thought = || Turn::events(&[delta(json!({"reasoning_content": "0.987?", "reasoning": "0.955?"})), finish("stop")]);
    let refused = || Turn::events(&[delta(json!({"refusal": "I cannot help with that."})), finish("stop")]);
    asked
        .play_all(vec![
            ("an empty answer", vec![spoken("", "stop")], Writer::Interpreter),
            ("an answer of white space", vec![spoken(" \n\t", "stop")], Writer::Interpreter),
            ("an empty answer after a call", vec![best_run(), spoken("", "stop")], Writer::Results),
            ("only thought", vec![thought()], Writer::Interpreter),
            ("only thought, after a call", vec![best_run(), thought()], Writer::Results),
            ("only thought, in marks that do not end", vec![best_run(), spoken("<think>0.987 it may be", "stop")], Writer::Results),
            ("a refusal", vec![refused()], Writer::Interpreter),
            ("a refusal after a call", vec![best_run(), refused()], Writer::Results),
            ("a filter", vec![spoken("", "content_filter")], Writer::Interpreter),
            ("an answer longer than anybody reads", vec![best_run(), spoken(&"run-017 is best. ".repeat(50_000), "stop")], Writer::Results),
        ])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thought_and_half_sentences_are_taken_out() {
    let asked = Asked::demo().await;
    let answer = "run-017 has the highest f1_score: 0.912.";
    for (name, turn) in [
        ("thought before the answer", spoken(&format!("<think>0.987? No.</think>\n{answer}"), "stop")),
        ("thought that only ends", spoken(&format!("0.987? No.</think>\n{answer}"), "stop")),
        ("thought within the answer", spoken(&format!("{answer}<think>0.955?</think>"), "stop")),
        ("thought beside the answer", Turn::events(&[delta(json!({"reasoning": "0.987", "content": answer})), finish("stop")])),
        ("an answer that the limit cut off", spoken(&format!("{answer} Its accuracy is 0.9"), "length")),
        ("marks that a terminal obeys", spoken("run-017 has the highest f1_score: \u{1b}[31m\u{202e}0.912.", "stop")),
    ] {
        let turn = asked.play(name, vec![best_run(), turn], Writer::Model).await;
        let told = turn["answer"].as_str().unwrap().replace("[31m", "");
        assert_eq!(told, answer, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_no_result_holds_is_not_shown() {
    let asked = Asked::demo().await;
    let invented = |number: &str| Turn::text(&format!("run-017 has the highest f1_score: {number}."));
    // 0.912 is run-017's.
    let misplaced = || Turn::text("run-016 has an f1_score of 0.912.");
    asked
        .play_all(vec![
            ("a number that is invented", vec![best_run(), invented("0.987"), invented("0.955")], Writer::Results),
            ("a number that is invented, once", vec![best_run(), invented("0.987"), right()], Writer::Model),
            ("a number without any call", vec![invented("0.987"), invented("0.955")], Writer::Interpreter),
            ("a number that is another run's", vec![best_run(), misplaced(), misplaced()], Writer::Results),
            (
                "a number in a table",
                vec![best_run(), Turn::text("| run | f1_score |\n|---|---|\n| run-017 | 0.987 |"), invented("0.955")],
                Writer::Results,
            ),
            ("a number in percent", vec![best_run(), Turn::text("run-017 has an f1_score of 98.7 %."), invented("0.955")], Writer::Results),
            (
                "a number in the language of the question",
                vec![best_run(), Turn::text("run-017 hat f1_score 0,987."), invented("0.955")],
                Writer::Results,
            ),
        ])
        .await;
    let turn = asked.play("what it invented is told apart", vec![invented("0.987"), invented("0.955")], Writer::Interpreter).await;
    assert_eq!(turn["unverified_numbers"], json!(["0.987"]));
}
