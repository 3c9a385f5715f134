//! An audit on a thread of its own, with word of how far it is, and an end as soon as nobody waits for it.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;

use super::super::effect::AuditJob;
use super::super::message::Message;
use crate::audit::Terms;
use crate::clock;
use crate::config::{Places, known_sites, min_len};
use crate::sites::Sites;

/// Entries between two words of how far it is.
const TOLD_EVERY: usize = 64;

/// Audits the vault. The vault is let go of before the answer is told.
pub fn run(
    job: AuditJob,
    old_after: Option<u32>,
    breached: Option<&Path>,
    tell: &Sender<Message>,
) -> Message {
    let AuditJob { session, vault, stop, ticket } = job;
    // What is wrong with the user's tables was said when the screen was opened.
    let sites = Places::of_this_user().map_or_else(|_| Sites::built_in(), |places| known_sites(&places).0);
    let terms = Terms {
        now: clock::now(),
        old_after,
        min_len: &|host| min_len(&sites, host),
        same_login: &|one, other| sites.same_login(one, other),
    };
    let mut go_on = |done: usize, of: usize| {
        if done.is_multiple_of(TOLD_EVERY) {
            let _ = tell.send(Message::AuditProgressed { ticket, done, of });
        }
        !stop.load(Ordering::Relaxed)
    };
    let result = session.audit(&vault, &terms, breached, &mut go_on);
    Message::Audited { ticket, result: result.map_err(Into::into) }
}
