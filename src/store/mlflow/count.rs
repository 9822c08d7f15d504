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
const A_PROBE: usize = 16;

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
    let mut pages = Pages::new(store, scope.clone(), None);
    let found = pages.next(A_PROBE, deadline).await?.len() as u64;
    let Some(mark) = pages.mark().filter(|_| !pages.is_over()) else { return Ok(Some(found)) };
    let mut known = Range { least: found, most };
    if let Some(last) = most.and_then(|most| most.checked_sub(1)).filter(|last| *last >= found && mark == offset_token(found)) {
        match probe(store, &scope, last, deadline).await? {
            Probe::End(_) | Probe::Within(_) => return Ok(most),
            Probe::Beyond => known.most = Some(last),
        }
    }
    count_on(store, &scope, mark, known, deadline).await
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

/// Narrows the range, a few offsets at a time.
async fn leap(store: &MlflowStore, scope: &Scope, known: Range, deadline: Deadline) -> Result<Option<u64>, Fault> {
    let Range { mut least, mut most } = known;
    loop {
        if most.is_some_and(|most| most <= least) {
            return Ok(Some(least));
        }
        if least >= COUNTED_AT_MOST || deadline.is_near() {
            return Ok(None);
        }
        let offsets = offsets(least, most);
        let probes = offsets.iter().map(|offset| probe(store, scope, *offset, deadline)).collect();
        for (offset, probe) in offsets.iter().zip(side_by_side(probes).await?) {
            match probe {
                Probe::End(count) => return Ok(Some(count)),
                Probe::Within(count) => least = least.max(count),
                Probe::Beyond => most = Some(most.map_or(*offset, |most| most.min(*offset))),
            }
        }
    }
}

/// Where to look next, ascending.
fn offsets(least: u64, most: Option<u64>) -> Vec<u64> {
    let Some(most) = most else { return GROWTH.iter().map(|factor| (least.max(1) * factor).min(COUNTED_AT_MOST)).collect() };
    let step = (most - least).div_ceil(GROWTH.len() as u64 + 1);
    if step <= A_PROBE as u64 {
        // One of these neighbours sees the end.
        return (least..most).step_by(A_PROBE).collect();
    }
    (1..=GROWTH.len() as u64).map(|part| least + part * step).filter(|offset| *offset < most).collect()
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
        let Range { mut least, mut most } = known;
        let (mut rounds, mut requests) = (0, 0);
        while most.is_none_or(|most| most > least) {
            let offsets = offsets(least, most);
            assert!(!offsets.is_empty() && offsets.is_sorted(), "{least} {most:?}: {offsets:?}");
            rounds += 1;
            requests += offsets.len();
            for offset in offsets {
                if offset >= count {
                    most = Some(most.map_or(offset, |most| most.min(offset)));
                } else if offset + A_PROBE as u64 > count {
                    return (rounds, requests);
                } else {
                    least = least.max(offset + A_PROBE as u64);
                }
            }
        }
        assert_eq!(least, count);
        (rounds, requests)
    }

    #[test]
    fn a_count_is_found_in_a_few_rounds() {
        for count in (16..3_000).chain([9_999, 10_000, 99_990, 999_999]) {
            let (rounds, requests) = cost(count, Range { least: 16, most: None });
            assert!(rounds <= 11 && requests <= 33, "{count}: {rounds} rounds of {requests} requests");
        }
        assert!(cost(10_000, Range { least: 16, most: None }).0 <= 7);
        assert_eq!(cost(500, Range { least: 490, most: Some(500) }), (1, 1));
    }
}
