//! Connections: opened as the mode demands, kept in a small pool, used only on threads that may block.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, InterruptHandle, OpenFlags, Transaction, TransactionBehavior};
use tokio::sync::Semaphore;

use super::fault::Fault;
use super::probe::{self, Schema};
use super::schema;
use crate::domain::filter::number_in_text;
use crate::store::{OpenMode, StoreError};

/// How many statements read at the same time; more wait.
const READERS: usize = 4;
/// Statements kept prepared on each connection.
const STATEMENTS: usize = 64;
/// How often work starts anew when the schema changes under it, and how long it waits for the migration in between.
const RETRIES: [Duration; 3] = [Duration::ZERO, Duration::from_millis(100), Duration::from_millis(500)];

/// The file and how it is opened.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) path: PathBuf,
    pub(super) mode: OpenMode,
    /// How long to wait for another process's lock.
    pub(super) busy_wait: Duration,
}

/// The connections of one store.
#[derive(Debug)]
pub(super) struct Pool {
    place: Place,
    idle: Mutex<Vec<Session>>,
    readers: Arc<Semaphore>,
    writers: Arc<Semaphore>,
}

/// A connection with what its schema has.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) connection: Connection,
    pub(super) schema: Schema,
    /// False where the connection must not outlive its work.
    reusable: bool,
    /// What stood at the path when it was opened.
    file: Option<FileIdentity>,
}

/// Which file a path leads to: its device and its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileIdentity {
    device: u64,
    number: u64,
}

impl FileIdentity {
    /// Of what is at `path` now; absent where nothing is.
    fn at(path: &Path) -> Option<Self> {
        std::fs::metadata(path).ok().map(|found| Self { device: found.dev(), number: found.ino() })
    }
}

impl Pool {
    /// Opens the file once, so that what is wrong with it is told at once.
    pub(super) fn open(place: Place) -> Result<Self, StoreError> {
        let session = Session::open(&place).map_err(|fault| fault.explain(&place.path))?;
        let idle = Mutex::new(if session.reusable { vec![session] } else { Vec::new() });
        // A store is made once: where its file is deleted later, that is told, and no empty one takes its place.
        let mode = if place.mode == OpenMode::Create { OpenMode::ReadWrite } else { place.mode };
        let place = Place { mode, ..place };
        Ok(Self { place, idle, readers: Arc::new(Semaphore::new(READERS)), writers: Arc::new(Semaphore::new(1)) })
    }

    /// Runs `work` within one read transaction, so that all its statements see the same state of the store.
    ///
    /// Dropping the future interrupts the running statement.
    pub(super) async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Session) -> Result<T, Fault> + Send + 'static,
    {
        self.run(&self.readers, TransactionBehavior::Deferred, work).await
    }

    /// Runs `work` within one write transaction: all of it happens or nothing.
    pub(super) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Session) -> Result<T, Fault> + Send + 'static,
    {
        if self.place.mode == OpenMode::ReadOnly {
            return Err(StoreError::ReadOnly);
        }
        // IMMEDIATE takes the lock at the beginning: a read lock that is upgraded later can fail without waiting.
        self.run(&self.writers, TransactionBehavior::Immediate, work).await
    }

    async fn run<T, F>(&self, lane: &Arc<Semaphore>, behavior: TransactionBehavior, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Session) -> Result<T, Fault> + Send + 'static,
    {
        let permit = Arc::clone(lane).acquire_owned().await.map_err(|_| closed())?;
        let idle = self.lock_idle().pop();
        let place = self.place.clone();
        let cancel = Arc::new(Cancel::default());
        let guard = CancelOnDrop(Arc::clone(&cancel));
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let mut session = match idle {
                // A connection goes on with the file it opened, also when that was deleted or another put in its place.
                Some(session) if session.file.is_some() && session.file == FileIdentity::at(&place.path) => session,
                Some(_) | None => Session::open(&place).map_err(|fault| fault.explain(&place.path))?,
            };
            cancel.watch(session.connection.get_interrupt_handle())?;
            let outcome = session.attempt(&place, behavior, &work);
            let healthy = matches!(outcome, Ok(_) | Err(Fault::Told(_)));
            let outcome = outcome.map_err(|fault| fault.explain(&place.path));
            Ok((healthy.then_some(session), outcome))
        });
        let finished: Result<(Option<Session>, Result<T, StoreError>), StoreError> =
            task.await.map_err(|_| StoreError::Internal("a reading thread died".to_owned()))?;
        // From here on the connection is ours again: an interrupt would hit its next user.
        guard.disarm();
        let (session, outcome) = finished?;
        if let Some(session) = session.filter(|session| session.reusable) {
            self.lock_idle().push(session);
        }
        outcome
    }

    fn lock_idle(&self) -> std::sync::MutexGuard<'_, Vec<Session>> {
        // A panic between lock and unlock leaves a good list of connections: nothing in between can half-change it.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }
}

impl Session {
    /// Opens a connection and probes its schema.
    pub(super) fn open(place: &Place) -> Result<Self, Fault> {
        refuse_what_is_no_file(place)?;
        let (connection, reusable) = connect(place)?;
        let file = FileIdentity::at(&place.path);
        prepare_for_work(&connection, place)?;
        if place.mode == OpenMode::Create && probe::is_empty(&connection)? {
            let made = schema::create(&connection);
            // Another process may have been quicker, which makes our attempt fail harmlessly.
            if probe::is_empty(&connection)? {
                made?;
            }
        }
        let schema = probe::probe(&connection, &place.path)?;
        Ok(Self { connection, schema, reusable, file })
    }

    fn attempt<T>(&mut self, place: &Place, behavior: TransactionBehavior, work: &impl Fn(&Self) -> Result<T, Fault>) -> Result<T, Fault> {
        for wait in RETRIES {
            match self.transact(behavior, work) {
                Err(fault) if fault.is_stale_schema() => {
                    std::thread::sleep(wait);
                    self.schema = probe::probe(&self.connection, &place.path)?;
                }
                outcome => return outcome,
            }
        }
        self.transact(behavior, work)
    }

    fn transact<T>(&self, behavior: TransactionBehavior, work: &impl Fn(&Self) -> Result<T, Fault>) -> Result<T, Fault> {
        let transaction = Transaction::new_unchecked(&self.connection, behavior)?;
        let answer = work(self)?;
        transaction.commit()?;
        Ok(answer)
    }
}

fn refuse_what_is_no_file(place: &Place) -> Result<(), Fault> {
    let shown = place.path.display();
    let refusal = match std::fs::metadata(&place.path) {
        Ok(found) if found.is_dir() => format!("`{shown}` is a folder: name the SQLite file in it, such as `{shown}/mlflow.db`"),
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if place.mode == OpenMode::Create {
                return Ok(());
            }
            format!(
                "there is no tracking store at `{shown}`: name the file that MLflow logs to, or let MLflow make it by logging a run to `sqlite:///{shown}`"
            )
        }
        Err(error) => format!("`{shown}` cannot be opened: {error}"),
    };
    Err(Fault::Told(StoreError::Unavailable(refusal)))
}

fn connect(place: &Place) -> Result<(Connection, bool), Fault> {
    let access = match place.mode {
        OpenMode::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
        OpenMode::ReadWrite => OpenFlags::SQLITE_OPEN_READ_WRITE,
        OpenMode::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
    };
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    if place.mode == OpenMode::ReadOnly && is_resting_write_ahead(&place.path) {
        // SQLite makes `-wal` and `-shm` files even to read such a store. Taken as immutable it does not; as nothing
        // tells such a connection of later writes, it serves one piece of work only.
        let uri = immutable_uri(&place.path);
        return Ok((Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?, false));
    }
    Ok((Connection::open_with_flags(&place.path, flags)?, true))
}

/// Whether the file is in write-ahead mode and nobody has it open for writing.
fn is_resting_write_ahead(path: &Path) -> bool {
    // https://www.sqlite.org/fileformat.html: bytes 18 and 19 are 2 in write-ahead mode.
    let mut header = [0_u8; 20];
    let is_write_ahead = File::open(path).and_then(|mut file| file.read_exact(&mut header)).is_ok() && header.ends_with(&[2, 2]);
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    is_write_ahead && !std::fs::metadata(log).is_ok_and(|log| log.len() > 0)
}

fn immutable_uri(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let escaped = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{escaped}?immutable=1")
}

fn prepare_for_work(connection: &Connection, place: &Place) -> Result<(), Fault> {
    connection.busy_timeout(place.busy_wait)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // As MLflow's own sessions (`case_sensitive_like` decides what LIKE means), and sorting without temporary files, for
    // which a read-only container has no room. The cache, filled as needed, holds what one question about 10,000 runs reads.
    connection.execute_batch(
        "PRAGMA foreign_keys = ON; PRAGMA case_sensitive_like = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;",
    )?;
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection
        .create_scalar_function("number_in_text", 1, flags, |arguments| Ok(arguments.get_raw(0).as_str().ok().and_then(number_in_text)))?;
    Ok(())
}

/// The word from the future that nobody waits for to the thread that still works for it.
#[derive(Default)]
struct Cancel(Mutex<CancelState>);

#[derive(Default)]
struct CancelState {
    cancelled: bool,
    running: Option<InterruptHandle>,
}

impl Cancel {
    fn watch(&self, handle: InterruptHandle) -> Result<(), StoreError> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.cancelled {
            return Err(StoreError::Internal("the question was withdrawn".to_owned()));
        }
        state.running = Some(handle);
        Ok(())
    }

    fn cancel(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.cancelled = true;
        if let Some(handle) = &state.running {
            handle.interrupt();
        }
    }
}

struct CancelOnDrop(Arc<Cancel>);

impl CancelOnDrop {
    fn disarm(&self) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).running = None;
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

fn closed() -> StoreError {
    StoreError::Internal("the store is shutting down".to_owned())
}
