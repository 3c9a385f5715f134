//! Copying to a display.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, thread};

use tresor::clipboard::{Backend, Clipboard, ClipboardError, HOLDER_ARGUMENT, MAX_VALUE};
use tresor::secret::Secret;
use tresor::time::Timestamp;

use crate::copier::{self, Then};
use crate::display::{Display, copy, environment};
use crate::world::have;
use crate::{CLEAR_AFTER, LATE, Program, within};

const SECRET: &str = "hunter2 \u{1f511} \u{fc}ber\n";

macro_rules! need_x11 {
    () => {
        if !have(&["Xvfb", "xclip"]) {
            return;
        }
    };
}

fn sleep_until(start: Instant, millis: u64) {
    thread::sleep((start + Duration::from_millis(millis)).saturating_duration_since(Instant::now()));
}

#[test]
fn arrives_with_the_hint_and_is_gone_after_its_time() {
    need_x11!();
    let (display, program) = (Display::start(), Program::new());
    let start = Instant::now();
    let ticket = copy(&display.clipboard(&program), SECRET);
    assert_eq!((ticket.backend(), ticket.deadline()), (Backend::X11, Timestamp(1000)));
    assert_eq!(display.paste().unwrap(), SECRET.as_bytes());

    let targets = String::from_utf8(display.convert("TARGETS").unwrap()).unwrap();
    assert!(targets.lines().any(|target| target == "x-kde-passwordManagerHint"), "{targets}");
    assert!(!targets.contains("SAVE_TARGETS"), "{targets}");
    assert_eq!(display.convert("x-kde-passwordManagerHint").unwrap(), b"secret");

    sleep_until(start, 800);
    assert!(ticket.is_held() && display.paste().unwrap() == SECRET.as_bytes());
    assert!(
        within((start + CLEAR_AFTER + LATE).saturating_duration_since(Instant::now()), || display.is_empty())
    );
    assert!(!ticket.is_held());
    assert!(within(LATE, || program.processes().is_empty() && display.paste().is_none()));
}

#[test]
fn what_another_program_copied_is_left_alone() {
    need_x11!();
    let (display, program) = (Display::start(), Program::new());
    let ticket = copy(&display.clipboard(&program), SECRET);
    display.copy_elsewhere(b"of another program");
    // The holder ends at once, and the value with it.
    assert!(within(CLEAR_AFTER / 2, || program.processes().is_empty() && !ticket.is_held()));
    let start = Instant::now();
    while start.elapsed() < CLEAR_AFTER + LATE / 2 {
        assert_eq!(display.paste().unwrap(), b"of another program");
        thread::sleep(Duration::from_millis(100));
    }
    ticket.clear_now().unwrap();
    assert_eq!(display.paste().unwrap(), b"of another program");
}

#[test]
fn a_second_copy_has_its_own_time() {
    need_x11!();
    // The same value again is a new copy as much as another one.
    for second in ["another value", SECRET] {
        let (display, program) = (Display::start(), Program::new());
        let clipboard = display.clipboard(&program);
        let first = copy(&clipboard, SECRET);
        thread::sleep(CLEAR_AFTER * 6 / 10);
        let start = Instant::now();
        let ticket = copy(&clipboard, second);
        assert!(within(LATE / 2, || !first.is_held() && program.processes().len() == 1));
        while start.elapsed() < CLEAR_AFTER * 8 / 10 {
            assert_eq!(display.paste().unwrap(), second.as_bytes());
            thread::sleep(Duration::from_millis(50));
        }
        assert!(ticket.is_held());
        assert!(within(LATE + CLEAR_AFTER * 2 / 10, || display.is_empty()));
    }
}

#[test]
fn outlives_the_program_that_was_killed() {
    need_x11!();
    let (display, program) = (Display::start(), Program::new());
    let mut copier = copier::spawn(&program, SECRET, Then::Stay, &display.name);
    copier.stdin.take().unwrap().write_all(b"\n").unwrap();
    assert!(within(CLEAR_AFTER * 5, || display.paste().is_some()));
    let start = Instant::now();
    copier.kill().unwrap();
    copier.wait().unwrap();
    // Its value, its session and its timer live on.
    program.signal("-HUP");
    thread::sleep(CLEAR_AFTER / 2);
    assert_eq!(display.paste().unwrap(), SECRET.as_bytes());
    assert!(
        within((start + CLEAR_AFTER + LATE).saturating_duration_since(Instant::now()), || display.is_empty())
    );
}

#[test]
fn clears_early_on_demand_and_at_logout() {
    need_x11!();
    let (display, program) = (Display::start(), Program::new());
    let clipboard = display.clipboard(&program);
    copy(&clipboard, SECRET).clear_now().unwrap();
    assert!(display.is_empty());

    let ticket = copy(&clipboard, SECRET);
    // Only the new one: the other stays a moment with an empty text.
    assert!(within(LATE, || program.processes().len() == 1));
    let start = Instant::now();
    program.signal("-TERM");
    assert!(within(CLEAR_AFTER / 2, || display.is_empty()), "{:?}", start.elapsed());
    assert!(within(LATE, || program.processes().is_empty()));
    // Nothing is left to clear.
    ticket.clear_now().unwrap();
}

#[test]
fn the_holder_shows_nothing_of_the_value() {
    need_x11!();
    let (display, program) = (Display::start(), Program::new());
    let _ticket = copy(&display.clipboard(&program), SECRET);
    let [holder] = program.processes().try_into().unwrap();
    let command_line = fs::read(holder.join("cmdline")).unwrap();
    let words: Vec<_> = command_line.split(|byte| *byte == 0).collect();
    assert_eq!(words[1..], [HOLDER_ARGUMENT.as_bytes(), b""]);
    let environment = fs::read(holder.join("environ"));
    if rustix::process::getuid().is_root() {
        // Root reads it all the same: the display is all there is.
        assert_eq!(environment.unwrap(), format!("DISPLAY={}\0", display.name).as_bytes());
    } else {
        // Not even its own user does, nor its memory: it is not dumpable.
        assert!(environment.is_err() && fs::File::open(holder.join("mem")).is_err());
    }
    assert_eq!(fs::read_link(holder.join("cwd")).ok().as_deref().unwrap_or(Path::new("/")), Path::new("/"));
    let limits = fs::read_to_string(holder.join("limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().collect::<Vec<_>>()[4..6], ["0", "0"]);
    // Its own session: field 6 of stat, after the name in parentheses.
    let stat = fs::read_to_string(holder.join("stat")).unwrap();
    let session = stat.rsplit_once(") ").unwrap().1.split(' ').nth(3).unwrap();
    assert_eq!(session, holder.file_name().unwrap());
}

#[test]
fn the_longest_value_goes_through() {
    need_x11!();
    let (display, program) = (Display::start(), Program::new());
    let clipboard = display.clipboard(&program);
    let longest: String = ('a'..='z').cycle().take(MAX_VALUE).collect();
    let ticket = copy(&clipboard, &longest);
    assert!(display.paste().unwrap() == longest.as_bytes());
    ticket.clear_now().unwrap();
    let longer = Secret::copy_of(&[b'x'; MAX_VALUE + 1]);
    let error = clipboard.copy(&longer, CLEAR_AFTER, Timestamp(0)).unwrap_err();
    assert!(matches!(error, ClipboardError::TooLong { limit: MAX_VALUE, .. }));
}

/// GNOME's compositor and others fill a clipboard without an owner with what they saw on it last.
#[test]
fn a_manager_that_refills_an_empty_clipboard_has_no_value_to_refill() {
    need_x11!();
    let (display, program) = (Display::start(), Program::new());
    let _ticket = copy(&display.clipboard(&program), SECRET);
    let (start, mut last, mut refilled) = (Instant::now(), Vec::new(), false);
    while start.elapsed() < CLEAR_AFTER + LATE {
        match display.paste() {
            Some(text) => last = text,
            None => {
                display.copy_elsewhere(&last);
                refilled = true;
            }
        }
        thread::sleep(Duration::from_millis(20));
    }
    assert!(refilled && display.is_empty());
}

#[test]
fn killed_while_the_display_is_silent_leaves_no_holder_waiting() {
    need_x11!();
    let (display, program) = (Display::start(), Program::new());
    let mut copier = copier::spawn(&program, SECRET, Then::Stay, &display.name);
    let mut said = BufReader::new(copier.stdout.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap() == "open"));
    display.signal("-STOP");
    copier.stdin.take().unwrap().write_all(b"\n").unwrap();
    assert!(within(CLEAR_AFTER, || program.processes().len() == 1));
    copier.kill().unwrap();
    copier.wait().unwrap();
    assert!(within(Duration::from_millis(2500), || program.processes().is_empty()));
    display.signal("-CONT");
    assert!(display.is_empty());
}

#[test]
fn a_display_that_is_silent_hangs_nobody() {
    // Accepts connections, and never says a word.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let number = listener.local_addr().unwrap().port().checked_sub(6000).unwrap();
    let program = Program::new();
    let start = Instant::now();
    let clipboard = Clipboard::open(environment(&program, &format!("127.0.0.1:{number}")));
    assert_eq!(clipboard.backend(), Backend::Terminal);
    assert!(start.elapsed() < Duration::from_millis(1500), "{:?}", start.elapsed());
    assert!(program.processes().is_empty());
    // And where nobody is at all.
    let start = Instant::now();
    drop(listener);
    let clipboard = Clipboard::open(environment(&program, &format!("127.0.0.1:{number}")));
    assert_eq!(clipboard.backend(), Backend::Terminal);
    assert!(start.elapsed() < Duration::from_millis(900), "{:?}", start.elapsed());
}

#[test]
fn a_display_that_stops_answering_gets_no_value_later() {
    need_x11!();
    let (display, program) = (Display::start(), Program::new());
    let clipboard = display.clipboard(&program);
    display.signal("-STOP");
    let secret = Secret::copy_of(SECRET.as_bytes());
    let start = Instant::now();
    let error = clipboard.copy(&secret, CLEAR_AFTER, Timestamp(0)).unwrap_err();
    assert!(matches!(error, ClipboardError::Silent(Backend::X11)), "{error}");
    assert!(start.elapsed() < Duration::from_millis(1500), "{:?}", start.elapsed());
    assert!(program.processes().is_empty());

    display.signal("-CONT");
    thread::sleep(Duration::from_millis(200));
    assert!(display.is_empty());
    drop(display);
    let error = clipboard.copy(&secret, CLEAR_AFTER, Timestamp(0)).unwrap_err();
    assert!(matches!(error, ClipboardError::Unreachable(Backend::X11)), "{error}");
}
