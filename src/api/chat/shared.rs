//! An answer as a file of its own: to be sent to a colleague, kept beside a report, opened without us.
//!
//! It holds what was kept of the turn and nothing else. It has no script and loads nothing; its policy, in the file and beside it,
//! allows its one style by the hash and nothing more.

use std::fmt::Write;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderValue, Response, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::conversations;
use crate::api::auth::Principal;
use crate::api::problem::Problem;
use crate::api::{Service, reply};
use crate::domain::chart::{of_vega_lite, to_svg};
use crate::domain::markup::escaped;

/// What is short stands on one line.
const SHORT: usize = 28;

const STYLE: &str = include_str!("../../../ui/answer/answer.css");

/// The file of a turn.
pub(super) async fn answer(service: &Arc<Service>, principal: &Principal, request: Request) -> Result<Response<Body>, Problem> {
    let (heading, number, turns) = conversations::turn(service, principal, request).await?;
    let turns = turns.iter().filter_map(|turn| serde_json::from_str::<Value>(turn).ok());
    let turn = turns.into_iter().find(|turn| turn.get("turn").and_then(Value::as_u64).map(|turn| turn.to_string()) == Some(number.clone()));
    let turn = turn.ok_or_else(|| {
        let detail = format!("the conversation has no turn `{number}`, or not any more; `GET /api/v1/conversations/…` shows those it has");
        Problem::new(StatusCode::NOT_FOUND, "no_such_turn", detail)
    })?;
    let mut response = reply("text/html; charset=utf-8", page(&turn, &service.store_kind));
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&format!("{}; frame-ancestors 'none'; sandbox", policy())) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    // An id has no quotes, and a turn that was found has digits.
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{}-{number}.html\"", heading.id)) {
        headers.insert(CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// Its own style and nothing else.
fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

fn page(turn: &Value, store: &str) -> String {
    let question = text(turn, "question");
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{}</h1>\n",
        policy(),
        escaped(&question),
        escaped(&question),
    );
    for paragraph in text(turn, "answer").split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        let _ = writeln!(page, "<p>{}</p>", named(paragraph));
    }
    for chart in items(turn, "charts").filter_map(|chart| of_vega_lite(chart.get("vega_lite")?)) {
        let _ = writeln!(page, "<figure>\n{}</figure>", to_svg(&chart));
    }
    for table in items(turn, "tables") {
        write_table(&mut page, table);
    }
    write_list(
        &mut page,
        "What to bear in mind",
        items(turn, "caveats").map(|caveat| named(caveat.as_str().unwrap_or_default())).collect(),
    );
    let unverified = items(turn, "unverified_numbers").filter_map(Value::as_str).map(escaped).collect();
    write_list(&mut page, "Numbers that a model wrote and no result holds; the answer is without them", unverified);
    write_list(&mut page, "Calls", items(turn, "calls").map(call).collect());
    let _ = write!(
        page,
        "<footer>Answered by Trialogue {} ({}) from {} on {}.{}</footer>\n</main>\n</body>\n</html>\n",
        env!("CARGO_PKG_VERSION"),
        escaped(&text(turn, "planner")),
        escaped(store),
        escaped(&minute(&text(turn, "asked_at"))),
        if turn.get("shortened") == Some(&Value::Bool(true)) { " Parts of it were too long to be kept." } else { "" },
    );
    page
}

fn write_table(page: &mut String, table: &Value) {
    let heads = table.get("columns").map(|columns| row(columns, "th")).unwrap_or_default();
    let _ = writeln!(page, "<div class=\"scroll\">\n<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>");
    for cells in items(table, "rows") {
        let _ = writeln!(page, "<tr>{}</tr>", row(cells, "td"));
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
}

fn row(cells: &Value, kind: &str) -> String {
    let mut row = String::new();
    for cell in cells.as_array().into_iter().flatten().filter_map(Value::as_str) {
        let class = if cell.chars().count() <= SHORT { " class=\"short\"" } else { "" };
        let _ = write!(row, "<{kind}{class}>{}</{kind}>", escaped(cell));
    }
    row
}

/// Text with the names in it, which stand in backticks, set apart.
fn named(text: &str) -> String {
    let mut named = String::new();
    for (index, part) in text.split('`').enumerate() {
        let is_name = index % 2 == 1;
        let _ = if is_name { write!(named, "<code>{}</code>", escaped(part)) } else { write!(named, "{}", escaped(part)) };
    }
    named
}

/// `items` are markup already.
fn write_list(page: &mut String, title: &str, items: Vec<String>) {
    if items.is_empty() {
        return;
    }
    let _ = writeln!(page, "<h2>{title}</h2>\n<ul>");
    for item in items {
        let _ = writeln!(page, "<li>{item}</li>");
    }
    page.push_str("</ul>\n");
}

fn call(call: &Value) -> String {
    let arguments = call.get("arguments").map(Value::to_string).unwrap_or_default();
    let took = call.get("took_ms").and_then(Value::as_f64).unwrap_or_default();
    let refused = call.pointer("/error/message").and_then(Value::as_str).map(|message| format!(": {message}")).unwrap_or_default();
    format!("<code>{} {}</code>, {took:.1} ms{}", escaped(&text(call, "tool")), escaped(&arguments), escaped(&refused))
}

/// A moment in RFC 3339, to the minute.
fn minute(moment: &str) -> String {
    match moment.get(..16) {
        Some(minute) => format!("{} UTC", minute.replace('T', " ")),
        None => moment.to_owned(),
    }
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn items<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_holds_its_text_as_text_and_its_style_by_the_hash() {
        let hostile = "<script>alert(1)</script>\"'&";
        let turn = json!({
            "turn": 1, "question": hostile, "answer": format!("{hostile}\n\n0.912"), "caveats": [hostile], "planner": hostile,
            "tables": [{"columns": [hostile], "rows": [[hostile]]}], "charts": [{"vega_lite": {"title": hostile}}],
            "calls": [{"tool": hostile, "arguments": {"a": hostile}, "took_ms": 1.5, "error": {"message": hostile}}],
            "unverified_numbers": [hostile],
        });
        let page = page(&turn, hostile);
        assert!(!page.contains("<script") && page.contains("&lt;script&gt;") && page.contains("<p>0.912</p>"), "{page}");
        assert_eq!(page.matches("<style>").count(), 1);
        assert!(page.contains(&policy()), "{page}");
    }
}
