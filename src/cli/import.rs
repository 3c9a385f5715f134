//! `import`: the entries of another manager's export.

use std::path::Path;
use std::process::ExitCode;

use super::context::Context;
use crate::report::Failure;

pub fn run(_: &mut Context, _: &Path, _: Option<&str>, _: bool) -> Result<ExitCode, Failure> {
    Err(Failure::usage("not yet"))
}
