//! Numbers of the format: kinds of records, tags of cells, flags. Their values' bytes are written down in
//! docs/format.md. A number never changes its meaning; unknown ones are kept, merged and written back.

/// Kind of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(pub u16);

#[allow(missing_docs)] // docs/format.md, "Kinds"
impl Kind {
    pub const ENTRY: Self = Self(1);
    pub const SETTINGS: Self = Self(2);
    pub const SLOT: Self = Self(3);
    pub const DEVICE: Self = Self(4);
    pub const TEMPLATE: Self = Self(5);
    pub const GENERATED: Self = Self(6);
    pub const UNDO_STEP: Self = Self(7);
    pub const SAVED_SEARCH: Self = Self(8);
    pub const REPLACED_KEY: Self = Self(9);
    pub const FOLDER_SETTINGS: Self = Self(10);
}

/// Meaning of a cell's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(pub u16);

#[allow(missing_docs)] // docs/format.md, "Tags"
impl Tag {
    pub const STATE: Self = Self(1);
    pub const TYPE: Self = Self(2);
    pub const TITLE: Self = Self(3);
    pub const USERNAME: Self = Self(4);
    pub const PASSWORD: Self = Self(5);
    pub const URL: Self = Self(6);
    pub const NOTE: Self = Self(7);
    pub const OTP: Self = Self(8);
    pub const ENTRY_TAG: Self = Self(9);
    pub const FIELD_LABEL: Self = Self(10);
    pub const FIELD_KIND: Self = Self(11);
    pub const ORDER: Self = Self(12);
    pub const FIELD_VALUE: Self = Self(13);
    pub const MANIFEST: Self = Self(14);
    pub const PART: Self = Self(15);
    pub const EXPIRY: Self = Self(16);
    pub const POLICY: Self = Self(17);
    pub const FAVOURITE: Self = Self(18);
    pub const FOLDER: Self = Self(19);
    pub const PASSKEY: Self = Self(20);
    pub const AUDIT_EXCEPTION: Self = Self(21);
    pub const CREATED: Self = Self(22);
    pub const MODIFIED: Self = Self(23);
    pub const LAST_USED: Self = Self(24);
    pub const PENDING_PASSWORD: Self = Self(25);
    pub const REMINDER: Self = Self(26);
    pub const SIGNS_IN_WITH: Self = Self(27);
    pub const TICKED_OFF: Self = Self(28);

    pub const COST_POLICY: Self = Self(64);
    pub const LEAST_SIZE: Self = Self(65);
    pub const BACKUP_COUNT: Self = Self(66);
    pub const KIT_DECLINED: Self = Self(67);
    pub const REMINDER_EVERYWHERE: Self = Self(68);

    pub const SLOT_BYTES: Self = Self(80);
    pub const SLOT_TESTED: Self = Self(81);

    pub const PROGRAM: Self = Self(96);

    pub const GENERATED_VALUE: Self = Self(128);
    pub const GENERATED_FOR: Self = Self(129);
    pub const GENERATED_ENTRY: Self = Self(130);
    pub const GENERATED_RECIPE: Self = Self(131);
    pub const GENERATED_USED: Self = Self(132);

    pub const STEP_LABEL: Self = Self(144);
    pub const STEP_UNDONE: Self = Self(145);

    pub const QUERY: Self = Self(160);

    pub const OLD_VK_ID: Self = Self(176);
    pub const REPLACED_AT: Self = Self(177);

    /// From here on a tag that is not known makes the vault read-only.
    pub const CRITICAL: Self = Self(0x8000);

    /// Whether this version knows what the tag means.
    pub fn is_known(self) -> bool {
        matches!(self.0, 1..=28 | 64..=68 | 80..=81 | 96 | 128..=132 | 144..=145 | 160 | 176..=177)
    }

    /// Whether a value of this tag is a secret wherever it stands.
    pub fn is_always_sealed(self) -> bool {
        [Self::PASSWORD, Self::NOTE, Self::OTP, Self::PART, Self::PASSKEY].contains(&self)
            || [Self::PENDING_PASSWORD, Self::GENERATED_VALUE].contains(&self)
    }
}

/// The value is ciphertext.
pub const SEALED: u8 = 1;
/// No value: the field is gone.
pub const REMOVED: u8 = 2;
/// No value, for good: replaces every cell of the same tag, field and stamp.
pub const EMPTIED: u8 = 4;
