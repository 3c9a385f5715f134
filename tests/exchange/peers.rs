//! Databases of KeePass that we write, as other programs read them: PyPI's pykeepass and Debian's keepassxc-cli.
//! Without them these tests skip, visibly; under `CI=true` that is a failure.

use super::keepass::{CHEAP, database};
use super::*;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tresor::exchange::Remark;

const PASSWORD: &str = "correct 🐎\n";

/// An entry with everything that KeePass has a place for.
fn full_item() -> Item {
    let field = |name: &str, kind, value: &str| ItemField {
        name: name.to_owned(),
        kind,
        value: secret(value).unwrap(),
        ticked_off: false,
    };
    let time = |text: &str| Timestamp::parse(text).unwrap();
    let past = |field: &str, value: &str, day: &str| PastValue {
        field: field.to_owned(),
        value: secret(value).unwrap(),
        time: time(day),
    };
    let file =
        |name: &str, content: &[u8]| Attachment { name: name.to_owned(), content: Secret::copy_of(content) };
    Item {
        id: Some(Id([7; 16])),
        title: "Title <&> \"ä🐎\"".to_owned(),
        username: "ann@example".to_owned(),
        folder: "Work/Sub".to_owned(),
        urls: vec!["https://a.example/?x=1&y=2".to_owned(), "https://b.example".to_owned()],
        tags: vec!["one".to_owned(), "two words".to_owned()],
        password: secret(" p<&>\"w' "),
        note: secret("line 1\nline 2\ttab"),
        totp: secret("otpauth://totp/A:ann?secret=JBSWY3DPEHPK3PXP&period=60&digits=8&issuer=A"),
        created: Some(time("2020-01-02T03:04:05Z")),
        modified: Some(time("2024-01-01T00:00:00Z")),
        last_used: Some(time("2024-02-01T00:00:00Z")),
        fields: vec![
            field("PIN", FieldKind::Hidden, "12 34"),
            field("Shown & told", FieldKind::Text, "a<b"),
            field("KeePass icon", FieldKind::Text, "12"),
        ],
        history: vec![
            past("password", "first", "2021-01-01T00:00:00Z"),
            past("password", "second", "2022-01-01T00:00:00Z"),
            past("PIN", "0000", "2021-01-01T00:00:00Z"),
        ],
        attachments: vec![file("a.bin", &[0, 1, 0xFF]), file("ä.txt", b"hello"), file("same", b"hello")],
        upkeep: Upkeep { expiry: Some(time("2030-05-06T07:08:09Z")), ..Upkeep::default() },
        ..Item::default()
    }
}

/// Says that a test was skipped.
fn skip(skipped: &str) {
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{skipped}");
    // Written straight to the descriptor, since the harness keeps what a passing test prints.
    let _ = writeln!(std::io::stderr(), "{skipped}");
}

/// A run of a program in the package's folder, with the password; none where there is no such program.
fn run(program: &str, arguments: &[&str]) -> Option<Output> {
    let mut command = Command::new(program);
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("QT_QPA_PLATFORM", "offscreen");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().ok()?;
    // One that does not read it fails by itself.
    let _ = child.stdin.take()?.write_all(PASSWORD.as_bytes());
    child.wait_with_output().ok()
}

/// The output of a run that must do well.
fn done(output: Output) -> Vec<u8> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A file that is removed in the end.
struct Place(PathBuf);

impl Place {
    fn of(name: &str, content: &[u8]) -> Self {
        let place = std::env::temp_dir().join(format!("tresor-{name}-{}.kdbx", std::process::id()));
        std::fs::write(&place, content).unwrap();
        Self(place)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A database of [`full_item`].
fn full_database(name: &str) -> Place {
    let (file, losses) = database(CHEAP, [full_item()]);
    assert!(losses.is_empty());
    Place::of(name, &file)
}

#[test]
fn pykeepass_reads_all_that_we_write() {
    if !run("python3", &["-c", "import pykeepass"]).is_some_and(|done| done.status.success()) {
        return skip("SKIPPED: pykeepass is not there: pip install -r tests/requirements.txt");
    }
    let place = full_database("pykeepass");
    let read = done(run("python3", &["tests/keepass_reader.py", place.path()]).unwrap());
    let found: serde_json::Value = serde_json::from_slice(&read).unwrap();
    let version = |password: &str, pin: &str, modified: &str| {
        serde_json::json!({
            "title": "Title <&> \"ä🐎\"", "username": "ann@example", "password": password,
            "url": "https://a.example/?x=1&y=2", "notes": "line 1\nline 2\ttab",
            "otp": "otpauth://totp/A:ann?secret=JBSWY3DPEHPK3PXP&period=60&digits=8&issuer=A",
            "tags": ["one", "two words"], "hidden": ["PIN"], "modified": modified,
            "fields": {"PIN": pin, "Shown & told": "a<b", "KP2A_URL_1": "https://b.example"},
        })
    };
    let mut expected = version(" p<&>\"w' ", "12 34", "2024-01-01T00:00:00Z");
    let more = serde_json::json!({
        "id": "07".repeat(16), "folder": ["Work", "Sub"], "created": "2020-01-02T03:04:05Z",
        "expires": "2030-05-06T07:08:09Z", "icon": "12",
        "files": {"a.bin": "0001ff", "ä.txt": "68656c6c6f", "same": "68656c6c6f"},
        "history": [version("first", "0000", "2021-01-01T00:00:00Z"), version("second", "0000", "2022-01-01T00:00:00Z")],
    });
    expected.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    assert_eq!(found, serde_json::json!([expected]));
}

/// A run of keepassxc-cli; none where it is not installed.
fn keepassxc(arguments: &[&str]) -> Option<Vec<u8>> {
    let output = run("keepassxc-cli", arguments);
    if output.is_none() {
        skip("SKIPPED: keepassxc-cli is not installed");
    }
    output.map(done)
}

#[test]
fn keepassxc_shows_every_field() {
    let place = full_database("keepassxc");
    let entry = "/Work/Sub/Title <&> \"ä🐎\"";
    let arguments = ["show", "--all", "--show-protected", "--show-attachments", place.path(), entry];
    let Some(shown) = keepassxc(&arguments) else { return };
    let shown = String::from_utf8(shown).unwrap();
    for line in [
        "Title: Title <&> \"ä🐎\"",
        "UserName: ann@example",
        "Password:  p<&>\"w' ",
        "URL: https://a.example/?x=1&y=2",
        "Notes: line 1",
        "line 2\ttab",
        "Uuid: {07070707-0707-0707-0707-070707070707}",
        "Tags: one,two words",
        "PIN: 12 34",
        "Shown & told: a<b",
        "KP2A_URL_1: https://b.example",
        "otp: otpauth://totp/A:ann?secret=JBSWY3DPEHPK3PXP&period=60&digits=8&issuer=A",
        "  a.bin (3.0 B)",
        "  same (5.0 B)",
        "  ä.txt (5.0 B)",
    ] {
        assert!(shown.lines().any(|found| found == line), "{line} is not in:\n{shown}");
    }
    let code = keepassxc(&["show", "--totp", place.path(), entry]).unwrap();
    assert_eq!(code.trim_ascii().len(), 8, "{code:?}");
    for (name, content) in [("a.bin", &[0, 1, 0xFF][..]), ("ä.txt", b"hello")] {
        let exported = Place::of(name, b"");
        keepassxc(&["attachment-export", place.path(), entry, name, exported.path()]).unwrap();
        assert_eq!(std::fs::read(&exported.0).unwrap(), content, "{name}");
    }
}

#[test]
fn what_keepassxc_exports_as_xml_comes_back_unchanged() {
    let place = full_database("keepassxc-xml");
    let Some(xml) = keepassxc(&["export", "--format", "xml", place.path()]) else { return };
    assert_eq!(exchange::detect(&xml).unwrap().name, "keepass-xml");
    let rows = rows("keepass-xml", &xml).unwrap();
    let Outcome::Item(item, remarks) = &rows[0].outcome else { panic!("{rows:?}") };
    // The files it leaves out, and that is told.
    let missing = ["a.bin", "ä.txt", "same"].map(|name| Remark::MissingFile(name.to_owned()));
    assert!(missing.iter().all(|remark| remarks.contains(remark)), "{remarks:?}");
    assert_eq!((rows.len(), shown(item)), (1, shown(&Item { attachments: Vec::new(), ..full_item() })));
}

#[test]
fn what_keepassxc_exports_as_csv_comes_back_as_far_as_it_goes() {
    let place = full_database("keepassxc-csv");
    let Some(csv) = keepassxc(&["export", "--format", "csv", place.path()]) else { return };
    assert_eq!(exchange::detect(&csv).unwrap().name, "keepassxc-csv");
    let items = items("keepassxc-csv", &csv);
    let full = full_item();
    // It names a code by title and user name.
    let code = "otpauth://totp/Title%20%3C%26%3E%20%22%C3%A4%F0%9F%90%8E%22:ann%40example?secret=JBSWY3DPEHPK3PXP\
                &period=60&digits=8&issuer=Title%20%3C%26%3E%20%22%C3%A4%F0%9F%90%8E%22";
    let held = Item {
        title: full.title,
        username: full.username,
        password: full.password,
        note: full.note,
        totp: secret(code),
        folder: full.folder,
        urls: full.urls.into_iter().take(1).collect(),
        created: full.created,
        modified: full.modified,
        fields: full.fields.into_iter().filter(|field| field.name == "KeePass icon").collect(),
        ..Item::default()
    };
    assert_eq!(items.iter().map(shown).collect::<String>(), shown(&held));
}
