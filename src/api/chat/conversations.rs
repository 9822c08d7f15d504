//! The conversations of a principal: listed, shown, taken along, forgotten.

use std::sync::Arc;

use axum::RequestExt;
use axum::body::Body;
use axum::extract::{RawPathParams, Request};
use axum::http::header::CONTENT_DISPOSITION;
use axum::http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::{no_such_conversation, owner, unavailable};
use crate::api::arguments::pairs;
use crate::api::auth::Principal;
use crate::api::problem::Problem;
use crate::api::{Service, reply, rest};
use crate::domain::time::Timestamp;
use crate::state::conversations::{After, Heading};

/// How many conversations a page of the list has where nobody says, and at most.
pub(in crate::api) const LISTED: u32 = 20;
pub(in crate::api) const LISTED_AT_MOST: u32 = 100;

/// The list.
pub(super) async fn list(service: &Arc<Service>, principal: &Principal, request: Request) -> Result<Response<Body>, Problem> {
    let Page { limit, after } = Page::read(request.uri().query())?;
    let owner = owner(service, principal, rest::agreed_tenant(service, principal, None)?);
    let (keeping, now) = (service.chat.keeping, service.clock.now());
    // One more than shown tells whether there are more.
    let listed = service.state.conversations(&owner, after, limit + 1, keeping, now).await;
    let (mut headings, total) = listed.map_err(unavailable)?;
    let has_more = headings.len() > limit as usize;
    headings.truncate(limit as usize);
    let next = headings.last().filter(|_| has_more).map(|last| format!("{}.{}", last.used.0, last.id));
    let shown: Vec<Value> = headings.iter().map(shown).collect();
    let list = json!({"conversations": shown, "returned": shown.len(), "total": total, "next_page_token": next});
    Ok(reply("application/json", list.to_string()))
}

/// One, with its turns.
pub(super) async fn transcript(service: &Arc<Service>, principal: &Principal, request: Request) -> Result<Response<Body>, Problem> {
    let (heading, turns) = read(service, principal, request).await?;
    Ok(reply("application/json", with_turns(&heading, turns).to_string()))
}

/// One, to be taken along: as shown, with what it is and when that was written.
pub(super) async fn export(service: &Arc<Service>, principal: &Principal, request: Request) -> Result<Response<Body>, Problem> {
    let (heading, turns) = read(service, principal, request).await?;
    let mut whole = with_turns(&heading, turns);
    if let Some(fields) = whole.as_object_mut() {
        fields.insert("format".to_owned(), json!("trialogue-conversation/1"));
        fields.insert("version".to_owned(), json!(env!("CARGO_PKG_VERSION")));
        fields.insert("exported_at".to_owned(), json!(service.clock.now().to_string()));
    }
    let mut response = reply("application/json", format!("{whole:#}\n"));
    // An id has no quotes.
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{}.json\"", heading.id)) {
        response.headers_mut().insert(CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// Forgets one.
pub(super) async fn delete(service: &Arc<Service>, principal: &Principal, mut request: Request) -> Result<Response<Body>, Problem> {
    let id = id(&mut request).await?;
    let owner = owner(service, principal, rest::agreed_tenant(service, principal, None)?);
    if !service.state.delete_conversation(&owner, &id).await.map_err(unavailable)? {
        return Err(no_such_conversation());
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}

/// One, with the number of a turn that is asked for, and its turns.
pub(super) async fn turn(
    service: &Arc<Service>,
    principal: &Principal,
    mut request: Request,
) -> Result<(Heading, String, Vec<String>), Problem> {
    let parts = request.extract_parts::<RawPathParams>().await.map_err(|_| no_such_conversation())?;
    let number = parts.iter().nth(1).map(|(_, number)| number.to_owned()).ok_or_else(no_such_conversation)?;
    let (heading, turns) = read(service, principal, request).await?;
    Ok((heading, number, turns))
}

async fn read(service: &Arc<Service>, principal: &Principal, mut request: Request) -> Result<(Heading, Vec<String>), Problem> {
    let id = id(&mut request).await?;
    let owner = owner(service, principal, rest::agreed_tenant(service, principal, None)?);
    let (keeping, now) = (service.chat.keeping, service.clock.now());
    let found = service.state.transcript(&owner, &id, keeping, now).await.map_err(unavailable)?;
    found.ok_or_else(no_such_conversation)
}

/// The first part of the path that has a name.
async fn id(request: &mut Request) -> Result<String, Problem> {
    let parts = request.extract_parts::<RawPathParams>().await.map_err(|_| no_such_conversation())?;
    parts.iter().next().map(|(_, id)| id.to_owned()).ok_or_else(no_such_conversation)
}

fn shown(heading: &Heading) -> Value {
    let Heading { id, title, created, used, turns } = heading;
    json!({
        "conversation_id": id,
        "title": title,
        "created_at": created.to_string(),
        "last_used_at": used.to_string(),
        "turn_count": turns,
    })
}

/// The turns are kept as JSON; one that is none any more is left out.
fn with_turns(heading: &Heading, turns: Vec<String>) -> Value {
    let mut whole = shown(heading);
    let turns: Vec<Value> = turns.iter().filter_map(|turn| serde_json::from_str(turn).ok()).collect();
    if let Some(fields) = whole.as_object_mut() {
        fields.insert("turns".to_owned(), Value::from(turns));
    }
    whole
}

/// Which page of the list is wanted.
#[derive(Debug, PartialEq, Eq)]
struct Page {
    limit: u32,
    after: Option<After>,
}

impl Page {
    fn read(query: Option<&str>) -> Result<Self, Problem> {
        let invalid = |detail: String| Problem::new(StatusCode::BAD_REQUEST, "invalid_arguments", detail);
        let mut page = Self { limit: LISTED, after: None };
        let mut seen: Vec<String> = Vec::new();
        for (name, text) in pairs(query).map_err(invalid)? {
            if seen.contains(&name) {
                return Err(invalid(format!("`{name}` is given twice")));
            }
            match name.as_str() {
                "limit" => match text.parse() {
                    Ok(limit) if (1..=LISTED_AT_MOST).contains(&limit) => page.limit = limit,
                    _ => return Err(invalid(format!("`limit` is `{text}`; it is a whole number from 1 to {LISTED_AT_MOST}"))),
                },
                "page_token" => match after(&text) {
                    Some(after) => page.after = Some(after),
                    None => return Err(invalid("`page_token` is none that a list has given".to_owned())),
                },
                _ => return Err(invalid(format!("there is no parameter `{name}`; there are `limit` and `page_token`"))),
            }
            seen.push(name);
        }
        Ok(page)
    }
}

fn after(token: &str) -> Option<After> {
    let (used, id) = token.split_once('.')?;
    Some(After { used: Timestamp(used.parse().ok()?), id: id.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_from_the_query() {
        let after = Some(After { used: Timestamp(17), id: "conv_1".to_owned() });
        assert_eq!(Page::read(Some("limit=5&page_token=17.conv_1")).unwrap(), Page { limit: 5, after });
        assert_eq!(Page::read(None).unwrap(), Page { limit: LISTED, after: None });
        for wrong in ["limit=0", "limit=101", "limit=x", "page_token=conv", "limit=1&limit=1", "order=asc"] {
            assert_eq!(Page::read(Some(wrong)).unwrap_err().status, StatusCode::BAD_REQUEST, "{wrong}");
        }
    }
}
