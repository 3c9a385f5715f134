//! The program: a holder of the clipboard where it is started as one, otherwise what the arguments say.

use std::env;
use std::process::ExitCode;

use tresor::clipboard::{HOLDER_ARGUMENT, holder};
use tresor::{cli, hardening};

fn main() -> ExitCode {
    if env::args_os().nth(1).is_some_and(|argument| argument == HOLDER_ARGUMENT) {
        return holder::run();
    }
    hardening::harden();
    cli::run()
}
