//! Sealing of single fields, as the model sees it: a secret goes in with its place, ciphertext comes out.
//! The format implements it; the model itself holds no key.

use thiserror::Error;

use super::id::Id;
use super::tag::Tag;
use crate::secret::Secret;

/// Where a sealed value belongs. It opens nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The record.
    pub record: Id,
    /// The tag of the cell.
    pub tag: Tag,
    /// The field of the cell.
    pub field: Option<Id>,
}

/// A sealed value was changed, or belongs to another place.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("this field was tampered with or is damaged")]
pub struct FieldTampered;

/// Seals and opens the values of secret fields.
pub trait Seal {
    /// The ciphertext of `secret` at `place`. The same secret at the same place gives the same bytes, so an
    /// unchanged value is seen without opening the old one.
    fn seal(&self, place: Place, secret: &[u8]) -> Vec<u8>;

    /// The secret sealed at `place`, in locked memory.
    ///
    /// # Errors
    /// [`FieldTampered`] for that field alone.
    fn open(&self, place: Place, sealed: &[u8]) -> Result<Secret, FieldTampered>;
}
