//! How much is taken on: requests a minute and calls at a time of one principal, calls at a time of all.
//!
//! What is too much is turned away at once, with the time after which to come again. Few wait, so that whoever is let in is
//! answered within a few times the usual time, however much is asked; but a page that asks for many things at once is no load.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::problem::Problem;
use crate::config::Load;

/// The code of a call that is turned away because others wait.
pub(super) const OVERLOADED: &str = "overloaded";

/// How many may wait beyond the queue after a quiet time, and how many more a second.
const BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(15);
const BURST_RATE: NonZeroU32 = NonZeroU32::MIN.saturating_add(1);

/// Principals that are remembered; beyond, those who have nothing under way are forgotten.
const PRINCIPALS_KNOWN: usize = 10_000;

/// The bounds on all callers.
#[derive(Debug)]
pub(super) struct LoadLimits {
    quota: Quota,
    calls_per_principal: usize,
    lanes: Mutex<HashMap<String, Arc<Lane>>>,
    queue: Arc<Queue>,
}

/// What one principal has under way.
#[derive(Debug)]
struct Lane {
    rate: DefaultDirectRateLimiter,
    calls: Arc<Semaphore>,
}

/// A principal's right to one call, given back when dropped.
#[derive(Debug)]
pub(super) struct Admission {
    _call: OwnedSemaphorePermit,
}

impl LoadLimits {
    /// The bounds as configured, with so many calls at a time.
    #[must_use]
    pub(super) fn new(load: &Load, calls_at_once: usize) -> Self {
        let a_minute = u32::try_from(load.requests_per_minute.value).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN);
        Self {
            quota: Quota::per_minute(a_minute),
            calls_per_principal: load.calls_per_principal.value,
            lanes: Mutex::default(),
            queue: Arc::new(Queue::new(calls_at_once)),
        }
    }

    /// Lets a request of `principal` in.
    ///
    /// # Errors
    /// 429 where he asks too often or too much at a time.
    pub(super) fn admit(&self, principal: &str) -> Result<Admission, Problem> {
        let lane = self.lane(principal);
        if let Err(until) = lane.rate.check() {
            let wait = until.wait_time_from(DefaultClock::default().now());
            let detail = "too many requests in a minute; come again after the seconds of `Retry-After`";
            // A rounded-up second: who comes again too early is turned away again.
            return Err(too_many("rate_limited", detail).retry_after(wait + Duration::from_secs(1)));
        }
        let Ok(call) = Arc::clone(&lane.calls).try_acquire_owned() else {
            let detail = format!("{} of your calls are under way already; wait for one of them", self.calls_per_principal);
            return Err(too_many("too_many_calls", &detail).retry_after(Duration::from_secs(1)));
        };
        Ok(Admission { _call: call })
    }

    /// Waits for a call's turn.
    ///
    /// # Errors
    /// 503 where too many wait already.
    pub(super) async fn turn(&self) -> Result<OwnedSemaphorePermit, Problem> {
        self.queue.turn().await.ok_or_else(|| {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, OVERLOADED, "the service has too much to do; come again in a moment")
                .retry_after(Duration::from_secs(1))
        })
    }

    fn lane(&self, principal: &str) -> Arc<Lane> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = lanes.get(principal) {
            return Arc::clone(lane);
        }
        if lanes.len() >= PRINCIPALS_KNOWN {
            lanes.retain(|_, lane| lane.calls.available_permits() < self.calls_per_principal);
        }
        let lane = Arc::new(Lane { rate: RateLimiter::direct(self.quota), calls: Arc::new(Semaphore::new(self.calls_per_principal)) });
        lanes.insert(principal.to_owned(), Arc::clone(&lane));
        lane
    }
}

fn too_many(code: &'static str, detail: &str) -> Problem {
    Problem::new(StatusCode::TOO_MANY_REQUESTS, code, detail)
}

/// Calls at a time, and those that wait for their turn in the order in which they came.
#[derive(Debug)]
struct Queue {
    turns: Arc<Semaphore>,
    /// How many may wait: half as many as are worked on.
    room: usize,
    waiting: AtomicUsize,
    /// More who may wait, now and then.
    bursts: DefaultDirectRateLimiter,
}

impl Queue {
    fn new(size: usize) -> Self {
        let bursts = RateLimiter::direct(Quota::per_second(BURST_RATE).allow_burst(BURST));
        Self { turns: Arc::new(Semaphore::new(size)), room: size.div_ceil(2), waiting: AtomicUsize::new(0), bursts }
    }

    async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(turn) = Arc::clone(&self.turns).try_acquire_owned() {
            return Some(turn);
        }
        let _place = match Waiting::among(&self.waiting, self.room) {
            Some(place) => Some(place),
            None if self.bursts.check().is_ok() => None,
            None => return None,
        };
        Arc::clone(&self.turns).acquire_owned().await.ok()
    }
}

/// A place among those who wait, given up when dropped, also by who goes away.
struct Waiting<'queue>(&'queue AtomicUsize);

impl<'queue> Waiting<'queue> {
    fn among(waiting: &'queue AtomicUsize, room: usize) -> Option<Self> {
        let place = Self(waiting);
        (waiting.fetch_add(1, Ordering::Relaxed) < room).then_some(place)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Setting, Source};

    fn limits(requests_per_minute: usize, calls_per_principal: usize, calls_at_once: usize) -> LoadLimits {
        let setting = |value| Setting { value, source: Source::Default };
        let load = Load {
            requests_per_minute: setting(requests_per_minute),
            calls_per_principal: setting(calls_per_principal),
            calls_at_once: None,
            connections: setting(1),
            call_deadline: Duration::from_secs(1),
            drain: Duration::from_secs(1),
        };
        LoadLimits::new(&load, calls_at_once)
    }

    #[test]
    fn who_asks_too_often_is_told_when_to_come_again_and_others_are_not_hindered() {
        let limits = limits(3, 8, 8);
        (0..3).for_each(|_| drop(limits.admit("ana").unwrap()));
        let refusal = limits.admit("ana").unwrap_err();
        assert_eq!((refusal.status.as_u16(), refusal.code), (429, "rate_limited"));
        assert!((1..=21).contains(&refusal.retry_after.unwrap().as_secs()), "{refusal:?}");
        assert!(limits.admit("bob").is_ok());
    }

    #[test]
    fn calls_at_a_time_are_counted_until_they_end() {
        let limits = limits(100, 2, 8);
        let first = limits.admit("ana").unwrap();
        let _second = limits.admit("ana").unwrap();
        assert_eq!(limits.admit("ana").unwrap_err().code, "too_many_calls");
        drop(first);
        assert!(limits.admit("ana").is_ok());
    }

    #[tokio::test]
    async fn a_burst_waits_for_its_turn_and_more_are_turned_away() {
        let limits = Arc::new(limits(1000, 100, 4));
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(limits.turn().await.unwrap());
        }
        let waiting: Vec<_> = (0..2 + BURST.get())
            .map(|_| {
                let limits = Arc::clone(&limits);
                tokio::spawn(async move { limits.turn().await.is_ok() })
            })
            .collect();
        tokio::task::yield_now().await;
        let refusal = limits.turn().await.unwrap_err();
        assert_eq!((refusal.status.as_u16(), refusal.code), (503, OVERLOADED));
        drop(held);
        for turn in waiting {
            assert!(turn.await.unwrap());
        }
    }

    #[tokio::test]
    async fn who_stops_waiting_gives_his_place_up() {
        let queue = Queue::new(1);
        let _held = queue.turn().await.unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(5), queue.turn()).await.is_err());
        assert_eq!(queue.waiting.load(Ordering::Relaxed), 0);
    }
}
