//! What stands in a file of pass or gopass: a password in the first line and lines of any kind below it, among them
//! `key: value` and `otpauth://`; behind `---` YAML, as gopass has it; or gopass's `GOPASS-SECRET-1.0`, which begins
//! with headers. What is no text, and gopass's files in base 64, are kept as files.

use zeroize::Zeroizing;

use super::super::Remark;
use super::super::base64;
use super::super::draft::Draft;
use crate::secret::Secret;
use crate::vault::kinds::{self, FieldKind};

/// The first line of a secret with headers.
const MARK: &str = "GOPASS-SECRET-1.0";
/// The ending of a file in base 64, in older gopass.
const BASE64: &str = ".b64";
/// Bytes of a key; what is longer is a sentence with a colon.
const MOST_KEY: usize = 64;

/// Reads a file of this name. Whatever is not understood is the note.
pub fn read(name: &str, content: &Secret) -> Draft {
    let mut draft = Draft::default();
    draft.item.title = name.to_owned();
    let Some(text) = content.expose_str().filter(|text| !text.contains('\0')) else {
        return file(draft, name, content.duplicate());
    };
    if let Some(short) = name.strip_suffix(BASE64)
        && let Some(bytes) = decoded(text)
    {
        draft.item.title = short.to_owned();
        return file(draft, short, bytes);
    }
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    let mut rest = Lines::default();
    match first.strip_prefix("Password: ") {
        _ if first == MARK => rest.headers(&mut lines, &mut draft),
        // As older gopass wrote it. A password that begins so is changed, and that is told.
        Some(password) => {
            draft.password("Password", some(password));
            draft.remarks.push(Remark::Mended("password".to_owned()));
        }
        None => draft.password("password", some(first)),
    }
    let mut lines = lines.peekable();
    while let Some(line) = lines.next() {
        match (line, rest.is_yaml) {
            ("---", false) => rest.is_yaml = true,
            (line, true) => rest.yaml(line, &mut lines, &mut draft),
            (line, false) => rest.line(line, &mut draft),
        }
    }
    if let Some(name) = rest.file_name.take() {
        let name = if name.is_empty() { draft.item.title.clone() } else { name };
        match decoded(&rest.note).filter(|_| rest.is_base64) {
            Some(bytes) => return file(draft, &name, bytes),
            None => draft.keep_text("file", &name),
        }
    }
    let note = rest.note.trim_matches('\n');
    if !note.is_empty() {
        draft.item.note = some(note);
    }
    draft
}

fn some(text: &str) -> Option<Secret> {
    Some(Secret::copy_of(text.as_bytes())).filter(|text| !text.is_empty())
}

/// An entry that is a file.
fn file(mut draft: Draft, name: &str, content: Secret) -> Draft {
    if draft.item.password.is_none() {
        draft.item.kind = kinds::NOTE.to_owned();
    }
    draft.attach(name, content);
    draft
}

/// The bytes of base 64 in lines; none of an empty text.
fn decoded(text: &str) -> Option<Secret> {
    let letters: Zeroizing<Vec<u8>> =
        Zeroizing::new(text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect());
    base64::decode(&letters).filter(|bytes| !bytes.is_empty())
}

/// The lines below the password.
#[derive(Default)]
struct Lines {
    /// Those that are no fields.
    note: Zeroizing<String>,
    is_yaml: bool,
    /// What gopass says of a file that it keeps: that it is in base 64, and its name.
    is_base64: bool,
    file_name: Option<String>,
}

impl Lines {
    /// Headers up to an empty line.
    fn headers(&mut self, lines: &mut std::str::Lines<'_>, draft: &mut Draft) {
        for line in lines.take_while(|line| !line.is_empty()) {
            match pair(line) {
                Some((key, value)) if key.eq_ignore_ascii_case("content-type") => {
                    self.is_yaml = value.eq_ignore_ascii_case("text/yaml");
                }
                Some((key, value)) => self.pair(key, value, draft),
                None => self.keep(line),
            }
        }
    }

    fn line(&mut self, line: &str, draft: &mut Draft) {
        match pair(line) {
            _ if is_code(line) => draft.totp("otpauth", some(line.trim())),
            Some((key, value)) if !value.is_empty() => self.pair(key, value, draft),
            // A heading of what follows.
            _ => self.keep(line),
        }
    }

    fn keep(&mut self, line: &str) {
        self.note.push_str(line);
        self.note.push('\n');
    }

    /// A line of YAML at the outermost depth, with those that belong to it. Of YAML no more is read than texts;
    /// what is nested is kept as it stands.
    fn yaml(&mut self, line: &str, lines: &mut std::iter::Peekable<std::str::Lines<'_>>, draft: &mut Draft) {
        let Some((key, value)) = pair(line) else { return self.keep(line) };
        let mut block: Vec<&str> = Vec::new();
        while let Some(inner) = lines.next_if(|next| next.is_empty() || next.starts_with([' ', '\t', '-'])) {
            block.push(inner);
        }
        let key = key.trim_matches(['"', '\'']);
        if block.iter().all(|line| line.is_empty()) {
            let value = unquoted(value);
            return self.pair(key, &value, draft);
        }
        let indent = block.iter().filter(|line| !line.is_empty());
        let indent = indent.map(|line| line.len() - line.trim_start_matches(' ').len()).min().unwrap_or(0);
        let is_literal = value.starts_with('|');
        let lines =
            block.iter().map(|line| if is_literal { line.get(indent..).unwrap_or_default() } else { line });
        let text = Zeroizing::new(lines.collect::<Vec<_>>().join("\n"));
        let text =
            if is_literal || value.is_empty() { text } else { Zeroizing::new(format!("{value}\n{}", *text)) };
        self.pair(key, text.trim_end_matches('\n'), draft);
    }

    fn pair(&mut self, key: &str, value: &str, draft: &mut Draft) {
        let text = some(value);
        match key.to_ascii_lowercase().as_str() {
            "login" | "user" | "username" => draft.username(key, text),
            "password" => draft.password(key, text),
            "url" => draft.url(value.to_owned()),
            "totp" | "otp" | "otpauth" => {
                // In gopass the key may stand before the colon of the address.
                let whole = format!("{key}:{value}");
                draft.totp(key, if is_code(&whole) { some(&whole) } else { text });
            }
            "content-transfer-encoding" if value.eq_ignore_ascii_case("base64") => {
                self.is_base64 = true;
                self.file_name.get_or_insert_default();
            }
            "content-disposition" if value.starts_with("attachment") => {
                let name = value.split("filename=").nth(1).unwrap_or_default();
                self.file_name = Some(name.trim_matches('"').to_owned());
            }
            // All of it was encrypted, so that all of it may be a secret.
            _ => draft.usual(key, FieldKind::Hidden, text),
        }
    }
}

fn is_code(line: &str) -> bool {
    let line = line.trim_start();
    line.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("otpauth://"))
}

/// `key: value`; none of a line that begins with a blank, or is a sentence or an address.
fn pair(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let is_key = !key.is_empty() && key.len() <= MOST_KEY && !key.starts_with([' ', '\t', '#', '-']);
    let value = if value.is_empty() { value } else { value.strip_prefix([' ', '\t'])? };
    (is_key && key.trim_end() == key).then_some((key, value.trim_start()))
}

/// A scalar of YAML in one line.
fn unquoted(value: &str) -> Zeroizing<String> {
    let inner = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    let text = match (inner('"'), inner('\'')) {
        // What JSON reads YAML reads so too.
        (Some(_), _) => serde_json::from_str(value).unwrap_or_else(|_| value.to_owned()),
        (None, Some(text)) => text.replace("''", "'"),
        (None, None) => value.to_owned(),
    };
    Zeroizing::new(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::item::Item;

    fn read(name: &str, text: &str) -> Item {
        super::read(name, &Secret::copy_of(text.as_bytes())).item
    }

    fn text(secret: &Option<Secret>) -> &str {
        secret.as_ref().map_or("", |secret| secret.expose_str().unwrap())
    }

    fn fields(item: &Item) -> Vec<(&str, &str)> {
        item.fields.iter().map(|field| (field.name.as_str(), field.value.expose_str().unwrap())).collect()
    }

    #[test]
    fn a_password_and_lines() {
        let item = read(
            "mail",
            "p: w \r\nlogin: ada\nURL: https://a.example\nurl: https://b.example\nuser: ada2\n\notpauth://totp/x?secret=GE\n\
             totp: GEZA\nPIN:  42 \nHeading:\n  kept: as it is\nsee https://c.example\nhttps://d.example\n\n\n",
        );
        assert_eq!(
            (text(&item.password), item.username.as_str(), item.title.as_str()),
            ("p: w ", "ada", "mail")
        );
        assert_eq!(item.urls, ["https://a.example", "https://b.example"]);
        assert_eq!(text(&item.totp), "otpauth://totp/x?secret=GE");
        assert_eq!(text(&item.note), "Heading:\n  kept: as it is\nsee https://c.example\nhttps://d.example");
        // What has no home comes later, when the entry is finished.
        assert_eq!(fields(&item), [("PIN", "42 ")]);
        assert_eq!(text(&read("a", "pw").password), "pw");
        assert!(read("a", "").password.is_none() && read("a", "\nnote").password.is_none());
    }

    #[test]
    fn yaml_behind_a_line() {
        let item = read(
            "a",
            "pw\nnote before\n---\nlogin: \"a\\\"da\"\nquoted: 'it''s'\nurl: https://a.example\nlist:\n- one\n- two\n\
             map:\n  deep: 1\nlong: |\n  two\n    lines\n\n  more\n# remark\ntotp: otpauth://totp/x?secret=GE\n",
        );
        assert_eq!((text(&item.password), item.username.as_str()), ("pw", "a\"da"));
        assert_eq!(text(&item.note), "note before\n# remark");
        assert_eq!(text(&item.totp), "otpauth://totp/x?secret=GE");
        let expected = [
            ("quoted", "it's"),
            ("list", "- one\n- two"),
            ("map", "  deep: 1"),
            ("long", "two\n  lines\n\nmore"),
        ];
        assert_eq!(fields(&item), expected);
    }

    #[test]
    fn headers_of_gopass() {
        let item =
            read("a", "GOPASS-SECRET-1.0\nPassword: pw\nUsername: ada\nFoo: bar\n\nnote: of text\nmore\n");
        assert_eq!((text(&item.password), item.username.as_str()), ("pw", "ada"));
        assert_eq!((text(&item.note), fields(&item)), ("more", vec![("Foo", "bar"), ("note", "of text")]));
        let item = read("a", "GOPASS-SECRET-1.0\nContent-Type: text/yaml\nPassword: pw\n\nfoo: bar\n");
        assert_eq!((text(&item.password), fields(&item)), ("pw", vec![("foo", "bar")]));
        let draft = super::read("a", &Secret::copy_of(b"Password: pw\nuser: ada"));
        assert_eq!((text(&draft.item.password), draft.remarks.len()), ("pw", 1));
    }

    #[test]
    fn files() {
        let binary = super::read("key", &Secret::copy_of(b"\xFF\x00\n\x80")).item;
        assert_eq!((binary.attachments[0].name.as_str(), binary.kind.as_str()), ("key", "note"));
        assert_eq!(binary.attachments[0].content.expose(), b"\xFF\x00\n\x80");
        let old = read("key.b64", "QUJD\nRA==\n");
        assert_eq!((old.title.as_str(), old.attachments[0].content.expose()), ("key", &b"ABCD"[..]));
        let new = "\nContent-Disposition: attachment; filename=\"../id.key\"\nContent-Transfer-Encoding: Base64\n\nQUJD\n";
        let new = read("key", new);
        assert_eq!((new.attachments[0].name.as_str(), new.title.as_str()), ("id.key", "key"));
        assert_eq!(new.attachments[0].content.expose(), b"ABC");
        // What is no base 64 stays text.
        let none = read("key.b64", "no base 64!\n");
        assert_eq!((text(&none.password), none.title.as_str()), ("no base 64!", "key.b64"));
    }

    proptest::proptest! {
        /// Every word of a file is found in the entry.
        #[test]
        fn nothing_is_lost(lines in proptest::collection::vec("[a-z#\\- ]{0,3}[a-z]{1,4}[:|]{0,2} {0,2}[a-z0-9\"']{0,5}", 0..12)) {
            let source = lines.join("\n");
            let super::super::super::Outcome::Item(item, _) = super::read("name", &Secret::copy_of(source.as_bytes())).finish()
            else { panic!("not read") };
            let mut found = format!("{} {} {} {}", item.username, text(&item.password), text(&item.note), text(&item.totp));
            item.urls.iter().for_each(|url| found.push_str(url));
            fields(&item).iter().for_each(|(name, value)| found.push_str(&format!(" {name} {value}")));
            for word in source.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
                let is_key = ["login", "user", "username", "url", "totp", "otp"].contains(&word);
                proptest::prop_assert!(is_key || found.contains(word), "{word} of {source:?} is not in {found:?}");
            }
        }
    }
}
