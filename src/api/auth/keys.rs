//! API keys, in a file that holds only their hashes.
//!
//! A key is `trl_<id>_<secret>`: the id names it in lists and logs, the secret has 256 random bits, so that its plain SHA-256
//! is as good as a slow hash.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{AuthFault, Principal, Role};

/// How every key begins, so that leaked ones can be searched for.
pub const KEY_PREFIX: &str = "trl_";

/// How long a file that was read is believed: so long a revoked key may still be taken.
const BELIEVED: Duration = Duration::from_secs(1);

/// Bytes of a key's id and of its secret.
const ID_BYTES: usize = 4;
const SECRET_BYTES: usize = 32;

/// A key as the file holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRecord {
    /// Names the key.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// The tenant that its owner belongs to; absent for one who sees all.
    pub tenant: Option<String>,
    /// What its owner may do.
    pub role: Role,
    /// SHA-256 of the whole key, in hexadecimal.
    pub sha256: String,
    /// When it was made, RFC 3339.
    pub created_at: jiff::Timestamp,
    /// When it ends; absent for never.
    pub expires_at: Option<jiff::Timestamp>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<jiff::Timestamp>,
}

/// What a new key is for.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// What its owner calls it.
    pub name: String,
    /// The tenant that its owner belongs to; absent for one who sees all.
    pub tenant: Option<String>,
    /// What its owner may do.
    pub role: Role,
    /// When it ends; absent for never.
    pub expires_at: Option<jiff::Timestamp>,
}

/// Why the file of keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// It cannot be read or written.
    #[error("the file of keys `{0}` {1}")]
    File(PathBuf, String),
    /// There is no such key.
    #[error("there is no key `{0}`; `trialogue keys list` shows the ids there are")]
    NoSuchKey(String),
    /// The system has no random numbers.
    #[error("a key cannot be made: {0}")]
    Random(String),
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    keys: Vec<KeyRecord>,
}

/// Adds a key to the file, made where there is none, and gives the key itself, which nobody will see again.
///
/// # Errors
/// Where the file cannot be read or written.
pub fn add(file: &Path, new: NewKey, now: jiff::Timestamp) -> Result<(KeyRecord, String), KeysError> {
    let id = random_hex::<ID_BYTES>()?;
    let key = format!("{KEY_PREFIX}{id}_{}", random_hex::<SECRET_BYTES>()?);
    let NewKey { name, tenant, role, expires_at } = new;
    let record = KeyRecord { id, name, tenant, role, sha256: hash(&key), created_at: now, expires_at, revoked_at: None };
    change(file, |keys| {
        keys.keys.push(record.clone());
        Ok(())
    })?;
    Ok((record, key))
}

/// The keys of the file, oldest first.
///
/// # Errors
/// Where the file cannot be read.
pub fn list(file: &Path) -> Result<Vec<KeyRecord>, KeysError> {
    Ok(read(file)?.keys)
}

/// Revokes a key; one that is revoked already stays so.
///
/// # Errors
/// [`KeysError::NoSuchKey`]; or where the file cannot be read or written.
pub fn revoke(file: &Path, id: &str, now: jiff::Timestamp) -> Result<KeyRecord, KeysError> {
    let mut revoked = None;
    change(file, |keys| {
        let record = keys.keys.iter_mut().find(|record| record.id == id).ok_or_else(|| KeysError::NoSuchKey(id.to_owned()))?;
        record.revoked_at.get_or_insert(now);
        revoked = Some(record.clone());
        Ok(())
    })?;
    revoked.ok_or_else(|| KeysError::NoSuchKey(id.to_owned()))
}

/// Reads, changes and replaces the file; others who do so wait.
fn change(file: &Path, edit: impl FnOnce(&mut KeyFile) -> Result<(), KeysError>) -> Result<(), KeysError> {
    let failed = |error: std::io::Error| KeysError::File(file.to_owned(), format!("cannot be written: {error}"));
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let lock = File::options().create(true).truncate(false).write(true).open(lock_file(file)).map_err(failed)?;
    lock.lock().map_err(failed)?;
    let mut keys = if file.exists() { read(file)? } else { KeyFile::default() };
    edit(&mut keys)?;
    // A temporary file is its owner's alone, and takes the old one's place whole.
    let mut replacement = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    let text = serde_json::to_string_pretty(&keys).map_err(|error| failed(error.into()))?;
    writeln!(replacement, "{text}").map_err(failed)?;
    replacement.as_file().sync_all().map_err(failed)?;
    replacement.persist(file).map_err(|error| failed(error.error))?;
    Ok(())
}

fn lock_file(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

fn read(file: &Path) -> Result<KeyFile, KeysError> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        let hint = if error.kind() == std::io::ErrorKind::NotFound { "; `trialogue keys add` makes it" } else { "" };
        KeysError::File(file.to_owned(), format!("cannot be read: {error}{hint}"))
    })?;
    // The parser's words would repeat what stands in the file.
    serde_json::from_str(&text)
        .map_err(|error| KeysError::File(file.to_owned(), format!("is damaged in line {}: it is no list of keys", error.line())))
}

fn hash(key: &str) -> String {
    Sha256::digest(key).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn random_hex<const BYTES: usize>() -> Result<String, KeysError> {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| KeysError::Random(error.to_string()))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The keys of a file, read anew when it changes.
#[derive(Debug)]
pub struct Keys {
    file: PathBuf,
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    keys: Result<Arc<Vec<KeyRecord>>, String>,
    changed: Option<SystemTime>,
    checked: Instant,
}

impl Keys {
    /// Reads the file.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn open(file: &Path) -> Result<Self, KeysError> {
        let changed = changed(file);
        let keys = Ok(Arc::new(list(file)?));
        Ok(Self { file: file.to_owned(), known: Mutex::new(Known { keys, changed, checked: Instant::now() }) })
    }

    /// Whose key this is.
    pub(super) async fn principal(&self, key: &str) -> Result<Principal, AuthFault> {
        let known = self.current().map_err(AuthFault::Unavailable)?;
        let unknown = || AuthFault::Invalid("this is no API key of this service".to_owned());
        let hash = hash(key);
        let record = known.iter().find(|record| bool::from(record.sha256.as_bytes().ct_eq(hash.as_bytes()))).ok_or_else(unknown)?;
        if record.revoked_at.is_some() {
            return Err(AuthFault::Invalid(format!("the API key `{}` is revoked", record.id)));
        }
        if record.expires_at.is_some_and(|end| end <= jiff::Timestamp::now()) {
            return Err(AuthFault::Invalid(format!("the API key `{}` has expired", record.id)));
        }
        Ok(Principal { id: format!("key:{}", record.id), tenant: record.tenant.clone(), role: record.role })
    }

    /// The keys now. A file that cannot be read lets nobody in: who was revoked meanwhile is not known.
    fn current(&self) -> Result<Arc<Vec<KeyRecord>>, String> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.checked.elapsed() >= BELIEVED {
            let changed = changed(&self.file);
            if changed != known.changed || changed.is_none() || known.keys.is_err() {
                known.keys = list(&self.file).map(Arc::new).map_err(|error| error.to_string());
                known.changed = changed;
            }
            known.checked = Instant::now();
        }
        known.keys.clone()
    }
}

fn changed(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).and_then(|found| found.modified()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(name: &str) -> NewKey {
        NewKey { name: name.to_owned(), tenant: Some("acme".to_owned()), role: Role::Reader, expires_at: None }
    }

    #[tokio::test]
    async fn a_key_opens_until_it_is_revoked_or_expires() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.json");
        let now = jiff::Timestamp::now();
        let (record, key) = add(&file, new("ana"), now).unwrap();
        let (_, ended) = add(&file, NewKey { expires_at: Some(now), ..new("bob") }, now).unwrap();
        let keys = Keys::open(&file).unwrap();
        let ana = keys.principal(&key).await.unwrap();
        assert_eq!((ana.tenant.as_deref(), ana.role), (Some("acme"), Role::Reader));
        assert!(keys.principal(&ended).await.unwrap_err().to_string().contains("expired"));
        assert!(matches!(keys.principal("trl_00000000_00").await, Err(AuthFault::Invalid(_))));
        revoke(&file, &record.id, now).unwrap();
        let keys = Keys::open(&file).unwrap();
        assert!(keys.principal(&key).await.unwrap_err().to_string().contains("revoked"));
    }

    #[test]
    fn the_file_holds_hashes_only_and_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.json");
        let (record, key) = add(&file, new("ana"), jiff::Timestamp::now()).unwrap();
        let secret = key.rsplit('_').next().unwrap();
        assert!(!std::fs::read_to_string(&file).unwrap().contains(secret));
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(list(&file).unwrap(), [record]);
    }

    #[test]
    fn a_damaged_file_is_told_without_its_content_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.json");
        std::fs::write(&file, "{\"keys\": [canary]}").unwrap();
        let error = add(&file, new("ana"), jiff::Timestamp::now()).unwrap_err().to_string();
        assert!(error.contains("damaged") && !error.contains("canary"), "{error}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "{\"keys\": [canary]}");
    }

    #[test]
    fn keys_added_at_the_same_time_are_all_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.json");
        std::thread::scope(|scope| {
            for number in 0..8 {
                let file = &file;
                scope.spawn(move || add(file, new(&format!("k{number}")), jiff::Timestamp::now()).unwrap());
            }
        });
        assert_eq!(list(&file).unwrap().len(), 8);
    }
}
