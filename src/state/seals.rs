//! What makes a promise of ours one that only we can have made, and only once: a secret key, and which promises were kept already.

use super::session::values;
use super::{State, StateError};
use crate::domain::time::Timestamp;

/// Its tables.
pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS secrets (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spent (
    nonce TEXT NOT NULL PRIMARY KEY,
    until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS spent_by_end ON spent (until);
";

impl State {
    /// The secret called `name`: random, made when it is first asked for, and the same for everybody who keeps his state here.
    ///
    /// # Errors
    /// Where the file fails, or the system gives no random numbers.
    pub async fn secret(&self, name: &'static str) -> Result<[u8; 32], StateError> {
        let mut fresh = [0_u8; 32];
        getrandom::fill(&mut fresh).map_err(|error| StateError(format!("the system gives no random numbers: {error}")))?;
        self.change(move |session| {
            session.execute("INSERT INTO secrets (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING", values![name, fresh])?;
            let row = session.row("SELECT value FROM secrets WHERE name = ?1", values![name])?;
            let kept = row.map(|row| row.bytes(0)).transpose()?.unwrap_or_default();
            kept.try_into().map_err(|_| StateError(format!("the secret `{name}` has not 32 bytes")))
        })
        .await
    }

    /// Spends a nonce that is good until `until`, and tells whether this is the first time.
    ///
    /// # Errors
    /// Where the file fails.
    pub async fn spend(&self, nonce: &str, until: Timestamp, now: Timestamp) -> Result<bool, StateError> {
        let nonce = nonce.to_owned();
        self.change(move |session| {
            session.execute("DELETE FROM spent WHERE until < ?1", values![now.0])?;
            let sql = "INSERT INTO spent (nonce, until) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
            Ok(session.execute(sql, values![&nonce, until.0])? == 1)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_secret_outlives_the_process_and_is_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state.db");
        let secret = State::open(Some(&file)).unwrap().secret("a").await.unwrap();
        let reopened = State::open(Some(&file)).unwrap();
        assert_eq!(reopened.secret("a").await.unwrap(), secret);
        assert_ne!(reopened.secret("b").await.unwrap(), secret);
        assert_ne!(State::open(None).unwrap().secret("a").await.unwrap(), secret);
    }

    #[tokio::test]
    async fn a_nonce_is_spent_once() {
        let state = State::open(None).unwrap();
        let (now, until) = (Timestamp(1_000), Timestamp(2_000));
        assert!(state.spend("n", until, now).await.unwrap());
        assert!(!state.spend("n", until, now).await.unwrap());
        assert!(!state.spend("n", until, until).await.unwrap());
        assert!(state.spend("m", until, now).await.unwrap());
    }
}
