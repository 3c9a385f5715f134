//! Options of what is generated, and of what is known of sites.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

/// Which passwords are generated.
#[derive(Debug, Default, PartialEq, Eq, Args)]
pub struct RecipeOptions {
    /// Characters
    #[arg(long, short, value_name = "N", conflicts_with_all = ["words", "pattern", "pronounceable", "pin"])]
    pub length: Option<u16>,
    /// No small letters
    #[arg(long, conflicts_with_all = KINDS)]
    pub no_lower: bool,
    /// No capital letters
    #[arg(long, conflicts_with_all = KINDS)]
    pub no_upper: bool,
    /// No digits
    #[arg(long, conflicts_with_all = KINDS)]
    pub no_digits: bool,
    /// No symbols
    #[arg(long, conflicts_with_all = KINDS)]
    pub no_symbols: bool,
    /// None of 0 O o 1 l I
    #[arg(long, alias = "no-ambiguous", conflicts_with_all = KINDS)]
    pub no_look_alikes: bool,
    /// Do not insist on at least one of each class
    #[arg(long, conflicts_with_all = KINDS)]
    pub any_mix: bool,
    /// At least so many of each class
    #[arg(long, value_name = "N", conflicts_with_all = KINDS, conflicts_with_all = ["any_mix", "words"])]
    pub at_least: Option<u16>,
    /// A passphrase of so many words
    #[arg(long, short, value_name = "N", group = "made-of")]
    pub words: Option<u16>,
    /// Between the words
    #[arg(long, value_name = "TEXT", requires = "words")]
    pub separator: Option<String>,
    /// Words begin with a capital letter
    #[arg(long, requires = "words")]
    pub capitalised: bool,
    /// A digit behind the last word
    #[arg(long, requires = "words")]
    pub number: bool,
    /// The words: eff-long, eff-short, eff-distinct, or a file with a word a line
    #[arg(long, value_name = "LIST", requires = "words")]
    pub word_list: Option<PathBuf>,
    /// What this site takes, as far as it is known
    #[arg(long, value_name = "HOST", group = "made-of")]
    pub site: Option<String>,
    /// By a recipe, such as "minlength: 8; maxlength: 12; required: digit; allowed: lower"
    #[arg(long, value_name = "TEXT", group = "made-of")]
    pub recipe: Option<String>,
    /// By a mask: d digit, l small letter, u capital, a letter or digit, s sign, c consonant, v vowel, y syllable; {n}
    /// repeats
    #[arg(long, value_name = "MASK", group = "made-of")]
    pub pattern: Option<String>,
    /// Of syllables, 7 unless said
    #[arg(
        long,
        value_name = "N",
        num_args = 0..=1,
        default_missing_value = "7",
        require_equals = true,
        group = "made-of"
    )]
    pub pronounceable: Option<u16>,
    /// So many digits
    #[arg(long, value_name = "N", group = "made-of")]
    pub pin: Option<u16>,
    /// By a recipe that was saved
    #[arg(long, value_name = "NAME", group = "made-of")]
    pub profile: Option<String>,
}

/// Options of which each says all about a recipe. (So does `words`, which takes the others and leaves them.)
const KINDS: [&str; 6] = ["site", "recipe", "pattern", "pronounceable", "pin", "profile"];

/// What is done with saved recipes.
#[derive(Debug, Subcommand)]
pub enum ProfilesAction {
    /// Forget one
    Rm {
        /// Its name
        name: String,
    },
}

/// What is done with what is known of sites.
#[derive(Debug, Subcommand)]
pub enum SitesAction {
    /// Say what is known of a site
    Show {
        /// Its host, or a URL
        host: String,
    },
    /// Take over the files of Apple's password-manager-resources, in the place of those imported before
    Import {
        /// The folder they are in: password-rules.json, change-password-URLs.json, shared-credentials.json
        #[arg(value_hint = ValueHint::DirPath)]
        dir: PathBuf,
    },
}
