//! The options of `generated`, `rotate` and `remind`.

use clap::{Args, Subcommand, value_parser};

/// What is done with the passwords that were generated.
#[derive(Debug, Subcommand)]
pub enum GeneratedAction {
    /// List them, newest first
    Ls {
        /// Show the passwords too
        #[arg(long)]
        reveal: bool,
    },
    /// Print one
    Get {
        /// Its number in the list, or its id
        which: String,
    },
    /// Copy one to the clipboard
    Copy {
        /// Its number in the list, or its id
        which: String,
        /// Seconds until it is cleared (1 to 3600)
        #[arg(long, value_name = "SECONDS", value_parser = value_parser!(u64).range(1..=3600))]
        clear_after: Option<u64>,
    },
    /// Delete one for good, or all
    Purge {
        /// Its number in the list, or its id
        #[arg(required_unless_present = "all")]
        which: Option<String>,
        /// All of them
        #[arg(long, conflicts_with = "which")]
        all: bool,
        /// Consent to it
        #[arg(long)]
        yes: bool,
    },
}

/// A change of a password at its site.
#[derive(Debug, Args)]
#[command(
    after_help = "At a terminal it asks for each step. In a script: --start makes a new password and keeps it as \
    pending, `tresor get QUERY --field pending` prints it, and --confirm makes it the current one."
)]
pub struct Rotate {
    /// Id, title, title/username, host or URL, or words; without it the entries that should change are listed
    #[arg(required_if_eq_any = [("start", "true"), ("confirm", "true"), ("drop", "true")])]
    pub query: Option<String>,
    /// Make a new password and keep it as pending; the old one stays current
    #[arg(long, group = "step")]
    pub start: bool,
    /// The site took the pending password: it becomes current, and the old one history
    #[arg(long, group = "step")]
    pub confirm: bool,
    /// Drop the pending password; it stays among the generated ones
    #[arg(long, group = "step")]
    pub drop: bool,
}

/// Reminders to change passwords.
#[derive(Debug, Args)]
pub struct Remind {
    /// Of which entry: id, title, title/username, host or URL, or words; without any, all reminders are listed
    #[arg(group = "scope")]
    pub query: Option<String>,
    /// Of all entries in a folder, and in those below it
    #[arg(long, group = "scope", value_name = "F", requires = "how")]
    pub folder: Option<String>,
    /// Of all entries
    #[arg(long, group = "scope", requires = "how")]
    pub everywhere: bool,
    /// How often: "6 months", "90 days", 6m, 12w, 1y
    #[arg(long, group = "how", requires = "scope", value_name = "TIME")]
    pub every: Option<String>,
    /// Never, whatever is said for the folder or everywhere
    #[arg(long, group = "how", requires = "scope")]
    pub never: bool,
    /// Say nothing here: what is said for the folder or everywhere counts again
    #[arg(long, group = "how", requires = "scope")]
    pub clear: bool,
}
