//! The system's clock, read at the edge only.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::time::Timestamp;

/// This moment, by the system's clock; the epoch where it is set before that.
pub fn now() -> Timestamp {
    let millis = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    Timestamp(u64::try_from(millis).unwrap_or(u64::MAX))
}
