//! The holder: a process that puts one value on the clipboard, waits, clears it, and ends.
//!
//! It is this program, started with [`super::HOLDER_ARGUMENT`] and an environment of two or three variables. It
//! makes itself unreadable and a session of its own before the value arrives, and from then on
//! depends on nobody: no hang-up, no end of its parent, no closed pipe concerns it. It clears at
//! the time, on one byte from the program that copied, and on SIGTERM (logout); it ends early where another
//! program takes the clipboard.
//!
//! What the display's libraries copy of the value is plain memory that cannot be reached to be wiped; the
//! process ends, and its memory with it, as soon as the value is no longer wanted.

mod selection;
mod terminal;

use std::fs::File;
use std::io::{self, Read};
use std::panic;
use std::process::{self, ExitCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use rustix::process::{Resource, Rlimit};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

use super::request::{Answer, CLEAR, Place, Request};
use selection::Selection;
use terminal::Terminal;

/// How long the holder stays after clearing a display: an empty text is on the clipboard for this long, so that
/// a clipboard manager that fills an unowned clipboard with what it saw last has seen that.
const LINGER: Duration = Duration::from_millis(250);
/// How long the program that draws on the terminal may be late with its own wish to clear.
const GRACE: Duration = Duration::from_millis(500);
/// How often the wall clock is looked at: the other one stands still while the machine sleeps.
const TICK: Duration = Duration::from_millis(500);
/// How long it may take until the value is where it should be; longer than any program waits for that.
const SETTLING: Duration = Duration::from_secs(2);

/// What ends the holding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    /// The clipboard is no longer ours.
    Lost,
    /// It is to be cleared.
    Clear,
}

/// Serves one request from standard input, in this process. It is for `main`, before anything else is done;
/// the exit code is for nobody but a person who tries it by hand.
pub fn run() -> ExitCode {
    // Standard error may be the user's terminal, where a report would be in the way.
    panic::set_hook(Box::new(|_| {}));
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(answer) => {
            say(answer);
            ExitCode::FAILURE
        }
    }
}

fn serve() -> Result<(), Answer> {
    let settled = detach().map_err(|_| Answer::Unprotected)?;
    // A file of its own, since the buffer of `io::stdin` would keep a copy of the value.
    let mut input = File::from(rustix::stdio::stdin().try_clone_to_owned().map_err(|_| Answer::Malformed)?);
    let (request, value) = Request::read(&mut input)?;
    if request.is_probe() {
        let _display = Selection::open()?;
        say(Answer::Ready);
        return Ok(());
    }
    let (sender, events) = mpsc::channel();
    listen(input, sender.clone()).map_err(|_| Answer::Unprotected)?;
    match request.place {
        Place::Display => {
            let selection = Selection::take(value, sender)?;
            settled.store(true, Ordering::Relaxed);
            hold_selection(selection, &events, request.clear_after())
        }
        Place::Terminal(multiplexer) => {
            // Before the write, which ends by itself: what is written once must be cleared.
            settled.store(true, Ordering::Relaxed);
            let terminal = Terminal::take(&value, multiplexer)?;
            drop(value);
            hold_terminal(&terminal, &events, request.clear_after());
            Ok(())
        }
    }
}

/// Holds a display's clipboard, and ends the process: an orderly end of the display's library would wait for
/// the server, with the value still in memory.
fn hold_selection(mut selection: Selection, events: &Receiver<Event>, clear_after: Duration) -> ! {
    say(Answer::Ready);
    if wait(events, clear_after) == Event::Clear {
        selection.replace_with_nothing();
        // The server has taken the empty text once it says that the value is gone.
        let _ = events.recv_timeout(LINGER);
        say(Answer::Cleared);
        thread::sleep(LINGER);
    }
    process::exit(0)
}

fn hold_terminal(terminal: &Terminal, events: &Receiver<Event>, clear_after: Duration) {
    say(Answer::Ready);
    wait(events, clear_after + GRACE);
    terminal.clear();
    say(Answer::Cleared);
}

/// Waits for the first event, or for the time to come by either clock: the monotonic one does not count a
/// sleep of the machine, the wall clock may be set back. One set forward clears early.
fn wait(events: &Receiver<Event>, clear_after: Duration) -> Event {
    let (start, wall_start) = (Instant::now(), SystemTime::now());
    loop {
        let passed = start.elapsed().max(wall_start.elapsed().unwrap_or_default());
        match events.recv_timeout(clear_after.saturating_sub(passed).min(TICK)) {
            Ok(event) => return event,
            Err(RecvTimeoutError::Timeout) if passed < clear_after => {}
            Err(_) => return Event::Clear,
        }
    }
}

/// Unreadable to other processes of the user, without a core dump, in a session of its own. Ends the process
/// unless it has settled, by setting what is returned, before its program has surely given up: a program
/// killed while the display is silent would leave the value waiting here.
fn detach() -> io::Result<Arc<AtomicBool>> {
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    rustix::process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    rustix::process::setsid()?;
    let settled = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&settled);
    thread::Builder::new().name("settled".into()).spawn(move || {
        thread::sleep(SETTLING);
        if !seen.load(Ordering::Relaxed) {
            process::exit(1);
        }
    })?;
    Ok(settled)
}

/// Turns signals and the program's wish into events.
fn listen(mut input: File, sender: Sender<Event>) -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGQUIT, SIGHUP])?;
    let wishes = sender.clone();
    let name = |name: &str| thread::Builder::new().name(name.into());
    name("signals").spawn(move || {
        // A hang-up is what the holder is there to outlive.
        for _ in signals.forever().filter(|signal| *signal != SIGHUP) {
            let _ = sender.send(Event::Clear);
        }
    })?;
    name("program").spawn(move || {
        let mut byte = [0];
        if input.read_exact(&mut byte).is_ok() && byte == [CLEAR] {
            let _ = wishes.send(Event::Clear);
        }
    })?;
    Ok(())
}

/// Tells the program, which may be gone.
fn say(answer: Answer) {
    let _ = rustix::io::write(rustix::stdio::stdout(), &[answer as u8]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_comes_and_events_come_first() {
        let (sender, events) = mpsc::channel();
        let start = Instant::now();
        assert_eq!(wait(&events, Duration::from_millis(30)), Event::Clear);
        assert!(start.elapsed() >= Duration::from_millis(30));
        sender.send(Event::Lost).unwrap();
        // Lost in the very moment of the deadline: not ours to clear.
        assert_eq!(wait(&events, Duration::ZERO), Event::Lost);
    }

    #[test]
    fn nobody_left_to_send_clears() {
        let (sender, events) = mpsc::channel();
        drop(sender);
        assert_eq!(wait(&events, Duration::from_secs(600)), Event::Clear);
    }
}
