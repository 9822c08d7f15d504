//! Artifacts: files that a run produced.

/// A file or folder under a run's artifact root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Relative to the run's artifact root, with `/` between parts.
    pub path: String,
    /// Bytes; absent for a folder.
    pub size: Option<u64>,
}
