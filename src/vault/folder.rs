//! Folder paths: names joined by `/`; a `/` in a name is written `\/`, a `\` is written `\\`. One spelling
//! for each path, so that equal folders are equal text.

/// The path of these names; empty ones are left out.
pub fn join<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let mut path = String::new();
    for name in names.into_iter().filter(|name| !name.is_empty()) {
        if !path.is_empty() {
            path.push('/');
        }
        for letter in name.chars() {
            if matches!(letter, '/' | '\\') {
                path.push('\\');
            }
            path.push(letter);
        }
    }
    path
}

/// The names of a path. A `\` before anything but `/` and `\` stands for itself.
pub fn split(path: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut letters = path.chars().peekable();
    while let Some(letter) = letters.next() {
        let escaped = letter == '\\' && letters.peek().is_some_and(|next| matches!(next, '/' | '\\'));
        let letter = if escaped { letters.next().unwrap_or(letter) } else { letter };
        if letter == '/' && !escaped {
            names.push(String::new());
        } else if let Some(name) = names.last_mut() {
            name.push(letter);
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// The one spelling of a path that a person typed.
pub fn normal(path: &str) -> String {
    join(split(path).iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_slashes_survive() {
        for names in [vec![], vec!["a"], vec!["a/b", "c\\"], vec!["\\", "/"], vec!["Emails", "WS"]] {
            assert_eq!(split(&join(names.iter().copied())), names);
        }
        assert_eq!(join(["Work", "TCP/IP"]), "Work/TCP\\/IP");
    }

    #[test]
    fn typed_paths_are_tidied() {
        assert_eq!(normal("/Work//Mail/"), "Work/Mail");
        assert_eq!(normal("a\\b"), "a\\\\b");
        assert_eq!(normal(""), "");
    }
}
