//! Filters and orders: what the server is asked, and what is completed on our side.
//!
//! The meaning is that of the SQLite store, which is MLflow's newest. Older servers refuse `IS NULL` or take a NaN for 0, no server
//! compares parameters as numbers, and MLflow's grammar has texts and keys that it cannot spell.

use std::cmp::Ordering;

use super::probe::Version;
use super::wire::FoundRun;
use crate::domain::experiment::Experiment;
use crate::domain::filter::{
    Attribute, Clause, Comparison, DatasetField, ExperimentClause, ExperimentField, ExperimentFilter, ExperimentOrder, Field, Filter,
    RunOrder, SortDirection, Test, TextMatch, number_in_text,
};
use crate::store::StoreError;

/// The largest number of clauses and sort keys that a server is given. Each is a join, and SQLite joins at most 64 tables.
const JOINS: usize = 40;

/// Servers that know `IS NULL` of parameters and tags.
const NULL_TESTS: Version = Version { major: 3, minor: 9 };

/// Servers that do not take a NaN for the 0 that is stored in its place.
const TRUE_NAN: Version = Version { major: 3, minor: 17 };

/// Whether a server of this version does so.
pub(super) fn takes_nan_for_zero(version: Version) -> bool {
    version < TRUE_NAN
}

/// A search of runs, divided.
#[derive(Debug, Clone, Default)]
pub(super) struct Division {
    /// What the server is asked.
    pub(super) server: Filter,
    /// What is left to us. A clause may stand on both sides, where the server finds too many.
    pub(super) ours: Filter,
    /// Whether the server sorts; else we do.
    pub(super) server_sorts: bool,
}

impl Division {
    /// What a server of this version can be asked of `filter` and `orders`.
    pub(super) fn of(filter: &Filter, orders: &[RunOrder], version: Version) -> Result<Self, StoreError> {
        let mut division = Self { server_sorts: orders.len() <= JOINS && orders.iter().all(is_spelled), ..Self::default() };
        let mut joins = if division.server_sorts { orders.len() } else { 0 };
        for clause in &filter.clauses {
            let side = side_of(clause, version);
            let is_dataset = matches!(clause.field, Field::Dataset(_));
            if is_dataset && (side != Side::Server || joins >= JOINS) {
                let why = clause.to_mlflow().err().map_or_else(|| "the filter has too many clauses".to_owned(), |error| error.to_string());
                return Err(StoreError::InvalidQuery(why));
            }
            if matches!(side, Side::Ours | Side::Both) || joins >= JOINS {
                division.ours.clauses.push(clause.clone());
            }
            if matches!(side, Side::Server | Side::Both) && joins < JOINS {
                division.server.clauses.push(clause.clone());
                joins += 1;
            }
        }
        Ok(division)
    }

    /// The same search with as little as possible left to the server, for one that refused it.
    pub(super) fn with_all_ours(filter: &Filter) -> Self {
        let (server, ours) = filter.clauses.iter().cloned().partition(|clause| matches!(clause.field, Field::Dataset(_)));
        Self { server: Filter { clauses: server }, ours: Filter { clauses: ours }, server_sorts: false }
    }

    /// Whether the server answers the search alone.
    pub(super) fn is_all_servers(&self) -> bool {
        self.ours.clauses.is_empty() && self.server_sorts
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Server,
    Ours,
    Both,
}

fn is_spelled(order: &RunOrder) -> bool {
    match &order.field {
        Field::Metric(key) | Field::Param(key) | Field::Tag(key) => !key.contains('`'),
        Field::Attribute(_) => true,
        Field::Dataset(_) => false,
    }
}

fn side_of(clause: &Clause, version: Version) -> Side {
    if clause.to_mlflow().is_err() {
        return Side::Ours;
    }
    match (&clause.field, &clause.test) {
        (_, Test::IsNull | Test::IsNotNull) => {
            if version >= NULL_TESTS {
                Side::Server
            } else {
                Side::Ours
            }
        }
        (Field::Metric(_), Test::Number(comparison, number)) if takes_nan_for_zero(version) => {
            match (comparison, compare(0.0, *comparison, *number)) {
                // The stored 0 fails, and the NaN that it stands for would pass.
                (Comparison::Ne, false) => Side::Ours,
                (Comparison::Ne, true) => Side::Server,
                (Comparison::Eq | Comparison::Gt | Comparison::Ge | Comparison::Lt | Comparison::Le, true) => Side::Both,
                (Comparison::Eq | Comparison::Gt | Comparison::Ge | Comparison::Lt | Comparison::Le, false) => Side::Server,
            }
        }
        // MLflow reads milliseconds as a whole number.
        (Field::Attribute(_), Test::Number(_, number)) if number.fract() != 0.0 || number.abs() >= 1e15 => Side::Ours,
        (Field::Metric(_) | Field::Param(_) | Field::Tag(_) | Field::Attribute(_) | Field::Dataset(_), _) => Side::Server,
    }
}

/// Whether a run passes every clause. Dataset clauses are the server's.
pub(super) fn passes(found: &FoundRun, filter: &Filter) -> bool {
    filter.clauses.iter().all(|clause| passes_clause(found, clause))
}

fn passes_clause(found: &FoundRun, clause: &Clause) -> bool {
    let run = &found.run;
    match &clause.field {
        Field::Metric(key) => run.metric(key).is_some_and(|value| passes_metric(value, &clause.test)),
        Field::Param(key) => passes_text(run.param(key), &clause.test),
        Field::Tag(key) => passes_text(run.tag(key), &clause.test),
        Field::Attribute(Attribute::RunName) => passes_text(run.tag("mlflow.runName"), &clause.test),
        Field::Attribute(Attribute::RunId) => passes_text(Some(&run.id.0), &clause.test),
        Field::Attribute(Attribute::Status) => passes_text(Some(run.status.mlflow_name()), &clause.test),
        Field::Attribute(Attribute::UserId) => passes_text(Some(&found.user), &clause.test),
        Field::Attribute(Attribute::ArtifactUri) => passes_text(Some(&run.artifact_uri), &clause.test),
        Field::Attribute(Attribute::StartTime) => passes_time(found.start, &clause.test),
        Field::Attribute(Attribute::EndTime) => passes_time(found.end, &clause.test),
        Field::Dataset(DatasetField::Name | DatasetField::Digest | DatasetField::Context) => true,
    }
}

fn passes_metric(value: f64, test: &Test) -> bool {
    match test {
        Test::Number(Comparison::Ne, _) if value.is_nan() => true,
        // As it is stored: SQL keeps no infinity.
        Test::Number(comparison, number) => !value.is_nan() && compare(value.clamp(f64::MIN, f64::MAX), *comparison, *number),
        Test::Text(..) | Test::OneOf(_) | Test::NoneOf(_) | Test::IsNull | Test::IsNotNull => false,
    }
}

#[expect(clippy::cast_precision_loss, reason = "SQL compares milliseconds with a double so")]
fn passes_time(time: Option<i64>, test: &Test) -> bool {
    match (time, test) {
        (Some(time), Test::Number(comparison, number)) => compare(time as f64, *comparison, *number),
        (_, Test::Number(..) | Test::Text(..) | Test::OneOf(_) | Test::NoneOf(_) | Test::IsNull | Test::IsNotNull) => false,
    }
}

fn passes_text(text: Option<&str>, test: &Test) -> bool {
    let Some(text) = text else { return matches!(test, Test::IsNull) };
    match test {
        Test::Number(comparison, number) => number_in_text(text).is_some_and(|value| compare(value, *comparison, *number)),
        Test::Text(TextMatch::Eq, wanted) => text == wanted,
        Test::Text(TextMatch::Ne, wanted) => text != wanted,
        Test::Text(TextMatch::Like, pattern) => is_like(text, pattern),
        Test::Text(TextMatch::ILike, pattern) => is_like(&text.to_ascii_lowercase(), &pattern.to_ascii_lowercase()),
        Test::OneOf(texts) => texts.iter().any(|wanted| text == wanted),
        Test::NoneOf(texts) => texts.iter().all(|wanted| text != wanted),
        Test::IsNull => false,
        Test::IsNotNull => true,
    }
}

#[expect(clippy::float_cmp, reason = "`=` on doubles is what is asked")]
fn compare(value: f64, comparison: Comparison, number: f64) -> bool {
    match comparison {
        Comparison::Eq => value == number,
        Comparison::Ne => value != number,
        Comparison::Gt => value > number,
        Comparison::Ge => value >= number,
        Comparison::Lt => value < number,
        Comparison::Le => value <= number,
    }
}

/// SQL's LIKE: `%` is any text, `_` any one character, nothing escapes them. Linear in the text for each `%`.
fn is_like(text: &str, pattern: &str) -> bool {
    let pieces: Vec<&str> = pattern.split('%').collect();
    let Some((first, others)) = pieces.split_first() else { return false };
    let Some(mut rest) = after_piece(text, first) else { return false };
    let Some((last, between)) = others.split_last() else { return rest.is_empty() };
    for piece in between {
        match find_piece(rest, piece) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    let wanted = last.chars().count();
    let surplus = rest.chars().count().checked_sub(wanted);
    surplus.is_some_and(|surplus| {
        let end: &str = rest.char_indices().nth(surplus).map_or("", |(at, _)| rest.get(at..).unwrap_or_default());
        after_piece(end, last).is_some()
    })
}

/// What follows `piece` at the beginning of `text`.
fn after_piece<'text>(text: &'text str, piece: &str) -> Option<&'text str> {
    let mut letters = text.chars();
    for wanted in piece.chars() {
        let letter = letters.next()?;
        if wanted != '_' && wanted != letter {
            return None;
        }
    }
    Some(letters.as_str())
}

/// What follows the first place where `piece` fits.
fn find_piece<'text>(text: &'text str, piece: &str) -> Option<&'text str> {
    let mut rest = text;
    loop {
        if let Some(after) = after_piece(rest, piece) {
            return Some(after);
        }
        let mut letters = rest.chars();
        letters.next()?;
        rest = letters.as_str();
    }
}

/// Sorts runs as MLflow does.
pub(super) fn sort_runs(runs: &mut [FoundRun], orders: &[RunOrder]) {
    let has_start = orders.iter().any(|order| order.field == Field::Attribute(Attribute::StartTime));
    runs.sort_by(|one, other| {
        let keyed = orders.iter().map(|order| compare_runs(one, other, order)).find(|order| order.is_ne());
        keyed.unwrap_or_else(|| {
            // NULL is the smallest, as in SQL.
            let by_start = if has_start { Ordering::Equal } else { other.start.cmp(&one.start) };
            by_start.then_with(|| one.run.id.cmp(&other.run.id))
        })
    });
}

fn compare_runs(one: &FoundRun, other: &FoundRun, order: &RunOrder) -> Ordering {
    let texts = |one: Option<&str>, other: Option<&str>| missing_last(one, other, order.direction, Ord::cmp);
    match &order.field {
        Field::Metric(key) => compare_metrics(one.run.metric(key), other.run.metric(key), order.direction),
        Field::Param(key) => texts(one.run.param(key), other.run.param(key)),
        Field::Tag(key) => texts(one.run.tag(key), other.run.tag(key)),
        Field::Attribute(Attribute::RunId) => texts(Some(&one.run.id.0), Some(&other.run.id.0)),
        Field::Attribute(Attribute::RunName) => texts(Some(&one.name), Some(&other.name)),
        Field::Attribute(Attribute::Status) => texts(Some(one.run.status.mlflow_name()), Some(other.run.status.mlflow_name())),
        Field::Attribute(Attribute::UserId) => texts(Some(&one.user), Some(&other.user)),
        Field::Attribute(Attribute::ArtifactUri) => texts(Some(&one.run.artifact_uri), Some(&other.run.artifact_uri)),
        Field::Attribute(Attribute::StartTime) => missing_last(one.start, other.start, order.direction, Ord::cmp),
        Field::Attribute(Attribute::EndTime) => missing_last(one.end, other.end, order.direction, Ord::cmp),
        Field::Dataset(DatasetField::Name | DatasetField::Digest | DatasetField::Context) => Ordering::Equal,
    }
}

/// Numbers, then NaN, then missing, in both directions.
fn compare_metrics(one: Option<f64>, other: Option<f64>, direction: SortDirection) -> Ordering {
    let class = |value: Option<f64>| value.map_or(2, |value| i32::from(value.is_nan()));
    class(one).cmp(&class(other)).then_with(|| match (one, other) {
        (Some(one), Some(other)) => directed(one.partial_cmp(&other).unwrap_or(Ordering::Equal), direction),
        (Some(_) | None, _) => Ordering::Equal,
    })
}

fn missing_last<T>(one: Option<T>, other: Option<T>, direction: SortDirection, compare: impl Fn(&T, &T) -> Ordering) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => directed(compare(&one, &other), direction),
        (one, other) => one.is_none().cmp(&other.is_none()),
    }
}

fn directed(order: Ordering, direction: SortDirection) -> Ordering {
    match direction {
        SortDirection::Ascending => order,
        SortDirection::Descending => order.reverse(),
    }
}

/// Whether an experiment passes every clause.
pub(super) fn passes_experiment(experiment: &Experiment, filter: &ExperimentFilter) -> bool {
    let passes = |clause: &ExperimentClause| match &clause.field {
        ExperimentField::Name => passes_text(Some(&experiment.name), &clause.test),
        ExperimentField::ExperimentId => passes_text(Some(&experiment.id.0), &clause.test),
        ExperimentField::CreationTime => passes_time(experiment.created.map(|time| time.0), &clause.test),
        ExperimentField::LastUpdateTime => passes_time(experiment.updated.map(|time| time.0), &clause.test),
        ExperimentField::Tag(key) => passes_text(experiment.tag(key), &clause.test),
    };
    filter.clauses.iter().all(passes)
}

/// Whether a server of this version can be asked all of the filter.
pub(super) fn is_servers(filter: &ExperimentFilter, version: Version) -> bool {
    let has_null_test = filter.clauses.iter().any(|clause| matches!(clause.test, Test::IsNull | Test::IsNotNull));
    filter.to_mlflow().is_ok() && (version >= NULL_TESTS || !has_null_test)
}

/// Sorts experiments as MLflow does: newest first, where nothing is asked; ties by id, highest first, where something is.
pub(super) fn sort_experiments(experiments: &mut [Experiment], orders: &[ExperimentOrder]) {
    let number = |experiment: &Experiment| experiment.id.0.parse::<i64>().ok();
    experiments.sort_by(|one, other| {
        if orders.is_empty() {
            return other.created.cmp(&one.created).then_with(|| number(one).cmp(&number(other)));
        }
        let keyed = orders.iter().map(|order| {
            let ascending = match &order.field {
                ExperimentField::Name => one.name.cmp(&other.name),
                ExperimentField::ExperimentId => number(one).cmp(&number(other)),
                ExperimentField::CreationTime => one.created.cmp(&other.created),
                ExperimentField::LastUpdateTime => one.updated.cmp(&other.updated),
                ExperimentField::Tag(_) => Ordering::Equal,
            };
            directed(ascending, order.direction)
        });
        keyed.fold(Ordering::Equal, Ordering::then).then_with(|| number(other).cmp(&number(one)))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_is_that_of_sql() {
        let check = |text: &str, pattern: &str, expected: bool| assert_eq!(is_like(text, pattern), expected, "{text} LIKE {pattern}");
        check("run-017", "run-%", true);
        check("run-017", "%017", true);
        check("run-017", "%-0%7", true);
        check("run-017", "r_n-___", true);
        check("run-017", "run-01", false);
        check("run-017", "RUN%", false);
        check("a", "%a%a%", false);
        check("aa", "%a%a%", true);
        check("aba", "a%a", true);
        check("a", "a%a", false);
        check("é", "_", true);
        check("", "%", true);
        check("", "", true);
        check("x", "", false);
        check("a%b", "a%b", true);
    }

    fn filter(text: &str) -> Filter {
        Filter::parse(text).unwrap()
    }

    #[test]
    fn the_server_is_asked_what_its_version_answers_rightly() {
        let check = |text: &str, version: (u32, u32), server: &str, ours: &str| {
            let version = Version { major: version.0, minor: version.1 };
            let division = Division::of(&filter(text), &[], version).unwrap();
            assert_eq!(
                (division.server.to_string(), division.ours.to_string()),
                (filter(server).to_string(), filter(ours).to_string()),
                "{text}"
            );
        };
        check("metrics.f1 > 0.5", (2, 9), "metrics.f1 > 0.5", "");
        check("metrics.loss < 1", (2, 9), "metrics.loss < 1", "metrics.loss < 1");
        check("metrics.loss < 1", (3, 17), "metrics.loss < 1", "");
        check("metrics.loss != 0", (2, 9), "", "metrics.loss != 0");
        check("metrics.loss != 1", (2, 9), "metrics.loss != 1", "");
        check("params.n > 5 AND params.a = 'x'", (3, 17), "params.a = 'x'", "params.n > 5");
        check("params.a IS NULL", (3, 7), "", "params.a IS NULL");
        check("params.a IS NULL", (3, 9), "params.a IS NULL", "");
        check("attributes.start_time > 1.5", (3, 17), "", "attributes.start_time > 1.5");
        check("dataset.name = 'd' AND attributes.status = 'FAILED'", (2, 9), "dataset.name = 'd' AND attributes.status = 'FAILED'", "");
    }

    #[test]
    fn more_clauses_than_tables_are_left_to_us() {
        let clause = filter("tags.a = 'x'").clauses;
        let many = Filter { clauses: clause.into_iter().cycle().take(60).collect() };
        let division = Division::of(&many, &[], Version::OLDEST).unwrap();
        assert_eq!((division.server.clauses.len(), division.ours.clauses.len()), (40, 20));
    }
}
