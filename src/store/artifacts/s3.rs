//! Artifacts in a bucket of S3 or of a server that speaks like it.

use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{ClientOptions, GetOptions, GetRange, ObjectStore, ObjectStoreExt, RetryConfig};

use super::{is_folder, missing};
use crate::config::S3Settings;
use crate::domain::artifact::{Artifact, ArtifactHead, ArtifactPath};
use crate::store::StoreError;

/// How long one question to the bucket may take, its retries among it.
const DEADLINE: Duration = Duration::from_secs(20);

/// `s3://bucket/key`, without a slash at the end.
pub(super) struct Prefix {
    bucket: String,
    key: String,
}

impl Prefix {
    /// Of such a URI.
    pub(super) fn of(uri: &str) -> Option<Self> {
        let (bucket, key) = uri.strip_prefix("s3://")?.split_once('/')?;
        (!bucket.is_empty()).then(|| Self { bucket: bucket.to_owned(), key: key.trim_matches('/').to_owned() })
    }

    fn at(&self, path: &ArtifactPath) -> Result<Path, StoreError> {
        let key = if path.is_root() { self.key.clone() } else { format!("{}/{path}", self.key) };
        Path::parse(&key).map_err(|fault| StoreError::InvalidQuery(format!("`{path}` is no key of a bucket: {fault}")))
    }
}

/// Files and folders in a folder under the prefix, in no order; none where nothing has that prefix.
pub(super) async fn list(settings: &S3Settings, prefix: &Prefix, path: &ArtifactPath) -> Result<Vec<Artifact>, StoreError> {
    let bucket = open(settings, prefix)?;
    let folder = prefix.at(path)?;
    let found = bucket.list_with_delimiter(Some(&folder)).await.map_err(|fault| explain(&fault, prefix, path))?;
    let relative = |place: &Path| place.as_ref().strip_prefix(&prefix.key).map(|rest| rest.trim_matches('/').to_owned());
    let folders = found.common_prefixes.iter().filter_map(|place| Some(Artifact { path: relative(place)?, size: None }));
    let files = found.objects.iter().filter_map(|file| Some(Artifact { path: relative(&file.location)?, size: Some(file.size) }));
    let artifacts: Vec<Artifact> = folders.chain(files).collect();
    if artifacts.is_empty() && !path.is_root() {
        return Err(missing(path));
    }
    Ok(artifacts)
}

/// The first `at_most` bytes of a file under the prefix.
pub(super) async fn read(settings: &S3Settings, prefix: &Prefix, path: &ArtifactPath, at_most: usize) -> Result<ArtifactHead, StoreError> {
    let bucket = open(settings, prefix)?;
    let key = prefix.at(path)?;
    let size = match bucket.head(&key).await {
        Ok(found) => found.size,
        Err(object_store::Error::NotFound { .. }) => {
            let under = bucket.list_with_delimiter(Some(&key)).await.map_err(|fault| explain(&fault, prefix, path))?;
            let is_empty = under.objects.is_empty() && under.common_prefixes.is_empty();
            return Err(if is_empty { missing(path) } else { is_folder(path) });
        }
        Err(fault) => return Err(explain(&fault, prefix, path)),
    };
    // A range of nothing is refused.
    if size == 0 {
        return Ok(ArtifactHead { bytes: Vec::new(), size: Some(0) });
    }
    let range = GetRange::Bounded(0..size.min(at_most as u64));
    let options = GetOptions { range: Some(range), ..GetOptions::default() };
    let found = bucket.get_opts(&key, options).await.map_err(|fault| explain(&fault, prefix, path))?;
    let bytes = found.bytes().await.map_err(|fault| explain(&fault, prefix, path))?;
    Ok(ArtifactHead { bytes: bytes.into(), size: Some(size) })
}

fn open(settings: &S3Settings, prefix: &Prefix) -> Result<AmazonS3, StoreError> {
    let retry = RetryConfig { max_retries: 2, retry_timeout: DEADLINE, ..RetryConfig::default() };
    let client = ClientOptions::new().with_timeout(DEADLINE).with_connect_timeout(Duration::from_secs(3));
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&prefix.bucket)
        .with_region(settings.region.as_deref().unwrap_or("us-east-1"))
        .with_client_options(client)
        .with_retry(retry);
    if let Some(endpoint) = &settings.endpoint {
        builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
    }
    if let Some((key_id, secret)) = &settings.credentials {
        builder = builder.with_access_key_id(key_id).with_secret_access_key(&secret.0);
    }
    if let Some(token) = &settings.session_token {
        builder = builder.with_token(&token.0);
    }
    builder.build().map_err(|fault| StoreError::Unavailable(format!("the bucket `{}` cannot be reached: {fault}", prefix.bucket)))
}

fn explain(fault: &object_store::Error, prefix: &Prefix, path: &ArtifactPath) -> StoreError {
    match fault {
        object_store::Error::NotFound { .. } => missing(path),
        object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => StoreError::Unavailable(format!(
            "the bucket `{}` refuses the credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and MLFLOW_S3_ENDPOINT_URL where it is not Amazon's",
            prefix.bucket
        )),
        other => {
            let words: String = other.to_string().chars().filter(|letter| !letter.is_control()).take(300).collect();
            StoreError::Unavailable(format!("the bucket `{}` does not answer: {words}", prefix.bucket))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_of_buckets_are_taken_apart() {
        let check = |uri: &str, expected: Option<(&str, &str)>| {
            let prefix = Prefix::of(uri);
            assert_eq!(prefix.as_ref().map(|prefix| (prefix.bucket.as_str(), prefix.key.as_str())), expected, "{uri}");
        };
        check("s3://mlflow/art/1/abc/artifacts", Some(("mlflow", "art/1/abc/artifacts")));
        check("s3://mlflow/1/abc/artifacts/", Some(("mlflow", "1/abc/artifacts")));
        check("s3:///abc", None);
        check("s3://mlflow", None);
        check("gs://mlflow/1", None);
    }
}
