//! How many runs a search finds. MLflow has no call that counts, but its page tokens are offsets (`{"offset": 2}` in
//! base64), so it is asked whether there are runs further and further on.

use super::client::Deadline;
use super::fault::Fault;
use super::search::{Pages, RUNS_A_PAGE, Scope};
use super::{MlflowStore, side_by_side};

/// Runs up to which is counted.
pub(super) const COUNTED_AT_MOST: u64 = 1_000_000;

/// Runs that are asked for at an offset. A few cost the server hardly more than one, and where they are the last, the
/// count is known.
const A_PROBE: usize = 4;

/// How many runs may have been logged since the last count for it to be of use.
const NEAR: u64 = 64;

/// By how much the offsets of one round grow while no end is seen.
const GROWTH: [u64; 3] = [4, 16, 64];

/// What is known of a count.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    /// There are at least so many.
    pub(super) least: u64,
    /// There are at most so many, where that is known.
    pub(super) most: Option<u64>,
}

/// Counts from the beginning, at most `most`, which is likely. Absent where the time or [`COUNTED_AT_MOST`] does not allow it.
pub(super) async fn count(store: &MlflowStore, scope: &Scope, most: Option<u64>, deadline: Deadline) -> Result<Option<u64>, Fault> {
    let scope = scope.unsorted();
    if store.hints.count(&scope).is_some() {
        return leap(store, &scope, Range { least: 0, most }, deadline).await;
    }
    let mut pages = Pages::new(store, scope.clone(), None);
    let found = pages.next(A_PROBE, deadline).await?.len() as u64;
    match pages.mark() {
        Some(mark) if !pages.is_over() => count_on(store, &scope, mark, Range { least: found, most }, deadline).await,
        Some(_) | None => Ok(Some(found)),
    }
}

/// Counts on from the runs before `mark`, of which there are `known.least`.
pub(super) async fn count_on(
    store: &MlflowStore,
    scope: &Scope,
    mark: &str,
    known: Range,
    deadline: Deadline,
) -> Result<Option<u64>, Fault> {
    if mark == offset_token(known.least) {
        // A sorted search costs MLflow on SQLite a hundred times as much, and has as many runs.
        return leap(store, &scope.unsorted(), known, deadline).await;
    }
    // A server whose tokens are something else is read page by page.
    let mut pages = Pages::new(store, scope.clone(), Some(mark.to_owned()));
    let mut counted = known.least;
    loop {
        counted += pages.next(RUNS_A_PAGE, deadline).await?.len() as u64;
        if pages.is_over() {
            return Ok(Some(counted));
        }
        if counted >= COUNTED_AT_MOST || deadline.is_near() {
            return Ok(None);
        }
    }
}

/// Narrows the range, a few offsets at a time; first where the end was before or is likely.
async fn leap(store: &MlflowStore, scope: &Scope, known: Range, deadline: Deadline) -> Result<Option<u64>, Fault> {
    let mut range = known;
    let likely = store.hints.count(scope).or(known.most).unwrap_or_default();
    let mut offsets: Vec<u64> = likely.checked_sub(1).filter(|last| *last >= range.least).into_iter().collect();
    loop {
        let probes = offsets.iter().map(|offset| probe(store, scope, *offset, deadline)).collect();
        for (offset, probe) in offsets.iter().zip(side_by_side(probes).await?) {
            range = range.narrowed(*offset, probe);
        }
        if range.most.is_some_and(|most| most <= range.least) {
            store.hints.keep_count(scope.clone(), range.least);
            return Ok(Some(range.least));
        }
        if range.least >= COUNTED_AT_MOST || deadline.is_near() {
            return Ok(None);
        }
        offsets = if range.most.is_none() && range.least > likely && range.least < likely + NEAR && likely > 0 {
            vec![likely + NEAR]
        } else {
            range.offsets()
        };
    }
}

impl Range {
    fn narrowed(self, offset: u64, probe: Probe) -> Self {
        match probe {
            Probe::End(count) => Self { least: count, most: Some(count) },
            Probe::Within(count) => Self { least: self.least.max(count), ..self },
            Probe::Beyond => Self { most: Some(self.most.map_or(offset, |most| most.min(offset))), ..self },
        }
    }

    /// Where to look next, ascending.
    fn offsets(self) -> Vec<u64> {
        let least = self.least;
        let Some(most) = self.most else { return GROWTH.iter().map(|factor| (least.max(1) * factor).min(COUNTED_AT_MOST)).collect() };
        let step = most.saturating_sub(least).div_ceil(GROWTH.len() as u64 + 1);
        if step <= A_PROBE as u64 {
            // One of these neighbours sees the end.
            return (least..most).step_by(A_PROBE).collect();
        }
        (1..=GROWTH.len() as u64).map(|part| least + part * step).filter(|offset| *offset < most).collect()
    }
}

/// What was seen at an offset.
enum Probe {
    /// The last runs: there are so many in all.
    End(u64),
    /// Runs, and more after them: there are at least so many.
    Within(u64),
    /// No run.
    Beyond,
}

async fn probe(store: &MlflowStore, scope: &Scope, offset: u64, deadline: Deadline) -> Result<Probe, Fault> {
    let mark = (offset > 0).then(|| offset_token(offset));
    let mut pages = Pages::new(store, scope.clone(), mark);
    let found = pages.next(A_PROBE, deadline).await?.len() as u64;
    Ok(match found {
        0 => Probe::Beyond,
        _ if pages.is_over() => Probe::End(offset + found),
        _ => Probe::Within(offset + found),
    })
}

/// MLflow's own spelling of an offset (`SearchUtils.create_page_token`).
fn offset_token(offset: u64) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(format!("{{\"offset\": {offset}}}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_spelled_as_mlflow_spells_them() {
        assert_eq!(offset_token(2), "eyJvZmZzZXQiOiAyfQ==");
    }

    /// Rounds and requests until `count` is known.
    fn cost(count: u64, known: Range) -> (usize, usize) {
        let mut range = known;
        let (mut rounds, mut requests) = (0, 0);
        while range.most.is_none_or(|most| most > range.least) {
            let offsets = range.offsets();
            assert!(!offsets.is_empty() && offsets.is_sorted(), "{range:?}: {offsets:?}");
            rounds += 1;
            requests += offsets.len();
            for offset in offsets {
                range = range.narrowed(
                    offset,
                    match count.checked_sub(offset) {
                        None | Some(0) => Probe::Beyond,
                        Some(left) if left <= A_PROBE as u64 => Probe::End(count),
                        Some(_) => Probe::Within(offset + A_PROBE as u64),
                    },
                );
            }
        }
        assert_eq!(range.least, count);
        (rounds, requests)
    }

    #[test]
    fn a_count_is_found_in_a_few_rounds() {
        for count in (4..3_000).chain([9_999, 10_000, 99_990, 999_999]) {
            let (rounds, requests) = cost(count, Range { least: 4, most: None });
            assert!(rounds <= 13 && requests <= 40, "{count}: {rounds} rounds of {requests} requests");
        }
        assert!(cost(10_000, Range { least: 4, most: None }).0 <= 8);
        assert_eq!(cost(500, Range { least: 490, most: Some(500) }), (1, 3));
    }
}
