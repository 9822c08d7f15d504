//! How many tokens of a model each principal has taken on a day.

use super::session::values;
use super::{State, StateError};
use crate::domain::time::Timestamp;

/// Its table.
pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS spending (
    principal TEXT NOT NULL,
    day INTEGER NOT NULL,
    input INTEGER NOT NULL,
    output INTEGER NOT NULL,
    PRIMARY KEY (principal, day)
) WITHOUT ROWID;
";

/// Tokens of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tokens {
    /// Of requests.
    pub input: u64,
    /// Of replies.
    pub output: u64,
}

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// The day of a moment, counted from 1970 in UTC.
fn day(now: Timestamp) -> i64 {
    now.0.div_euclid(DAY)
}

/// Whole numbers of databases have a sign.
fn sent(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(i64::MAX)
}

impl State {
    /// What `principal` has taken today (UTC).
    ///
    /// # Errors
    /// Where the file fails.
    pub async fn taken_today(&self, principal: &str, now: Timestamp) -> Result<Tokens, StateError> {
        let principal = principal.to_owned();
        self.read(move |session| {
            let sql = "SELECT input, output FROM spending WHERE principal = ?1 AND day = ?2";
            let row = session.row(sql, values![&principal, day(now)])?;
            Ok(row
                .map(|row| Ok::<_, StateError>(Tokens { input: row.number(0)?, output: row.number(1)? }))
                .transpose()?
                .unwrap_or_default())
        })
        .await
    }

    /// Adds to what `principal` has taken today (UTC), and forgets the days before.
    ///
    /// # Errors
    /// Where the file fails.
    pub async fn take(&self, principal: &str, tokens: Tokens, now: Timestamp) -> Result<(), StateError> {
        let principal = principal.to_owned();
        self.change(move |session| {
            session.execute("DELETE FROM spending WHERE day < ?1", values![day(now)])?;
            let sql = "INSERT INTO spending (principal, day, input, output) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (principal, day)
                DO UPDATE SET input = spending.input + excluded.input, output = spending.output + excluded.output";
            session.execute(sql, values![&principal, day(now), sent(tokens.input), sent(tokens.output)]).map(drop)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_day_adds_up_for_each_principal_and_ends_at_midnight() {
        let state = State::open(None).unwrap();
        let now = Timestamp(10 * DAY + 5);
        let one = Tokens { input: 100, output: 7 };
        state.take("ana", one, now).await.unwrap();
        state.take("ana", one, Timestamp(11 * DAY - 1)).await.unwrap();
        assert_eq!(state.taken_today("ana", now).await.unwrap(), Tokens { input: 200, output: 14 });
        assert_eq!(state.taken_today("bob", now).await.unwrap(), Tokens::default());
        assert_eq!(state.taken_today("ana", Timestamp(11 * DAY)).await.unwrap(), Tokens::default());
    }
}
