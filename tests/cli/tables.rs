//! Tables in and out: formats, mappings, repairs, encodings, choices of an export.

use std::fs;

use serde_json::{Value, json};

use crate::home::Home;

const CHROME: &str = "name,url,username,password,note\n";

fn titles(listed: &[Value]) -> Vec<&str> {
    listed.iter().map(|entry| entry["title"].as_str().unwrap()).collect()
}

#[test]
fn the_formats_are_listed_without_a_vault() {
    let home = Home::new();
    let text = home.run(&["import", "--formats"]).ok();
    assert!(text.lines().any(|line| line.starts_with("chrome-csv ") && line.contains("Edge")), "{text}");
    let json = home.run(&["--json", "--vault", "none", "import", "--formats"]).json();
    let names: Vec<&str> =
        json.as_array().unwrap().iter().map(|format| format["name"].as_str().unwrap()).collect();
    for name in ["json", "lastpass-csv", "chrome-csv", "keeper-csv", "html", "vault"] {
        assert!(names.contains(&name), "{name}");
    }
    let html = json.as_array().unwrap().iter().find(|format| format["name"] == "html").unwrap();
    assert_eq!((&html["read"], &html["written"]), (&false.into(), &true.into()));
    home.run(&["import"]).fails(2, "");
    home.write("page", "x");
    home.run(&["import", "page", "--from", "html"]).fails(1, "written here, not read");
}

#[test]
fn a_browsers_file_is_told_by_its_content() {
    let home = Home::new();
    home.write("anything", format!("{CHROME}A,https://a.example,ann,pw1,\nB,https://b.example,bob,pw2,n\n"));
    home.run(&["import", "anything"]).ok();
    assert_eq!(home.run(&["get", "a.example"]).ok(), "pw1\n");
    let second = home.run(&["import", "anything"]).ok();
    assert!(second.ends_with("Added 0, already there 2, skipped 0\n"), "{second}");
    home.write("keeper", "\"F\",\"K\",\"ann\",\"pw3\",\"\",\"\",\"\"\n");
    home.run(&["import", "keeper"]).fails(1, "another shape");
    home.run(&["import", "keeper", "--from", "keeper-csv"]).ok();
    assert_eq!(home.run(&["get", "K"]).ok(), "pw3\n");
}

#[test]
fn a_table_of_another_shape_is_mapped_and_the_mapping_remembered() {
    let home = Home::new();
    home.write("other", "Name;Login;Secret;Site;PIN\nA;ann;pw,1;https://a.example;1234\n");
    let err = home.run(&["import", "other"]).fails(1, "its columns are \"Name\", \"Login\", \"Secret\"");
    assert!(err.contains("--map title="), "{err}");
    let map = "title=Name,username=Login,password=Secret,url=Site";
    home.run(&["import", "other", "--map", "title=Nome"]).fails(1, "there is no column \"Nome\"");
    home.run(&["import", "other", "--map", "colour=Name"]).fails(2, "nothing that a column can hold");
    home.run(&["import", "other", "--map", "mine"]).fails(2, "there is no mapping \"mine\"");
    home.run(&["import", "other", "--map", map, "--save-map", "../x"]).fails(2, "is no name");
    let dry = home.run(&["import", "other", "--map", map, "--dry-run"]).ok();
    assert!(dry.contains("column Login: username\n") && dry.contains("column PIN: custom field\n"), "{dry}");
    let json = home.run(&["--json", "import", "other", "--map", map, "--dry-run"]).json();
    assert_eq!(json["columns"][0], json!({ "name": "Name", "becomes": "title" }));
    assert_eq!(json["columns"][4], json!({ "name": "PIN", "becomes": null }));
    assert!(home.listed(&[]).is_empty());
    home.run(&["import", "other", "--map", map, "--map", "hidden=PIN", "--save-map", "mine"]).ok();
    assert_eq!(home.run(&["get", "A"]).ok(), "pw,1\n");
    assert_eq!(home.run(&["get", "A", "--field", "PIN"]).ok(), "1234\n");
    let again = home.run(&["import", "other", "--map", "mine"]).ok();
    assert!(again.ends_with("Added 0, already there 1, skipped 0\n"), "{again}");
    home.write("pairs", "title = #1\npassword = #2\n");
    home.write("bare", "B,pw2\n");
    home.run(&["import", "bare", "--map", "pairs"]).ok();
    assert_eq!(home.run(&["get", "B"]).ok(), "pw2\n");
}

#[test]
fn damaged_values_are_shown_and_repaired_when_told_so() {
    let source = format!(
        "{CHROME}A,https://a.example/?x=1&amp;y=2,ann,s3cret&amp;pw,\nJ\u{c3}\u{bc}rg,https://b.example,bob,pw2,\n"
    );
    let home = Home::new();
    home.write("a.csv", &source);
    let (_, err) = home.run(&["import", "a.csv"]).both();
    assert!(err.contains("2 values look escaped for HTML"), "{err}");
    assert!(err.contains("line 2, password: …&amp;… -> …&…"), "{err}");
    assert!(err.contains("--repair=html") && !err.contains("s3cret"), "{err}");
    assert_eq!(home.run(&["get", "A"]).ok(), "s3cret&amp;pw\n", "nothing was changed");
    let other = Home::new();
    other.write("a.csv", &source);
    let json = other.run(&["--json", "import", "a.csv", "--repair"]).json();
    assert_eq!(json["damaged"][0]["damage"], "html");
    assert_eq!((&json["damaged"][0]["count"], &json["damaged"][0]["repaired"]), (&2.into(), &true.into()));
    assert_eq!(json["items"][1]["title"], "Jürg");
    assert_eq!(other.run(&["get", "A"]).ok(), "s3cret&pw\n");
    let again = other.run(&["import", "a.csv", "--repair"]).ok();
    assert!(again.ends_with("Added 0, already there 2, skipped 0\n"), "{again}");
    let third = Home::new();
    third.write("a.csv", &source);
    third.run(&["import", "a.csv", "--repair=mojibake"]).ok();
    assert_eq!(third.run(&["get", "A"]).ok(), "s3cret&amp;pw\n");
    assert!(titles(&third.listed(&[])).contains(&"Jürg"));
}

#[test]
fn other_encodings_are_read_and_said() {
    let home = Home::new();
    let source = format!("{CHROME}Caf\u{e9},https://a.example,ann,p\u{e4},\n");
    let latin: Vec<u8> = source.chars().map(|letter| letter as u8).collect();
    home.write("latin", latin);
    let out = home.run(&["import", "latin"]).ok();
    assert!(out.contains("read as CP-1252"), "{out}");
    assert_eq!(home.run(&["get", "Café"]).ok(), "pä\n");
    let wide: Vec<u8> = format!("\u{FEFF}{source}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    home.write("wide", wide);
    let json = home.run(&["--json", "import", "wide"]).json();
    assert_eq!(json["conversions"], json!(["the file is UTF-16, and was read as such"]));
    assert_eq!(json["known"], 1);
    let page = "<html><body><pre>url,username,password,extra,name,grouping,fav\nhttps://c.example,c,a&amp;b,,C,,0\n</pre></body></html>";
    home.write("page", page);
    home.run(&["import", "page"]).ok();
    assert_eq!(home.run(&["get", "C"]).ok(), "a&b\n");
}

#[test]
fn an_export_is_of_what_a_query_finds_and_says_what_it_loses() {
    let home = Home::new();
    home.write(
        "a.csv",
        format!("{CHROME}Alpha,https://a.example,ann,=pw1,\nBeta,https://b.example,bob,pw2,<i>&\n"),
    );
    home.run(&["import", "a.csv"]).ok();
    let (out, err) = home.run(&["export", "-", "--to", "chrome-csv", "--query", "alpha", "--yes"]).both();
    assert_eq!(out, "name,url,username,password,note\r\nAlpha,https://a.example,ann,=pw1,\r\n");
    assert!(err.contains("dates of creation, change and use: left out: 1 (Alpha)"), "{err}");
    let refused = home.run(&["export", "x.csv", "--to", "chrome-csv"]).fails(7, "readable to anyone");
    // Entries come in the order of their ids, which are random.
    let told = ["left out: 2 (Alpha, Beta)", "left out: 2 (Beta, Alpha)"]
        .iter()
        .any(|names| refused.contains(names));
    assert!(told, "told before consent: {refused}");
    let safe = ["export", "-", "--to", "chrome-csv", "--spreadsheet-safe", "--yes"];
    let (out, err) = home.run(&safe).both();
    assert!(out.contains(",ann,'=pw1,"), "{out}");
    assert!(err.contains("values changed for a spreadsheet, with a ' before them: 1 (Alpha)"), "{err}");
    home.run(&["export", "x", "--to", "json", "--spreadsheet-safe", "--yes"]).fails(2, "no table");
    home.run(&["export", "x", "--to", "vault", "--query", "a"]).fails(2, "whole");
    let json = home.run(&["--json", "export", "x.csv", "--to", "chrome-csv", "--yes"]).json();
    assert_eq!(json["lost"][0]["count"], 2);
    let titles = &json["lost"][0]["titles"];
    assert!(*titles == json!(["Alpha", "Beta"]) || *titles == json!(["Beta", "Alpha"]), "{titles}");
    home.run(&["export", "x.html", "--to", "html", "--yes"]).ok();
    let page = fs::read_to_string(home.path("x.html")).unwrap();
    assert!(page.contains("<h2>Alpha</h2>") && page.contains("<dd>&lt;i&gt;&amp;</dd>"), "{page}");
    assert!(!page.contains("<i>") && !page.contains("<script") && !page.contains("src="), "{page}");
}
