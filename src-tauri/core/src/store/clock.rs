//! Where the time comes from: an argument, so that tests fix it.

use chrono::{DateTime, FixedOffset, Local};

/// Tells the time of this machine, with its offset.
pub trait Clock: Send + Sync {
    /// Now, by the wall clock.
    fn now(&self) -> DateTime<FixedOffset>;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<FixedOffset> {
        Local::now().fixed_offset()
    }
}

/// A clock that stands still.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub DateTime<FixedOffset>);

impl Clock for FixedClock {
    fn now(&self) -> DateTime<FixedOffset> {
        self.0
    }
}
