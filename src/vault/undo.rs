//! Undo and redo, kept in the vault: a step names a stamp, and what the step did are the cells of that stamp.
//! Undoing writes what each field was before as new cells; nothing is taken away.

use super::cell::{Cell, Record, Stamp};
use super::edit::{Author, Edit, EditError};
use super::id::Id;
use super::tag::{Kind, REMOVED, Tag};
use super::{Entry, Vault};

/// Steps that can be undone; older ones are forgotten (their changes stay in the history of each entry).
const MAX_STEPS: usize = 200;

/// An edit that can be undone or, if it is undone, done again.
#[derive(Debug, Clone, Copy)]
pub struct Step<'v> {
    record: &'v Record,
    stamp: Stamp,
    undone: Option<Stamp>,
    /// What it did, in plain words: "password of GitHub".
    pub label: &'v str,
}

impl Vault {
    /// All steps, oldest first.
    pub fn steps(&self) -> Vec<Step<'_>> {
        let records = self.records_of(Kind::UNDO_STEP).iter();
        let mut steps: Vec<Step<'_>> = records.filter_map(|record| self.step(record)).collect();
        steps.sort_by_key(|step| step.stamp);
        steps
    }

    /// The step that undo takes back.
    pub fn undoable(&self) -> Option<Step<'_>> {
        self.steps().into_iter().rev().find(|step| step.undone.is_none())
    }

    /// The step that redo does again: the one undone last, unless something was changed since.
    pub fn redoable(&self) -> Option<Step<'_>> {
        let steps = self.steps();
        let newest = steps.iter().filter(|step| step.undone.is_none()).map(|step| step.stamp).max();
        let undone = steps.into_iter().filter(|step| step.undone > newest);
        undone.max_by_key(|step| step.undone)
    }

    /// Takes back the last step. Gives its label, none where there is nothing to undo.
    ///
    /// # Errors
    /// As [`Vault::edit`].
    pub fn undo(&mut self, author: &mut Author<'_>) -> Result<Option<String>, EditError> {
        let Some((step, label)) = self.undoable().map(|step| (step.record.id, step.label.to_owned())) else {
            return Ok(None);
        };
        self.edit(author, "", |edit| edit.take_back(step))?;
        Ok(Some(label))
    }

    /// Does the step undone last again. Gives its label, none where there is nothing to redo.
    ///
    /// # Errors
    /// As [`Vault::edit`].
    pub fn redo(&mut self, author: &mut Author<'_>) -> Result<Option<String>, EditError> {
        let Some((step, label)) = self.redoable().map(|step| (step.record.id, step.label.to_owned())) else {
            return Ok(None);
        };
        self.edit(author, "", |edit| edit.do_again(step))?;
        Ok(Some(label))
    }

    fn step<'v>(&'v self, record: &'v Record) -> Option<Step<'v>> {
        let label = self.current(record, Tag::STEP_LABEL, None)?;
        let undone = self.current(record, Tag::STEP_UNDONE, None);
        let undone = undone.filter(|cell| self.value(cell) == [1]).map(|cell| self.stamp(cell));
        let text = std::str::from_utf8(self.value(label)).unwrap_or_default();
        Some(Step { record, stamp: self.stamp(label), undone, label: text })
    }
}

impl Edit<'_, '_> {
    /// Notes this edit as a step, and forgets the oldest beyond [`MAX_STEPS`].
    pub(super) fn note_step(&mut self, label: &str) -> Result<(), EditError> {
        let id = self.new_id()?;
        self.put(Kind::UNDO_STEP, id, Tag::STEP_LABEL, None, 0, label.as_bytes().to_vec())?;
        let steps = self.vault.steps();
        for step in steps.iter().take((steps.len() + 1).saturating_sub(MAX_STEPS)) {
            self.empty(step.record);
        }
        Ok(())
    }

    fn take_back(&mut self, step: Id) -> Result<(), EditError> {
        self.each_change_of(step, |edit, entry, before, after| {
            let now = entry.record().current(after.tag, after.field);
            if !now.is_some_and(|now| edit.says_the_same(now, after)) {
                return Ok(()); // changed since, by another device: that edit stays
            }
            match before {
                Some(before) => edit.write_again(entry, before),
                None if after.tag == Tag::STATE => edit.plain(entry.id(), Tag::STATE, None, &[1]),
                None => edit.set(entry, after.tag, after.field, REMOVED, Vec::new()),
            }
        })?;
        self.put(Kind::UNDO_STEP, step, Tag::STEP_UNDONE, None, 0, vec![1])
    }

    fn do_again(&mut self, step: Id) -> Result<(), EditError> {
        self.each_change_of(step, |edit, entry, _, after| edit.write_again(entry, after))?;
        self.put(Kind::UNDO_STEP, step, Tag::STEP_UNDONE, None, 0, vec![0])
    }

    /// Calls `act` for every cell that a step wrote to an entry, with the cell that it replaced. An entry that
    /// the step made is one change, of its state: undoing it puts the entry in the trash, whole.
    fn each_change_of(
        &mut self,
        step: Id,
        mut act: impl FnMut(&mut Self, Entry<'_>, Option<&Cell>, &Cell) -> Result<(), EditError>,
    ) -> Result<(), EditError> {
        let vault = self.vault;
        let step = vault.record(Kind::UNDO_STEP, step).and_then(|record| vault.step(record));
        let stamp = step.ok_or(EditError::NoSuchEntry)?.stamp;
        let Ok(at) = vault.stamps().binary_search(&stamp) else { return Ok(()) };
        for entry in vault.entries() {
            let record = entry.record();
            let made_it =
                record.cells_of(Tag::STATE, None).first().is_some_and(|cell| cell.stamp as usize == at);
            let written = record.cells.iter().enumerate().filter(|(_, cell)| cell.stamp as usize == at);
            for (position, after) in written.filter(|(_, cell)| !cell.is_emptied()) {
                if made_it && after.tag != Tag::STATE {
                    continue;
                }
                let before = position.checked_sub(1).and_then(|before| record.cells.get(before));
                let before = before.filter(|before| (before.tag, before.field) == (after.tag, after.field));
                act(self, entry, before.filter(|before| !before.is_emptied()), after)?;
            }
        }
        Ok(())
    }

    fn says_the_same(&self, a: &Cell, b: &Cell) -> bool {
        a.flags == b.flags && self.vault.value(a) == self.vault.value(b)
    }

    fn write_again(&mut self, entry: Entry<'_>, cell: &Cell) -> Result<(), EditError> {
        self.set(entry, cell.tag, cell.field, cell.flags, self.vault.value(cell).to_vec())
    }
}
