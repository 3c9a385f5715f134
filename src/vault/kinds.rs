//! What an entry is: a login, a card, a Wi-Fi network, with the fields that such a thing usually has. The
//! names are public (`--kind`, JSON); labels are those of LastPass's typed notes where it has the type, so
//! that nothing is renamed on the way in or out.

/// What a custom field holds, and so how it is shown and whether it is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum FieldKind {
    Text,
    Hidden,
    Date,
    Url,
    Totp,
    /// The label is the question, the value the answer.
    Question,
}

impl FieldKind {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 6] = [Self::Text, Self::Hidden, Self::Date, Self::Url, Self::Totp, Self::Question];

    /// Whether the value is a secret.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Hidden | Self::Totp | Self::Question)
    }

    /// The name in JSON and on the screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Hidden => "hidden",
            Self::Date => "date",
            Self::Url => "url",
            Self::Totp => "totp",
            Self::Question => "question",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The number in the format.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The kind of this number; one that this version does not know is shown as hidden.
    pub fn numbered(number: u8) -> Self {
        Self::ALL.get(usize::from(number)).copied().unwrap_or(Self::Hidden)
    }
}

/// Where a usual field's value lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// The entry's user name.
    Username,
    /// The entry's password.
    Password,
    /// The entry's first URL.
    Url,
    /// A custom field of this label.
    Custom(FieldKind),
}

/// A field that entries of a kind usually have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsualField {
    /// Its label.
    pub label: &'static str,
    /// Where its value lives.
    pub home: Home,
}

/// A kind of entry.
#[derive(Debug, PartialEq, Eq)]
pub struct EntryKind {
    /// The public name: lower case, hyphens.
    pub name: &'static str,
    /// What it is called on the screen.
    pub title: &'static str,
    /// The usual fields, in the usual order.
    pub fields: &'static [UsualField],
    /// The label of the field that is copied where the entry has no password.
    pub main_secret: Option<&'static str>,
}

const fn text(label: &'static str) -> UsualField {
    UsualField { label, home: Home::Custom(FieldKind::Text) }
}
const fn hidden(label: &'static str) -> UsualField {
    UsualField { label, home: Home::Custom(FieldKind::Hidden) }
}
const fn date(label: &'static str) -> UsualField {
    UsualField { label, home: Home::Custom(FieldKind::Date) }
}
const fn username(label: &'static str) -> UsualField {
    UsualField { label, home: Home::Username }
}
const fn password(label: &'static str) -> UsualField {
    UsualField { label, home: Home::Password }
}
const fn url(label: &'static str) -> UsualField {
    UsualField { label, home: Home::Url }
}
const fn kind(
    name: &'static str,
    title: &'static str,
    main_secret: Option<&'static str>,
    fields: &'static [UsualField],
) -> EntryKind {
    EntryKind { name, title, fields, main_secret }
}

/// The kind of an entry that says none.
pub const LOGIN: &str = "login";
/// A secure note.
pub const NOTE: &str = "note";
/// A note whose fields the user made up, as LastPass's custom note types.
pub const CUSTOM: &str = "custom";

/// Every kind that this version knows; an entry of another kind keeps its name and its fields.
#[rustfmt::skip] // a table: one kind, then its labels
pub static KINDS: [EntryKind; 22] = [
    kind(LOGIN, "Login", None, &[username("Username"), password("Password"), url("URL")]),
    kind(NOTE, "Secure note", None, &[]),
    kind("card", "Card", Some("Number"), &[
        text("Name on Card"), text("Type"), hidden("Number"), hidden("Security Code"), date("Start Date"),
        date("Expiration Date"),
    ]),
    kind("identity", "Identity", None, &[
        text("Title"), text("First Name"), text("Middle Name"), text("Last Name"), username("Username"),
        text("Gender"), date("Birthday"), text("Company"), text("Email Address"), text("Phone"),
    ]),
    kind("address", "Address", None, &[
        text("Title"), text("First Name"), text("Middle Name"), text("Last Name"), username("Username"),
        text("Gender"), date("Birthday"), text("Company"), text("Address 1"), text("Address 2"),
        text("Address 3"), text("City / Town"), text("County"), text("State"), text("Zip / Postal Code"),
        text("Country"), text("Timezone"), text("Email Address"), text("Phone"), text("Evening Phone"),
        text("Mobile Phone"), text("Fax"),
    ]),
    kind("bank-account", "Bank account", Some("Account Number"), &[
        text("Bank Name"), text("Account Type"), text("Routing Number"), hidden("Account Number"),
        text("SWIFT Code"), hidden("IBAN Number"), hidden("Pin"), text("Branch Address"), text("Branch Phone"),
    ]),
    kind("ssh-key", "SSH key", Some("Private Key"), &[
        text("Bit Strength"), text("Format"), hidden("Passphrase"), hidden("Private Key"), text("Public Key"),
        text("Hostname"), date("Date"),
    ]),
    kind("wifi", "Wi-Fi", None, &[
        text("SSID"), password("Password"), text("Connection Type"), text("Connection Mode"),
        text("Authentication"), text("Encryption"), text("Use 802.1X"), text("FIPS Mode"), text("Key Type"),
        text("Protected"), text("Key Index"),
    ]),
    kind("api-key", "API key", Some("Key"), &[
        text("Service"), text("Key ID"), hidden("Key"), hidden("Secret"), url("URL"), date("Expiration Date"),
    ]),
    kind("software-license", "Software licence", Some("License Key"), &[
        hidden("License Key"), text("Licensee"), text("Version"), text("Publisher"), text("Support Email"),
        url("Website"), text("Price"), date("Purchase Date"), text("Order Number"),
        text("Number of Licenses"), text("Order Total"),
    ]),
    kind("database", "Database", None, &[
        text("Type"), text("Hostname"), text("Port"), text("Database"), username("Username"),
        password("Password"), text("SID"), text("Alias"),
    ]),
    kind("drivers-license", "Driver's licence", Some("Number"), &[
        hidden("Number"), date("Expiration Date"), text("License Class"), text("Name"), text("Address"),
        text("City / Town"), text("State"), text("ZIP / Postal Code"), text("Country"), date("Date of Birth"),
        text("Sex"), text("Height"),
    ]),
    kind("email-account", "E-mail account", None, &[
        username("Username"), password("Password"), text("Server"), text("Port"), text("Type"),
        text("SMTP Server"), text("SMTP Port"),
    ]),
    kind("health-insurance", "Health insurance", Some("Policy Number"), &[
        text("Company"), text("Company Phone"), text("Policy Type"), hidden("Policy Number"), text("Group ID"),
        text("Member Name"), text("Member ID"), text("Physician Name"), text("Physician Phone"),
        text("Physician Address"), text("Co-pay"),
    ]),
    kind("instant-messenger", "Instant messenger", None, &[
        text("Type"), username("Username"), password("Password"), text("Server"), text("Port"),
    ]),
    kind("insurance", "Insurance", Some("Policy Number"), &[
        text("Company"), text("Policy Type"), hidden("Policy Number"), date("Expiration"), text("Agent Name"),
        text("Agent Phone"), url("URL"),
    ]),
    kind("membership", "Membership", None, &[
        text("Organization"), text("Membership Number"), text("Member Name"), date("Start Date"),
        date("Expiration Date"), url("Website"), text("Telephone"), password("Password"),
    ]),
    kind("passport", "Passport", Some("Number"), &[
        text("Type"), text("Name"), text("Country"), hidden("Number"), text("Sex"), text("Nationality"),
        date("Date of Birth"), date("Issued Date"), date("Expiration Date"),
    ]),
    kind("server", "Server", None, &[text("Hostname"), username("Username"), password("Password")]),
    kind("social-security", "Social security", Some("Number"), &[text("Name"), hidden("Number")]),
    kind("form-fill", "Form fill profile", None, &[]),
    kind(CUSTOM, "Custom", None, &[]),
];

/// The kind of this public name.
pub fn named(name: &str) -> Option<&'static EntryKind> {
    KINDS.iter().find(|kind| kind.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_labels_are_unique() {
        for (at, kind) in KINDS.iter().enumerate() {
            assert!(KINDS.iter().skip(at + 1).all(|other| other.name != kind.name), "{}", kind.name);
            for (at, field) in kind.fields.iter().enumerate() {
                let rest = kind.fields.iter().skip(at + 1);
                assert!(
                    rest.clone().all(|other| other.label != field.label),
                    "{} {}",
                    kind.name,
                    field.label
                );
            }
            assert!(
                kind.main_secret.is_none_or(|label| kind.fields.iter().any(|field| field.label == label))
            );
        }
    }

    #[test]
    fn field_kinds_keep_their_numbers() {
        for (number, kind) in FieldKind::ALL.into_iter().enumerate() {
            assert_eq!(FieldKind::numbered(number as u8), kind);
            assert_eq!(usize::from(kind.number()), number);
            assert_eq!(FieldKind::named(kind.name()), Some(kind));
        }
        assert_eq!(FieldKind::numbered(200), FieldKind::Hidden);
    }
}
