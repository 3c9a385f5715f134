//! Arguments of `codes`.

use clap::Args;

/// Back-up codes: each is good for one sign-in without the phone.
#[derive(Debug, Args)]
pub struct Codes {
    /// Id, title, title/username, host or URL, or words
    pub query: String,
    /// Show the codes
    #[arg(long)]
    pub reveal: bool,
    /// Add codes from standard input, as the site shows them
    #[arg(long, group = "codes-action")]
    pub add: bool,
    /// In the place of those that are there
    #[arg(long, requires = "add")]
    pub replace: bool,
    /// Print the next code that is left, and tick it off as used
    #[arg(long, group = "codes-action", conflicts_with = "reveal")]
    pub next: bool,
    /// Copy it to the clipboard instead
    #[arg(long, requires = "next")]
    pub copy: bool,
    /// Tick off the code of this number; may be given several times
    #[arg(long, group = "codes-action", value_name = "NUMBER")]
    pub used: Vec<usize>,
    /// The code of this number is not used after all; may be given several times
    #[arg(long, group = "codes-action", value_name = "NUMBER")]
    pub unused: Vec<usize>,
}

impl Codes {
    /// Whether it saves the entry.
    pub fn saves(&self) -> bool {
        self.add || self.next || !self.used.is_empty() || !self.unused.is_empty()
    }
}
