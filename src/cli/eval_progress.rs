//! How far a run of cases is, on standard error: a line that is written over in a terminal, else one now and then.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use super::render;

/// A run's progress.
pub(super) struct RunProgress {
    total: usize,
    done: usize,
    failed: usize,
    last: Instant,
    is_terminal: bool,
}

impl RunProgress {
    /// Of a run of `total` cases, of which `done` were there before.
    pub(super) fn begin(total: usize, done: usize) -> Self {
        Self { total, done, failed: 0, last: Instant::now(), is_terminal: std::io::stderr().is_terminal() }
    }

    /// Another case was judged.
    pub(super) fn step(&mut self, passed: bool) {
        self.done += 1;
        self.failed += usize::from(!passed);
        let pause = if self.is_terminal { Duration::from_millis(80) } else { Duration::from_secs(5) };
        if self.last.elapsed() < pause {
            return;
        }
        self.last = Instant::now();
        let line = format!("{} of {} cases, {} failed", self.done, self.total, self.failed);
        if self.is_terminal {
            let _ = write!(std::io::stderr().lock(), "\r\x1b[2K{line}");
        } else {
            render::complain(&line);
        }
    }

    /// The run has ended: nothing of it stays on the terminal.
    pub(super) fn end(&self) {
        if self.is_terminal {
            let _ = write!(std::io::stderr().lock(), "\r\x1b[2K");
        }
    }
}
