//! What is asked of runs with one value or another, `max_depth 6 or 8`, is asked of one after the other: MLflow's filters have no OR.

use crate::agent::interpreter::reading::{Part, Reading};
use crate::agent::interpreter::{Arguments, Plan, put};
use crate::domain::filter::{Clause, Filter, Test};

/// How many lists or winners are told one after the other.
const AT_MOST: usize = 6;

/// A call for each of the values; absent where there is only one.
pub(super) fn of_each(tool: &'static str, arguments: &Arguments, reading: &Reading) -> Option<Plan> {
    let others: Vec<&Clause> = reading.parts().filter_map(|part| if let Part::Or(clause) = part { Some(clause) } else { None }).collect();
    if others.is_empty() {
        return None;
    }
    let first = reading.clauses();
    let mut all = vec![first.clone()];
    for other in others {
        let of_field = |clause: &Clause| clause.field == other.field && matches!(clause.test, Test::Number(..));
        let replaced = |clauses: &Vec<Clause>| -> Option<Vec<Clause>> {
            let at = clauses.iter().position(|clause| of_field(clause) && first.contains(clause))?;
            let mut clauses = clauses.clone();
            *clauses.get_mut(at)? = other.clone();
            Some(clauses)
        };
        all.extend(all.iter().filter_map(replaced).collect::<Vec<_>>());
    }
    if !matches!(tool, "list_runs" | "best_run") || all.len() > AT_MOST {
        return Some(Plan::Refuse(format!(
            "I list or rank runs with one value or another, at most {AT_MOST} ways at a time: ask for the values one by one."
        )));
    }
    let of = |clauses: Vec<Clause>| {
        let mut arguments = arguments.clone();
        put(&mut arguments, "filter", Filter { clauses }.to_string());
        arguments
    };
    Some(Plan::Each { tool, all: all.into_iter().map(of).collect() })
}
