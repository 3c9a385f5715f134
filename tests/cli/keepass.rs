//! Databases of KeePass in and out, and what `keepassxc-cli` makes of ours. Without that program its tests
//! skip, visibly; under `CI=true` that is a failure.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use crate::damage::limited;
use crate::home::{Done, Home};

const SECRET: &str = "of the file\n";

/// A run of keepassxc-cli; none where it is not installed.
fn keepassxc(home: &Home, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("keepassxc-cli");
    command
        .args(arguments)
        .current_dir(home.path(""))
        .env("QT_QPA_PLATFORM", "offscreen")
        .env("HOME", home.path(""));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        let skipped = "SKIPPED: keepassxc-cli is not installed";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{skipped}");
        let _ = writeln!(std::io::stderr(), "{skipped}");
        return None;
    };
    child.stdin.take().unwrap().write_all(format!("{SECRET}{SECRET}").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "keepassxc-cli {arguments:?}: {err}");
    Some(String::from_utf8(output.stdout).unwrap())
}

fn filled() -> Home {
    let home = Home::new();
    home.given(
        "p<&>w \"x\"\n",
        &[
            "add",
            "Title & <b>",
            "--username",
            "u",
            "--url",
            "https://a.example",
            "--folder",
            "F/G",
            "--tag",
            "t",
            "--secret-stdin",
        ],
    )
    .ok();
    home.given("JBSWY3DPEHPK3PXP\n1234\n", &["edit", "Title", "--set-stdin", "totp", "--set-stdin", "PIN"])
        .ok();
    home.given("second\n", &["edit", "Title", "--set-stdin", "password"]).ok();
    home
}

fn export(home: &Home) -> Done {
    home.given(SECRET, &["export", "out.kdbx", "--to", "kdbx"])
}

#[test]
fn an_export_wants_a_password_and_comes_back() {
    let home = filled();
    home.run(&["export", "out.kdbx", "--to", "kdbx"]).fails(2, "");
    assert!(!home.path("out.kdbx").exists());
    export(&home).ok();
    let file = fs::read(home.path("out.kdbx")).unwrap();
    assert!(file.starts_with(b"\x03\xD9\xA2\x9A\x67\xFB\x4B\xB5\x01\x00\x04\x00"));
    let other = Home::new();
    other.write("out.kdbx", &file);
    other.given("wrong\n", &["import", "out.kdbx"]).fails(3, "wrong password");
    other.given(SECRET, &["import", "out.kdbx"]).ok();
    assert!(
        other.given(SECRET, &["import", "out.kdbx"]).ok().ends_with("Added 0, already there 1, skipped 0\n")
    );
    let own = |home: &Home| home.run(&["export", "-", "--to", "json", "--yes"]).json();
    assert_eq!(own(&other), own(&home));
}

#[test]
fn keepassxc_shows_what_we_write() {
    let home = filled();
    export(&home).ok();
    let entry = "/F/G/Title & <b>";
    let Some(shown) = keepassxc(&home, &["show", "--all", "--show-protected", "out.kdbx", entry]) else {
        return;
    };
    for line in [
        "Title: Title & <b>",
        "UserName: u",
        "Password: second",
        "URL: https://a.example",
        "Tags: t",
        "PIN: 1234",
    ] {
        assert!(shown.lines().any(|found| found == line), "{line} is not in:\n{shown}");
    }
    let code = keepassxc(&home, &["show", "--totp", "out.kdbx", entry]).unwrap();
    assert_eq!(code.trim().len(), 6, "{code}");
    let xml = keepassxc(&home, &["export", "out.kdbx"]).unwrap();
    assert!(xml.contains("p&lt;&amp;&gt;w"), "the older password is in the history");
    // What it exports comes in, by the other importer.
    let other = Home::new();
    other.write("out.xml", xml);
    other.run(&["import", "out.xml"]).ok();
    assert_eq!(other.run(&["get", "Title"]).ok(), "second\n");
}

#[test]
fn what_keepassxc_makes_is_read_with_a_key_file_of_every_kind() {
    let home = Home::new();
    let key: Vec<u8> = (0..32).collect();
    let hex: String = key.iter().map(|byte| format!("{byte:02X}")).collect();
    let xml = |version: &str, data: &str| {
        format!(
            "<?xml version=\"1.0\"?><KeyFile><Meta><Version>{version}</Version></Meta><Key>{data}</Key></KeyFile>"
        )
    };
    home.write("raw", key);
    home.write("digits", &hex);
    home.write("one", xml("1.0", "<Data>AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=</Data>"));
    home.write("two", xml("2.0", &format!("<Data Hash=\"630DCD29\">{hex}</Data>")));
    home.write("other", "any other file\n");
    // The last is not there: keepassxc-cli makes its own.
    for (at, name) in ["raw", "digits", "one", "two", "other", "key"].into_iter().enumerate() {
        let (both, only) = (format!("{name}.kdbx"), format!("{name}-only.kdbx"));
        if keepassxc(&home, &["db-create", "--set-key-file", name, "-p", &both]).is_none() {
            return;
        }
        home.given(SECRET, &["import", &both, "--source-key-file", name]).ok();
        keepassxc(&home, &["db-create", "--set-key-file", name, &only]).unwrap();
        home.given("\n", &["import", &only, "--source-key-file", name]).ok();
        if at == 0 {
            home.given(SECRET, &["import", &both]).fails(3, "wrong password");
            home.given(SECRET, &["import", &both, "--source-key-file", "other"]).fails(3, "wrong password");
        }
    }
}

/// `file` with another value of 8 bytes behind this name of its key derivation.
fn with_cost(file: &[u8], name: &str, value: u64) -> Vec<u8> {
    let pattern = [&(name.len() as u32).to_le_bytes()[..], name.as_bytes(), &8_u32.to_le_bytes()].concat();
    let at = file.windows(pattern.len()).position(|window| window == pattern).unwrap() + pattern.len();
    [&file[..at], &value.to_le_bytes(), &file[at + 8..]].concat()
}

#[test]
fn a_costly_database_is_asked_about_and_one_beyond_all_bounds_refused() {
    let home = filled();
    export(&home).ok();
    let file = fs::read(home.path("out.kdbx")).unwrap();
    let import = |limit: &str, more: &[&str]| {
        limited(&home, limit, &[&["import", "costly.kdbx", "--no-input"][..], more].concat())
    };
    home.write("costly.kdbx", with_cost(&file, "M", 4 << 30));
    let err = import("-v 4000000", &[]).fails(7, "4096 MiB of memory");
    assert!(err.contains("--accept-cost"), "{err}");
    import("-v 300000", &["--accept-cost"]).fails(1, "has not the memory");
    for (name, value) in [("M", 1 << 40), ("M", 1 << 63), ("I", 1 << 63)] {
        home.write("costly.kdbx", with_cost(&file, name, value));
        import("-v 300000", &["--accept-cost"]).fails(1, "would ask too much of this machine");
    }
}
