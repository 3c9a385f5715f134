//! The command line: one file for each verb, on top of a [`context::Context`] that knows where the vault is and
//! how to get at its password.

mod add;
mod args;
mod audit;
mod backup;
mod codes;
mod context;
mod copy;
mod doctor;
mod edit;
mod entries;
mod export;
mod field;
mod forgot;
mod generate;
mod generated;
mod history;
mod import;
mod info;
mod init;
mod kit;
mod merge;
mod otp;
mod output;
mod passwd;
mod profiles;
mod progress;
mod recipe;
mod recover;
mod remind;
mod renewal;
mod rotate;
mod seen;
mod sites;
mod slots;
mod trash;
mod undo;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Arguments, BackupAction, Command, SitesAction, TrashAction};
use context::Context;

use crate::config::Config;
use crate::format::KeyFile;
use crate::report::{Failure, note};
use crate::secret::pages;

/// What the screen is to be opened on, for `tresor` alone and `tresor demo`.
pub enum Screen {
    /// A vault file, which may not be there yet.
    Vault {
        /// The settings.
        config: Config,
        /// The file.
        vault: PathBuf,
        /// What this installation remembers.
        state: PathBuf,
        /// The key file, if one was named.
        key_file: Option<KeyFile>,
    },
    /// The sample, of which nothing is written.
    Sample(Config),
}

/// Runs the command that the arguments of the process name, and gives its exit status. `screen` shows the screen
/// until the user leaves it.
pub fn run(screen: fn(Screen) -> Result<(), Failure>) -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return explain(&error),
    };
    // The screen says it in its status line.
    let is_screen = matches!(arguments.command, None | Some(Command::Demo));
    let done = dispatch(arguments, screen);
    if pages::locking_failed() && !is_screen {
        note(pages::LOCKING_FAILED_WORDS);
    }
    match done {
        Ok(exit) => exit,
        Err(failure) => failure.report(),
    }
}

/// Help, the version, or what is wrong with the command line; clap's exit status for the last is 2.
fn explain(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        // It repeats arguments, which may be other people's text: nothing in it may drive the terminal.
        note(error.render().to_string().trim_end());
    } else {
        let _ = error.print();
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

fn dispatch(arguments: Arguments, screen: fn(Screen) -> Result<(), Failure>) -> Result<ExitCode, Failure> {
    let Some(command) = arguments.command else {
        screen(Context::new(arguments.global)?.into_screen()?)?;
        return Ok(ExitCode::SUCCESS);
    };
    // These need neither vault nor configuration.
    match &command {
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "tresor", &mut script);
            output::bytes(&script)?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Generate { recipe, count, save_profile, keep: false, .. } => {
            generate::run(arguments.global.json, &recipe::of(recipe)?, *count, save_profile.as_deref())?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Sites { action: SitesAction::Show { host } } => {
            sites::show(arguments.global.json, host)?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Sites { action: SitesAction::Import { dir } } => {
            return sites::take_over(arguments.global.json, dir);
        }
        _ => {}
    }
    let mut context = Context::new(arguments.global)?;
    context.saves_entries = command.saves_entries();
    match command {
        Command::Init(costs) => init::init(&mut context, &costs),
        Command::Add(new) => add::run(&mut context, new),
        Command::Ls { query, trash } => entries::list(&mut context, query.as_deref(), trash),
        Command::Get { query, field } => entries::get(&mut context, &query, field.as_deref()),
        Command::Copy { query, field, clear_after } => {
            copy::run(&mut context, &query, field.as_deref(), clear_after)
        }
        Command::Edit(changes) => edit::run(&mut context, &changes),
        Command::Rm { query, purge } => trash::remove(&mut context, &query, purge),
        Command::Restore { query } => trash::restore(&mut context, &query),
        Command::Trash { action: TrashAction::Empty } => trash::empty(&mut context),
        Command::History { query, reveal, restore } => history::run(&mut context, &query, reveal, restore),
        Command::Undo { count } => return undo::run(&mut context, undo::Way::Back, count.into()),
        Command::Redo { count } => return undo::run(&mut context, undo::Way::Forth, count.into()),
        Command::Log { limit } => undo::log(&mut context, limit),
        Command::Codes(given) => codes::run(&mut context, &given),
        Command::Forgot { query, reveal } => forgot::run(&mut context, &query, reveal),
        Command::Otp { query } => otp::run(&mut context, &query),
        Command::Import(arguments) => return import::run(&mut context, &arguments),
        Command::Export { file, to, query, spreadsheet_safe, yes, force } => {
            let chosen = export::Chosen { query: query.as_deref(), spreadsheet_safe };
            export::run(&mut context, &file, &to, &chosen, yes, force)
        }
        Command::Passwd(change) => passwd::run(&mut context, &change),
        Command::Rekey(renewal) => passwd::rekey(&mut context, &renewal.costs, &renewal.kit),
        Command::Slots { action } => slots::run(&mut context, action),
        Command::Kit { action } => kit::run(&mut context, action),
        Command::Recover(recover) => recover::run(&mut context, &recover),
        Command::Backup { action } => match action {
            BackupAction::Ls => backup::list(&mut context),
            BackupAction::Restore { backup, dry_run, yes } => {
                backup::restore(&mut context, &backup::Restore { backup, dry_run, yes })
            }
            BackupAction::Prune { old_keys: _, yes } => backup::prune(&mut context, yes),
        },
        Command::Merge { file, dry_run, yes, keep } => {
            merge::run(&mut context, &merge::Merge { file, dry_run, yes, keep })
        }
        Command::Profiles { action } => profiles::run(context.json, action),
        Command::Info => info::run(&mut context),
        Command::Verify { file } => verify::run(&mut context, file),
        Command::Audit(asked) => return audit::run(&mut context, asked),
        Command::Doctor => doctor::run(&mut context),
        Command::Demo => screen(Screen::Sample(context.config)),
        Command::Generate { recipe, count, save_profile, made_for, .. } => {
            let (recipe, made_for) = (recipe::of(&recipe)?, made_for.unwrap_or_default());
            generate::keep(&mut context, &recipe, count, save_profile.as_deref(), &made_for)
        }
        Command::Generated { action } => generated::run(&mut context, action),
        Command::Rotate(rotate) => rotate::run(&mut context, &rotate),
        Command::Remind(remind) => remind::run(&mut context, &remind),
        Command::Completions { .. } | Command::Sites { .. } => Ok(()),
    }?;
    Ok(ExitCode::SUCCESS)
}
