//! The steps of a walk, and passwords that were never used, in a vault whose seal hides nothing.

use super::*;
use crate::crypto::random::SeededRandom;
use crate::generate::{Password, Recipe};
use crate::time::Timestamp;
use crate::vault::edit::Author;
use crate::vault::item::Item;
use crate::vault::seal::{FieldTampered, Place, Seal};

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
) -> Result<T, EditError> {
    let mut next: u128 = 0;
    let mut new_id = || {
        next += 1;
        Ok(Id(((u128::from(now) << 16) + next).to_be_bytes()))
    };
    let mut author = Author { seal: &Plain, new_id: &mut new_id, writer: Id([9; 16]), now: Timestamp(now) };
    vault.edit(&mut author, "step", make)
}

fn secret(text: &str) -> Secret {
    Secret::copy_of(text.as_bytes())
}

fn with(password: Option<&str>, kind: &str) -> (Vault, Id) {
    let mut vault = Vault::new();
    let item = Item { kind: kind.to_owned(), password: password.map(secret), ..Item::default() };
    let id = edit(&mut vault, 1, |edit| edit.add(&item)).unwrap();
    (vault, id)
}

fn steps(vault: &Vault, id: Id, page: Option<Page>) -> Vec<Step> {
    let mut walk = Walk::begin(&vault.entry(id).unwrap(), page).unwrap();
    let mut steps = vec![walk.step()];
    while walk.step() != Step::Answer {
        walk.did(walk.step());
        steps.push(walk.step());
    }
    steps
}

#[test]
fn steps_come_in_order_and_those_without_anything_to_do_are_left_out() {
    let page = || Some(Page { address: "https://example.com/".to_owned(), is_known: false });
    let (vault, id) = with(Some("old"), "login");
    assert_eq!(steps(&vault, id, page()), [Step::Page, Step::Old, Step::New, Step::Answer]);
    assert_eq!(steps(&vault, id, None), [Step::Old, Step::New, Step::Answer]);
    let (vault, id) = with(None, "login");
    assert_eq!(steps(&vault, id, page()), [Step::Page, Step::New, Step::Answer]);
    let mut walk = Walk::begin(&vault.entry(id).unwrap(), page()).unwrap();
    walk.did(Step::New);
    walk.did(Step::Page);
    assert_eq!(walk.step(), Step::Answer, "a page that is opened once more leads back to nothing");
}

#[test]
fn what_has_no_password_or_is_deleted_has_no_walk() {
    let (mut vault, id) = with(None, "note");
    assert_eq!(Walk::begin(&vault.entry(id).unwrap(), None), Err(NoWalk::NoPassword));
    edit(&mut vault, 2, |edit| edit.change(id, Change::State(State::Trash))).unwrap();
    assert_eq!(Walk::begin(&vault.entry(id).unwrap(), None), Err(NoWalk::NotLive));
}

#[test]
fn a_new_password_was_never_used_anywhere() {
    let (mut vault, id) = with(Some("3"), "login");
    edit(&mut vault, 2, |edit| edit.change(id, Change::Password(Some(secret("4"))))).unwrap();
    edit(&mut vault, 3, |edit| edit.change(id, Change::PendingPassword(Some(secret("5"))))).unwrap();
    for used in ["0", "1", "2", "6", "7", "8"] {
        edit(&mut vault, 4, |edit| edit.keep_generated(&secret(used), "", None, "")).unwrap();
    }
    let digit = Recipe::Password(Password::pin(1));
    let mut random = SeededRandom::new(7);
    let made = make_unused(&vault, &Plain, &digit, &mut random).unwrap();
    assert_eq!(made.expose(), b"9", "all others are or were one");
    edit(&mut vault, 5, |edit| edit.change(id, Change::Password(Some(secret("9"))))).unwrap();
    let refused = make_unused(&vault, &Plain, &digit, &mut random);
    assert!(matches!(refused, Err(UnusedError::UsedUp)));
}
