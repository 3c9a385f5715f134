//! Copying to a terminal.

use std::process::Command;
use std::time::Duration;

use crate::copier::{ARGUMENTS, Then};
use crate::terminal::Terminal;
use crate::world::have;
use crate::{CLEAR_AFTER, LATE, Program, within};

const VALUE: &str = "hunter2";
const SET: &[u8] = b"\x1b]52;c;aHVudGVyMg==\x07";
const CLEAR: &[u8] = b"\x1b]52;c;\x07";
/// A process that opens the clipboard, copies and quits, on a busy machine.
const START: Duration = Duration::from_secs(5);

#[test]
fn set_at_once_and_emptied_at_the_time_though_the_program_quit() {
    let program = Program::new();
    let mut terminal = Terminal::run("copier; echo quit; sleep 2", &program, VALUE, Then::Quit, &[]);
    let set = terminal.arrival(SET, START);
    let quit = terminal.arrival(b"quit", START);
    assert!(quit.duration_since(set) < CLEAR_AFTER);
    let cleared = terminal.arrival(CLEAR, CLEAR_AFTER + LATE).duration_since(set);
    assert!(cleared >= CLEAR_AFTER && cleared < CLEAR_AFTER + LATE, "{cleared:?}");
    assert!(terminal.count(b"copied to the terminal (OSC 52)") == 1);
    assert!(terminal.wait() && program.processes().is_empty());
    assert_eq!((terminal.count(SET), terminal.count(CLEAR)), (1, 1));
}

#[test]
fn a_second_copy_is_not_emptied_at_the_time_of_the_first() {
    let program = Program::new();
    let script = "copier; sleep 0.7; echo second; copier; sleep 2";
    let mut terminal = Terminal::run(script, &program, VALUE, Then::Quit, &[]);
    let second = terminal.arrival(b"second", START);
    let cleared = terminal.arrival(CLEAR, CLEAR_AFTER + LATE * 2).duration_since(second);
    assert!(cleared >= CLEAR_AFTER, "{cleared:?}");
    assert!(terminal.wait());
    assert_eq!((terminal.count(SET), terminal.count(CLEAR)), (2, 1));
}

#[test]
fn emptied_though_the_program_was_killed() {
    let program = Program::new();
    let script = "copier & sleep 0.8; kill -9 $!; sleep 2";
    let terminal = Terminal::run(&format!("exec 2>/dev/null; {script}"), &program, VALUE, Then::Stay, &[]);
    let set = terminal.arrival(SET, START);
    let cleared = terminal.arrival(CLEAR, CLEAR_AFTER + LATE).duration_since(set);
    assert!(cleared < CLEAR_AFTER + LATE, "{cleared:?}");
}

#[test]
fn emptied_early_on_demand() {
    let program = Program::new();
    let mut terminal = Terminal::run("copier; echo quit; sleep 0.3", &program, VALUE, Then::Clear, &[]);
    let set = terminal.arrival(SET, START);
    assert!(terminal.arrival(CLEAR, START).duration_since(set) < CLEAR_AFTER);
    assert!(terminal.wait() && program.processes().is_empty());
    let output = terminal.output();
    let at = |sequence: &[u8]| output.windows(sequence.len()).position(|window| window == sequence).unwrap();
    // It is done when the program is told so.
    assert!(at(SET) < at(CLEAR) && at(CLEAR) < at(b"quit"));
}

#[test]
fn emptied_at_logout_but_not_at_a_hang_up() {
    let program = Program::new();
    let terminal = Terminal::run("copier; sleep 3", &program, VALUE, Then::Quit, &[]);
    let set = terminal.arrival(SET, START);
    assert!(within(CLEAR_AFTER / 2, || terminal.count(b"copied to") == 1));
    program.signal("-HUP");
    assert!(!within(CLEAR_AFTER / 5, || program.processes().is_empty() || terminal.count(CLEAR) > 0));
    program.signal("-TERM");
    assert!(terminal.arrival(CLEAR, START).duration_since(set) < CLEAR_AFTER);
    terminal.close();
}

#[test]
fn a_closed_terminal_ends_the_holder_at_its_time() {
    let program = Program::new();
    let terminal = Terminal::run("copier; sleep 30", &program, VALUE, Then::Quit, &[]);
    terminal.arrival(SET, START);
    terminal.close();
    assert!(!program.processes().is_empty());
    assert!(within(CLEAR_AFTER + LATE, || program.processes().is_empty()));
}

#[test]
fn a_holder_that_comes_late_leaves_nothing_behind() {
    let program = Program::late();
    let mut terminal = Terminal::run("copier; echo quit; sleep 1", &program, VALUE, Then::Quit, &[]);
    terminal.arrival(b"the terminal (OSC 52) does not answer", START);
    assert!(terminal.wait());
    let output = terminal.output();
    let last =
        output.windows(SET.len()).rposition(|window| window == SET).map(|at| &output[at + SET.len()..]);
    // Whether it came to set anything or not: the last word is an empty set.
    assert!(last.is_none_or(|after| after.windows(CLEAR.len()).any(|window| window == CLEAR)), "{output:?}");
}

#[test]
fn without_a_terminal_there_is_nothing_to_copy_to() {
    if !have(&["setsid"]) {
        return;
    }
    let program = Program::new();
    let script = format!("exec setsid -w \"$COPIER\" {}", ARGUMENTS.join(" "));
    let mut terminal = Terminal::run(&script, &program, VALUE, Then::Quit, &[]);
    assert!(!terminal.wait());
    terminal.arrival(b"the terminal (OSC 52) cannot be reached", START);
    assert_eq!(terminal.count(SET), 0);
}

/// Inside a multiplexer the sequence is wrapped as that one takes it.
#[test]
fn wrapped_for_what_is_in_between() {
    let in_tmux = [SET, b"\x1bPtmux;\x1b", SET, b"\x1b\\"].concat();
    let in_screen = [b"\x1bP", SET, b"\x1b\\"].concat();
    let cases = [
        (("STY", "1234.pts-0.host"), &in_screen),
        // The tmux of another machine, through SSH; a tmux that cannot be asked.
        (("TERM", "tmux-256color"), &in_tmux),
        (("TMUX", "/no/such/socket,1,0"), &in_tmux),
    ];
    for (variable, expected) in cases {
        let program = Program::new();
        let mut terminal = Terminal::run("copier; sleep 0.3", &program, VALUE, Then::Clear, &[variable]);
        assert!(terminal.wait());
        terminal.arrival(expected, START);
        terminal.arrival(CLEAR, START);
    }
}

/// With tmux as it is by default, where neither the bare sequence nor a wrapped one gets through.
#[test]
fn through_tmux_and_past_its_paste_buffers() {
    if !have(&["tmux"]) {
        return;
    }
    for setting in ["external", "on"] {
        let program = Program::new();
        let socket = program.path().file_name().unwrap().to_str().unwrap();
        let inside = format!(
            "\"$COPIER\" {}; echo buffers: $(tmux -L {socket} list-buffers | wc -l); sleep 2.5",
            ARGUMENTS.join(" ")
        );
        let script = format!(
            "tmux -L {socket} -f /dev/null set -s set-clipboard {setting} ';' new-session \"$INSIDE\""
        );
        let terminal = Terminal::run(&script, &program, VALUE, Then::Quit, &[("INSIDE", &inside)]);
        let set = terminal.arrival(SET, START);
        terminal.arrival(b"buffers: 0", START);
        let cleared = terminal.arrival(CLEAR, CLEAR_AFTER + LATE).duration_since(set);
        assert!(cleared < CLEAR_AFTER + LATE, "{setting}: {cleared:?}");
        assert!(Command::new("tmux").args(["-L", socket, "kill-server"]).status().unwrap().success());
    }
}
