//! The page: open to everybody where the API is not, under a strict policy, its files with their types, and where it begins.

use serde_json::{Value, json};
use trialogue::api::auth::Role;

use super::{ask, events, follow_up, question};
use crate::services::guarded::key;
use crate::services::trialogue::Trialogue;
use crate::support::folder;

#[tokio::test(flavor = "multi_thread")]
async fn the_page_needs_no_key_and_the_api_does() {
    let folder = folder();
    let file = folder.path().join("keys.json");
    key(&file, None, Role::Reader);
    let service = Trialogue::start(&["--demo", "--keys", file.to_str().unwrap()], &[]);
    let page = service.get("/").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!((page.header("x-content-type-options"), page.header("referrer-policy")), ("nosniff", "no-referrer"));
    assert!(!page.text.contains("churn"), "the page holds nothing of the store");
    for path in ["/api/v1/chat/start", "/api/v1/conversations", "/api/v1/ml/experiments", "/docs"] {
        assert_eq!(service.get(path).await.status, 401, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_file_of_the_page_is_served_with_its_type_and_how_long_it_is_kept() {
    let service = Trialogue::demo();
    let page = service.get("/").await.text;
    let named: Vec<&str> = page.split('"').filter(|part| part.starts_with("page/")).collect();
    assert!(named.len() > 10, "{named:?}");
    for path in named {
        let file = service.get(&format!("/{path}")).await;
        let media_type = match path.rsplit('.').next() {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            _ => "image/svg+xml",
        };
        assert_eq!((file.status, file.header("content-type")), (200, media_type), "{path}");
        let kept = if path.contains("vega") { "private, max-age=31536000, immutable" } else { "private, no-cache" };
        assert_eq!((file.header("cache-control"), file.header("etag").len()), (kept, 18), "{path}");
        let known = service.request(&reqwest::Method::GET, &format!("/{path}")).header("if-none-match", file.header("etag"));
        assert_eq!(known.send().await.unwrap().status(), 304, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_suggestion_is_understood_and_leads_to_others() {
    let service = Trialogue::demo();
    let start = service.get("/api/v1/chat/start").await.json();
    assert_eq!((&start["experiment_count"], &start["may_write"], &start["planner"]), (&json!(5), &json!(true), &json!("builtin")));
    assert_eq!(start, service.get("/api/v1/chat/start").await.json(), "the same store gives the same questions");
    let mut open: Vec<(String, u32)> = words(&start["suggestions"]).into_iter().map(|words| (words, 0)).collect();
    assert_eq!(open.len(), 4);
    for name in start["experiments"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()) {
        let about = service.get(&format!("/api/v1/chat/start?experiment={name}")).await.json();
        open.extend(words(&about["suggestions"]).into_iter().map(|words| (words, 0)));
    }
    let mut tools = std::collections::BTreeSet::new();
    while let Some((words_asked, depth)) = open.pop() {
        let turn = ask(&service, question(&words_asked)).await;
        // That the files of a demonstration are not there is said, and is understood all the same.
        let call = &turn["calls"][0];
        assert!(turn["answered"] == true || call["error"]["code"] == "out_of_reach", "{words_asked}: {turn}");
        tools.insert(call["tool"].as_str().unwrap().to_owned());
        let next = words(&turn["suggestions"]);
        assert!(!next.is_empty() && next.len() <= 3 && !next.contains(&words_asked), "{words_asked}: {next:?}");
        if depth == 0 {
            for words_next in next {
                let answer = ask(&service, follow_up(&turn, &words_next)).await;
                let call = &answer["calls"][0];
                assert!(answer["answered"] == true || call["error"]["code"] == "out_of_reach", "{words_asked} → {words_next}: {answer}");
                tools.insert(call["tool"].as_str().unwrap().to_owned());
            }
        }
    }
    assert!(tools.len() >= 7, "{tools:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_experiment_that_was_picked_is_asked_about() {
    let service = Trialogue::demo();
    let picked = |message: &str, experiment: &str| json!({"message": message, "experiment": experiment});
    let turn = ask(&service, picked("Which run had the highest F1 score?", "fraud-detection")).await;
    assert_eq!(turn["calls"][0]["resolved"]["experiment"]["name"], "fraud-detection", "{turn}");
    let again = json!({"message": "best run", "experiment": "1", "conversation_id": turn["conversation_id"]});
    assert_eq!(ask(&service, again).await["calls"][0]["resolved"]["experiment"]["name"], "churn-prediction-q1");
    let reply = service.post("/api/v1/chat", &picked("best run", "no such thing")).await;
    assert_eq!((reply.status, reply.code().as_str()), (404, "not_found"));
    for (query, status) in [("?experiment=fraud", 200), ("?experiment=nosuch", 404), ("?experiment=", 400), ("?a=b", 400)] {
        assert_eq!(service.get(&format!("/api/v1/chat/start{query}")).await.status, status, "{query}");
    }
    let about = service.get("/api/v1/chat/start?experiment=fraud").await.json();
    assert_eq!(about["suggestions"][0], "What is logged in fraud-detection?");
    let done = events(&service, question("best run")).await.pop().unwrap();
    assert!(!words(&done.data["suggestions"]).is_empty(), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_shared_as_a_file_that_needs_nothing_else() {
    let service = Trialogue::demo();
    let body = json!({"message": "Which run had the highest F1 score?", "chart": "vega_lite"});
    let turn = ask(&service, body).await;
    let path = |number: &str| format!("/api/v1/conversations/{}/turns/{number}/page", turn["conversation_id"].as_str().unwrap());
    let file = service.get(&path("1")).await;
    assert_eq!((file.status, file.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(file.header("content-disposition").starts_with("attachment; filename=\"conv_"), "{:?}", file.headers);
    for part in ["<h1>Which run had the highest F1 score?</h1>", "0.912", "<svg ", ">run-017</td>", "left out of the ranking", "best_run {"]
    {
        assert!(file.text.contains(part), "{part}: {}", file.text);
    }
    // The namespace of SVG is a name, not an address.
    let foreign = file.text.replace("http://www.w3.org/2000/svg", "").contains("//");
    assert!(!file.text.contains("<script") && !file.text.contains("style=") && !foreign, "{}", file.text);
    let policy = file.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    for number in ["2", "0", "x"] {
        assert_eq!(service.get(&path(number)).await.code(), "no_such_turn", "{number}");
    }
}

/// For `tests/apps/page.mjs`, which shows them in a browser: a store whose runs are called what would be markup, and one without
/// experiments.
#[test]
fn stores_for_the_page_are_written_where_asked() {
    let Some(folder) = std::env::var_os("TRIALOGUE_CHART_SAMPLES").map(std::path::PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).unwrap();
    let written = |name: &str, statements: &str| {
        let file = folder.join(name);
        let _ = std::fs::remove_file(&file);
        trialogue::store::demo::create(&file).unwrap();
        rusqlite::Connection::open(&file).unwrap().execute_batch(statements).unwrap();
    };
    let hostile = "'<img src=x onerror=\"window.wasRun = true\"></td><script>window.wasRun = true</script>' || substr(";
    written(
        "hostile.db",
        &format!(
            "UPDATE runs SET name = {hostile}name, -3);
             UPDATE tags SET value = {hostile}value, -3) WHERE key = 'mlflow.runName';"
        ),
    );
    written("empty.db", "UPDATE experiments SET lifecycle_stage = 'deleted';");
}

fn words(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|words| words.as_str().unwrap().to_owned()).collect()
}
