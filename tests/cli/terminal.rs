//! The program at a pseudo-terminal: prompts, and what a person sees.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::home::{Home, PASSWORD};

pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn Write + Send>,
    screen: Arc<Mutex<Vec<u8>>>,
    reader: thread::JoinHandle<()>,
    master: Box<dyn MasterPty + Send>,
    /// Length of what was waited for.
    awaited: usize,
}

impl Terminal {
    pub fn start(home: &Home, arguments: &[&str]) -> Self {
        let pair =
            native_pty_system().openpty(PtySize { rows: 24, cols: 500, ..PtySize::default() }).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tresor"));
        command.args(arguments);
        command.env_clear();
        command.cwd(home.path(""));
        command.env("TERM", "xterm-256color");
        for (name, value) in home.variables() {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = Arc::<Mutex<Vec<u8>>>::default();
        let mut output = pair.master.try_clone_reader().unwrap();
        let keyboard = pair.master.take_writer().unwrap();
        let log = Arc::clone(&screen);
        let reader = thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut buffer) {
                log.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
        });
        Self { child, keyboard, screen, reader, master: pair.master, awaited: 0 }
    }

    /// Runs a command to its end, with the password typed where it is asked for, and nothing else.
    pub fn run(home: &Home, arguments: &[&str]) -> (i32, Vec<u8>) {
        let mut terminal = Self::start(home, arguments);
        let mut answered = 0;
        let start = Instant::now();
        while terminal.child.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < Duration::from_secs(60), "{arguments:?}: {}", terminal.seen());
            let seen = terminal.seen();
            if seen.matches("Master password: ").count() > answered {
                answered += 1;
                terminal.types(&format!("{PASSWORD}\r"));
            } else if seen.ends_with("(empty for none): ") || seen.ends_with("[y/N] ") {
                let answer = if seen.ends_with("[y/N] ") { "y\r" } else { "\r" };
                terminal.types(answer);
                thread::sleep(Duration::from_millis(100));
            }
            thread::sleep(Duration::from_millis(5));
        }
        terminal.end()
    }

    pub fn types(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    pub fn seen(&self) -> String {
        String::from_utf8_lossy(&self.screen.lock().unwrap()).into_owned()
    }

    /// Waits for `text`, which comes behind all that was waited for before.
    pub fn waits_for(&mut self, text: &str) {
        let start = Instant::now();
        while !self.seen().get(self.awaited..).is_some_and(|new| new.ends_with(text)) {
            assert!(start.elapsed() < Duration::from_secs(30), "{text:?} does not come: {}", self.seen());
            thread::sleep(Duration::from_millis(5));
        }
        self.awaited = self.seen().len();
    }

    /// The exit status, as soon as the program has ended.
    pub fn status(&mut self) -> i32 {
        i32::try_from(self.child.wait().unwrap().exit_code()).unwrap()
    }

    /// The exit status and everything that was shown, also by a process that the program has left behind.
    pub fn end(mut self) -> (i32, Vec<u8>) {
        let status = self.status();
        // Ends when nobody has the terminal open any more. The keyboard stays until then: dropped, it types.
        self.reader.join().unwrap();
        drop((self.keyboard, self.master));
        let seen = std::mem::take(&mut *self.screen.lock().unwrap());
        (status, seen)
    }
}

fn text((status, seen): (i32, Vec<u8>)) -> (i32, String) {
    (status, String::from_utf8(seen).unwrap())
}

#[test]
fn a_new_password_is_asked_for_twice_and_never_shown() {
    let home = Home::empty();
    let mut terminal = Terminal::start(&home, &["init", "--kdf-memory", "64"]);
    terminal.waits_for("New master password: ");
    terminal.types(&format!("{PASSWORD}\r"));
    terminal.waits_for("Once more: ");
    terminal.types("something else\r");
    terminal.waits_for("New master password: ");
    terminal.types(&format!("x{PASSWORD}\u{7f}\u{15}{PASSWORD}é\u{7f}\r"));
    terminal.waits_for("Once more: ");
    terminal.types(&format!("{PASSWORD}\r"));
    let (status, seen) = text(terminal.end());
    assert!(
        status == 0 && seen.contains("These differ; try again.") && seen.contains("Made the vault"),
        "{seen}"
    );
    assert!(!seen.contains("horse") && !seen.contains("something"), "{seen}");
    home.run(&["ls"]).ok();
}

#[test]
fn a_person_who_mistypes_is_asked_again_three_times_in_all() {
    let home = Home::new();
    home.add("a", "s3cret", &[]);
    let mut terminal = Terminal::start(&home, &["get", "a"]);
    terminal.waits_for("Master password: ");
    terminal.types("wrong\r");
    terminal.waits_for("That is not the master password; the vault itself is intact.\r\nMaster password: ");
    terminal.types(&format!("{PASSWORD}\r"));
    let (status, seen) = text(terminal.end());
    assert!(status == 0 && seen.ends_with("s3cret\r\n"), "{status} {seen:?}");
    let mut terminal = Terminal::start(&home, &["get", "a"]);
    for _ in 0..3 {
        terminal.waits_for("Master password: ");
        terminal.types("wrong\r");
    }
    let (status, seen) = text(terminal.end());
    assert!(status == 3 && seen.contains("wrong master password"), "{seen}");
}

#[test]
fn control_c_at_a_question_is_the_end_of_it() {
    let home = Home::new();
    let before = home.bytes();
    for (keys, arguments) in [("\u{3}", &["add", "x"][..]), ("\u{4}", &["passwd"])] {
        let mut terminal = Terminal::start(&home, arguments);
        terminal.waits_for("Master password: ");
        terminal.types(keys);
        let (status, seen) = text(terminal.end());
        assert!(status == 1 && seen.contains("cancelled") && seen.contains("Nothing was changed."), "{seen}");
    }
    assert!(home.bytes() == before);
}

#[test]
fn what_is_typed_as_standard_input_is_not_shown_either() {
    let home = Home::new();
    let mut terminal = Terminal::start(&home, &["--password-stdin", "add", "a", "--secret-stdin"]);
    terminal.waits_for("Master password: ");
    terminal.types(&format!("{PASSWORD}\r"));
    terminal.waits_for("the password: ");
    terminal.types("s3cret\r");
    let (status, seen) = text(terminal.end());
    assert!(
        status == 0 && seen.contains("Added a") && !seen.contains("s3cret") && !seen.contains("horse"),
        "{seen}"
    );
    assert_eq!(home.run(&["get", "a"]).ok(), "s3cret\n");
}

#[test]
fn deleting_for_good_wants_consent_from_a_person() {
    let home = Home::new();
    home.add("a", "pw", &[]);
    for (answer, status, left) in [("n\r", 1, 1), ("\r", 1, 1), ("y\r", 0, 0)] {
        let mut terminal = Terminal::start(&home, &["rm", "--purge", "a"]);
        terminal.waits_for("Master password: ");
        terminal.types(&format!("{PASSWORD}\r"));
        terminal.waits_for("Delete a and its history for good? [y/N] ");
        terminal.types(answer);
        assert_eq!(text(terminal.end()).0, status, "{answer:?}");
        assert_eq!(home.listed(&[]).len(), left);
    }
}

#[test]
fn columns_are_under_one_another_and_a_pipe_is_not() {
    let home = Home::new();
    home.add("日本", "pw", &["--username", "alice"]);
    home.add("GitHub", "pw", &["--username", "bob"]);
    let (_, seen) = text(Terminal::run(&home, &["ls"]));
    assert!(seen.ends_with("\r\nGitHub  bob\r\n日本    alice\r\n"), "{seen:?}");
}
