//! JSON strings straight into locked memory.

use crate::secret::Secret;

/// The text of a JSON string (RFC 8259, section 7), given with its quotes. Nothing where it is no string, or
/// escapes half of a surrogate pair.
pub fn unescape(json: &str) -> Option<Secret> {
    let mut rest = json.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = Secret::with_capacity(rest.len());
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at_checked(at)?;
        text.append(before.as_bytes());
        let (letter, after) = match escape.as_bytes().get(1)? {
            b'b' => ('\u{8}', 2),
            b'f' => ('\u{C}', 2),
            b'n' => ('\n', 2),
            b'r' => ('\r', 2),
            b't' => ('\t', 2),
            b'u' => code_point(escape)?,
            letter @ (b'"' | b'\\' | b'/') => (char::from(*letter), 2),
            _ => return None,
        };
        // An escape is never shorter than the letter in UTF-8, so there is room.
        text.append(letter.encode_utf8(&mut [0; 4]).as_bytes());
        rest = escape.get(after..)?;
    }
    text.append(rest.as_bytes());
    Some(text)
}

/// The letter of `\uXXXX`, or of a pair of them, and the length of that.
fn code_point(escape: &str) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = escape.get(at..at + 6)?.strip_prefix("\\u")?;
        let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        u16::from_str_radix(digits, 16).ok().filter(|_| is_hex)
    };
    let first = unit(0)?;
    let pair = if (0xD800..0xDC00).contains(&first) { Some(unit(6)?) } else { None };
    let mut letters = char::decode_utf16([first].into_iter().chain(pair));
    let letter = letters.next()?.ok()?;
    Some((letter, 6 * letter.len_utf16()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(json: &str) -> Option<String> {
        unescape(json).map(|secret| secret.expose_str().unwrap().to_owned())
    }

    #[test]
    fn escapes() {
        let all = r#""\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\uD83D\uDE00 end""#;
        assert_eq!(text(all).unwrap(), "\"\\/\u{8}\u{C}\n\r\tAé€😀 end");
        let bad = ["", "\"", "x", "\"\\\"", r#""\x""#, r#""\u12"#, r#""\u12""#, r#""\u+123""#, r#""\ud800""#];
        for bad in bad.into_iter().chain([r#""\ud800\u0041""#, r#""\udc00""#, "null", "{}"]) {
            assert_eq!(text(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn as_serde_reads_it(letters: String) {
            let json = serde_json::to_string(&letters).unwrap();
            prop_assert_eq!(text(&json).unwrap(), &*letters);
            let escaped: String = letters.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            prop_assert_eq!(text(&format!("\"{escaped}\"")).unwrap(), letters);
        }
    }
}
