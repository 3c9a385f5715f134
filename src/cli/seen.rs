//! What `info` and `verify` say in JSON of how a vault file stands to what this device has seen.

use serde::Serialize;

use crate::session::seen::Standing;
use crate::session::{Finding, Session};

/// The file, and what its user is to know of it.
#[derive(Serialize)]
pub struct Seen {
    standing: Standing,
    warnings: Vec<Warning>,
}

#[derive(Serialize)]
struct Warning {
    name: &'static str,
    text: String,
}

impl Seen {
    /// Of the file that was opened.
    pub fn of(session: &Session) -> Self {
        let warning = |finding: &Finding| Warning { name: finding.name(), text: finding.to_string() };
        Self { standing: session.standing(), warnings: session.findings().iter().map(warning).collect() }
    }
}
