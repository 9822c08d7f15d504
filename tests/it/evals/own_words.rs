//! A model's own words beside a call that was right: what the tool's table holds is no credit to them.

use serde_json::json;
use trialogue::evals::folder::read_results;

use super::program::run;
use crate::scripted_openai::{ScriptedOpenAi, Turn};
use crate::support::folder;

#[tokio::test(flavor = "multi_thread")]
async fn a_right_call_is_no_answer() {
    // tft-large and nhits-a have the same mape, 10.7; arima-base is another run, with a value of its own.
    let right = "tft-large and nhits-a both have the lowest mape: 10.7.";
    let check = async |says: &str, passes: bool, fault: &str| {
        let folder = folder();
        let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let server = ScriptedOpenAi::start([Turn::calls(&[("best_run", json!({"metric": "mape"}))]), Turn::text(says)]).await;
        let (tapes, out) = (at("tapes"), at("out"));
        let fixed = "eval record --planner openai:small --case best.mape.tie.01 --jobs 1".split(' ');
        let arguments: Vec<&str> = fixed.chain(["--cassettes", &tapes, "--out", &out]).collect();
        let (code, text) = run(&arguments, &[("OPENAI_BASE_URL", server.base_url.as_str())]).await;
        assert_eq!(code, 0, "{text}");
        let result = read_results(&folder.path().join("out")).unwrap().remove(0);
        let why: Vec<String> = result.failures().flat_map(|score| score.why.clone()).collect();
        assert_eq!((result.passed, result.incomplete), (passes, None), "{says}: {why:?}");
        assert!(passes || why.iter().any(|why| why.contains(fault)), "{says}: {why:?}");
    };
    check(right, true, "").await;
    check("I do not know.", false, "told nothing of it").await;
    check("arima-base is the one.", false, "does not mention").await;
    check("", false, "got to no answer of its own: the model wrote no answer").await;
}
