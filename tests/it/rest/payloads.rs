//! Payloads that lead elsewhere: paths out of the artifacts' folder, addresses of other servers. None may escape, reach anything, or break.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::StreamExt;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::services::trialogue::Trialogue;
use crate::support::folder;

/// What stands in a file outside of the run's artifacts.
const CANARY: &str = "canary-outside-of-the-artifacts";

/// At least 500 ways to write a path that leads out, absolute, relative, encoded once to three times, with odd separators and dots.
fn traversals(outside: &str) -> Vec<String> {
    let dots =
        ["..", "%2e%2e", "%252e%252e", "..%00", ".%2e", "%2e.", "..;", "．．", "‥", "%c0%ae%c0%ae", "%u002e%u002e", "....", "..\u{200b}"];
    let separators = ["/", "\\", "%2f", "%5c", "%252f", "%255c", "//", "/./", "∕", "／", "%c0%af", ";/"];
    let targets = ["etc/passwd", "canary.txt", "secret/canary.txt", "store.db"];
    let mut all: Vec<String> = Vec::new();
    for dot in dots {
        for separator in separators {
            for (index, target) in targets.iter().enumerate() {
                all.push(format!("{}{target}", format!("{dot}{separator}").repeat(1 + 3 * (index % 3))));
            }
        }
    }
    let others = [
        "/etc/passwd",
        "//etc/passwd",
        "\\\\server\\share",
        "C:\\windows\\win.ini",
        "file:///etc/passwd",
        "~/.ssh/id_rsa",
        "link",
        "link/canary.txt",
        "model/../../canary.txt",
        "a\0b",
        "canary.txt\0.png",
        ".",
        "..",
        "./",
        "../",
        "model/..",
        "%00",
        "CON",
        "aux.txt",
        "/proc/self/environ",
        "#",
        "?",
        "x#../../canary.txt",
        "x?../../canary.txt",
        "mlflow-artifacts:/x",
        "runs:/x",
        "..\u{202e}/x",
        "\u{feff}../canary.txt",
    ];
    all.extend(others.iter().map(|text| (*text).to_owned()));
    all.push(outside.to_owned());
    all.push(format!("file://{outside}"));
    all.push(outside.replace('/', "%2f"));
    all
}

/// At least 200 addresses that a careless server would fetch.
fn addresses(port: u16) -> Vec<String> {
    let hosts = [
        format!("127.0.0.1:{port}"),
        format!("localhost:{port}"),
        format!("[::1]:{port}"),
        format!("[::ffff:127.0.0.1]:{port}"),
        format!("0.0.0.0:{port}"),
        format!("127.1:{port}"),
        format!("2130706433:{port}"),
        format!("0x7f000001:{port}"),
        format!("017700000001:{port}"),
        format!("user:pass@127.0.0.1:{port}"),
        format!("127.0.0.1:{port}#.example.com"),
        format!("example.com@127.0.0.1:{port}"),
    ];
    let schemes = [
        "http",
        "https",
        "ftp",
        "file",
        "gopher",
        "s3",
        "gs",
        "hdfs",
        "mlflow-artifacts",
        "runs",
        "models",
        "dbfs",
        "jar:http",
        "netdoc",
        "ws",
        "//",
        "sqlite",
        "postgresql",
    ];
    schemes
        .iter()
        .flat_map(|scheme| {
            hosts.iter().map(move |host| if *scheme == "//" { format!("//{host}/x") } else { format!("{scheme}://{host}/x") })
        })
        .collect()
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Every route in which a text can be put into a part of the path or into a parameter that names a file, a run or an experiment.
fn places(payload: &str) -> Vec<String> {
    let base = "/api/v1/ml/experiments";
    let text = encoded(payload);
    [
        format!("{base}/{text}"),
        format!("{base}/{text}/runs"),
        format!("{base}/1/runs/{text}"),
        format!("{base}/1/runs/{text}/metrics/f1_score"),
        format!("{base}/1/runs/17/metrics/{text}"),
        format!("{base}/1/runs/{text}/artifacts"),
        format!("{base}/1/runs/17/artifacts?path={text}"),
        format!("{base}/1/runs/17/artifacts/content?path={text}"),
        format!("{base}?page_token={text}"),
        format!("{base}/1/runs?page_token={text}"),
    ]
    .to_vec()
}

/// The demonstration store with artifacts of run 17 in a folder, a link out of it, and the canary beside it.
fn serve(folder: &std::path::Path) -> Trialogue {
    let store = folder.join("store.db");
    trialogue::store::demo::create(&store).unwrap();
    let raw = rusqlite::Connection::open(&store).unwrap();
    let run: String =
        raw.query_row("SELECT run_uuid FROM runs WHERE name = 'run-017' AND experiment_id = 1", [], |row| row.get(0)).unwrap();
    let root = folder.join("mlruns/1").join(&run).join("artifacts");
    std::fs::create_dir_all(root.join("model")).unwrap();
    std::fs::write(root.join("model/ok.txt"), "inside").unwrap();
    std::fs::write(folder.join("canary.txt"), CANARY).unwrap();
    std::fs::write(folder.join("mlruns/canary.txt"), CANARY).unwrap();
    std::os::unix::fs::symlink(folder, root.join("link")).unwrap();
    raw.execute("UPDATE runs SET artifact_uri = ?1 WHERE run_uuid = ?2", [root.to_str().unwrap(), &run]).unwrap();
    Trialogue::over(&store, &[], &[("TRIALOGUE_CALLS_AT_ONCE", "64")])
}

async fn check_all(service: &Trialogue, payloads: &[String], is_fine: impl Fn(&str, u16, &str) + Copy) {
    let paths: Vec<String> = payloads.iter().flat_map(|payload| places(payload)).collect();
    let mut replies = futures_util::stream::iter(paths).map(|path| async move { (service.get(&path).await, path) }).buffer_unordered(16);
    while let Some((reply, path)) = replies.next().await {
        assert!(reply.status < 500, "{path}: {} {}", reply.status, reply.text);
        is_fine(&path, reply.status, &reply.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_path_leads_out_of_a_runs_artifacts() {
    let folder = folder();
    let service = serve(folder.path());
    let inside = service.get("/api/v1/ml/experiments/1/runs/17/artifacts/content?path=model%2Fok.txt").await;
    assert_eq!(inside.json()["text"], "inside", "{}", inside.text);
    let payloads = traversals(folder.path().join("canary.txt").to_str().unwrap());
    assert!(payloads.len() >= 500, "{}", payloads.len());
    check_all(&service, &payloads, |path, _, text| {
        assert!(!text.contains(CANARY) && !text.contains("root:x:0") && !text.contains("SQLite format"), "{path}: {text}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_address_in_a_request_is_ever_fetched() {
    let hits = Arc::new(AtomicUsize::new(0));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let counter = Arc::clone(&hits);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    let folder = folder();
    let service = serve(folder.path());
    let payloads = addresses(port);
    assert!(payloads.len() >= 200, "{}", payloads.len());
    check_all(&service, &payloads, |_, _, _| {}).await;
    assert_eq!(hits.load(Ordering::SeqCst), 0);
    // The canary does sing.
    drop(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap());
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(hits.load(Ordering::SeqCst), 1);
}
