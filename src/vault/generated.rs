//! What was generated, kept so that it is never lost: each value with when it was made, what for, by which
//! recipe, and whether it was used.

use std::cmp::Reverse;

use super::Vault;
use super::cell::Record;
use super::edit::{Edit, EditError};
use super::entry::{Entry, Value};
use super::id::Id;
use super::seal::Place;
use super::tag::{Kind, SEALED, Tag};
use crate::secret::Secret;
use crate::time::Timestamp;

/// Most values that are kept.
pub const MAX_GENERATED: usize = 200;

/// A value that was generated.
#[derive(Debug, Clone, Copy)]
pub struct Generated<'v> {
    /// Which one.
    pub id: Id,
    /// The value, sealed.
    pub value: Value<'v>,
    /// What it was made for, in words; empty if that is not known.
    pub made_for: &'v str,
    /// The entry that it was made for. It may not be there.
    pub entry: Option<Id>,
    /// The recipe, empty if that is not known.
    pub recipe: &'v str,
    /// Whether it was copied or taken into an entry.
    pub is_used: bool,
    /// When it was made.
    pub created: Timestamp,
}

impl Vault {
    /// Every value that was generated and not forgotten, the newest first.
    pub fn generated(&self) -> Vec<Generated<'_>> {
        let stamp = |record: &Record| self.current(record, Tag::GENERATED_VALUE, None).map(|cell| cell.stamp);
        let records = self.records_of(Kind::GENERATED).iter();
        let mut all: Vec<(Option<u32>, Generated<'_>)> =
            records.filter_map(|record| Some((stamp(record), self.generated_of(record)?))).collect();
        // Of one moment, which clocks tell to the millisecond, in the order in which they were made.
        all.sort_by_key(|(stamp, one)| Reverse((one.created, *stamp, one.id)));
        all.into_iter().map(|(_, one)| one).collect()
    }

    /// The generated value of this id, unless it is forgotten.
    pub fn generated_one(&self, id: Id) -> Option<Generated<'_>> {
        self.record(Kind::GENERATED, id).and_then(|record| self.generated_of(record))
    }

    fn generated_of<'v>(&'v self, record: &'v Record) -> Option<Generated<'v>> {
        // The values of every kind are read in the same way.
        let view = Entry::new(self, record);
        Some(Generated {
            id: record.id,
            value: view.single(Tag::GENERATED_VALUE)?,
            made_for: view.text(Tag::GENERATED_FOR),
            entry: view.id_at(Tag::GENERATED_ENTRY),
            recipe: view.text(Tag::GENERATED_RECIPE),
            is_used: view.byte(Tag::GENERATED_USED) == Some(1),
            created: view.time(Tag::CREATED).unwrap_or_default(),
        })
    }
}

impl Edit<'_, '_> {
    /// Keeps a value that was generated for `made_for`, in words, and gives its id. Beyond [`MAX_GENERATED`] the
    /// oldest that were used are forgotten, and after them the oldest.
    ///
    /// # Errors
    /// [`EditError::TooLong`], [`EditError::NoRandomness`].
    pub fn keep_generated(
        &mut self,
        value: &Secret,
        made_for: &str,
        entry: Option<Id>,
        recipe: &str,
    ) -> Result<Id, EditError> {
        let id = self.new_id()?;
        let place = Place { record: id, tag: Tag::GENERATED_VALUE, field: None };
        let sealed = self.seal_at(place, value.expose())?;
        let now = self.author.now.0.to_le_bytes();
        let mut put = |tag, flags, value| self.put(Kind::GENERATED, id, tag, None, flags, value);
        put(Tag::GENERATED_VALUE, SEALED, sealed)?;
        put(Tag::CREATED, 0, now.to_vec())?;
        for (tag, text) in [(Tag::GENERATED_FOR, made_for), (Tag::GENERATED_RECIPE, recipe)] {
            if !text.is_empty() {
                put(tag, 0, text.as_bytes().to_vec())?;
            }
        }
        if let Some(entry) = entry {
            put(Tag::GENERATED_ENTRY, 0, entry.0.to_vec())?;
        }
        self.forget_beyond(MAX_GENERATED - 1);
        Ok(id)
    }

    fn forget_beyond(&mut self, most: usize) {
        let mut kept = self.vault.generated();
        let surplus = kept.len().saturating_sub(most);
        kept.sort_by_key(|one| (!one.is_used, one.created, one.id));
        for one in kept.iter().take(surplus) {
            self.forget_generated(one.id);
        }
    }

    /// Notes that a generated value was copied or taken into an entry.
    ///
    /// # Errors
    /// [`EditError::TooLong`], never.
    pub fn generated_used(&mut self, id: Id) -> Result<(), EditError> {
        let known = self.vault.record(Kind::GENERATED, id).is_some_and(|record| {
            let used = self.vault.current(record, Tag::GENERATED_USED, None);
            used.is_some_and(|cell| self.vault.value(cell) == [1])
        });
        if known { Ok(()) } else { self.put(Kind::GENERATED, id, Tag::GENERATED_USED, None, 0, vec![1]) }
    }

    /// Deletes a generated value for good.
    pub fn forget_generated(&mut self, id: Id) {
        if let Some(record) = self.vault.record(Kind::GENERATED, id) {
            self.empty(record);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::edit::Author;
    use crate::vault::seal::{FieldTampered, Seal};

    struct Plain;

    impl Seal for Plain {
        fn seal(&self, _: Place, secret: &[u8]) -> Vec<u8> {
            secret.to_vec()
        }
        fn open(&self, _: Place, sealed: &[u8]) -> Result<Secret, FieldTampered> {
            Ok(Secret::copy_of(sealed))
        }
    }

    fn edit<T>(
        vault: &mut Vault,
        now: u64,
        make: impl FnOnce(&mut Edit<'_, '_>) -> Result<T, EditError>,
    ) -> T {
        let mut next: u128 = 0;
        let mut new_id = || {
            next += 1;
            Ok(Id(((u128::from(now) << 8) + next).to_be_bytes()))
        };
        let mut author =
            Author { seal: &Plain, new_id: &mut new_id, writer: Id([9; 16]), now: Timestamp(now) };
        vault.edit(&mut author, "", make).unwrap()
    }

    #[test]
    fn what_was_generated_is_kept_until_it_is_forgotten() {
        let mut vault = Vault::new();
        let secret = Secret::copy_of(b"first");
        let first = edit(&mut vault, 10, |edit| {
            edit.keep_generated(&secret, "GitHub", Some(Id([1; 16])), "words: 6")
        });
        edit(&mut vault, 20, |edit| edit.keep_generated(&Secret::copy_of(b"second"), "", None, ""));
        edit(&mut vault, 30, |edit| edit.generated_used(first));
        let all = vault.generated();
        let said: Vec<_> = all.iter().map(|one| (one.made_for, one.recipe, one.entry, one.is_used)).collect();
        assert_eq!(said, [("", "", None, false), ("GitHub", "words: 6", Some(Id([1; 16])), true)]);
        assert!(matches!(all[1].value, Value::Sealed(_, b"first")));
        edit(&mut vault, 40, |edit| {
            edit.forget_generated(first);
            Ok(())
        });
        assert_eq!(vault.generated().len(), 1);
        let record = vault.record(Kind::GENERATED, first).unwrap();
        assert!(record.cells.iter().all(|cell| cell.is_emptied()));
    }

    #[test]
    fn the_oldest_used_ones_go_first() {
        let mut vault = Vault::new();
        let keep = |vault: &mut Vault, now: u64| {
            edit(vault, now, |edit| edit.keep_generated(&Secret::copy_of(b"x"), "", None, ""))
        };
        let ids: Vec<Id> = (0..MAX_GENERATED as u64).map(|now| keep(&mut vault, now)).collect();
        edit(&mut vault, 201, |edit| edit.generated_used(ids[7]));
        keep(&mut vault, 202);
        assert_eq!(vault.generated().len(), MAX_GENERATED);
        assert!(vault.generated_one(ids[7]).is_none() && vault.generated_one(ids[0]).is_some());
        keep(&mut vault, 203);
        assert_eq!(vault.generated().len(), MAX_GENERATED);
        assert!(vault.generated_one(ids[0]).is_none() && vault.generated_one(ids[1]).is_some());
    }
}
