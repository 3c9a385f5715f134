//! `export`: the entries in a file.

use std::path::Path;

use super::args::ExportFormat;
use super::context::Context;
use crate::report::Failure;

pub fn run(_: &mut Context, _: &Path, _: ExportFormat, _: bool, _: bool) -> Result<(), Failure> {
    Err(Failure::usage("not yet"))
}
