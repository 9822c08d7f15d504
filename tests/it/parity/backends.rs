//! The stores that are compared, and how the same data gets into each.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use tempfile::TempDir;
use trialogue::store::sqlite::SqliteStore;
use trialogue::store::{OpenMode, Store, demo};

use crate::services::is_full;
use crate::services::mlflow::{Artifacts, MlflowServer, Release, store_at};
use crate::services::postgres::Postgres;
use crate::services::s3::S3;
use crate::support::{folder, judge, open, run_python};

/// How long a store may take over one call. The machine runs several servers beside it.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

/// `run-016` of the demonstration store.
const RUN_WITH_ARTIFACTS: &str = "0e3d924f89134f54aa1a536194fd1db8";

/// Which data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Suite {
    /// The demonstration store.
    Demo,
    /// The store of `tests/judges/make_odd_store.py`.
    Odd,
}

impl Suite {
    /// Both, in the order of their numbers.
    pub(super) const ALL: [Self; 2] = [Self::Demo, Self::Odd];

    /// As the corpus calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Odd => "odd",
        }
    }
}

/// A kind of store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Backend {
    /// A file in the schema of that release.
    File(Release),
    /// A server of that release over such a file.
    Server(Release),
    /// A server of the newest release over PostgreSQL, with its artifacts in S3.
    ServerOnPostgres,
}

impl Backend {
    /// All that are compared, the slowest first; at full length, one old server more.
    pub(super) fn all() -> Vec<Self> {
        let mut all = vec![
            Self::Server(Release::Newest),
            Self::ServerOnPostgres,
            Self::Server(Release::V3_5),
            Self::Server(Release::V2_9),
            Self::File(Release::V3_5),
            Self::File(Release::V2_9),
        ];
        if std::env::var_os("TRIALOGUE_TEST_FULL").is_some() {
            all.push(Self::Server(Release::V2_22));
        }
        all
    }

    /// Whether a page of runs that is full has a token even where no run follows: servers looked for a further run only later.
    pub(super) fn may_end_in_an_empty_page(self) -> bool {
        match self {
            Self::Server(Release::V3_5 | Release::V2_22 | Release::V2_9) => true,
            Self::Server(Release::Newest | Release::V3_17) | Self::ServerOnPostgres | Self::File(_) => false,
        }
    }

    /// The data of `suite` in such a store, where its tools are installed.
    pub(super) fn copy(self, originals: &Originals, suite: Suite) -> Option<Copy> {
        let test = format!("{self:?}");
        let release = match self {
            Self::File(release) | Self::Server(release) => release,
            Self::ServerOnPostgres => Release::Newest,
        };
        let python = release.python(&test)?;
        let folder = folder();
        let file = folder.path().join("copy.db");
        let fill = |uri: &str| copy_store(&python, originals.path(suite), uri, folder.path());
        let mut copy = match self {
            Self::File(_) => {
                fill(&sqlite_uri(&file));
                Copy::new(open(&file, OpenMode::ReadWrite))
            }
            Self::Server(release) => {
                match release {
                    // The original has its schema already.
                    Release::Newest => drop(std::fs::copy(originals.path(suite), &file).unwrap()),
                    Release::V3_17 | Release::V3_5 | Release::V2_22 | Release::V2_9 => fill(&sqlite_uri(&file)),
                }
                Copy::behind(MlflowServer::start(&python, &sqlite_uri(&file), Artifacts::Own))
            }
            Self::ServerOnPostgres => {
                let (postgres, s3) = (Postgres::start(&test)?, S3::start(&test)?);
                let uri = postgres.database("mlflow");
                fill(&uri);
                let mut copy = Copy::behind(MlflowServer::start(&python, &uri, Artifacts::In(&s3, suite.name())));
                copy.services = Some((postgres, s3));
                copy
            }
        };
        copy.folder = Some(folder);
        Some(copy)
    }
}

/// A store of its own, gone when dropped, and its server before what that server needs.
pub(super) struct Copy {
    store: Store,
    server: Option<MlflowServer>,
    services: Option<(Postgres, S3)>,
    folder: Option<TempDir>,
}

impl Copy {
    fn new(store: Store) -> Self {
        Self { store, server: None, services: None, folder: None }
    }

    fn behind(server: MlflowServer) -> Self {
        let store = store_at(&server.uri(), ANSWER_LIMIT);
        Self { server: Some(server), ..Self::new(store) }
    }

    /// What the tools work on.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// The server before it, if there is one.
    pub(super) fn server(&self) -> Option<&MlflowServer> {
        self.server.as_ref()
    }
}

/// The files that all other stores are copied from, as the newest MLflow leaves them.
pub(super) struct Originals {
    folder: TempDir,
    paths: [PathBuf; 2],
}

impl Originals {
    /// Makes them where that MLflow is installed.
    pub(super) fn make(test: &str) -> Option<Self> {
        if !is_full(test) {
            return None;
        }
        let python = Release::Newest.python(test)?;
        let folder = folder();
        let paths = Suite::ALL.map(|suite| folder.path().join(format!("{}.db", suite.name())));
        let [demo_path, odd_path] = &paths;
        std::thread::scope(|scope| {
            scope.spawn(|| judge(&python, "make_odd_store.py", &[odd_path.to_str().unwrap()], folder.path()));
            demo::create(demo_path).unwrap();
            add_artifacts(demo_path, &folder.path().join("artifacts"));
            // Opening a store adds the experiment `Default`, and a server opens its store: the reference is to have it too.
            let code = format!("import mlflow; mlflow.MlflowClient({:?}).search_experiments()", sqlite_uri(demo_path));
            run_python(&python, &code, folder.path());
        });
        Some(Self { folder, paths })
    }

    /// The file with the data of `suite`; not to be written to.
    pub(super) fn path(&self, suite: Suite) -> &Path {
        &self.paths[suite as usize]
    }

    /// A copy of the file, whose answers the others have to give.
    pub(super) fn reference(&self, suite: Suite) -> Store {
        let copy = tempfile::Builder::new().tempfile_in(self.folder.path()).unwrap().into_temp_path().keep().unwrap();
        std::fs::copy(self.path(suite), &copy).unwrap();
        Store::Sqlite(SqliteStore::open(&copy, OpenMode::ReadWrite).unwrap())
    }
}

/// Gives a run artifacts where a file and a server of any release can both read them: in a local folder.
fn add_artifacts(store: &Path, folder: &Path) {
    const FILES: [(&str, &[u8]); 9] = [
        ("notes.txt", "größer\nand better\n".as_bytes()),
        ("empty.txt", b""),
        ("confusion matrix.csv", b"label,0,1\n0,80,5\n1,7,61\n"),
        ("metrics.json", br#"{"f1": 0.9, "by class": [1, 2, null]}"#),
        ("model/MLmodel", b"flavors: {}\n"),
        ("model/data/weights.bin", &[0, 159, 146, 150]),
        ("plots/größe.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("plots/dot.png", &[137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13]),
        ("a+b%20c.txt", b"odd"),
    ];
    let database = Connection::open(store).unwrap();
    let root = folder.join(RUN_WITH_ARTIFACTS).join("artifacts");
    database.execute("UPDATE runs SET artifact_uri = ?1 WHERE run_uuid = ?2", [root.to_str().unwrap(), RUN_WITH_ARTIFACTS]).unwrap();
    for (path, content) in FILES {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    std::fs::write(root.join("long.log"), "0123456789\n".repeat(9_000)).unwrap();
}

/// The address of a file as MLflow reads it.
fn sqlite_uri(path: &Path) -> String {
    format!("sqlite:///{}", path.display())
}

/// Makes an empty store with the MLflow of `python` and fills it with the data of `original`.
fn copy_store(python: &Path, original: &Path, uri: &str, folder: &Path) {
    judge(python, "copy_store.py", &[original.to_str().unwrap(), uri], folder);
}
