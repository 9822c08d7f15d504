//! What is asked for each value of a parameter, or for each person: `the best run for each optimizer`, `how many runs per user`. It is one call
//! for each value; the values are looked up.

use serde_json::Value;

use super::fill;
use crate::agent::interpreter::lexicon::{End, has};
use crate::agent::interpreter::reading::{Part, Reading, Span};
use crate::agent::interpreter::vocabulary::Vocabulary;
use crate::agent::interpreter::{Arguments, Plan, put, put_experiment};
use crate::domain::filter::{Attribute, Clause, Comparison, Field, Filter, Test, TextMatch};
use crate::tools::view::plain;
use crate::tools::{Context, ToolError};

/// How many values are answered for one after the other.
const AT_MOST: usize = 6;

/// What runs are grouped by.
#[derive(Debug, PartialEq)]
enum Group {
    Parameter(String),
    User,
    Status,
}

/// What is asked of the runs of each group.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Asked {
    /// The run at an end of a ranking.
    End(End),
    /// How many there are.
    Count,
}

/// The plan for such a question; absent for any other.
pub(super) async fn plan(reading: &Reading, context: &Context, vocabulary: &Vocabulary) -> Result<Option<Plan>, ToolError> {
    let Some((group, asked)) = grouped(reading) else { return Ok(None) };
    let mut arguments = Arguments::new();
    put_experiment(&mut arguments, reading);
    // A description tells how many runs are in each status.
    if group == Group::Status {
        return Ok((asked == Asked::Count).then(|| Plan::call("describe_experiment", arguments)));
    }
    let mut place = arguments;
    let tool = if asked == Asked::Count { "list_runs" } else { "best_run" };
    // Where no metric is named, the experiment is the one that logs the parameter.
    let chosen_as_for = if reading.metrics().is_empty() { "list_runs" } else { tool };
    fill::put_experiment_of_values(&mut place, chosen_as_for, reading, vocabulary, context.focus.as_ref());
    let found = match &group {
        Group::Parameter(said) => values(said, &place, context).await?,
        Group::User | Group::Status => {
            let users: Vec<String> = vocabulary.users().iter().map(|user| (*user).to_owned()).collect();
            Some((Field::Attribute(Attribute::UserId), users.len(), users))
        }
    };
    let Some((field, distinct, values)) = found else { return Ok(None) };
    if distinct > AT_MOST {
        let said = match &field {
            Field::Param(key) => format!("`{}` has {distinct} values", plain(key)),
            _ => format!("{distinct} people started runs"),
        };
        return Ok(Some(Plan::Refuse(format!(
            "{said}, and I answer for {AT_MOST} one after the other at most: name those that you mean."
        ))));
    }
    let all = values.into_iter().map(|value| {
        let mut clauses = reading.clauses();
        clauses.push(clause_of(&field, value));
        let mut arguments = place.clone();
        put(&mut arguments, "filter", Filter { clauses }.to_string());
        put_asked(&mut arguments, asked, reading);
        arguments
    });
    Ok(Some(Plan::Each { tool, all: all.collect() }))
}

/// The parameter, how many values it has, and the first of them, the lowest first where they are numbers; absent where it has none. The error
/// tells that there is no such parameter.
async fn values(said: &str, place: &Arguments, context: &Context) -> Result<Option<(Field, usize, Vec<String>)>, ToolError> {
    let Some(describe) = crate::tools::named("describe_experiment") else { return Ok(None) };
    let told = describe.call(Value::Object(place.clone()), context).await?;
    let parameters = told.result.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
    let key = |parameter: &Value| parameter.get("parameter").and_then(Value::as_str).map(str::to_owned);
    let keys: Vec<String> = parameters.iter().filter_map(key).collect();
    let meant = crate::tools::resolve::key_among("parameter", said, &keys)?;
    let Some(parameter) = parameters.iter().find(|parameter| key(parameter).as_ref() == Some(&meant)) else { return Ok(None) };
    let distinct = parameter.get("distinct").and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
    let listed = parameter.get("values").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut values: Vec<String> = listed.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let number = |value: &String| value.parse::<f64>().ok();
    if values.iter().all(|value| number(value).is_some()) {
        values.sort_by(|left, right| number(left).unwrap_or(0.0).total_cmp(&number(right).unwrap_or(0.0)));
    }
    Ok((!values.is_empty()).then_some((Field::Param(meant), distinct, values)))
}

fn clause_of(field: &Field, value: String) -> Clause {
    let test = match value.parse::<f64>() {
        Ok(number) if number.is_finite() && matches!(field, Field::Param(_)) => Test::Number(Comparison::Eq, number),
        Ok(_) | Err(_) => Test::Text(TextMatch::Eq, value),
    };
    Clause { field: field.clone(), test }
}

fn put_asked(arguments: &mut Arguments, asked: Asked, reading: &Reading) {
    let Asked::End(end) = asked else {
        put(arguments, "limit", 1);
        return;
    };
    if let Some(metric) = reading.metrics().into_iter().next() {
        put(arguments, "metric", metric);
    }
    fill::put_direction(arguments, end);
}

/// The group that is said behind `per` or `for each`, and what is asked of it.
fn grouped(reading: &Reading) -> Option<(Group, Asked)> {
    let names_else = reading.parts().any(|part| {
        matches!(
            part,
            Part::Run(_)
                | Part::Runs(_)
                | Part::Anaphor(_)
                | Part::File(_)
                | Part::Or(_)
                | Part::Length(..)
                | Part::Number(_)
                | Part::Meaning("plot" | "compare" | "impact" | "artifact")
        )
    });
    let mut ends = reading.parts().filter_map(|part| if let Part::End(end, count) = part { Some((*end, *count)) } else { None });
    let end = ends.next().filter(|(_, count)| count.is_none_or(|count| count == 1));
    if names_else || ends.next().is_some() || reading.metrics().len() > 1 {
        return None;
    }
    let counts = reading.means("howmany") || ["count", "number", "tally"].iter().any(|word| reading.says(word));
    let asked = match end {
        Some((end, _)) => Asked::End(end),
        None if counts && reading.means("run") && reading.metrics().is_empty() => Asked::Count,
        None => return None,
    };
    let word = |at: Option<usize>| at.and_then(|at| reading.words.get(at)).map_or("", String::as_str);
    let is_each = |at: usize| match (word(at.checked_sub(2)), word(at.checked_sub(1))) {
        (_, "per") => true,
        (before, "each" | "every") => has("for of in with by from using", before),
        (_, "by") => asked == Asked::Count,
        _ => false,
    };
    let group = |span: &Span| {
        let said = reading.words.get(span.words.clone()).unwrap_or_default();
        match (said, &span.part) {
            (_, Part::Parameter(said)) => Some(Group::Parameter(said.clone())),
            ([word], _) if has("user person author owner colleague", word) => Some(Group::User),
            ([word], _) if has("status state outcome", word) => Some(Group::Status),
            // Nobody knows it: the look for its values tells.
            (_, Part::Unknown) => reading.said(&span.words).map(|said| Group::Parameter(said.to_owned())),
            _ => None,
        }
    };
    let found = reading.spans.iter().filter(|span| is_each(span.words.start)).find_map(group)?;
    Some((found, asked))
}
