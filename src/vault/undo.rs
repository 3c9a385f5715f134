//! Undo and redo, kept in the vault: a step names a stamp, and what the step did are the cells of that stamp.
//! Undoing writes what each field was before as new cells; nothing is taken away.

use std::fmt;

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

impl Step<'_> {
    /// Which one.
    pub fn id(&self) -> Id {
        self.record.id
    }

    /// When it was made, and by which installation.
    pub fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Whether it is undone.
    pub fn is_undone(&self) -> bool {
        self.undone.is_some()
    }
}

/// What an undo or a redo did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retraced {
    /// What the step is called.
    pub label: String,
    /// Whether this installation made the step.
    pub is_own: bool,
    /// Values that were written.
    pub written: usize,
    /// Values that had been changed since the step, and were left alone.
    pub kept: usize,
}

/// The label, and what a person would not expect.
impl fmt::Display for Retraced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)?;
        if !self.is_own {
            f.write_str(", made on another device")?;
        }
        match (self.written, self.kept) {
            (0, _) => f.write_str("; it had been changed since, and stays as it is"),
            (_, 0) => Ok(()),
            _ => f.write_str("; what had been changed since stays as it is"),
        }
    }
}

impl Vault {
    /// All steps, oldest first.
    pub fn steps(&self) -> Vec<Step<'_>> {
        let records = self.records_of(Kind::UNDO_STEP).iter();
        let mut steps: Vec<Step<'_>> = records.filter_map(|record| self.step(record)).collect();
        steps.sort_by_key(|step| step.stamp);
        steps
    }

    /// The step that `writer` takes back: its own last one. What a merge brought from other devices comes only
    /// when nothing of its own is left.
    pub fn undoable(&self, writer: Id) -> Option<Step<'_>> {
        let steps = self.steps().into_iter().filter(|step| !step.is_undone());
        steps.max_by_key(|step| (step.stamp.writer == writer, step.stamp))
    }

    /// The step that `writer` does again: the one that it undid last, unless it has changed something since. One
    /// that another device undid comes only when nothing was changed anywhere since.
    pub fn redoable(&self, writer: Id) -> Option<Step<'_>> {
        let steps = self.steps();
        let undone_since = |newest: Option<Stamp>, mine: bool| {
            let undone = steps.iter().filter_map(|step| step.undone.map(|undone| (undone, *step)));
            let undone = undone.filter(|(undone, _)| !mine || undone.writer == writer);
            undone.filter(|(undone, _)| Some(*undone) > newest).max_by_key(|(undone, _)| *undone)
        };
        let done = steps.iter().filter(|step| !step.is_undone());
        let newest = done.clone().map(|step| step.stamp).max();
        let newest_own = done.map(|step| step.stamp).filter(|stamp| stamp.writer == writer).max();
        undone_since(newest_own, true).or_else(|| undone_since(newest, false)).map(|(_, step)| step)
    }

    /// Takes back the step of [`Vault::undoable`]; none where there is nothing to undo.
    ///
    /// # Errors
    /// As [`Vault::edit`].
    pub fn undo(&mut self, author: &mut Author<'_>) -> Result<Option<Retraced>, EditError> {
        self.retrace(author, Self::undoable, |edit, step| edit.take_back(step))
    }

    /// Does the step of [`Vault::redoable`] again; none where there is nothing to redo.
    ///
    /// # Errors
    /// As [`Vault::edit`].
    pub fn redo(&mut self, author: &mut Author<'_>) -> Result<Option<Retraced>, EditError> {
        self.retrace(author, Self::redoable, |edit, step| edit.do_again(step))
    }

    fn retrace(
        &mut self,
        author: &mut Author<'_>,
        choose: impl for<'v> Fn(&'v Self, Id) -> Option<Step<'v>>,
        act: impl FnOnce(&mut Edit<'_, '_>, Id) -> Result<Counts, EditError>,
    ) -> Result<Option<Retraced>, EditError> {
        let Some(step) = choose(self, author.writer) else { return Ok(None) };
        let (id, label, is_own) = (step.id(), step.label.to_owned(), step.stamp.writer == author.writer);
        let Counts { written, kept } = self.edit(author, "", |edit| act(edit, id))?;
        Ok(Some(Retraced { label, is_own, written, kept }))
    }

    fn step<'v>(&'v self, record: &'v Record) -> Option<Step<'v>> {
        let label = self.current(record, Tag::STEP_LABEL, None)?;
        let undone = self.current(record, Tag::STEP_UNDONE, None);
        let undone = undone.filter(|cell| self.value(cell) == [1]).map(|cell| self.stamp(cell));
        let text = std::str::from_utf8(self.value(label)).unwrap_or_default();
        Some(Step { record, stamp: self.stamp(label), undone, label: text })
    }
}

/// Values written, and values left alone.
struct Counts {
    written: usize,
    kept: usize,
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

    fn take_back(&mut self, step: Id) -> Result<Counts, EditError> {
        let mut kept = 0;
        self.each_change_of(step, |edit, entry, before, after| {
            let now = entry.record().current(after.tag, after.field);
            if !now.is_some_and(|now| edit.says_the_same(now, after)) {
                kept += 1; // changed since, perhaps by another device: that edit stays
                return Ok(());
            }
            match before {
                Some(before) => edit.write_again(entry, before),
                None if after.tag == Tag::STATE => edit.plain(entry.id(), Tag::STATE, None, &[1]),
                None => edit.set(entry, after.tag, after.field, REMOVED, Vec::new()),
            }
        })?;
        let written = self.cells.len();
        self.put(Kind::UNDO_STEP, step, Tag::STEP_UNDONE, None, 0, vec![1])?;
        Ok(Counts { written, kept })
    }

    fn do_again(&mut self, step: Id) -> Result<Counts, EditError> {
        self.each_change_of(step, |edit, entry, _, after| edit.write_again(entry, after))?;
        let written = self.cells.len();
        self.put(Kind::UNDO_STEP, step, Tag::STEP_UNDONE, None, 0, vec![0])?;
        Ok(Counts { written, kept: 0 })
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
        match entry.record().current(cell.tag, cell.field) {
            Some(now) if now.version == cell.version && self.says_the_same(now, cell) => Ok(()),
            None if cell.is_removed() => Ok(()),
            _ => self.put_again(entry.id(), cell, self.vault.value(cell).to_vec()),
        }
    }
}
