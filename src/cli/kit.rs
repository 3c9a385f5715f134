//! `kit`: the recovery kit made, shown, tried and declined; and where a new code goes, for every command that
//! makes one.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};
use serde_json::json;

use super::args::{CodeInput, KitAction, KitMake, KitOptions};
use super::context::{Context, now, save};
use super::output;
use super::renewal::{self, Renewal};
use crate::crypto::random::SystemRandom;
use crate::format::slot::SlotKind;
use crate::format::{FormatError, RecoveryCode};
use crate::kit::{self, Qr, lines_of};
use crate::prompt;
use crate::report::{Exit, Failure, note};
use crate::secret::Secret;
use crate::session::{KIT, KitStatus, Locked, NewSlot, Price, Session, SlotSecret, cost_policy};
use crate::store::{file, write_new};
use crate::vault::Vault;

/// Does one of these.
///
/// # Errors
/// [`Failure`] with the exit status of the cause.
pub fn run(context: &mut Context, action: Option<KitAction>) -> Result<(), Failure> {
    match action {
        None => status(context),
        Some(KitAction::Make(make)) => self::make(context, make),
        Some(KitAction::Test(input)) => test(context, &input),
        Some(KitAction::Decline) => decline(context),
    }
}

/// Makes a kit. Where there is one already its code is replaced, by a new vault key.
///
/// # Errors
/// Exit 7 where nobody would see the code, or the page's file is there.
pub fn make(context: &mut Context, make: KitMake) -> Result<(), Failure> {
    let options = KitOptions { kit: make.out, print_kit: make.print, no_kit: false };
    let delivery = Delivery::of(context, &options)?;
    let path = context.vault.clone();
    let mut unlocked = context.unlock(&path)?;
    let (session, vault) = (&mut unlocked.session, &mut unlocked.vault);
    let has_one = session.key_slots(vault).iter().any(|key| key.kind() == SlotKind::Recovery);
    if has_one {
        let renewal = Renewal {
            kit: Some(delivery),
            without: None,
            master: None,
            price: Price::of(vault)?,
            delete_old_backups: false,
        };
        let done = renewal::run(context, unlocked, renewal)?;
        return renewal::report(
            context,
            "Made a new recovery kit; the old code opens nothing any more.",
            done,
        );
    }
    let kit = NewKit::make(delivery, session)?;
    let slot = NewSlot { name: KIT.to_owned(), secret: SlotSecret::Recovery(&kit.code), replaces: None };
    let cost = cost_policy(vault);
    let saved = session.add_slot(vault, &slot, cost, now()).and_then(|_| session.save(vault, now()));
    if let Err(error) = saved {
        kit.withdraw();
        return Err(error.into());
    }
    let shown = kit.hand_over(context)?;
    let page = shown.page.clone();
    if context.json {
        return output::json(&Made { kit: shown });
    }
    output::text("Made the recovery kit. `tresor kit test` tells whether what you wrote down is right.")?;
    page.map_or(Ok(()), |page| output::text(&page_words(&page)))
}

fn status(context: &mut Context) -> Result<(), Failure> {
    let (session, vault) = context.open()?;
    let status = session.kit_status(&vault);
    let (word, created, tested) = match status {
        KitStatus::None => ("none", None, None),
        KitStatus::Declined => ("declined", None, None),
        KitStatus::Made { created, tested } => ("made", created, tested),
    };
    let [created, tested] = [created, tested].map(|time| time.map(|time| time.to_string()));
    if context.json {
        return output::json(&json!({ "kit": word, "created": created, "tested": tested }));
    }
    let day = |time: &str| time.get(..10).unwrap_or(time).to_owned();
    output::text(&match status {
        KitStatus::None => "There is no recovery kit. `tresor kit make` makes one.".to_owned(),
        KitStatus::Declined => "There is no recovery kit, and none is wanted.".to_owned(),
        KitStatus::Made { .. } => {
            let made = created.map(|time| format!(", made {}", day(&time))).unwrap_or_default();
            let tried = tested.map_or("never tried: `tresor kit test` does".to_owned(), |time| {
                format!("last tried {}", day(&time))
            });
            format!("There is a recovery kit{made}, {tried}.")
        }
    })
}

fn test(context: &mut Context, input: &CodeInput) -> Result<(), Failure> {
    let (session, mut vault) = open_with_code(context, input)?.0;
    let tested = now();
    let remembered = session.note_drill(&mut vault, tested).and_then(|()| session.save(&mut vault, tested));
    if let Err(error) = &remembered {
        note(&format!("The date of this could not be saved: {error}"));
    }
    let json = json!({ "opens": true, "tested": tested.to_string(), "saved": remembered.is_ok() });
    output::done(context.json, "The code opens the vault.", &json)
}

fn decline(context: &mut Context) -> Result<(), Failure> {
    let (session, mut vault) = context.open()?;
    if matches!(session.kit_status(&vault), KitStatus::Made { .. }) {
        return Err(Failure::new(Exit::Refused, "there is a recovery kit")
            .hint("Nothing was changed. `tresor slots rm` makes its code open nothing."));
    }
    session.decline_kit(&mut vault, true, now())?;
    save(&session, &mut vault)?;
    let said = "No recovery kit will be offered. `tresor kit make` makes one all the same.";
    output::done(context.json, said, &json!({ "kit": "declined" }))
}

/// Opens the vault with a recovery code, which is given back.
///
/// # Errors
/// Exit 3 where it opens nothing.
pub fn open_with_code(
    context: &mut Context,
    input: &CodeInput,
) -> Result<((Session, Vault), RecoveryCode), Failure> {
    // What is wrong with the file is said before the code is asked for.
    Locked::read(&context.vault, &context.state)?;
    let code = context.recovery_code(input.code_stdin)?;
    match context.unlock_with_code(&code) {
        Err(error) if error.is_wrong_secret() => {
            Err(Failure::new(Exit::WrongSecret, "this recovery code does not open the vault").hint(
                "The code itself has no typing error, and the vault is intact. Each change of the master \
                password makes a new code: look for a later kit.",
            ))
        }
        opened => Ok((opened?, code)),
    }
}

/// Where a new code goes.
#[derive(Debug, Clone)]
pub struct Delivery {
    page: Option<PathBuf>,
    print: bool,
    show: bool,
}

impl Delivery {
    /// By the options; at a terminal it is shown where they say nothing.
    ///
    /// # Errors
    /// Exit 7 where nobody would see it, or the file is there.
    pub fn of(context: &Context, options: &KitOptions) -> Result<Self, Failure> {
        let (page, print) = (options.kit.clone(), options.print_kit);
        let show = page.is_none() && !print && context.can_ask() && std::io::stdout().is_terminal();
        if page.is_none() && !print && !show {
            return Err(Failure::new(Exit::Refused, "nobody would see the new recovery code").hint(
                "Nothing was changed. Save it with --kit FILE (`kit make`: --out FILE), print it with --print-kit \
                (--print), or go without one with --no-kit.",
            ));
        }
        if let Some(taken) = page.as_deref().filter(|page| file::is_taken(page)) {
            return Err(crate::store::StoreError::Exists(taken.to_owned()).into());
        }
        Ok(Self { page, print, show })
    }
}

/// A code that opens nothing yet, on its page where there is to be one.
pub struct NewKit {
    /// The code.
    pub code: RecoveryCode,
    delivery: Delivery,
}

/// What became of a new code, for `--json`.
#[derive(Serialize)]
pub struct Shown {
    /// The page's file.
    pub page: Option<String>,
    /// The code, where it was to be printed.
    #[serde(serialize_with = "as_text")]
    pub code: Option<Secret>,
}

fn as_text<S: Serializer>(code: &Option<Secret>, to: S) -> Result<S::Ok, S::Error> {
    code.as_ref().and_then(Secret::expose_str).serialize(to)
}

#[derive(Serialize)]
struct Made {
    kit: Shown,
}

impl NewKit {
    /// Draws a code and writes its page, before the vault is saved: a kit that is lost must not replace one.
    ///
    /// # Errors
    /// Where the page cannot be written.
    pub fn make(delivery: Delivery, session: &Session) -> Result<Self, Failure> {
        let code = RecoveryCode::generate(&mut SystemRandom).map_err(FormatError::from)?;
        if let Some(path) = &delivery.page {
            let name = session.path().file_name().unwrap_or_default().to_string_lossy();
            let page = kit::page(&code, &name, now());
            write_new(path, |out| out.write_all(page.expose()))?;
        }
        Ok(Self { code, delivery })
    }

    /// Takes the page away again: the code opens nothing.
    pub fn withdraw(&self) {
        if let Some(page) = &self.delivery.page {
            let _ = file::remove(page);
        }
    }

    /// Shows or prints the code, as it was to be.
    ///
    /// # Errors
    /// Where it cannot be shown; it opens the vault all the same.
    pub fn hand_over(&self, context: &Context) -> Result<Shown, Failure> {
        if self.delivery.show {
            prompt::show(|size| screen(&self.code, size)).map_err(|error| {
                Failure::new(Exit::Failed, format!("the new code could not be shown: {error}"))
                    .hint("The change is saved. `tresor kit make` makes another code.")
            })?;
        }
        if self.delivery.print && !context.json {
            for line in lines_of(&self.code) {
                output::value(&line)?;
            }
        }
        let code = self.delivery.print.then(|| self.code.text());
        Ok(Shown { page: self.delivery.page.as_deref().map(|page| page.display().to_string()), code })
    }

    /// Its slot.
    pub fn slot(&self, replaces: crate::vault::Id) -> NewSlot<'_> {
        NewSlot { name: KIT.to_owned(), secret: SlotSecret::Recovery(&self.code), replaces: Some(replaces) }
    }
}

/// What is said of a page.
pub fn page_words(page: impl AsRef<Path>) -> String {
    format!("Print the page and delete it, it is readable text: {}", page.as_ref().display())
}

/// What is shown at the terminal, where it has room for it.
fn screen(code: &RecoveryCode, (columns, rows): (u16, u16)) -> Secret {
    let mut text = Secret::with_capacity(16 * 1024);
    let mut put = |piece: &str| {
        text.append(piece.as_bytes());
    };
    put("The recovery code. Write it down and keep it where it cannot be lost:\r\n\r\n");
    for line in lines_of(code) {
        put("    ");
        put(line.expose_str().unwrap_or_default());
        put("\r\n");
    }
    put("\r\n");
    let fits = columns >= Qr::COLUMNS && rows >= Qr::ROWS + 8 && draws_blocks();
    match Qr::of(code).filter(|_| fits) {
        Some(qr) => {
            let coloured = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
            for row in 0..Qr::ROWS {
                put(if coloured { "\x1b[30;107m" } else { "" });
                for column in 0..Qr::COLUMNS {
                    let half = qr.half(column, row);
                    put(if coloured { half.in_dark() } else { half.in_light() });
                }
                put(if coloured { "\x1b[0m\r\n" } else { "\r\n" });
            }
        }
        None => put("(There is no room here for the QR code: 33 columns, 25 rows.)\r\n"),
    }
    put("\r\nEnter: I have written it down ");
    text
}

/// Whether the locale's characters include blocks.
fn draws_blocks() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    locale.is_none_or(|locale| {
        let locale = locale.to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}
