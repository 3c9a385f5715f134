//! A process that copies and may be killed: this test program once more, running one ignored "test". What it is
//! to do is told by its environment; the values are not secret.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, io, thread};

use tresor::clipboard::{Clipboard, Environment};
use tresor::secret::Secret;
use tresor::time::Timestamp;

use crate::{CLEAR_AFTER, Program};

/// The arguments that make this test program the copying process.
pub const ARGUMENTS: [&str; 4] = ["--exact", "copier::copying_process", "--ignored", "--nocapture"];

/// What the process does after copying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    Quit,
    Stay,
    Clear,
}

/// The variables for a process that copies `value`.
pub fn variables(program: &Program, value: &str, then: Then) -> Vec<(&'static str, String)> {
    vec![
        ("COPIER_HOLDER", program.path().to_str().unwrap().to_owned()),
        ("COPIER_VALUE", value.to_owned()),
        ("COPIER_CLEAR_AFTER", CLEAR_AFTER.as_millis().to_string()),
        ("COPIER_THEN", format!("{then:?}")),
    ]
}

/// Starts one on `display`. It says `open`, and copies when it is sent a line.
pub fn spawn(program: &Program, value: &str, then: Then, display: &str) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(ARGUMENTS)
        .env_clear()
        .envs(variables(program, value, then))
        .envs([("DISPLAY", display), ("COPIER_ASKS", "yes")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
#[ignore = "not a test, but the process that tests start to copy and kill"]
fn copying_process() {
    let Some(holder) = env::var_os("COPIER_HOLDER") else { return };
    let variable = |name| env::var(name).unwrap();
    let clipboard = Clipboard::open(Environment::new(PathBuf::from(holder), |name| env::var_os(name)));
    println!("open");
    if env::var_os("COPIER_ASKS").is_some() {
        io::stdin().read_line(&mut String::new()).unwrap();
    }
    let clear_after = Duration::from_millis(variable("COPIER_CLEAR_AFTER").parse().unwrap());
    let ticket = clipboard
        .copy(&Secret::copy_of(variable("COPIER_VALUE").as_bytes()), clear_after, Timestamp(0))
        .unwrap_or_else(|error| panic!("{error}"));
    println!("copied to the {}", ticket.backend());
    match variable("COPIER_THEN").as_str() {
        "Stay" => thread::sleep(Duration::from_secs(30)),
        "Clear" => ticket.clear_now().unwrap(),
        _ => {}
    }
}
