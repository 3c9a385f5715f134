//! 1Password's categories, and where their fields live here: one table, by the ids of its own templates.

use crate::vault::kinds;

/// A category.
pub struct Category {
    /// Its number in 1PUX.
    pub number: &'static str,
    /// Its type in 1PIF.
    pub type_name: &'static str,
    /// Public name of our kind.
    pub kind: &'static str,
    /// What it is called, where our kind does not say it.
    pub name: Option<&'static str>,
    /// Fields by their ids.
    homes: &'static [(&'static str, Home)],
}

/// Where a field lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// The user name.
    Username,
    /// The password.
    Password,
    /// A custom field of this label.
    Field(&'static str),
}

use Home::{Field, Password, Username};

const fn category(
    number: &'static str,
    type_name: &'static str,
    kind: &'static str,
    homes: &'static [(&'static str, Home)],
) -> Category {
    Category { number, type_name, kind, name: None, homes }
}

const fn other(
    number: &'static str,
    type_name: &'static str,
    kind: &'static str,
    name: &'static str,
) -> Category {
    Category { number, type_name, kind, name: Some(name), homes: &[] }
}

#[rustfmt::skip] // a table
static CATEGORIES: [Category; 22] = [
    category("001", "webforms.WebForm", kinds::LOGIN, &[]),
    category("002", "wallet.financial.CreditCard", "card", &[
        ("cardholder", Field("Name on Card")), ("type", Field("Type")), ("ccnum", Field("Number")),
        ("cvv", Field("Security Code")), ("expiry", Field("Expiration Date")), ("validFrom", Field("Start Date")),
    ]),
    category("003", "securenotes.SecureNote", kinds::NOTE, &[]),
    category("004", "identities.Identity", "identity", &[
        ("firstname", Field("First Name")), ("lastname", Field("Last Name")), ("sex", Field("Gender")),
        ("birthdate", Field("Birthday")), ("company", Field("Company")), ("email", Field("Email Address")),
        ("defphone", Field("Phone")), ("username", Username),
    ]),
    other("005", "passwords.Password", kinds::LOGIN, "Password"),
    other("006", "documents.Document", kinds::NOTE, "Document"),
    category("100", "wallet.computer.License", "software-license", &[
        ("product_version", Field("Version")), ("reg_code", Field("License Key")), ("reg_name", Field("Licensee")),
        ("publisher_name", Field("Publisher")), ("publisher_website", Field("Website")),
        ("support_email", Field("Support Email")), ("retail_price", Field("Price")),
        ("order_date", Field("Purchase Date")), ("order_number", Field("Order Number")),
        ("order_total", Field("Order Total")),
    ]),
    category("101", "wallet.financial.BankAccountUS", "bank-account", &[
        ("bankName", Field("Bank Name")), ("accountType", Field("Account Type")),
        ("routingNo", Field("Routing Number")), ("accountNo", Field("Account Number")),
        ("swift", Field("SWIFT Code")), ("iban", Field("IBAN Number")), ("telephonePin", Field("Pin")),
        ("branchAddress", Field("Branch Address")), ("branchPhone", Field("Branch Phone")),
    ]),
    category("102", "wallet.computer.Database", "database", &[
        ("database_type", Field("Type")), ("hostname", Field("Hostname")), ("port", Field("Port")),
        ("database", Field("Database")), ("username", Username), ("password", Password), ("sid", Field("SID")),
        ("alias", Field("Alias")),
    ]),
    category("103", "wallet.government.DriversLicense", "drivers-license", &[
        ("number", Field("Number")), ("fullname", Field("Name")), ("address", Field("Address")),
        ("birthdate", Field("Date of Birth")), ("sex", Field("Sex")), ("height", Field("Height")),
        ("class", Field("License Class")), ("state", Field("State")), ("country", Field("Country")),
        ("expiry_date", Field("Expiration Date")),
    ]),
    other("104", "wallet.government.HuntingLicense", kinds::CUSTOM, "Outdoor licence"),
    category("105", "wallet.membership.Membership", "membership", &[
        ("org_name", Field("Organization")), ("website", Field("Website")), ("phone", Field("Telephone")),
        ("member_name", Field("Member Name")), ("member_since", Field("Start Date")),
        ("expiry_date", Field("Expiration Date")), ("membership_no", Field("Membership Number")), ("pin", Password),
    ]),
    category("106", "wallet.government.Passport", "passport", &[
        ("type", Field("Type")), ("issuing_country", Field("Country")), ("number", Field("Number")),
        ("fullname", Field("Name")), ("sex", Field("Sex")), ("nationality", Field("Nationality")),
        ("birthdate", Field("Date of Birth")), ("issue_date", Field("Issued Date")),
        ("expiry_date", Field("Expiration Date")),
    ]),
    other("107", "wallet.membership.RewardProgram", "membership", "Reward programme"),
    category("108", "wallet.government.SsnUS", "social-security", &[("name", Field("Name")), ("number", Field("Number"))]),
    category("109", "wallet.computer.Router", "wifi", &[
        ("network_name", Field("SSID")), ("wireless_password", Password), ("wireless_security", Field("Encryption")),
    ]),
    category("110", "wallet.computer.UnixServer", "server", &[
        ("url", Field("Hostname")), ("username", Username), ("password", Password),
    ]),
    category("111", "wallet.onlineservices.Email.v2", "email-account", &[
        ("pop_type", Field("Type")), ("pop_username", Username), ("pop_server", Field("Server")),
        ("pop_port", Field("Port")), ("pop_password", Password), ("smtp_server", Field("SMTP Server")),
        ("smtp_port", Field("SMTP Port")),
    ]),
    category("112", "api.Credential", "api-key", &[
        ("username", Username), ("credential", Field("Key")), ("expires", Field("Expiration Date")),
    ]),
    other("113", "medical.Record", kinds::CUSTOM, "Medical record"),
    category("114", "keys.SshKey", "ssh-key", &[("private_key", Field("Private Key"))]),
    other("115", "crypto.Wallet", kinds::CUSTOM, "Crypto wallet"),
];

/// The category of this number or type.
pub fn named(name: &str) -> Option<&'static Category> {
    CATEGORIES.iter().find(|category| category.number == name || category.type_name == name)
}

/// Where a field of this id lives.
pub fn home(category: &str, id: &str) -> Option<Home> {
    named(category)?.homes.iter().find(|(known, _)| *known == id).map(|(_, home)| *home)
}
