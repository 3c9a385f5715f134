//! Every table but LastPass's, in and out.

use super::*;
use tresor::exchange::{LossKind, Remark};

/// The project's own fixtures, by format and shape.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tables");
    let mut found: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read(path).unwrap()))
        .collect();
    found.sort();
    assert!(found.len() > 30);
    found
}

/// The format of a fixture: what stands before the first dot of its name.
fn format_of(name: &str) -> &str {
    name.split('.').next().unwrap()
}

/// Formats without a header, which the user names.
const NAMED: [&str; 2] = ["keeper-csv", "upm-csv"];

#[test]
fn every_format_and_shape() {
    for (name, source) in fixtures() {
        let format = format_of(&name);
        if !NAMED.contains(&format) {
            assert_eq!(exchange::detect(&source).map(|format| format.name), Ok(format), "{name}");
        }
        let rows = rows(format, &source).unwrap();
        assert!(skipped(&rows).is_empty(), "{name}: {}", listed(&rows));
        insta::assert_snapshot!(name.clone(), listed(&rows));
        vault::import_twice(format, &source);
    }
    let has = |format: &str| fixtures().iter().any(|(name, _)| format_of(name) == format);
    for format in exchange::FORMATS.iter().filter(|format| format.name.ends_with("-csv")) {
        assert!(format.name == "lastpass-csv" || has(format.name), "{} has no fixture", format.name);
    }
}

/// The same file with other line ends, a mark, another delimiter or another case is the same.
#[test]
fn every_kind_of_line_end_delimiter_and_case() {
    let plain = |rows: &[Row]| {
        listed(rows).replace("\\r\\r\\n", "\\n").replace("\\r\\n", "\\n").replace("\\r", "\\n")
    };
    for (name, source) in fixtures() {
        let (format, source) = (format_of(&name), String::from_utf8(source).unwrap());
        let expected = plain(&rows(format, source.as_bytes()).unwrap());
        for line_break in ["\r\n", "\r\r\n", "\r"] {
            let source = source.replace('\n', line_break);
            assert_eq!(plain(&rows(format, source.as_bytes()).unwrap()), expected, "{name} {line_break:?}");
        }
        let marked = format!("\u{FEFF}{}", source.trim_start_matches('\u{FEFF}'));
        assert_eq!(plain(&rows(format, marked.as_bytes()).unwrap()), expected, "{name}");
        if NAMED.contains(&format) {
            continue;
        }
        let (header, rest) = source.split_once('\n').unwrap();
        for header in [header.to_uppercase(), header.to_lowercase()] {
            let source = format!("{header}\n{rest}");
            assert_eq!(exchange::detect(source.as_bytes()).map(|format| format.name), Ok(format), "{header}");
        }
    }
    let source = "name;url;username;password;note\na;https://a.example;u;p,w;\"x;y\"\n";
    for source in [source.to_owned(), source.replace(';', "\t")] {
        let item = items("chrome-csv", source.as_bytes()).remove(0);
        assert_eq!(exchange::detect(source.as_bytes()).unwrap().name, "chrome-csv");
        assert_eq!(item.password.unwrap().expose_str(), Some("p,w"));
        assert_eq!(item.note.unwrap().expose_str().unwrap().len(), 3);
    }
}

#[test]
fn rows_that_are_not_as_they_should_be() {
    let source = "name,url,username,password,note\n\
        a,https://a.example,u,pa\"ss,\n\
        b,https://b.example,u,p,w,note\n\
        \"c\",\"https://c.example\",\"u\",\"p\",\"n\",\"more\"\n\
        lonely\n\
        d,https://d.example,u\n\
        e,https://e.example,u,\"open,note\n\
        f,https://f.example,u,p,note\n\
        g,https://g.example,u,p";
    let found = rows("chrome-csv", source.as_bytes()).unwrap();
    let skips = [
        ("line 3".to_owned(), Skip::TooManyColumns),
        ("line 5".to_owned(), Skip::NotARow),
        ("line 7".to_owned(), Skip::Unclosed),
    ];
    assert_eq!(skipped(&found), skips);
    let remarks: Vec<_> = found
        .iter()
        .filter_map(|row| match &row.outcome {
            Outcome::Item(item, remarks) => Some((item.title.as_str(), remarks.clone())),
            _ => None,
        })
        .collect();
    assert_eq!(
        remarks,
        [
            ("a", vec![Remark::Repaired]),
            ("c", vec![Remark::KeptAsField("column 6".to_owned())]),
            ("d", vec![Remark::Short]),
            ("f", vec![]),
            ("g", vec![Remark::Short]),
        ]
    );
}

#[test]
fn columns_that_no_table_knows() {
    let source = b"name,url,username,password,note,API token,colour\na,https://a.example,u,p,,t0k,red\n";
    let error = exchange::detect(source).err().unwrap();
    assert_eq!(
        error.to_string(),
        "a table of another shape; its columns are \"name\", \"url\", \"username\", \"password\", \"note\", \"API token\", \"colour\""
    );
    // Named, it is read, and they are kept.
    let item = items("chrome-csv", source).remove(0);
    let fields: Vec<_> =
        item.fields.iter().map(|f| (f.name.as_str(), f.kind, f.value.expose_str().unwrap())).collect();
    assert_eq!(fields, [("API token", FieldKind::Hidden, "t0k"), ("colour", FieldKind::Text, "red")]);
    assert!(rows("firefox-csv", source).is_err());
    assert_eq!(rows("chrome-csv", b"").err(), Some(ImportError::Empty));
}

const EXPORTS: [&str; 4] = ["chrome-csv", "bitwarden-csv", "1password-csv", "keepassxc-csv"];

#[test]
fn what_a_table_cannot_hold_is_told() {
    let base =
        || Item { title: "T".to_owned(), urls: vec!["https://x.example".to_owned()], ..Item::default() };
    type Case = (LossKind, [bool; 4], fn(&mut Item));
    let all = [true; 4];
    let cases: [Case; 15] = [
        (LossKind::Trashed, all, |item| item.trashed = true),
        (LossKind::Fields, [true, false, true, true], |item| item.push_field("a", FieldKind::Text, "1")),
        (LossKind::Urls, [true, false, true, true], |item| item.urls.push("https://y.example".to_owned())),
        (LossKind::Tags, [true, true, false, true], |item| item.tags = vec!["a".to_owned()]),
        (LossKind::History, all, |item| {
            let value = Secret::copy_of(b"old");
            item.history.push(PastValue { field: "password".to_owned(), value, time: Timestamp(1) });
        }),
        (LossKind::Attachments, all, |item| {
            item.attachments.push(Attachment { name: "a".to_owned(), content: Secret::copy_of(b"a") });
        }),
        (LossKind::Times, [true, true, true, false], |item| item.created = Some(Timestamp(1000))),
        (LossKind::Times, all, |item| item.last_used = Some(Timestamp(1000))),
        (LossKind::Folder, [true, false, true, false], |item| item.folder = "a/b".to_owned()),
        (LossKind::Folder, all, |item| item.folder = "a\\/b".to_owned()),
        (LossKind::Kind, [true, false, true, true], |item| item.kind = "note".to_owned()),
        (LossKind::Favourite, [true, false, false, true], |item| item.favourite = true),
        (LossKind::Totp, [true, false, false, false], |item| item.totp = secret("JBSWY3DPEHPK3PXP")),
        (LossKind::NotText, all, |item| item.password = Some(Secret::copy_of(b"\xFF"))),
        (LossKind::Upkeep, all, |item| item.upkeep.reminder = Some(1)),
    ];
    let mut item = base();
    item.push_field("a", FieldKind::Url, "1");
    assert_eq!(kinds_of(&exported("bitwarden-csv", [item]).1), [LossKind::FieldKinds]);
    for (kind, lost_in, change) in cases {
        for (format, is_lost) in EXPORTS.into_iter().zip(lost_in) {
            let mut item = base();
            change(&mut item);
            let (file, losses) = exported(format, [item]);
            let expected = if is_lost { vec![kind] } else { vec![] };
            assert_eq!(kinds_of(&losses), expected, "{format} {kind:?}");
            assert_eq!(rows(format, &file).unwrap().len(), usize::from(kind != LossKind::Trashed));
        }
    }
}

#[test]
fn the_files_are_as_the_programs_write_them() {
    let mut item = Item {
        title: "Mail".to_owned(),
        username: "ann".to_owned(),
        password: secret("=p,w"),
        urls: vec!["https://mail.example".to_owned()],
        folder: "Work/Mail".to_owned(),
        ..Item::default()
    };
    item.created = Some(Timestamp(1_700_000_000_000));
    let written = |format: &str| String::from_utf8(exported(format, [copy(&item)]).0).unwrap();
    assert_eq!(
        written("chrome-csv"),
        "name,url,username,password,note\r\nMail,https://mail.example,ann,\"=p,w\",Folder: Work/Mail\r\n"
    );
    assert_eq!(
        written("bitwarden-csv"),
        "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp\r\n\
         Work/Mail,,login,Mail,,,,https://mail.example,ann,\"=p,w\",\r\n"
    );
    assert_eq!(
        written("1password-csv"),
        "Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes\r\n\
         Mail,https://mail.example,ann,\"=p,w\",,false,false,,Folder: Work/Mail\r\n"
    );
    assert_eq!(
        written("keepassxc-csv"),
        "Group,Title,Username,Password,URL,Notes,TOTP,Icon,Last Modified,Created\r\n\
         Root/Work/Mail,Mail,ann,\"=p,w\",https://mail.example,,,,,2023-11-14T22:13:20Z\r\n"
    );
}

/// Guards are a choice, and told.
#[test]
fn a_spreadsheet_runs_nothing() {
    for format in EXPORTS {
        let exporter = exchange::named(format).unwrap().exporter.unwrap().spreadsheet_safe().unwrap();
        assert!(exporter.spreadsheet_safe().is_none());
        for first in ["=", "+", "-", "@", "\t", "\r"] {
            let value = format!("{first}cmd");
            let item = |value: &str| Item {
                title: "T".to_owned(),
                urls: vec!["https://x.example".to_owned()],
                username: "u".to_owned(),
                password: secret(value),
                ..Item::default()
            };
            let mut out = Vec::new();
            let fresh = &mut Fresh { password: None, random: &mut SeededRandom::new(1), now: Timestamp(1) };
            let losses = exporter.write(&mut [item(&value), item("x")].into_iter(), fresh, &mut out).unwrap();
            assert_eq!(losses.all().len(), 1);
            assert_eq!((losses.all()[0].kind, losses.all()[0].count), (LossKind::Guarded, 1));
            let found = items(format, &out).remove(0).password.unwrap();
            assert_eq!(found.expose_str().unwrap(), format!("'{value}"));
            let (plain, losses) = exported(format, [item(&value)]);
            assert!(losses.is_empty());
            assert_eq!(items(format, &plain).remove(0).password.unwrap().expose_str(), Some(value.as_str()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Whatever comes back different was told, and what was told is different.
    #[test]
    fn what_a_table_loses_is_what_it_announced(item in any_item(), format in proptest::sample::select(&EXPORTS[..])) {
        let mut item = item;
        item.trashed = false;
        let (file, losses) = exported(format, [copy(&item)]);
        let kinds = kinds_of(&losses);
        let told = |kind| kinds.contains(&kind);
        let rows = rows(format, &file).unwrap();
        prop_assert!(rows.len() == 1, "{}", listed(&rows));
        let Outcome::Item(found, _) = &rows[0].outcome else {
            prop_assert!(told(LossKind::Misread));
            return Ok(());
        };
        let times = |item: &Item| (item.created, item.modified, item.last_used);
        prop_assert_eq!(told(LossKind::Times), times(&item) != times(found));
        prop_assert_eq!(told(LossKind::History), !item.history.is_empty());
        prop_assert_eq!(told(LossKind::Attachments), !item.attachments.is_empty());
        prop_assert_eq!(told(LossKind::Upkeep), !item.upkeep.is_none() || item.fields.iter().any(|f| f.ticked_off));
        let left_out = [LossKind::History, LossKind::Attachments, LossKind::Upkeep, LossKind::Times];
        if kinds.iter().all(|kind| left_out.contains(kind)) {
            let mut bare = copy(&item);
            bare.attachments.clear();
            bare.upkeep = Upkeep::default();
            bare.fields.iter_mut().for_each(|field| field.ticked_off = false);
            prop_assert!(exchange::known::same(&bare, found), "{}\n{}", shown(&bare), shown(found));
        }
        prop_assert!(!told(LossKind::Title) || found.title != item.title);
        prop_assert!(!told(LossKind::Folder) || found.folder != item.folder);
        prop_assert!(!told(LossKind::Kind) || found.kind != item.kind);
        prop_assert!(!told(LossKind::Favourite) || (item.favourite && !found.favourite));
        prop_assert!(!told(LossKind::Totp) || (item.totp.is_some() && found.totp.is_none()));
        prop_assert!(!told(LossKind::Urls) || item.urls.len() > 1);
        prop_assert!(!told(LossKind::Tags) || !item.tags.is_empty());
        if told(LossKind::Misread) {
            return Ok(());
        }
        prop_assert_eq!(&found.username, &item.username);
        prop_assert_eq!(found.password.as_ref().map(Secret::expose), item.password.as_ref().map(Secret::expose));
        prop_assert_eq!(found.title == item.title, !told(LossKind::Title));
        prop_assert_eq!(found.folder == item.folder, !told(LossKind::Folder));
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
    fn no_row_swallows_another(items in proptest::collection::vec(any_item(), 1..6), format in proptest::sample::select(&EXPORTS[..])) {
        let live = items.iter().filter(|item| !item.trashed).count();
        let (file, _) = exported(format, items.iter().map(copy));
        prop_assert_eq!(rows(format, &file).unwrap().len(), live);
    }

    /// Any bytes behind a header are read without panic, and every row starts on a line of its own.
    #[test]
    fn rubbish_is_read_to_its_end(rubbish in "[ab:/.,;\"{}\\[\\]01\t\r\n]{0,80}", at in 0..100_usize) {
        let fixtures = fixtures();
        let (name, source) = &fixtures[at % fixtures.len()];
        let header = source.split_inclusive(|byte| *byte == b'\n').next().unwrap();
        let source = [header, rubbish.as_bytes(), b"\nx,y,z\n"].concat();
        let rows = rows(format_of(name), &source).unwrap();
        let lines: Vec<_> = rows.iter().map(|row| match row.place {
            exchange::Place::Line(line) => line,
            _ => 0,
        }).collect();
        prop_assert!(lines.windows(2).all(|pair| pair[0] < pair[1]), "{lines:?}");
    }
}

/// A field of 1 GB is named and the rest goes on, without a copy of it being made.
#[test]
fn a_huge_field_is_refused_at_once() {
    let header = "name,url,username,password,note\n";
    let last = "b,https://b.example,u,p,\n";
    for (start, piece, end) in [
        ("a,https://a.example,u,", "x", ",note\n"),
        ("a,https://a.example,u,\"", "x", "\",note\n"),
        ("a,https://a.example,u,\"", "\"\"", "\",note\n"),
    ] {
        let size = if cfg!(debug_assertions) { 64 << 20 } else { 1 << 30 };
        let source = [header, start, &piece.repeat(size / piece.len()), end, last].concat();
        let begun = std::time::Instant::now();
        let rows = rows("chrome-csv", source.as_bytes()).unwrap();
        assert_eq!(rows.len(), 2);
        assert!(matches!(&rows[0].outcome, Outcome::Skipped(Skip::TooLong { .. })), "{:?}", rows[0]);
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    }
    let open = [header, "a,https://a.example,u,\"", &"x".repeat(64 << 20)].concat();
    assert_eq!(skipped(&rows("chrome-csv", open.as_bytes()).unwrap()).len(), 1);
}

/// Work does not grow with the square of a hostile file.
#[test]
fn hostile_lines() {
    for line in [
        "a,\"\"\"\n",
        "\"\"\"\n",
        "a\",\"\n",
        "\"\n",
        "\",\"\",\"\n",
        "\r",
        "\"a\"b",
        ",\"x",
        "a,b,c,\"d\n",
        "\"x\"\"\n,",
    ] {
        let source = format!("name,url,username,password,note\n{}", line.repeat(100_000));
        let _ = rows("chrome-csv", source.as_bytes()).unwrap();
    }
    let groups = (0..20_000).map(|n| format!("group,g{},x,g{n},,,,,,\n", n + 1)).collect::<String>();
    let source =
        format!("!type,!group_id,!group_name,!group_parent,title,username,password,URL,id,Notes\n{groups}");
    assert_eq!(rows("buttercup-csv", source.as_bytes()).unwrap().len(), 20_000);
    let deep = "[".repeat(500_000);
    let source = format!(
        "name,url,additional_urls,username,password,note,cardholdername,cardnumber,cvc,pin,expirydate,zipcode,folder,\
         full_name,phone_number,email,address1,address2,city,country,state,type,custom_fields\n\
         a,https://a.example,{deep},u,p,,,,,,,,,,,,,,,,,password,{deep}\n"
    );
    assert_eq!(rows("nordpass-csv", source.as_bytes()).unwrap().len(), 1);
}

/// Nothing that is told about a source holds a value of it.
#[test]
fn no_report_tells_a_secret() {
    let canary = "canary-7d1f";
    for (name, source) in fixtures() {
        let header = String::from_utf8(source).unwrap().lines().next().unwrap().to_owned();
        let columns = header.split(',').count();
        let row = vec![canary; columns].join(",");
        let source = format!("{header}\n{row}\n{row},{canary},{canary}\n\"{canary}\"x,{row}\n\"{canary}\n");
        for row in rows(format_of(&name), source.as_bytes()).unwrap() {
            if let Outcome::Skipped(_) = row.outcome {
                assert!(!format!("{row:?}").contains(canary), "{row:?}");
            }
        }
    }
}
