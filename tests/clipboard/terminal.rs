//! A pseudo-terminal of the test's own, and what arrives at it.

use std::env;
use std::io::Read;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

use crate::copier::{ARGUMENTS, Then, variables};
use crate::{Program, within};

/// Everything that arrived, and when.
type Arrivals = Mutex<Vec<(Instant, Vec<u8>)>>;

pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    arrived: Arc<Arrivals>,
}

impl Terminal {
    /// Runs `script` in a shell whose function `copier` copies `value`.
    pub fn run(script: &str, program: &Program, value: &str, then: Then, more: &[(&str, &str)]) -> Self {
        let pair =
            native_pty_system().openpty(PtySize { rows: 24, cols: 200, ..PtySize::default() }).unwrap();
        let mut shell = CommandBuilder::new("sh");
        shell.arg("-c");
        shell.arg(format!("copier() {{ \"$COPIER\" {}; }}; {script}", ARGUMENTS.join(" ")));
        shell.env_clear();
        shell.env("COPIER", env::current_exe().unwrap());
        for (name, value) in variables(program, value, then) {
            shell.env(name, value);
        }
        let ordinary = [("TERM", "xterm-256color"), ("PATH", "/usr/local/bin:/usr/bin:/bin")];
        for (name, value) in ordinary.iter().chain(more) {
            shell.env(name, value);
        }
        let child = pair.slave.spawn_command(shell).unwrap();
        drop(pair.slave);
        let arrived = Arc::<Arrivals>::default();
        let mut terminal = pair.master.try_clone_reader().unwrap();
        let log = Arc::clone(&arrived);
        thread::spawn(move || {
            let _master = pair.master;
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = terminal.read(&mut buffer) {
                log.lock().unwrap().push((Instant::now(), buffer[..count].to_vec()));
            }
        });
        Self { child, arrived }
    }

    /// Everything that arrived.
    pub fn output(&self) -> Vec<u8> {
        self.arrived.lock().unwrap().iter().flat_map(|(_, bytes)| bytes.clone()).collect()
    }

    /// How often `sequence` arrived.
    pub fn count(&self, sequence: &[u8]) -> usize {
        self.output().windows(sequence.len()).filter(|window| *window == sequence).count()
    }

    /// Waits for `sequence`, and says when it came.
    pub fn arrival(&self, sequence: &[u8], limit: Duration) -> Instant {
        let came = within(limit, || self.count(sequence) > 0);
        assert!(came, "{:?}", String::from_utf8_lossy(&self.output()));
        let arrived = self.arrived.lock().unwrap();
        let mut seen = Vec::new();
        for (when, bytes) in arrived.iter() {
            seen.extend_from_slice(bytes);
            if seen.windows(sequence.len()).any(|window| window == sequence) {
                return *when;
            }
        }
        unreachable!()
    }

    pub fn wait(&mut self) -> bool {
        self.child.wait().unwrap().success()
    }

    /// Closes the terminal as its window would be closed.
    pub fn close(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
