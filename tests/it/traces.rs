//! Traces reach a collector: a stub on loopback that takes what OpenTelemetry's exporter posts. Needs the feature `otel`.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::routing::post;

use super::served::Served;

/// A caller's trace and span, as W3C Trace Context writes them.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_a_span_of_its_callers_trace_with_a_child_for_the_call() {
    let posted: Arc<Mutex<Vec<u8>>> = Arc::default();
    let taken = Arc::clone(&posted);
    let take = move |headers: HeaderMap, body: Bytes| async move {
        assert_eq!(headers["content-type"], "application/x-protobuf");
        taken.lock().unwrap().extend_from_slice(&body);
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let collector = Router::new().route("/v1/traces", post(take));
    tokio::spawn(async move { axum::serve(listener, collector).await });

    // Nothing is sent before the end.
    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "600000"), ("NO_PROXY", "127.0.0.1")];
    let served = Served::start(&variables);
    let url =
        format!("{}/api/v1/ml/experiments/churn-prediction-q1/runs?limit=1&filter=params.algorithm%20%3D%20%27xgboost%27", served.address);
    let request = served.client.get(url).header("traceparent", format!("00-{TRACE}-{CALLER}-01"));
    assert!(request.send().await.unwrap().status().is_success());
    served.get("/healthz").await;

    tokio::task::spawn_blocking(move || served.end()).await.unwrap();

    let posted = posted.lock().unwrap();
    let holds = |sought: &[u8]| posted.windows(sought.len()).any(|part| part == sought);
    for (what, sought) in [
        ("request", b"GET /api/v1/ml/experiments/{experiment}/runs".to_vec()),
        ("call", b"call list_runs".to_vec()),
        ("trace id of the caller", bytes_of(TRACE)),
        ("parent span", bytes_of(CALLER)),
        ("service name", b"trialogue".to_vec()),
        ("status", b"http.response.status_code".to_vec()),
    ] {
        assert!(holds(&sought), "{what}");
    }
    assert!(!holds(b"xgboost"), "what was asked is not for the collector");
    assert!(!holds(b"/healthz"), "health is not traced");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_away_disturbs_nobody() {
    let endpoint = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let served = Served::start(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint), ("OTEL_BSP_SCHEDULE_DELAY", "10")]);
    for _ in 0..20 {
        assert!(served.get("/api/v1/ml/experiments?limit=1").await.status().is_success());
    }
}

fn bytes_of(hexadecimal: &str) -> Vec<u8> {
    (0..hexadecimal.len()).step_by(2).map(|at| u8::from_str_radix(&hexadecimal[at..at + 2], 16).unwrap()).collect()
}
