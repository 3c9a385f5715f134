//! A dialog whose steps are done on a thread: finding it among the layers, closing it, and how far its work is.

use super::super::model::run::Working;
use super::super::model::{Layer, Model, export::Exporting, import::Importing};

/// A dialog whose steps are work.
pub(super) trait Works {
    /// It, if this layer is one.
    fn of(layer: &mut Layer) -> Option<&mut Self>;

    /// What is being done.
    fn run(&mut self) -> Option<&mut Working>;
}

impl Works for Importing {
    fn of(layer: &mut Layer) -> Option<&mut Self> {
        if let Layer::Import(importing) = layer { Some(importing) } else { None }
    }

    fn run(&mut self) -> Option<&mut Working> {
        self.run.as_mut()
    }
}

impl Works for Exporting {
    fn of(layer: &mut Layer) -> Option<&mut Self> {
        if let Layer::Export(exporting) = layer { Some(exporting) } else { None }
    }

    fn run(&mut self) -> Option<&mut Working> {
        self.run.as_mut()
    }
}

/// The topmost one.
pub(super) fn find<W: Works>(model: &mut Model) -> Option<&mut W> {
    model.layers.iter_mut().rev().find_map(W::of)
}

/// Closes all of them.
pub(super) fn close<W: Works>(model: &mut Model) {
    model.layers.retain_mut(|layer| W::of(layer).is_none());
}

/// The one that waits for this.
pub(super) fn waiting<W: Works>(model: &mut Model, ticket: u64) -> Option<&mut W> {
    find::<W>(model).and_then(|work| work.run().is_some_and(|run| run.run.ticket == ticket).then_some(work))
}

/// How far it is.
pub(super) fn progressed<W: Works>(model: &mut Model, ticket: u64, done: usize, of: Option<usize>) {
    if let Some(working) = waiting::<W>(model, ticket).and_then(W::run) {
        working.done = done;
        working.of = of.or(working.of);
    }
}
