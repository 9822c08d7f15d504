//! Makes empty stores, in the schema of MLflow 2.9: the oldest form that every later MLflow opens and migrates.
//!
//! It does not know what is put into a store, nor the schemas that migrations make of it later.

use rusqlite::{Connection, Transaction, TransactionBehavior};

/// Makes the tables and indexes of an empty store, or nothing at all; fails where one of the tables is there already.
///
/// There is no experiment `Default` in it: MLflow adds that itself, 2.9 when it opens a store without any experiment, 3.18 when it
/// opens one without an experiment 0.
pub(super) fn create(connection: &Connection) -> rusqlite::Result<()> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    transaction.execute_batch(include_str!("schema.sql"))?;
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESCRIBE: &str = include_str!("../../../tests/data/describe_schema.sql");
    const MADE_BY_MLFLOW: &str = include_str!("../../../tests/data/mlflow-2.9-schema.txt");

    fn table_count(connection: &Connection) -> i64 {
        connection.query_row("SELECT count(*) FROM sqlite_schema WHERE type = 'table'", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn an_empty_store_has_the_schema_that_mlflow_2_9_makes() {
        let connection = Connection::open_in_memory().unwrap();
        create(&connection).unwrap();
        let mut statement = connection.prepare(DESCRIBE).unwrap();
        let facts: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
        let recorded: Vec<&str> = MADE_BY_MLFLOW.lines().collect();
        assert_eq!(facts, recorded);
        assert_eq!(table_count(&connection), 16);
    }

    #[test]
    fn an_empty_store_is_stamped_with_the_revision_of_mlflow_2_9() {
        let connection = Connection::open_in_memory().unwrap();
        create(&connection).unwrap();
        let revision: String = connection.query_row("SELECT version_num FROM alembic_version", [], |row| row.get(0)).unwrap();
        assert_eq!(revision, "acf3f17fdcc7");
    }

    #[test]
    fn a_schema_that_cannot_be_made_whole_is_not_made_in_part() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE runs (somebody_elses TEXT)").unwrap();
        assert!(create(&connection).is_err());
        assert_eq!(table_count(&connection), 1);
    }
}
