//! Another number in the one bound of the last list: "make it 0.94", "no, above 0.9".

use serde_json::Value;

use crate::agent::conversation::Conversation;
use crate::agent::interpreter::calling::fill;
use crate::agent::interpreter::reading::{Part, Reading};
use crate::agent::interpreter::{Plan, put};
use crate::domain::filter::{Comparison, Filter, Test};

/// The last list with that number; absent where no bound, or more than one, was set.
pub(in crate::agent::interpreter) fn plan(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
    let (tool, last) = conversation.last_call.as_ref()?;
    let is_plain = |part: &Part| {
        matches!(
            part,
            Part::Filler | Part::Number(_) | Part::Comparison(_) | Part::Anaphor(_) | Part::Meaning("create" | "run" | "compare")
        )
    };
    let mut numbers = reading.parts().filter_map(|part| if let Part::Number(number) = part { Some(*number) } else { None });
    let (Some(number), None) = (numbers.next(), numbers.next()) else { return None };
    if !matches!(*tool, "list_runs" | "best_run") || reading.words.len() > 7 || !reading.parts().all(is_plain) {
        return None;
    }
    let mut filter = Filter::parse(last.get("filter").and_then(Value::as_str)?).ok()?;
    let said: Option<Comparison> = reading.parts().find_map(|part| if let Part::Comparison(sign) = part { Some(*sign) } else { None });
    // A whole number where a list was cut short is how many are wanted.
    if number.fract() == 0.0 && said.is_none() && last.contains_key("limit") {
        return None;
    }
    let mut bounds = filter.clauses.iter_mut().filter_map(|clause| match &mut clause.test {
        Test::Number(sign, value) if *sign != Comparison::Eq => Some((sign, value)),
        _ => None,
    });
    let (Some((sign, value)), None) = (bounds.next(), bounds.next()) else { return None };
    *value = number;
    *sign = said.unwrap_or(*sign);
    let mut arguments = last.clone();
    arguments.remove("page_token");
    put(&mut arguments, "filter", fill::filter_text(&filter.clauses));
    Some(Plan::call(tool, arguments))
}
