//! What the process gives up at its start, so that no other process of the same user reads its memory and no
//! core file is written; and what it does not die of.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Makes the process undumpable (which also refuses ptrace and /proc/PID/mem to other processes of this
/// user) and sets its core limit to zero. Gives whether the system did both.
pub fn harden() -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
        let undumpable = set_dumpable_behavior(DumpableBehavior::NotDumpable).is_ok();
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        undumpable && setrlimit(Resource::Core, none).is_ok()
    }
    #[cfg(not(target_os = "linux"))]
    false
}

/// A file that must not grow any further (`ulimit -f`) fails the write that would make it grow, as a full disk
/// does, instead of ending the process in the middle of a save.
pub fn outlive_file_limit() {
    #[cfg(unix)]
    {
        let signal = rustix::process::Signal::XFSZ.as_raw();
        // Nobody looks at the flag: that there is a handler is what counts.
        let _ = signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false)));
    }
}
