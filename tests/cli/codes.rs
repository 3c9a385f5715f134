//! `otp`: codes by time, by counter, and Steam's.

use std::collections::BTreeSet;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use tresor::otp::Otp;
use tresor::secret::Secret;
use tresor::time::Timestamp;

use crate::home::Home;

const BY_COUNTER: &str = "otpauth://hotp/Example:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=";

fn with(totp: &str) -> Home {
    let home = Home::new();
    home.add("a", "pw", &[]);
    home.given(format!("{totp}\n"), &["edit", "a", "--set-stdin", "totp"]).ok();
    home
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// The code of now, or of the period that began meanwhile.
fn is_of_now(totp: &str, code: &str) -> bool {
    let otp = Otp::parse(&Secret::copy_of(totp.as_bytes())).unwrap();
    (now() - 30..=now())
        .any(|second| otp.code(Timestamp::from_seconds(second)).text.expose() == code.as_bytes())
}

#[test]
fn a_code_by_time_goes_to_standard_output_and_its_time_to_standard_error() {
    for (totp, digits) in [
        ("JBSWY3DPEHPK3PXP", 6),
        ("jbsw y3dp ehpk 3pxp", 6),
        ("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=8&algorithm=SHA256", 8),
        ("steam://JBSWY3DPEHPK3PXP", 5),
    ] {
        let home = with(totp);
        let (out, err) = home.run(&["otp", "a"]).both();
        let code = out.strip_suffix('\n').unwrap();
        assert!(code.len() == digits && is_of_now(totp, code), "{totp}: {out}");
        let left = err.strip_prefix("valid for ").and_then(|err| err.strip_suffix(" s\n")).unwrap();
        assert!((1..=30).contains(&left.parse::<u32>().unwrap()), "{err}");
        let json = home.run(&["otp", "a", "--json"]).json();
        assert!(is_of_now(totp, json["code"].as_str().unwrap()), "{json}");
        assert!((1..=30).contains(&json["seconds_left"].as_u64().unwrap()), "{json}");
        assert_eq!(home.run(&["get", "a", "--field", "totp"]).ok(), format!("{totp}\n"), "as it was given");
    }
}

#[test]
fn a_counter_moves_on_with_each_code_and_none_is_given_twice() {
    let home = with(&format!("{BY_COUNTER}0"));
    // RFC 4226, appendix D.
    for (counter, code) in
        ["755224", "287082", "359152", "969429", "338314", "254676"].into_iter().enumerate()
    {
        let (out, err) = home.run(&["otp", "a"]).both();
        assert_eq!((out, err), (format!("{code}\n"), String::new()));
        let field = home.run(&["get", "a", "--field", "totp"]).ok();
        assert_eq!(field, format!("{BY_COUNTER}{}\n", counter + 1), "the rest is as it was given");
    }
    assert_eq!(home.run(&["otp", "a", "--json"]).json()["seconds_left"], serde_json::Value::Null);
    home.fed("wrong\n", &["--password-stdin", "otp", "a"]).fails(3, "wrong");
}

#[test]
fn a_code_whose_counter_cannot_be_saved_is_not_given() {
    let home = with(&format!("{BY_COUNTER}0"));
    // A file where the state folder is to be: nothing can be locked, so nothing saved.
    std::fs::remove_dir_all(home.path("state")).unwrap();
    home.write("state", "");
    home.run(&["otp", "a"]).fails(1, "cannot make the folder");
}

#[test]
fn entries_without_a_code_say_so() {
    let home = Home::new();
    home.add("a", "pw", &[]);
    home.run(&["otp", "a"]).fails(4, "\"a\" has no totp");
    home.run(&["otp", "b"]).fails(4, "no entry for \"b\"");
    let home = with(&format!("{BY_COUNTER}{}", u64::MAX));
    home.run(&["otp", "a"]).fails(1, "used up");
    for bad in [
        "otpauth://totp/x",
        "otpauth://totp/x?secret=A",
        "https://a.example",
        "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=9",
    ] {
        home.given(format!("{bad}\n"), &["edit", "a", "--set-stdin", "totp"]).fails(1, "");
    }
}

#[test]
fn programs_at_once_are_given_different_codes() {
    let home = with(&format!("{BY_COUNTER}0"));
    let codes: Vec<String> = thread::scope(|scope| {
        let ask = || home.run(&["otp", "a"]).ok();
        let asked: Vec<_> = (0..12).map(|_| scope.spawn(ask)).collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    let different: BTreeSet<&String> = codes.iter().collect();
    assert_eq!(different.len(), codes.len(), "{codes:?}");
}
