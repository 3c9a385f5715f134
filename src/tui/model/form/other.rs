//! What a form changes besides the lines that are typed in: whom the entry signs in with, and its kind.

use super::{Form, NewField, Role, Row, usual};
use crate::vault::Id;
use crate::vault::kinds::EntryKind;

impl Form {
    /// Notes whom the entry signs in with; none takes that out.
    pub fn sign_in_with(&mut self, target: Option<(Id, String)>) {
        let has_row = self.rows.iter().any(|row| row.role == Role::SignsInWith);
        if !has_row {
            self.add(NewField::SignsInWith);
        }
        let at = self.rows.iter().position(|row| row.role == Role::SignsInWith).unwrap_or_default();
        self.go_to(at);
        let (id, words) = target.map(|(id, words)| (id.to_string(), words)).unwrap_or_default();
        self.link = words;
        if let Some(row) = self.rows.get_mut(at) {
            row.value.set(&id);
        }
    }

    /// Makes it an entry of another kind: lines that such entries usually have are added, and those that are
    /// filled in stay.
    pub fn make(&mut self, kind: &'static EntryKind) {
        kind.name.clone_into(&mut self.kind);
        self.rows.retain(|row| match row.role {
            Role::Custom(None, _) => !row.value.is_empty(),
            Role::Username | Role::Password | Role::Otp | Role::Url => {
                !row.value.is_empty() || !row.before.is_empty()
            }
            _ => true,
        });
        let mut at = 1;
        for field in kind.fields {
            let row = usual(field.label, field.home);
            let is_same = |known: &Row| match row.role {
                Role::Custom(..) => known.name() == field.label,
                role => known.role == role,
            };
            match self.rows.iter().position(is_same) {
                Some(there) => at = there + 1,
                None => {
                    self.rows.insert(at.min(self.rows.len()), row);
                    at += 1;
                }
            }
        }
        self.go_to(0);
    }
}
