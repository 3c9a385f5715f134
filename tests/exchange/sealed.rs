//! Authenticators' backups under a password, written by another program (tests/sealed_backups.py): they hold what the
//! plain files do, and hostile ones are refused before they cost anything.

use super::*;
use std::time::{Duration, Instant};
use tresor::exchange::Load;

const AEGIS: &[u8] = include_bytes!("../fixtures/sealed/aegis.json");
const ANDOTP: &[u8] = include_bytes!("../fixtures/sealed/andotp.json.aes");
const EARLIER_ANDOTP: &[u8] = include_bytes!("../fixtures/sealed/andotp-earlier.json.aes");

fn opened(format: &str, source: &[u8], password: &str) -> Result<Vec<String>, ImportError> {
    let unlock = Unlock { password: secret(password), key_file: None };
    let mut found = Vec::new();
    exchange::named(format).unwrap().reader().unwrap().read(source, &unlock, &mut |row| {
        match row.outcome {
            Outcome::Item(item, _) => found.push(shown(&item)),
            other => panic!("{other:?}"),
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

fn in_plain(format: &str, source: &[u8]) -> Vec<String> {
    items(format, source).iter().map(shown).collect()
}

#[test]
fn what_is_sealed_is_what_is_in_plain() {
    let aegis = in_plain("aegis-json", include_bytes!("../fixtures/trees/aegis-json.json"));
    let andotp = in_plain("andotp-json", include_bytes!("../fixtures/trees/andotp-json.json"));
    for (format, source, expected) in [
        ("aegis-json", AEGIS, &aegis),
        ("andotp-json", ANDOTP, &andotp),
        ("andotp-json", EARLIER_ANDOTP, &andotp),
    ] {
        assert!(!expected.is_empty());
        assert_eq!(&opened(format, source, "correct 🐎").unwrap(), expected);
        assert_eq!(opened(format, source, "correct").unwrap_err(), ImportError::WrongPassword);
        assert_eq!(rows(format, source).unwrap_err(), ImportError::NoPassword);
        assert!(exchange::named(format).unwrap().reader().unwrap().is_encrypted(source));
    }
    assert_eq!(exchange::detect(AEGIS).unwrap().name, "aegis-json");
    assert_eq!(exchange::detect(ANDOTP).unwrap().name, "andotp-json");
    // Nothing tells the earlier form from noise; it is to be named.
    assert_eq!(exchange::detect(EARLIER_ANDOTP).err(), Some(ImportError::UnknownFormat));
}

#[test]
fn costs_are_told_or_refused_before_they_are_paid() {
    let reader = |format: &str| exchange::named(format).unwrap().reader().unwrap();
    assert_eq!(reader("aegis-json").load(AEGIS), Ok(None));
    assert_eq!(reader("andotp-json").load(ANDOTP), Ok(Some(Load::Pbkdf2 { rounds: 150_000 })));
    let start = Instant::now();
    let text = std::str::from_utf8(AEGIS).unwrap();
    let usual = "\"n\": 32768, \"r\": 8, \"p\": 1";
    for costs in [
        "\"n\": 1099511627776, \"r\": 8, \"p\": 1",
        "\"n\": 99999999999999999999999999, \"r\": 8, \"p\": 1",
        "\"n\": 32768, \"r\": 4294967295, \"p\": 4294967295",
        "\"n\": 32767, \"r\": 8, \"p\": 1",
        "\"n\": -1, \"r\": 8, \"p\": 1",
        "\"n\": 32768, \"r\": 8, \"p\": 0",
        "\"n\": 32768, \"r\": 8, \"p\": 17",
    ] {
        assert!(text.contains(usual));
        let hostile = text.replace(usual, costs);
        assert_eq!(
            opened("aegis-json", hostile.as_bytes(), "x").unwrap_err(),
            ImportError::TooCostly,
            "{costs}"
        );
        assert_eq!(reader("aegis-json").load(hostile.as_bytes()), Err(ImportError::TooCostly));
    }
    // Each slot is cheap, and there are many of them.
    let mut file: serde_json::Value = serde_json::from_slice(AEGIS).unwrap();
    let slot = file["header"]["slots"][2].clone();
    file["header"]["slots"] = vec![slot; 17].into();
    assert_eq!(opened("aegis-json", file.to_string().as_bytes(), "x").unwrap_err(), ImportError::TooCostly);
    let mut file = ANDOTP.to_vec();
    file[..4].fill(0xFF);
    assert_eq!(opened("andotp-json", &file, "x").unwrap_err(), ImportError::WrongPassword);
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[test]
fn damage_never_passes_for_content() {
    for at in 0..ANDOTP.len() {
        // Rounds that were changed may be many; the tag sees to the rest, of which one byte in some is enough.
        if at >= 4 && at % 97 == 0 {
            let mut file = ANDOTP.to_vec();
            file[at] ^= 1;
            assert_eq!(opened("andotp-json", &file, "correct 🐎").unwrap_err(), ImportError::WrongPassword);
        }
    }
    for len in [0, 1, 3, 4, 15, 16, 27, 28, 43, 44] {
        assert!(opened("andotp-json", &ANDOTP[..len], "correct 🐎").is_err(), "{len}");
    }
    let damage = |change: fn(&mut serde_json::Value)| {
        let mut file: serde_json::Value = serde_json::from_slice(AEGIS).unwrap();
        change(&mut file);
        opened("aegis-json", file.to_string().as_bytes(), "correct 🐎").unwrap_err()
    };
    let damaged = ImportError::DamagedEncryption;
    assert_eq!(damage(|file| file["db"] = "AAAA".into()), damaged);
    assert_eq!(damage(|file| file["db"] = "!".into()), damaged);
    assert_eq!(damage(|file| file["header"]["params"]["tag"] = "zz".into()), damaged);
    assert_eq!(damage(|file| file["header"]["params"]["nonce"] = "+1".into()), damaged);
    assert_eq!(damage(|file| file["header"]["slots"] = serde_json::Value::Null), damaged);
    assert_eq!(damage(|file| file["header"]["slots"][1]["salt"] = "0".into()), damaged);
    assert_eq!(damage(|file| file["header"]["slots"][2]["key"] = "00".into()), ImportError::WrongPassword);
}
