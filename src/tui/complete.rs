//! A path that is being typed, completed by the names in its folder. Pure: the listing is given.

/// A name in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name. Hostile text, though without control characters.
    pub name: String,
    /// Whether it is a folder.
    pub is_folder: bool,
}

/// Names in a folder that begin as was typed.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The names, in no order.
    pub names: Vec<Name>,
    /// Whether there are more than were looked at.
    pub is_cut: bool,
}

/// What comes of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Completed {
    /// The path, as far as it is sure.
    pub text: String,
    /// Names that it may go on with, in order, where there are several; folders end in `/`.
    pub names: Vec<String>,
}

/// The folder of a path that is being typed, as it was typed, and what is typed behind it. A quote before it, as a
/// file manager writes it, is left out.
pub fn split(typed: &str) -> (&str, &str) {
    let typed = typed.trim_start();
    let typed = typed.strip_prefix(['\'', '"']).unwrap_or(typed);
    if typed == "~" {
        return ("~/", "");
    }
    typed.split_at(typed.rfind('/').map_or(0, |at| at + 1))
}

/// Whether a name may be what is meant: those that are hidden are only where a dot was typed.
pub fn may_be(name: &str, stem: &str) -> bool {
    name.starts_with(stem) && (!name.starts_with('.') || stem.starts_with('.'))
}

/// The path goes on as far as all names agree; none where no name fits.
pub fn complete(typed: &str, listing: &Listing) -> Option<Completed> {
    let (folder, stem) = split(typed);
    let mut fitting: Vec<&Name> = listing.names.iter().filter(|name| may_be(&name.name, stem)).collect();
    fitting.sort_by(|one, other| one.name.cmp(&other.name));
    let whole = |name: &Name| if name.is_folder { format!("{}/", name.name) } else { name.name.clone() };
    let (first, last) = (fitting.first()?, fitting.last()?);
    if fitting.len() == 1 && !listing.is_cut {
        return Some(Completed { text: format!("{folder}{}", whole(first)), names: Vec::new() });
    }
    // In order, what the first and the last have in common all have. What was not looked at may differ.
    let common = if listing.is_cut { stem } else { common(&first.name, &last.name) };
    let names = fitting.iter().map(|name| whole(name)).collect();
    Some(Completed { text: format!("{folder}{common}"), names })
}

fn common<'n>(one: &'n str, other: &str) -> &'n str {
    let same = one.char_indices().zip(other.chars()).take_while(|((_, one), other)| one == other);
    let end = same.map(|((at, letter), _)| at + letter.len_utf8()).last().unwrap_or(0);
    one.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(names: &[&str]) -> Listing {
        let name = |name: &&str| Name {
            name: name.trim_end_matches('/').to_owned(),
            is_folder: name.ends_with('/'),
        };
        Listing { names: names.iter().map(name).collect(), is_cut: false }
    }

    fn completed(typed: &str, names: &[&str]) -> Option<(String, Vec<String>)> {
        complete(typed, &listing(names)).map(|done| (done.text, done.names))
    }

    fn one(text: &str) -> Option<(String, Vec<String>)> {
        Some((text.to_owned(), Vec::new()))
    }

    #[test]
    fn a_path_goes_on_as_far_as_it_is_sure() {
        let names = ["Downloads/", "Documents/", "chrome.csv", ".config/", "漢字.csv", "漢語.csv"];
        assert_eq!(completed("~/Dow", &names), one("~/Downloads/"));
        assert_eq!(completed("/home/ada/c", &names), one("/home/ada/chrome.csv"));
        assert_eq!(completed("c", &names), one("chrome.csv"));
        let several = Some(("~/Do".to_owned(), vec!["Documents/".to_owned(), "Downloads/".to_owned()]));
        assert_eq!(completed("~/D", &names), several);
        assert_eq!(completed("/漢", &names).unwrap().0, "/漢");
        assert_eq!(completed("~/x", &names), None);
        assert_eq!(completed("~/", &[]), None);
    }

    #[test]
    fn what_is_hidden_is_there_when_asked_for_with_a_dot() {
        let names = [".config/", "c/", ".cache/"];
        assert_eq!(completed("/", &names), one("/c/"));
        assert_eq!(completed("/.", &names).unwrap().1, [".cache/", ".config/"]);
        assert_eq!(completed("~/.con", &names), one("~/.config/"));
    }

    #[test]
    fn a_home_and_a_quote() {
        assert_eq!(split("~"), ("~/", ""));
        assert_eq!(split(" '/tmp/a b"), ("/tmp/", "a b"));
        assert_eq!(split("x"), ("", "x"));
        assert_eq!(completed("'/tmp/a", &["a b.csv"]), one("/tmp/a b.csv"));
    }

    #[test]
    fn where_not_all_was_looked_at_nothing_is_sure() {
        let cut = Listing { is_cut: true, ..listing(&["aaa", "aab"]) };
        let done = complete("/a", &cut).unwrap();
        assert_eq!((done.text.as_str(), done.names.len()), ("/a", 2));
    }
}
