//! The clipboard from outside: real X servers (Xvfb) read by xclip, real pseudo-terminals, a real tmux, and the
//! real program as the holder. A test skips, visibly, where a tool is missing, and fails instead under `CI=true`.

mod copier;
mod display;
mod in_terminal;
mod on_display;
mod terminal;
#[path = "../world/mod.rs"]
mod world;

use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use std::{env, fs};

/// The time before clearing that most tests use.
const CLEAR_AFTER: Duration = Duration::from_millis(1000);
/// What is promised: gone within its time and this much.
const LATE: Duration = Duration::from_millis(1000);

/// Whether `condition` comes true within `limit`.
fn within(limit: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    loop {
        if condition() {
            return true;
        }
        if start.elapsed() > limit {
            return false;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// The program under a name of its own, by which a test finds the holders that it started.
struct Program {
    path: PathBuf,
}

impl Program {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("tresor-holder-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = env::temp_dir().join(name);
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_tresor"), &path).unwrap();
        Self { path }
    }

    /// One that is slow to start: longer than any program waits.
    fn late() -> Self {
        let Self { path } = &Self::new();
        let path = path.with_extension("late");
        // Written by another process, since a file that a thread of this one has open cannot be executed.
        let write = "printf '#!/bin/sh\nsleep 1.2; exec \"%s\" \"$@\"' \"$1\" > \"$0\" && chmod +x \"$0\"";
        let status =
            Command::new("sh").args(["-c", write]).arg(&path).arg(env!("CARGO_BIN_EXE_tresor")).status();
        assert!(status.unwrap().success());
        Self { path }
    }

    fn path(&self) -> &Path {
        &self.path
    }

    /// The folders in /proc of its processes that live.
    fn processes(&self) -> Vec<PathBuf> {
        let name = self.path.file_name().unwrap().as_encoded_bytes();
        let is_ours = |process: &PathBuf| {
            fs::read(process.join("cmdline"))
                .is_ok_and(|line| line.split(|byte| *byte == 0).next() == Some(name))
        };
        fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path()).filter(is_ours).collect()
    }

    fn signal(&self, signal: &str) {
        for process in self.processes() {
            let status = Command::new("kill").arg(signal).arg(process.file_name().unwrap()).status();
            assert!(status.unwrap().success());
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}
