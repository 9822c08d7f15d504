//! The circuit breaker: a server that does not answer is left alone, and asked again soon.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How many failures in a row open it.
const FAILURES: u32 = 5;

/// How long it stays open; then one request may try, and another after each such pause. Short, so that a server that is back is
/// noticed at once: the breaker spares callers the wait for connections, not the server.
const PAUSE: Duration = Duration::from_millis(500);

/// Closed while the server answers, with whatever status; open while connections fail or nothing comes back.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    closed_again: Option<Instant>,
}

impl Breaker {
    /// Whether a request may be sent now.
    pub(super) fn admits(&self, now: Instant) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.closed_again {
            None => true,
            Some(at) if now >= at => {
                // This request is the test; the others wait for its outcome or for the next pause. A test that is cancelled
                // needs no clearing up.
                state.closed_again = Some(now + PAUSE);
                true
            }
            Some(_) => false,
        }
    }

    /// The server answered.
    pub(super) fn succeeded(&self) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }

    /// It did not.
    pub(super) fn failed(&self, now: Instant) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.failures = state.failures.saturating_add(1);
        if state.failures >= FAILURES {
            state.closed_again = Some(now + PAUSE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_on_failures_in_a_row_and_closes_by_itself() {
        let breaker = Breaker::default();
        let start = Instant::now();
        for _ in 0..FAILURES - 1 {
            breaker.failed(start);
        }
        breaker.succeeded();
        for _ in 0..FAILURES - 1 {
            breaker.failed(start);
        }
        assert!(breaker.admits(start));
        breaker.failed(start);
        assert!(!breaker.admits(start));
        assert!(!breaker.admits(start + PAUSE / 2));
        // One test a pause.
        assert!(breaker.admits(start + PAUSE));
        assert!(!breaker.admits(start + PAUSE));
        breaker.failed(start + PAUSE);
        assert!(!breaker.admits(start + PAUSE + PAUSE / 2));
        assert!(breaker.admits(start + PAUSE * 2));
        breaker.succeeded();
        assert!(breaker.admits(start + PAUSE * 2) && breaker.admits(start + PAUSE * 2));
    }
}
