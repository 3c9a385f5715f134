//! What comes from outside, each on a thread of its own: keys from the terminal, and signals. While the terminal is left
//! to another program, what is typed is that program's.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;

use super::super::decode::Decoder;
use super::super::message::Message;
use super::super::terminal;
use crate::secret::{Secret, stack};

/// How long what follows an Esc may take to come.
const ESCAPE: Duration = Duration::from_millis(40);
/// Most bytes of input that are read at once.
const INPUT: usize = 4096;

/// Reads keys until the terminal is gone. Each piece is wiped once it is read.
pub(super) fn read_input(tell: &Sender<Message>, away: &AtomicBool) {
    let mut decoder = Decoder::default();
    let mut piece = Secret::zeroed(INPUT);
    let mut send = |message| drop(tell.send(message));
    loop {
        if decoder.is_waiting() && !wait_for_input(Some(ESCAPE)) {
            decoder.settle(&mut send);
            continue;
        }
        if !wait_for_input(None) {
            continue;
        }
        if away.load(Ordering::SeqCst) {
            // It is another program's, which reads it next.
            thread::sleep(ESCAPE);
            continue;
        }
        match rustix::io::read(rustix::stdio::stdin(), piece.expose_mut()) {
            Ok(0) => break,
            Ok(read) => {
                decoder.feed(piece.expose().get(..read).unwrap_or_default(), &mut send);
                piece.expose_mut().get_mut(..read).unwrap_or_default().fill(0);
                stack::wipe();
            }
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => {}
            Err(_) => break,
        }
    }
    send(Message::Terminate);
}

/// Waits for input, so long or for ever; whether there is some, or none will ever come.
fn wait_for_input(within: Option<Duration>) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let stdin = rustix::stdio::stdin();
    let mut waited = [PollFd::new(&stdin, PollFlags::IN)];
    let within = within.map(|time| Timespec { tv_sec: 0, tv_nsec: i64::from(time.subsec_nanos()) });
    match poll(&mut waited, within.as_ref()) {
        Ok(ready) => ready > 0,
        Err(rustix::io::Errno::INTR) => false,
        // What is wrong is what reading says.
        Err(_) => true,
    }
}

pub(super) fn listen_to_signals(tell: Sender<Message>, away: Arc<AtomicBool>) -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGWINCH, SIGCONT])?;
    let listen = move || {
        for signal in signals.forever() {
            let message = match signal {
                // Ctrl-C and the like are meant for the program that has the terminal.
                SIGINT | SIGQUIT | SIGTSTP if away.load(Ordering::SeqCst) => continue,
                SIGWINCH => {
                    let (columns, rows) = terminal::size();
                    Message::Resized(columns, rows)
                }
                SIGCONT => Message::Resumed,
                SIGTSTP => Message::Stop,
                _ => Message::Terminate,
            };
            let _ = tell.send(message);
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(listen).map(drop)
}
