//! The table of routes: each path with its method, what answers, and who may ask.
//!
//! The router is made from this table and from nothing else, and an entry cannot be written without its policy.

use axum::http::Method;

use super::assets::File;
use super::auth::Role;
use super::chat::{Action, openai};
use super::mcp;
use crate::tools::tool::Method as ToolMethod;
use crate::tools::{self, Access, ToolDef};

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Policy {
    /// Anybody: health, where to get a token, what has an address that nobody guesses, and the page on which people say who they are,
    /// which holds nothing of the store.
    Open,
    /// Whoever says who he is and has at least this role.
    AtLeast(Role),
}

/// What answers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Answers {
    /// A tool of the catalogue.
    Tool(&'static ToolDef),
    /// The chat.
    Chat(Action),
    /// The chat as a model of OpenAI's protocol.
    OpenAi(openai::Action),
    /// Whether the process is alive.
    Health,
    /// Whether store and model answer.
    Readiness,
    /// Figures for Prometheus.
    Metrics,
    /// The description of the service in OpenAPI 3.1.
    OpenApi,
    /// The page on which people read it.
    Docs,
    /// A picture of a chart, to whoever has its address.
    Picture,
    /// The Model Context Protocol.
    Mcp,
    /// Who gives tokens for it.
    ResourceMetadata,
    /// The page on which people ask.
    Page,
    /// A file of a page.
    File(&'static File),
}

/// A route.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    /// The method.
    pub method: Method,
    /// The path, with `{argument}` parts.
    pub path: &'static str,
    /// Who may ask.
    pub policy: Policy,
    /// What answers.
    pub answers: Answers,
}

/// Every route there is.
#[must_use]
pub(super) fn endpoints() -> Vec<Endpoint> {
    let get = |path, policy, answers| Endpoint { method: Method::GET, path, policy, answers };
    let reader = Policy::AtLeast(Role::Reader);
    let mut all: Vec<Endpoint> = tools::ALL.iter().map(of_tool).collect();
    let chat = |method, path, action| Endpoint { method, path, policy: reader, answers: Answers::Chat(action) };
    all.extend([
        chat(Method::POST, "/api/v1/chat", Action::Turn),
        chat(Method::POST, "/api/v1/chat/ui", Action::AiSdk),
        chat(Method::POST, "/api/v1/chat/ag-ui", Action::AgUi),
        Endpoint {
            method: Method::POST,
            path: "/api/v1/chat/confirm",
            policy: Policy::AtLeast(Role::Writer),
            answers: Answers::Chat(Action::Confirm),
        },
        chat(Method::GET, "/api/v1/chat/start", Action::Start),
        chat(Method::GET, "/api/v1/conversations", Action::List),
        chat(Method::GET, "/api/v1/conversations/{conversation_id}", Action::Transcript),
        chat(Method::DELETE, "/api/v1/conversations/{conversation_id}", Action::Delete),
        chat(Method::GET, "/api/v1/conversations/{conversation_id}/export", Action::Export),
        chat(Method::GET, "/api/v1/conversations/{conversation_id}/turns/{turn}/page", Action::Shared),
        get("/v1/models", reader, Answers::OpenAi(openai::Action::Models)),
        Endpoint {
            method: Method::POST,
            path: "/v1/chat/completions",
            policy: reader,
            answers: Answers::OpenAi(openai::Action::Completions),
        },
        get("/charts/{picture}", Policy::Open, Answers::Picture),
        get("/healthz", Policy::Open, Answers::Health),
        get("/readyz", Policy::Open, Answers::Readiness),
        get("/metrics", reader, Answers::Metrics),
        get("/openapi.json", reader, Answers::OpenApi),
        get("/docs", reader, Answers::Docs),
    ]);
    all.push(Endpoint { method: Method::POST, path: mcp::http::PATH, policy: reader, answers: Answers::Mcp });
    all.extend(mcp::http::METADATA_PATHS.map(|path| get(path, Policy::Open, Answers::ResourceMetadata)));
    all.push(get("/", Policy::Open, Answers::Page));
    all.extend(super::page::FILES.iter().map(|file| get(file.path, Policy::Open, Answers::File(file))));
    all.extend(super::docs::FILES.iter().map(|file| get(file.path, reader, Answers::File(file))));
    all
}

fn of_tool(tool: &'static ToolDef) -> Endpoint {
    let method = match tool.route.method {
        ToolMethod::Get => Method::GET,
        ToolMethod::Post => Method::POST,
    };
    let policy = match tool.access {
        Access::Read => Policy::AtLeast(Role::Reader),
        Access::Write => Policy::AtLeast(Role::Writer),
    };
    Endpoint { method, path: tool.route.path, policy, answers: Answers::Tool(tool) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_health_the_way_to_a_token_pictures_and_the_page_are_open_and_only_writers_write() {
        for endpoint in endpoints() {
            let is_open = match endpoint.answers {
                Answers::File(file) => super::super::page::FILES.iter().any(|own| own.path == file.path),
                answers => {
                    matches!(answers, Answers::Health | Answers::Readiness | Answers::ResourceMetadata | Answers::Picture | Answers::Page)
                }
            };
            assert_eq!(endpoint.policy == Policy::Open, is_open, "{}", endpoint.path);
            let writes = match endpoint.answers {
                Answers::Tool(tool) => tool.access == Access::Write,
                answers => matches!(answers, Answers::Chat(Action::Confirm)),
            };
            assert_eq!(endpoint.policy == Policy::AtLeast(Role::Writer), writes, "{}", endpoint.path);
        }
    }

    #[test]
    fn no_two_routes_are_the_same() {
        let mut routes: Vec<String> = endpoints().iter().map(|endpoint| format!("{} {}", endpoint.method, endpoint.path)).collect();
        let count = routes.len();
        routes.sort();
        routes.dedup();
        assert_eq!(routes.len(), count);
    }
}
