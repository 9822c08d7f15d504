//! What the store says, and how soon, when an MLflow server is slow, broken, in the way or none.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Response, StatusCode};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use trialogue::domain::experiment::{ExperimentId, NewExperiment, Tag};
use trialogue::domain::run::RunId;
use trialogue::store::mlflow::{Credentials, MlflowStore, Settings};
use trialogue::store::{ExperimentQuery, HistoryQuery, Store, StoreError};

/// A server whose every answer `answer` gives; it is told how many requests came before.
async fn serve(answer: impl Fn(usize, &Request) -> Response<Body> + Clone + Send + Sync + 'static) -> (SocketAddr, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let handler = move |request: Request| {
        let answer = answer(counted.fetch_add(1, Ordering::SeqCst), &request);
        async move { answer }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await });
    (address, count)
}

fn reply(status: u16, content_type: &str, body: impl Into<Body>) -> Response<Body> {
    Response::builder().status(status).header("content-type", content_type).body(body.into()).unwrap()
}

fn json(status: u16, body: &'static str) -> Response<Body> {
    reply(status, "application/json", body)
}

fn settings(address: SocketAddr) -> Settings {
    Settings { deadline: Duration::from_secs(2), ..Settings::new(&format!("http://{address}")) }
}

fn store(address: SocketAddr) -> Store {
    Store::Mlflow(MlflowStore::new(settings(address)).unwrap())
}

async fn ask(store: &Store) -> Result<Option<String>, StoreError> {
    Ok(store.experiment(&ExperimentId("1".to_owned())).await?.map(|experiment| experiment.name))
}

const EXPERIMENT: &str = r#"{"experiment": {"experiment_id": 1, "name": "churn"}}"#;

#[tokio::test]
async fn passing_trouble_is_waited_out_and_lasting_trouble_is_not() {
    let check = async |first: fn() -> Response<Body>, expected_requests: usize, is_answered: bool| {
        let (address, count) = serve(move |before, _| if before == 0 { first() } else { json(200, EXPERIMENT) }).await;
        let answer = ask(&store(address)).await;
        assert_eq!((count.load(Ordering::SeqCst), answer.is_ok()), (expected_requests, is_answered), "{answer:?}");
    };
    check(|| reply(503, "text/plain", "try later"), 2, true).await;
    check(|| reply(502, "text/html", "<html>bad gateway</html>"), 2, true).await;
    check(|| json(500, r#"{"error_code": "INTERNAL_ERROR", "message": "x"}"#), 2, true).await;
    check(|| json(200, r#"{"experiment": {"experiment_id""#), 2, true).await;
    check(|| Response::builder().status(429).header("retry-after", "1").body(Body::empty()).unwrap(), 2, true).await;
    check(|| Response::builder().status(429).header("retry-after", "86400").body(Body::empty()).unwrap(), 1, false).await;
    check(|| json(500, r#"{"error_code": "INVALID_STATE", "message": "x"}"#), 1, false).await;
    check(|| json(400, r#"{"error_code": "INVALID_PARAMETER_VALUE", "message": "x"}"#), 1, false).await;
    check(|| json(404, r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "x"}"#), 1, true).await;
}

#[tokio::test]
async fn each_kind_of_trouble_is_told_as_what_it_is() {
    let error = async |answer: fn() -> Response<Body>| {
        let (address, _) = serve(move |_, _| answer()).await;
        ask(&store(address)).await.unwrap_err()
    };
    let denied = error(|| reply(401, "text/plain", "You are not authenticated")).await;
    assert!(matches!(&denied, StoreError::Denied(told) if told.contains("MLFLOW_TRACKING_TOKEN")), "{denied:?}");
    let host = error(|| reply(403, "text/plain", "Invalid Host header - possible DNS rebinding attack detected")).await;
    assert!(matches!(&host, StoreError::Denied(told) if told.contains("--allowed-hosts")), "{host:?}");
    let log_in = error(|| reply(200, "text/html", "<!doctype html><title>Log in</title>")).await;
    assert!(matches!(&log_in, StoreError::Foreign(told) if told.contains("log-in page")), "{log_in:?}");
    let prefix = error(|| reply(404, "text/html", "<h1>Not Found</h1>")).await;
    assert!(matches!(&prefix, StoreError::Foreign(told) if told.contains("path prefix")), "{prefix:?}");
    let other = error(|| json(200, "[1, 2]")).await;
    assert!(matches!(&other, StoreError::Foreign(_)), "{other:?}");
    let workspaces = error(|| json(500, r#"{"error_code": "FEATURE_DISABLED", "message": "Workspace APIs"}"#)).await;
    assert!(matches!(&workspaces, StoreError::Foreign(told) if told.contains("MLFLOW_WORKSPACE")), "{workspaces:?}");
    let limited = error(|| reply(429, "text/plain", "")).await;
    assert!(matches!(limited, StoreError::Busy(_)), "{limited:?}");
    let sql =
        error(|| json(400, r#"{"error_code": "BAD_REQUEST", "message": "(sqlite3.OperationalError) no\n[SQL: SELECT secret]"}"#)).await;
    assert!(sql.to_string().contains("OperationalError") && !sql.to_string().contains("SELECT"), "{sql}");
}

#[tokio::test]
async fn an_endless_answer_is_given_up_or_its_beginning_taken() {
    let (address, _) = serve(|_, _| reply(200, "application/json", vec![b' '; 100 * 1024 * 1024])).await;
    let error = ask(&store(address)).await.unwrap_err();
    assert!(error.to_string().contains("16 MiB"), "{error}");

    // A history of which the server sends all at once, as MLflow 2.9 does: the beginning is read, and told as a part.
    let (address, _) = serve(|_, request| match request.uri().path() {
        "/version" => reply(200, "text/plain", "2.9.2"),
        "/api/2.0/mlflow/metrics/get-history" => {
            let points: Vec<String> =
                (0..400_000).map(|step| format!(r#"{{"key": "m", "value": 0.5, "timestamp": 1736989200000, "step": {step}}}"#)).collect();
            reply(200, "application/json", format!(r#"{{"metrics": [{}]}}"#, points.join(", ")))
        }
        _ => reply(404, "text/html", "<h1>Not Found</h1>"),
    })
    .await;
    let slow = Store::Mlflow(MlflowStore::new(Settings { deadline: Duration::from_secs(20), ..settings(address) }).unwrap());
    let query = HistoryQuery { runs: vec![RunId("r".to_owned())], key: "m".to_owned(), at_most: 10, steps: None };
    let curve = slow.metric_histories(&query).await.unwrap().remove(0);
    assert_eq!((curve.total, curve.sampled, curve.summary.n), (None, true, 100_000));
    assert!(curve.points.len() <= 10);
}

#[tokio::test]
async fn no_call_outlasts_its_deadline() {
    // Accepts, reads and never answers.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    let begun = Instant::now();
    let error = ask(&store(address)).await.unwrap_err();
    assert!(matches!(error, StoreError::TimedOut(_)), "{error:?}");
    let new = NewExperiment { name: "n".to_owned(), tags: Vec::new() };
    store(address).create_experiment(&new).await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_body_shorter_than_its_length_is_no_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ =
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n{\"experiment\":").await;
        }
    });
    let error = ask(&store(address)).await.unwrap_err();
    assert!(matches!(&error, StoreError::Unavailable(told) if told.contains("broke off")), "{error:?}");
}

#[tokio::test]
async fn a_dead_server_is_told_at_once_and_noticed_when_it_is_back() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let store = store(address);
    for _ in 0..3 {
        assert!(matches!(ask(&store).await.unwrap_err(), StoreError::Unavailable(_)));
    }
    let begun = Instant::now();
    let error = ask(&store).await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_millis(100), "{:?}", begun.elapsed());
    assert!(error.to_string().contains("within a second"), "{error}");

    let listener = TcpListener::bind(address).await.unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(async || json(200, EXPERIMENT))).await });
    let back = Instant::now();
    while ask(&store).await.is_err() {
        assert!(back.elapsed() < Duration::from_secs(2));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn credentials_go_to_their_own_host_only() {
    let sent = |headers: &HeaderMap| {
        headers.contains_key("authorization") && headers.contains_key("x-gateway") && headers.contains_key("x-mlflow-workspace")
    };
    let (stranger, strange_requests) = serve(|_, _| json(200, EXPERIMENT)).await;
    let (address, _) = serve(move |_, request| {
        assert!(sent(request.headers()), "{:?}", request.headers());
        let moved =
            |to: String| Response::builder().status(StatusCode::TEMPORARY_REDIRECT).header("location", to).body(Body::empty()).unwrap();
        match request.uri().path() {
            "/away/api/2.0/mlflow/experiments/get" => moved(format!("http://{stranger}/api/2.0/mlflow/experiments/get")),
            "/moved/api/2.0/mlflow/experiments/get" => moved("/m/api/2.0/mlflow/experiments/get?experiment_id=1".to_owned()),
            "/loop/api/2.0/mlflow/experiments/get" => moved("/loop/api/2.0/mlflow/experiments/get".to_owned()),
            _ => json(200, EXPERIMENT),
        }
    })
    .await;
    let store = |prefix: &str| {
        let mut settings = Settings::new(&format!("http://{address}/{prefix}"));
        settings.credentials = Credentials::Bearer(SecretString::from("canary"));
        settings.headers = vec![("X-Gateway".to_owned(), SecretString::from("canary"))];
        settings.workspace = Some("team-a".to_owned());
        Store::Mlflow(MlflowStore::new(settings).unwrap())
    };
    assert_eq!(ask(&store("m")).await.unwrap().as_deref(), Some("churn"));
    assert_eq!(ask(&store("moved")).await.unwrap().as_deref(), Some("churn"));
    for prefix in ["away", "loop"] {
        let error = ask(&store(prefix)).await.unwrap_err();
        assert!(matches!(&error, StoreError::Foreign(told) if told.contains("redirects")), "{error:?}");
        assert!(!format!("{error} {:?}", store(prefix)).contains("canary"));
    }
    assert_eq!(strange_requests.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_experiment_is_sent_once_and_looked_up_when_the_answer_is_lost() {
    let new = NewExperiment { name: "pilot".to_owned(), tags: vec![Tag { key: "team".to_owned(), value: "x".to_owned() }] };
    let missing = || json(404, r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "none"}"#);
    let made = || json(200, r#"{"experiment": {"experiment_id": "7", "name": "pilot", "tags": [{"key": "team", "value": "x"}]}}"#);
    let creations = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&creations);
    // The write is committed, and then answered with 503.
    let (address, _) = serve(move |_, request| {
        if request.uri().path().ends_with("/create") {
            counted.fetch_add(1, Ordering::SeqCst);
            return reply(503, "text/plain", "gone");
        }
        if counted.load(Ordering::SeqCst) == 0 { missing() } else { made() }
    })
    .await;
    assert_eq!(store(address).create_experiment(&new).await.unwrap(), ExperimentId("7".to_owned()));
    assert_eq!(creations.load(Ordering::SeqCst), 1);

    // The answer is unreadable, and nothing is found: nobody knows.
    let (address, _) = serve(move |_, request| if request.uri().path().ends_with("/create") { json(200, "{") } else { missing() }).await;
    let error = store(address).create_experiment(&new).await.unwrap_err();
    assert!(matches!(&error, StoreError::Uncertain(told) if told.contains("`pilot`")), "{error:?}");
}

#[tokio::test]
async fn a_withdrawn_question_frees_the_server() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let store = Store::Mlflow(MlflowStore::new(Settings::new(&format!("http://{address}"))).unwrap());
    let query = ExperimentQuery { max_results: 1, ..ExperimentQuery::default() };
    for _ in 0..20 {
        assert!(tokio::time::timeout(Duration::from_millis(20), store.experiments(&query)).await.is_err());
    }
    // Every connection that was made is closed again.
    for _ in 0..20 {
        let Ok(Ok((mut stream, _))) = tokio::time::timeout(Duration::from_millis(500), listener.accept()).await else { break };
        let mut rest = Vec::new();
        tokio::time::timeout(Duration::from_secs(1), stream.read_to_end(&mut rest)).await.expect("the connection is still open").unwrap();
    }
}
