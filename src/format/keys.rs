//! The keys of an unlocked vault: the vault key and what is derived from it, in locked memory. They seal and
//! open single fields.
//!
//! ```text
//! padded = u32 length || secret || zeros to a multiple of 32
//! nonce  = HMAC(field_nonce_key, aad || padded)[0..24]
//! value  = nonce || XCP(field_key, nonce, padded, aad)
//! ```

use zeroize::Zeroizing;

use super::error::FormatError;
use crate::crypto::aead::{self, NONCE_LEN, TAG_LEN};
use crate::crypto::derive::{self, Key};
use crate::crypto::random::{Random, array};
use crate::secret::Secret;
use crate::vault::Id;
use crate::vault::seal::{FieldTampered, Place, Seal};

/// A sealed secret is padded to a multiple of this many bytes, so that its length shows little.
const PAD: usize = 32;

/// All keys of one vault.
#[derive(Debug)]
pub struct Keys {
    vault_id: Id,
    vault_key: Key,
    field_key: Key,
    field_nonce_key: Key,
    nonce_key: Key,
}

impl Keys {
    /// Derives all from the vault key.
    pub fn new(vault_id: Id, vault_key: Key) -> Self {
        let (field_key, field_nonce_key) = derive::field_keys(&vault_key, &vault_id.0);
        let nonce_key = derive::nonce_key(&vault_key, &vault_id.0);
        Self { vault_id, vault_key, field_key, field_nonce_key, nonce_key }
    }

    /// Keys of a new random vault key.
    ///
    /// # Errors
    /// [`FormatError::Random`].
    pub fn generate(vault_id: Id, random: &mut dyn Random) -> Result<Self, FormatError> {
        let bytes = Zeroizing::new(array::<32>(random)?);
        Ok(Self::new(vault_id, Key::copy_of(&bytes)))
    }

    /// The vault's id.
    pub fn vault_id(&self) -> Id {
        self.vault_id
    }

    /// The vault key, to be wrapped into slots.
    pub fn vault_key(&self) -> &Key {
        &self.vault_key
    }

    /// The public name of the vault key.
    pub fn vk_id(&self) -> [u8; 16] {
        derive::vk_id(&self.vault_key, &self.vault_id.0)
    }

    pub(super) fn nonce_key(&self) -> &Key {
        &self.nonce_key
    }

    fn aad(&self, place: Place) -> [u8; 65] {
        derive::field_aad(
            &self.vault_id.0,
            &place.record.0,
            place.tag.0,
            place.field.as_ref().map(|id| &id.0),
        )
    }
}

impl Seal for Keys {
    fn seal(&self, place: Place, secret: &[u8]) -> Vec<u8> {
        let aad = self.aad(place);
        let len = (4 + secret.len()).next_multiple_of(PAD);
        let mut padded = Secret::with_capacity(len);
        padded.append(&(secret.len() as u32).to_le_bytes());
        padded.append(secret);
        while padded.len() < len {
            padded.append(&[0]);
        }
        let nonce = derive::hedged_nonce(&self.field_nonce_key, &[&aad, padded.expose()]);
        let tag = aead::seal_in_place(self.field_key.expose(), &nonce, &aad, padded.expose_mut());
        [&nonce, padded.expose(), &tag].concat()
    }

    fn open(&self, place: Place, sealed: &[u8]) -> Result<Secret, FieldTampered> {
        let aad = self.aad(place);
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(FieldTampered)?;
        let (text, tag) = rest.split_last_chunk::<TAG_LEN>().ok_or(FieldTampered)?;
        if text.is_empty() || text.len() % PAD != 0 {
            return Err(FieldTampered);
        }
        let mut padded = Secret::copy_of(text);
        aead::open_in_place(self.field_key.expose(), nonce, &aad, padded.expose_mut(), tag)
            .map_err(|_| FieldTampered)?;
        if derive::hedged_nonce(&self.field_nonce_key, &[&aad, padded.expose()]) != *nonce {
            return Err(FieldTampered);
        }
        let (len, rest) = padded.expose().split_first_chunk::<4>().ok_or(FieldTampered)?;
        let len = u32::from_le_bytes(*len) as usize;
        let zeros = rest.get(len..).ok_or(FieldTampered)?;
        if zeros.len() >= PAD || zeros.iter().any(|byte| *byte != 0) {
            return Err(FieldTampered);
        }
        padded.remove(0..4);
        padded.truncate(len);
        Ok(padded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::SeededRandom;
    use crate::vault::tag::Tag;

    #[test]
    fn a_sealed_value_opens_at_its_place_only() {
        let keys = Keys::generate(Id([1; 16]), &mut SeededRandom::new(1)).unwrap();
        let place = Place { record: Id([2; 16]), tag: Tag::PASSWORD, field: None };
        for len in [0, 1, 27, 28, 29, 60, 1000] {
            let sealed = keys.seal(place, &vec![b'x'; len]);
            assert_eq!((sealed.len() - 40) % 32, 0);
            assert_eq!(sealed, keys.seal(place, &vec![b'x'; len]));
            assert_eq!(keys.open(place, &sealed).unwrap().expose(), vec![b'x'; len]);
            for other in [
                Place { record: Id([3; 16]), ..place },
                Place { tag: Tag::NOTE, ..place },
                Place { field: Some(Id([4; 16])), ..place },
            ] {
                assert!(keys.open(other, &sealed).is_err());
            }
            for bit in 0..sealed.len() * 8 {
                let mut flipped = sealed.clone();
                flipped[bit / 8] ^= 1 << (bit % 8);
                assert!(keys.open(place, &flipped).is_err());
            }
        }
        assert!(keys.open(place, &[0; 71]).is_err() && keys.open(place, &[]).is_err());
    }
}
