//! What a person can attach to a conversation: experiments and runs by address, the contracts of the tools, and the view that draws charts.

use percent_encoding::percent_decode_str;
use rmcp::RoleServer;
use rmcp::model::{
    CacheScope, ErrorData, ListResourceTemplatesResult, ListResourcesResult, MetaObject, ReadResourceResponse, ReadResourceResult,
    Resource, ResourceContents, ResourceTemplate,
};
use rmcp::service::RequestContext;
use serde_json::{Map, Value, json};

use super::answer::harmless;
use super::{FILES_KEPT, LISTS_KEPT, Mcp, Refusal, VIEW, VIEW_MEDIA_TYPE, view};
use crate::api::problem::Problem;
use crate::domain::experiment::{NOTE_TAG, View};
use crate::tools::resolve;
use crate::tools::view::plain;

const EXPERIMENTS: &str = "trialogue://experiments";
const JSON: &str = "application/json";

/// Experiments of one page.
const A_PAGE: usize = 100;

/// The experiments, newest first, and the view.
pub(super) async fn list(mcp: &Mcp, cursor: Option<String>) -> Result<ListResourcesResult, ErrorData> {
    let offset: usize = match &cursor {
        None => 0,
        Some(cursor) => cursor.parse().map_err(|_| ErrorData::invalid_params("this cursor is none of ours", None))?,
    };
    let experiments = resolve::experiments(&mcp.context(), View::ActiveOnly).await.map_err(|fault| failed(&Problem::from(fault)))?;
    let mut resources = Vec::new();
    if offset == 0 {
        resources.push(Resource::new(EXPERIMENTS, "experiments").with_title("All experiments").with_mime_type(JSON));
        resources.push(Resource::new(VIEW, "chart").with_title("Chart of a result").with_mime_type(VIEW_MEDIA_TYPE));
    }
    resources.extend(experiments.iter().skip(offset).take(A_PAGE).map(|experiment| {
        let resource = Resource::new(format!("{EXPERIMENTS}/{}", experiment.id.0), plain(&experiment.name)).with_mime_type(JSON);
        match experiment.tag(NOTE_TAG).filter(|note| !note.trim().is_empty()) {
            Some(note) => resource.with_description(plain(note)),
            None => resource,
        }
    }));
    #[cfg(feature = "conformance")]
    resources.extend(super::fixtures::resources());
    let mut page = ListResourcesResult::with_all_items(resources).with_ttl_ms(LISTS_KEPT).with_cache_scope(CacheScope::Private);
    let end = offset.saturating_add(A_PAGE);
    page.next_cursor = (end < experiments.len()).then(|| end.to_string());
    Ok(page)
}

/// How experiments, runs and contracts are addressed.
pub(super) fn templates() -> ListResourceTemplatesResult {
    let template = |uri: &str, name: &str, title: &str| ResourceTemplate::new(uri, name).with_title(title).with_mime_type(JSON);
    let templates = vec![
        template("trialogue://experiments/{experiment}", "experiment", "What an experiment logs"),
        template("trialogue://runs/{run_id}", "run", "All of one run"),
        template("trialogue://tools/{tool}", "tool", "The whole contract of a tool"),
    ];
    #[cfg(feature = "conformance")]
    let templates = [templates, super::fixtures::templates()].concat();
    ListResourceTemplatesResult::with_all_items(templates).with_ttl_ms(FILES_KEPT).with_cache_scope(CacheScope::Public)
}

/// What is at `uri`.
pub(super) async fn read(mcp: &Mcp, uri: &str, context: &RequestContext<RoleServer>) -> Result<ReadResourceResponse, ErrorData> {
    if uri == VIEW {
        return Ok(view_contents());
    }
    let missing = |words: &str| ErrorData::resource_not_found(words.to_owned(), Some(json!({ "uri": plain(uri) })));
    let decoded = percent_decode_str(uri).decode_utf8().map_err(|_| missing("the address is not UTF-8"))?;
    let (tool, arguments) = match decoded.strip_prefix("trialogue://").map(|path| path.split_once('/').unwrap_or((path, ""))) {
        Some(("experiments", "")) => ("list_experiments", Map::new()),
        Some(("experiments", name)) => ("describe_experiment", Map::from_iter([("experiment".to_owned(), json!(name))])),
        Some(("runs", name)) if !name.is_empty() => ("get_run", Map::from_iter([("run".to_owned(), json!(name))])),
        Some(("tools", name)) => {
            let contract =
                mcp.offer.named(name).map(|tool| tool.contract()).ok_or_else(|| missing("there is no tool of that name here"))?;
            return Ok(contents(uri, &contract, FILES_KEPT));
        }
        _ => return Err(missing("there is no such resource; resources/list and resources/templates/list tell which there are")),
    };
    let tool = mcp.offer.named(tool).ok_or_else(|| missing("this resource is not offered here"))?;
    match mcp.call(tool, arguments, context).await {
        Ok(outcome) => Ok(contents(uri, &outcome.result, 0)),
        Err(Refusal::Tool(problem)) if problem.status.is_server_error() => Err(failed(&problem)),
        Err(Refusal::Tool(problem)) => Err(missing(&harmless(&problem.detail))),
        Err(Refusal::NotDone(words)) => Err(ErrorData::internal_error(words, None)),
    }
}

fn failed(problem: &Problem) -> ErrorData {
    ErrorData::internal_error(harmless(&problem.detail), None)
}

fn contents(uri: &str, value: &Value, kept: u64) -> ReadResourceResponse {
    let text = ResourceContents::text(value.to_string(), uri).with_mime_type(JSON);
    ReadResourceResult::new(vec![text]).with_ttl_ms(kept).with_cache_scope(CacheScope::Private).into()
}

fn view_contents() -> ReadResourceResponse {
    // The extension's default policy forbids all foreign hosts; these lists say that none is missed.
    let policy = json!({ "ui": { "csp": { "connectDomains": [], "resourceDomains": [] }, "prefersBorder": true } });
    let page = ResourceContents::text(view::page(), VIEW).with_mime_type(VIEW_MEDIA_TYPE);
    let page = match policy {
        Value::Object(fields) => page.with_meta(MetaObject::from(fields)),
        _ => page,
    };
    ReadResourceResult::new(vec![page]).with_ttl_ms(FILES_KEPT).with_cache_scope(CacheScope::Public).into()
}
