//! A folder of pass or gopass, whose files gpg decrypts.

use std::env;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;

use super::super::args::Import;
use super::super::context::{Context, now, save};
use super::super::progress::Progress;
use super::changed::Choosing;
use super::trashed::Restoring;
use super::{Told, tell};
use crate::exchange::Unlock;
use crate::gpg::Gpg;
use crate::report::{Exit, Failure, note};
use crate::session::tree::{Folder, TreeError};
use crate::session::{self, Source};

/// Imports a folder and reports on each of its files.
///
/// # Errors
/// Exit 1 where the folder is none of pass, or cannot be decrypted at all; exit 2 where the options are not for
/// folders; a file that cannot be decrypted makes it exit 8.
pub fn run(context: &mut Context, arguments: &Import, dir: &Path) -> Result<ExitCode, Failure> {
    let is_pass = arguments.from.as_deref().is_none_or(|name| matches!(name, "pass" | "gopass"));
    if !is_pass || !arguments.map.is_empty() || arguments.remove_source {
        return Err(Failure::usage("a folder is read as one of pass or gopass, and is not removed")
            .hint("Nothing was imported."));
    }
    let folder = Folder::find(dir)?;
    let gpg = Gpg::find(|name| env::var_os(name)).ok_or(TreeError::NoGpg)?;
    let (session, mut vault) = context.open()?;
    if context.can_ask() {
        note(&format!("gpg decrypts {} files, one after another.", folder.count()));
    }
    // Ctrl-C ends the program here, before anything was written.
    let mut progress = Progress::new("Decrypted", "files", 1);
    let tree = folder.read(&gpg, &mut |done| {
        progress.show(done, folder.count());
        ControlFlow::Continue(())
    });
    progress.end();
    let tree = tree?;
    let name = dir.file_name().unwrap_or(dir.as_os_str()).to_string_lossy();
    let mut choosing = Choosing::new(context, arguments);
    let mut restoring = Restoring::new(context, arguments);
    let mut import = session::Import {
        label: &format!("import of {name}"),
        dry_run: arguments.dry_run,
        choose: &mut |changed| choosing.choose(changed),
        restore: &mut |trashed| restoring.restore(trashed),
        progress: &mut |_| ControlFlow::Continue(()),
    };
    let source = Source::Read(&tree, &[], &Unlock::default());
    let report = session.import(&mut vault, &source, &mut import, now())?;
    if !arguments.dry_run && report.is_change() {
        save(&session, &mut vault)?;
    }
    tell(&report, &Told::default(), arguments, context.json)?;
    Ok(if report.skipped() > 0 { ExitCode::from(Exit::Partly as u8) } else { ExitCode::SUCCESS })
}
