//! A whole entry as one edit, with the history that it brings.

use super::{
    Cell, Edit, EditError, FieldKind, Id, Item, Kind, NewCell, PastValue, REMOVED, Stamp, Tag,
    exception_text, folder,
};
use crate::time::Timestamp;
use crate::vault::item::Upkeep;

impl Edit<'_, '_> {
    /// Adds an entry, with its history, and gives its id.
    ///
    /// # Errors
    /// [`EditError::TooLong`], [`EditError::NoRandomness`].
    pub fn add(&mut self, item: &Item) -> Result<Id, EditError> {
        let id = match item.id.filter(|id| self.vault.entry(*id).is_none()) {
            Some(id) => id,
            None => self.new_id()?,
        };
        let start = self.cells.len();
        self.plain(id, Tag::STATE, None, &[u8::from(item.trashed)])?;
        self.plain(id, Tag::TYPE, None, item.kind.as_bytes())?;
        for (tag, text) in [
            (Tag::TITLE, item.title.as_str()),
            (Tag::USERNAME, &item.username),
            (Tag::FOLDER, &folder::normal(&item.folder)),
        ] {
            if !text.is_empty() {
                self.plain(id, tag, None, text.as_bytes())?;
            }
        }
        let secrets = [(Tag::PASSWORD, &item.password), (Tag::NOTE, &item.note), (Tag::OTP, &item.totp)];
        for (tag, secret) in secrets {
            if let Some(secret) = secret.as_ref().filter(|secret| !secret.is_empty()) {
                self.sealed(id, tag, None, secret.expose())?;
            }
        }
        if item.favourite {
            self.plain(id, Tag::FAVOURITE, None, &[1])?;
        }
        let times =
            [(Tag::CREATED, item.created), (Tag::MODIFIED, item.modified), (Tag::LAST_USED, item.last_used)];
        for (tag, time) in times {
            if let Some(time) = time {
                self.plain(id, tag, None, &time.0.to_le_bytes())?;
            }
        }
        self.add_texts(id, Tag::URL, &item.urls)?;
        self.add_texts(id, Tag::ENTRY_TAG, &item.tags)?;
        let many = item.fields.len() > 1;
        for (order, field) in item.fields.iter().enumerate() {
            let order = many.then_some(order);
            self.add_item_field(id, field, order)?;
        }
        for file in &item.attachments {
            self.attach(id, &file.name, &file.content)?;
        }
        let many = item.passkeys.len() > 1;
        for (passkey, order) in item.passkeys.iter().zip(0_u32..) {
            let field = Some(self.new_id()?);
            self.sealed(id, Tag::PASSKEY, field, passkey.expose())?;
            if many {
                self.plain(id, Tag::ORDER, field, &order.to_le_bytes())?;
            }
        }
        self.add_upkeep(id, &item.upkeep)?;
        self.add_history(id, start, &item.history)?;
        Ok(id)
    }

    fn add_upkeep(&mut self, id: Id, upkeep: &Upkeep) -> Result<(), EditError> {
        if let Some(time) = upkeep.expiry {
            self.plain(id, Tag::EXPIRY, None, &time.0.to_le_bytes())?;
        }
        if !upkeep.policy.is_empty() {
            self.plain(id, Tag::POLICY, None, upkeep.policy.as_bytes())?;
        }
        if let Some(secret) = upkeep.pending.as_ref().filter(|secret| !secret.is_empty()) {
            self.sealed(id, Tag::PENDING_PASSWORD, None, secret.expose())?;
        }
        if let Some(days) = upkeep.reminder {
            self.plain(id, Tag::REMINDER, None, &days.to_le_bytes())?;
        }
        if let Some(other) = upkeep.signs_in_with {
            self.plain(id, Tag::SIGNS_IN_WITH, None, &other.0)?;
        }
        for exception in &upkeep.exceptions {
            let field = Some(self.new_id()?);
            let text = exception_text(&exception.kind, &exception.reason);
            self.plain(id, Tag::AUDIT_EXCEPTION, field, text.as_bytes())?;
        }
        Ok(())
    }

    fn add_texts(&mut self, id: Id, tag: Tag, texts: &[String]) -> Result<(), EditError> {
        let many = texts.len() > 1;
        for (text, order) in texts.iter().filter(|text| !text.is_empty()).zip(0_u32..) {
            let field = Some(self.new_id()?);
            self.plain(id, tag, field, text.as_bytes())?;
            if many {
                self.plain(id, Tag::ORDER, field, &order.to_le_bytes())?;
            }
        }
        Ok(())
    }

    /// Writes values that were replaced before this entry came here, each under a stamp of its own time. A
    /// field that the vault has a value of keeps that: its past is stamped one generation before it.
    pub(super) fn add_history(
        &mut self,
        id: Id,
        start: usize,
        history: &[PastValue],
    ) -> Result<(), EditError> {
        let mut latest = self.stamp.time.0;
        for past in history.iter().rev() {
            latest = past.time.0.min(latest.saturating_sub(1));
            let (tag, field) = self.history_place(id, start, past)?;
            let current = self.vault.entry(id).and_then(|entry| entry.record().current(tag, field));
            let before = current.map(|cell| self.vault.stamp(cell).generation.saturating_sub(1));
            let generation = before.unwrap_or(self.stamp.generation);
            let stamp = Stamp { time: Timestamp(latest), generation, ..self.stamp };
            let is_sealed =
                tag.is_always_sealed() || tag == Tag::FIELD_VALUE && self.field_is_sealed(id, start, field);
            let (flags, value) = self.sealed_if(is_sealed, id, tag, field, &past.value)?;
            self.write(&NewCell { kind: Kind::ENTRY, id, tag, field, stamp, flags, version: 0, value })?;
        }
        Ok(())
    }

    /// The field that a past value is one of; a custom field that is there no longer is made, and removed.
    fn history_place(
        &mut self,
        id: Id,
        start: usize,
        past: &PastValue,
    ) -> Result<(Tag, Option<Id>), EditError> {
        let single = match past.field.as_str() {
            "title" => Some(Tag::TITLE),
            "username" => Some(Tag::USERNAME),
            "password" => Some(Tag::PASSWORD),
            "note" => Some(Tag::NOTE),
            "totp" => Some(Tag::OTP),
            "folder" => Some(Tag::FOLDER),
            _ => None,
        };
        if let Some(tag) = single {
            return Ok((tag, None));
        }
        let list = match past.field.as_str() {
            "url" => Some(Tag::URL),
            "tag" => Some(Tag::ENTRY_TAG),
            _ => None,
        };
        let mut mine = self.written(id, start);
        if let Some(tag) = list {
            let first = mine.find(|(cell, _)| cell.tag == tag).and_then(|(cell, _)| cell.field);
            drop(mine);
            if let Some(field) = first {
                return Ok((tag, Some(field)));
            }
            let field = Some(self.new_id()?);
            self.put(Kind::ENTRY, id, tag, field, REMOVED, Vec::new())?;
            return Ok((tag, field));
        }
        let is_label =
            |(cell, value): &(&Cell, &[u8])| cell.tag == Tag::FIELD_LABEL && *value == past.field.as_bytes();
        if let Some((label, _)) = mine.find(is_label) {
            return Ok((Tag::FIELD_VALUE, label.field));
        }
        drop(mine);
        let there = self.vault.entry(id).map(|entry| entry.fields()).unwrap_or_default();
        if let Some(field) = there.iter().find(|field| field.label == past.field) {
            return Ok((Tag::FIELD_VALUE, Some(field.id)));
        }
        let field = Some(self.new_id()?);
        self.plain(id, Tag::FIELD_LABEL, field, past.field.as_bytes())?;
        self.plain(id, Tag::FIELD_KIND, field, &[FieldKind::Hidden.number()])?;
        self.put(Kind::ENTRY, id, Tag::FIELD_VALUE, field, REMOVED, Vec::new())?;
        Ok((Tag::FIELD_VALUE, field))
    }

    /// Whether the values of a custom field are sealed, also where this edit has made it one.
    fn field_is_sealed(&self, id: Id, start: usize, field: Option<Id>) -> bool {
        let start = self.changed_from.get(&id).copied().unwrap_or(start);
        let mut kinds = self.written(id, start).rev();
        let kind = kinds.find(|(cell, _)| cell.tag == Tag::FIELD_KIND && cell.field == field);
        let kind = kind.and_then(|(_, value)| value.first()).map(|kind| FieldKind::numbered(*kind));
        let there = || {
            self.vault
                .entry(id)?
                .fields()
                .iter()
                .find(|known| Some(known.id) == field)
                .map(|known| known.kind)
        };
        kind.or_else(there).is_some_and(FieldKind::is_secret)
    }
}
