//! Dashlane's old JSON: a list for each kind of thing, under a name in capitals. Names of members are in any case.
//!
//! Of an entry nothing is dropped; what has no home, and lists that are not known, become custom fields.

use super::draft::{Draft, outcome};
use super::json::tree::{self, Object, any, is_nothing, plain, text_of};
use super::{Each, ImportError, Importer, Place, Remark, Row, Skip, Unlock};
use crate::secret::Secret;
use crate::vault::kinds::FieldKind::{self, Date, Hidden, Text};
use crate::vault::kinds::{self, LOGIN, NOTE};

/// The format.
pub struct Dashlane;

/// Where a member of an entry goes.
#[derive(Debug, Clone, Copy)]
enum Home {
    Title,
    Username,
    Password,
    Url,
    Note,
    Code,
    Folder,
    /// A field of this label.
    Field(&'static str, FieldKind),
}

use Home::{Code, Field, Folder, Note, Password, Title, Url, Username};

/// A list: its name, the kind of its entries, what one without a title is called, and its members in small
/// letters.
struct List {
    name: &'static str,
    kind: &'static str,
    called: &'static str,
    members: &'static [(&'static str, Home)],
}

/// Members that any list may have.
const EVERYWHERE: [(&str, Home); 4] = [
    ("personalnote", Note),
    ("note", Note),
    ("linkedidentity", Field("LinkedIdentity", Text)),
    ("title", Title),
];

/// Members of papers.
const PAPER: &[(&str, Home)] = &[
    ("fullname", Field("Name", Text)),
    ("number", Field("Number", Hidden)),
    ("sex", Field("Sex", Text)),
    ("dateofbirth", Field("Date of Birth", Date)),
    ("deliverydate", Field("Issued Date", Date)),
    ("deliveryplace", Field("Place of Issue", Text)),
    ("expiredate", Field("Expiration Date", Date)),
    ("state", Field("State", Text)),
    ("country", Field("Country", Text)),
];

const fn list(
    name: &'static str,
    kind: &'static str,
    called: &'static str,
    members: &'static [(&'static str, Home)],
) -> List {
    List { name, kind, called, members }
}

#[rustfmt::skip] // a table
static LISTS: [List; 17] = [
    list("AUTHENTIFIANT", LOGIN, "", &[
        ("login", Username), ("email", Username), ("secondarylogin", Username), ("password", Password),
        ("domain", Url), ("url", Url), ("userselectedurl", Url), ("category", Folder), ("otpsecret", Code),
        ("otpurl", Code),
    ]),
    list("PAYMENTMEAN_PAYPAL", LOGIN, "PayPal", &[("name", Title), ("login", Username), ("password", Password)]),
    list("PERSONALWEBSITE", LOGIN, "Website", &[("name", Title), ("website", Url)]),
    list("SECURENOTE", NOTE, "Note", &[("content", Note)]),
    list("SECRET", NOTE, "Secret", &[("content", Note)]),
    list("PAYMENTMEANS_CREDITCARD", "card", "Card", &[
        ("name", Title), ("cardnumber", Field("Number", Hidden)), ("securitycode", Field("Security Code", Hidden)),
        ("owner", Field("Name on Card", Text)), ("ownername", Field("Name on Card", Text)),
        ("bank", Field("Bank Name", Text)), ("type", Field("Type", Text)),
    ]),
    list("BANKSTATEMENT", "bank-account", "Bank account", &[
        ("bankaccountname", Title), ("bankaccountiban", Field("IBAN Number", Hidden)),
        ("bankaccountbic", Field("SWIFT Code", Text)), ("bankaccountbank", Field("Bank Name", Text)),
        ("bankaccountowner", Field("Account Owner", Text)),
    ]),
    list("IDENTITY", "identity", "Identity", &[
        ("title", Field("Title", Text)), ("firstname", Field("First Name", Text)),
        ("middlename", Field("Middle Name", Text)), ("lastname", Field("Last Name", Text)),
        ("fullname", Field("Name", Text)), ("pseudo", Username), ("dateofbirth", Field("Birthday", Date)),
        ("placeofbirth", Field("Place of Birth", Text)),
    ]),
    list("EMAIL", "identity", "E-mail address", &[
        ("emailname", Title), ("email", Field("Email Address", Text)), ("type", Field("Type", Text)),
    ]),
    list("PHONE", "identity", "Phone", &[
        ("phonename", Title), ("number", Field("Phone", Text)), ("type", Field("Type", Text)),
    ]),
    list("ADDRESS", "address", "Address", &[
        ("addressname", Title), ("addressfull", Field("Address 1", Text)), ("city", Field("City / Town", Text)),
        ("state", Field("State", Text)), ("zipcode", Field("Zip / Postal Code", Text)),
        ("country", Field("Country", Text)),
    ]),
    list("COMPANY", "identity", "Company", &[
        ("name", Field("Company", Text)), ("jobtitle", Field("Job Title", Text)),
    ]),
    list("PASSPORT", "passport", "Passport", PAPER),
    list("DRIVERLICENCE", "drivers-license", "Driver's licence", PAPER),
    list("IDCARD", kinds::CUSTOM, "Identity card", PAPER),
    list("SOCIALSECURITYSTATEMENT", "social-security", "Social security", &[
        ("socialsecurityfullname", Field("Name", Text)), ("socialsecuritynumber", Field("Number", Hidden)),
        ("sex", Field("Sex", Text)), ("dateofbirth", Field("Date of Birth", Date)),
    ]),
    list("FISCALSTATEMENT", kinds::CUSTOM, "Taxes", &[
        ("fiscalnumber", Field("Number", Hidden)), ("teledeclarantnumber", Field("Online Number", Hidden)),
        ("fullname", Field("Name", Text)),
    ]),
];

impl Importer for Dashlane {
    fn recognises(&self, source: &[u8]) -> bool {
        tree::keys(source)
            .iter()
            .any(|key| LISTS.iter().any(|list| list.name == key && list.name != "SECRET"))
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        let mut number = 0;
        for (name, json) in Object::whole(source)?.rest() {
            let Some(entries) = tree::list(json) else {
                if is_nothing(json) {
                    continue;
                }
                return Err(ImportError::NoItems);
            };
            for entry in entries {
                number += 1;
                let outcome = outcome(|| read_entry(&name, entry));
                if each(Row { place: Place::Entry(number), outcome }).is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

fn read_entry(name: &str, json: &str) -> Result<Draft, Skip> {
    let mut source = Object::read(json)?;
    let list = LISTS.iter().find(|list| list.name == name);
    let mut draft = Draft::of(list.map_or(kinds::CUSTOM, |list| list.kind));
    if draft.item.kind == kinds::CUSTOM {
        draft.keep_text("list", name);
    }
    add_expiry(&mut source, &mut draft);
    // It stands behind the address that is only meant where there is no user name.
    draft.username("login", source.secret("login"));
    for (key, json) in source.rest().filter(|(_, json)| !is_nothing(json)) {
        let small = key.to_ascii_lowercase();
        let members = list.map(|list| list.members).unwrap_or_default();
        let home =
            members.iter().chain(&EVERYWHERE).find(|(member, _)| *member == small).map(|(_, home)| *home);
        match (home, plain(json)) {
            (Some(home), Some(value)) if !value.is_empty() => put(home, &key, value, &mut draft),
            (_, value) => draft.keep(&key, Hidden, Some(value.unwrap_or_else(|| any(json)))),
        }
    }
    if let Some(list) = list.filter(|list| draft.item.title.is_empty() && !list.called.is_empty()) {
        draft.item.title = list.called.to_owned();
        draft.remarks.push(Remark::Untitled);
    }
    Ok(draft)
}

fn put(home: Home, key: &str, value: Secret, draft: &mut Draft) {
    match home {
        Title if draft.item.title.is_empty() => draft.item.title = text_of(&value),
        Folder if draft.item.folder.is_empty() => {
            draft.item.folder = crate::vault::folder::join([text_of(&value).as_str()])
        }
        Note if draft.item.note.is_none() => draft.item.note = Some(value),
        Title | Folder => draft.keep(key, Text, Some(value)),
        Note => draft.keep(key, Hidden, Some(value)),
        Username => draft.username(key, Some(value)),
        Password => draft.password(key, Some(value)),
        Code => draft.totp(key, Some(value)),
        Url => draft.url(text_of(&value)),
        Field(label, kind) => draft.field(label, kind, value),
    }
}

/// Month and year of a card.
fn add_expiry(source: &mut Object<'_>, draft: &mut Draft) {
    for (label, month, year) in
        [("Expiration Date", "expireMonth", "expireYear"), ("Start Date", "startMonth", "startYear")]
    {
        let both = source.peek(month).and_then(plain).zip(source.peek(year).and_then(plain));
        let Some(date) = both.and_then(|(month, year)| {
            super::bitwarden::types::expiry(month.expose_str()?, year.expose_str()?)
        }) else {
            continue;
        };
        source.take(month);
        source.take(year);
        draft.field(label, Date, Secret::from_text(date));
    }
}
