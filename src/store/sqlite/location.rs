//! The SQLite file that a tracking URI names.

use std::path::PathBuf;

use crate::store::StoreError;

/// The file of `sqlite:///relative.db` or `sqlite:////absolute.db`, as `SQLAlchemy` (and so MLflow) reads it: everything
/// between the third slash and a `?`, taken literally, relative to the working directory.
pub fn path_of_uri(uri: &str) -> Result<PathBuf, StoreError> {
    let refuse = |why: &str| {
        StoreError::Unavailable(format!("`{uri}` {why}: write `sqlite:///file.db` (here) or `sqlite:////folder/file.db` (anywhere)"))
    };
    let Some((scheme, rest)) = uri.split_once("://") else {
        return Err(refuse("is no SQLite URI"));
    };
    let (dialect, driver) = scheme.split_once('+').unwrap_or((scheme, "pysqlite"));
    if dialect != "sqlite" || driver != "pysqlite" {
        return Err(refuse("is no SQLite URI"));
    }
    let Some(path) = rest.strip_prefix('/') else {
        return Err(refuse(if rest.is_empty() { "names no file" } else { "has a host, and SQLite has none" }));
    };
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    if path.is_empty() || path == ":memory:" {
        return Err(refuse("names no file"));
    }
    Ok(PathBuf::from(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_slashes_are_relative_and_four_absolute() {
        let check = |uri: &str, expected: Option<&str>| {
            assert_eq!(path_of_uri(uri).ok(), expected.map(PathBuf::from), "{uri}");
        };
        check("sqlite:///mlflow.db", Some("mlflow.db"));
        check("sqlite:///./data/mlflow.db", Some("./data/mlflow.db"));
        check("sqlite:////var/lib/mlflow.db", Some("/var/lib/mlflow.db"));
        check("sqlite:///a%20b.db", Some("a%20b.db"));
        check("sqlite:///mlflow.db?timeout=5", Some("mlflow.db"));
        check("sqlite+pysqlite:///mlflow.db", Some("mlflow.db"));
        check("sqlite://mlflow.db", None);
        check("sqlite://", None);
        check("sqlite:///", None);
        check("sqlite:///:memory:", None);
        check("mlflow.db", None);
        check("postgresql:///mlflow", None);
    }
}
