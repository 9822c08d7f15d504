//! Trees back to MLflow's grammar.

use std::fmt;

use super::tree::{Attribute, Clause, ExperimentClause, ExperimentField, ExperimentFilter, ExperimentOrder, Field, Filter, RunOrder, Test};
use crate::domain::time::Timestamp;

/// Why a tree has no text that MLflow would read as the same tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrintError {
    /// MLflow has no escapes.
    #[error("MLflow's filters cannot hold the text `{0}`, which has both kinds of quotes or ends in a backslash: filter without it")]
    Text(String),
    /// As above, for a key.
    #[error("MLflow's filters cannot hold the key `{0}`, which has a backtick: filter without it")]
    Key(String),
    /// Our extension.
    #[error("MLflow compares parameters as text, so that it cannot answer `{0}`: filter without it and compare the numbers afterwards")]
    NumericParam(String),
    /// Nothing compares with NaN.
    #[error("MLflow's filters cannot hold `NaN`: leave the clause out")]
    NaN,
}

const JOINED: &str = " AND ";

impl Filter {
    /// The text that MLflow reads as this filter; empty for the empty filter.
    pub fn to_mlflow(&self) -> Result<String, PrintError> {
        let clauses: Vec<String> = self.clauses.iter().map(Clause::to_mlflow).collect::<Result<_, _>>()?;
        Ok(clauses.join(JOINED))
    }
}

impl Clause {
    /// The text that MLflow reads as this clause.
    pub fn to_mlflow(&self) -> Result<String, PrintError> {
        if let (Field::Param(_), Test::Number(..)) = (&self.field, &self.test) {
            return Err(PrintError::NumericParam(self.to_string()));
        }
        refuse_key(self.field.key())?;
        refuse_values(&self.test)?;
        Ok(format!("{} {}", self.field, self.test))
    }
}

impl ExperimentFilter {
    /// The text that MLflow reads as this filter; empty for the empty filter.
    pub fn to_mlflow(&self) -> Result<String, PrintError> {
        for clause in &self.clauses {
            if let ExperimentField::Tag(key) = &clause.field {
                refuse_key(Some(key))?;
            }
            refuse_values(&clause.test)?;
        }
        let clauses: Vec<String> = self.clauses.iter().map(|clause| format!("{} {}", clause.field, clause.test)).collect();
        Ok(clauses.join(JOINED))
    }
}

impl Field {
    fn key(&self) -> Option<&str> {
        match self {
            Self::Metric(key) | Self::Param(key) | Self::Tag(key) => Some(key),
            Self::Attribute(_) | Self::Dataset(_) => None,
        }
    }
}

fn refuse_key(key: Option<&str>) -> Result<(), PrintError> {
    match key.filter(|key| key.contains('`')) {
        Some(key) => Err(PrintError::Key(key.to_owned())),
        None => Ok(()),
    }
}

fn refuse_values(test: &Test) -> Result<(), PrintError> {
    // MLflow's lexer takes a backslash before the closing quote for an escape where a later quote can close the text.
    let is_unfit = |text: &&String| (text.contains('\'') && text.contains('"')) || text.ends_with('\\');
    let unfit = match test {
        Test::Number(_, number) if number.is_nan() => return Err(PrintError::NaN),
        Test::Text(_, text) => Some(text).filter(is_unfit),
        Test::OneOf(texts) | Test::NoneOf(texts) => texts.iter().find(|text| is_unfit(text) || text.contains('\\')),
        Test::Number(..) | Test::IsNull | Test::IsNotNull => None,
    };
    unfit.map_or(Ok(()), |text| Err(PrintError::Text(text.clone())))
}

/// For people to read, and [`Filter::parse`]: [`Filter::to_mlflow`] where MLflow has a text for it, else the nearest to it; instants
/// as RFC 3339 for MLflow's milliseconds.
impl fmt::Display for Filter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        joined(formatter, &self.clauses)
    }
}

/// For people to read, as [`Filter`].
impl fmt::Display for ExperimentFilter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        joined(formatter, &self.clauses)
    }
}

fn joined<C: fmt::Display>(formatter: &mut fmt::Formatter<'_>, clauses: &[C]) -> fmt::Result {
    for (position, clause) in clauses.iter().enumerate() {
        if position > 0 {
            formatter.write_str(JOINED)?;
        }
        clause.fmt(formatter)?;
    }
    Ok(())
}

impl fmt::Display for Clause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        readable(formatter, &self.field, self.field.is_time(), &self.test)
    }
}

impl fmt::Display for ExperimentClause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        readable(formatter, &self.field, self.field.is_time(), &self.test)
    }
}

fn readable(formatter: &mut fmt::Formatter<'_>, field: &dyn fmt::Display, is_time: bool, test: &Test) -> fmt::Result {
    match test {
        Test::Number(comparison, millis) if is_time && millis.fract() == 0.0 && millis.abs() <= LATEST => {
            write!(formatter, "{field} {} '{}'", comparison.sign(), Timestamp(*millis as i64))
        }
        test => write!(formatter, "{field} {test}"),
    }
}

/// The last instant of the year 9999, up to which RFC 3339 reaches, in milliseconds.
const LATEST: f64 = 253_402_300_799_999.0;

/// The order key as MLflow reads it.
impl fmt::Display for RunOrder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.field, self.direction.keyword())
    }
}

/// The order key as MLflow reads it.
impl fmt::Display for ExperimentOrder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.field, self.direction.keyword())
    }
}

impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Metric(key) => write!(formatter, "metrics.`{key}`"),
            Self::Param(key) => write!(formatter, "params.`{key}`"),
            Self::Tag(key) => write!(formatter, "tags.`{key}`"),
            Self::Attribute(attribute) => attribute.fmt(formatter),
            Self::Dataset(field) => write!(formatter, "dataset.{}", field.mlflow_name()),
        }
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "attributes.{}", self.mlflow_name())
    }
}

impl fmt::Display for ExperimentField {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(key) => write!(formatter, "tags.`{key}`"),
            Self::Name | Self::ExperimentId | Self::CreationTime | Self::LastUpdateTime => {
                formatter.write_str(self.column_name().unwrap_or_default())
            }
        }
    }
}

impl fmt::Display for Test {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(comparison, number) => write!(formatter, "{} {}", comparison.sign(), spelled(*number)),
            Self::Text(how, text) => write!(formatter, "{} {}", how.sign(), quoted(text)),
            Self::OneOf(texts) => write!(formatter, "IN ({})", list(texts)),
            Self::NoneOf(texts) => write!(formatter, "NOT IN ({})", list(texts)),
            Self::IsNull => formatter.write_str("IS NULL"),
            Self::IsNotNull => formatter.write_str("IS NOT NULL"),
        }
    }
}

fn list(texts: &[String]) -> String {
    texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ")
}

fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}

/// Whole numbers without a point, as times want them; infinities as numbers that are too large for a double, since MLflow
/// has no word for them.
fn spelled(number: f64) -> String {
    if number == f64::INFINITY {
        "1e999".to_owned()
    } else if number == f64::NEG_INFINITY {
        "-1e999".to_owned()
    } else if number.fract() == 0.0 && number.abs() < 1e15 {
        format!("{number:.0}")
    } else {
        format!("{number:?}")
    }
}
