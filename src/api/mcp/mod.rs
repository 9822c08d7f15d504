//! The catalogue over the Model Context Protocol, revisions 2024-11-05 to 2026-07-28: `http` at `/mcp`, `stdio` for a host on the same machine.
//!
//! Nothing outlives a request: no sessions, no subscriptions. `offer` says which tools there are, `definition` how they are shown, `wishes` and
//! `answer` how results are told, `consent` who agrees to a write.

mod answer;
mod completion;
mod consent;
mod definition;
#[cfg(feature = "conformance")]
mod fixtures;
pub(super) mod http;
mod instructions;
mod offer;
mod prompts;
mod resources;
mod stdio;
mod view;
mod wishes;

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::http::request::Parts;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult, DiscoverResult, ErrorData,
    GetPromptRequestParams, GetPromptResponse, Implementation, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult,
    ListToolsResult, PaginatedRequestParams, ProgressNotificationParam, ReadResourceRequestParams, ReadResourceResponse,
    ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler};
use serde_json::{Map, Value, json};
use tokio::time::{Instant, interval_at, timeout};
use tracing::Instrument;

pub(crate) use self::consent::Consents;
pub(crate) use self::offer::Offer;
pub use self::stdio::{StdioParts, serve_stdio};
use self::wishes::Wishes;
use super::auth::Principal;
use super::problem::Problem;
use super::{REQUEST_ID, Service, audit, spans};
use crate::domain::chart::to_png;
use crate::tools::view::plain;
use crate::tools::{Access, Clock, Context, Outcome, ToolDef, ToolError};

/// The view that draws a result's chart in the host (extension `io.modelcontextprotocol/ui`, version 2026-01-26).
const VIEW: &str = "ui://trialogue/chart.html";
const VIEW_MEDIA_TYPE: &str = "text/html;profile=mcp-app";

/// For how long a client may keep what depends on who asks, and what does not, in milliseconds.
const LISTS_KEPT: u64 = 300_000;
const FILES_KEPT: u64 = 3_600_000;

/// How often a client that wants to know is told that work goes on.
const PROGRESS_EVERY: Duration = Duration::from_secs(1);

/// The most bytes that a tool puts into an answer for a model, and the most points of a curve.
const ANSWER_BYTES: usize = 24_000;
const CURVE_POINTS: usize = 300;

/// Answers one client as one principal.
#[derive(Debug, Clone)]
struct Mcp {
    context: Context,
    clock: Clock,
    principal: Principal,
    offer: Offer,
    consents: Arc<Consents>,
    /// What the store is, in a few words.
    store_name: String,
    /// The service whose bounds hold; absent over stdio, where there is one caller.
    service: Option<Arc<Service>>,
    /// How long one call may take.
    call_deadline: Duration,
}

/// Why a call gave nothing.
enum Refusal {
    /// The tool says why, as far as a client is told.
    Tool(Problem),
    /// It was not done, in words for the model.
    NotDone(String),
}

impl Refusal {
    /// Of a tool. What the client is not told is told to the log.
    fn of(tool: &ToolDef, error: ToolError, request: &RequestContext<RoleServer>) -> Self {
        let problem = Problem::from(error);
        if let Some(cause) = &problem.cause {
            tracing::error!(request_id = request_id(request), tool = tool.name, code = problem.code, cause, "call failed");
        }
        Self::Tool(problem)
    }

    /// As the HTTP status that it would be.
    fn status(&self) -> u16 {
        match self {
            Self::Tool(problem) => problem.status.as_u16(),
            Self::NotDone(_) => StatusCode::SERVICE_UNAVAILABLE.as_u16(),
        }
    }
}

/// The id of the HTTP request that a message came with; empty over standard input.
fn request_id(request: &RequestContext<RoleServer>) -> &str {
    let id = request.extensions.get::<Parts>().and_then(|parts| parts.headers.get(REQUEST_ID));
    id.and_then(|id| id.to_str().ok()).unwrap_or_default()
}

impl Mcp {
    /// The context of one call, whose answers a model reads.
    fn context(&self) -> Context {
        let mut limits = self.context.limits.clone();
        limits.answer_bytes = ANSWER_BYTES;
        limits.metric_history_limit.value = limits.metric_history_limit.value.min(CURVE_POINTS);
        Context { now: self.clock.now(), limits, ..self.context.clone() }
    }

    /// Calls `tool` within the bounds of the service, until the client withdraws the request.
    async fn call(&self, tool: &ToolDef, arguments: Map<String, Value>, request: &RequestContext<RoleServer>) -> Result<Outcome, Refusal> {
        let work = async {
            let _turn = match &self.service {
                Some(service) => Some(service.load.turn().await.map_err(|problem| Refusal::NotDone(problem.detail))?),
                None => None,
            };
            let context = self.context();
            let call = tool.call(Value::Object(arguments), &context).instrument(spans::of_call(tool.name));
            match timeout(self.call_deadline, call).await {
                Ok(outcome) => outcome.map_err(|fault| Refusal::of(tool, fault, request)),
                Err(_) => Err(Refusal::NotDone("the answer took too long and was given up; ask for less".to_owned())),
            }
        };
        // The first word comes before the work, however soon that is done.
        tell_progress(tool, request, 0).await;
        tokio::select! {
            outcome = work => outcome,
            () = request.ct.cancelled() => Err(Refusal::NotDone("the request was withdrawn".to_owned())),
            () = keep_telling_progress(tool, request) => Err(Refusal::NotDone("the client went away".to_owned())),
        }
    }

    async fn answered(
        &self,
        tool: &'static ToolDef,
        request: &CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> CallToolResponse {
        let mut arguments = request.arguments.clone().unwrap_or_default();
        let wishes = match Wishes::taken(tool, &mut arguments) {
            Ok(wishes) => wishes,
            Err(fault) => return answer::refused(&fault.into()).into(),
        };
        let outcome = match tool.access {
            Access::Read => self.call(tool, arguments, context).await,
            Access::Write => self.written(tool, arguments, context).await,
        };
        match outcome {
            Ok(outcome) => {
                let picture = if wishes.wants_image { picture(&outcome).await } else { None };
                answer::answered(tool, &outcome, wishes, picture.as_deref()).into()
            }
            Err(Refusal::Tool(problem)) => answer::refused(&problem).into(),
            Err(Refusal::NotDone(words)) => answer::told(&words).into(),
        }
    }

    /// A write that was agreed to; whoever goes away does not stop it half-way.
    async fn written(
        &self,
        tool: &'static ToolDef,
        arguments: Map<String, Value>,
        context: &RequestContext<RoleServer>,
    ) -> Result<Outcome, Refusal> {
        let (work, context, told) = (self.clone(), context.clone(), Value::Object(arguments.clone()).to_string());
        let writing = tokio::spawn(async move {
            let outcome = work.call(tool, arguments, &context).await;
            let status = outcome.as_ref().map_or_else(Refusal::status, |_| StatusCode::CREATED.as_u16());
            let tenant = work.context.tenant.as_deref().unwrap_or_default();
            audit::Write {
                request_id: request_id(&context),
                principal: &work.principal.id,
                tenant,
                tool: tool.name,
                arguments: &told,
                status,
            }
            .log();
            outcome
        });
        writing.await.unwrap_or_else(|_| Err(Refusal::NotDone("Trialogue made a mistake; its log tells where".to_owned())))
    }
}

/// Tells a client that gave a token each second how long the work has gone on; ends never.
async fn keep_telling_progress(tool: &ToolDef, request: &RequestContext<RoleServer>) {
    let mut ticks = interval_at(Instant::now() + PROGRESS_EVERY, PROGRESS_EVERY);
    for seconds in 1.. {
        ticks.tick().await;
        tell_progress(tool, request, seconds).await;
    }
}

/// Tells a client that gave a token that the work has gone on for so many seconds.
async fn tell_progress(tool: &ToolDef, request: &RequestContext<RoleServer>, seconds: u32) {
    let Some(token) = request.meta.get_progress_token() else { return };
    let message = if seconds == 0 { format!("{}: asking the tracking store", tool.title) } else { format!("{}: {seconds} s", tool.title) };
    let note = ProgressNotificationParam::new(token, f64::from(seconds) + 1.0).with_message(message);
    // Who does not listen is not told; the answer comes all the same.
    let _ = request.peer.notify_progress(note).await;
}

/// The chart as PNG, drawn where it keeps nobody waiting.
async fn picture(outcome: &Outcome) -> Option<Vec<u8>> {
    let chart = outcome.chart.clone()?;
    tokio::task::spawn_blocking(move || to_png(&chart).ok()).await.ok().flatten()
}

impl ServerHandler for Mcp {
    fn get_info(&self) -> ServerConfig {
        let mut capabilities =
            ServerCapabilities::builder().enable_tools().enable_prompts().enable_resources().enable_completions().build();
        let view = json!({ "mimeTypes": [VIEW_MEDIA_TYPE] });
        let extension = serde_json::from_value(json!({ "io.modelcontextprotocol/ui": view }));
        capabilities.extensions = extension.ok();
        ServerConfig::new(capabilities)
            .with_server_info(
                Implementation::new("trialogue", env!("CARGO_PKG_VERSION")).with_title("Trialogue: machine-learning experiments"),
            )
            .with_instructions(instructions::instructions(&self.store_name, self.context.tenant.as_deref(), &self.offer))
    }

    async fn discover(&self, _: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        let discovered = DiscoverResult::from_server_info(versions, self.get_info());
        Ok(discovered.with_ttl_ms(LISTS_KEPT).with_cache_scope(CacheScope::Private))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        #[cfg(feature = "conformance")]
        if let Some(tool) = fixtures::tools().into_iter().find(|tool| tool.name == name) {
            return Some(tool);
        }
        self.offer.named(name).map(definition::definition)
    }

    async fn list_tools(&self, _: Option<PaginatedRequestParams>, _: RequestContext<RoleServer>) -> Result<ListToolsResult, ErrorData> {
        let tools = self.offer.tools().iter().map(|tool| definition::definition(tool));
        #[cfg(feature = "conformance")]
        let tools = tools.chain(fixtures::tools());
        let tools = tools.collect();
        Ok(ListToolsResult::with_all_items(tools).with_ttl_ms(LISTS_KEPT).with_cache_scope(CacheScope::Private))
    }

    async fn call_tool(&self, request: CallToolRequestParams, context: RequestContext<RoleServer>) -> Result<CallToolResponse, ErrorData> {
        #[cfg(feature = "conformance")]
        if let Some(response) = fixtures::call(&request, &context).await {
            return response;
        }
        let Some(tool) = self.offer.named(&request.name) else {
            return Err(ErrorData::invalid_params(
                format!("there is no tool `{}` here; tools/list names those there are", plain(&request.name)),
                None,
            ));
        };
        if tool.access == Access::Write && !self.offer.allows_writes {
            // Nobody is asked about what would be refused anyway.
            if let Err(fault) = tool.checked(Value::Object(request.arguments.clone().unwrap_or_default())) {
                return Ok(answer::refused(&fault.into()).into());
            }
            match self.consents.ask(tool, &request, &self.principal.id, &context, self.service.is_none()).await {
                consent::Asked::Agreed => {}
                consent::Asked::Question(question) => return Ok(CallToolResponse::InputRequired(*question)),
                consent::Asked::No(words) => return Ok(answer::told(&words).into()),
            }
        }
        Ok(self.answered(tool, &request, &context).await)
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        resources::list(self, request.and_then(|page| page.cursor)).await
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(resources::templates())
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        #[cfg(feature = "conformance")]
        if let Some(response) = fixtures::resource(&request.uri) {
            return response;
        }
        resources::read(self, &request.uri, &context).await
    }

    async fn list_prompts(&self, _: Option<PaginatedRequestParams>, _: RequestContext<RoleServer>) -> Result<ListPromptsResult, ErrorData> {
        Ok(prompts::list())
    }

    async fn get_prompt(&self, request: GetPromptRequestParams, _: RequestContext<RoleServer>) -> Result<GetPromptResponse, ErrorData> {
        #[cfg(feature = "conformance")]
        if let Some(response) = fixtures::prompt(&request) {
            return response;
        }
        prompts::get(&request)
    }

    async fn complete(&self, request: CompleteRequestParams, _: RequestContext<RoleServer>) -> Result<CompleteResult, ErrorData> {
        completion::complete(self, &request).await
    }
}
