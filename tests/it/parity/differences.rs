//! What differs between two answers, but for the differences that are stated here.

use serde_json::Value;

/// Differences that are no faults: the field, and why it may differ.
const STATED: [(&str, &str); 1] = [("next_page_token", "opaque, and of the store that gave it; that there is one must agree")];

/// A caveat that a file gives where a server lists: it cannot reach artifacts that a server keeps.
const STATED_CAVEAT: &str = "its artifacts could not be listed";

/// The places at which `found` is not `expected`, with both values.
pub(super) fn differences(expected: &Value, found: &Value) -> Vec<String> {
    let mut all = Vec::new();
    compare("", expected, found, &mut all);
    all
}

fn compare(place: &str, expected: &Value, found: &Value, all: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(one), Value::Object(other)) => {
            for (key, value) in one {
                match other.get(key) {
                    Some(_) if STATED.iter().any(|(field, _)| field == key) => {}
                    Some(there) => compare(&format!("{place}.{key}"), value, there, all),
                    None => all.push(format!("{place}.{key} is missing, should be {}", short(value))),
                }
            }
            let surplus = other.iter().filter(|(key, _)| !one.contains_key(*key));
            all.extend(surplus.map(|(key, value)| format!("{place}.{key} should not be there, is {}", short(value))));
        }
        (Value::Array(one), Value::Array(other)) => {
            let (one, other) = (without_stated(one), without_stated(other));
            if one.len() != other.len() {
                all.push(format!("{place} has {} items, should have {}: {} for {}", other.len(), one.len(), short(found), short(expected)));
                return;
            }
            for (index, (value, there)) in one.into_iter().zip(other).enumerate() {
                compare(&format!("{place}[{index}]"), value, there, all);
            }
        }
        (expected, found) if expected == found || are_of_today(expected, found) => {}
        (expected, found) => all.push(format!("{place} is {}, should be {}", short(found), short(expected))),
    }
}

fn without_stated(items: &[Value]) -> Vec<&Value> {
    let is_stated = |item: &Value| item.as_str().is_some_and(|text| text.starts_with(STATED_CAVEAT));
    items.iter().filter(|item| !is_stated(item)).collect()
}

/// Instants of an experiment that each store has just made: the stores of the corpus are of 2024 and 2025.
fn are_of_today(expected: &Value, found: &Value) -> bool {
    let is_of_today = |value: &Value| value.as_str().is_some_and(|text| text.len() >= 20 && text.ends_with('Z') && text > "2026");
    is_of_today(expected) && is_of_today(found)
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[test]
fn a_changed_a_missing_and_a_surplus_field_are_found() {
    use serde_json::json;
    let expected = json!([{ "runs": [{ "name": "a", "value": 0.5 }], "total": 1, "next_page_token": "x" }]);
    assert_eq!(differences(&expected, &expected), Vec::<String>::new());
    let found = json!([{ "runs": [{ "name": "a", "value": 0.25, "new": null }], "next_page_token": "y" }]);
    assert_eq!(
        differences(&expected, &found),
        ["[0].runs[0].value is 0.25, should be 0.5", "[0].runs[0].new should not be there, is null", "[0].total is missing, should be 1",]
    );
    assert_eq!(differences(&expected, &json!([{ "runs": [], "total": 1 }])).len(), 2);
    assert_eq!(differences(&json!(["its artifacts could not be listed: …", "a"]), &json!(["a"])), Vec::<String>::new());
}
