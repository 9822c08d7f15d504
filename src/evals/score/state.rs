//! How a store is left: as the expected writes leave it, and else untouched.

use std::collections::BTreeSet;

use serde_json::Value;

use super::scene::Write;
use super::{Scorer, Sheet};
use crate::domain::experiment::View;
use crate::evals::fixture::Which;
use crate::evals::stage::{Copy, Stage};
use crate::store::{ExperimentQuery, Store};
use crate::tools;

/// Compares the store of a played case with one on which the expected writes were done.
///
/// # Errors
/// Where a store cannot be read.
pub(super) async fn judge(writes: &[Write], left: &Copy, stage: &Stage, sheet: &mut Sheet) -> anyhow::Result<()> {
    let wanted = stage.copy(Which::Base)?;
    for (tool, arguments) in writes {
        let Some(tool) = tools::named(tool) else { continue };
        if let Err(refusal) = tool.call(Value::Object(arguments.clone()), &wanted.context).await {
            let arguments = Value::Object(arguments.clone());
            sheet.note(Scorer::State, Some(format!("the expected {}({arguments}) cannot be done: {refusal}", tool.name)));
            return Ok(());
        }
    }
    let (wanted, found) = (content(&wanted.context.store).await?, content(&left.context.store).await?);
    let missing: Vec<&String> = wanted.difference(&found).collect();
    let added: Vec<&String> = found.difference(&wanted).collect();
    let fault = (wanted != found).then(|| format!("the store lacks {missing:?} and has {added:?} beside what it should"));
    sheet.note(Scorer::State, fault);
    Ok(())
}

/// What a tool can write: experiments with their tags. Ids and times are the store's own.
async fn content(store: &Store) -> anyhow::Result<BTreeSet<String>> {
    let mut content = BTreeSet::new();
    let mut query = ExperimentQuery { view: View::All, max_results: 1000, ..ExperimentQuery::default() };
    loop {
        let page = store.experiments(&query).await?;
        for experiment in &page.items {
            let mut tags: Vec<String> = experiment.tags.iter().map(|tag| format!("{}={}", tag.key, tag.value)).collect();
            tags.sort();
            content.insert(format!("{} ({:?}) {}", experiment.name, experiment.lifecycle, tags.join(", ")));
        }
        match page.next {
            Some(next) => query.page_token = Some(next),
            None => return Ok(content),
        }
    }
}
