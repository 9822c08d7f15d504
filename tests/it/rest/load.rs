//! What wears a service out: clients that dawdle, more work than it can do, the end of its process. `bash tests/run.sh --full` runs these.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::services::is_full;
use crate::services::trialogue::Trialogue;
use crate::support::folder;

const DAWDLERS: usize = 1_000;

/// What a service must have closed its dawdlers within.
const CLOSED_WITHIN: Duration = Duration::from_secs(15);

/// A connection that is kept open.
struct Connection {
    stream: TcpStream,
    port: u16,
}

/// An answer, and whether the connection ends with it.
struct Answer {
    status: u16,
    closes: bool,
}

impl Connection {
    async fn open(port: u16) -> std::io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, port })
    }

    async fn get(&mut self, path: &str) -> std::io::Result<Answer> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", self.port);
        self.stream.write_all(request.as_bytes()).await?;
        let mut read = Vec::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let count = self.stream.read(&mut buffer).await?;
            if count == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            read.extend_from_slice(&buffer[..count]);
            let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
            let length: usize = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
            if read.len() >= end + 4 + length {
                let status = head.split(' ').nth(1).unwrap().parse().unwrap();
                return Ok(Answer { status, closes: head.contains("connection: close") });
            }
        }
    }
}

fn allow_many_descriptors() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(8192, |maximum| maximum.min(8192));
    setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), ..limit }).unwrap();
}

/// The time that health takes, asked again and again until `end`.
async fn slowest_health(port: u16, end: &AtomicBool) -> Duration {
    let mut slowest = Duration::ZERO;
    while !end.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let answer = Connection::open(port).await.unwrap().get("/healthz").await.unwrap();
        assert_eq!(answer.status, 200);
        slowest = slowest.max(begun.elapsed());
        sleep(Duration::from_millis(50)).await;
    }
    slowest
}

/// How a dawdler begins, and what it sends a byte of each second; without such bytes it only does not read.
#[derive(Clone, Copy)]
struct Dawdler {
    name: &'static str,
    opening: &'static str,
    repeated: usize,
    drip: Option<u8>,
}

/// Opens all dawdlers, and tells how long the last of them was let.
async fn dawdle(port: u16, dawdler: Dawdler) -> Duration {
    let begun = Instant::now();
    let mut all = JoinSet::new();
    for _ in 0..DAWDLERS {
        all.spawn(async move {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            let opening = dawdler.opening.repeat(dawdler.repeated);
            if stream.write_all(opening.as_bytes()).await.is_err() {
                return;
            }
            let mut buffer = [0; 1024];
            loop {
                match dawdler.drip {
                    Some(byte) => {
                        if stream.write_all(&[byte]).await.is_err() {
                            return;
                        }
                        // The end of the connection is what is waited for; a refusal may come before it.
                        if let Ok(Ok(0) | Err(_)) = timeout(Duration::from_secs(1), stream.read(&mut buffer)).await {
                            return;
                        }
                    }
                    None => {
                        sleep(Duration::from_secs(1)).await;
                        if stream.write_all(b"\r\n").await.is_err() {
                            return;
                        }
                    }
                }
                assert!(begun.elapsed() < CLOSED_WITHIN * 3, "{} is still connected", dawdler.name);
            }
        });
    }
    while let Some(ended) = all.join_next().await {
        ended.unwrap();
    }
    begun.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_dawdlers_are_closed_and_nobody_else_waits_for_them() {
    if !is_full("a service with a thousand dawdlers") {
        return;
    }
    allow_many_descriptors();
    let service = Trialogue::demo();
    let port = service.port();
    let dawdlers = [
        Dawdler {
            name: "who sends its headers slowly",
            opening: "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
            repeated: 1,
            drip: Some(b'x'),
        },
        Dawdler {
            name: "who sends its body slowly",
            opening: "POST /api/v1/ml/experiments HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
            repeated: 1,
            drip: Some(b' '),
        },
        Dawdler { name: "who says nothing", opening: "", repeated: 1, drip: None },
    ];
    for dawdler in dawdlers {
        let end = AtomicBool::new(false);
        let ((), slowest) = tokio::join!(
            async {
                let closed = dawdle(port, dawdler).await;
                eprintln!("{}: all of {DAWDLERS} closed after {closed:.1?}", dawdler.name);
                assert!(closed < CLOSED_WITHIN, "{}: {closed:?}", dawdler.name);
                end.store(true, Ordering::Relaxed);
            },
            slowest_health(port, &end)
        );
        eprintln!("{}: health took {slowest:.1?} at most", dawdler.name);
        assert!(slowest < Duration::from_millis(100), "{}: {slowest:?}", dawdler.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_read_is_closed() {
    if !is_full("a service with clients that do not read") {
        return;
    }
    let service = Trialogue::demo();
    // More answers than the buffers between two sockets hold.
    let request = format!("GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", service.port());
    let mut stream = TcpStream::connect(("127.0.0.1", service.port())).await.unwrap();
    let begun = Instant::now();
    // Writing ends with an error once the other side has closed.
    let written = timeout(Duration::from_secs(40), async { while stream.write_all(request.repeat(100).as_bytes()).await.is_ok() {} }).await;
    assert!(written.is_ok(), "still connected");
    eprintln!("closed after {:.1?}", begun.elapsed());
}

/// A store in which the best run takes some milliseconds to find.
fn make_store(path: &Path) {
    trialogue::store::demo::create(path).unwrap();
    let raw = rusqlite::Connection::open(path).unwrap();
    raw.execute_batch(
        "BEGIN;
         INSERT INTO experiments (experiment_id, name, lifecycle_stage, creation_time) VALUES (100, 'many-runs', 'active', 1750000000000);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
         INSERT INTO runs (run_uuid, name, source_type, status, start_time, end_time, lifecycle_stage, experiment_id)
         SELECT printf('%032x', i), 'many-' || i, 'UNKNOWN', 'FINISHED', 1750000000000 + i, 1750000001000 + i, 'active', 100 FROM n;
         INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid)
         SELECT 'f1_score', (abs(random()) % 100000) / 100000.0, 1, 0, 0, run_uuid FROM runs WHERE experiment_id = 100;
         COMMIT;",
    )
    .unwrap();
}

const WORK: &str = "/api/v1/ml/experiments/many-runs/best?metric=f1_score";

/// What came of a load: answers of each kind a second, and the times of the good ones, sorted.
struct Outcome {
    good_a_second: f64,
    shed: usize,
    times: Vec<Duration>,
}

impl Outcome {
    fn percentile(&self, share: f64) -> Duration {
        self.times[((self.times.len() - 1) as f64 * share) as usize]
    }
}

/// So many clients, each asking again as soon as it is answered.
async fn closed_loop(port: u16, clients: usize, span: Duration) -> Outcome {
    let begun = Instant::now();
    let mut all = JoinSet::new();
    for _ in 0..clients {
        all.spawn(async move {
            let mut connection = Connection::open(port).await.unwrap();
            let mut times = Vec::new();
            while begun.elapsed() < span {
                let asked = Instant::now();
                if connection.get(WORK).await.unwrap().status == 200 {
                    times.push(asked.elapsed());
                }
            }
            times
        });
    }
    let times = all.join_all().await.into_iter().flatten().collect();
    outcome(times, 0, begun.elapsed())
}

/// So many requests a second, whether answered or not, over connections that are kept.
async fn open_loop(port: u16, a_second: f64, span: Duration) -> Outcome {
    let connections = Arc::new(tokio::sync::Mutex::new(Vec::new()));
    let begun = Instant::now();
    let shed = Arc::new(AtomicUsize::new(0));
    let mut all = JoinSet::new();
    let mut sent = 0_u32;
    while begun.elapsed() < span {
        let due = Duration::from_secs_f64(f64::from(sent) / a_second);
        sleep(due.saturating_sub(begun.elapsed())).await;
        sent += 1;
        let (connections, shed) = (Arc::clone(&connections), Arc::clone(&shed));
        all.spawn(async move {
            let asked = Instant::now();
            let kept = connections.lock().await.pop();
            let mut connection = match kept {
                Some(connection) => connection,
                None => Connection::open(port).await.unwrap(),
            };
            let answer = connection.get(WORK).await.unwrap();
            connections.lock().await.push(connection);
            match answer.status {
                200 => Some(asked.elapsed()),
                503 => {
                    shed.fetch_add(1, Ordering::Relaxed);
                    None
                }
                other => panic!("{other}"),
            }
        });
    }
    let times = all.join_all().await.into_iter().flatten().collect();
    outcome(times, shed.load(Ordering::Relaxed), begun.elapsed())
}

fn outcome(mut times: Vec<Duration>, shed: usize, took: Duration) -> Outcome {
    times.sort_unstable();
    Outcome { good_a_second: times.len() as f64 / took.as_secs_f64(), shed, times }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_times_too_much_work_is_shed_and_the_rest_is_done_as_ever() {
    if !is_full("a service with five times too much work") {
        return;
    }
    allow_many_descriptors();
    let folder = folder();
    let store = folder.path().join("store.db");
    make_store(&store);
    let service = Trialogue::over(&store, &[], &[("TRIALOGUE_LOG", "error")]);
    let port = service.port();
    closed_loop(port, 1, Duration::from_secs(1)).await;
    let idle = closed_loop(port, 1, Duration::from_secs(5)).await;
    let mut peak = 0.0_f64;
    for clients in [2, 3, 4] {
        peak = peak.max(closed_loop(port, clients, Duration::from_secs(5)).await.good_a_second);
    }
    let much = open_loop(port, peak * 5.0, Duration::from_secs(15)).await;
    let told = format!(
        "idle p50 {:.1?} p99 {:.1?}; peak {peak:.0}/s; at five times as much {:.0}/s, p50 {:.1?} p99 {:.1?}, {} shed; memory {} MiB",
        idle.percentile(0.5),
        idle.percentile(0.99),
        much.good_a_second,
        much.percentile(0.5),
        much.percentile(0.99),
        much.shed,
        service.memory_mib()
    );
    eprintln!("{told}");
    assert!(much.shed > 0, "{told}");
    assert!(much.good_a_second >= 0.8 * peak, "{told}");
    assert!(much.percentile(0.99) <= idle.percentile(0.99) * 3, "{told}");
    assert!(service.memory_mib() < 256, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_is_lost_when_the_service_is_told_to_end() {
    let folder = folder();
    let store = folder.path().join("store.db");
    make_store(&store);
    let mut service = Trialogue::over(&store, &[], &[("TRIALOGUE_LOG", "error")]);
    let port = service.port();
    let answered = Arc::new(AtomicUsize::new(0));
    let is_told = Arc::new(AtomicBool::new(false));
    let mut clients = JoinSet::new();
    for _ in 0..8 {
        let (answered, is_told) = (Arc::clone(&answered), Arc::clone(&is_told));
        clients.spawn(async move {
            // Until nobody listens any more.
            'connections: while let Ok(mut connection) = Connection::open(port).await {
                let mut is_accepted = false;
                loop {
                    let answer = match connection.get(WORK).await {
                        Ok(answer) => answer,
                        // The system had completed the connection, but nobody took it up before the listener closed.
                        Err(fault) if fault.kind() == ErrorKind::ConnectionReset && !is_accepted && is_told.load(Ordering::Relaxed) => {
                            break 'connections;
                        }
                        Err(fault) => panic!("a request that was sent is answered: {fault}"),
                    };
                    is_accepted = true;
                    assert!([200, 503].contains(&answer.status), "{}", answer.status);
                    answered.fetch_add(1, Ordering::Relaxed);
                    if answer.closes {
                        continue 'connections;
                    }
                }
            }
        });
    }
    sleep(Duration::from_secs(1)).await;
    let before = answered.load(Ordering::Relaxed);
    is_told.store(true, Ordering::Relaxed);
    service.terminate();
    timeout(Duration::from_secs(20), async {
        while let Some(ended) = clients.join_next().await {
            ended.unwrap();
        }
    })
    .await
    .expect("the service ends");
    assert!(before > 0 && answered.load(Ordering::Relaxed) > before);
    let ended = timeout(Duration::from_secs(5), async {
        loop {
            if let Some(code) = service.exit_code() {
                return code;
            }
            sleep(Duration::from_millis(20)).await;
        }
    });
    assert_eq!(ended.await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_is_flat_over_ten_minutes_of_work() {
    if !is_full("a service that works for ten minutes") {
        return;
    }
    let service = Trialogue::demo();
    let port = service.port();
    let begun = Instant::now();
    let mut samples = Vec::new();
    while begun.elapsed() < Duration::from_secs(600) {
        for path in [
            "/api/v1/ml/experiments",
            "/api/v1/ml/experiments/churn/runs?limit=50",
            "/api/v1/ml/experiments/churn/runs/17/metrics/training_loss?chart=vega_lite",
            "/api/v1/ml/experiments/nothing/runs",
            "/metrics",
        ] {
            let mut connection = Connection::open(port).await.unwrap();
            for _ in 0..20 {
                connection.get(path).await.unwrap();
            }
        }
        samples.push(service.memory_mib());
    }
    let (early, late) = (samples[samples.len() / 10], samples[samples.len() - 1]);
    eprintln!("memory after a minute {early} MiB, after ten {late} MiB, {} rounds", samples.len());
    assert!(late <= early + early / 10 + 4 && late < 256, "{early} MiB grew to {late} MiB");
}
