//! Artifacts in a local folder.

use std::path::{Path, PathBuf};

use crate::domain::artifact::Artifact;
use crate::store::StoreError;

/// Files and folders at the root `uri`, by path; empty where the root is no local folder or was never made.
///
/// A symbolic link that leads out of the root is left out: whoever may write artifacts must not choose what is listed of
/// the rest of the disk.
pub(super) fn at_root(uri: &str) -> Result<Vec<Artifact>, StoreError> {
    let Some(root) = local_folder(uri) else { return Ok(Vec::new()) };
    let Ok(root) = root.canonicalize() else { return Ok(Vec::new()) };
    if !root.is_dir() {
        return Ok(Vec::new());
    }
    let unreadable =
        |error: std::io::Error| StoreError::Unavailable(format!("the artifacts in `{}` cannot be listed: {error}", root.display()));
    let mut artifacts = Vec::new();
    for entry in std::fs::read_dir(&root).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let Ok(target) = entry.path().canonicalize() else { continue };
        if !target.starts_with(&root) {
            continue;
        }
        let Ok(found) = target.metadata() else { continue };
        let path = entry.file_name().to_string_lossy().into_owned();
        artifacts.push(Artifact { path, size: found.is_file().then_some(found.len()) });
    }
    artifacts.sort_unstable_by(|one, other| one.path.cmp(&other.path));
    Ok(artifacts)
}

/// The folder that a plain path or a `file:` URI names; absent for other schemes and other hosts.
fn local_folder(uri: &str) -> Option<PathBuf> {
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

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = after.split_first_chunk::<2>().filter(|_| *first == b'%').and_then(|(digits, after)| {
            let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.chars().all(|digit| digit.is_ascii_hexdigit()))?;
            Some((u8::from_str_radix(digits, 16).ok()?, after))
        });
        let (byte, next) = escaped.unwrap_or((*first, after));
        bytes.push(byte);
        rest = next;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_and_file_uris_of_this_host_are_local() {
        let check = |uri: &str, expected: Option<&str>| assert_eq!(local_folder(uri), expected.map(PathBuf::from), "{uri}");
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
