//! The table of formats: their names, what they are called, and who reads and writes them.

use super::{
    Exporter, Format, Importer, archive, authenticator, bitwarden, cxf, dashlane, enpass, html, json,
    keepass, keeper, lastpass, onepassword, pass, passman, proton, safeincloud, tables,
};

/// Every format, in the order in which they are tried.
pub static FORMATS: &[Format] = &[
    Format {
        name: "json",
        aliases: &[],
        title: "tresor's own JSON",
        importer: Some(&json::Json),
        exporter: Some(&json::Json),
    },
    Format {
        name: "bitwarden-json",
        aliases: &["bitwarden"],
        title: "Bitwarden JSON",
        importer: Some(&bitwarden::Bitwarden),
        exporter: Some(&bitwarden::Bitwarden),
    },
    Format {
        name: "bitwarden-json-encrypted",
        aliases: &[],
        title: "Bitwarden JSON under a password",
        importer: Some(&bitwarden::encrypted::Encrypted),
        exporter: Some(&bitwarden::encrypted::Encrypted),
    },
    read_only("bitwarden-zip", &[], "Bitwarden zip with files", &bitwarden::archive::Archive),
    Format {
        name: "cxf",
        aliases: &["fido-cxf"],
        title: "FIDO Credential Exchange Format 1.0",
        importer: Some(&cxf::Cxf),
        exporter: Some(&cxf::Cxf),
    },
    read_only("1pux", &["1password"], "1Password 1PUX", &onepassword::pux::Pux),
    read_only("1pif", &[], "1Password 1PIF", &onepassword::pif::Pif),
    read_only("enpass-json", &["enpass"], "Enpass JSON", &enpass::Enpass),
    read_only("proton-json", &["proton", "protonpass"], "Proton Pass JSON", &proton::Proton),
    read_only("keeper-json", &["keeper"], "Keeper JSON", &keeper::Keeper),
    read_only("passman-json", &["passman"], "Passman JSON", &passman::Passman),
    read_only("dashlane-json", &["dashlane"], "Dashlane JSON", &dashlane::Dashlane),
    read_only(
        "otpauth",
        &["google-authenticator"],
        "list of otpauth:// addresses",
        &authenticator::uris::Uris,
    ),
    read_only(
        "aegis-json",
        &["aegis"],
        "Aegis JSON, in plain or under a password",
        &authenticator::aegis::Aegis,
    ),
    read_only(
        "andotp-json",
        &["andotp"],
        "andOTP JSON, in plain or under a password",
        &authenticator::andotp::AndOtp,
    ),
    read_only("freeotp-json", &["freeotp"], "FreeOTP or FreeOTP+ JSON", &authenticator::freeotp::FreeOtp),
    read_only(
        "zip",
        &["dashlane-zip", "proton-zip"],
        "zip of exports, as of Dashlane and Proton Pass",
        &archive::Archive,
    ),
    Format {
        name: "lastpass-csv",
        aliases: &["lastpass"],
        title: "LastPass CSV",
        importer: Some(&lastpass::LastPass),
        exporter: Some(&lastpass::LastPass),
    },
    table(
        "chrome-csv",
        &["chrome", "chromium", "edge", "brave", "opera", "vivaldi"],
        "Chrome, Edge, Brave, Opera or Vivaldi CSV",
        &tables::browsers::CHROME,
    )
    .written_by(&tables::export::CHROME),
    table("firefox-csv", &["firefox"], "Firefox CSV", &tables::browsers::FIREFOX),
    table("bitwarden-csv", &[], "Bitwarden CSV", &tables::bitwarden::BITWARDEN)
        .written_by(&tables::export::BITWARDEN),
    table("1password-csv", &[], "1Password CSV (8, 7, 6 or 4)", &tables::onepassword::ONEPASSWORD)
        .written_by(&tables::export::ONEPASSWORD),
    table("apple-csv", &["apple", "safari"], "Safari or Apple Passwords CSV", &tables::browsers::APPLE),
    table("keepassxc-csv", &["keepassx-csv"], "KeePassXC CSV", &tables::keepass::KEEPASSXC)
        .written_by(&tables::export::KEEPASSXC),
    table("keepass1-csv", &["keepass-csv"], "KeePass 1 CSV", &tables::keepass::KEEPASS1),
    table("dashlane-csv", &[], "Dashlane CSV", &tables::dashlane::DASHLANE),
    table("nordpass-csv", &["nordpass"], "NordPass CSV", &tables::nordpass::NORDPASS),
    table("proton-csv", &["protonpass-csv"], "Proton Pass CSV", &tables::proton::PROTON),
    table("enpass-csv", &[], "Enpass CSV", &tables::others::ENPASS),
    table("roboform-csv", &["roboform"], "RoboForm CSV", &tables::roboform::ROBOFORM),
    table("keeper-csv", &[], "Keeper CSV, which has no header", &tables::keeper::KEEPER),
    table("buttercup-csv", &["buttercup"], "Buttercup CSV", &tables::others::BUTTERCUP),
    table("zoho-csv", &["zoho"], "Zoho Vault CSV", &tables::zoho::ZOHO),
    table("synology-csv", &["synology"], "Synology C2 CSV", &tables::others::SYNOLOGY),
    table("safeincloud-csv", &[], "SafeInCloud CSV", &tables::others::SAFEINCLOUD),
    table("myki-csv", &["myki"], "Myki CSV", &tables::others::MYKI),
    table("passpack-csv", &["passpack"], "Passpack CSV", &tables::others::PASSPACK),
    table("passman-csv", &[], "Passman CSV", &tables::others::PASSMAN),
    table("padlock-csv", &["padlock"], "Padlock CSV", &tables::others::PADLOCK),
    table("gorilla-csv", &["gorilla"], "Password Gorilla CSV", &tables::others::GORILLA),
    Format {
        name: "html",
        aliases: &[],
        title: "a page to print",
        importer: None,
        exporter: Some(&html::Html),
    },
    table("upm-csv", &["upm"], "Universal Password Manager CSV, which has no header", &tables::others::UPM),
    Format {
        name: "kdbx",
        aliases: &["keepass", "keepassxc"],
        title: "KeePass database (KDBX)",
        importer: Some(&keepass::Kdbx),
        exporter: Some(&keepass::Kdbx),
    },
    read_only("keepass-xml", &[], "KeePass 2 XML", &keepass::KeePassXml),
    read_only("keepassx-xml", &["keepassx"], "KeePassX 1 XML", &keepass::keepassx::KeePassX),
    read_only("safeincloud-xml", &["safeincloud"], "SafeInCloud XML", &safeincloud::SafeInCloud),
    read_only("pass", &["gopass"], "folder of pass or gopass, through gpg", &pass::Pass),
];

/// A table that is read, and written where it can be.
const fn table(
    name: &'static str,
    aliases: &'static [&'static str],
    title: &'static str,
    tables: &'static tables::Tables,
) -> Format {
    Format { name, aliases, title, importer: Some(tables), exporter: None }
}

/// A format that is read and not written.
const fn read_only(
    name: &'static str,
    aliases: &'static [&'static str],
    title: &'static str,
    importer: &'static dyn Importer,
) -> Format {
    Format { name, aliases, title, importer: Some(importer), exporter: None }
}

impl Format {
    const fn written_by(self, exporter: &'static dyn Exporter) -> Self {
        Self { exporter: Some(exporter), ..self }
    }
}
