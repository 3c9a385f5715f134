//! Large and hostile sources. There are no clocks here; what is not linear would not end.

use std::time::{Duration, Instant};

use super::*;

const HEADER: &str = "url,username,password,totp,extra,name,grouping,fav\n";
const BIG: usize = 50_000_000;

fn outcomes(source: &str) -> (usize, usize) {
    let (mut items, mut skipped) = (0, 0);
    let importer = exchange::named("lastpass-csv").unwrap().reader().unwrap();
    importer
        .read(source.as_bytes(), &Unlock::default(), &mut |row| {
            match row.outcome {
                Outcome::Item(..) => items += 1,
                Outcome::Skipped(_) => skipped += 1,
                _ => {}
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    (items, skipped)
}

fn repeated(line: &str, bytes: usize) -> String {
    line.repeat(bytes / line.len())
}

#[test]
fn a_quote_that_never_closes() {
    let open = format!("{HEADER}https://a,u,p,,,A,,0\nhttp://sn,,,,\"open ");
    assert_eq!(outcomes(&(open.clone() + &repeated("a line of text, with commas\n", BIG))), (1, 1));
    assert_eq!(outcomes(&(open + &repeated("\"\" x ", BIG))), (1, 1));
}

#[test]
fn lines_that_look_like_parts_of_rows() {
    let rows = |line: &str| line.len();
    for line in [
        "a\",\"\n",
        "a b,c,d,e,f\n",
        ",,,,\"x\n",
        ",,,,x\n",
        "x,0\n",
        ",,,,\"x,0\n",
        "a b,,,,\"x,0\n",
        "\"\n",
        "\"\"\n",
        "\r",
        "z\",,,,\"x\n",
        ",,,,a,b,c,d,e,0\n",
        "\",\"\",\"\n",
        "\"a\"b",
        ",\"x",
    ] {
        let _ = outcomes(&format!("{HEADER}{}", repeated(line, rows(line) * 200_000)));
    }
}

#[test]
fn values_longer_than_a_vault_holds() {
    let long = "x".repeat(2 << 20);
    let source =
        format!("{HEADER}https://a,u,{long},,,A,,0\nhttps://b,u,p,,{long},B,,0\nhttps://c,u,p,,,C,,0\n");
    let rows = rows("lastpass-csv", source.as_bytes()).unwrap();
    let messages: Vec<_> =
        skipped(&rows).into_iter().map(|(place, skip)| format!("{place}: {skip}")).collect();
    assert_eq!(
        messages,
        [
            "line 2: the password is too long: 2097152 bytes, and at most 1048448 fit",
            "line 3: the note is too long: 2097152 bytes, and at most 1048448 fit"
        ]
    );
}

#[test]
fn many_columns() {
    let wide = format!("name,extra{}\n", ",x".repeat(1_000_000));
    assert!(rows("lastpass-csv", wide.as_bytes()).is_err());
    assert_eq!(outcomes(&format!("{HEADER}{}\nhttps://b,u,p,,,B,,0\n", ",".repeat(1_000_000))), (1, 1));
}

#[test]
fn many_rows() {
    let mut source = HEADER.to_owned();
    for number in 0..20_000 {
        writeln!(source, "https://site{number}.example,user{number},\"pass,word{number}\",,\"two\nlines\",Site {number},Group\\Sub,0").unwrap();
    }
    assert_eq!(outcomes(&source), (20_000, 0));
}

#[test]
fn deep_json() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(1_000_000), close.repeat(1_000_000));
        let source = format!(
            "{{\"format\":\"tresor\",\"version\":1,\"entries\":[{{\"title\":{deep}}},{{\"title\":\"b\"}}]}}"
        );
        let found = rows("json", source.as_bytes()).unwrap();
        assert_eq!((found.len(), skipped(&found).len()), (2, 1));
        assert!(rows("json", &source.as_bytes()[..source.len() / 2]).is_err());
    }
}

/// Depth stands still as text, or is refused, by every reader that is not for tables; and at once.
#[test]
fn depth_in_every_format() {
    let names = ["items", "accounts", "entries"];
    for (open, close) in [
        ("[", "]"),
        ("{\"items\":[", "]}"),
        ("{\"collections\":[", "]}"),
        ("<Group>", ""),
        ("<a b=\"\">", "</a>"),
    ] {
        let deep = format!("{}{}", open.repeat(100_000), close.repeat(100_000));
        let members: Vec<String> = names.iter().map(|name| format!("\"{name}\":[{deep}]")).collect();
        let sources = [
            format!("{{\"encrypted\":false,\"version\":1,\"format\":\"tresor\",{}}}", members.join(",")),
            format!("<KeePassFile><Root>{deep}"),
            format!("<database>{deep}</database>"),
            deep,
        ];
        for source in &sources {
            let _ = exchange::detect(source.as_bytes());
            for format in exchange::FORMATS.iter().filter(|format| !format.name.ends_with("-csv")) {
                let Ok(reader) = format.reader() else { continue };
                let begun = Instant::now();
                let _ = reader.read(source.as_bytes(), &Unlock::default(), &mut |row| {
                    drop(format!("{:?}", row.outcome));
                    ControlFlow::Continue(())
                });
                assert!(begun.elapsed() < Duration::from_secs(2), "{}: {:?}", format.name, begun.elapsed());
            }
        }
    }
}

/// A value of any length in XML takes no more memory than the bound.
#[test]
fn a_huge_value_in_xml() {
    let start = "<KeePassFile><Root><Group><Entry><String><Key>Password</Key><Value>";
    for (inside, end) in [("x", "</Value></String></Entry></Group></Root></KeePassFile>"), ("<!--", "")] {
        let source = format!("{start}{inside}{}{end}", "x".repeat(129 << 20));
        let begun = Instant::now();
        let error = rows("keepass-xml", source.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "the XML has a value of more than 128 MiB, which no database has");
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    }
}

/// Nothing that is told about a source holds a value of it.
#[test]
fn no_report_tells_a_secret() {
    let canary = "canary-7d1f";
    let source = format!(
        "{HEADER}https://a,u,{canary},,{canary},A,,0\nhttps://a,u,{canary},{canary},,x,,,B,,0\nhttps://a,\"{canary}\nx{canary}\n"
    );
    for row in rows("lastpass-csv", source.as_bytes()).unwrap() {
        assert!(!format!("{row:?}").contains(canary), "{row:?}");
    }
    let json = serde_json::json!({"format": "tresor", "version": 1, "entries": [
        {"password": canary, "notes": canary, "totp": canary, "odd": canary, "fields": [{"value": canary}]},
        {"password": [canary]}, {"attachments": [{"content": canary}]}, {"favorite": canary}, canary
    ]});
    for row in rows("json", json.to_string().as_bytes()).unwrap() {
        assert!(!format!("{row:?}").contains(canary), "{row:?}");
    }
}
