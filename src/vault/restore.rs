//! Going back to an earlier state of the vault by an edit: entries get their values of then as new cells, so that
//! other devices follow, nothing is taken away, and one undo brings back what was there.

use super::Vault;
use super::cell::{Cell, Record};
use super::edit::{Edit, EditError};
use super::entry::State;
use super::id::Id;
use super::tag::{Kind, REMOVED, Tag};

impl Edit<'_, '_> {
    /// Makes every entry say what it says in `then`, which is under the same key. One that is not there goes to the
    /// trash; one that was deleted for good since comes back, without its history. Keys and settings stay.
    ///
    /// # Errors
    /// [`EditError::TooLong`].
    pub fn set_back(&mut self, then: &Vault) -> Result<(), EditError> {
        for wanted in then.records_of(Kind::ENTRY) {
            let here = self.vault.record(Kind::ENTRY, wanted.id);
            for (tag, field) in fields(wanted, here) {
                self.set_field_back(then, wanted, here, tag, field)?;
            }
        }
        let is_new = |id| then.record(Kind::ENTRY, id).is_none();
        let made_since =
            self.vault.entries().filter(|entry| entry.state() == State::Live && is_new(entry.id()));
        let made_since: Vec<Id> = made_since.map(|entry| entry.id()).collect();
        made_since.into_iter().try_for_each(|id| self.plain(id, Tag::STATE, None, &[1]))
    }

    fn set_field_back(
        &mut self,
        then: &Vault,
        wanted: &Record,
        here: Option<&Record>,
        tag: Tag,
        field: Option<Id>,
    ) -> Result<(), EditError> {
        let now = here.and_then(|record| self.vault.current(record, tag, field));
        let was = then.current(wanted, tag, field);
        let same = |a: &Cell, b: &Cell| {
            (a.flags, a.version, self.vault.value(a)) == (b.flags, b.version, then.value(b))
        };
        match (now, was) {
            // When it was made does not change; when it was changed and used is about what happened since.
            _ if [Tag::MODIFIED, Tag::LAST_USED].contains(&tag) => Ok(()),
            (Some(_), _) if tag == Tag::CREATED => Ok(()),
            (None, None) => Ok(()),
            (Some(now), Some(was)) if same(now, was) => Ok(()),
            (_, Some(was)) => self.put_again(wanted.id, was, then.value(was).to_vec()),
            (Some(_), None) => self.put(Kind::ENTRY, wanted.id, tag, field, REMOVED, Vec::new()),
        }
    }
}

/// The fields that either has.
fn fields(one: &Record, other: Option<&Record>) -> Vec<(Tag, Option<Id>)> {
    let cells = one.cells.iter().chain(other.into_iter().flat_map(|record| &record.cells));
    let mut fields: Vec<(Tag, Option<Id>)> = cells.map(|cell| (cell.tag, cell.field)).collect();
    fields.sort_unstable();
    fields.dedup();
    fields
}
