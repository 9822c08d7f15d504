//! Pictures of charts for a while: bytes under an id that nobody guesses.

use std::time::Duration;

use super::conversations::Owner;
use super::session::values;
use super::{State, StateError};
use crate::domain::time::Timestamp;

/// Its table. `tenant` is empty for all tenants.
pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS pictures (
    id TEXT NOT NULL PRIMARY KEY,
    principal TEXT NOT NULL,
    tenant TEXT NOT NULL,
    made INTEGER NOT NULL,
    until INTEGER NOT NULL,
    bytes BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS pictures_by_owner ON pictures (principal, tenant, made);
CREATE INDEX IF NOT EXISTS pictures_by_end ON pictures (until);
";

/// How many pictures of one owner are kept; of more, the oldest are forgotten.
const OF_ONE_OWNER: u32 = 100;

impl State {
    /// Keeps a picture for as long as `good_for`; gives the moment at which it ends.
    ///
    /// # Errors
    /// Where the file fails.
    pub async fn keep_picture(
        &self,
        owner: &Owner,
        id: &str,
        bytes: Vec<u8>,
        good_for: Duration,
        now: Timestamp,
    ) -> Result<Timestamp, StateError> {
        let (principal, tenant) = (owner.principal.clone(), owner.tenant.clone().unwrap_or_default());
        let id = id.to_owned();
        let until = Timestamp(now.0.saturating_add(i64::try_from(good_for.as_millis()).unwrap_or(i64::MAX)));
        self.change(move |session| {
            session.execute("DELETE FROM pictures WHERE until <= ?1", values![now.0])?;
            let sql = "INSERT INTO pictures (id, principal, tenant, made, until, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            session.execute(sql, values![&id, &principal, &tenant, now.0, until.0, bytes])?;
            let sql = "DELETE FROM pictures WHERE id IN
                (SELECT id FROM pictures WHERE principal = ?1 AND tenant = ?2 ORDER BY made DESC, id DESC LIMIT 1000000 OFFSET ?3)";
            session.execute(sql, values![&principal, &tenant, OF_ONE_OWNER])
        })
        .await?;
        Ok(until)
    }

    /// A picture that is still good.
    ///
    /// # Errors
    /// Where the file fails.
    pub async fn picture(&self, id: &str, now: Timestamp) -> Result<Option<Vec<u8>>, StateError> {
        let id = id.to_owned();
        self.read(move |session| {
            let row = session.row("SELECT bytes FROM pictures WHERE id = ?1 AND until > ?2", values![&id, now.0])?;
            row.map(|row| row.bytes(0)).transpose()
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_picture_ends_and_an_owner_has_only_so_many() {
        let state = State::open(None).unwrap();
        let owner = |name: &str| Owner { principal: name.to_owned(), tenant: None };
        let (now, hour) = (Timestamp(1_000), Duration::from_secs(3600));
        state.keep_picture(&owner("bob"), "his", vec![7], hour, now).await.unwrap();
        for number in 0..=OF_ONE_OWNER {
            let made = Timestamp(now.0 + i64::from(number));
            state.keep_picture(&owner("ana"), &number.to_string(), vec![1], hour, made).await.unwrap();
        }
        assert_eq!(state.picture("0", now).await.unwrap(), None);
        assert_eq!(state.picture("1", now).await.unwrap(), Some(vec![1]));
        assert_eq!(state.picture("his", now).await.unwrap(), Some(vec![7]));
        assert_eq!(state.picture("his", Timestamp(now.0 + 3_600_000)).await.unwrap(), None);
    }
}
