//! The command line, described once: help, completions and parsing come from these types. No option takes a
//! secret.

mod change;
mod codes;
mod keys;
mod recipe;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint, value_parser};
use clap_complete::Shell;

pub use change::{GeneratedAction, Remind, Rotate};

use crate::audit::Kind;
use crate::exchange::FORMATS;

pub use codes::Codes;
use keys::STDIN_ORDER;
pub use keys::{
    CodeInput, Costs, KitAction, KitMake, KitOptions, Passwd, Recover, Renewal, SlotsAction, SlotsAdd,
};
pub use recipe::{ProfilesAction, RecipeOptions, SitesAction};

/// An encrypted password manager for the terminal.
///
/// Without a command it opens the screen.
#[derive(Debug, Parser)]
#[command(
    name = "tresor",
    version,
    after_help = "Exit status: 0 done, 1 failed, 2 usage, 3 wrong password, \
    4 no such entry, 5 several match, 6 no vault, damaged, tampered with or too new, 7 refused for safety, \
    8 done in part, 9 an audit found something."
)]
pub struct Arguments {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// The vault file
    // An OsString, which may be empty, as TRESOR_VAULT is where it was not unset: no vault is named then.
    #[arg(long, global = true, env = "TRESOR_VAULT", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub vault: Option<OsString>,
    /// Read the master password from the first line of standard input
    #[arg(long, global = true, group = "password")]
    pub password_stdin: bool,
    /// Read the master password from the first line of a file
    #[arg(long, global = true, group = "password", value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Read the master password from the first line that a command prints
    #[arg(long, global = true, group = "password", value_name = "CMD")]
    pub password_command: Option<String>,
    /// Key file, where the vault wants one
    #[arg(long, global = true, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// Open a vault file from before a change of its key
    #[arg(long, global = true)]
    pub accept_older_key: bool,
    /// Derive keys even where that takes much memory or time
    #[arg(long, global = true)]
    pub accept_cost: bool,
    /// Ask nothing: fail where something is missing
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a new vault
    Init(Costs),
    /// Add an entry
    Add(Add),
    /// List entries
    Ls {
        /// Only those that this finds
        query: Option<String>,
        /// Those in the trash
        #[arg(long)]
        trash: bool,
    },
    /// Print one value of an entry
    Get {
        /// Id, title, title/username, host or URL, or words
        query: String,
        /// username, password, pending, url, note, totp, folder, tag, title, expires, or a custom field's name
        #[arg(long, value_name = "NAME")]
        field: Option<String>,
    },
    /// Copy one value of an entry to the clipboard
    Copy {
        /// Id, title, title/username, host or URL, or words
        query: String,
        /// Which value; the password by default
        #[arg(long, value_name = "NAME")]
        field: Option<String>,
        /// Seconds until it is cleared (1 to 3600)
        #[arg(long, value_name = "SECONDS", value_parser = value_parser!(u64).range(1..=3600))]
        clear_after: Option<u64>,
    },
    /// Change an entry
    Edit(Edit),
    /// Move an entry to the trash
    Rm {
        /// Id, title, title/username, host or URL, or words
        query: String,
        /// Delete it for good, with its history
        #[arg(long)]
        purge: bool,
    },
    /// Take an entry out of the trash
    Restore {
        /// Id, title, title/username, host or URL, or words
        query: String,
    },
    /// The trash
    Trash {
        /// What to do with it
        #[command(subcommand)]
        action: TrashAction,
    },
    /// Show what an entry's fields were before
    History {
        /// Id, title, title/username, host or URL, or words
        query: String,
        /// Show secrets too
        #[arg(long)]
        reveal: bool,
        /// Make the value of this number current again
        #[arg(long, value_name = "NUMBER")]
        restore: Option<usize>,
    },
    /// Take back the last change
    Undo {
        /// How many changes
        #[arg(default_value_t = 1, value_parser = value_parser!(u16).range(1..), value_name = "N")]
        count: u16,
    },
    /// Do what was undone again
    Redo {
        /// How many changes
        #[arg(default_value_t = 1, value_parser = value_parser!(u16).range(1..), value_name = "N")]
        count: u16,
    },
    /// List what was changed, newest first
    Log {
        /// Only the last so many
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
    },
    /// Print the one-time code of an entry
    Otp {
        /// Id, title, title/username, host or URL, or words
        query: String,
    },
    /// The back-up codes of an account: lists which are left
    Codes(Codes),
    /// All that helps to get back into an account whose password is forgotten
    Forgot {
        /// Id, title, title/username, host or URL, or words
        query: String,
        /// Show answers and older passwords too
        #[arg(long)]
        reveal: bool,
    },
    /// Print new passwords; needs no vault
    Generate {
        /// Which passwords
        #[command(flatten)]
        recipe: RecipeOptions,
        /// How many
        #[arg(long, default_value_t = 1, value_name = "N")]
        count: usize,
        /// Keep them in the vault before they are printed: `tresor generated` lists them
        #[arg(long)]
        keep: bool,
        /// What they are for
        #[arg(long = "for", requires = "keep", value_name = "TEXT")]
        made_for: Option<String>,
        /// Save the recipe under this name, for --profile
        #[arg(long, value_name = "NAME")]
        save_profile: Option<String>,
    },
    /// The recipes that were saved with `generate --save-profile`: lists them
    Profiles {
        /// What to do with them
        #[command(subcommand)]
        action: Option<ProfilesAction>,
    },
    /// What is known of sites: which passwords they take, where they are changed
    Sites {
        /// What to do
        #[command(subcommand)]
        action: SitesAction,
    },
    /// The passwords that were generated, newest first
    Generated {
        /// What to do with them
        #[command(subcommand)]
        action: Option<GeneratedAction>,
    },
    /// Change the password of an entry at its site; without an entry, list those that should change
    Rotate(Rotate),
    /// Be reminded to change passwords; without anything, list the reminders
    Remind(Remind),
    /// Add the entries of another manager's export
    Import(Import),
    /// Write the entries to a file
    Export {
        /// The file, or - for standard output
        file: PathBuf,
        /// The format
        #[arg(long, value_name = "FORMAT", value_parser = export_formats())]
        to: String,
        /// Only the entries that this finds
        #[arg(long, value_name = "QUERY")]
        query: Option<String>,
        /// In a table, put a ' before what a spreadsheet would take for a formula; this alters values
        #[arg(long)]
        spreadsheet_safe: bool,
        /// Consent to a plain file that anyone can read who gets at it
        #[arg(long)]
        yes: bool,
        /// Write over a file that is there, and a plain file into a folder that every user of this machine can
        /// read
        #[arg(long)]
        force: bool,
    },
    /// The back-ups that saves make
    Backup {
        /// What to do with them
        #[command(subcommand)]
        action: BackupAction,
    },
    /// Take in a copy of this vault that was changed elsewhere
    Merge {
        /// The copy; without one, those that a sync program put beside the vault
        file: Option<PathBuf>,
        /// Only say what would change
        #[arg(long)]
        dry_run: bool,
        /// Consent to merging copies that were found, or one under another key
        #[arg(long)]
        yes: bool,
        /// Whose key to keep, where both copies were given a new one
        #[arg(long, value_enum)]
        keep: Option<KeepKey>,
    },
    /// Change the master password, and with it the key of the vault
    #[command(after_help = STDIN_ORDER)]
    Passwd(Passwd),
    /// Give the vault a new key; the master password stays
    #[command(after_help = STDIN_ORDER)]
    Rekey(Renewal),
    /// The ways to open the vault: lists them
    Slots {
        /// What to do with them
        #[command(subcommand)]
        action: Option<SlotsAction>,
    },
    /// The recovery kit, for who forgets the master password: says whether there is one
    Kit {
        /// What to do with it
        #[command(subcommand)]
        action: Option<KitAction>,
    },
    /// Open the vault with its recovery code, and choose a new master password
    Recover(Recover),
    /// Say what the vault is
    Info,
    /// Check a vault file; without a password, all that needs none
    Verify {
        /// The file; the vault by default
        file: Option<PathBuf>,
    },
    /// Say what is wrong with passwords, pages and dates, the worst first; exit status 9 where something is
    Audit(Audit),
    /// Check how well the vault and this system keep secrets; needs no password
    Doctor,
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Open a sample vault that writes nothing
    Demo,
}

impl Command {
    /// Whether it saves entries, and so a slot that was made dearer to guess at with them.
    pub fn saves_entries(&self) -> bool {
        match self {
            Self::Add(_) | Self::Edit(_) | Self::Rm { .. } | Self::Restore { .. } | Self::Trash { .. } => {
                true
            }
            Self::Codes(codes) => codes.saves(),
            Self::Undo { .. } | Self::Redo { .. } => true,
            Self::Generate { keep, .. } => *keep,
            Self::Generated { action } => matches!(action, Some(GeneratedAction::Purge { .. })),
            Self::Rotate(rotate) => rotate.query.is_some(),
            Self::Remind(remind) => remind.every.is_some() || remind.never || remind.clear,
            Self::Audit(audit) => audit.action.is_some(),
            Self::Import(import) => !import.dry_run && !import.formats,
            _ => false,
        }
    }
}

/// What is imported, and how it is read.
#[derive(Debug, Args)]
pub struct Import {
    /// The file, or the folder of pass or gopass
    #[arg(required_unless_present = "formats")]
    pub file: Option<PathBuf>,
    /// Its format, where the content does not tell
    #[arg(long, value_name = "FORMAT")]
    pub from: Option<String>,
    /// The key file that opens it, where it wants one
    #[arg(long, value_name = "FILE")]
    pub source_key_file: Option<PathBuf>,
    /// Read any other table: title=Name,username=Login,..., a file of such pairs, or a name it was saved by
    ///
    /// A column can hold title, username, password, url, note, totp, folder, tags, favorite, created,
    /// modified, last-used, or hidden, which makes a hidden custom field; any other becomes a custom field of
    /// its name. In a table without a header columns are #1, #2, and so on. With --dry-run it says what each
    /// column becomes.
    #[arg(long, value_name = "MAP", conflicts_with = "from")]
    pub map: Vec<String>,
    /// Remember the mapping by this name
    #[arg(long, value_name = "NAME", requires = "map")]
    pub save_map: Option<String>,
    /// Repair values that another program damaged; without this it asks at the terminal, or lets them be
    #[arg(long, value_enum, value_name = "WHAT", num_args = 0..=1, require_equals = true, default_missing_value = "all")]
    pub repair: Option<Repair>,
    /// What to do with an entry that the vault has in another state; without this it asks at the terminal,
    /// or keeps both
    #[arg(long, value_enum, value_name = "WHAT")]
    pub changed: Option<OnChanged>,
    /// What to do with an entry that the vault has in the trash, as after an import was undone; without this it
    /// asks at the terminal, or leaves it there
    #[arg(long, value_enum, value_name = "WHAT")]
    pub trashed: Option<OnTrashed>,
    /// List the formats instead
    #[arg(long, conflicts_with_all = ["file", "from", "map", "dry_run"])]
    pub formats: bool,
    /// When all of it is in the vault, overwrite the file and remove it; without this it offers to at the
    /// terminal
    #[arg(long, conflicts_with = "dry_run")]
    pub remove_source: bool,
    /// Only say what would be done
    #[arg(long)]
    pub dry_run: bool,
}

/// What is done with an entry that the vault has in another state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnChanged {
    /// Take the file's values; those that the vault has become history
    Update,
    /// Add the file's as an entry of its own
    Both,
    /// Leave the vault's as it is
    Skip,
}

/// What is done with an entry that the vault has in the trash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnTrashed {
    /// Take it out
    Restore,
    /// Leave it there
    Leave,
}

/// What is repaired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Repair {
    /// Both
    All,
    /// What was escaped for HTML: &amp; becomes &
    Html,
    /// Letters in the wrong encoding: Ã¤ becomes ä
    Mojibake,
    /// Nothing, and nothing is asked
    None,
}

/// A new entry.
#[derive(Debug, Args)]
pub struct Add {
    /// Its title
    pub title: String,
    /// User name
    #[arg(long, value_name = "U")]
    pub username: Option<String>,
    /// URL; may be given several times
    #[arg(long, value_name = "URL")]
    pub url: Vec<String>,
    /// Folder, a path joined by /
    #[arg(long, value_name = "F")]
    pub folder: Option<String>,
    /// Tag; may be given several times
    #[arg(long, value_name = "T")]
    pub tag: Vec<String>,
    /// login, note, card, identity, bank-account, ssh-key, wifi, ...
    #[arg(long, value_name = "K", default_value = "login")]
    pub kind: String,
    /// Generate the password
    #[arg(long, conflicts_with = "secret_stdin")]
    pub generate: bool,
    /// Which password to generate
    #[command(flatten)]
    pub recipe: RecipeOptions,
    /// Read the password from a line of standard input
    #[arg(long)]
    pub secret_stdin: bool,
    /// Read the note from standard input, behind the password if that is read too
    #[arg(long)]
    pub note_stdin: bool,
}

/// Changes of an entry.
#[derive(Debug, Args)]
pub struct Edit {
    /// Id, title, title/username, host or URL, or words
    pub query: String,
    /// Set a field that is no secret; an empty value removes it. May be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Set a field from standard input: one line, for a note all of it
    #[arg(long, value_name = "NAME")]
    pub set_stdin: Vec<String>,
    /// Generate a new password
    #[arg(long)]
    pub generate: bool,
    /// Which password to generate
    #[command(flatten)]
    pub recipe: RecipeOptions,
    /// The entry that this one signs in with (Google, Facebook, ...), or none
    #[arg(long, value_name = "QUERY")]
    pub signs_in_with: Option<String>,
    /// A security question; its answer is read from a line of standard input, an empty one removes it. May be
    /// given several times
    #[arg(long, value_name = "TEXT")]
    pub question: Vec<String>,
    /// Make up the answers: words that can be read out on the phone
    #[arg(long, requires = "question")]
    pub generate_answer: bool,
}

/// What an audit looks at and shows.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Audit {
    /// A list of breached passwords, looked into on this machine: the file of Pwned Passwords, SHA-1 or NTLM,
    /// ordered by hash, or a folder of its range files
    #[arg(long, value_name = "FILE|DIR", value_hint = ValueHint::AnyPath)]
    pub breached: Option<PathBuf>,
    /// Show what is ignored too
    #[arg(long)]
    pub all: bool,
    /// What to do instead
    #[command(subcommand)]
    pub action: Option<AuditAction>,
}

/// What is done about a finding.
#[derive(Debug, Subcommand)]
pub enum AuditAction {
    /// Ignore a finding, until what it is about is changed
    Ignore {
        /// Id, title, title/username, host or URL, or words
        query: String,
        /// Which finding
        #[arg(value_parser = PossibleValuesParser::new(Kind::ALL.map(Kind::name)))]
        kind: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Ignore it no longer
    Unignore {
        /// Id, title, title/username, host or URL, or words
        query: String,
        /// Which finding
        #[arg(value_parser = PossibleValuesParser::new(Kind::ALL.map(Kind::name)))]
        kind: String,
    },
}

/// What is done with back-ups.
#[derive(Debug, Subcommand)]
pub enum BackupAction {
    /// List them, newest first; with a password given by an option, also which of them it opens
    Ls,
    /// Go back to one: its entries become current again, and nothing is lost
    Restore {
        /// Name, generation, or path of a file; the newest intact one unless given
        backup: Option<String>,
        /// Only say what would change
        #[arg(long)]
        dry_run: bool,
        /// Consent to the changes
        #[arg(long)]
        yes: bool,
    },
    /// Delete some
    Prune {
        /// Those that only an older key opens, and so perhaps an old master password
        #[arg(long, required = true)]
        old_keys: bool,
        /// Consent to it
        #[arg(long)]
        yes: bool,
    },
}

/// Whose key is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KeepKey {
    /// That of the vault
    Ours,
    /// That of the copy
    Theirs,
}

/// What is done with the trash.
#[derive(Debug, Subcommand)]
pub enum TrashAction {
    /// Delete all that is in it for good
    Empty,
}

/// The formats that are written, by name.
fn export_formats() -> PossibleValuesParser {
    let vault = PossibleValue::new("vault").help("An encrypted copy, with another password if wished");
    let formats = FORMATS.iter().filter(|format| format.exporter.is_some());
    let formats = formats.map(|format| PossibleValue::new(format.name).help(format.title));
    formats.chain([vault]).into()
}
