//! Which tests fit which fields. Every store asks before it runs a query, and the parser before it returns a tree.

use super::tree::{Attribute, Clause, ExperimentClause, ExperimentField, ExperimentFilter, Field, Filter, MAX_CLAUSES, Test, TextMatch};

impl Filter {
    /// Why no store can answer this filter; absent where one can.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        too_many(self.clauses.len()).or_else(|| self.clauses.iter().find_map(Clause::fault))
    }
}

impl ExperimentFilter {
    /// Why no store can answer this filter; absent where one can.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        too_many(self.clauses.len()).or_else(|| self.clauses.iter().find_map(ExperimentClause::fault))
    }
}

fn too_many(clauses: usize) -> Option<String> {
    (clauses > MAX_CLAUSES).then(|| format!("a filter has at most {MAX_CLAUSES} clauses, not {clauses}"))
}

impl Clause {
    /// Why no store can answer this clause; absent where one can.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let allowed = match &self.field {
            Field::Metric(_) => matches!(&self.test, Test::Number(..)),
            Field::Param(_) => matches!(&self.test, Test::Number(..) | Test::Text(..) | Test::IsNull | Test::IsNotNull),
            Field::Tag(_) => matches!(&self.test, Test::Text(..) | Test::IsNull | Test::IsNotNull),
            Field::Attribute(attribute) if attribute.is_time() => matches!(&self.test, Test::Number(..)),
            Field::Attribute(Attribute::RunId) => matches!(&self.test, Test::Text(..) | Test::OneOf(_) | Test::NoneOf(_)),
            Field::Attribute(_) => matches!(&self.test, Test::Text(..)),
            Field::Dataset(_) => matches!(&self.test, Test::Text(..) | Test::OneOf(_) | Test::NoneOf(_)),
        };
        if allowed { value_fault(&self.test) } else { Some(self.field.takes().to_owned()) }
    }
}

impl Field {
    /// What may be asked of it, as a sentence for an error.
    #[must_use]
    pub fn takes(&self) -> &'static str {
        match self {
            Self::Metric(_) => "metrics are compared with unquoted numbers by `=`, `!=`, `>`, `>=`, `<`, `<=`",
            Self::Param(_) => {
                "parameters are compared with quoted text by `=`, `!=`, `LIKE`, `ILIKE`, with unquoted numbers by `=`, `!=`, `>`, `>=`, `<`, `<=`, or tested by `IS NULL`, `IS NOT NULL`"
            }
            Self::Tag(_) => "tags are compared with quoted text by `=`, `!=`, `LIKE`, `ILIKE`, or tested by `IS NULL`, `IS NOT NULL`",
            Self::Attribute(Attribute::StartTime | Attribute::EndTime) => {
                "times are compared with a date ('2026-03-07', UTC), an instant ('2026-03-07T12:00:00Z') or unquoted milliseconds since 1970 by `=`, `!=`, `>`, `>=`, `<`, `<=`"
            }
            Self::Attribute(Attribute::RunId) => {
                "run_id is compared with quoted text by `=`, `!=`, `LIKE`, `ILIKE`, or with a list such as `('a', 'b')` by `IN`, `NOT IN`"
            }
            Self::Attribute(Attribute::RunName | Attribute::Status | Attribute::UserId | Attribute::ArtifactUri) => {
                "run_name, status, user_id and artifact_uri are compared with quoted text by `=`, `!=`, `LIKE`, `ILIKE`"
            }
            Self::Dataset(_) => {
                "dataset fields are compared with quoted text by `=`, `!=`, `LIKE`, `ILIKE`, or with a list such as `('a', 'b')` by `IN`, `NOT IN`"
            }
        }
    }
}

impl ExperimentClause {
    /// Why no store can answer this clause; absent where one can.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let allowed = match &self.field {
            ExperimentField::Name => matches!(&self.test, Test::Text(..)),
            ExperimentField::ExperimentId => {
                matches!(&self.test, Test::Text(TextMatch::Eq | TextMatch::Ne, _) | Test::OneOf(_) | Test::NoneOf(_))
            }
            ExperimentField::CreationTime | ExperimentField::LastUpdateTime => {
                matches!(&self.test, Test::Number(_, number) if number.fract() == 0.0)
            }
            ExperimentField::Tag(_) => matches!(&self.test, Test::Text(..) | Test::IsNull | Test::IsNotNull),
        };
        if allowed { value_fault(&self.test) } else { Some(self.field.takes().to_owned()) }
    }
}

impl ExperimentField {
    /// What may be asked of it, as a sentence for an error.
    #[must_use]
    pub fn takes(&self) -> &'static str {
        match self {
            Self::Name => "name is compared with quoted text by `=`, `!=`, `LIKE`, `ILIKE`",
            Self::ExperimentId => {
                "experiment_id is compared with a quoted id by `=`, `!=`, or with a list such as `('1', '2')` by `IN`, `NOT IN`"
            }
            Self::CreationTime | Self::LastUpdateTime => {
                "times are compared with unquoted whole milliseconds since 1970 by `=`, `!=`, `>`, `>=`, `<`, `<=`"
            }
            Self::Tag(_) => "tags are compared with quoted text by `=`, `!=`, `LIKE`, `ILIKE`, or tested by `IS NULL`, `IS NOT NULL`",
        }
    }
}

fn value_fault(test: &Test) -> Option<String> {
    match test {
        Test::Number(_, number) if number.is_nan() => Some("nothing compares with `NaN`: leave the clause out".to_owned()),
        Test::OneOf(texts) | Test::NoneOf(texts) if texts.is_empty() => Some("a list needs at least one quoted text".to_owned()),
        Test::Number(..) | Test::Text(..) | Test::OneOf(_) | Test::NoneOf(_) | Test::IsNull | Test::IsNotNull => None,
    }
}
