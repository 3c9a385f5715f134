//! Options of what opens the vault: costs, the master password, slots, the recovery kit.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What guessing at the master password costs.
#[derive(Debug, Args)]
pub struct Costs {
    /// Memory in MiB (64 to 4096)
    #[arg(long, value_name = "MIB")]
    pub kdf_memory: Option<u64>,
    /// Passes over the memory (3 to 1024)
    #[arg(long, value_name = "N")]
    pub kdf_passes: Option<u64>,
    /// Lanes (1 to 16)
    #[arg(long, value_name = "N")]
    pub kdf_lanes: Option<u64>,
}

/// Which line of standard input is what.
pub(super) const STDIN_ORDER: &str = "With --password-stdin the lines are: the master password; the new one (passwd only); then \
    the password of each other slot that a password of its own opens, in the order of `tresor slots`. An empty \
    line drops that slot.";

/// A new master password.
#[derive(Debug, Args)]
pub struct Passwd {
    /// What guessing at it costs
    #[command(flatten)]
    pub costs: Costs,
    /// Keep the key of the vault: who has an old copy and the old password can then read every later file
    #[arg(long, conflicts_with_all = ["kit", "print_kit", "no_kit"])]
    pub keep_vault_key: bool,
    /// Delete the back-ups that the old master password still opens
    #[arg(long, conflicts_with = "keep_vault_key")]
    pub delete_old_backups: bool,
    /// What becomes of the recovery kit
    #[command(flatten)]
    pub kit: KitOptions,
}

/// A new vault key.
#[derive(Debug, Args)]
pub struct Renewal {
    /// What guessing at the master password costs
    #[command(flatten)]
    pub costs: Costs,
    /// What becomes of the recovery kit
    #[command(flatten)]
    pub kit: KitOptions,
}

/// What becomes of a recovery kit that has to be made anew. At a terminal the new code is shown.
#[derive(Debug, Default, Clone, Args)]
pub struct KitOptions {
    /// Save the new recovery kit as a page to print, in a new file
    #[arg(long, value_name = "FILE")]
    pub kit: Option<PathBuf>,
    /// Print the new recovery code
    #[arg(long)]
    pub print_kit: bool,
    /// Go on without a recovery kit
    #[arg(long, conflicts_with_all = ["kit", "print_kit"])]
    pub no_kit: bool,
}

/// What is done with the ways to open the vault.
#[derive(Debug, Subcommand)]
pub enum SlotsAction {
    /// Add one
    #[command(subcommand)]
    Add(SlotsAdd),
    /// Remove one: the vault gets a new key
    #[command(after_help = STDIN_ORDER)]
    Rm {
        /// Its number or name
        slot: String,
        /// What becomes of the recovery kit
        #[command(flatten)]
        kit: KitOptions,
    },
    /// Call one something else
    Rename {
        /// Its number or name
        slot: String,
        /// The new name
        name: String,
    },
}

/// A way to open the vault that is added.
#[derive(Debug, Subcommand)]
pub enum SlotsAdd {
    /// Another master password: the next line of standard input, or asked for
    Password {
        /// What it is called
        #[arg(long, default_value = "another password")]
        name: String,
    },
    /// The master password together with a key file, which is made if it is not there
    KeyFile {
        /// The key file
        file: PathBuf,
        /// What it is called
        #[arg(long, default_value = "key file")]
        name: String,
    },
    /// A recovery code, as `tresor kit make`
    Recovery(KitMake),
}

/// What is done with the recovery kit.
#[derive(Debug, Subcommand)]
pub enum KitAction {
    /// Make a recovery kit, or a new one: the old code opens nothing then
    Make(KitMake),
    /// Try a recovery code: does it open the vault?
    Test(CodeInput),
    /// Want none, and hear no more of it
    Decline,
}

/// Where a new recovery code goes. At a terminal it is shown.
#[derive(Debug, Args)]
pub struct KitMake {
    /// Save it as a page to print, in a new file
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Print it
    #[arg(long)]
    pub print: bool,
}

/// Where a recovery code comes from. It is asked for where nothing is said.
#[derive(Debug, Args)]
pub struct CodeInput {
    /// Read the recovery code from a line of standard input; --password-stdin does the same
    #[arg(long)]
    pub code_stdin: bool,
}

/// The way back in.
#[derive(Debug, Args)]
#[command(
    after_help = "With --code-stdin the first line of standard input is the recovery code, the second the new \
    master password."
)]
pub struct Recover {
    /// Where the code comes from
    #[command(flatten)]
    pub code: CodeInput,
    /// What guessing at the new master password costs
    #[command(flatten)]
    pub costs: Costs,
    /// What becomes of the recovery kit
    #[command(flatten)]
    pub kit: KitOptions,
}
