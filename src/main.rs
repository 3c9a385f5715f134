//! The program: a holder of the clipboard where it is started as one.

use std::env;
use std::process::ExitCode;

use tresor::clipboard::{HOLDER_ARGUMENT, holder};

fn main() -> ExitCode {
    if env::args_os().nth(1).is_some_and(|argument| argument == HOLDER_ARGUMENT) {
        return holder::run();
    }
    ExitCode::FAILURE
}
