//! How long the tools take in one process, without the start of a program, over a file that is open already or over a server.
//!
//! `cargo bench --bench questions -- STORE QUESTIONS.json SECONDS`, with an SQLite file or the address of a server for STORE, asks each question for about so many seconds and prints a line of
//! JSON for it. The questions, with what must stand in their answers, are written by `measure.py`, which asks MLflow the same.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use trialogue::config::Limits;
use trialogue::domain::time::Timestamp;
use trialogue::store::mlflow::{MlflowStore, Settings};
use trialogue::store::sqlite::SqliteStore;
use trialogue::store::{OpenMode, Store};
use trialogue::tools::{self, Context};

/// Linux counts processor time for /proc in hundredths of a second, on every machine.
const TICKS_PER_SECOND: f64 = 100.0;
const LEAST_TIMES: usize = 3;
const MOST_TIMES: usize = 2_000;

#[derive(Deserialize)]
struct Question {
    name: String,
    tool: String,
    arguments: Value,
    answer: String,
}

#[tokio::main]
async fn main() -> Result<()> {
    // Cargo adds `--bench` of its own.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [store, questions, seconds] = arguments.as_slice() else { bail!("usage: questions STORE QUESTIONS.json SECONDS") };
    let budget = Duration::from_secs_f64(seconds.parse().context("SECONDS is no number")?);
    let questions: Vec<Question> = serde_json::from_str(&std::fs::read_to_string(questions)?)?;
    let store = if store.starts_with("http://") {
        Store::Mlflow(MlflowStore::new(Settings::new(store))?)
    } else {
        Store::Sqlite(SqliteStore::open(Path::new(store), OpenMode::ReadOnly)?)
    };
    let context = Context { store, limits: Limits::default(), tenant: None, now: Timestamp(0), focus: None };
    for question in &questions {
        let timing = measure(question, &context, budget).await.with_context(|| question.name.clone())?;
        writeln!(std::io::stdout(), "{timing}")?;
    }
    Ok(())
}

async fn measure(question: &Question, context: &Context, budget: Duration) -> Result<Value> {
    let answer = ask(question, context).await?;
    ensure!(answer.contains(&question.answer), "`{}` is not in {answer}", question.answer);
    let mut walls = Vec::new();
    let processor_before = processor_milliseconds()?;
    let started = Instant::now();
    while walls.len() < LEAST_TIMES || (started.elapsed() < budget && walls.len() < MOST_TIMES) {
        let asked = Instant::now();
        ask(question, context).await?;
        walls.push(asked.elapsed().as_secs_f64() * 1000.0);
    }
    let processor = processor_milliseconds()? - processor_before;
    let times = walls.len();
    walls.sort_by(f64::total_cmp);
    let at = |place: usize| walls.get(place).copied();
    Ok(json!({
        "question": question.name,
        "times": times,
        "median_ms": at(times / 2),
        "least_ms": at(0),
        "most_ms": at(times - 1),
        "cpu_ms": processor / f64::from(u32::try_from(times)?),
        "bytes": answer.len(),
    }))
}

/// The answer as a client would get it; where a list does not fit into one reply, page after page until it has as many as were asked for.
async fn ask(question: &Question, context: &Context) -> Result<String> {
    let tool = tools::named(&question.tool).with_context(|| format!("there is no tool `{}`", question.tool))?;
    let mut arguments = question.arguments.clone();
    let wanted = arguments.get("limit").and_then(Value::as_u64);
    let (mut answer, mut returned) = (String::new(), 0);
    loop {
        let result = tool.call(arguments.clone(), context).await?.result;
        answer.push_str(&serde_json::to_string(&result)?);
        returned += result.get("returned").and_then(Value::as_u64).unwrap_or(0);
        let next = result.get("next_page_token").filter(|token| token.is_string());
        match (wanted, next, arguments.as_object_mut()) {
            (Some(wanted), Some(next), Some(fields)) if returned < wanted => {
                fields.insert("page_token".to_owned(), next.clone());
                fields.insert("limit".to_owned(), json!(wanted - returned));
            }
            _ => return Ok(answer),
        }
    }
}

/// What this process has used so far, of threads that ended too.
fn processor_milliseconds() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The second field, the name, may hold anything; user and system time are the 14th and 15th of proc(5).
    let (_, fields) = stat.rsplit_once(')').context("/proc/self/stat has no name")?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u32>).sum::<Result<u32, _>>()?;
    Ok(f64::from(ticks) * 1000.0 / TICKS_PER_SECOND)
}
