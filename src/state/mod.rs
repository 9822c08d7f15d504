//! What Trialogue keeps for itself, in an SQLite file of its own, in memory, or in a PostgreSQL server for several replicas (`postgres`): the answers to writes that may be asked again,
//! conversations, pictures of charts, what models were asked on a day, and what makes a promise of ours one that only we can have made.
//!
//! Knows neither HTTP nor tracking: a write is a key, whose it is, and the hash of what was asked; a conversation is texts and whose
//! they are. A file of an earlier version is taken on as it is: tables are only ever added.

pub mod conversations;
pub mod pictures;
pub mod spending;

#[cfg(feature = "postgres")]
mod postgres;
mod seals;
mod session;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use self::session::{Session, values};
use crate::domain::time::Timestamp;

/// How long an answer is kept: a client's retries are over by then.
pub const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// After this a write that has not ended is taken as lost with the process that did it.
const UNDER_WAY_AT_MOST: Duration = Duration::from_secs(120);

const WRITES: &str = "
CREATE TABLE IF NOT EXISTS writes (
    principal TEXT NOT NULL,
    key TEXT NOT NULL,
    request BLOB NOT NULL,
    begun INTEGER NOT NULL,
    status INTEGER,
    body BLOB,
    PRIMARY KEY (principal, key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS writes_by_age ON writes (begun);
";

/// Why the state could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StateError(String);

/// Whose write, under which key of his.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteKey {
    /// Who asks.
    pub principal: String,
    /// The key that he chose.
    pub key: String,
}

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// What is known of a write that is about to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Nothing: do it, then [`State::finish`] or [`State::forget`] it.
    New,
    /// It is being done.
    UnderWay,
    /// The key was used for another request.
    Other,
    /// It was done, and answered so.
    Done(KeptAnswer),
}

/// The state. Cheap to clone; clones share it.
#[derive(Debug, Clone)]
pub struct State {
    database: Database,
}

#[derive(Debug, Clone)]
enum Database {
    Sqlite(Arc<Mutex<Connection>>),
    #[cfg(feature = "postgres")]
    Postgres(postgres::Postgres),
}

/// The tables, in the words of SQLite.
const SCHEMAS: [&str; 5] = [WRITES, conversations::SCHEMA, seals::SCHEMA, spending::SCHEMA, pictures::SCHEMA];

impl State {
    /// Opens the file, made with its folder where there is none; without a file, in memory.
    ///
    /// # Errors
    /// Where the file cannot be opened or is no SQLite file.
    pub fn open(file: Option<&Path>) -> Result<Self, StateError> {
        let opened = match file {
            None => Connection::open_in_memory().and_then(prepared),
            Some(file) => {
                let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
                if let Some(Err(error)) = folder.map(std::fs::create_dir_all) {
                    return Err(StateError(format!("the folder of the state file `{}` cannot be made: {error}", file.display())));
                }
                Connection::open(file).and_then(prepared)
            }
        };
        let shown = file.map_or_else(|| "in memory".to_owned(), |file| format!("`{}`", file.display()));
        let connection = opened.map_err(|error| StateError(format!("the state {shown} cannot be opened: {error}")))?;
        Ok(Self { database: Database::Sqlite(Arc::new(Mutex::new(connection))) })
    }

    /// Uses the database of a PostgreSQL server, such as `postgresql://trialogue:secret@db/trialogue`, and makes its tables where there are none.
    ///
    /// # Errors
    /// Where the server does not answer or refuses, or this program was built without the feature `postgres`.
    #[cfg(feature = "postgres")]
    pub async fn connect(url: &str) -> Result<Self, StateError> {
        let server = postgres::Postgres::new(url)?;
        let database = Database::Postgres(server.clone());
        let prepared = tokio::task::spawn_blocking(move || server.prepare(&SCHEMAS)).await;
        prepared.map_err(|_| StateError("a thread that kept the state died".to_owned()))??;
        Ok(Self { database })
    }

    /// Refuses: this program was built without the feature `postgres`.
    ///
    /// # Errors
    /// Always.
    #[cfg(not(feature = "postgres"))]
    pub async fn connect(_url: &str) -> Result<Self, StateError> {
        Err(StateError(
            "this program was built without the feature `postgres`, so its state cannot be kept in a PostgreSQL server".to_owned(),
        ))
    }

    /// Announces a write, unless it was announced before.
    ///
    /// # Errors
    /// Where the file fails.
    pub async fn begin(&self, key: &WriteKey, request: [u8; 32], now: Timestamp) -> Result<Begun, StateError> {
        let key = key.clone();
        self.change(move |session| begin(session, &key, request, now)).await
    }

    /// Keeps the answer of a write that was announced.
    ///
    /// # Errors
    /// Where the file fails.
    pub async fn finish(&self, key: &WriteKey, answer: KeptAnswer) -> Result<(), StateError> {
        let WriteKey { principal, key } = key.clone();
        self.change(move |session| {
            let sql = "UPDATE writes SET status = ?3, body = ?4 WHERE principal = ?1 AND key = ?2";
            session.execute(sql, values![&principal, &key, answer.status, answer.body]).map(drop)
        })
        .await
    }

    /// Forgets a write that was announced and came to nothing, so that it can be asked again.
    ///
    /// # Errors
    /// Where the file fails.
    pub async fn forget(&self, key: &WriteKey) -> Result<(), StateError> {
        let WriteKey { principal, key } = key.clone();
        self.change(move |session| {
            session.execute("DELETE FROM writes WHERE principal = ?1 AND key = ?2", values![&principal, &key]).map(drop)
        })
        .await
    }

    /// Reads in one transaction.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Session<'_>) -> Result<T, StateError> + Send + 'static,
    ) -> Result<T, StateError> {
        self.run(TransactionBehavior::Deferred, work).await
    }

    /// Changes something in one transaction, which no other one that changes something overlaps.
    async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Session<'_>) -> Result<T, StateError> + Send + 'static,
    ) -> Result<T, StateError> {
        self.run(TransactionBehavior::Immediate, work).await
    }

    async fn run<T: Send + 'static>(
        &self,
        behavior: TransactionBehavior,
        work: impl FnOnce(&Session<'_>) -> Result<T, StateError> + Send + 'static,
    ) -> Result<T, StateError> {
        let database = self.database.clone();
        let work = move || match database {
            Database::Sqlite(connection) => {
                // A panic under the lock leaves SQLite in order: an open transaction is rolled back.
                let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                let transaction = connection.transaction_with_behavior(behavior)?;
                let done = work(&Session::Sqlite(&transaction))?;
                transaction.commit()?;
                Ok(done)
            }
            #[cfg(feature = "postgres")]
            Database::Postgres(server) => {
                let reads = matches!(behavior, TransactionBehavior::Deferred);
                server.run(if reads { postgres::Kind::Reads } else { postgres::Kind::Changes }, work)
            }
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(outcome) => outcome,
            Err(_) => Err(StateError("a thread that kept the state died".to_owned())),
        }
    }
}

fn prepared(connection: Connection) -> rusqlite::Result<Connection> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is deleted is overwritten, not only unlinked.
    connection.pragma_update(None, "secure_delete", true)?;
    connection.execute_batch(&SCHEMAS.concat())?;
    Ok(connection)
}

fn begin(session: &Session<'_>, key: &WriteKey, request: [u8; 32], now: Timestamp) -> Result<Begun, StateError> {
    session.execute("DELETE FROM writes WHERE begun < ?1", values![before(now, KEPT)])?;
    let sql = "SELECT request, begun, status, body FROM writes WHERE principal = ?1 AND key = ?2";
    let known = session.row(sql, values![&key.principal, &key.key])?.map(|row| {
        let answer: Option<u16> = row.number_or_null(2)?;
        Ok::<Begun, StateError>(match answer {
            _ if row.bytes(0)? != request => Begun::Other,
            Some(status) => Begun::Done(KeptAnswer { status, body: row.bytes(3)? }),
            None if row.number::<i64>(1)? >= before(now, UNDER_WAY_AT_MOST) => Begun::UnderWay,
            None => Begun::New,
        })
    });
    let begun = known.transpose()?.unwrap_or(Begun::New);
    if begun == Begun::New {
        let sql = "INSERT INTO writes (principal, key, request, begun) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (principal, key) DO UPDATE SET request = excluded.request, begun = excluded.begun, status = NULL, body = NULL";
        session.execute(sql, values![&key.principal, &key.key, request, now.0])?;
    }
    Ok(begun)
}

fn before(now: Timestamp, span: Duration) -> i64 {
    now.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_750_000_000_000);
    const ONE: [u8; 32] = [1; 32];
    const TWO: [u8; 32] = [2; 32];

    fn key(principal: &str) -> WriteKey {
        WriteKey { principal: principal.to_owned(), key: "k".to_owned() }
    }

    fn later(seconds: i64) -> Timestamp {
        Timestamp(NOW.0 + seconds * 1000)
    }

    #[tokio::test]
    async fn a_write_asked_again_gets_the_answer_of_the_first() {
        let state = State::open(None).unwrap();
        let ana = key("ana");
        assert_eq!(state.begin(&ana, ONE, NOW).await.unwrap(), Begun::New);
        assert_eq!(state.begin(&ana, ONE, NOW).await.unwrap(), Begun::UnderWay);
        let answer = KeptAnswer { status: 201, body: b"{}".to_vec() };
        state.finish(&ana, answer.clone()).await.unwrap();
        assert_eq!(state.begin(&ana, ONE, later(3600)).await.unwrap(), Begun::Done(answer));
    }

    #[tokio::test]
    async fn a_key_belongs_to_one_request_of_one_principal() {
        let state = State::open(None).unwrap();
        state.begin(&key("ana"), ONE, NOW).await.unwrap();
        assert_eq!(state.begin(&key("ana"), TWO, NOW).await.unwrap(), Begun::Other);
        assert_eq!(state.begin(&key("bob"), TWO, NOW).await.unwrap(), Begun::New);
    }

    #[tokio::test]
    async fn a_day_later_and_after_a_failure_the_key_is_free() {
        let state = State::open(None).unwrap();
        let ana = key("ana");
        state.begin(&ana, ONE, NOW).await.unwrap();
        state.forget(&ana).await.unwrap();
        assert_eq!(state.begin(&ana, TWO, NOW).await.unwrap(), Begun::New);
        state.finish(&ana, KeptAnswer { status: 201, body: Vec::new() }).await.unwrap();
        assert_eq!(state.begin(&ana, ONE, later(24 * 3600 + 1)).await.unwrap(), Begun::New);
    }

    #[tokio::test]
    async fn a_write_lost_with_its_process_can_be_done_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/state.db");
        State::open(Some(&file)).unwrap().begin(&key("ana"), ONE, NOW).await.unwrap();
        let reopened = State::open(Some(&file)).unwrap();
        assert_eq!(reopened.begin(&key("ana"), ONE, later(60)).await.unwrap(), Begun::UnderWay);
        assert_eq!(reopened.begin(&key("ana"), ONE, later(121)).await.unwrap(), Begun::New);
    }
}
