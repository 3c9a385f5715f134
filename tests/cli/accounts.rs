//! Several accounts at one site: told apart when looked up, and named when something is copied.

use crate::home::Home;
use crate::terminal::Terminal;

#[test]
fn an_ambiguous_look_up_says_what_to_type_and_when_each_was_used() {
    let home = Home::new();
    let anna = home.add("GitHub", "1", &["--username", "anna", "--url", "https://github.com"]);
    let ben = home.add("GitHub", "2", &["--username", "ben the second", "--url", "https://github.com"]);
    let (same, twin) =
        (home.add("Twin", "3", &["--username", "x"]), home.add("Twin", "4", &["--username", "x"]));
    Terminal::run(&home, &["copy", "GitHub/anna", "--clear-after", "1"]);
    for query in ["GitHub", "github.com", "git"] {
        let err = home.run(&["get", query]).fails(5, "2 entries for");
        let line = |id: &str| err.lines().find(|line| line.contains(id)).unwrap().trim().to_owned();
        assert_eq!(line(&anna), format!("{anna}  GitHub/anna              last used today"), "{query}");
        assert_eq!(line(&ben), format!("{ben}  'GitHub/ben the second'  never used"), "{query}");
    }
    // What is named finds that one.
    assert_eq!(home.run(&["get", "GitHub/anna"]).ok(), "1\n");
    assert_eq!(home.run(&["get", "GitHub/ben the second"]).ok(), "2\n");
    let err = home.run(&["get", "Twin"]).fails(5, "2 entries for");
    for id in [same, twin] {
        assert!(err.contains(&format!("{id}  Twin/x (only by id)  never used")), "{err}");
    }
    let listed = home.listed(&["GitHub"]);
    let used = |name: &str| listed.iter().find(|one| one["username"] == name).unwrap()["last_used"].clone();
    assert!(used("anna").as_str().unwrap().ends_with('Z') && used("ben the second").is_null());
}

#[test]
fn those_in_the_trash_are_named_by_what_finds_them_there() {
    let home = Home::new();
    home.add("A", "1", &["--username", "x"]);
    let gone = home.add("A", "2", &["--username", "y"]);
    home.run(&["rm", "A/y"]).ok();
    home.add("A", "3", &["--username", "y"]);
    let second = home.add("A", "4", &["--username", "z"]);
    home.run(&["rm", "A/z"]).ok();
    let err = home.run(&["restore", "A"]).fails(5, "2 entries in the trash");
    assert!(err.contains(&format!("{gone}  A/y")) && err.contains(&format!("{second}  A/z")), "{err}");
    home.run(&["restore", "A/z"]).ok();
}

#[test]
fn a_copy_says_of_which_account() {
    let home = Home::new();
    home.add("GitHub", "1", &["--username", "anna@example.com"]);
    let (_, seen) = Terminal::run(&home, &["copy", "GitHub", "--clear-after", "1"]);
    let text = String::from_utf8_lossy(&seen);
    assert!(text.contains("Copied password of GitHub, anna@example.com to the terminal"), "{text}");
}
