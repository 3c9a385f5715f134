//! A file as the text that its reader expects: UTF-16 and CP-1252 become UTF-8, and the table that LastPass
//! puts into an HTML page is taken out of it. What was done is told. A file of any other kind is left alone.

use std::fmt;

use memchr::memmem;
use zeroize::Zeroizing;

use super::repair::unescape_html;
use super::{ImportError, detect, tables};

/// What was done to a file before it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversion {
    /// It was UTF-16.
    Utf16,
    /// It is no UTF-8, and was read as CP-1252, the encoding of Windows in western Europe.
    Cp1252,
    /// The table stood in an HTML page.
    HtmlPage,
}

impl fmt::Display for Conversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf16 => "the file is UTF-16, and was read as such",
            Self::Cp1252 => "the file is not UTF-8, and was read as CP-1252 (Windows, western Europe)",
            Self::HtmlPage => "the table was taken out of an HTML page",
        })
    }
}

/// The text of `file`, and what was done to it.
///
/// # Errors
/// [`ImportError::Utf16`] where it says that it is UTF-16 and is not.
pub fn plain(file: Zeroizing<Vec<u8>>) -> Result<(Zeroizing<Vec<u8>>, Vec<Conversion>), ImportError> {
    let mut done = Vec::new();
    let mut text = file;
    if let Some(decoded) = utf16(&text)? {
        (text, done) = (decoded, vec![Conversion::Utf16]);
    }
    if let Some(inner) = from_page(&text) {
        text = inner;
        done.push(Conversion::HtmlPage);
    }
    if let Some(decoded) = cp1252(&text) {
        text = decoded;
        done.push(Conversion::Cp1252);
    }
    Ok((text, done))
}

/// UTF-16 with a byte order mark, as UTF-8.
fn utf16(file: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, ImportError> {
    let unit: fn([u8; 2]) -> u16 = match file {
        [0xFF, 0xFE, ..] => u16::from_le_bytes,
        [0xFE, 0xFF, ..] => u16::from_be_bytes,
        _ => return Ok(None),
    };
    let (units, rest) = file.get(2..).unwrap_or_default().as_chunks::<2>();
    if !rest.is_empty() {
        return Err(ImportError::Utf16);
    }
    // A unit makes at most three bytes: the text never moves, and leaves no copy behind.
    let mut text = Zeroizing::new(Vec::with_capacity(units.len().saturating_mul(3)));
    for letter in char::decode_utf16(units.iter().map(|bytes| unit(*bytes))) {
        let letter = letter.map_err(|_| ImportError::Utf16)?;
        text.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Ok(Some(text))
}

/// The table in the `<pre>` of a page, where one of our readers knows it.
fn from_page(file: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let start = file.trim_ascii_start();
    if !start.starts_with(b"<") {
        return None;
    }
    let open = memmem::find(start, b"<pre")?;
    let inner = start.get(open..)?;
    let inner = inner.get(memchr::memchr(b'>', inner)? + 1..)?;
    let inner = inner.get(..memmem::find(inner, b"</pre>")?)?;
    let text = unescape_html(std::str::from_utf8(inner).ok()?)?;
    detect(text.as_bytes()).is_ok().then(|| Zeroizing::new(text.as_bytes().to_vec()))
}

/// CP-1252 as UTF-8: a table in which nothing beyond ASCII is UTF-8. Its five bytes without a letter become
/// the control characters of their number, as browsers have it, so that nothing is lost.
fn cp1252(file: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if std::str::from_utf8(file).is_ok() || has_utf8(file) || file.contains(&0) || !is_table(file) {
        return None;
    }
    let mut text = Zeroizing::new(Vec::with_capacity(file.len().saturating_mul(3)));
    for byte in file {
        text.extend_from_slice(letter(*byte).encode_utf8(&mut [0; 4]).as_bytes());
    }
    Some(text)
}

fn is_table(file: &[u8]) -> bool {
    detect(file).is_ok_and(|format| format.name.ends_with("-csv")) || tables::header::unknown(file).is_some()
}

/// Whether a letter beyond ASCII stands there in UTF-8: the file is then a mixture, and read row by row.
fn has_utf8(file: &[u8]) -> bool {
    file.utf8_chunks().any(|chunk| !chunk.valid().is_ascii())
}

/// The letters of the bytes from 0x80 on, where they are not those of Latin-1.
const LETTERS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

/// The letter of a byte in CP-1252.
fn letter(byte: u8) -> char {
    let special = usize::from(byte).checked_sub(0x80).and_then(|at| LETTERS.get(at));
    special.copied().unwrap_or(char::from(byte))
}

/// The byte of a letter in CP-1252.
pub fn byte(letter: char) -> Option<u8> {
    match LETTERS.iter().position(|known| *known == letter) {
        Some(at) => u8::try_from(0x80 + at).ok(),
        None => u8::try_from(u32::from(letter)).ok().filter(|byte| !(0x80..0xA0).contains(byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(file: &[u8]) -> (String, Vec<Conversion>) {
        let (text, done) = plain(Zeroizing::new(file.to_vec())).unwrap();
        (String::from_utf8_lossy(&text).into_owned(), done)
    }

    const TABLE: &str = "name,url,username,password,note\nCafé,https://a.example,ann,p\"ä,€\n";

    #[test]
    fn utf16_is_read_in_both_orders() {
        for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let units = "\u{FEFF}".encode_utf16().chain(TABLE.encode_utf16());
            let file: Vec<u8> = units.flat_map(to_bytes).collect();
            assert_eq!(text(&file), (TABLE.to_owned(), vec![Conversion::Utf16]));
            assert_eq!(plain(Zeroizing::new(file[..file.len() - 1].to_vec())), Err(ImportError::Utf16));
        }
        assert_eq!(plain(Zeroizing::new(b"\xFF\xFE\x00\xD8".to_vec())), Err(ImportError::Utf16));
    }

    #[test]
    fn cp1252_is_found_where_nothing_is_utf8() {
        let file: Vec<u8> = TABLE.chars().map(|letter| byte(letter).unwrap()).collect();
        assert_eq!(text(&file), (TABLE.to_owned(), vec![Conversion::Cp1252]));
        let mixed = [TABLE.as_bytes(), &file].concat();
        assert_eq!(text(&mixed).1, []);
        assert_eq!(text(TABLE.as_bytes()).1, []);
        assert_eq!(text(b"\x89PNG\r\n\x1A\n").1, []);
        for number in 0..=255 {
            assert_eq!(byte(letter(number)), Some(number));
        }
    }

    #[test]
    fn a_page_around_a_table() {
        let table = "url,username,password,extra,name,grouping,fav\nhttps://a.example/?a=1&amp;b=2,ann,&lt;pw&gt;&#39;&quot;x,,A,,0\n";
        let page =
            format!("<!DOCTYPE html>\n<html><head></head><body><pre style=\"x\">{table}</pre></body></html>");
        let (text, done) = text(page.as_bytes());
        assert_eq!(done, [Conversion::HtmlPage]);
        assert!(text.contains("https://a.example/?a=1&b=2,ann,<pw>'\"x,"), "{text}");
        assert_eq!(super::tests::text(b"<html><pre>no table</pre></html>").1, []);
    }
}
