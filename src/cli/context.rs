//! What every command starts from: the configuration, the vault's place, and the master password by whichever
//! way it was offered.

use std::path::{Path, PathBuf};

use unicode_width::UnicodeWidthStr;

use super::Screen;
use super::args::Global;
use crate::account;
use crate::clock;
use crate::config::{Config, ConfigError, Places};
use crate::format::recovery::RecoveryCodeError;
use crate::format::{Credentials, KeyFile, Passphrase, RecoveryCode};
use crate::layout;
use crate::printable;
use crate::prompt::{self, PromptError, Stdin};
use crate::report::{Exit, Failure, note, sentence};
use crate::search::resolve;
use crate::secret::Secret;
use crate::session::{BackupSettings, Demand, Locked, Raised, Saved, Session, SessionError};
use crate::store::file::read_secret;
use crate::vault::entry::State;
use crate::vault::{Entry, Id, Vault};

/// Tries at the master password when a person types it.
const TRIES: usize = 3;
/// Key derivations spent on what a mistyped password may have been meant to be.
const MAX_GUESSES: usize = 3;
/// The line of a password file, or of what a password command prints, that is the master password.
const MASTER_LINE: usize = 0;
/// The line that is the new one, for `passwd`.
const REPLACEMENT_LINE: usize = 1;

/// Said to who has no recovery kit, on some days.
const NO_KIT: [&str; 3] = [
    "There is no recovery kit: who forgets the master password loses all that is in the vault.",
    "`tresor kit make` makes one.",
    "`tresor kit decline` ends this reminder.",
];

/// An open vault with what opened it.
pub struct Unlocked {
    /// Keys and file.
    pub session: Session,
    /// The content.
    pub vault: Vault,
    /// The master password.
    pub passphrase: Passphrase,
    /// The key file, if one was named.
    pub key_file: Option<KeyFile>,
}

/// The start of every command.
pub struct Context {
    /// The settings.
    pub config: Config,
    /// The vault file.
    pub vault: PathBuf,
    /// What this installation remembers.
    pub state: PathBuf,
    /// Whether to print JSON.
    pub json: bool,
    /// Standard input.
    pub stdin: Stdin,
    /// Whether the command saves entries.
    pub saves_entries: bool,
    global: Global,
}

impl Context {
    /// Reads the configuration and decides where the vault is: `--vault`, `TRESOR_VAULT`, the configuration,
    /// the platform's place.
    ///
    /// # Errors
    /// A configuration that cannot be read, or no home directory.
    pub fn new(global: Global) -> Result<Self, Failure> {
        let places = Places::of_this_user();
        let config = match &places {
            Ok(places) => Config::load(&places.config)?,
            Err(_) => Config::default(),
        };
        let named = global.vault.as_ref().filter(|path| !path.is_empty()).map(PathBuf::from);
        let vault = named.or_else(|| config.vault.clone());
        let (vault, state) = match (vault, places) {
            (Some(vault), Ok(places)) => (vault, places.state),
            (None, Ok(places)) => (places.vault, places.state),
            // Without a home the state lives beside the vault.
            (Some(vault), Err(_)) => {
                let state = vault.with_extension("state");
                (vault, state)
            }
            (None, Err(error)) => return Err(ConfigError::into(error)),
        };
        Ok(Self {
            config,
            vault,
            state,
            json: global.json,
            stdin: Stdin::default(),
            saves_entries: false,
            global,
        })
    }

    /// What the screen is opened on.
    ///
    /// # Errors
    /// A key file that cannot be read.
    pub fn into_screen(self) -> Result<Screen, Failure> {
        let key_file = self.key_file()?;
        Ok(Screen::Vault { config: self.config, vault: self.vault, state: self.state, key_file })
    }

    /// Whether a person can be asked: a terminal, and no `--no-input`.
    pub fn can_ask(&self) -> bool {
        !self.global.no_input && Stdin::is_terminal()
    }

    /// Whether the master password is offered by an option.
    pub fn has_password_option(&self) -> bool {
        let global = &self.global;
        global.password_stdin || global.password_file.is_some() || global.password_command.is_some()
    }

    /// Opens the vault. A person who mistypes is asked again.
    ///
    /// # Errors
    /// [`Failure`] with the exit status of the cause.
    pub fn open(&mut self) -> Result<(Session, Vault), Failure> {
        let path = self.vault.clone();
        let (session, vault) = self.open_file(&path)?;
        let conflicts = session.conflicts().len();
        if conflicts > 0 {
            let copies = if conflicts == 1 { "copy of this vault lies" } else { "copies of this vault lie" };
            note(&format!(
                "{conflicts} conflicting {copies} beside it: `tresor merge` takes in what is new there."
            ));
        }
        Ok((session, vault))
    }

    /// Opens a vault file to look at it, a back-up by the master password that it had: nothing of it is
    /// remembered.
    ///
    /// # Errors
    /// As [`Context::open`].
    pub fn open_by_name(&mut self, path: &Path) -> Result<(Session, Vault), Failure> {
        let Unlocked { session, vault, .. } = self.unlock_as(path, Locked::by_name)?;
        Ok((session, vault))
    }

    /// How many back-ups are kept, and where.
    pub fn backup_settings(&self) -> BackupSettings {
        BackupSettings {
            dir: self.config.backup_dir.clone(),
            generations: self.config.backups.map(usize::from),
        }
    }

    /// What opens another file of this vault: the next line of standard input, or asked for; after consent to what
    /// it costs.
    ///
    /// # Errors
    /// Exit 2 where nobody gives one, 7 without consent.
    pub fn other_secret(&mut self, locked: &Locked, question: &str) -> Result<OtherSecret, Failure> {
        self.accept(locked, self.global.key_file.is_some())?;
        let passphrase = self.second_password(question)?;
        let passphrase =
            passphrase.ok_or_else(|| PromptError::Ended("the other file's password".to_owned()))?;
        Ok(OtherSecret { passphrase, key_file: self.key_file()? })
    }

    /// Opens a vault that is imported: its password is the next line of standard input, or asked for.
    ///
    /// # Errors
    /// As [`Context::open`].
    pub fn open_other(&mut self, path: &Path) -> Result<(Session, Vault), Failure> {
        let locked = Locked::read(path, &self.state)?.by_name();
        self.accept(&locked, false)?;
        let passphrase = match self.second_password("Its master password")? {
            Some(passphrase) => passphrase,
            None => return Err(PromptError::Ended("the password of that vault".to_owned()).into()),
        };
        Ok(locked.unlock(&Credentials::Passphrase(&passphrase, None))?)
    }

    /// The password of an encrypted copy; none means that of the vault.
    ///
    /// # Errors
    /// As [`Context::master_password`].
    pub fn copy_password(&mut self) -> Result<Option<Passphrase>, Failure> {
        self.second_password("Password for the copy (empty for the same)")
    }

    /// A password that comes behind the master password; none where it is empty or nobody gives one.
    ///
    /// # Errors
    /// As [`Context::master_password`].
    pub fn second_password(&mut self, question: &str) -> Result<Option<Passphrase>, Failure> {
        let given = self.second_secret(question)?;
        Ok(given.map(|given| Passphrase::new(&given)).transpose()?)
    }

    /// The password of a foreign file, which comes behind the master password, as it is typed; none where it is
    /// empty or nobody gives one.
    ///
    /// # Errors
    /// As [`Context::master_password`].
    pub fn second_secret(&mut self, question: &str) -> Result<Option<Secret>, Failure> {
        let given = if self.global.password_stdin {
            self.stdin.line(question)?
        } else if self.can_ask() {
            Some(prompt::secret(question)?)
        } else {
            None
        };
        Ok(given.filter(|given| !given.is_empty()))
    }

    /// Opens a vault file that is not necessarily the vault.
    ///
    /// # Errors
    /// As [`Context::open`].
    pub fn open_file(&mut self, path: &Path) -> Result<(Session, Vault), Failure> {
        let Unlocked { mut session, mut vault, passphrase, key_file } = self.unlock(path)?;
        if self.saves_entries {
            let given = Credentials::Passphrase(&passphrase, key_file.as_ref());
            if let Some(raised) = session.raise_costs(&mut vault, &given, now())? {
                note(&raised_words(raised));
            }
        }
        if self.can_ask() && session.offers_kit(&vault, now()) {
            note(&NO_KIT.join(" "));
        }
        Ok((session, vault))
    }

    /// Opens a vault, and keeps what opened it for making its slots anew.
    ///
    /// # Errors
    /// As [`Context::open`].
    pub fn unlock(&mut self, path: &Path) -> Result<Unlocked, Failure> {
        self.unlock_as(path, |locked| locked)
    }

    fn unlock_as(&mut self, path: &Path, how: fn(Locked) -> Locked) -> Result<Unlocked, Failure> {
        let key_file = self.key_file()?;
        for attempt in 1.. {
            let mut locked = how(Locked::read(path, &self.state)?);
            if self.global.accept_older_key {
                locked = locked.accept_older_key();
            }
            if attempt == 1 {
                self.accept(&locked, key_file.is_some())?;
            }
            let passphrase = self.master_password("Master password")?;
            match locked.unlock(&Credentials::Passphrase(&passphrase, key_file.as_ref())) {
                Err(error) if error.is_wrong_secret() && attempt < TRIES && !self.has_password_option() => {
                    if matches!(error, SessionError::OtherSlots) {
                        note("The keys of this vault file are not those last used here.");
                    }
                    note("That is not the master password; the vault itself is intact.");
                    let locked = Locked::read(path, &self.state)?;
                    if let Some(help) = keyboard_help(&passphrase, key_file.as_ref(), &locked) {
                        note(&help);
                    }
                }
                opened => {
                    let (mut session, vault) = opened?;
                    session.findings().iter().for_each(|finding| note(&finding.to_string()));
                    session.set_backup_settings(&self.backup_settings());
                    return Ok(Unlocked { session, vault, passphrase, key_file });
                }
            }
        }
        Err(Failure::new(Exit::WrongSecret, "wrong master password"))
    }

    /// Opens the vault with its recovery code.
    ///
    /// # Errors
    /// As [`Locked::read`] and [`Locked::unlock`].
    pub fn unlock_with_code(&self, code: &RecoveryCode) -> Result<(Session, Vault), SessionError> {
        let mut locked = Locked::read(&self.vault, &self.state)?;
        if self.global.accept_older_key {
            locked = locked.accept_older_key();
        }
        let (mut session, vault) = locked.unlock(&Credentials::Recovery(code))?;
        session.findings().iter().for_each(|finding| note(&finding.to_string()));
        session.set_backup_settings(&self.backup_settings());
        Ok((session, vault))
    }

    /// Asks before a derivation that takes much of this machine.
    ///
    /// # Errors
    /// Exit 7 without consent.
    pub fn accept(&self, locked: &Locked, with_key_file: bool) -> Result<(), Failure> {
        self.accept_demand(locked.demand(with_key_file))
    }

    /// The same for a demand of any file.
    ///
    /// # Errors
    /// As [`Context::accept`].
    pub fn accept_demand(&self, demand: Option<Demand>) -> Result<(), Failure> {
        let Some(demand) = demand.filter(|_| !self.global.accept_cost) else { return Ok(()) };
        let failure = Failure::from(demand);
        if self.can_ask() && prompt::consent(&format!("{}. Go on?", sentence(&failure.message)))? {
            return Ok(());
        }
        Err(failure)
    }

    /// The recovery code: the next line of standard input, or typed, which may be tried again.
    ///
    /// # Errors
    /// Exit 2 for what is no code, or where there is nobody to ask.
    pub fn recovery_code(&mut self, from_stdin: bool) -> Result<RecoveryCode, Failure> {
        const WHAT: &str = "the recovery code";
        if self.reads_code(from_stdin) {
            let line = self.stdin.line("Recovery code")?;
            let line = line.ok_or_else(|| PromptError::Ended(WHAT.to_owned()))?;
            return RecoveryCode::parse(&line).map_err(|error| code_failure(&error));
        }
        for attempt in 1.. {
            if self.global.no_input {
                break;
            }
            match prompt::secret("Recovery code") {
                Err(PromptError::NoTerminal) => break,
                typed => match RecoveryCode::parse(&typed?) {
                    Err(error) if attempt < TRIES => note(&sentence(&format!("{error}; try again."))),
                    read => return read.map_err(|error| code_failure(&error)),
                },
            }
        }
        Err(Failure::usage("the recovery code is missing, and there is nobody to ask")
            .hint("Give it with --code-stdin."))
    }

    /// The new master password behind a recovery code: the next line where the code came by standard input,
    /// else as for a new vault.
    ///
    /// # Errors
    /// As [`Context::new_password`].
    pub fn password_after_code(&mut self, from_stdin: bool) -> Result<Passphrase, Failure> {
        if self.reads_code(from_stdin) {
            return Ok(Passphrase::new(&self.next_line("the new master password")?)?);
        }
        self.new_password()
    }

    fn reads_code(&self, from_stdin: bool) -> bool {
        from_stdin || self.global.password_stdin
    }

    /// The master password by an option, or typed.
    ///
    /// # Errors
    /// Exit 2 where there is neither.
    pub fn master_password(&mut self, question: &str) -> Result<Passphrase, Failure> {
        match self.offered_password(MASTER_LINE, question)? {
            Some(line) => Ok(Passphrase::new(&line)?),
            None if self.global.no_input => Err(no_password()),
            None => match prompt::secret(question) {
                Ok(typed) => Ok(Passphrase::new(&typed)?),
                Err(PromptError::NoTerminal) => Err(no_password()),
                Err(error) => Err(error.into()),
            },
        }
    }

    /// The master password of a new vault: by an option, or typed twice.
    ///
    /// # Errors
    /// As [`Context::master_password`].
    pub fn new_password(&mut self) -> Result<Passphrase, Failure> {
        self.chosen_password(MASTER_LINE)
    }

    /// The master password in the place of the old one: by an option that gives one after the old, or typed
    /// twice.
    ///
    /// # Errors
    /// As [`Context::master_password`].
    pub fn replacement_password(&mut self) -> Result<Passphrase, Failure> {
        self.chosen_password(REPLACEMENT_LINE)
    }

    fn chosen_password(&mut self, line: usize) -> Result<Passphrase, Failure> {
        const QUESTION: &str = "New master password";
        if let Some(offered) = self.offered_password(line, QUESTION)? {
            return Ok(Passphrase::new(&offered)?);
        }
        if self.has_password_option() && !self.can_ask() {
            return Err(Failure::usage("the new master password is missing").hint(
                "Nothing was changed. It is the second line that the file has or the command prints.",
            ));
        }
        if self.global.no_input {
            return Err(no_password());
        }
        loop {
            let first = match prompt::secret(QUESTION) {
                Err(PromptError::NoTerminal) => return Err(no_password()),
                typed => typed?,
            };
            let passphrase = Passphrase::new(&first)?;
            if prompt::secret("Once more")?.same_as(first.expose()) {
                return Ok(passphrase);
            }
            note("These differ; try again.");
        }
    }

    /// The next line of standard input, behind the master password: `what`, as UTF-8 text.
    ///
    /// # Errors
    /// Exit 2 where standard input has ended, or is no text.
    pub fn next_line(&mut self, what: &str) -> Result<Secret, Failure> {
        let line = self.stdin.line(what)?;
        as_text(line.ok_or_else(|| PromptError::Ended(what.to_owned()))?, what)
    }

    /// The rest of standard input, without one final line end: `what`, as UTF-8 text.
    ///
    /// # Errors
    /// Exit 2 where it is no text.
    pub fn rest(&mut self, what: &str) -> Result<Secret, Failure> {
        as_text(self.stdin.rest()?, what)
    }

    /// The one entry in use that `query` finds.
    ///
    /// # Errors
    /// Exit 4 for none, 5 for several, with the candidates.
    pub fn find(&self, vault: &Vault, query: &str) -> Result<Id, Failure> {
        find_among(vault, query, State::Live)
    }

    /// What the option for it gives: the next line of standard input, or a line of a file or of what a
    /// command prints.
    fn offered_password(&mut self, line: usize, question: &str) -> Result<Option<Secret>, Failure> {
        if self.global.password_stdin {
            let next = self.stdin.line(question)?;
            let what = if line == MASTER_LINE { "the master password" } else { "the new master password" };
            return Ok(Some(next.ok_or_else(|| PromptError::Ended(what.to_owned()))?));
        }
        let text = match (&self.global.password_file, &self.global.password_command) {
            (Some(path), _) => prompt::file(path)?,
            (None, Some(command)) => prompt::command(command)?,
            (None, None) => return Ok(None),
        };
        Ok(line_of(&text, line))
    }

    /// The key file that was named.
    ///
    /// # Errors
    /// One that cannot be read, or is damaged.
    pub fn key_file(&self) -> Result<Option<KeyFile>, Failure> {
        let Some(path) = &self.global.key_file else { return Ok(None) };
        Ok(Some(KeyFile::read(&read_secret(path, KeyFile::MAX_LEN)?)?))
    }
}

/// What opens another file.
pub struct OtherSecret {
    passphrase: Passphrase,
    key_file: Option<KeyFile>,
}

impl OtherSecret {
    /// As it is given to the lock.
    pub fn credentials(&self) -> Credentials<'_> {
        Credentials::Passphrase(&self.passphrase, self.key_file.as_ref())
    }
}

/// What may be the matter with the keyboard. What the password looks like is tried only where it looks like it:
/// each try takes as long as unlocking does.
fn keyboard_help(typed: &Passphrase, key_file: Option<&KeyFile>, locked: &Locked) -> Option<String> {
    let text = std::str::from_utf8(typed.expose()).ok()?;
    let likely = layout::guesses(text).into_iter().filter(|guess| guess.is_likely).take(MAX_GUESSES);
    let is_right = |guess: &layout::Guess| {
        let meant = Passphrase::new(&guess.text);
        meant.is_ok_and(|meant| locked.is_opened_by(&Credentials::Passphrase(&meant, key_file)))
    };
    match likely.into_iter().find(is_right) {
        Some(guess) => Some(format!("What you typed would be right {}.", guess.words)),
        None => layout::hint(text).map(str::to_owned),
    }
}

/// The one entry of this state that `query` finds.
///
/// # Errors
/// Exit 4 for none, 5 for several, with the candidates.
pub fn find_among(vault: &Vault, query: &str, state: State) -> Result<Id, Failure> {
    let lookup = resolve(query, vault.entries().filter(|entry| entry.state() == state));
    let place = if state == State::Trash { " in the trash" } else { "" };
    match lookup.found.as_slice() {
        [] => {
            let in_trash = vault.entries().filter(|entry| entry.state() == State::Trash);
            let hint = match state {
                State::Trash => "`tresor ls --trash` lists what is in it.",
                _ if resolve(query, in_trash).found.is_empty() => "`tresor ls` lists all entries.",
                _ => "It is in the trash: `tresor restore` takes it out.",
            };
            Err(Failure::new(Exit::NoSuchEntry, format!("no entry{place} for {query:?}")).hint(hint))
        }
        [one] => Ok(one.document.id()),
        several => {
            let shown: Vec<Entry<'_>> = several.iter().take(20).map(|found| found.document).collect();
            let mut list = candidates(vault, &shown);
            if several.len() > list.len() {
                list.push(format!("  ... and {} more", several.len() - list.len()));
            }
            let message = format!("{} entries{place} for {query:?}:\n{}", several.len(), list.join("\n"));
            Err(Failure::new(Exit::SeveralMatch, message)
                .hint("Say title/username as it is listed here, or give the id."))
        }
    }
}

/// A line for each: its id, what to type for it, and when it was last used.
fn candidates(vault: &Vault, entries: &[Entry<'_>]) -> Vec<String> {
    let typed = |entry: &Entry<'_>| {
        let (query, id) = (account::query(vault, entry), entry.id().to_string());
        let name = match entry.username() {
            "" => entry.title().to_owned(),
            username => format!("{}/{username}", entry.title()),
        };
        if query == id { format!("{} (only by id)", printable::line(&name)) } else { account::quoted(&query) }
    };
    let names: Vec<String> = entries.iter().map(typed).collect();
    let wide = names.iter().map(|name| name.width()).max().unwrap_or_default().min(40);
    let line = |(entry, name): (&Entry<'_>, &String)| {
        let used = entry
            .last_used()
            .map_or_else(|| "never used".to_owned(), |time| format!("last used {}", time.ago(now())));
        let gap = " ".repeat(wide.saturating_sub(name.width()));
        format!("  {}  {name}{gap}  {used}", entry.id())
    };
    entries.iter().zip(&names).map(line).collect()
}

fn code_failure(error: &RecoveryCodeError) -> Failure {
    Failure::usage(error.to_string())
        .hint("Nothing was changed. The code is on the page of the recovery kit.")
}

fn raised_words(raised: Raised) -> String {
    format!(
        "Guessing at the master password costs {} from now on; it was {}.",
        raised.to_words(),
        raised.from_words()
    )
}

fn no_password() -> Failure {
    Failure::usage("the master password is missing, and there is nobody to ask")
        .hint("Give it with --password-stdin, --password-file or --password-command.")
}

fn as_text(given: Secret, what: &str) -> Result<Secret, Failure> {
    if given.expose_str().is_some() {
        return Ok(given);
    }
    Err(Failure::usage(format!("{what} is not UTF-8 text")).hint("Nothing was changed."))
}

/// A line of a text, counted from 0; none beyond the last.
fn line_of(text: &Secret, number: usize) -> Option<Secret> {
    let text = text.expose();
    let mut lines = text.strip_suffix(b"\n").unwrap_or(text).split(|byte| *byte == b'\n');
    lines.nth(number).map(|line| Secret::copy_of(line.strip_suffix(b"\r").unwrap_or(line)))
}

/// Saves, and says so where the file system makes that less safe.
///
/// # Errors
/// As [`Session::save`].
pub fn save(session: &Session, vault: &mut Vault) -> Result<Saved, SessionError> {
    let saved = session.save(vault, now())?;
    if saved.has_gap {
        note(
            "This file system cannot exchange two files in one step. Let no other device save this vault at the \
             same moment.",
        );
    }
    Ok(saved)
}

/// This moment.
pub fn now() -> crate::time::Timestamp {
    clock::now()
}
