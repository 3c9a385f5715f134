//! A person at a terminal: types keys, reads the screen, and has a home of their own.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

/// How long the slowest thing (the key derivation of an unoptimised build on a busy machine) may take.
const PATIENCE: Duration = Duration::from_secs(60);
pub const ENTER: &str = "\r";
pub const ESC: &str = "\x1b";
pub const DOWN: &str = "\x1b[B";
pub const CTRL_C: &str = "\x03";
pub const CTRL_L: &str = "\x0c";

/// A home folder, removed when dropped.
pub struct Home(PathBuf);

impl Home {
    /// A new home whose configuration clears the clipboard after `clear_after` seconds.
    pub fn new(clear_after: u32) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        // Of one length, for a screen that shows it breaks its lines by that.
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("tresor-screen-{:07}-{count:02}", std::process::id());
        let home = Self(std::env::temp_dir().join(name));
        let config = home.0.join(".config/tresor");
        fs::create_dir_all(&config).unwrap();
        fs::write(config.join("config.toml"), format!("clear-after = {clear_after}\n")).unwrap();
        home
    }

    /// Adds a line to its configuration.
    pub fn sets(&self, line: &str) {
        let config = self.0.join(".config/tresor/config.toml");
        fs::write(&config, fs::read_to_string(&config).unwrap() + line + "\n").unwrap();
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The real program in a pseudo-terminal.
pub struct Person {
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn Write + Send>,
    seen: Arc<Mutex<(vt100::Parser, Vec<u8>)>>,
}

#[allow(dead_code)] // several test programs share it, each with what it needs
impl Person {
    /// Starts the program with `arguments` in a terminal of 80 by 24, with `display` as its X11 display.
    pub fn starts(home: &Home, arguments: &[&str], display: Option<&str>) -> Self {
        Self::starts_under(&[], home, arguments, display)
    }

    /// As [`Person::starts`], run by another program: `setpriv` and its arguments.
    pub fn starts_under(under: &[&str], home: &Home, arguments: &[&str], display: Option<&str>) -> Self {
        let size = PtySize { rows: 24, cols: 80, ..PtySize::default() };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = [under, &[env!("CARGO_BIN_EXE_tresor")], arguments].concat().into_iter();
        let mut program = CommandBuilder::new(command.next().unwrap());
        program.args(command);
        program.env_clear();
        program.env("HOME", home.path());
        program.env("TERM", "xterm-256color");
        program.env("PATH", "/usr/local/bin:/usr/bin:/bin");
        if let Some(display) = display {
            program.env("DISPLAY", display);
        }
        let child = pair.slave.spawn_command(program).unwrap();
        drop(pair.slave);
        let seen = Arc::new(Mutex::new((parser(), Vec::new())));
        let keyboard = pair.master.take_writer().unwrap();
        let mut terminal = pair.master.try_clone_reader().unwrap();
        let eyes = Arc::clone(&seen);
        thread::spawn(move || {
            let _master = pair.master;
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = terminal.read(&mut buffer) {
                let mut seen = eyes.lock().unwrap();
                seen.0.process(&buffer[..count]);
                seen.1.extend_from_slice(&buffer[..count]);
            }
        });
        Self { child, keyboard, seen }
    }

    /// Presses keys.
    pub fn types(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Waits until the screen shows `text`.
    pub fn sees(&self, text: &str) {
        self.waits(|screen| screen.contains(text), text);
    }

    /// Waits until the screen no longer shows `text`.
    pub fn no_longer_sees(&self, text: &str) {
        self.waits(|screen| !screen.contains(text), text);
    }

    /// What the screen shows now.
    pub fn screen(&self) -> String {
        self.seen.lock().unwrap().0.screen().contents()
    }

    /// Every byte that ever came.
    pub fn bytes(&self) -> Vec<u8> {
        self.seen.lock().unwrap().1.clone()
    }

    /// Whether `sequence` came within `limit`.
    pub fn receives(&self, sequence: &[u8], limit: Duration) -> bool {
        let start = Instant::now();
        while start.elapsed() < limit {
            if self.bytes().windows(sequence.len()).any(|window| window == sequence) {
                return true;
            }
            thread::sleep(Duration::from_millis(20));
        }
        false
    }

    /// The number of the program's process.
    pub fn id(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Sends the program a signal: `-TERM`.
    pub fn signals(&self, signal: &str) {
        let id = self.id().to_string();
        assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Whether it asks for a password before it ends.
    pub fn asks(&mut self) -> bool {
        loop {
            if self.screen().contains("assword") {
                return true;
            }
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits for the program's end; whether it was a good one.
    pub fn leaves(&mut self) -> bool {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
            assert!(start.elapsed() < PATIENCE, "it does not end:\n{}", self.screen());
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn waits(&self, condition: impl Fn(&str) -> bool, text: &str) {
        let start = Instant::now();
        while !condition(&self.screen()) {
            assert!(start.elapsed() < PATIENCE, "waited for {text:?}:\n{}", self.screen());
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn parser() -> vt100::Parser {
    let size = |number| std::num::NonZeroU16::new(number).unwrap();
    vt100::Parser::new(size(24), size(80), 0)
}
