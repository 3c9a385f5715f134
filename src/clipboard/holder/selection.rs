//! The selection of one display, through arboard 3.7: the only file that uses it. What was read in its source
//! and in wl-clipboard-rs 0.9, and decides what is done here:
//!
//! - On X11 the clipboard's owner is a window of this process, served by a thread of arboard's. `wait` returns
//!   when another program takes the selection (SelectionClear), or this one replaces the value. On Wayland
//!   `wait` serves in the calling thread and returns when the compositor cancels the source; `wait_until` would
//!   return at once. So one thread waits, without a deadline, and its return is the loss.
//! - `clear` gives the selection of whoever owns it away (X11: CurrentTime, no owner; Wayland: a null selection
//!   on every seat), and an unowned clipboard is refilled by several managers, GNOME's among them, with what
//!   they saw last. It is never called. The value is replaced by an empty text while we own the selection; the
//!   connection's end then makes the server drop it, only if it is ours still.
//! - Neither protocol lets arboard replace the selection on the condition that we own it. A program that takes
//!   it in the instant (well under a millisecond) between the last event seen and our request loses its copy.
//! - Dropping the X11 clipboard hands the content over to a clipboard manager (SAVE_TARGETS), though not content
//!   with the hint, and waits for the server. The process ends without it.
//! - The text is copied into plain memory, on the heap of arboard and into the buffers of the connection, and
//!   freed without being wiped.

use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use arboard::{Clipboard, SetExtLinux};
use zeroize::Zeroizing;

use super::Event;
use crate::clipboard::request::Answer;
use crate::secret::Secret;

/// How long the value may take to arrive on the clipboard; less than the program that copies waits.
const ARRIVAL: Duration = Duration::from_millis(900);
const POLL: Duration = Duration::from_millis(10);

/// The selection of the display that the environment names.
pub(super) struct Selection {
    clipboard: Clipboard,
}

impl Selection {
    /// Connects to the display, and takes nothing.
    pub fn open() -> Result<Self, Answer> {
        let clipboard = Clipboard::new().map_err(|_| Answer::Unreachable)?;
        Ok(Self { clipboard })
    }

    /// Owns the selection with `value` as its content, and returns once it can be read back. `lost` is told when
    /// the value is no longer there.
    pub fn take(value: Secret, lost: Sender<Event>) -> Result<Self, Answer> {
        let mut selection = Self::open()?;
        // The serving side is arboard's own: a second handle on X11, a second connection on Wayland.
        let mut serving = Self::open()?;
        // Given away, so that the copy arboard needs is the only plain one.
        let text = value.expose_str().ok_or(Answer::Malformed)?.to_owned();
        let serve = move || {
            let _ = serving.clipboard.set().exclude_from_history().wait().text(text);
            let _ = lost.send(Event::Lost);
        };
        let by = Instant::now() + ARRIVAL;
        thread::Builder::new().name("selection".into()).spawn(serve).map_err(|_| Answer::Unprotected)?;
        while Instant::now() < by {
            // Also gives the thread its start: until it owns the selection, another's content would be read.
            thread::sleep(POLL);
            if selection.holds(&value) {
                return Ok(selection);
            }
        }
        Err(Answer::NotTaken)
    }

    /// Puts an empty text in the value's place. The clipboard must be ours: nothing is compared here.
    pub fn replace_with_nothing(&mut self) {
        // Where this fails the display is gone, and the selection with it.
        let _ = self.clipboard.set().exclude_from_history().text("");
    }

    fn holds(&mut self, value: &Secret) -> bool {
        let text = self.clipboard.get_text().map(Zeroizing::new);
        text.is_ok_and(|text| value.same_as(text.as_bytes()))
    }
}
