//! From words to trees: what each name means, and which tests fit it.

use super::error::FilterError;
use super::scan::{Name, Operator, Scanner, Value};
use super::tree::{
    Attribute, Clause, Comparison, DatasetField, ExperimentClause, ExperimentField, ExperimentFilter, ExperimentOrder, Field, Filter,
    MAX_CLAUSES, RunOrder, SortDirection, Test, TextMatch, number_in_text,
};

impl Filter {
    /// Reads MLflow's `filter_string` for runs, such as ``metrics.f1 > 0.9 AND params.`opt-name` = 'adam'``.
    ///
    /// Beyond MLflow, a parameter may be compared with an unquoted number: `params.lr > 0.01` (see [`Test::Number`]), a time with a
    /// date: `start_time >= '2026-03-07'` (its first instant, UTC) or an instant of RFC 3339, and blanks alone are the empty filter.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let clauses = clauses(text, run_field, Field::takes, |field, test| Clause { field, test }, Field::is_time, Clause::fault)?;
        Ok(Self { clauses })
    }
}

impl ExperimentFilter {
    /// Reads MLflow's `filter_string` for experiments, such as `name ILIKE '%churn%' AND tags.team = 'data'`.
    ///
    /// Beyond MLflow, keywords may be in lower case and times be spelled as `5e3` here too.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let build = |field, test| ExperimentClause { field, test };
        let clauses = clauses(text, experiment_field, ExperimentField::takes, build, ExperimentField::is_time, ExperimentClause::fault)?;
        Ok(Self { clauses })
    }
}

impl RunOrder {
    /// Reads one of MLflow's `order_by` keys for runs, such as `metrics.f1 DESC`; ascending where nothing is said.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let mut scanner = Scanner::new(text)?;
        let name = scanner.name()?;
        let field = run_field(&scanner, &name)?;
        if matches!(field, Field::Dataset(_)) {
            return Err(scanner.fault(name.at, "runs cannot be sorted by dataset fields: name a metric, parameter, tag or attribute"));
        }
        // "run name" and its like are aliases in filters only.
        if field == Field::Attribute(Attribute::RunName) && name.key != "run_name" {
            return Err(scanner.fault(name.at, format!("`{}` is no sort key: write `run_name`", name.key)));
        }
        Ok(Self { field, direction: direction(&mut scanner)? })
    }
}

impl ExperimentOrder {
    /// Reads one of MLflow's `order_by` keys for experiments, such as `last_update_time DESC`.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let mut scanner = Scanner::new(text)?;
        let name = scanner.name()?;
        let field = experiment_field(&scanner, &name)?;
        if matches!(field, ExperimentField::Tag(_)) {
            let message = "experiments cannot be sorted by tags: name `name`, `experiment_id`, `creation_time` or `last_update_time`";
            return Err(scanner.fault(name.at, message));
        }
        Ok(Self { field, direction: direction(&mut scanner)? })
    }
}

/// Reads clauses joined by AND; one too many at either end, or two between, MLflow overlooks.
fn clauses<F, C>(
    text: &str,
    field_of: fn(&Scanner<'_>, &Name<'_>) -> Result<F, FilterError>,
    takes: fn(&F) -> &'static str,
    build: impl Fn(F, Test) -> C,
    is_time: fn(&F) -> bool,
    fault: fn(&C) -> Option<String>,
) -> Result<Vec<C>, FilterError> {
    let mut scanner = Scanner::new(text)?;
    let mut clauses = Vec::new();
    let mut is_joined = true;
    while !scanner.is_at_end() {
        if scanner.take_keyword("AND") {
            is_joined = true;
            continue;
        }
        let at = scanner.at();
        if !is_joined {
            let problem = unjoined(&mut scanner);
            return Err(scanner.fault(at, problem));
        }
        if clauses.len() == MAX_CLAUSES {
            return Err(scanner.fault(at, format!("a filter has at most {MAX_CLAUSES} clauses")));
        }
        let name = scanner.name().map_err(|error| not_a_clause(&mut scanner, at).unwrap_or(error))?;
        let field = field_of(&scanner, &name).map_err(|error| not_a_clause(&mut scanner, at).unwrap_or(error))?;
        let (test, value_at) = test(&mut scanner, takes(&field), is_time(&field))?;
        let clause = build(field, test);
        if let Some(problem) = fault(&clause) {
            return Err(scanner.fault(value_at, problem));
        }
        clauses.push(clause);
        is_joined = false;
    }
    Ok(clauses)
}

fn unjoined(scanner: &mut Scanner<'_>) -> String {
    let word = scanner.peek_word().to_ascii_uppercase();
    match word.as_str() {
        "OR" => "MLflow has no `OR`: ask once for each alternative, or use `IN` on run_id or dataset fields".to_owned(),
        _ => format!("clauses are joined by `AND`, which is missing before `{}`", scanner.here()),
    }
}

fn not_a_clause(scanner: &mut Scanner<'_>, at: usize) -> Option<FilterError> {
    let mut from_start = scanner.from(at);
    let problem = match from_start.peek_word().to_ascii_uppercase().as_str() {
        "NOT" => "MLflow has no `NOT` before a clause: use `!=`, `NOT IN` or `IS NULL`",
        "OR" => "MLflow has no `OR`: ask once for each alternative, or use `IN` on run_id or dataset fields",
        "" if from_start.here().starts_with('(') => "MLflow has no parentheses around clauses: join them by `AND`",
        _ => return None,
    };
    Some(scanner.fault(at, problem))
}

/// What must hold of the field, with the place to point at where it does not fit the field.
fn test(scanner: &mut Scanner<'_>, takes: &'static str, is_time: bool) -> Result<(Test, usize), FilterError> {
    scanner.is_at_end();
    let operator_at = scanner.at();
    let operator = scanner.operator()?;
    match operator {
        Operator::IsNull => return Ok((Test::IsNull, operator_at)),
        Operator::IsNotNull => return Ok((Test::IsNotNull, operator_at)),
        Operator::Compare(_) | Operator::Match(_) | Operator::In | Operator::NotIn => {}
    }
    scanner.is_at_end();
    let at = scanner.at();
    let value = scanner.value()?;
    let test = match (operator, value) {
        (Operator::Compare(comparison), Value::Number(number)) => Test::Number(comparison, number),
        (Operator::Compare(comparison), Value::Text(text)) if is_time => match instant(text) {
            Some(millis) => Test::Number(comparison, millis),
            None => return Err(scanner.fault(at, takes)),
        },
        (Operator::Compare(Comparison::Eq), Value::Text(text)) => Test::Text(TextMatch::Eq, text.to_owned()),
        (Operator::Compare(Comparison::Ne), Value::Text(text)) => Test::Text(TextMatch::Ne, text.to_owned()),
        (Operator::Compare(comparison), Value::Text(text)) => {
            let problem = match number_in_text(text) {
                Some(number) => format!("`{}` compares numbers, which stand without quotes: write `{number:?}`", comparison.sign()),
                None => format!("`{}` compares numbers, not texts: {takes}", comparison.sign()),
            };
            return Err(scanner.fault(at, problem));
        }
        (Operator::Match(how), Value::Text(text)) => Test::Text(how, text.to_owned()),
        (Operator::Match(how), Value::Number(_) | Value::List(_)) => {
            return Err(scanner.fault(at, format!("after `{}` comes a quoted text, with `%` for any text", how.sign())));
        }
        (Operator::In, Value::List(texts)) => Test::OneOf(texts),
        (Operator::NotIn, Value::List(texts)) => Test::NoneOf(texts),
        (Operator::In | Operator::NotIn, Value::Number(_) | Value::Text(_)) => {
            return Err(scanner.fault(at, "after `IN` comes a list of quoted texts: ('a', 'b')"));
        }
        (Operator::Compare(_), Value::List(_)) => return Err(scanner.fault(at, "a list is compared by `IN` or `NOT IN`")),
        (Operator::IsNull | Operator::IsNotNull, _) => return Err(scanner.fault(operator_at, takes)),
    };
    Ok((test, at))
}

/// The milliseconds of a date, of which the first instant in UTC is meant, or of an instant in RFC 3339.
fn instant(text: &str) -> Option<f64> {
    let of_date = || Some(text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp());
    let instant = text.parse::<jiff::Timestamp>().ok().or_else(of_date)?;
    Some(instant.as_millisecond() as f64)
}

fn direction(scanner: &mut Scanner<'_>) -> Result<SortDirection, FilterError> {
    let direction = if scanner.take_keyword("DESC") {
        SortDirection::Descending
    } else {
        scanner.take_keyword("ASC");
        SortDirection::Ascending
    };
    if scanner.is_at_end() {
        return Ok(direction);
    }
    let problem = match (scanner.here().starts_with(','), scanner.peek_word().to_ascii_uppercase().as_str()) {
        (true, _) => "a sort key is one field: give further keys as texts of their own".to_owned(),
        (_, "NULLS") => "what is missing sorts last in both directions: leave `NULLS …` out".to_owned(),
        _ => format!("after a sort key comes `ASC`, `DESC` or the end, not `{}`", scanner.here()),
    };
    Err(scanner.fault(scanner.at(), problem))
}

fn run_field(scanner: &Scanner<'_>, name: &Name<'_>) -> Result<Field, FilterError> {
    let key = || name.key.to_owned();
    match name.entity {
        None | Some("attribute" | "attributes" | "attr" | "run") => attribute(scanner, name).map(Field::Attribute),
        Some("metric" | "metrics") => Ok(Field::Metric(key())),
        Some("parameter" | "parameters" | "param" | "params") => Ok(Field::Param(key())),
        Some("tag" | "tags") => Ok(Field::Tag(key())),
        Some("dataset" | "datasets") => match DatasetField::ALL.into_iter().find(|field| field.mlflow_name() == name.key) {
            Some(field) => Ok(Field::Dataset(field)),
            None => Err(scanner.fault(name.key_at, format!("a dataset has no field `{}`: it has name, digest and context", name.key))),
        },
        Some(entity) => {
            let known = ["metrics", "params", "tags", "attributes", "dataset"];
            let hint = nearest(entity, &known).map_or_else(String::new, |near| format!(", probably `{near}`"));
            let problem = format!("`{entity}` is no kind of field: write `metrics`, `params`, `tags`, `attributes` or `dataset`{hint}");
            Err(scanner.fault(name.at, problem))
        }
    }
}

fn attribute(scanner: &Scanner<'_>, name: &Name<'_>) -> Result<Attribute, FilterError> {
    match name.key {
        "created" | "Created" => return Ok(Attribute::StartTime),
        "run name" | "Run name" | "Run Name" => return Ok(Attribute::RunName),
        _ => {}
    }
    if let Some(attribute) = Attribute::ALL.into_iter().find(|attribute| attribute.mlflow_name() == name.key) {
        return Ok(attribute);
    }
    let known = Attribute::ALL.map(Attribute::mlflow_name);
    let hint = match nearest(name.key, &known) {
        Some(near) => format!("probably `{near}`"),
        None if name.entity.is_none() => format!("write `metrics.{0}`, `params.{0}` or `tags.{0}` if it is one of these", name.key),
        None => "lifecycle and experiment are chosen beside the filter".to_owned(),
    };
    let problem = format!("`{}` is no attribute of runs ({}): {hint}", name.key, known.join(", "));
    Err(scanner.fault(name.key_at, problem))
}

fn experiment_field(scanner: &Scanner<'_>, name: &Name<'_>) -> Result<ExperimentField, FilterError> {
    match name.entity {
        Some("tag" | "tags") => Ok(ExperimentField::Tag(name.key.to_owned())),
        None | Some("attribute" | "attributes") => {
            if let Some(column) = ExperimentField::COLUMNS.into_iter().find(|column| column.column_name() == Some(name.key)) {
                return Ok(column);
            }
            let known: Vec<&str> = ExperimentField::COLUMNS.iter().filter_map(ExperimentField::column_name).collect();
            let hint = match nearest(name.key, &known) {
                Some(near) => format!("probably `{near}`"),
                None => format!("write `tags.{}` if it is a tag", name.key),
            };
            Err(scanner.fault(name.key_at, format!("`{}` is no attribute of experiments ({}): {hint}", name.key, known.join(", "))))
        }
        Some(entity) => {
            let problem = format!("experiments have no `{entity}`: write an attribute alone, such as `name`, or `tags.key`");
            Err(scanner.fault(name.at, problem))
        }
    }
}

/// The known name that `word` probably means: alike but for case, blanks and a letter or two.
fn nearest<'known>(word: &str, known: &[&'known str]) -> Option<&'known str> {
    let word = word.to_lowercase().replace([' ', '-'], "_");
    let near = known.iter().map(|name| (strsim::osa_distance(&word, name), *name)).min()?;
    let (distance, name) = near;
    (distance <= 2 && distance < name.len() / 2).then_some(name)
}
