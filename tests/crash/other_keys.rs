//! A new vault key while another device, under the old one, changes the ways into the vault.

use tresor::crypto::kdf::Cost;
use tresor::format::FormatError;
use tresor::session::{NewSlot, Price, SessionError, SlotSecret};
use tresor::time::Timestamp;

use crate::model::{Model, Refuses};
use crate::vaults::{OTHER_STATE, STATE, add, create, empty, open, pass, titles};

/// The other device wraps the old key for another password, or adds one, between the reading and the writing of the
/// change: neither may lead into the vault any more, and the new password must.
#[test]
fn slots_that_wrap_the_old_key_do_not_get_in() {
    for call in ["create", "exchange"] {
        for rewraps in [true, false] {
            let model = Model::of(&empty(), Refuses::default());
            create(&model).unwrap();
            let (mut session, mut vault) = open(&model, STATE, "one").unwrap();
            let (mut other, mut theirs) = open(&model, OTHER_STATE, "one").unwrap();
            model.before_next(call, move || {
                add(&other, &mut theirs, "theirs");
                let (passphrase, cost) = (pass("three"), Cost::READER_FLOOR);
                let replaces = rewraps.then(|| other.key_slots(&theirs)[0].id);
                let secret = SlotSecret::Passphrase(&passphrase);
                let new = NewSlot { name: "three".to_owned(), secret, replaces };
                if rewraps {
                    other.rewrap(&mut theirs, &[new], Price::Measured(cost), Timestamp(4)).unwrap();
                } else {
                    other.add_slot(&mut theirs, &new, cost, Timestamp(4)).unwrap();
                }
                other.save(&mut theirs, Timestamp(4)).unwrap();
            });
            session.change_passphrase(&mut vault, &pass("two"), Cost::READER_FLOOR, Timestamp(5)).unwrap();
            let what = format!("before {call}, rewraps: {rewraps}");
            let (_, vault) = open(&model, STATE, "two").unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(titles(&vault), ["theirs"], "{what}");
            for old in ["one", "three"] {
                let opened = open(&model, "/third", old).map(|_| ());
                assert!(
                    matches!(opened, Err(SessionError::Format(FormatError::WrongSecret))),
                    "{what}: {old} gives {opened:?}"
                );
            }
        }
    }
}
