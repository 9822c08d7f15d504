//! Names while they are typed: experiments, runs and metrics of prompts and resource templates.

use std::collections::{HashMap, HashSet};

use rmcp::model::{CompleteRequestParams, CompleteResult, CompletionInfo, ErrorData};

use super::Mcp;
use crate::domain::experiment::{ExperimentId, View};
use crate::store::{Count, RunQuery};
use crate::tools::resolve::{self, Wants};
use crate::tools::view::plain;
use crate::tools::{Context, ToolError};

/// Runs that are looked at, the newest.
const RUNS: usize = 500;

/// The names that fit what was typed: those that begin with it first.
pub(super) async fn complete(mcp: &Mcp, request: &CompleteRequestParams) -> Result<CompleteResult, ErrorData> {
    let context = mcp.context();
    let others = request.context.as_ref().and_then(|context| context.arguments.as_ref());
    let names = match request.argument.name.as_str() {
        "experiment" => experiments(&context).await,
        "run" | "run_id" => runs(&context, others).await,
        "metric" => metrics(&context, others).await,
        _ => Ok(Vec::new()),
    };
    // While somebody types there is nothing to be told about a store that does not answer.
    let names = names.unwrap_or_default();
    let typed = request.argument.value.to_lowercase();
    let mut fitting: Vec<String> = names.into_iter().filter(|name| name.to_lowercase().contains(&typed)).collect();
    let mut seen = HashSet::new();
    fitting.retain(|name| seen.insert(name.clone()));
    fitting.sort_by_key(|name| !name.to_lowercase().starts_with(&typed));
    let total = u32::try_from(fitting.len()).unwrap_or(u32::MAX);
    let has_more = fitting.len() > CompletionInfo::MAX_VALUES;
    fitting.truncate(CompletionInfo::MAX_VALUES);
    let info = CompletionInfo::with_pagination(fitting, Some(total), has_more).map_err(|fault| ErrorData::internal_error(fault, None))?;
    Ok(CompleteResult::new(info))
}

async fn experiments(context: &Context) -> Result<Vec<String>, ToolError> {
    Ok(resolve::experiments(context, View::ActiveOnly).await?.iter().map(|experiment| plain(&experiment.name)).collect())
}

/// The experiments that were chosen before, or all.
async fn chosen(context: &Context, others: Option<&HashMap<String, String>>) -> Result<Vec<ExperimentId>, ToolError> {
    let named = others.and_then(|others| others.get("experiment")).filter(|name| !name.trim().is_empty());
    match named {
        Some(name) => Ok(vec![resolve::place(context, Some(name), Wants::default()).await?.experiment.id]),
        None => Ok(resolve::experiments(context, View::ActiveOnly).await?.into_iter().map(|experiment| experiment.id).collect()),
    }
}

async fn runs(context: &Context, others: Option<&HashMap<String, String>>) -> Result<Vec<String>, ToolError> {
    let experiment_ids = chosen(context, others).await?;
    let query = RunQuery { experiment_ids, max_results: RUNS, count: Count::Nothing, ..RunQuery::default() };
    let page = context.store.runs(&query).await?;
    Ok(page.items.iter().map(|run| plain(&run.name)).collect())
}

async fn metrics(context: &Context, others: Option<&HashMap<String, String>>) -> Result<Vec<String>, ToolError> {
    let keys = context.store.metric_keys(&chosen(context, others).await?).await?;
    Ok(keys.into_iter().map(|(key, _)| plain(&key)).collect())
}
