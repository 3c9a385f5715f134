//! The program: a holder of the clipboard where it is started as one, otherwise what the arguments say.

use std::env;
use std::process::ExitCode;

use tresor::clipboard::{Environment, HOLDER_ARGUMENT, holder};
use tresor::report::Failure;
use tresor::secret::heap::WipingHeap;
use tresor::tui::{Options, Source};
use tresor::{cli, hardening, tui};

/// What is freed is overwritten: libraries keep copies of secrets that they do not wipe.
#[global_allocator]
static HEAP: WipingHeap = WipingHeap;

fn main() -> ExitCode {
    if env::args_os().nth(1).is_some_and(|argument| argument == HOLDER_ARGUMENT) {
        return holder::run();
    }
    hardening::harden();
    hardening::outlive_file_limit();
    cli::run(screen)
}

fn screen(screen: cli::Screen) -> Result<(), Failure> {
    let environment = Environment::from_process();
    tui::run(match screen {
        cli::Screen::Vault { config, vault, state, key_file } => {
            Options { source: Source::File { vault, state }, config, key_file, environment }
        }
        cli::Screen::Sample(config) => {
            Options { source: Source::Sample, config, key_file: None, environment }
        }
    })
}
