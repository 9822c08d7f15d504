//! Runs cases: several at a time, each played and judged on stores of its own, told as each is done.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream;

use super::case::Case;
use super::play::{Player, play};
use super::results::{CaseResult, Prices};
use super::score::score;
use super::stage::Stages;

/// Who plays which suite in which epoch: a recorded model has a cassette for each.
pub type Players = BTreeMap<(String, u32), Arc<Player>>;

/// Runs every case in every epoch that `players` have, `jobs` at a time, but for those that `is_done`; tells each as it is judged.
///
/// # Errors
/// Where a stage or a player is missing or a case cannot be judged at all.
pub async fn run(
    cases: &[Case],
    players: &Players,
    stages: &Arc<Stages>,
    prices: &Arc<Prices>,
    jobs: usize,
    is_done: &dyn Fn(&Case, u32) -> bool,
    on_result: &mut dyn FnMut(CaseResult) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut tasks = Vec::new();
    let epochs: std::collections::BTreeSet<u32> = players.keys().map(|(_, epoch)| *epoch).collect();
    for epoch in epochs {
        for case in cases {
            if is_done(case, epoch) {
                continue;
            }
            let player = players.get(&(case.suite.clone(), epoch)).cloned();
            let player = player.ok_or_else(|| anyhow::anyhow!("nobody plays the suite `{}`", case.suite))?;
            stages.named(&case.fixture).map_err(|fault| fault.context(format!("case `{}`", case.id)))?;
            tasks.push((case.clone(), epoch, player));
        }
    }
    let mut results = stream::iter(tasks)
        .map(|(case, epoch, player)| {
            let (stages, prices) = (Arc::clone(stages), Arc::clone(prices));
            tokio::spawn(async move { one(&case, epoch, &player, &stages, &prices).await })
        })
        .buffer_unordered(jobs.max(1));
    while let Some(result) = results.next().await {
        // A panic of a tool or a planner is a fault of the program, not a verdict.
        on_result(result.map_err(|panic| anyhow::anyhow!("a case panicked: {panic}"))??)?;
    }
    Ok(())
}

/// Plays and judges one case.
///
/// # Errors
/// Where its stage is missing or it cannot be judged.
pub async fn one(case: &Case, epoch: u32, player: &Player, stages: &Stages, prices: &Prices) -> anyhow::Result<CaseResult> {
    let named = |fault: anyhow::Error| fault.context(format!("case `{}`", case.id));
    let stage = stages.named(&case.fixture)?;
    let played = play(case, player, stage).await.map_err(named)?;
    let scores = score(case, &played, stage).await.map_err(named)?;
    Ok(CaseResult::of(case, epoch, &player.name(), &played, scores, prices))
}
