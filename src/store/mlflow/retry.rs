//! What is asked again, after which pause, and how much of it in all.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::fault::Fault;

/// Attempts beyond the first. Python's client makes seven, up to four minutes, which is too long for a person who waits.
const RETRIES: u32 = 2;

/// The pause before the first retry, doubled for the second.
const FIRST_PAUSE: Duration = Duration::from_millis(150);

/// The longest pause that a server may ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(5);

/// Whether a request may reach the server twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Safety {
    /// It only reads.
    Repeatable,
    /// It makes something: it is sent again only where the server surely did nothing.
    Once,
}

/// The pause after which the request may be sent again; absent where that is unsafe or useless.
pub(super) fn pause(fault: &Fault, safety: Safety, retries: u32) -> Option<Duration> {
    let is_repeatable = match safety {
        Safety::Repeatable => true,
        Safety::Once => false,
    };
    let (may_repeat, asked) = match fault {
        Fault::Unreachable(_) => (true, None),
        Fault::Cut(_) => (is_repeatable, None),
        // A body that ends early under a length that fits it: a proxy that broke off. Once is enough.
        Fault::Malformed(_) => (is_repeatable && retries == 0, None),
        Fault::Refused(refusal) => match refusal.status {
            408 | 429 => (true, refusal.retry_after),
            502..=504 => (is_repeatable, refusal.retry_after),
            // INVALID_STATE, FEATURE_DISABLED and others are 500 for ever.
            500 => {
                let is_passing = refusal.code.as_deref().is_none_or(|code| code == "INTERNAL_ERROR");
                (is_repeatable && is_passing && retries == 0, refusal.retry_after)
            }
            _ => (false, None),
        },
        Fault::Resting | Fault::TimedOut(_) | Fault::TooLarge(_) | Fault::WebPage | Fault::Redirected(_) => (false, None),
    };
    let asked = asked.unwrap_or_default();
    (may_repeat && retries < RETRIES && asked <= MAX_RETRY_AFTER).then(|| asked.max(backoff(retries)))
}

/// Half of the pause is fixed and half is chance, so that those who failed together do not come back together.
fn backoff(retries: u32) -> Duration {
    let pause = FIRST_PAUSE * 2_u32.saturating_pow(retries);
    // The standard library's only source of chance: each state is seeded at random.
    let chance = RandomState::new().hash_one(retries) % 1000;
    pause / 2 + (pause / 2).mul_f64(chance as f64 / 1000.0)
}

/// How many retries there may be beside the requests of all callers: a fifth of them, and ten a second. So a server in trouble
/// is not asked three times as much (as Linkerd's budget).
#[derive(Debug)]
pub(super) struct Budget {
    balance: Mutex<(f64, Instant)>,
}

const SHARE: f64 = 0.2;
const A_SECOND: f64 = 10.0;
const MOST: f64 = 20.0;

impl Default for Budget {
    fn default() -> Self {
        Self { balance: Mutex::new((A_SECOND, Instant::now())) }
    }
}

impl Budget {
    /// A first attempt was made.
    pub(super) fn earn(&self) {
        let mut balance = self.balance.lock().unwrap_or_else(PoisonError::into_inner);
        balance.0 = (balance.0 + SHARE).min(MOST);
    }

    /// Whether one more retry is within the budget.
    pub(super) fn spend(&self, now: Instant) -> bool {
        let mut balance = self.balance.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.saturating_duration_since(balance.1).as_secs_f64();
        *balance = ((balance.0 + passed * A_SECOND).min(MOST), now);
        let is_enough = balance.0 >= 1.0;
        if is_enough {
            balance.0 -= 1.0;
        }
        is_enough
    }
}

#[cfg(test)]
mod tests {
    use super::super::fault::Refusal;
    use super::*;

    fn refused(status: u16, code: Option<&str>, retry_after: Option<u64>) -> Fault {
        let retry_after = retry_after.map(Duration::from_secs);
        Fault::Refused(Refusal { status, code: code.map(str::to_owned), message: String::new(), retry_after })
    }

    #[test]
    fn reads_are_repeated_and_writes_only_where_nothing_was_done() {
        let check = |fault: Fault, read: bool, write: bool| {
            assert_eq!(pause(&fault, Safety::Repeatable, 0).is_some(), read, "{fault:?}");
            assert_eq!(pause(&fault, Safety::Once, 0).is_some(), write, "{fault:?}");
        };
        check(Fault::Unreachable(String::new()), true, true);
        check(Fault::Cut(String::new()), true, false);
        check(refused(429, None, Some(1)), true, true);
        check(refused(408, None, None), true, true);
        check(refused(503, Some("TEMPORARILY_UNAVAILABLE"), None), true, false);
        check(refused(500, Some("INTERNAL_ERROR"), None), true, false);
        check(refused(500, None, None), true, false);
        check(refused(500, Some("INVALID_STATE"), None), false, false);
        check(refused(500, Some("FEATURE_DISABLED"), None), false, false);
        check(refused(400, Some("INVALID_PARAMETER_VALUE"), None), false, false);
        check(refused(401, None, None), false, false);
        check(Fault::TimedOut(Duration::ZERO), false, false);
        check(Fault::WebPage, false, false);
    }

    #[test]
    fn pauses_are_asked_for_or_grow_and_have_a_cap() {
        assert!(pause(&refused(429, None, Some(2)), Safety::Once, 0).is_some_and(|pause| pause >= Duration::from_secs(2)));
        assert_eq!(pause(&refused(429, None, Some(86_400)), Safety::Once, 0), None);
        assert_eq!(pause(&refused(503, None, None), Safety::Repeatable, RETRIES), None);
        for _ in 0..50 {
            assert!((75..=150).contains(&backoff(0).as_millis()));
            assert!((150..=300).contains(&backoff(1).as_millis()));
        }
    }

    #[test]
    fn the_budget_ends_a_storm_and_fills_again() {
        let budget = Budget::default();
        let now = Instant::now();
        let spent = (0..1_000).filter(|_| budget.spend(now)).count();
        assert_eq!(spent, 10);
        for _ in 0..10 {
            budget.earn();
        }
        assert_eq!((0..1_000).filter(|_| budget.spend(now)).count(), 2);
        assert_eq!((0..1_000).filter(|_| budget.spend(now + Duration::from_millis(500))).count(), 5);
    }
}
