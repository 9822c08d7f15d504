//! Conversations between their turns: whose they are, what was said, and what the next turn must know.
//!
//! What a turn says and what is to be known are texts of whoever keeps them. A conversation belongs to one owner; for anybody else
//! it is not there.

use std::time::Duration;

use super::session::{Row, Session, values};
use super::{State, StateError, before};
use crate::domain::time::Timestamp;

/// Its tables. `tenant` is empty for all tenants, as a key of a table has no nulls.
pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT NOT NULL PRIMARY KEY,
    principal TEXT NOT NULL,
    tenant TEXT NOT NULL,
    title TEXT NOT NULL,
    created INTEGER NOT NULL,
    used INTEGER NOT NULL,
    turns INTEGER NOT NULL,
    memory TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS conversations_by_owner ON conversations (principal, tenant, used);
CREATE INDEX IF NOT EXISTS conversations_by_use ON conversations (used);
CREATE TABLE IF NOT EXISTS turns (
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (conversation, number)
) WITHOUT ROWID;
";

/// How many turns of a conversation are kept; of more, the oldest are forgotten.
pub const TURNS_KEPT: u32 = 100;

/// Whose a conversation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Who asks, and of which store.
    pub principal: String,
    /// Whose experiments he sees; absent for all.
    pub tenant: Option<String>,
}

/// A conversation as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Its id.
    pub id: String,
    /// What it began with.
    pub title: String,
    /// When it began.
    pub created: Timestamp,
    /// When it was last used.
    pub used: Timestamp,
    /// How many turns it has had.
    pub turns: u32,
}

/// A conversation that may go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resumed {
    /// How many turns it has had.
    pub turns: u32,
    /// What the next turn must know.
    pub memory: String,
}

/// A turn that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenTurn {
    /// The conversation.
    pub id: String,
    /// How many turns it had had before; with none it is new.
    pub before: u32,
    /// What a new one is called.
    pub title: String,
    /// What was said.
    pub body: String,
    /// What the next turn must know.
    pub memory: String,
}

/// Whether a turn was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It was.
    Yes,
    /// The conversation went on elsewhere meanwhile, or was deleted.
    Changed,
}

/// How long and how many conversations are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeping {
    /// How long one is kept after its last turn.
    pub unused: Duration,
    /// How many of one owner; of more, those unused for longest are forgotten.
    pub of_one_owner: u32,
}

/// Where a list goes on: after the conversation last used then, with this id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// When that one was last used.
    pub used: Timestamp,
    /// Its id.
    pub id: String,
}

impl State {
    /// The conversation `id` of `owner`; nothing where he has no such one, or not any more.
    ///
    /// # Errors
    /// Where the file fails.
    pub async fn resume(&self, owner: &Owner, id: &str, keeping: Keeping, now: Timestamp) -> Result<Option<Resumed>, StateError> {
        let (owner, id) = (owner.clone(), id.to_owned());
        self.read(move |session| {
            let sql = "SELECT turns, memory FROM conversations WHERE id = ?1 AND principal = ?2 AND tenant = ?3 AND used >= ?4";
            let row = session.row(sql, values![&id, &owner.principal, tenant(&owner), before(now, keeping.unused)])?;
            row.map(|row| Ok(Resumed { turns: row.number(0)?, memory: row.text(1)? })).transpose()
        })
        .await
    }

    /// Keeps a turn of `owner`, and forgets what is too old or too much.
    ///
    /// # Errors
    /// Where the file fails.
    pub async fn keep_turn(&self, owner: &Owner, turn: TakenTurn, keeping: Keeping, now: Timestamp) -> Result<Kept, StateError> {
        let owner = owner.clone();
        self.change(move |session| {
            let kept = keep(session, &owner, &turn, now)?;
            if kept == Kept::Yes {
                forget(session, &owner, &turn, keeping, now)?;
            }
            Ok(kept)
        })
        .await
    }

    /// The conversations of `owner`, the last used first, and how many there are.
    ///
    /// # Errors
    /// Where the file fails.
    pub async fn conversations(
        &self,
        owner: &Owner,
        after: Option<After>,
        at_most: u32,
        keeping: Keeping,
        now: Timestamp,
    ) -> Result<(Vec<Heading>, u32), StateError> {
        let owner = owner.clone();
        self.read(move |session| {
            let since = before(now, keeping.unused);
            let sql = "SELECT count(*) FROM conversations WHERE principal = ?1 AND tenant = ?2 AND used >= ?3";
            let total = session.row(sql, values![&owner.principal, tenant(&owner), since])?;
            let total = total.map(|row| row.number(0)).transpose()?.unwrap_or_default();
            let after = after.unwrap_or(After { used: Timestamp(i64::MAX), id: String::new() });
            let sql = "SELECT id, title, created, used, turns FROM conversations
                WHERE principal = ?1 AND tenant = ?2 AND used >= ?3 AND (used, id) < (?4, ?5) ORDER BY used DESC, id DESC LIMIT ?6";
            let rows = session.rows(sql, values![&owner.principal, tenant(&owner), since, after.used.0, &after.id, at_most])?;
            Ok((rows.iter().map(heading).collect::<Result<_, _>>()?, total))
        })
        .await
    }

    /// The conversation `id` of `owner` with its turns, oldest first.
    ///
    /// # Errors
    /// Where the file fails.
    pub async fn transcript(
        &self,
        owner: &Owner,
        id: &str,
        keeping: Keeping,
        now: Timestamp,
    ) -> Result<Option<(Heading, Vec<String>)>, StateError> {
        let (owner, id) = (owner.clone(), id.to_owned());
        self.read(move |session| {
            let sql = "SELECT id, title, created, used, turns FROM conversations
                WHERE id = ?1 AND principal = ?2 AND tenant = ?3 AND used >= ?4";
            let since = before(now, keeping.unused);
            let found = session.row(sql, values![&id, &owner.principal, tenant(&owner), since])?;
            let Some(found) = found else { return Ok(None) };
            let bodies = session.rows("SELECT body FROM turns WHERE conversation = ?1 ORDER BY number", values![&id])?;
            Ok(Some((heading(&found)?, bodies.iter().map(|row| row.text(0)).collect::<Result<_, _>>()?)))
        })
        .await
    }

    /// Forgets the conversation `id` of `owner`, and tells whether there was one.
    ///
    /// # Errors
    /// Where the file fails.
    pub async fn delete_conversation(&self, owner: &Owner, id: &str) -> Result<bool, StateError> {
        let (owner, id) = (owner.clone(), id.to_owned());
        self.change(move |session| {
            let sql = "DELETE FROM conversations WHERE id = ?1 AND principal = ?2 AND tenant = ?3";
            Ok(session.execute(sql, values![&id, &owner.principal, tenant(&owner)])? > 0)
        })
        .await
    }
}

fn tenant(owner: &Owner) -> &str {
    owner.tenant.as_deref().unwrap_or_default()
}

/// Of the columns id, title, created, used, turns.
fn heading(row: &Row) -> Result<Heading, StateError> {
    Ok(Heading {
        id: row.text(0)?,
        title: row.text(1)?,
        created: Timestamp(row.number(2)?),
        used: Timestamp(row.number(3)?),
        turns: row.number(4)?,
    })
}

fn keep(session: &Session<'_>, owner: &Owner, turn: &TakenTurn, now: Timestamp) -> Result<Kept, StateError> {
    let TakenTurn { id, before, title, body, memory } = turn;
    let changed = if *before == 0 {
        let sql = "INSERT INTO conversations (id, principal, tenant, title, created, used, turns, memory)
            VALUES (?1, ?2, ?3, ?4, ?5, ?5, 1, ?6) ON CONFLICT DO NOTHING";
        session.execute(sql, values![id, &owner.principal, tenant(owner), title, now.0, memory])?
    } else {
        let sql = "UPDATE conversations SET used = ?4, turns = ?6, memory = ?7
            WHERE id = ?1 AND principal = ?2 AND tenant = ?3 AND turns = ?5";
        session.execute(sql, values![id, &owner.principal, tenant(owner), now.0, *before, before + 1, memory])?
    };
    if changed == 0 {
        return Ok(Kept::Changed);
    }
    session.execute("INSERT INTO turns (conversation, number, body) VALUES (?1, ?2, ?3)", values![id, before + 1, body])?;
    let oldest = (before + 1).saturating_sub(TURNS_KEPT);
    session.execute("DELETE FROM turns WHERE conversation = ?1 AND number <= ?2", values![id, oldest])?;
    Ok(Kept::Yes)
}

/// Only a new conversation can be one too many.
fn forget(session: &Session<'_>, owner: &Owner, turn: &TakenTurn, keeping: Keeping, now: Timestamp) -> Result<(), StateError> {
    if turn.before > 0 {
        return Ok(());
    }
    session.execute("DELETE FROM conversations WHERE used < ?1", values![before(now, keeping.unused)])?;
    let sql = "DELETE FROM conversations WHERE id IN (SELECT id FROM conversations
        WHERE principal = ?1 AND tenant = ?2 ORDER BY used DESC, id = ?3 DESC LIMIT 1000000 OFFSET ?4)";
    session.execute(sql, values![&owner.principal, tenant(owner), &turn.id, keeping.of_one_owner])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    const NOW: Timestamp = Timestamp(1_750_000_000_000);
    const DAY: i64 = 24 * 3600 * 1000;
    const KEEPING: Keeping = Keeping { unused: Duration::from_secs(30 * 24 * 3600), of_one_owner: 3 };

    fn owner(principal: &str, tenant: Option<&str>) -> Owner {
        Owner { principal: principal.to_owned(), tenant: tenant.map(str::to_owned) }
    }

    fn turn(id: &str, before: u32) -> TakenTurn {
        TakenTurn { id: id.to_owned(), before, title: format!("about {id}"), body: format!("{id}-{before}"), memory: before.to_string() }
    }

    async fn ids(state: &State, owner: &Owner, now: Timestamp) -> Vec<String> {
        let (headings, _) = state.conversations(owner, None, 50, KEEPING, now).await.unwrap();
        headings.into_iter().map(|heading| heading.id).collect()
    }

    #[tokio::test]
    async fn a_conversation_is_its_owners_alone() {
        let state = State::open(None).unwrap();
        let ana = owner("ana", Some("acme"));
        assert_eq!(state.keep_turn(&ana, turn("c", 0), KEEPING, NOW).await.unwrap(), Kept::Yes);
        for stranger in [owner("bob", Some("acme")), owner("ana", Some("globex")), owner("ana", None)] {
            assert_eq!(state.resume(&stranger, "c", KEEPING, NOW).await.unwrap(), None);
            assert_eq!(state.transcript(&stranger, "c", KEEPING, NOW).await.unwrap(), None);
            assert!(!state.delete_conversation(&stranger, "c").await.unwrap());
            assert_eq!(state.keep_turn(&stranger, turn("c", 1), KEEPING, NOW).await.unwrap(), Kept::Changed);
            assert_eq!(state.keep_turn(&stranger, turn("c", 0), KEEPING, NOW).await.unwrap(), Kept::Changed);
            assert!(ids(&state, &stranger, NOW).await.is_empty());
        }
        let resumed = state.resume(&ana, "c", KEEPING, NOW).await.unwrap();
        assert_eq!(resumed, Some(Resumed { turns: 1, memory: "0".to_owned() }));
        assert!(state.delete_conversation(&ana, "c").await.unwrap());
        assert_eq!(state.transcript(&ana, "c", KEEPING, NOW).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_turn_follows_the_one_that_it_was_asked_after() {
        let state = State::open(None).unwrap();
        let ana = owner("ana", None);
        for before in 0..TURNS_KEPT + 2 {
            assert_eq!(state.keep_turn(&ana, turn("c", before), KEEPING, NOW).await.unwrap(), Kept::Yes);
        }
        assert_eq!(state.keep_turn(&ana, turn("c", 5), KEEPING, NOW).await.unwrap(), Kept::Changed);
        let (heading, bodies) = state.transcript(&ana, "c", KEEPING, NOW).await.unwrap().unwrap();
        assert_eq!((heading.turns, bodies.len(), bodies[0].as_str()), (TURNS_KEPT + 2, 100, "c-2"));
    }

    #[tokio::test]
    async fn old_ones_and_too_many_are_forgotten() {
        let state = State::open(None).unwrap();
        let ana = owner("ana", None);
        for (index, id) in ["a", "b", "c", "d"].into_iter().enumerate() {
            let now = Timestamp(NOW.0 + i64::try_from(index).unwrap());
            state.keep_turn(&ana, turn(id, 0), KEEPING, now).await.unwrap();
        }
        assert_eq!(ids(&state, &ana, NOW).await, ["d", "c", "b"]);
        let later = Timestamp(NOW.0 + 20 * DAY);
        state.keep_turn(&ana, turn("b", 1), KEEPING, later).await.unwrap();
        assert_eq!(ids(&state, &ana, later).await, ["b", "d", "c"]);
        assert_eq!(ids(&state, &ana, Timestamp(NOW.0 + 31 * DAY)).await, ["b"]);
        assert_eq!(state.resume(&ana, "c", KEEPING, Timestamp(NOW.0 + 31 * DAY)).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_list_goes_on_where_it_ended() {
        let state = State::open(None).unwrap();
        let ana = owner("ana", None);
        for id in ["a", "b", "c"] {
            state.keep_turn(&ana, turn(id, 0), KEEPING, NOW).await.unwrap();
        }
        let (first, total) = state.conversations(&ana, None, 2, KEEPING, NOW).await.unwrap();
        let last = first.last().unwrap();
        let after = After { used: last.used, id: last.id.clone() };
        let (rest, _) = state.conversations(&ana, Some(after), 2, KEEPING, NOW).await.unwrap();
        let ids: Vec<&str> = first.iter().chain(&rest).map(|heading| heading.id.as_str()).collect();
        assert_eq!((ids.as_slice(), total), (["c", "b", "a"].as_slice(), 3));
    }

    #[tokio::test]
    async fn a_file_of_before_conversations_takes_them_in_and_keeps_its_writes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state.db");
        Connection::open(&file).unwrap().execute_batch(super::super::WRITES).unwrap();
        let raw = Connection::open(&file).unwrap();
        raw.execute("INSERT INTO writes (principal, key, request, begun) VALUES ('ana', 'k', x'01', 1)", []).unwrap();
        drop(raw);
        let ana = owner("ana", None);
        State::open(Some(&file)).unwrap().keep_turn(&ana, turn("c", 0), KEEPING, NOW).await.unwrap();
        assert_eq!(ids(&State::open(Some(&file)).unwrap(), &ana, NOW).await, ["c"]);
        let writes: u32 = Connection::open(&file).unwrap().query_row("SELECT count(*) FROM writes", [], |row| row.get(0)).unwrap();
        assert_eq!(writes, 1);
    }
}
