//! Changes of what opens the vault, on a thread of their own. The file is opened anew with what was typed, which
//! is asked for again before anything as grave as this.

use std::path::{Path, PathBuf};

use super::super::Source;
use super::super::effect::KeyChange;
use super::super::message::{KeyEnd, Message, Renewed};
use super::super::model::keys::Task;
use super::vault::{Opener, opened, typed_path};
use crate::clock;
use crate::crypto::random::SystemRandom;
use crate::format::slot::SlotKind;
use crate::format::{Credentials, FormatError, Passphrase, RecoveryCode};
use crate::report::{Exit, Failure};
use crate::secret::Secret;
use crate::session::{KIT, Locked, NewSlot, Price, Session, SlotSecret, cost_policy};
use crate::store::write_new;
use crate::vault::{Id, Vault};

impl Opener {
    /// Does what was asked for. Takes as long as some derivations.
    pub fn change_keys(&self, change: &KeyChange) -> Message {
        let (ticket, task) = (change.ticket, change.task);
        let renewed = match task {
            Task::TestKit => {
                return Message::CodeTested(KeyEnd { ticket, result: self.test(&change.secret) });
            }
            Task::Recover => self.recover(change),
            _ => self.renew(change),
        };
        Message::Renewed(KeyEnd { ticket, result: renewed.map(Box::new) })
    }

    fn locked(&self) -> Result<Locked, Failure> {
        let Source::File { vault, state } = self.source() else {
            return Err(Failure::new(Exit::Refused, "the sample has no file, and so no keys"));
        };
        Ok(Locked::read(vault, state)?)
    }

    fn by_code(&self, typed: &Secret) -> Result<(Session, Vault), Failure> {
        let code = RecoveryCode::parse(typed).map_err(|error| Failure::usage(error.to_string()))?;
        match self.open(self.locked()?, &Credentials::Recovery(&code)) {
            Err(error) if error.is_wrong_secret() => Err(Failure::new(
                Exit::WrongSecret,
                "this recovery code does not open the vault. It has no typing error; each change of the master \
                password makes a new code: look for a later kit",
            )),
            opened => Ok(opened?),
        }
    }

    fn test(&self, typed: &Secret) -> Result<Id, Failure> {
        let (session, vault) = self.by_code(typed)?;
        Ok(session.opened_by(&vault).map(|key| key.id).unwrap_or(Id::ZERO))
    }

    /// A new master password, key or kit. Nothing is dropped here: what cannot be asked for stops it.
    fn renew(&self, change: &KeyChange) -> Result<Renewed, Failure> {
        let old = Passphrase::new(&change.secret)?;
        let key_file = self.key_file();
        let given = Credentials::Passphrase(&old, key_file);
        let (mut session, mut vault) = self.open(self.locked()?, &given)?;
        let new = if change.task == Task::Passwd { Some(Passphrase::new(&change.new)?) } else { None };
        let there = session.key_slots(&vault);
        let kit = there.iter().find(|key| key.kind() == SlotKind::Recovery);
        let code = match (kit, change.task) {
            (None, Task::Passwd | Task::Rekey) => None,
            _ => Some(RecoveryCode::generate(&mut SystemRandom).map_err(FormatError::from)?),
        };
        if let (None, Some(code)) = (kit, &code) {
            add_kit(&session, &mut vault, code)?;
            session.save(&mut vault, clock::now())?;
            return Ok(Renewed {
                task: change.task,
                opened: opened(session, vault),
                code: Some(code.duplicate()),
                dropped: Vec::new(),
            });
        }
        let price = Price::of(&vault)?;
        let master = new.as_ref().unwrap_or(&old);
        let (mut slots, rest) = session.own_slots(&vault, &old, key_file, master)?;
        if let Some(key) = rest.first() {
            let message = match key.kind() {
                SlotKind::Passphrase => format!("{:?} has a password of its own", key.name),
                _ => format!("the secret of {:?} is not at hand", key.name),
            };
            return Err(Failure::new(Exit::Refused, message)
                .hint("Nothing was changed. `tresor passwd` and `tresor rekey` ask for it, or drop it."));
        }
        if let (Some(key), Some(code)) = (kit, &code) {
            let secret = SlotSecret::Recovery(code);
            slots.push(NewSlot { name: key.name.clone(), secret, replaces: Some(key.id) });
        }
        let done = session.rekey(&mut vault, &slots, price, clock::now())?;
        drop(slots);
        Ok(Renewed { task: change.task, opened: opened(session, vault), code, dropped: done.dropped })
    }

    fn recover(&self, change: &KeyChange) -> Result<Renewed, Failure> {
        let (mut session, mut vault) = self.by_code(&change.secret)?;
        let new = Passphrase::new(&change.new)?;
        let code = RecoveryCode::generate(&mut SystemRandom).map_err(FormatError::from)?;
        let price = Price::of(&vault)?;
        let slots = session.slots_after_recovery(&vault, &new, self.key_file(), Some(&code));
        let done = session.rekey(&mut vault, &slots, price, clock::now())?;
        drop(slots);
        let opened = opened(session, vault);
        Ok(Renewed { task: change.task, opened, code: Some(code), dropped: done.dropped })
    }
}

/// Adds the slot of a new kit; the vault is to be saved then.
pub fn add_kit(session: &Session, vault: &mut Vault, code: &RecoveryCode) -> Result<(), Failure> {
    let slot = NewSlot { name: KIT.to_owned(), secret: SlotSecret::Recovery(code), replaces: None };
    let cost = cost_policy(vault);
    session.add_slot(vault, &slot, cost, clock::now())?;
    Ok(())
}

/// Saves the page of a kit, in a new file.
pub fn save_page(page: &Secret, path: &Path) -> Result<PathBuf, Failure> {
    let path = typed_path(path);
    write_new(&path, |out| out.write_all(page.expose()))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::crypto::kdf::Cost;
    use crate::session::BackupSettings;
    use crate::time::Timestamp;

    #[test]
    fn the_settings_of_back_ups_hold_for_changes_of_keys_too() {
        let dir = std::env::temp_dir().join(format!("tresor-perform-keys-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        let (vault, state, backups) = (dir.join("v.tresor"), dir.join("state"), dir.join("backups"));
        let settings = BackupSettings { dir: Some(backups.clone()), generations: Some(30) };
        let secret = |text: &str| Secret::copy_of(text.as_bytes());
        let one = Passphrase::new(&secret("one")).unwrap();
        let (mut session, mut made) =
            Session::create(&vault, &state, &one, Cost::READER_FLOOR, Timestamp(1)).unwrap();
        session.set_backup_settings(&settings);
        for save in 2..14 {
            session.save(&mut made, Timestamp(save)).unwrap();
        }
        let backups = backups.join(session.vault_id().to_string());
        let kept = || fs::read_dir(&backups).unwrap().count();
        assert_eq!(kept(), 12);
        let opener = Opener::new(Source::File { vault, state }, None, settings);
        let change = |task, given: Secret, new: &str| {
            let change = KeyChange { ticket: 1, task, secret: given, new: secret(new) };
            let Message::Renewed(end) = opener.change_keys(&change) else { panic!("{task:?}") };
            end.result.unwrap_or_else(|failure| panic!("{task:?}: {failure}")).code
        };
        let code = change(Task::MakeKit, secret("one"), "").unwrap();
        assert_eq!(kept(), 13);
        change(Task::Rekey, secret("one"), "").unwrap();
        assert_eq!(kept(), 14);
        let code = change(Task::MakeKit, secret("one"), "").map(|new| (new, code)).unwrap().0;
        assert_eq!(kept(), 15);
        change(Task::Recover, code.text(), "two").unwrap();
        assert_eq!(kept(), 16);
        let _ = fs::remove_dir_all(&dir);
    }
}
