//! Databases of KeePass: what was written comes back, every cipher opens, and hostile ones are refused at once.

use super::*;
use std::time::{Duration, Instant};

use proptest::sample::Index;
use tresor::crypto::kdbx::Cipher;
use tresor::exchange::keepass::write::{self, Settings};
use tresor::exchange::{Load, Remark, keepass::KeePassError};

/// As cheap as Argon2 gets, so that a test may write hundreds.
pub const CHEAP: Settings = Settings { cipher: Cipher::ChaCha20, memory_kib: 64, passes: 1, lanes: 1 };

fn password() -> Unlock {
    Unlock { password: secret("correct 🐎"), key_file: None }
}

fn opened(source: &[u8], unlock: &Unlock) -> Result<Vec<Row>, ImportError> {
    let mut rows = Vec::new();
    exchange::named("kdbx").unwrap().reader().unwrap().read(source, unlock, &mut |row| {
        rows.push(row);
        ControlFlow::Continue(())
    })?;
    Ok(rows)
}

fn items_of(rows: Vec<Row>) -> Vec<Item> {
    let item = |row: Row| match row.outcome {
        Outcome::Item(item, _) => Some(*item),
        Outcome::Skipped(skip) => panic!("{}: {skip}", row.place),
        _ => None,
    };
    rows.into_iter().filter_map(item).collect()
}

pub fn database(settings: Settings, items: impl IntoIterator<Item = Item>) -> (Vec<u8>, Losses) {
    let (mut out, password) = (Vec::new(), password().password);
    let fresh = &mut Fresh {
        password: password.as_ref(),
        random: &mut SeededRandom::new(1),
        now: Timestamp(1_700_000_000_000),
    };
    let losses = write::write(&mut items.into_iter(), settings, fresh, &mut out).unwrap();
    (out, losses)
}

fn xml(body: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<KeePassFile>{body}</KeePassFile>")
}

/// The entries of an XML file with this group as its outermost.
fn of_group(group: &str) -> Vec<Row> {
    rows("keepass-xml", xml(&format!("<Root><Group><Name>top</Name>{group}</Group></Root>")).as_bytes())
        .unwrap()
}

fn one(entry: &str) -> (Item, Vec<Remark>) {
    match of_group(&format!("<Entry>{entry}</Entry>")).remove(0).outcome {
        Outcome::Item(item, remarks) => (*item, remarks),
        other => panic!("{other:?}"),
    }
}

fn string(name: &str, value: &str) -> String {
    format!("<String><Key>{name}</Key><Value>{value}</Value></String>")
}

pub fn plain(secret: &Option<Secret>) -> &str {
    secret.as_ref().and_then(Secret::expose_str).unwrap_or_default()
}

fn fields(item: &Item) -> Vec<(&str, FieldKind, &str)> {
    item.fields.iter().map(|f| (f.name.as_str(), f.kind, f.value.expose_str().unwrap())).collect()
}

#[test]
fn every_cipher_opens_with_the_right_password_only() {
    for cipher in Cipher::ALL {
        let item = Item { title: "T".to_owned(), password: secret("pw"), ..Item::default() };
        let (file, losses) = database(Settings { cipher, ..CHEAP }, [item]);
        assert!(losses.is_empty());
        let items = items_of(opened(&file, &password()).unwrap());
        assert_eq!((items.len(), plain(&items[0].password)), (1, "pw"));
        let wrong = Unlock { password: secret("correct"), key_file: None };
        assert_eq!(opened(&file, &wrong).unwrap_err(), ImportError::WrongPassword);
        assert_eq!(opened(&file, &Unlock::default()).unwrap_err(), ImportError::NoPassword);
        let with_key_file = Unlock { key_file: secret("x"), ..password() };
        assert_eq!(opened(&file, &with_key_file).unwrap_err(), ImportError::WrongPassword);
    }
    assert_eq!(exchange::detect(&database(CHEAP, []).0).unwrap().name, "kdbx");
}

#[test]
fn all_that_an_entry_can_hold_in_plain_xml() {
    let (item, remarks) = one(&format!(
        "<UUID>AAECAwQFBgcICQoLDA0ODw==</UUID><IconID>12</IconID><ForegroundColor>#FF0000</ForegroundColor>\
         <OverrideURL>cmd://x</OverrideURL><QualityCheck>False</QualityCheck><Tags>one;two, three;one</Tags>\
         <Times><CreationTime>2020-01-02T03:04:05Z</CreationTime><LastModificationTime>2020-01-03T00:00:00Z\
         </LastModificationTime><LastAccessTime>2020-01-04T00:00:00Z</LastAccessTime><ExpiryTime>2030-01-01T00:00:00Z\
         </ExpiryTime><Expires>True</Expires><UsageCount>9</UsageCount></Times>\
         {}{}{}{}{}{}{}{}<String><Key>PIN</Key><Value ProtectInMemory=\"True\">1234</Value></String>\
         <AutoType><Enabled>False</Enabled><DataTransferObfuscation>0</DataTransferObfuscation>\
         <Association><Window>W *</Window><KeystrokeSequence>{{TAB}}</KeystrokeSequence></Association></AutoType>\
         <CustomData><Item><Key>k</Key><Value>v</Value></Item></CustomData><Later><A>1</A></Later>",
        string("Title", "a &amp;amp; b &#x20AC;<![CDATA[<&]]>"),
        string("UserName", "u"),
        string("Password", " p\r\nq&#13; "),
        string("Notes", "n"),
        string("KP2A_URL_1", "https://b"),
        string("URL", "https://a"),
        string("Custom", ""),
        string("AndroidApp", "androidapp://c"),
    ));
    assert_eq!((item.title.as_str(), item.username.as_str(), plain(&item.note)), ("a &amp; b €<&", "u", "n"));
    assert_eq!(plain(&item.password), " p\nq\r ");
    assert_eq!(item.urls, ["https://a", "https://b", "androidapp://c"]);
    assert_eq!(item.tags, ["one", "two", "three"]);
    assert_eq!(item.id.unwrap().to_string(), "000102030405060708090a0b0c0d0e0f");
    let time = |text: &str| Some(Timestamp::parse(text).unwrap());
    assert_eq!(item.created, time("2020-01-02T03:04:05Z"));
    assert_eq!((item.modified, item.last_used), (time("2020-01-03T00:00:00Z"), time("2020-01-04T00:00:00Z")));
    assert_eq!(item.upkeep.expiry, time("2030-01-01T00:00:00Z"));
    assert_eq!(item.folder, "top");
    let kept = [
        ("KeePass icon", FieldKind::Text, "12"),
        ("KeePass foreground colour", FieldKind::Text, "#FF0000"),
        ("KeePass override URL", FieldKind::Text, "cmd://x"),
        ("KeePass quality check", FieldKind::Text, "False"),
        ("KeePass auto-type", FieldKind::Text, "False"),
        ("KeePass auto-type for W *", FieldKind::Text, "{TAB}"),
        ("KeePass data k", FieldKind::Hidden, "v"),
        ("KeePass Later", FieldKind::Text, "1"),
    ];
    assert_eq!(fields(&item)[..2], [("Custom", FieldKind::Text, ""), ("PIN", FieldKind::Hidden, "1234")]);
    assert_eq!(fields(&item)[2..], kept);
    assert_eq!(remarks, kept.map(|(label, ..)| Remark::KeptAsField(label.to_owned())));
    // It goes to KDBX and comes back, each thing in KeePass's own place.
    let (file, losses) = database(CHEAP, [copy(&item)]);
    assert!(losses.is_empty());
    assert_eq!(shown(&items_of(opened(&file, &password()).unwrap())[0]), shown(&item));
}

#[test]
fn older_versions_become_history_with_the_time_since_which_a_value_was_there() {
    let version = |day: u8, password: &str, custom: &str| {
        let time =
            format!("<Times><LastModificationTime>2020-01-0{day}T00:00:00Z</LastModificationTime></Times>");
        format!("{time}{}{}{}", string("Title", "T"), string("Password", password), string("PIN", custom))
    };
    let file = "<Binary><Key>f.txt</Key><Value>aGVsbG8=</Value></Binary>";
    let history = [version(3, "b", "1"), version(1, "a", "1") + file, version(2, "a", "1")];
    let history = history.map(|version| format!("<Entry>{version}</Entry>")).concat();
    let (item, remarks) = one(&format!("{}<History>{history}</History>", version(4, "c", "2")));
    let past: Vec<String> = item
        .history
        .iter()
        .map(|past| format!("{} {} {}", past.field, past.value.expose_str().unwrap(), past.time))
        .collect();
    let expected =
        ["password a 2020-01-01T00:00:00Z", "PIN 1 2020-01-01T00:00:00Z", "password b 2020-01-03T00:00:00Z"];
    let mut sorted = past.clone();
    sorted.sort();
    let mut also = expected.to_vec();
    also.sort();
    assert_eq!(sorted, also);
    assert_eq!(item.attachments[0].name, "f.txt (version of 2020-01-01)");
    assert_eq!(remarks, [Remark::KeptAsFile("f.txt (version of 2020-01-01)".to_owned())]);
}

#[test]
fn groups_become_folders_and_what_they_say_notes() {
    let entry = |title: &str| format!("<Entry>{}</Entry>", string("Title", title));
    let body = format!(
        "<Meta><RecycleBinUUID>AQEBAQEBAQEBAQEBAQEBAQ==</RecycleBinUUID></Meta><Root><Group><Name>db</Name>{}\
         <Group><UUID>AgICAgICAgICAgICAgICAg==</UUID><Name>TCP/IP</Name><Notes>about</Notes>{}<Group><Name>empty</Name></Group></Group>\
         <Group><UUID>AQEBAQEBAQEBAQEBAQEBAQ==</UUID><Name>Bin</Name>{}\
         <Entry><PreviousParentGroup>AgICAgICAgICAgICAgICAg==</PreviousParentGroup>{}</Entry>\
         <Group><Name>old</Name>{}</Group></Group></Group><DeletedObjects/></Root>",
        entry("a"),
        entry("b"),
        entry("c"),
        string("Title", "d"),
        entry("e"),
    );
    let rows = rows("keepass-xml", xml(&body).as_bytes()).unwrap();
    let found: Vec<String> = rows
        .iter()
        .map(|row| match &row.outcome {
            Outcome::Item(item, _) => {
                format!("{} in {}{}", item.title, item.folder, if item.trashed { " trashed" } else { "" })
            }
            Outcome::Folder(path) => format!("folder {path}"),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        "a in db",
        "b in db/TCP\\/IP",
        "folder db/TCP\\/IP/empty",
        "TCP/IP in db/TCP\\/IP",
        "c in  trashed",
        "d in db/TCP\\/IP trashed",
        "e in old trashed",
    ];
    assert_eq!(found, expected);
}

#[test]
fn hostile_xml_is_refused_at_once() {
    let attributes: String = (0..1_000_000).map(|number| format!(" a{number}=\"\"")).collect();
    let deep = |name: &str| format!("<Root>{}", format!("<{name}>").repeat(100_000));
    let cases = [
        format!("<!DOCTYPE KeePassFile [<!ENTITY a \"b\">]>{}", xml("")),
        xml(&format!("<Root><Group{attributes}/></Root>")),
        xml(&deep("Group")),
        xml(&deep("X")),
        xml("<Root><Group><Name>&lol;</Name></Group></Root>"),
        xml("<Root><Group><Name>&#0;&#x110000;</Name></Group></Root>"),
        xml("<Root></Group></Root>"),
        xml("<Root><Group><Entry>"),
        "<KeePassFile><Meta>".to_owned(),
        "<KeePassFileX/>".to_owned(),
    ];
    for case in cases {
        let start = Instant::now();
        let error = rows("keepass-xml", case.as_bytes()).unwrap_err();
        assert!(matches!(error, ImportError::KeePass(_)), "{error}");
        assert!(start.elapsed() < Duration::from_secs(1), "{error}: {:?}", start.elapsed());
    }
}

/// The place of a field's value in a header of version 4.
fn header_value(file: &[u8], kind: u8) -> std::ops::Range<usize> {
    let mut at = 12;
    loop {
        let len = u32::from_le_bytes(file[at + 1..at + 5].try_into().unwrap()) as usize;
        if file[at] == kind {
            return at + 5..at + 5 + len;
        }
        at += 5 + len;
    }
}

#[test]
fn costs_are_refused_before_they_are_paid() {
    let (file, _) = database(CHEAP, []);
    let kdf = header_value(&file, 11);
    let dictionary = &file[kdf.clone()];
    let value_of = |name: &str, len: usize| {
        let pattern =
            [&(name.len() as u32).to_le_bytes()[..], name.as_bytes(), &(len as u32).to_le_bytes()].concat();
        let at = dictionary.windows(pattern.len()).position(|window| window == pattern).unwrap();
        kdf.start + at + pattern.len()..kdf.start + at + pattern.len() + len
    };
    let changes: [(&str, u64, usize); 6] = [
        ("M", 1 << 40, 8),
        ("M", u64::MAX, 8),
        ("I", u64::MAX, 8),
        ("P", 1 << 20, 4),
        ("M", 0, 8),
        ("V", 9, 4),
    ];
    for (name, value, len) in changes {
        let mut file = file.clone();
        file[value_of(name, len)].copy_from_slice(&value.to_le_bytes()[..len]);
        let start = Instant::now();
        let error = opened(&file, &password()).unwrap_err();
        assert!(matches!(error, ImportError::KeePass(KeePassError::Cost(_))), "{name}: {error}");
        assert!(start.elapsed() < Duration::from_secs(1));
    }
}

/// A header of version 3.1 or 4 that wants so many rounds of AES-KDF, and nothing behind it.
fn wants_rounds(major: u16, rounds: u64) -> Vec<u8> {
    let aes = 0x31C1F2E6BF714350BE5805216AFC5AFF_u128.to_be_bytes();
    let kdf = 0xC9D9F39A628A4460BF740D08C18A4FEA_u128.to_be_bytes();
    let mut file = b"\x03\xD9\xA2\x9A\x67\xFB\x4B\xB5".to_vec();
    file.extend(if major == 3 { [1, 0, 3, 0] } else { [0, 0, 4, 0] });
    let dictionary = |entries: [(u8, &str, &[u8]); 3]| {
        let entry = |(kind, name, value): (u8, &str, &[u8])| {
            let len = |bytes: &[u8]| (bytes.len() as u32).to_le_bytes();
            [&[kind][..], &len(name.as_bytes()), name.as_bytes(), &len(value), value].concat()
        };
        [&[0, 1][..], &entries.map(entry).concat(), &[0]].concat()
    };
    let rounds = rounds.to_le_bytes();
    let all = dictionary([(0x42, "$UUID", &kdf), (0x42, "S", &[1; 32]), (0x05, "R", &rounds)]);
    let shared: [(u8, &[u8]); 4] = [(2, &aes), (3, &[0; 4]), (4, &[2; 32]), (7, &[3; 16])];
    let old: [(u8, &[u8]); 5] =
        [(5, &[1; 32]), (6, &rounds), (8, &[4; 32]), (9, &[5; 32]), (10, &[2, 0, 0, 0])];
    let fields = shared.into_iter().chain(if major == 3 { old.to_vec() } else { vec![(11, &all[..])] });
    for (kind, value) in fields.chain([(0, &b"\r\n\r\n"[..])]) {
        file.push(kind);
        let len = (value.len() as u32).to_le_bytes();
        file.extend(&len[..if major == 3 { 2 } else { 4 }]);
        file.extend(value);
    }
    file
}

#[test]
fn rounds_are_refused_before_they_are_paid_and_told_before() {
    let kdbx = exchange::named("kdbx").unwrap().reader().unwrap();
    for major in [3, 4] {
        let honest = wants_rounds(major, 100_000);
        assert_eq!(kdbx.load(&honest), Ok(Some(Load::AesKdf { rounds: 100_000 })));
        for rounds in [1 << 63, u64::MAX, (1 << 30) + 1] {
            let file = wants_rounds(major, rounds);
            let start = Instant::now();
            let error = opened(&file, &password()).unwrap_err();
            assert_eq!(error, ImportError::KeePass(KeePassError::Rounds { rounds, most: 1 << 30 }));
            assert_eq!(kdbx.load(&file).unwrap_err(), error);
            assert!(start.elapsed() < Duration::from_secs(1));
        }
    }
    let (file, _) = database(CHEAP, []);
    assert_eq!(kdbx.load(&file), Ok(Some(Load::Argon2 { memory_kib: 64, passes: 1 })));
}

#[test]
fn damage_is_told_from_a_wrong_password() {
    let (file, _) = database(CHEAP, [Item { title: "T".to_owned(), ..Item::default() }]);
    let seed = header_value(&file, 4).start;
    let mut changed = file.clone();
    changed[seed] ^= 1;
    assert_eq!(
        opened(&changed, &password()).unwrap_err().to_string(),
        "the database is damaged: its header was changed"
    );
    let mut changed = file.clone();
    let at = file.len() - 100;
    changed[at] ^= 1;
    assert_eq!(
        opened(&changed, &password()).unwrap_err().to_string(),
        "the database is damaged: a block of it was changed"
    );
    // A block that says it is as long as 4 GiB.
    let mut changed = file.clone();
    let header = header_value(&file, 0).end;
    changed[header + 96..header + 100].fill(0xFF);
    assert_eq!(
        opened(&changed, &password()).unwrap_err().to_string(),
        "the database is damaged: it ends early"
    );
    for (version, words) in [(1_u32, "KDBX 0.1"), (0x0005_0000, "KDBX 5.0"), (0x0004_0002, "KDBX 4.2")] {
        let mut changed = file.clone();
        changed[8..12].copy_from_slice(&version.to_le_bytes());
        assert!(opened(&changed, &password()).unwrap_err().to_string().starts_with(words));
    }
    let mut changed = file;
    changed[4] = 0x65;
    assert!(opened(&changed, &password()).unwrap_err().to_string().contains("KeePass 1"));
}

#[test]
fn no_database_unpacks_without_bounds() {
    // A note of zeros packs to a thousandth; one longer than is believed is refused, not unpacked.
    let note = Secret::zeroed(65 << 20);
    let item =
        Item { attachments: vec![Attachment { name: "f".to_owned(), content: note }], ..Item::default() };
    let (file, _) = database(CHEAP, [item]);
    assert!(file.len() < 1 << 20);
    let error = opened(&file, &password()).unwrap_err();
    assert!(matches!(error, ImportError::KeePass(KeePassError::Bomb { .. })), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn all_comes_back(mut items in proptest::collection::vec(any_item(), 0..4)) {
        for (item, number) in items.iter_mut().zip(1..) {
            item.id = Some(Id([number; 16]));
        }
        let (file, losses) = database(CHEAP, items.iter().map(copy));
        prop_assert!(losses.is_empty());
        let mut found = items_of(opened(&file, &password()).unwrap());
        found.sort_by_key(|item| item.id);
        prop_assert_eq!(found.len(), items.len());
        for (one, other) in items.iter().zip(&found) {
            prop_assert_eq!(shown(one), shown(other));
        }
    }

    #[test]
    fn damage_never_passes_for_content(item in any_item(), at: Index, bit in 0_u8..8) {
        let (mut file, _) = database(CHEAP, [item]);
        let at = at.index(file.len());
        prop_assert!(opened(&file[..at], &password()).is_err());
        file[at] ^= 1 << bit;
        prop_assert!(opened(&file, &password()).is_err());
    }
}

/// Both forms of what is carried, in custom data; the title was changed in KeePass, and the rest was not.
#[test]
fn what_was_edited_in_keepass_stays_edited() {
    let of = |data: &str| {
        let data = format!("<CustomData><Item><Key>tresor</Key><Value>{data}</Value></Item></CustomData>");
        one(&format!("{}{data}", string("Title", "edited")))
    };
    // The digest of no member of this name, and one that fits nothing.
    let carried = r#"{"passkeys":{"was":"WAS","is":["key"]},"title":{"was":"00","is":"old"},"modified":{"was":"00","is":"2020-01-01T00:00:00.001Z"}}"#;
    let was = tresor::exchange::carried::digest("");
    let (item, remarks) = of(&carried.replace("WAS", &was));
    assert_eq!((item.title.as_str(), item.passkeys.len()), ("edited", 1));
    assert_eq!(remarks, [Remark::KeptAsField("tresor".to_owned())]);
    assert_eq!(fields(&item), [("tresor", FieldKind::Hidden, r#"{"title":{"was":"00","is":"old"}}"#)]);
    // What is no such thing is kept as it is.
    let (item, _) = of("someone else's");
    assert_eq!(fields(&item), [("tresor", FieldKind::Hidden, "someone else's")]);
}

/// An entry of which much comes back from KeePass's own fields in another shape.
fn odd_item() -> Item {
    let field = |name: &str, kind, value: &str, ticked_off| ItemField {
        name: name.to_owned(),
        kind,
        value: secret(value).unwrap(),
        ticked_off,
    };
    let past = |field: &str, value: &str, time| PastValue {
        field: field.to_owned(),
        value: secret(value).unwrap(),
        time: Timestamp(time),
    };
    let file = |name: &str| Attachment { name: name.to_owned(), content: Secret::copy_of(b"file") };
    Item {
        id: Some(Id([9; 16])),
        kind: "server".to_owned(),
        folder: "A/B".to_owned(),
        urls: vec!["https://a".to_owned(), String::new(), "x".to_owned()],
        tags: vec!["a;b".to_owned(), " c".to_owned(), "a".to_owned()],
        password: secret("pw"),
        note: secret("note"),
        totp: secret("JBSW Y3DP"),
        favourite: true,
        created: Some(Timestamp(1_500_000_000_123)),
        modified: Some(Timestamp(1_600_000_000_456)),
        last_used: Some(Timestamp(5)),
        fields: vec![
            field("Title", FieldKind::Date, "2020-01-01", false),
            field("twice", FieldKind::Url, "https://b", true),
            field("twice", FieldKind::Totp, "", false),
            field("KeePass icon", FieldKind::Text, "none", false),
        ],
        history: vec![past("gone", "old", 1_400_000_000_789), past("password", "older", 7)],
        attachments: vec![file("f"), file("f")],
        passkeys: vec![secret("{\"credentialId\":\"1\"}").unwrap()],
        upkeep: Upkeep {
            expiry: Some(Timestamp(1_900_000_000_001)),
            policy: "words".to_owned(),
            pending: secret("next"),
            reminder: Some(30),
            signs_in_with: Some(Id([8; 16])),
            exceptions: vec![Exception { kind: "weak".to_owned(), reason: "old device".to_owned() }],
        },
        ..Item::default()
    }
}

/// What an earlier version wrote, with another form of what is put aside in custom data. Entries outside all groups
/// come first.
#[test]
fn a_database_of_an_earlier_version_comes_back() {
    let file = include_bytes!("../fixtures/keepass/earlier.kdbx");
    let items = items_of(opened(file, &password()).unwrap());
    let shown: Vec<String> = items.iter().map(shown).collect();
    assert_eq!(shown, [super::shown(&other_item()), super::shown(&odd_item())]);
}

/// An entry that has nothing of its own.
fn other_item() -> Item {
    Item { id: Some(Id([6; 16])), kind: "note".to_owned(), title: "other".to_owned(), ..Item::default() }
}
