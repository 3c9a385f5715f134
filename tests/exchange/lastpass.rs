//! LastPass CSV.

use super::*;
use tresor::exchange::known::same;
use tresor::exchange::{LossKind, Remark};

const WEB: &str = include_str!("../fixtures/lastpass/web.csv");
const TYPES: &str = include_str!("../fixtures/lastpass/types.csv");
const FIELDS: &str = include_str!("../fixtures/lastpass/fields.csv");
const BROKEN: &str = include_str!("../fixtures/lastpass/broken.csv");

#[test]
fn logins_and_notes() {
    insta::assert_snapshot!(listed(&rows("lastpass-csv", WEB.as_bytes()).unwrap()));
}

#[test]
fn all_types_of_notes() {
    let rows = rows("lastpass-csv", TYPES.as_bytes()).unwrap();
    insta::assert_snapshot!(listed(&rows));
    let kinds: std::collections::HashSet<String> =
        items("lastpass-csv", TYPES.as_bytes()).into_iter().map(|i| i.kind).collect();
    for (name, kind) in exchange::lastpass::notes::TYPES {
        assert!(kinds.contains(kind), "the fixture has no {name}");
    }
}

#[test]
fn columns_of_lpass() {
    insta::assert_snapshot!(listed(&rows("lastpass-csv", FIELDS.as_bytes()).unwrap()));
}

#[test]
fn broken_quoting() {
    insta::assert_snapshot!(listed(&rows("lastpass-csv", BROKEN.as_bytes()).unwrap()));
}

#[test]
fn without_the_column_for_codes() {
    let old: String = WEB
        .lines()
        .take(2)
        .map(|line| line.replace(",totp,", ",").replace(",JBSWY3DPEHPK3PXP,", ",") + "\r\n")
        .collect();
    let items = items("lastpass-csv", old.as_bytes());
    assert_eq!(
        (items[0].title.as_str(), items[0].folder.as_str(), items[0].favourite),
        ("Mail", "Private", true)
    );
    assert!(items[0].totp.is_none() && items[0].password.is_some());
}

/// The same file, whatever its line ends are, and with a byte order mark.
#[test]
fn every_kind_of_line_end() {
    for source in [WEB, TYPES] {
        let expected = listed(&rows("lastpass-csv", source.as_bytes()).unwrap());
        for line_break in ["\n", "\r\n", "\r\r\n", "\r"] {
            for mark in ["", "\u{FEFF}", "\u{FEFF}\n\n"] {
                let text = format!("{mark}{}", source.replace('\n', line_break));
                let found = listed(&rows("lastpass", text.as_bytes()).unwrap());
                let plain = found.replace(&line_break.escape_debug().to_string(), "\\n");
                let blank_lines = mark.matches('\n').count();
                if blank_lines == 0 {
                    assert_eq!(plain, expected, "{line_break:?}");
                } else {
                    assert_eq!(plain.lines().count(), expected.lines().count(), "{line_break:?}");
                }
            }
        }
    }
}

#[test]
fn a_broken_row_is_mended_the_same_in_every_kind_of_line_end() {
    let expected = listed(&rows("lastpass-csv", BROKEN.as_bytes()).unwrap());
    for line_break in ["\r\n", "\r\r\n", "\r"] {
        let found = listed(&rows("lastpass", BROKEN.replace('\n', line_break).as_bytes()).unwrap());
        assert_eq!(found.replace(&line_break.escape_debug().to_string(), "\\n"), expected, "{line_break:?}");
    }
}

#[test]
fn rows_that_are_not_text_are_named_and_the_rest_goes_on() {
    let source = b"url,username,password,totp,extra,name,grouping,fav\n\
        https://a,a,p\xE4ssword,,,A,,0\n\
        https://b,b,pw,,,B,,0\n\
        http://sn,,,,\"two\nlines \xFF\",C,,0\n\
        https://d,d,pw,,,D,,0\n";
    let rows = rows("lastpass-csv", source).unwrap();
    assert_eq!(skipped(&rows), [("line 2".to_owned(), Skip::NotUtf8), ("line 4".to_owned(), Skip::NotUtf8)]);
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[3].place, exchange::Place::Line(6));
}

/// A password is never taken from a row whose cells may be shifted by a comma.
#[test]
fn rows_that_may_be_shifted_are_refused() {
    for (header, row) in [
        ("url,username,password,extra,name,grouping,fav", "https://a,u,pass,word,,A,G,0"),
        ("url,username,password,totp,extra,name,grouping,fav", "https://a,u,pass,word,,,A,G,0"),
        ("url,username,password,totp,extra,name,grouping,fav", "https://a,u,pass,word,,,A,,"),
        ("id,name,url,username,password,extra,grouping,fav", "1,A,https://a,u,pass,word,,,0"),
        ("id,name,url,username,password,extra,grouping,Reprompt", "1,A,https://a,u,pass,word,,,"),
    ] {
        let rows = rows("lastpass-csv", format!("{header}\n{row}\n").as_bytes()).unwrap();
        assert_eq!((rows.len(), skipped(&rows).len()), (1, 1), "{header}: {row}");
    }
}

#[test]
fn other_tables_are_refused() {
    for (source, message) in [
        ("title,login,password\na,b,c\n", "not a LastPass export: its first line lacks \"name\""),
        (
            "name,url,username,password,note\n",
            "not a LastPass export: its first line lacks \"extra\" and \"grouping\"",
        ),
        ("url,name,extra,name\n", "not a LastPass export: a column stands twice in its first line"),
        ("\"url\"x,name\n", "not a LastPass export: its first line lacks \"name\""),
        ("", "the file is empty"),
        ("\u{FEFF}\r\n\r\n", "the file is empty"),
    ] {
        assert_eq!(rows("lastpass-csv", source.as_bytes()).unwrap_err().to_string(), message);
    }
    assert!(rows("lastpass-csv", b"url,username,password,extra,name,grouping,fav").unwrap().is_empty());
}

#[test]
fn a_file_that_is_cut_off_gives_what_is_whole() {
    let whole = rows("lastpass-csv", TYPES.as_bytes()).unwrap();
    for cut in (60..TYPES.len()).filter(|cut| TYPES.is_char_boundary(*cut)) {
        let rows = rows("lastpass-csv", &TYPES.as_bytes()[..cut]).unwrap();
        let Some((last, before)) = rows.split_last() else { continue };
        assert_eq!(listed(before), listed(&whole[..before.len()]), "cut at {cut}");
        let is_clean = listed(std::slice::from_ref(last)) == listed(&whole[before.len()..=before.len()]);
        let is_told = match &last.outcome {
            Outcome::Skipped(_) => true,
            Outcome::Item(_, remarks) => remarks.contains(&Remark::Short),
            _ => false,
        };
        let lacks_fav_only = TYPES[..cut].ends_with(",Types,");
        assert!(
            is_clean || is_told || lacks_fav_only,
            "cut at {cut}: {}",
            listed(std::slice::from_ref(last))
        );
    }
}

#[test]
fn a_row_that_is_cut_off_within_quotes_is_not_taken_for_a_whole_one() {
    let start = "url,username,password,totp,extra,name,grouping,fav\nhttps://a,a,pw,,,A,,0\nhttp://sn,,,,";
    for cut in ["\"one,two,three,0", "\"one\ntwo,three,four,0"] {
        let rows = rows("lastpass-csv", format!("{start}{cut}").as_bytes()).unwrap();
        assert_eq!(skipped(&rows), [("line 3".to_owned(), Skip::Unclosed)]);
        let broken = format!("{start}{cut}\nhttps://b,b,pw,,,B,,0\n");
        let rows = super::rows("lastpass-csv", broken.as_bytes()).unwrap();
        assert_eq!((rows.len(), skipped(&rows).len()), (3, 0), "a row follows, so it was not cut off");
    }
}

#[test]
fn what_lastpass_writes_comes_back_as_it_was() {
    for source in [WEB, TYPES] {
        let first = items("lastpass-csv", source.as_bytes());
        let (file, losses) = exported("lastpass-csv", first.iter().map(copy));
        assert_eq!(losses, Losses::default());
        let second = items("lastpass-csv", &file);
        assert_eq!(first.len(), second.len());
        for (one, other) in first.iter().zip(&second) {
            assert_eq!(shown(one), shown(other));
        }
        assert_eq!(exported("lastpass-csv", second).0, file);
    }
}

#[test]
fn the_file_is_as_lastpass_writes_it() {
    let mut server = Item {
        kind: "server".to_owned(),
        title: "S".to_owned(),
        username: "root".to_owned(),
        ..Item::default()
    };
    server.push_field("Hostname", FieldKind::Text, "h");
    server.note = secret("\nnote");
    let login = Item {
        title: "A, B".to_owned(),
        password: secret("=\"x\""),
        favourite: true,
        folder: "Work/TCP\\/IP".to_owned(),
        ..Item::default()
    };
    let (file, losses) = exported("lastpass", [server, login]);
    assert!(losses.is_empty(), "{losses:?}");
    assert_eq!(
        String::from_utf8(file).unwrap(),
        "url,username,password,totp,extra,name,grouping,fav\r\n\
         http://sn,,,,\"NoteType:Server\nHostname:h\nUsername:root\nPassword:\nNotes:\n\nnote\",S,,0\r\n\
         ,,\"=\"\"x\"\"\",,,\"A, B\",Work\\TCP/IP,1\r\n"
    );
}

#[test]
fn what_lastpass_cannot_hold_is_told() {
    let base = || Item { title: "T".to_owned(), urls: vec!["https://x".to_owned()], ..Item::default() };
    type Case = (LossKind, fn(&mut Item));
    let cases: [Case; 15] = [
        (LossKind::Trashed, |item| item.trashed = true),
        (LossKind::Fields, |item| item.push_field("PIN", FieldKind::Hidden, "1")),
        (LossKind::Urls, |item| item.urls.push("https://y".to_owned())),
        (LossKind::Tags, |item| item.tags = vec!["a".to_owned(), "b".to_owned()]),
        (LossKind::History, |item| {
            item.history.push(PastValue {
                field: "password".to_owned(),
                value: Secret::copy_of(b"old"),
                time: Timestamp(1),
            });
        }),
        (LossKind::Attachments, |item| {
            item.attachments.push(Attachment { name: "a".to_owned(), content: Secret::copy_of(b"a") });
        }),
        (LossKind::Times, |item| item.last_used = Some(Timestamp(1))),
        (LossKind::FieldKinds, |item| {
            (item.kind, item.urls) = ("server".to_owned(), Vec::new());
            item.push_field("Hostname", FieldKind::Hidden, "h");
        }),
        (LossKind::FieldOrder, |item| {
            (item.kind, item.urls) = ("bank-account".to_owned(), Vec::new());
            item.push_field("Branch Phone", FieldKind::Text, "h");
            item.push_field("Bank Name", FieldKind::Text, "h");
        }),
        (LossKind::Folder, |item| item.folder = "a\\\\b".to_owned()),
        (LossKind::Folder, |item| item.folder = "(none)".to_owned()),
        (LossKind::Kind, |item| (item.kind, item.urls) = ("of-later".to_owned(), Vec::new())),
        (LossKind::Title, |item| item.title.clear()),
        (LossKind::NotText, |item| item.password = Some(Secret::copy_of(b"\xFF"))),
        (LossKind::Misread, |item| {
            (item.kind, item.urls, item.note) = ("note".to_owned(), Vec::new(), secret("NoteType:x"))
        }),
    ];
    for (kind, change) in cases {
        let mut item = base();
        change(&mut item);
        let (file, losses) = exported("lastpass-csv", [item]);
        assert_eq!(kinds_of(&losses), [kind]);
        assert_eq!(rows("lastpass-csv", &file).unwrap().len(), usize::from(kind != LossKind::Trashed));
    }
    let mut item = base();
    item.note = secret("note");
    item.urls.push("https://y".to_owned());
    item.tags = vec!["a".to_owned(), "b".to_owned()];
    item.push_field("PIN", FieldKind::Hidden, "1\n2");
    let (file, _) = exported("lastpass-csv", [item]);
    let note = items("lastpass-csv", &file).remove(0).note.unwrap();
    assert_eq!(note.expose_str(), Some("note\nURL: https://y\nTags: a, b\nPIN: 1\n2"));
}

#[test]
fn kinds_that_lastpass_lacks_come_back() {
    for kind in &tresor::vault::kinds::KINDS {
        let mut item =
            Item { kind: kind.name.to_owned(), title: "T".to_owned(), note: secret("n"), ..Item::default() };
        item.password = secret("pw");
        if !["login", "note"].contains(&kind.name) {
            item.push_field("Own label", FieldKind::Text, "value");
        }
        let (file, losses) = exported("lastpass-csv", [copy(&item)]);
        assert!(losses.is_empty(), "{}: {losses:?}", kind.name);
        assert!(same(&items("lastpass-csv", &file)[0], &item), "{}", kind.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// Whatever comes back different was told, and nothing that came back the same was.
    #[test]
    fn no_loss_is_silent(item in any_item()) {
        let mut item = item;
        item.trashed = false;
        let (file, losses) = exported("lastpass-csv", [copy(&item)]);
        let kinds = kinds_of(&losses);
        let told = |kind| kinds.contains(&kind);
        let rows = rows("lastpass-csv", &file).unwrap();
        prop_assert!(rows.len() == 1, "{}", listed(&rows));
        let Outcome::Item(found, _) = &rows[0].outcome else {
            prop_assert!(told(LossKind::Misread));
            return Ok(());
        };
        prop_assert!(skipped(&rows).is_empty());
        prop_assert_eq!(told(LossKind::History), !item.history.is_empty());
        prop_assert_eq!(told(LossKind::Attachments), !item.attachments.is_empty());
        prop_assert_eq!(told(LossKind::Times), item.created.or(item.modified).or(item.last_used).is_some());
        item.attachments.clear();
        if kinds.iter().all(|kind| [LossKind::History, LossKind::Attachments, LossKind::Times].contains(kind)) {
            prop_assert_eq!(same_shown(found), same_shown(&item));
        }
        if told(LossKind::Misread) || told(LossKind::Kind) {
            return Ok(());
        }
        prop_assert_eq!(&found.username, &item.username);
        prop_assert_eq!(found.password.as_ref().map(Secret::expose), item.password.as_ref().map(Secret::expose));
        prop_assert_eq!(found.totp.as_ref().map(Secret::expose), item.totp.as_ref().map(Secret::expose));
        prop_assert_eq!(found.title == item.title, !told(LossKind::Title));
        prop_assert_eq!(found.folder == item.folder, !told(LossKind::Folder));
        prop_assert_eq!(&found.kind, &item.kind);
        if !told(LossKind::Fields) && !told(LossKind::FieldOrder) && !told(LossKind::FieldKinds) {
            let fields = |item: &Item| item.fields.iter().map(|f| (f.name.clone(), f.value.expose().to_vec())).collect::<Vec<_>>();
            let kept = |item: &Item| fields(item).into_iter().filter(|(_, value)| !value.is_empty()).collect::<Vec<_>>();
            prop_assert_eq!(kept(found), kept(&item));
        }
        // What was moved into the note is there, word for word.
        let note = found.note.as_ref().and_then(Secret::expose_str).unwrap_or_default();
        for text in item.note.iter().filter_map(Secret::expose_str) {
            prop_assert!(note.starts_with(text));
        }
        if told(LossKind::Fields) {
            for field in &item.fields {
                let line = format!("{}: {}", field.name, field.value.expose_str().unwrap());
                prop_assert!(note.contains(&line));
            }
        }
    }

    #[test]
    fn no_row_swallows_another(items in proptest::collection::vec(any_item(), 1..6)) {
        let live = items.iter().filter(|item| !item.trashed).count();
        let (file, _) = exported("lastpass-csv", items.iter().map(copy));
        prop_assert_eq!(rows("lastpass-csv", &file).unwrap().len(), live);
    }

    /// Any bytes behind a header are read without panic, and every line of them is named once or not at all.
    #[test]
    fn rubbish_is_read_to_its_end(rubbish in proptest::collection::vec("[ab:/.,\"01\r\n]{0,12}", 0..20)) {
        let rubbish = rubbish.concat();
        for header in ["url,username,password,totp,extra,name,grouping,fav", "url,username,password,extra,name,grouping,fav", "name,extra,id"] {
            let source = format!("{header}\n{rubbish}\nhttps://last.example,u,p,,\"x\",Last,,0\n");
            let rows = rows("lastpass-csv", source.as_bytes()).unwrap();
            let lines: Vec<_> = rows.iter().map(|row| match row.place {
                exchange::Place::Line(line) => line,
                _ => 0,
            }).collect();
            prop_assert!(lines.windows(2).all(|pair| pair[0] < pair[1]), "{lines:?}");
            prop_assert!(lines.first().is_some_and(|line| *line >= 2));
        }
    }
}

/// What of an item LastPass holds.
fn same_shown(item: &Item) -> String {
    let mut item = copy(item);
    (item.id, item.created, item.modified, item.last_used) = (None, None, None, None);
    item.history.clear();
    let labels = |name: &str| {
        tresor::vault::kinds::named(&item.kind)
            .is_some_and(|kind| kind.fields.iter().any(|f| f.label == name))
    };
    let empty: Vec<bool> =
        item.fields.iter().map(|field| field.value.is_empty() && labels(&field.name)).collect();
    let mut empty = empty.into_iter();
    item.fields.retain(|_| !empty.next().unwrap_or_default());
    shown(&item)
}
