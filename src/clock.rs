//! The system's clock, read at the edge only.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::time::Timestamp;

/// This moment, by the system's clock; the epoch where it is set before that.
pub fn now() -> Timestamp {
    let millis = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    Timestamp(u64::try_from(millis).unwrap_or(u64::MAX))
}

/// How long this machine has been asleep since it was started: the boot clock counts sleep, the monotonic one
/// does not. Zero where the system has no such pair of clocks.
pub fn asleep() -> Duration {
    #[cfg(target_os = "linux")]
    {
        use rustix::time::{ClockId, clock_gettime};
        let of = |id| Duration::try_from(clock_gettime(id)).unwrap_or_default();
        // In this order, so that the time between the two readings never counts as sleep.
        let booted = of(ClockId::Boottime);
        booted.saturating_sub(of(ClockId::Monotonic))
    }
    #[cfg(not(target_os = "linux"))]
    Duration::ZERO
}
