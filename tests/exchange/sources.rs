//! Formats that are no tables: authenticators' lists, the JSON and XML of further managers, each by a fixture of
//! its own.

use super::*;
use std::path::Path;
use tresor::otp::Otp;

/// What is read here; the folder has fixtures of other tests too.
const FORMATS: [&str; 9] = [
    "aegis-json",
    "andotp-json",
    "dashlane-json",
    "freeotp-json",
    "keepassx-xml",
    "keeper-json",
    "otpauth",
    "passman-json",
    "safeincloud-xml",
];

/// The fixtures, by format and shape.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/trees");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let mut found: Vec<_> = paths.map(|path| (name(&path), std::fs::read(&path).unwrap())).collect();
    found.retain(|(name, _)| FORMATS.contains(&format_of(name)));
    found.sort();
    found
}

fn fixture(name: &str) -> Vec<u8> {
    let found = fixtures().into_iter().find(|(known, _)| known == name);
    found.unwrap_or_else(|| panic!("no {name}")).1
}

fn format_of(name: &str) -> &str {
    name.split('.').next().unwrap()
}

#[test]
fn every_source_is_read_whole_and_only_once() {
    let fixtures = fixtures();
    assert!(fixtures.len() >= 9);
    for (name, source) in fixtures {
        let format = format_of(&name);
        assert_eq!(exchange::detect(&source).map(|format| format.name), Ok(format), "{name}");
        let rows = rows(format, &source).unwrap();
        assert!(skipped(&rows).is_empty(), "{name}: {}", listed(&rows));
        insta::assert_snapshot!(name.clone(), listed(&rows));
        vault::import_twice(format, &source);
    }
}

/// A file that ends early is refused, or names what is damaged; it is never taken for another format's.
#[test]
fn sources_that_end_early() {
    for (name, source) in fixtures() {
        let format = format_of(&name);
        let whole = items(format, &source).len();
        for end in (0..source.len()).step_by(7) {
            let read = rows(format, &source[..end]);
            let count = read
                .map_or(0, |rows| rows.iter().filter(|row| matches!(row.outcome, Outcome::Item(..))).count());
            assert!(count <= whole, "{name} cut at {end}");
        }
    }
}

/// Values of another type than they should have are kept as they are, or make the entry one that is named.
#[test]
fn values_of_any_type() {
    use serde_json::{Value, json};
    fn places(json: &Value, path: &str, found: &mut Vec<String>) {
        match json {
            Value::Array(list) => {
                list.iter().enumerate().for_each(|(at, value)| places(value, &format!("{path}/{at}"), found));
            }
            Value::Object(map) => {
                for (key, value) in map {
                    let key = key.replace('~', "~0").replace('/', "~1");
                    places(value, &format!("{path}/{key}"), found);
                }
            }
            _ => {}
        }
        found.push(path.to_owned());
    }
    for (name, source) in fixtures().into_iter().filter(|(name, _)| name.ends_with("json")) {
        let whole: Value = serde_json::from_slice(&source).unwrap();
        let mut found = Vec::new();
        places(&whole, "", &mut found);
        for path in found {
            for other in
                [json!(null), json!(-1), json!("canary"), json!([["canary"]]), json!({"": {"a": "canary"}})]
            {
                let mut json = whole.clone();
                *json.pointer_mut(&path).unwrap() = other;
                // No panic; whatever the vault holds is found again.
                let _ = rows(format_of(&name), json.to_string().as_bytes()).map(|rows| listed(&rows));
            }
        }
    }
}

/// All that decides the codes comes through: they are the same as those that the source's own words make.
#[test]
fn codes_are_those_of_the_source() {
    let code = |item: &Item| {
        let otp = Otp::parse(item.totp.as_ref().unwrap()).unwrap();
        (otp.counter(), otp.code(Timestamp(59_000)).text.expose_str().unwrap().to_owned())
    };
    let of = |uri: &str| code(&Item { totp: secret(uri), ..Item::default() });
    let bank = of("otpauth://totp/?secret=GEZDGNBVGY3TQOJQ&algorithm=SHA256&digits=8&period=60");
    let locker = of("otpauth://hotp/?secret=MZXW6YTBOI&counter=41");
    for format in ["otpauth", "aegis-json", "andotp-json"] {
        let name = fixtures().into_iter().find(|(name, _)| format_of(name) == format).unwrap().0;
        let items = items(format, &fixture(&name));
        assert_eq!((code(&items[0]), code(&items[1])), (bank.clone(), locker.clone()), "{format}");
        assert_eq!(code(&items[2]).1.len(), 5, "{format}: Steam's");
    }
    let tokens = items("freeotp-json", &fixture("freeotp-json"));
    assert_eq!(code(&tokens[0]), of("otpauth://totp/?secret=MZXW774AAA&algorithm=SHA512&digits=8&period=60"));
    assert_eq!(code(&tokens[1]), of("otpauth://hotp/?secret=AEBAGBAF&counter=41"));
    let moved = items("otpauth", &fixture("otpauth"));
    assert_eq!(code(&moved[4]), of("otpauth://totp/?secret=KNSWG4TFOQWU63TF&algorithm=SHA256&digits=8"));
    assert_eq!(code(&moved[5]), of("otpauth://hotp/?secret=KNSWGT3OMU&counter=7"));
}

#[test]
fn bad_lines_among_codes_are_named() {
    let source = "otpauth://totp/a?secret=GE\nnonsense\r\notpauth://totp/b?secret=\notpauth://totp/c\n\
        otpauth-migration://offline?data=%%%\notpauth-migration://offline?data=CgA%3D\nsteam://\n\
        https://a.example/?secret=GE\nsteam://GE\n";
    let rows = rows("otpauth", source.as_bytes()).unwrap();
    let bad: Vec<String> =
        skipped(&rows).into_iter().map(|(place, skip)| format!("{place}: {skip}")).collect();
    let none = "no one-time code: neither otpauth:// nor steam:// with a secret";
    let expected = [2, 3, 4, 5, 6, 7, 8].map(|line| match line {
        5 => format!("line {line}: a damaged list of one-time codes"),
        _ => format!("line {line}: {none}"),
    });
    assert_eq!(bad, expected);
    assert_eq!(rows.len() - bad.len(), 2);
}

/// Older exports are a list of records, with nothing around it.
#[test]
fn keeper_s_bare_list() {
    let source = br#" [{"title":"T","login":"ann","password":"pw","login_url":"https://a.example","notes":"n",
        "custom_fields":{"TFC:Keeper":"otpauth://totp/x?secret=GEZDGNBV","PIN":"1"},"folders":[{"folder":"A\\B"}],"more":{"x":[1]}},3]"#;
    assert_eq!(exchange::detect(source).unwrap().name, "keeper-json");
    let rows = rows("keeper-json", source).unwrap();
    assert_eq!(skipped(&rows), [("entry 2".to_owned(), Skip::NotAnObject)]);
    let Outcome::Item(item, _) = &rows[0].outcome else { panic!("{rows:?}") };
    assert_eq!((item.title.as_str(), item.username.as_str(), item.folder.as_str()), ("T", "ann", "A/B"));
    assert!(item.totp.is_some() && item.password.is_some() && item.note.is_some());
    let names: Vec<&str> = item.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["PIN", "more"]);
    for bad in [
        &b"[{\"title\":1,\"login\":2,\"login_url\":3"[..],
        b"[{\"title\":\"\",\"login\":\"\",\"$type\":\"\"}}",
    ] {
        assert!(matches!(super::rows("keeper-json", bad), Err(ImportError::DamagedJson { .. })));
    }
}

#[test]
fn a_backup_of_freeotp_2_is_named() {
    let source = b"\xAC\xED\x00\x05sr\x00\x11java.util.HashMap\x05\x07";
    assert_eq!(exchange::detect(source).unwrap().name, "freeotp-json");
    let error = rows("freeotp-json", source).unwrap_err().to_string();
    assert!(error.contains("FreeOTP 2 is encrypted") && error.contains("restore it"), "{error}");
}

/// Files as pass and gopass have them, decrypted, and what could not be.
#[test]
fn files_of_pass() {
    use tresor::exchange::Importer;
    use tresor::exchange::pass::{FileProblem, Tree, TreeFile};
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pass");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let file = |path: &std::path::PathBuf| TreeFile {
        path: vec!["a/b".to_owned(), path.file_stem().unwrap().to_str().unwrap().to_owned()],
        content: Ok(Secret::copy_of(&std::fs::read(path).unwrap())),
    };
    let bad = TreeFile { path: vec!["a".to_owned(), "b.gpg".to_owned()], content: Err(FileProblem::NoKey) };
    let tree = Tree { files: paths.iter().map(file).chain([bad]).collect() };
    let mut rows = Vec::new();
    tree.read(&[], &Unlock::default(), &mut |row| {
        rows.push(row);
        ControlFlow::Continue(())
    })
    .unwrap();
    insta::assert_snapshot!("pass", listed(&rows));
    let error = super::rows("pass", b"any").unwrap_err().to_string();
    assert_eq!(error, "pass and gopass keep a folder; name that, not a file in it");
}

/// Every text of the JSON of managers is found in what was read from it.
#[test]
fn nothing_of_a_manager_is_lost() {
    use serde_json::Value;
    let entries = |json: &Value| match json {
        Value::Array(list) => list.clone(),
        _ if json["records"].is_array() => json["records"].as_array().unwrap().clone(),
        _ => json.as_object().unwrap().values().flat_map(|list| list.as_array().unwrap().clone()).collect(),
    };
    // The fixture has its lists in the order of their names, as here.
    // Layout, numbers of the other program, and what is found in another form.
    let layout =
        ["$type", "schema", "uid", "credential_id", "user_id", "vault_id", "password_repeat", "image"];
    let elsewhere = "folders category file_id field_type $birthDate $expirationDate $date:dateIssued $date expireMonth \
        file_data filename size mimetype guid digits period";
    let keys: Vec<&str> = layout.into_iter().chain(elsewhere.split_whitespace()).collect();
    for name in ["keeper-json", "passman-json", "dashlane-json"] {
        let source = fixture(name);
        let json: Value = serde_json::from_slice(&source).unwrap();
        for (json, item) in entries(&json).iter().zip(&items(name, &source)) {
            assert_all_kept(json, item, &keys);
        }
    }
}

/// Hostile XML is refused, at once and in words.
#[test]
fn xml_that_is_an_attack() {
    let deep = |open: &str, close: &str| {
        format!("<database>{}{}</database>", open.repeat(100_000), close.repeat(100_000))
    };
    let many: String = (0..1_000_000).map(|number| format!(" a{number}=\"x\"")).collect();
    let bomb = "<!DOCTYPE database [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
    for format in ["keepassx-xml", "safeincloud-xml"] {
        for (source, why) in [
            (deep("<group>", "</group>"), "too deep"),
            (deep("<card title=\"a\">", "</card>"), "too deep"),
            (deep("<x>", "</x>"), "too deep"),
            (format!("<database><card{many}/></database>"), "too many attributes"),
            (format!("{bomb}<database><card title=\"&b;\"/></database>"), "document type"),
            ("<database><card title=\"&b;\"/></database>".to_owned(), "damaged XML"),
            ("<database><entry><title>&b;</title></entry></database>".to_owned(), "damaged XML"),
            ("<database><card title=\"a\"".to_owned(), "damaged XML"),
            ("<other/>".to_owned(), "no"),
        ] {
            let error = rows(format, source.as_bytes()).map(|rows| listed(&rows)).unwrap_err().to_string();
            assert!(error.contains(why), "{format}: {error}");
        }
    }
}

/// A list a hundred thousand deep, or with as many entries, costs no more than its length.
#[test]
fn json_that_is_an_attack() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (format, source) in [
        ("keeper-json", format!("{{\"records\":[{{\"title\":\"a\",\"custom_fields\":{{\"$x\":{deep}}}}}]}}")),
        ("keeper-json", format!("{{\"records\":[{{\"title\":\"a\",\"custom_fields\":{deep}}}]}}")),
        (
            "passman-json",
            format!("[{{\"label\":\"a\",\"otp\":{deep},\"files\":{deep},\"custom_fields\":{deep}}}]"),
        ),
        ("dashlane-json", format!("{{\"AUTHENTIFIANT\":[{{\"title\":\"a\",\"login\":{deep}}}]}}")),
        (
            "aegis-json",
            format!("{{\"db\":{{\"entries\":[{{\"info\":{deep},\"name\":{deep}}}],\"groups\":{deep}}}}}"),
        ),
        ("andotp-json", format!("[{{\"label\":\"a\",\"tags\":{deep},\"secret\":{deep}}}]")),
    ] {
        assert_eq!(items(format, source.as_bytes()).len(), 1, "{format}");
    }
    assert!(rows("dashlane-json", format!("{{\"AUTHENTIFIANT\":{deep}}}").as_bytes()).is_ok());
    let many =
        format!("[{}]", vec!["{\"secret\":\"GE\",\"type\":\"TOTP\",\"label\":\"a\"}"; 100_000].join(","));
    assert_eq!(items("andotp-json", many.as_bytes()).len(), 100_000);
    let fields = (0..20_000).map(|number| format!("\"$text:{number}\":\"x\"")).collect::<Vec<_>>().join(",");
    let wide = format!("{{\"records\":[{{\"title\":\"a\",\"custom_fields\":{{{fields}}}}}]}}");
    assert_eq!(skipped(&rows("keeper-json", wide.as_bytes()).unwrap()).len(), 1);
}

proptest! {
    /// A source with any bytes of it replaced, cut out or doubled is read or refused, and ends no program.
    #[test]
    fn damaged_sources(
        which in any::<proptest::sample::Index>(),
        damages in proptest::collection::vec((any::<proptest::sample::Index>(), 0_usize..20, any_text(), any::<bool>()), 1..6),
    ) {
        let fixtures = fixtures();
        let (name, mut source) = which.get(&fixtures).clone();
        for (at, len, text, doubles) in damages {
            let start = at.index(source.len() + 1);
            let end = (start + len).min(source.len());
            let piece = if doubles { source[start..end].repeat(2) } else { text.into_bytes() };
            source.splice(start..end, piece);
        }
        let _ = exchange::detect(&source);
        let _ = rows(format_of(&name), &source).map(|rows| listed(&rows));
    }
}
