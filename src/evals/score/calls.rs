//! Which of the calls that were made are the expected ones: by their arguments, else by what they give on the fixture and on its twin.

use serde_json::{Map, Value, json};

use super::scene::{Scene, Write};
use super::{Scorer, Sheet, extra_calls, is_write};
use crate::agent::{Call, Planner};
use crate::evals::bipartite;
use crate::evals::case::{CallOrder, CaseTurn, ExpectedCall, Outcome};
use crate::evals::fixture::Which;
use crate::evals::matcher::{Matcher, same_filter};
use crate::evals::play::Earlier;
use crate::tools::{self, Access};

/// How expected calls and those that were made go together.
#[derive(Debug)]
pub(super) struct Credit<'a> {
    /// The expected calls of the list that fits best.
    pub(super) expected: &'a [ExpectedCall],
    /// For each, the call that was made for it.
    pub(super) partners: Vec<Option<usize>>,
    /// For each, the call with literally its arguments.
    literal: Vec<Option<usize>>,
}

impl Credit<'_> {
    fn is_whole(&self) -> bool {
        self.partners.iter().all(Option::is_some)
    }
}

/// The credit for the list of expected calls that fits, or for the first where none does.
pub(super) async fn credit<'a>(case_turn: &'a CaseTurn, scene: &Scene<'_>) -> anyhow::Result<Credit<'a>> {
    let expect = &case_turn.expect;
    let first = credit_of(&expect.calls, scene).await?;
    if first.is_whole() {
        return Ok(first);
    }
    for alternative in &expect.alternatives {
        let credit = credit_of(alternative, scene).await?;
        if credit.is_whole() {
            return Ok(credit);
        }
    }
    Ok(first)
}

async fn credit_of<'a>(expected: &'a [ExpectedCall], scene: &Scene<'_>) -> anyhow::Result<Credit<'a>> {
    let made = &scene.played.turn.calls;
    let mut literal = vec![vec![false; made.len()]; expected.len()];
    let mut equal = literal.clone();
    for (row, one) in expected.iter().enumerate() {
        for (column, call) in made.iter().enumerate() {
            let is_literal = one.tool == call.tool && has_arguments(one, call, scene.before);
            let is_equal = is_literal && call.result.is_ok()
                || one.tool == call.tool && call.result.is_ok() && gives_the_same(one, call, column, scene).await?;
            set(&mut literal, row, column, is_literal);
            set(&mut equal, row, column, is_equal);
        }
    }
    let at = |matrix: &[Vec<bool>], row: usize, column: usize| matrix.get(row).and_then(|row| row.get(column)).copied().unwrap_or(false);
    Ok(Credit {
        expected,
        partners: bipartite::maximum(expected.len(), made.len(), |row, column| at(&equal, row, column)),
        literal: bipartite::maximum(expected.len(), made.len(), |row, column| at(&literal, row, column)),
    })
}

fn set(matrix: &mut [Vec<bool>], row: usize, column: usize, value: bool) {
    if let Some(place) = matrix.get_mut(row).and_then(|row| row.get_mut(column)) {
        *place = value;
    }
}

fn has_arguments(expected: &ExpectedCall, call: &Call, bindings: Earlier<'_>) -> bool {
    let fits = expected.args.iter().all(|(name, matcher)| matcher.fits(call.arguments.get(name), &bindings));
    let is_known = |(name, value): (&String, &Value)| value.is_null() || expected.args.contains_key(name);
    fits && call.arguments.iter().all(is_known)
}

/// The arguments of an expected call, made concrete beside the call that was made; absent where an earlier turn did not lead to what they
/// refer to.
fn concrete(expected: &ExpectedCall, made: &Map<String, Value>, bindings: Earlier<'_>) -> Option<Map<String, Value>> {
    let example = |(name, matcher): (&String, &Matcher)| Some((name.clone(), matcher.example(made.get(name), &bindings)?));
    let is_bound = expected.args.values().all(|matcher| matcher.is_bound(&bindings));
    is_bound.then(|| expected.args.iter().filter_map(example).collect())
}

/// Whether a call gives what the expected one gives in its place, on the fixture and on its twin.
async fn gives_the_same(expected: &ExpectedCall, call: &Call, index: usize, scene: &Scene<'_>) -> anyhow::Result<bool> {
    let Some(mut wanted) = concrete(expected, &call.arguments, scene.before) else { return Ok(false) };
    for (name, matcher) in &expected.args {
        if let (Matcher::Set(_), Some(list), Some(made)) = (matcher, wanted.get_mut(name), call.arguments.get(name)) {
            order_as(made, list, scene);
        }
    }
    let is_sorted = wanted.contains_key("sort_by") || wanted.contains_key("order");
    let sort = if call.tool == "list_runs" && is_sorted { Sorting::Told } else { Sorting::Free };
    // A run that was looked up was found on the base; on the twin it would be the wrong one however it was found.
    let stores: &[Which] = if is_looked_up(call, index, scene) { &[Which::Base] } else { &[Which::Base, Which::Twin] };
    for which in stores.iter().copied() {
        let one = scene.answer(which, &call.tool, &wanted, index).await?;
        let other = scene.answer(which, &call.tool, &call.arguments, index).await?;
        let same = match (one, other) {
            (Ok(one), Ok(other)) => {
                let found_nothing = is_empty(&one.result);
                canonical(one.result, sort) == canonical(other.result, sort) && (!found_nothing || asks_alike(&wanted, &call.arguments))
            }
            (Err(one), Err(other)) => which == Which::Twin && one == other,
            (Ok(_), Err(_)) | (Err(_), Ok(_)) => false,
        };
        if !same {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Puts the items of a set in the order in which the call has them, by name or id.
fn order_as(made: &Value, list: &mut Value, scene: &Scene<'_>) {
    let (Some(made), Some(list)) = (made.as_array(), list.as_array_mut()) else { return };
    let is_same = |one: &Value, item: &Value| {
        one == item || one.as_str().is_some_and(|id| scene.stage.name_of_run(id).is_some_and(|name| item.as_str() == Some(name)))
    };
    list.sort_by_key(|item| made.iter().position(|one| is_same(one, item)));
}

/// Whether a list has nothing in it. Two that have nothing are alike whatever was asked for.
fn is_empty(result: &Value) -> bool {
    let is_list = |name: &str| result.get(name).and_then(Value::as_array).is_some_and(Vec::is_empty);
    is_list("runs") || is_list("experiments")
}

/// Whether two calls choose by the same: filters of the same conditions, and words and tags that are literally alike.
fn asks_alike(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    const CHOOSING: [&str; 5] = ["query", "tags", "status", "longer_than_seconds", "shorter_than_seconds"];
    let text = |arguments: &Map<String, Value>| arguments.get("filter").and_then(Value::as_str).unwrap_or_default().to_owned();
    let given = |arguments: &Map<String, Value>, name: &str| arguments.get(name).filter(|value| !value.is_null()).cloned();
    same_filter(&text(one), &text(other)) && CHOOSING.iter().all(|name| given(one, name) == given(other, name))
}

/// Whether a call names a run, by name or id, that nobody said and that was found out: by a call before it, or by the interpreter, which looks
/// up what conditions choose without a call.
fn is_looked_up(call: &Call, index: usize, scene: &Scene<'_>) -> bool {
    let lists = call.arguments.values().flat_map(|value| match value {
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    });
    let looks_itself = scene.played.turn.planner == Planner::Interpreter.name();
    let mut unsaid = lists.filter_map(Value::as_str).filter(|text| scene.stage.is_run(text) && !scene.is_said(text));
    unsaid.any(|text| looks_itself || scene.is_found(text, index))
}

/// Whether the order of a list is part of what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sorting {
    Told,
    Free,
}

/// What of a result two calls must agree on: not how a reference was written or why it led where it did, nor how a filter is spelled.
fn canonical(result: Value, sorting: Sorting) -> Value {
    let Value::Object(mut fields) = result else { return result };
    let experiment = fields.get("resolved").and_then(|resolved| resolved.pointer("/experiment/id")).cloned();
    // The files of two runs that have none are those of two runs.
    let run =
        fields.get("resolved").and_then(|resolved| resolved.pointer("/runs/0/run_id")).filter(|_| fields.contains_key("files")).cloned();
    for field in ["resolved", "caveats", "filter", "sorted_by", "next_page_token"] {
        fields.remove(field);
    }
    let mut value = Value::Object(fields);
    if sorting == Sorting::Free {
        sort_runs(&mut value);
    }
    json!([experiment, run, value])
}

fn sort_runs(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.iter_mut().for_each(sort_runs);
            if items.iter().all(|item| item.get("run_id").is_some()) {
                items.sort_by_key(ToString::to_string);
            }
        }
        Value::Object(fields) => fields.values_mut().for_each(sort_runs),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The verdicts on a turn's calls.
pub(super) fn judge(case_turn: &CaseTurn, made: &[Call], credit: &Credit<'_>, sheet: &mut Sheet) {
    let expect = &case_turn.expect;
    for call in made {
        let fault = match tools::named(&call.tool) {
            None => Some(format!("there is no tool `{}`", call.tool)),
            Some(tool) => tool.checked(Value::Object(call.arguments.clone())).err().map(|error| error.to_string()),
        };
        sheet.note(Scorer::SchemaValid, fault);
    }
    if expect.calls.is_empty() {
        let most = match expect.outcome {
            Outcome::Act | Outcome::Clarify => extra_calls(case_turn) + 1,
            Outcome::Refuse | Outcome::AnswerOnly => extra_calls(case_turn),
        };
        sheet.note(Scorer::Trajectory, (made.len() > most).then(|| format!("{} calls, {most} at most", made.len())));
        return;
    }
    let options = std::iter::once(&expect.calls).chain(&expect.alternatives);
    let mut options = options.map(|calls| bipartite::is_perfect(calls, made, |one, call| one.tool == call.tool));
    let missing = || {
        let wanted: Vec<&str> = credit.expected.iter().map(|call| call.tool.as_str()).collect();
        let found: Vec<&str> = made.iter().map(|call| call.tool.as_str()).collect();
        format!("wants {}; called {}", wanted.join(", "), if found.is_empty() { "nothing".to_owned() } else { found.join(", ") })
    };
    sheet.note(Scorer::ToolSelect, (!options.any(|fits| fits)).then(missing));
    for (one, literal) in credit.expected.iter().zip(&credit.literal) {
        sheet.note(Scorer::Args, literal.is_none().then(|| format!("no call is literally {}", shown_expected(one))));
    }
    for (one, partner) in credit.expected.iter().zip(&credit.partners) {
        let fault = partner.is_none().then(|| format!("no call does what {} does; made: {}", shown_expected(one), shown(made)));
        sheet.note(Scorer::ResultEqual, fault);
    }
    sheet.note(Scorer::Trajectory, trajectory_fault(case_turn, made, credit));
}

fn trajectory_fault(case_turn: &CaseTurn, made: &[Call], credit: &Credit<'_>) -> Option<String> {
    let taken: Vec<usize> = credit.partners.iter().flatten().copied().collect();
    let extra = made.len().saturating_sub(taken.len());
    let most = extra_calls(case_turn);
    if extra > most {
        return Some(format!("{extra} calls beside the expected ones, {most} at most"));
    }
    let repeated = made
        .iter()
        .enumerate()
        .find(|(index, call)| made.iter().take(*index).any(|earlier| earlier.tool == call.tool && earlier.arguments == call.arguments));
    if let Some((_, call)) = repeated {
        return Some(format!("the same call twice: {}", shown(std::slice::from_ref(call))));
    }
    let is_sorted = taken.is_sorted();
    (case_turn.expect.order == CallOrder::Listed && !is_sorted).then(|| "the expected calls came in another order".to_owned())
}

/// The writes that a turn should have made, concrete.
pub(super) fn expected_writes(credit: &Credit<'_>, scene: &Scene<'_>) -> Vec<Write> {
    let none = Map::new();
    let mut writes = Vec::new();
    for (one, partner) in credit.expected.iter().zip(&credit.partners) {
        if tools::named(&one.tool).is_some_and(|tool| tool.access == Access::Write) {
            // Where nothing fits, what was written for it stands in for what the case leaves open.
            let stand_in = || scene.played.turn.calls.iter().find(|call| is_write(call));
            let made = partner.and_then(|partner| scene.played.turn.calls.get(partner)).or_else(stand_in);
            let arguments = concrete(one, made.map_or(&none, |call| &call.arguments), scene.before);
            writes.push((one.tool.clone(), arguments.unwrap_or_default()));
        }
    }
    writes
}

/// The arguments of the expected call that a made one stands for, concrete.
pub(super) fn expected_of<'a>(
    credit: &Credit<'a>,
    made: usize,
    call: &Call,
    before: Earlier<'_>,
) -> Option<(&'a ExpectedCall, Map<String, Value>)> {
    let place = credit.partners.iter().position(|partner| *partner == Some(made))?;
    let expected = credit.expected.get(place)?;
    Some((expected, concrete(expected, &call.arguments, before)?))
}

fn shown_expected(call: &ExpectedCall) -> String {
    format!("{}({})", call.tool, serde_json::to_string(&call.args).unwrap_or_default())
}

fn shown(calls: &[Call]) -> String {
    if calls.is_empty() {
        return "nothing".to_owned();
    }
    let one = |call: &Call| match &call.result {
        Ok(_) => format!("{}({})", call.tool, Value::Object(call.arguments.clone())),
        Err(refusal) => format!("{}({}) refused: {}", call.tool, Value::Object(call.arguments.clone()), refusal.message),
    };
    calls.iter().map(one).collect::<Vec<_>>().join("; ")
}
