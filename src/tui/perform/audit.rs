//! An audit on a thread of its own, with word of how far it is, and an end as soon as nobody waits for it.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;

use super::super::effect::AuditJob;
use super::super::message::Message;
use crate::audit::Terms;
use crate::clock;

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
    let terms = Terms::new(clock::now(), old_after);
    let mut go_on = |done: usize, of: usize| {
        if done.is_multiple_of(TOLD_EVERY) {
            let _ = tell.send(Message::AuditProgressed { ticket, done, of });
        }
        !stop.load(Ordering::Relaxed)
    };
    let result = session.audit(&vault, &terms, breached, &mut go_on);
    Message::Audited { ticket, result: result.map_err(Into::into) }
}
