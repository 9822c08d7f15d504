//! Artifacts in a local folder.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use super::{LISTED_AT_MOST, is_folder, missing};
use crate::domain::artifact::{Artifact, ArtifactHead, ArtifactPath, percent_decoded};
use crate::store::StoreError;

/// Files and folders in a folder under `root`, in no order; none where it was never made.
///
/// A symbolic link that leads out of the root is left out.
pub(super) fn list(root: &Path, path: &ArtifactPath) -> Result<Vec<Artifact>, StoreError> {
    let Some(root_folder) = opened(root)? else { return Ok(Vec::new()) };
    let unreadable =
        |error: &io::Error| StoreError::Unavailable(format!("the artifacts in `{}` cannot be listed: {error}", root.display()));
    let folder = if path.is_root() { Ok(root_folder) } else { root_folder.open_dir(path.as_str()) };
    let folder = match folder {
        Ok(folder) => folder,
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(StoreError::InvalidQuery(format!("`{path}` is a file; read_artifact shows what is in it")));
        }
        Err(error) if is_away(&error) => return Err(missing(path)),
        Err(error) => return Err(unreadable(&error)),
    };
    let mut artifacts = Vec::new();
    for entry in folder.entries().map_err(|error| unreadable(&error))?.take(LISTED_AT_MOST) {
        let entry = entry.map_err(|error| unreadable(&error))?;
        // Of what a link leads to, if it stays inside.
        let Ok(found) = folder.metadata(entry.file_name()) else { continue };
        if found.is_file() || found.is_dir() {
            let size = found.is_file().then_some(found.len());
            artifacts.push(Artifact { path: path.join(&entry.file_name().to_string_lossy()), size });
        }
    }
    Ok(artifacts)
}

/// The first `at_most` bytes of a file under `root`.
pub(super) fn read(root: &Path, path: &ArtifactPath, at_most: usize) -> Result<ArtifactHead, StoreError> {
    let unreadable = |error: io::Error| match error {
        error if is_away(&error) => missing(path),
        error => StoreError::Unavailable(format!("the artifact `{path}` cannot be read: {error}")),
    };
    let folder = opened(root)?.ok_or_else(|| missing(path))?;
    let found = folder.metadata(path.as_str()).map_err(unreadable)?;
    if found.is_dir() {
        return Err(is_folder(path));
    }
    // A pipe or device would be waited on for ever.
    if !found.is_file() {
        return Err(missing(path));
    }
    let mut bytes = Vec::new();
    folder.open(path.as_str()).and_then(|file| file.take(at_most as u64).read_to_end(&mut bytes)).map_err(unreadable)?;
    let size = if bytes.len() < at_most { bytes.len() as u64 } else { found.len().max(bytes.len() as u64) };
    Ok(ArtifactHead { bytes, size: Some(size) })
}

/// The root, from which only what lies under it can be opened; absent where it was never made.
fn opened(root: &Path) -> Result<Option<Dir>, StoreError> {
    match Dir::open_ambient_dir(root, ambient_authority()) {
        Ok(folder) => Ok(Some(folder)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(StoreError::Unavailable(format!("the artifacts in `{}` cannot be opened: {error}", root.display()))),
    }
}

/// ELOOP of Linux: links that lead in a circle.
const TOO_MANY_LINKS: i32 = 40;

/// Whether nothing is there, or only behind a link that leads out of the root, which is told as nothing.
fn is_away(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidFilename, InvalidInput, NotADirectory, NotFound, PermissionDenied};
    let kind = error.kind();
    matches!(kind, NotFound | NotADirectory | PermissionDenied | InvalidFilename | InvalidInput)
        || error.raw_os_error() == Some(TOO_MANY_LINKS)
}

/// The folder that a plain path or a `file:` URI names; absent for other schemes and other hosts.
pub(super) fn folder_of(uri: &str) -> Option<PathBuf> {
    if let Some(rest) = uri.strip_prefix("file:") {
        let path = match rest.strip_prefix("//") {
            Some(with_host) => {
                let (host, _) = with_host.split_once('/')?;
                let path = with_host.get(host.len()..)?;
                (host.is_empty() || host == "localhost").then_some(path)?
            }
            None => rest,
        };
        return Some(PathBuf::from(percent_decoded(path)));
    }
    let has_scheme = uri.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1 && scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
    });
    (!uri.is_empty() && !has_scheme).then(|| Path::new(uri).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_and_file_uris_of_this_host_are_local() {
        let check = |uri: &str, expected: Option<&str>| assert_eq!(folder_of(uri), expected.map(PathBuf::from), "{uri}");
        check("/var/mlruns/1/abc/artifacts", Some("/var/mlruns/1/abc/artifacts"));
        check("./mlruns/1", Some("./mlruns/1"));
        check("file:///var/mlruns/1", Some("/var/mlruns/1"));
        check("file:/var/mlruns/1", Some("/var/mlruns/1"));
        check("file://localhost/var/a%20b/%zz%e2%82%ac", Some("/var/a b/%zz€"));
        check("file://elsewhere/var", None);
        check("file://nothing", None);
        check("s3://bucket/1", None);
        check("mlflow-artifacts:/1/abc", None);
        check("dbfs:/1", None);
        check("", None);
    }
}
