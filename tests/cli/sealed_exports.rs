//! Exports of other programs that are encrypted: their password comes behind the master password.

use std::fs;

use crate::home::Home;

const PLAIN: &str = include_str!("../fixtures/bitwarden/all-types.json");
const SEALED: [&str; 2] =
    [include_str!("../fixtures/bitwarden/pbkdf2.json"), include_str!("../fixtures/bitwarden/argon2id.json")];

#[test]
fn a_sealed_export_is_read_with_its_password() {
    for sealed in SEALED {
        let home = Home::new();
        home.write("sealed.json", sealed);
        home.given("wrong\n", &["import", "sealed.json"]).fails(3, "wrong password for this file");
        home.given("", &["import", "sealed.json"]).fails(1, "its password was not given");
        let done = home.given("correct horse é\n", &["import", "sealed.json"]).ok();
        assert!(done.ends_with("Added 1, already there 0, skipped 0\n"), "{done}");
        assert_eq!(home.run(&["get", "Sealed"]).ok(), "from python\n");
        let again = home.given("correct horse é\n", &["import", "sealed.json"]).ok();
        assert!(again.ends_with("Added 0, already there 1, skipped 0\n"), "{again}");
    }
}

#[test]
fn a_sealed_export_is_written_and_read_again() {
    let home = Home::new();
    home.write("plain.json", PLAIN);
    let done = home.run(&["import", "plain.json"]);
    assert_eq!(done.code(), Some(8), "two of its items are none: {done:?}");
    let to = ["export", "out.json", "--to", "bitwarden-json-encrypted"];
    home.given("", &to).fails(2, "an encrypted file wants a password");
    home.given("file password\n", &to).ok();
    let written = fs::read_to_string(home.path("out.json")).unwrap();
    assert!(written.contains("\"passwordProtected\":true") && !written.contains("4111111111111111"));
    let known = home.given("file password\n", &["import", "out.json"]).ok();
    assert!(known.ends_with("Added 0, already there 8, skipped 0\n"), "{known}");
    let other = Home::new();
    fs::copy(home.path("out.json"), other.path("out.json")).unwrap();
    other.given("file password\n", &["import", "out.json"]).ok();
    assert_eq!(
        other.run(&["export", "-", "--to", "json", "--yes"]).json(),
        home.run(&["export", "-", "--to", "json", "--yes"]).json()
    );
}

#[test]
fn an_account_s_own_export_says_what_to_do() {
    let home = Home::new();
    home.write(
        "account.json",
        r#"{"encrypted":true,"encKeyValidation_DO_NOT_EDIT":"2.a|b|c","folders":[],"items":[]}"#,
    );
    let told = home.run(&["import", "account.json"]).fails(1, "only that account can open it");
    assert!(told.contains("export again as plain JSON"), "{told}");
}

#[test]
fn backups_of_authenticators_are_read_with_their_password() {
    let home = Home::new();
    home.write("aegis.json", include_bytes!("../fixtures/sealed/aegis.json"));
    home.write("andotp.json.aes", include_bytes!("../fixtures/sealed/andotp.json.aes"));
    home.write("earlier.json.aes", include_bytes!("../fixtures/sealed/andotp-earlier.json.aes"));
    for import in [
        &["import", "aegis.json"][..],
        &["import", "andotp.json.aes"],
        &["import", "earlier.json.aes", "--from", "andotp-json"],
    ] {
        home.given("wrong\n", import).fails(3, "wrong password for this file");
        home.given("", import).fails(1, "its password was not given");
        home.given("correct 🐎\n", import).ok();
        let again = home.given("correct 🐎\n", import).ok();
        assert!(again.contains("Added 0, already there"), "{again}");
    }
    assert!(!home.listed(&[]).is_empty());
}
