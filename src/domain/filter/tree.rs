//! The trees: what a search keeps and how it sorts.
//!
//! Fields are public, so a tree can pair a field with a test that no store answers: see `fit.rs`.

/// How many clauses a filter may have.
///
/// MLflow's own limit is near 60 on SQLite ("at most 64 tables in a join"); ours only keeps a statement within SQLite's
/// expression depth of 1,000.
pub const MAX_CLAUSES: usize = 200;

/// Which runs a search keeps: every clause must hold. Empty keeps all.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    /// Joined by AND; MLflow has no OR.
    pub clauses: Vec<Clause>,
}

/// One condition on one field.
///
/// A run without the field passes only `IS NULL`: `tags.a != 'x'` does not keep runs that have no tag `a`.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// What is looked at.
    pub field: Field,
    /// What must hold.
    pub test: Test,
}

/// What a clause or a sort key looks at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Field {
    /// The latest value of a metric.
    Metric(String),
    /// A parameter's text.
    Param(String),
    /// A tag's text.
    Tag(String),
    /// A column of the run.
    Attribute(Attribute),
    /// A field of a dataset that the run used. Filters only: MLflow cannot sort by it.
    Dataset(DatasetField),
}

/// A column of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Attribute {
    /// The run's id.
    RunId,
    /// The run's name. Filters read the tag `mlflow.runName`, sort keys the column, as MLflow does.
    RunName,
    /// The status in upper case: `FINISHED`.
    Status,
    /// Who started the run, as the column has it; often empty.
    UserId,
    /// Where the artifacts lie.
    ArtifactUri,
    /// When the run began, milliseconds since 1970.
    StartTime,
    /// When the run ended, milliseconds since 1970.
    EndTime,
}

impl Attribute {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::RunId, Self::RunName, Self::Status, Self::UserId, Self::ArtifactUri, Self::StartTime, Self::EndTime];

    /// MLflow's name in filters and sort keys.
    #[must_use]
    pub fn mlflow_name(self) -> &'static str {
        match self {
            Self::RunId => "run_id",
            Self::RunName => "run_name",
            Self::Status => "status",
            Self::UserId => "user_id",
            Self::ArtifactUri => "artifact_uri",
            Self::StartTime => "start_time",
            Self::EndTime => "end_time",
        }
    }

    /// Whether it is compared with instants.
    #[must_use]
    pub fn is_time(self) -> bool {
        matches!(self, Self::StartTime | Self::EndTime)
    }
}

impl Field {
    /// Whether it is compared with instants.
    #[must_use]
    pub fn is_time(&self) -> bool {
        matches!(self, Self::Attribute(attribute) if attribute.is_time())
    }
}

impl ExperimentField {
    /// Whether it is compared with instants.
    #[must_use]
    pub fn is_time(&self) -> bool {
        matches!(self, Self::CreationTime | Self::LastUpdateTime)
    }
}

/// A field of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatasetField {
    /// The dataset's name.
    Name,
    /// The hash of its content.
    Digest,
    /// What the run used it for, such as `training`.
    Context,
}

impl DatasetField {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Name, Self::Digest, Self::Context];

    /// MLflow's name after `dataset.`.
    #[must_use]
    pub fn mlflow_name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Digest => "digest",
            Self::Context => "context",
        }
    }
}

/// What must hold of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Metrics, times in milliseconds; on a parameter (our extension) its text read by [`number_in_text`].
    ///
    /// A NaN metric passes only `!=`; a parameter whose text is no number passes none.
    Number(Comparison, f64),
    /// Parameters, tags and the other attributes.
    Text(TextMatch, String),
    /// One of these texts: run ids, experiment ids and dataset fields only.
    OneOf(Vec<String>),
    /// None of these texts: run ids, experiment ids and dataset fields only.
    NoneOf(Vec<String>),
    /// The parameter or tag was not logged.
    IsNull,
    /// The parameter or tag was logged.
    IsNotNull,
}

/// How two numbers compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `=`
    Eq,
    /// `!=`
    Ne,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `<`
    Lt,
    /// `<=`
    Le,
}

impl Comparison {
    /// The sign, in MLflow and in SQL.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::Lt => "<",
            Self::Le => "<=",
        }
    }
}

/// How two texts compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextMatch {
    /// `=`, by case.
    Eq,
    /// `!=`, by case.
    Ne,
    /// `LIKE`, by case; `%` stands for any text, `_` for any one character, and nothing escapes them.
    Like,
    /// `ILIKE`: `LIKE` with ASCII letters of either case taken as equal.
    ILike,
}

impl TextMatch {
    /// The sign or keyword in MLflow.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Like => "LIKE",
            Self::ILike => "ILIKE",
        }
    }
}

/// A sort key of runs.
///
/// Metrics sort as values, then NaN, then missing, in both directions; everything else has the missing last.
/// Parameters and tags sort as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOrder {
    /// What is sorted by.
    pub field: Field,
    /// Which way.
    pub direction: SortDirection,
}

/// Which way a sort key runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SortDirection {
    /// Lowest first.
    #[default]
    Ascending,
    /// Highest first.
    Descending,
}

impl SortDirection {
    /// The keyword, in MLflow and in SQL.
    #[must_use]
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Ascending => "ASC",
            Self::Descending => "DESC",
        }
    }
}

/// Which experiments a search keeps.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExperimentFilter {
    /// Joined by AND.
    pub clauses: Vec<ExperimentClause>,
}

/// One condition on one field of an experiment.
#[derive(Debug, Clone, PartialEq)]
pub struct ExperimentClause {
    /// What is looked at.
    pub field: ExperimentField,
    /// What must hold.
    pub test: Test,
}

/// What a clause or a sort key of experiments looks at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ExperimentField {
    /// The name.
    Name,
    /// The id; a whole number in MLflow's own stores.
    ExperimentId,
    /// When it was made, milliseconds since 1970.
    CreationTime,
    /// When it was last changed, milliseconds since 1970.
    LastUpdateTime,
    /// A tag's text. Filters only: MLflow cannot sort by it.
    Tag(String),
}

impl ExperimentField {
    /// The columns, without the tags.
    pub const COLUMNS: [Self; 4] = [Self::Name, Self::ExperimentId, Self::CreationTime, Self::LastUpdateTime];

    /// MLflow's name of a column; absent for a tag.
    #[must_use]
    pub fn column_name(&self) -> Option<&'static str> {
        match self {
            Self::Name => Some("name"),
            Self::ExperimentId => Some("experiment_id"),
            Self::CreationTime => Some("creation_time"),
            Self::LastUpdateTime => Some("last_update_time"),
            Self::Tag(_) => None,
        }
    }
}

/// A sort key of experiments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExperimentOrder {
    /// What is sorted by.
    pub field: ExperimentField,
    /// Which way.
    pub direction: SortDirection,
}

/// The number that a parameter's text spells: finite, in decimal or scientific notation, blanks around it ignored.
///
/// MLflow keeps every parameter as text, so `'0.010'`, `'1e-2'` and `' .01'` are the same number here.
#[must_use]
pub fn number_in_text(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|number| number.is_finite())
}
