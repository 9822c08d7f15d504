//! The stores that are compared, and how the same data gets into each.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use trialogue::store::sqlite::SqliteStore;
use trialogue::store::{OpenMode, Store, demo};

use crate::services::mlflow::Release;
use crate::support::{folder, judge, open, run_python};

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
}

impl Backend {
    /// Those whose tools are installed.
    pub(super) fn all_there() -> Vec<Self> {
        let files = [Release::V3_5, Release::V2_22, Release::V2_9].into_iter().filter(|release| release.python("a file of it").is_some());
        files.map(Self::File).collect()
    }

    /// The data of `suite` in such a store.
    pub(super) fn copy(self, originals: &Originals, suite: Suite) -> Copy {
        let folder = folder();
        let original = originals.path(suite);
        match self {
            Self::File(release) => {
                let file = folder.path().join("copy.db");
                copy_store(&release.python("a file of it").unwrap(), original, &sqlite_uri(&file), folder.path());
                Copy { store: open(&file, OpenMode::ReadWrite), _folder: folder }
            }
        }
    }
}

/// A store of its own, gone when dropped.
pub(super) struct Copy {
    store: Store,
    _folder: TempDir,
}

impl Copy {
    /// What the tools work on.
    pub(super) fn store(&self) -> &Store {
        &self.store
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
        let python = Release::Newest.python(test)?;
        let folder = folder();
        let paths = Suite::ALL.map(|suite| folder.path().join(format!("{}.db", suite.name())));
        let [demo_path, odd_path] = &paths;
        std::thread::scope(|scope| {
            scope.spawn(|| judge(&python, "make_odd_store.py", &[odd_path.to_str().unwrap()], folder.path()));
            demo::create(demo_path).unwrap();
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

/// The address of a file as MLflow reads it.
fn sqlite_uri(path: &Path) -> String {
    format!("sqlite:///{}", path.display())
}

/// Makes an empty store with the MLflow of `python` and fills it with the data of `original`.
fn copy_store(python: &Path, original: &Path, uri: &str, folder: &Path) {
    judge(python, "copy_store.py", &[original.to_str().unwrap(), uri], folder);
}
