//! Tenants see nothing of each other: by tool, resource, completion, prompt or the text of an error.

use serde_json::{Value, json};

use super::{Caller, is_error};
use crate::rest::tenants::{SECRETS, bearer, make_store};
use crate::services::trialogue::Trialogue;
use crate::support::folder;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_another_tenant_is_seen() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let (theirs, their_run) = make_store(&path).await;
    let file = folder.path().join("keys.json");
    let (acme, globex) = (bearer(&file, "acme"), bearer(&file, "globex"));
    let service = Trialogue::over(&path, &["--keys", file.to_str().unwrap()], &[]);
    let (acme, globex) = (Caller::as_bearer(&service, &acme), Caller::as_bearer(&service, &globex));

    // The other tenant does see it: the secrets are where they are looked for.
    let own = globex.call("list_runs", &json!({ "experiment": "zebra-churn", "response_format": "detailed" })).await.to_string();
    assert!(own.contains("walrus") && own.contains("lemming_score") && own.contains("quokka") && own.contains("0.98765"), "{own}");
    let own = globex.answer("resources/list", &json!({})).await.to_string();
    assert!(own.contains("zebra-churn") && own.contains("quokka"), "{own}");

    let mut asked: Vec<(&str, Value)> = vec![
        ("server/discover", json!({})),
        ("tools/list", json!({})),
        ("resources/list", json!({})),
        ("resources/read", json!({ "uri": "trialogue://experiments" })),
        ("prompts/list", json!({})),
    ];
    let mut call = |tool: &str, arguments: Value| asked.push(("tools/call", json!({ "name": tool, "arguments": arguments })));
    for query in ["zebra", "quokka", "churn"] {
        call("list_experiments", json!({ "query": query, "status": "all" }));
    }
    for experiment in
        [Value::Null, json!(theirs.0), json!("zebra-churn"), json!("zebra"), json!("zebra-chrun"), json!("churn-prediction-q1")]
    {
        let about = |more: Value| {
            let mut arguments = more;
            if !experiment.is_null() {
                arguments["experiment"] = experiment.clone();
            }
            arguments
        };
        call("describe_experiment", about(json!({})));
        call("list_runs", about(json!({ "response_format": "detailed" })));
        for metric in ["f1_score", "lemming_score", "lemmign_score"] {
            call("best_run", about(json!({ "metric": metric, "response_format": "detailed" })));
            call("parameter_impact", about(json!({ "metric": metric, "parameters": ["lemming_rate"] })));
            call("list_runs", about(json!({ "filter": format!("metrics.{metric} > 0") })));
        }
        for run in [their_run.as_str(), &their_run[..8], "walrus-017", "walrus", "walrsu-017", "latest", "best"] {
            call("get_run", about(json!({ "run": run, "response_format": "detailed" })));
            call("compare_runs", about(json!({ "run_ids": ["run-017", run] })));
            call("metric_history", about(json!({ "run_ids": [run], "metrics": ["f1_score"] })));
            call("list_artifacts", about(json!({ "run": run })));
            call("read_artifact", about(json!({ "run": run, "path": "x" })));
        }
    }
    for name in [&theirs.0, "zebra-churn", "zebra", "zebra-chrun"] {
        asked.push(("resources/read", json!({ "uri": format!("trialogue://experiments/{name}") })));
        asked.push(("prompts/get", json!({ "name": "best_run", "arguments": { "experiment": name } })));
    }
    for run in [&their_run, "walrus-017", "walrus", "latest"] {
        asked.push(("resources/read", json!({ "uri": format!("trialogue://runs/{run}") })));
    }
    for (argument, typed) in
        [("experiment", ""), ("experiment", "z"), ("run", ""), ("run", "walrus"), ("metric", ""), ("metric", "lemming")]
    {
        for context in [json!({}), json!({ "experiment": "zebra-churn" }), json!({ "experiment": theirs.0 })] {
            asked.push((
                "completion/complete",
                json!({
                    "ref": { "type": "ref/prompt", "name": "training_curves" },
                    "argument": { "name": argument, "value": typed },
                    "context": { "arguments": context },
                }),
            ));
        }
    }
    let mut refused = 0;
    for (method, params) in &asked {
        let answer = acme.answer(method, params).await;
        refused += usize::from(is_error(&answer["result"]) || !answer["error"].is_null());
        let (sent, told) = (params.to_string(), answer.to_string());
        // What was asked may be repeated; a name that is near to it may not be told.
        let told = told.replace("zebra-chrun", "").replace("walrsu-017", "").replace("lemmign_score", "");
        for secret in SECRETS {
            assert!(sent.contains(secret) || !told.contains(secret), "{method} {params} tells {secret}: {answer}");
        }
        assert!(sent.contains(&their_run) || !told.contains(&their_run[..16]), "{method} {params}: {answer}");
    }
    assert!(refused > 50, "{refused} of {} were refused", asked.len());
    // A taken name is no telltale of what stands behind it.
    let taken = acme.call("create_experiment", &json!({ "name": "zebra-churn" })).await.to_string();
    assert!(!taken.contains("globex") && !taken.contains("quokka"), "{taken}");
}
