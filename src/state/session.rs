//! SQL as both databases of the state speak it: SQLite, and PostgreSQL with the feature `postgres`.
//!
//! Statements are written once, with numbered parameters (`?1`), whole numbers, texts and bytes. What the two spell differently is
//! spelt here. A piece of work is one transaction.

use super::StateError;

/// A value of a parameter or column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// None.
    Null,
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// Parameters of a statement, in their order.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::state::session::Value::from($value)),*] };
}
pub(super) use values;

/// Kinds of numbers that always have room in a column.
macro_rules! from_number {
    ($($number:ty),*) => { $(impl From<$number> for Value { fn from(number: $number) -> Self { Self::Number(i64::from(number)) } })* };
}
from_number!(i64, u32, u16);

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<[u8; 32]> for Value {
    fn from(bytes: [u8; 32]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

/// A row, its columns in the order in which they were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row(Vec<Value>);

impl Row {
    /// The whole number in a column.
    ///
    /// # Errors
    /// Where it is none that has room.
    pub(super) fn number<T: TryFrom<i64>>(&self, column: usize) -> Result<T, StateError> {
        self.number_or_null(column)?.ok_or_else(|| odd(column))
    }

    /// The whole number in a column, if there is one.
    ///
    /// # Errors
    /// Where it is something else.
    pub(super) fn number_or_null<T: TryFrom<i64>>(&self, column: usize) -> Result<Option<T>, StateError> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            Some(Value::Number(number)) => T::try_from(*number).map(Some).map_err(|_| odd(column)),
            Some(Value::Text(_) | Value::Bytes(_)) | None => Err(odd(column)),
        }
    }

    /// The text in a column.
    ///
    /// # Errors
    /// Where it is none.
    pub(super) fn text(&self, column: usize) -> Result<String, StateError> {
        match self.0.get(column) {
            Some(Value::Text(text)) => Ok(text.clone()),
            Some(Value::Null | Value::Number(_) | Value::Bytes(_)) | None => Err(odd(column)),
        }
    }

    /// The bytes in a column; none where it is null.
    ///
    /// # Errors
    /// Where it is something else.
    pub(super) fn bytes(&self, column: usize) -> Result<Vec<u8>, StateError> {
        match self.0.get(column) {
            Some(Value::Bytes(bytes)) => Ok(bytes.clone()),
            Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Number(_) | Value::Text(_)) | None => Err(odd(column)),
        }
    }
}

fn odd(column: usize) -> StateError {
    StateError(format!("column {column} of the state holds what does not belong there"))
}

/// Within a transaction.
pub(super) enum Session<'a> {
    /// Of the SQLite file.
    Sqlite(&'a rusqlite::Connection),
    /// Of the PostgreSQL server.
    #[cfg(feature = "postgres")]
    Postgres(super::postgres::Session<'a>),
}

impl Session<'_> {
    /// Does a statement; gives how many rows it changed.
    ///
    /// # Errors
    /// Where the database fails.
    pub(super) fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, StateError> {
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(sql)?;
                Ok(statement.execute(rusqlite::params_from_iter(values))? as u64)
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(session) => session.execute(sql, values),
        }
    }

    /// The rows that a statement gives.
    ///
    /// # Errors
    /// Where the database fails.
    pub(super) fn rows(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StateError> {
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(sql)?;
                let columns = statement.column_count();
                let of_row = |row: &rusqlite::Row<'_>| (0..columns).map(|column| row.get(column)).collect::<rusqlite::Result<_>>().map(Row);
                let rows = statement.query_map(rusqlite::params_from_iter(values), of_row)?;
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(session) => Ok(session.rows(sql, values)?.into_iter().map(Row).collect()),
        }
    }

    /// The first of these rows.
    ///
    /// # Errors
    /// Where the database fails.
    pub(super) fn row(&self, sql: &str, values: &[Value]) -> Result<Option<Row>, StateError> {
        Ok(self.rows(sql, values)?.into_iter().next())
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, ValueRef};
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Number(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl rusqlite::types::FromSql for Value {
    fn column_result(value: rusqlite::types::ValueRef<'_>) -> rusqlite::types::FromSqlResult<Self> {
        use rusqlite::types::{FromSqlError, ValueRef};
        Ok(match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Number(number),
            ValueRef::Text(_) => Self::Text(value.as_str()?.to_owned()),
            ValueRef::Blob(bytes) => Self::Bytes(bytes.to_vec()),
            ValueRef::Real(_) => return Err(FromSqlError::InvalidType),
        })
    }
}

impl From<rusqlite::Error> for StateError {
    fn from(error: rusqlite::Error) -> Self {
        Self(format!("the state file failed: {error}"))
    }
}
