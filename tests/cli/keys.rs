//! `passwd`, `rekey`, `slots` and key files: what opens the vault afterwards, and what does not any more.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::home::{Done, Home, PASSWORD};

fn stdin(home: &Home, lines: &[&str], arguments: &[&str]) -> Done {
    home.fed(lines.join("\n"), &[&["--password-stdin"], arguments].concat())
}

/// Whether the vault opens with this password and these options.
fn opens(home: &Home, password: &str, options: &[&str]) -> bool {
    stdin(home, &[password], &[options, &["ls"]].concat()).code() == Some(0)
}

fn slots(home: &Home, options: &[&str]) -> Vec<Value> {
    let out = home.run(&[options, &["slots", "--json"]].concat()).ok();
    serde_json::from_str(&out).unwrap()
}

fn kinds(home: &Home, options: &[&str]) -> Vec<String> {
    slots(home, options).iter().map(|slot| slot["kind"].as_str().unwrap().to_owned()).collect()
}

/// The first bytes of the vault key's public side: the slots, which are wrapped anew with each new key.
fn slot_bytes(home: &Home) -> Vec<u8> {
    home.bytes()[256..4096].to_vec()
}

/// A home whose vault also opens with the password and a key file `key`.
fn with_key_file() -> Home {
    let home = Home::new();
    home.run(&["slots", "add", "key-file", "key"]).ok();
    home
}

#[test]
fn a_key_file_is_made_private_and_opens_with_the_password_alone_no_less() {
    let home = Home::new();
    home.add("GitHub", "hunter2", &[]);
    let (said, _) = home.run(&["slots", "add", "key-file", "key"]).both();
    assert!(said.contains("Made the key file key") && said.contains("--key-file key slots rm"), "{said}");
    assert_eq!(fs::metadata(home.path("key")).unwrap().permissions().mode() & 0o7777, 0o600);
    let line = fs::read_to_string(home.path("key")).unwrap();
    assert!(line.starts_with("TRESOR-KEY-1 ") && line.len() == 87, "{line}");
    assert!(opens(&home, PASSWORD, &[]) && opens(&home, PASSWORD, &["--key-file", "key"]));
    let mut kinds = kinds(&home, &[]);
    kinds.sort();
    assert_eq!(kinds, ["master password", "master password and key file"]);
}

#[test]
fn without_the_password_alone_the_key_file_is_wanted_by_name() {
    let home = with_key_file();
    home.add("GitHub", "hunter2", &[]);
    // What would be left cannot be wrapped again without the file.
    let hint = home.run(&["slots", "rm", "master password"]).fails(7, "no master password would open");
    assert!(hint.contains("--key-file FILE"), "{hint}");
    let (said, err) = home.run(&["--key-file", "key", "slots", "rm", "master password"]).both();
    assert!(said.contains("Removed \"master password\"") && err.is_empty(), "{said}{err}");
    let hint = home.run(&["ls"]).fails(3, "wants its key file");
    assert!(hint.contains("--key-file FILE"), "{hint}");
    assert_eq!(home.run(&["--key-file", "key", "get", "GitHub"]).ok(), "hunter2\n");
    home.write("other", [7; 40]);
    home.run(&["--key-file", "other", "ls"]).fails(3, "wrong");
    fs::write(home.path("key"), "TRESOR-KEY-1 00").unwrap();
    home.run(&["--key-file", "key", "ls"]).fails(3, "the key file is damaged");
}

#[test]
fn the_last_way_in_cannot_be_removed() {
    let home = Home::new();
    home.run(&["slots", "rm", "1"]).fails(7, "no master password would open");
    home.run(&["kit", "make", "--print"]).ok();
    home.run(&["slots", "rm", "master password"]).fails(7, "no master password would open");
    home.run(&["slots", "rm", "nothing"]).fails(4, "no slot");
    home.run(&["slots", "rm", "0"]).fails(4, "no slot");
    home.run(&["slots", "rm", "99"]).fails(4, "no slot");
    assert!(opens(&home, PASSWORD, &[]));
}

#[test]
fn any_file_can_be_a_key_file_and_one_that_cannot_is_refused() {
    let home = Home::new();
    home.write("photo", vec![9; 5000]);
    home.run(&["slots", "add", "key-file", "photo"]).ok();
    assert_eq!(fs::read(home.path("photo")).unwrap(), vec![9; 5000]);
    assert!(opens(&home, PASSWORD, &["--key-file", "photo"]));
    home.write("short", "x");
    home.run(&["slots", "add", "key-file", "short"]).fails(3, "damaged");
    home.run(&["slots", "add", "key-file", "no/where"]).fails(1, "no/where");
    home.run(&["slots", "add", "key-file", "."]).fails(1, "");
    assert_eq!(kinds(&home, &[]).len(), 2);
}

#[test]
fn a_key_file_is_not_left_behind_where_the_slot_was_not_added() {
    let home = Home::new();
    for at in 0..7 {
        home.run(&["slots", "add", "key-file", &format!("key{at}")]).ok();
    }
    let said = home.run(&["slots", "add", "key-file", "ninth"]).fails(7, "holds no more");
    assert!(said.contains("tresor slots") && !home.path("ninth").exists(), "{said}");
    assert_eq!(slots(&home, &[]).len(), 8);
}

#[test]
fn a_new_password_takes_the_key_file_along_and_names_what_it_cannot() {
    let home = with_key_file();
    home.add("GitHub", "hunter2", &[]);
    let before = slot_bytes(&home);
    let (_, err) = stdin(&home, &[PASSWORD, "new words here too"], &["passwd"]).both();
    assert!(err.contains("No longer opens the vault") && err.contains("key file"), "{err}");
    assert_eq!(
        stdin(&home, &["new words here too"], &["slots", "--json"]).json().as_array().unwrap().len(),
        1
    );
    assert_ne!(before, slot_bytes(&home));

    let home = with_key_file();
    let (_, err) = stdin(&home, &[PASSWORD, "new words here too"], &["--key-file", "key", "passwd"]).both();
    assert!(!err.contains("No longer opens"), "{err}");
    assert!(opens(&home, "new words here too", &["--key-file", "key"]) && !opens(&home, PASSWORD, &[]));
    assert!(!opens(&home, PASSWORD, &["--key-file", "key"]));
}

#[test]
fn another_password_is_asked_for_in_the_order_of_the_slots() {
    let home = Home::new();
    home.given("second of them\n", &["slots", "add", "password", "--name", "Ada's"]).ok();
    assert!(opens(&home, PASSWORD, &[]) && opens(&home, "second of them", &[]));
    // A wrong one is no reason to lose the slot silently.
    stdin(&home, &[PASSWORD, "third of them", "not it"], &["passwd"])
        .fails(3, "wrong password for \"Ada's\"");
    let (_, err) = stdin(&home, &[PASSWORD, "third of them", "second of them"], &["passwd"]).both();
    assert!(!err.contains("No longer"), "{err}");
    assert!(
        opens(&home, "third of them", &[])
            && opens(&home, "second of them", &[])
            && !opens(&home, PASSWORD, &[])
    );
    let (_, err) = stdin(&home, &["third of them", "fourth of them", ""], &["passwd"]).both();
    assert!(err.contains("No longer opens the vault") && err.contains("Ada's"), "{err}");
    assert!(!opens(&home, "second of them", &[]));
}

#[test]
fn a_fourth_password_is_refused_before_it_is_saved() {
    let home = Home::new();
    home.given("second of them\n", &["slots", "add", "password"]).ok();
    home.given("third of them\n", &["slots", "add", "password"]).ok();
    home.given("fourth of them\n", &["slots", "add", "password"]).fails(7, "three different passwords");
    home.given(format!("{PASSWORD}\n"), &["slots", "add", "password"]).fails(2, "the password that opened");
    home.run(&["slots", "add", "password"]).fails(2, "the other password");
}

#[test]
fn rekey_keeps_the_password_and_not_the_key() {
    let home = Home::new();
    home.add("GitHub", "hunter2", &[]);
    let old = home.bytes();
    let json = home.run(&["--json", "rekey"]).json();
    assert_eq!(json["dropped"], serde_json::json!([]));
    assert_eq!(home.run(&["get", "GitHub"]).ok(), "hunter2\n");
    // The old file is under another key: it is not merged silently.
    assert_ne!(old[256..736], home.bytes()[256..736]);
    let info = home.run(&["info", "--json"]).json();
    assert_eq!(info["kdf_memory_mib"], 8, "the policy is what was asked for when it was made");
}

#[test]
fn keeping_the_vault_key_is_possible_and_warned_of() {
    let home = with_key_file();
    home.run(&["kit", "make", "--out", "kit.html"]).ok();
    let (_, err) = stdin(&home, &[PASSWORD, "new words here too"], &["passwd", "--keep-vault-key"]).both();
    assert!(err.contains("old copy of the file and the old password"), "{err}");
    assert!(err.contains("key file was not named: key file"), "{err}");
    assert!(opens(&home, "new words here too", &[]) && !opens(&home, PASSWORD, &[]));
    assert!(opens(&home, PASSWORD, &["--key-file", "key"]), "as it was said");
    assert_eq!(
        stdin(&home, &["new words here too"], &["slots", "--json"]).json().as_array().unwrap().len(),
        3
    );
}

#[test]
fn slots_are_listed_and_renamed() {
    let home = with_key_file();
    home.run(&["slots", "rename", "key file", "USB stick"]).ok();
    let names: Vec<Value> = slots(&home, &[]).into_iter().map(|slot| slot["name"].clone()).collect();
    assert!(names.contains(&"USB stick".into()) && names.contains(&"master password".into()), "{names:?}");
    let text = home.run(&["slots"]).ok();
    assert!(
        text.contains("USB stick") && text.contains("8 MiB, 1 passes") && text.contains("opened it now"),
        "{text}"
    );
    home.run(&["slots", "rename", "1", " "]).fails(2, "empty");
    home.run(&["slots", "rename", "USB stick", "\u{1b}[31mred\u{202e}"]).ok();
    let text = home.run(&["slots"]).ok();
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text:?}");
    let mut keys: Vec<String> = slots(&home, &[])[0].as_object().unwrap().keys().cloned().collect();
    keys.sort();
    let expected =
        ["created", "id", "kdf_lanes", "kdf_memory_mib", "kdf_passes", "kind", "name", "opened", "tested"];
    assert_eq!(keys, expected);
}

#[test]
fn a_slot_below_the_policy_is_made_dearer_with_the_next_save_and_told_once() {
    use tresor::crypto::kdf::Cost;
    use tresor::format::{Credentials, Passphrase};
    use tresor::secret::Secret;
    use tresor::session::Locked;
    use tresor::vault::tag::Tag;
    let home = Home::new();
    let password = Passphrase::new(&Secret::copy_of(PASSWORD.as_bytes())).unwrap();
    let locked = Locked::read(&home.vault(), &home.path("state/tresor")).unwrap();
    let (session, mut vault) = locked.unlock(&Credentials::Passphrase(&password, None)).unwrap();
    let policy: Vec<u8> = [16 * 1024_u32, 2, 1].into_iter().flat_map(u32::to_le_bytes).collect();
    let now = tresor::clock::now();
    session.edit(&mut vault, now, "", |edit| edit.put_setting(Tag::COST_POLICY, policy)).unwrap();
    session.save(&mut vault, now).unwrap();
    assert_eq!(Cost::READER_FLOOR.passes(), 1);
    let before = home.bytes();
    let (_, err) = home.run(&["ls"]).both();
    assert!(err.is_empty() && home.bytes() == before, "reading saves nothing: {err}");
    let (_, err) = home.given("pw\n", &["add", "GitHub", "--secret-stdin"]).both();
    assert!(err.contains("costs 16 MiB, 2 passes from now on; it was 8 MiB, 1 passes"), "{err}");
    let slot = slots(&home, &[]).remove(0);
    assert_eq!((&slot["kdf_memory_mib"], &slot["kdf_passes"]), (&16.into(), &2.into()));
    let (_, err) = home.given("pw\n", &["add", "GitLab", "--secret-stdin"]).both();
    assert!(err.is_empty(), "told once: {err}");
}

#[test]
fn what_takes_more_than_this_machine_has_is_asked_about() {
    let home = Home::new();
    // Without its right digest and slot it would not be opened; it is refused before a password is read.
    let mut bytes = home.bytes();
    bytes[260..264].copy_from_slice(&(4_u32 << 20).to_le_bytes());
    bytes[264..268].copy_from_slice(&4_u32.to_le_bytes());
    let digest = sha256(&[&bytes[..96], &bytes[128..]].concat());
    bytes[96..128].copy_from_slice(&digest);
    fs::write(home.vault(), bytes).unwrap();
    let mut limited = home.command("sh");
    let script = "ulimit -v 3000000; exec \"$0\" --password-stdin ls";
    limited.args(["-c", script, env!("CARGO_BIN_EXE_tresor")]);
    let said = home.finish(limited, "").fails(7, "takes 4096 MiB of memory");
    assert!(said.contains("--accept-cost"), "{said}");
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    tresor::crypto::derive::sha256(&[bytes]).to_vec()
}
