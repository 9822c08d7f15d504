//! Artifacts that lie where the store's process can read them itself: a local folder, a bucket.
//!
//! Each read is confined to the run's own root, and a root must have the run's id among its parts, as every root has that
//! MLflow makes: whoever may write a run must not choose what is read of the rest of the disk or bucket.

mod local;
#[cfg(feature = "s3")]
mod s3;

use crate::config::S3Settings;
use crate::domain::artifact::{Artifact, ArtifactHead, ArtifactPath};
use crate::domain::run::Run;
use crate::store::StoreError;

/// Files and folders of one folder that are read at most.
pub(super) const LISTED_AT_MOST: usize = 10_000;

/// Where a run's artifacts lie.
enum Root {
    Local(std::path::PathBuf),
    #[cfg(feature = "s3")]
    S3(s3::Prefix),
}

/// Files and folders in a folder of a run, by path; none where it was never made.
pub(super) async fn list(s3: &S3Settings, run: &Run, path: &ArtifactPath) -> Result<Vec<Artifact>, StoreError> {
    let mut artifacts = match root(run)? {
        Root::Local(root) => {
            let path = path.clone();
            blocking(move || local::list(&root, &path)).await?
        }
        #[cfg(feature = "s3")]
        Root::S3(prefix) => s3::list(s3, &prefix, path).await?,
    };
    #[cfg(not(feature = "s3"))]
    let _ = s3;
    artifacts.sort_unstable_by(|one, other| one.path.cmp(&other.path));
    Ok(artifacts)
}

/// The first `at_most` bytes of a file of a run.
pub(super) async fn read(s3: &S3Settings, run: &Run, path: &ArtifactPath, at_most: usize) -> Result<ArtifactHead, StoreError> {
    #[cfg(not(feature = "s3"))]
    let _ = s3;
    match root(run)? {
        Root::Local(root) => {
            let path = path.clone();
            blocking(move || local::read(&root, &path, at_most)).await
        }
        #[cfg(feature = "s3")]
        Root::S3(prefix) => s3::read(s3, &prefix, path, at_most).await,
    }
}

fn root(run: &Run) -> Result<Root, StoreError> {
    let uri = run.artifact_uri.as_str();
    let refused = |why: &str| StoreError::OutOfReach(format!("the artifacts of the run lie at `{uri}`, {why}"));
    if !uri.split(['/', '\\']).any(|part| part == run.id.0) {
        return Err(refused("which is not a place that MLflow makes for a run: it lacks the run's id"));
    }
    if let Some(folder) = local::folder_of(uri) {
        return Ok(Root::Local(folder));
    }
    #[cfg(feature = "s3")]
    if let Some(prefix) = s3::Prefix::of(uri) {
        return Ok(Root::S3(prefix));
    }
    match uri.split_once(':').map(|(scheme, _)| scheme) {
        Some("mlflow-artifacts") => Err(refused("behind an MLflow server; give that server as the tracking URI to read them")),
        Some("s3") => Err(refused("and this program was built without the feature `s3`")),
        _ => Err(refused("which cannot be read from here; give the MLflow server as the tracking URI")),
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, StoreError> + Send + 'static) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Internal("a reading thread died".to_owned()))?
}

/// There is no such file.
pub(super) fn missing(path: &ArtifactPath) -> StoreError {
    StoreError::NotFound(format!("the run has no artifact `{path}`; list_artifacts shows what there is"))
}

/// The path is a folder, not a file.
pub(super) fn is_folder(path: &ArtifactPath) -> StoreError {
    StoreError::InvalidQuery(format!("`{path}` is a folder, not a file; list_artifacts shows what is in it"))
}
