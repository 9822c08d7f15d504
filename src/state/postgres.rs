//! The state in a PostgreSQL server, for several replicas of the service.
//!
//! One connection each, made anew when it breaks. What changes something is done under one advisory lock, so that replicas take turns as
//! the writers of an SQLite file do: two cannot both be the first to begin a write or to spend a nonce. No TLS: the server is reached
//! over a network of one's own, or through a proxy.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio_postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use tokio_postgres::{Client, Config, NoTls};

use super::StateError;
use super::session::Value;

/// The lock under which the state is changed: "trialogue" as a number that nobody else is likely to take.
const LOCK: &str = "BEGIN; SELECT pg_advisory_xact_lock(8318415)";

/// How long one statement may take, and a connection. People wait for the answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// A server. Clones share its connection.
#[derive(Debug, Clone)]
pub(super) struct Postgres {
    config: Arc<Config>,
    client: Arc<Mutex<Option<Client>>>,
}

/// What a piece of work does to the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It reads.
    Reads,
    /// It changes something.
    Changes,
}

impl Postgres {
    /// The server at `url`, which is not asked yet.
    ///
    /// # Errors
    /// Where the URL is none of a PostgreSQL server.
    pub(super) fn new(url: &str) -> Result<Self, StateError> {
        let mut config: Config =
            url.parse().map_err(|_| StateError("the URL of the state's PostgreSQL server cannot be read".to_owned()))?;
        config.application_name("trialogue").connect_timeout(PATIENCE);
        Ok(Self { config: Arc::new(config), client: Arc::default() })
    }

    /// Does a piece of work in a transaction. To be called on a thread that may block.
    ///
    /// # Errors
    /// Where the server fails, or the work does.
    pub(super) fn run<T>(
        &self,
        kind: Kind,
        work: impl FnOnce(&super::session::Session<'_>) -> Result<T, StateError>,
    ) -> Result<T, StateError> {
        let runtime = Handle::current();
        let mut held = self.client.lock().unwrap_or_else(|poisoned: PoisonError<_>| {
            // Whoever panicked left a transaction open, which ends with its connection.
            let mut held = poisoned.into_inner();
            *held = None;
            self.client.clear_poison();
            held
        });
        if held.as_ref().is_none_or(Client::is_closed) {
            *held = Some(runtime.block_on(self.connected())?);
        }
        let Some(client) = held.as_ref() else { return Err(StateError("the state's PostgreSQL server is away".to_owned())) };
        let begin = if kind == Kind::Changes { LOCK } else { "BEGIN READ ONLY" };
        let session = Session { runtime: &runtime, client };
        let done = session.within(client.batch_execute(begin)).and_then(|()| work(&super::session::Session::Postgres(session)));
        let session = Session { runtime: &runtime, client };
        let ended = session.within(client.batch_execute(if done.is_ok() { "COMMIT" } else { "ROLLBACK" }));
        if ended.is_err() {
            // Nobody knows where its transaction stands.
            *held = None;
        }
        ended.and(done)
    }

    async fn connected(&self) -> Result<Client, StateError> {
        let (client, connection) = self.config.connect(NoTls).await.map_err(failed)?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(error = failed(error).to_string(), "the connection to the state's PostgreSQL server broke");
            }
        });
        Ok(client)
    }

    /// Makes the tables that there are not.
    ///
    /// # Errors
    /// Where the server fails.
    pub(super) fn prepare(&self, schemas: &[&str]) -> Result<(), StateError> {
        self.run(Kind::Changes, |session| {
            let super::session::Session::Postgres(session) = session else { return Ok(()) };
            for schema in schemas {
                let schema = schema.replace("INTEGER", "BIGINT").replace("BLOB", "BYTEA").replace("WITHOUT ROWID", "");
                session.within(session.client.batch_execute(&schema))?;
            }
            Ok(())
        })
    }
}

/// A connection within a transaction.
pub(super) struct Session<'a> {
    runtime: &'a Handle,
    client: &'a Client,
}

impl Session<'_> {
    /// Waits for the server, and no longer than it may take.
    fn within<T>(&self, answer: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, StateError> {
        let answer = self.runtime.block_on(async { tokio::time::timeout(PATIENCE, answer).await });
        let late = || StateError(format!("the state's PostgreSQL server did not answer within {} s", PATIENCE.as_secs()));
        answer.map_err(|_| late())?.map_err(failed)
    }

    pub(super) fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, StateError> {
        self.within(self.client.execute(&spelt(sql), &parameters(values)))
    }

    pub(super) fn rows(&self, sql: &str, values: &[Value]) -> Result<Vec<Vec<Value>>, StateError> {
        let rows = self.within(self.client.query(&spelt(sql), &parameters(values)))?;
        rows.iter().map(|row| (0..row.len()).map(|column| value(row, column)).collect()).collect()
    }
}

/// PostgreSQL's parameters are `$1`.
fn spelt(sql: &str) -> String {
    sql.replace('?', "$")
}

fn parameters(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn value(row: &tokio_postgres::Row, column: usize) -> Result<Value, StateError> {
    let kind = row.columns().get(column).map(|column| column.type_().clone());
    let value = match kind {
        Some(Type::INT8) => row.try_get::<_, Option<i64>>(column).map_err(failed)?.map(Value::Number),
        Some(Type::INT4) => row.try_get::<_, Option<i32>>(column).map_err(failed)?.map(|number| Value::Number(number.into())),
        Some(Type::BYTEA) => row.try_get::<_, Option<Vec<u8>>>(column).map_err(failed)?.map(Value::Bytes),
        _ => row.try_get::<_, Option<String>>(column).map_err(failed)?.map(Value::Text),
    };
    Ok(value.unwrap_or(Value::Null))
}

impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Number(number) if *kind == Type::INT4 => i32::try_from(*number)?.to_sql(kind, out),
            Self::Number(number) => number.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
            Self::Bytes(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// What the server or the network said; never the address, which may hold a password.
fn failed(error: tokio_postgres::Error) -> StateError {
    let told = match error.as_db_error() {
        Some(refusal) => refusal.message().to_owned(),
        None => error.source().map_or_else(|| error.to_string(), ToString::to_string),
    };
    StateError(format!("the state's PostgreSQL server failed: {told}"))
}
