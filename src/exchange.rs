//! Foreign files in and out: one format per file behind two traits, and one table, [`FORMATS`].
//!
//! Pure: bytes in, items out, and the other way round. There is no disk, clock or vault here; whoever calls
//! brings the bytes, takes items one at a time (so that a million rows need no more memory than one) and asks
//! [`Known`] which of them the vault has already. Nothing of a source is dropped in silence: what has no home
//! becomes a custom field, what cannot be read is named by line, what a format cannot hold is a [`Loss`].

pub mod archive;
pub mod authenticator;
pub mod base32;
pub mod base64;
pub mod bitwarden;
pub mod carried;
pub mod csv_text;
pub mod cxf;
pub mod dashlane;
pub mod draft;
pub mod enpass;
pub mod formats;
pub mod html;
pub mod json;
pub mod keepass;
pub mod keeper;
pub mod known;
pub mod lastpass;
pub mod load;
pub mod loss;
pub mod onepassword;
pub mod opened;
pub mod pass;
pub mod passman;
pub mod proton;
pub mod repair;
pub mod safeincloud;
pub mod source;
pub mod tables;
pub mod update;
pub mod zip;

use std::fmt;
use std::io::{self, Write};
use std::ops::ControlFlow;

use thiserror::Error;

pub use formats::FORMATS;
pub use known::{Known, Verdict};
pub use load::Load;
pub use loss::{Loss, LossKind, Losses};
pub use opened::Opened;

use crate::crypto::random::Random;
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::vault::MAX_VALUE;
use crate::vault::item::Item;

/// A format that this program reads, writes, or both.
pub struct Format {
    /// Its name for `--from` and `--to`.
    pub name: &'static str,
    /// Other names that are understood.
    pub aliases: &'static [&'static str],
    /// What it is called in sentences.
    pub title: &'static str,
    /// Reads it.
    pub importer: Option<&'static dyn Importer>,
    /// Writes it.
    pub exporter: Option<&'static dyn Exporter>,
}

/// Most bytes of a source. A vault holds 512 MiB, and text takes somewhat more than what it says.
pub const MAX_SOURCE: usize = 768 << 20;

/// The first bytes of a vault file.
const VAULT_MAGIC: &[u8] = b"\x89TRS";

/// Reads a format.
pub trait Importer: Sync {
    /// Whether `source` looks like this format. Says nothing about its being whole.
    fn recognises(&self, source: &[u8]) -> bool;

    /// The tables that it reads, where it reads tables by their columns.
    fn tables(&self) -> &'static [tables::Table] {
        &[]
    }

    /// Whether `source`, which is recognised, is encrypted: it is then read with what the user gives.
    fn is_encrypted(&self, _source: &[u8]) -> bool {
        false
    }

    /// What the key derivation of `source`, which is encrypted, takes; none where it has none.
    ///
    /// # Errors
    /// As [`Importer::read`], where that can be told without a password: a cost out of bounds above all.
    fn load(&self, _source: &[u8]) -> Result<Option<Load>, ImportError> {
        Ok(None)
    }

    /// Hands every row of `source` to `each`, in order, until it breaks off.
    ///
    /// # Errors
    /// [`ImportError`] where the source as a whole is not this format, or is not opened by `unlock`; a row that
    /// cannot be read is a [`Outcome::Skipped`] and the rest goes on.
    fn read(&self, source: &[u8], unlock: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError>;
}

/// What opens a source that is encrypted.
#[derive(Debug, Default)]
pub struct Unlock {
    /// Its password.
    pub password: Option<Secret>,
    /// The content of its key file.
    pub key_file: Option<Secret>,
}

/// Takes the rows of a source, one at a time.
pub type Each<'a> = dyn FnMut(Row) -> ControlFlow<()> + 'a;

/// Writes a format.
pub trait Exporter: Sync {
    /// One that changes values which a spreadsheet would take for formulas, if this is a table.
    fn spreadsheet_safe(&self) -> Option<&'static dyn Exporter> {
        None
    }

    /// Whether what it writes is encrypted: a password is then wanted.
    fn is_encrypted(&self) -> bool {
        false
    }

    /// What `write` will not be able to hold of `items`, told before anything is written or derived.
    ///
    /// # Errors
    /// As `write`.
    fn losses(&self, items: &mut dyn Iterator<Item = Item>, fresh: &mut Fresh<'_>) -> io::Result<Losses> {
        self.write(items, fresh, &mut io::sink())
    }

    /// Writes `items`, which come one at a time and are wiped when written. What the format cannot hold is
    /// told, never silent. `out` sees plain secrets, so its buffer is to be wiped by whoever made it.
    ///
    /// # Errors
    /// As `out`, and where `fresh` lacks what the format needs.
    fn write(
        &self,
        items: &mut dyn Iterator<Item = Item>,
        fresh: &mut Fresh<'_>,
        out: &mut dyn Write,
    ) -> io::Result<Losses>;
}

/// What an exporter needs besides the items.
pub struct Fresh<'a> {
    /// The password of a file that is encrypted.
    pub password: Option<&'a Secret>,
    /// Random bytes.
    pub random: &'a mut dyn Random,
    /// This moment.
    pub now: Timestamp,
}

/// What one row of a source gave.
#[derive(Debug)]
pub struct Row {
    /// Where it stands.
    pub place: Place,
    /// What it is.
    pub outcome: Outcome,
}

/// Where a row stands in its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The line it starts on, from 1.
    Line(u64),
    /// The number of the entry, from 1.
    Entry(u64),
    /// Outside of all entries.
    TopLevel,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Entry(number) => write!(f, "entry {number}"),
            Self::TopLevel => f.write_str("top level"),
        }
    }
}

/// What a row is.
#[derive(Debug)]
pub enum Outcome {
    /// An entry, and what is to be said about how it was read.
    Item(Box<Item>, Vec<Remark>),
    /// A folder of this path: no entry, and nothing is lost by having none.
    Folder(String),
    /// A row with nothing in it.
    Blank,
    /// What could not be read.
    Skipped(Skip),
}

impl Outcome {
    /// The entry, unless a value of it is longer than a vault holds.
    fn of(item: Item, remarks: Vec<Remark>) -> Self {
        match too_long(&item) {
            None => Self::Item(Box::new(item), remarks),
            Some((field, len)) => Self::Skipped(Skip::TooLong { field, len }),
        }
    }
}

/// Something about how an entry was read. Labels may be hostile text, and are no secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// The row breaks the rules of its format, and this is the one reading that fits.
    Repaired,
    /// The row ends early; what is missing was taken as empty.
    Short,
    /// It had no title, and was given one.
    Untitled,
    /// What has no home became a custom field of this label.
    KeptAsField(String),
    /// What has no home became a file of this name.
    KeptAsFile(String),
    /// The source names a file that it does not have.
    MissingFile(String),
    /// A line break stands in a value that has one line in its own program.
    LineBreak(&'static str),
    /// This value was repaired, as was agreed to.
    Mended(String),
    /// It is no account at a site: the browser keeps its own key there.
    BrowsersOwn,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Repaired => f.write_str("broken row repaired"),
            Self::Short => f.write_str("row ends early, the rest taken as empty"),
            Self::Untitled => f.write_str("had no title"),
            Self::KeptAsField(label) => write!(f, "kept as custom field \"{label}\""),
            Self::Mended(field) => write!(f, "repaired {field}"),
            Self::BrowsersOwn => f.write_str("the browser's own account, not a site's"),
            Self::KeptAsFile(name) => write!(f, "kept as file \"{name}\""),
            Self::MissingFile(name) => write!(f, "the file \"{name}\" is missing in the source"),
            Self::LineBreak(column) => write!(f, "line break in {column}"),
        }
    }
}

/// Why a row was skipped. Names no value.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // the messages
pub enum Skip {
    #[error("not UTF-8")]
    NotUtf8,
    #[error("a value with a comma stands without quotes, and it cannot be told which")]
    AmbiguousCommas,
    #[error("a quote is opened and never closed")]
    Unclosed,
    #[error("not a row of this table")]
    NotARow,
    #[error("too many columns")]
    TooManyColumns,
    #[error("{field} is too long: {len} bytes, and at most {most} fit", most = MOST_BYTES)]
    TooLong { field: &'static str, len: usize },
    #[error("\"{key}\" is not {expected}")]
    WrongType { key: &'static str, expected: &'static str },
    #[error("a key stands twice")]
    RepeatedKey,
    #[error("not an object")]
    NotAnObject,
    #[error("more than 10000 custom fields")]
    TooManyFields,
    #[error("a file that belongs to no entry: \"{name}\"")]
    UnknownFile { name: String },
    #[error("unknown key \"{key}\"")]
    UnknownKey { key: String },
    #[error("no one-time code: neither otpauth:// nor steam:// with a secret")]
    NotACode,
    #[error("a damaged list of one-time codes")]
    DamagedCodes,
    #[error("{name:?}: {problem}")]
    File { name: String, problem: pass::FileProblem },
}

/// Why a source as a whole was refused.
#[derive(Debug, Error, PartialEq, Eq)]
#[allow(missing_docs)] // the messages
pub enum ImportError {
    #[error("the file is empty")]
    Empty,
    #[error("this is a vault, not an export")]
    IsVault,
    #[error("the file says that it is UTF-16, and is not")]
    Utf16,
    #[error("not a known format")]
    UnknownFormat,
    #[error("a table of another shape; its columns are {}", Listed(columns))]
    UnknownColumns { columns: Vec<String> },
    #[error("there is no column {column:?}; the columns are {}", Listed(columns))]
    NoColumn { column: String, columns: Vec<String> },
    #[error("not a LastPass export: its first line lacks {missing}")]
    WrongColumns { missing: &'static str },
    #[error("not a LastPass export: a column stands twice in its first line")]
    RepeatedColumn,
    #[error("damaged JSON in line {line}, column {column}")]
    DamagedJson { line: usize, column: usize },
    #[error("JSON, but not tresor's own: \"format\" is not \"tresor\"")]
    ForeignJson,
    #[error("damaged export: a key stands twice at the top level")]
    RepeatedKey,
    #[error("damaged export: \"version\" is no number")]
    NoVersion,
    #[error("damaged export: \"entries\" is no list")]
    NoEntries,
    #[error("damaged export: its list of items is missing")]
    NoItems,
    #[error(
        "this export is encrypted for one account, and only that account can open it; export again as plain JSON, or with \"password protected\""
    )]
    AccountRestricted,
    #[error("this export of {program} is encrypted, and is read in plain only; {advice}")]
    Encrypted { program: &'static str, advice: &'static str },
    #[error("pass and gopass keep a folder; name that, not a file in it")]
    WantsFolder,
    #[error("the file is encrypted, and its password was not given")]
    NoPassword,
    #[error("wrong password for this file, or it is damaged")]
    WrongPassword,
    #[error("collections are nested too deep in one another")]
    TooDeep,
    #[error("the file asks for a key derivation of a cost that is refused here")]
    TooCostly,
    #[error("the encrypted file is damaged")]
    DamagedEncryption,
    #[error(transparent)]
    Zip(#[from] zip::ZipError),
    #[error(transparent)]
    KeePass(keepass::KeePassError),
    #[error("{format} is written here, not read")]
    NotRead { format: &'static str },
    #[error("version {version} of the export format is too new for this program")]
    TooNew { version: u64 },
}

/// Names for a sentence, in quotes, and not without end.
struct Listed<'n>(&'n [String]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 40;
        for (index, name) in self.0.iter().take(MOST).enumerate() {
            write!(f, "{}{name:?}", if index == 0 { "" } else { ", " })?;
        }
        if self.0.len() > MOST { write!(f, " and {} more", self.0.len() - MOST) } else { Ok(()) }
    }
}

impl Format {
    /// What reads it.
    ///
    /// # Errors
    /// [`ImportError::NotRead`].
    pub fn reader(&self) -> Result<&'static dyn Importer, ImportError> {
        self.importer.ok_or(ImportError::NotRead { format: self.title })
    }
}

/// The format of this name or alias.
pub fn named(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name || format.aliases.contains(&name))
}

/// Tells the format of `source` by its content.
///
/// # Errors
/// [`ImportError::IsVault`], [`ImportError::Empty`], [`ImportError::UnknownColumns`], [`ImportError::UnknownFormat`].
pub fn detect(source: &[u8]) -> Result<&'static Format, ImportError> {
    if source.starts_with(VAULT_MAGIC) {
        return Err(ImportError::IsVault);
    }
    if source.iter().all(u8::is_ascii_whitespace) {
        return Err(ImportError::Empty);
    }
    if zip::is_zip(source) {
        zip::Zip::open(source)?;
    }
    let recognises = |format: &&Format| format.importer.is_some_and(|importer| importer.recognises(source));
    FORMATS.iter().find(recognises).ok_or_else(|| match tables::header::unknown(source) {
        Some(columns) => ImportError::UnknownColumns { columns },
        None => ImportError::UnknownFormat,
    })
}

/// What an entry without a name is called: the URL's host, else the user name, else the URL as it is.
fn untitled(url: Option<&str>, username: &str) -> String {
    let host = url.and_then(|url| url::Url::parse(url).ok());
    let host = host.and_then(|url| url.host_str().map(str::to_owned)).filter(|host| !host.is_empty());
    let username = Some(username).filter(|name| !name.is_empty());
    host.unwrap_or_else(|| username.or(url.filter(|url| !url.is_empty())).unwrap_or(NO_NAME).to_owned())
}

/// Title of an entry that has nothing to be called by.
const NO_NAME: &str = "(no name)";

/// `source` without a byte order mark.
fn without_bom(source: &[u8]) -> &[u8] {
    source.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(source)
}

/// Most bytes of a value: what a cell holds, less what sealing adds (at most 75 bytes).
pub const MOST_BYTES: usize = MAX_VALUE - 128;

/// The first value of an item that no cell holds, and its length in bytes.
fn too_long(item: &Item) -> Option<(&'static str, usize)> {
    let secret = |secret: &Option<Secret>| secret.as_ref().map_or(0, |secret| secret.len());
    let longest = |texts: &[String]| texts.iter().map(String::len).max().unwrap_or(0);
    let labels = item.fields.iter().map(|field| field.name.len());
    let values = item.fields.iter().map(|field| field.value.len());
    let past = item.history.iter().map(|past| past.value.len().max(past.field.len()));
    let lengths = [
        ("the title", item.title.len()),
        ("the user name", item.username.len()),
        ("the kind", item.kind.len()),
        ("the password", secret(&item.password)),
        ("a URL", longest(&item.urls)),
        ("the note", secret(&item.note)),
        ("the one-time code's secret", secret(&item.totp)),
        ("the folder", item.folder.len()),
        ("a tag", longest(&item.tags)),
        ("a custom field", labels.chain(values).max().unwrap_or(0)),
        ("a value of the history", past.max().unwrap_or(0)),
        ("a passkey", item.passkeys.iter().map(Secret::len).max().unwrap_or(0)),
        ("a file name", item.attachments.iter().map(|file| file.name.len()).max().unwrap_or(0)),
    ];
    lengths.into_iter().find(|(_, len)| *len > MOST_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_apart() {
        let name = |source: &[u8]| detect(source).map(|format| format.name);
        assert_eq!(name(b"url,username,password,totp,extra,name,grouping,fav\n"), Ok("lastpass-csv"));
        assert_eq!(
            name(b"\xEF\xBB\xBFurl,username,password,extra,name,grouping,fav\r\n"),
            Ok("lastpass-csv")
        );
        assert_eq!(name(b" {\"version\": 1, \"entries\": [], \"format\": \"tresor\"}"), Ok("json"));
        assert_eq!(
            name(b"{\"format\": \"tresor\", \"entries\": ["),
            Ok("json"),
            "damaged, and its reader says how"
        );
        assert_eq!(name(b"{\"encrypted\": false, \"items\": []}"), Ok("bitwarden-json"));
        assert_eq!(name(b"name,url,username,password,note\n"), Ok("chrome-csv"));
        assert_eq!(name(b"\x89TRS\r\n\x1A\n"), Err(ImportError::IsVault));
        assert_eq!(name(b" \r\n"), Err(ImportError::Empty));
        assert_eq!(name(&[0x80; 100]), Err(ImportError::UnknownFormat));
    }

    #[test]
    fn names_are_unique() {
        let names: Vec<_> = FORMATS.iter().flat_map(|f| f.aliases.iter().chain([&f.name])).collect();
        assert!(names.iter().enumerate().all(|(at, name)| !names[..at].contains(name)));
        assert_eq!(named("lastpass").map(|format| format.name), Some("lastpass-csv"));
        assert!(named("LastPass").is_none());
    }
}
