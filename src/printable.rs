//! Text that may go to a terminal. Titles, user names and URLs come from other people's files: an escape
//! sequence in one must not drive the terminal, and an invisible character must not make one name look like
//! another. Everything that is drawn or printed goes through here.

use std::borrow::Cow;

/// One line: every character that could drive a terminal, break the line, or hide, as a visible mark.
///
/// C0 controls become their picture (U+2400 and following), everything else of that sort a replacement
/// character (U+FFFD).
pub fn line(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_harmless) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().map(mark).collect())
    }
}

/// Several lines: as [`line`], but line ends stay, and tabs.
pub fn lines(text: &str) -> Cow<'_, str> {
    if text.chars().all(|letter| is_harmless(letter) || matches!(letter, '\n' | '\t')) {
        Cow::Borrowed(text)
    } else {
        let keep = |letter: char| if matches!(letter, '\n' | '\t') { letter } else { mark(letter) };
        Cow::Owned(text.chars().map(keep).collect())
    }
}

/// The character itself, or the mark that stands for it.
pub fn mark(letter: char) -> char {
    if is_harmless(letter) {
        return letter;
    }
    match u32::from(letter) {
        code @ 0..=0x1F => char::from_u32(0x2400 + code).unwrap_or(char::REPLACEMENT_CHARACTER),
        0x7F => '\u{2421}',
        _ => char::REPLACEMENT_CHARACTER,
    }
}

/// Neither a control (Unicode Cc: C0, DEL, C1), nor a line or paragraph separator, nor a format character
/// (Unicode Cf, bidirectional controls among them) but for the joiners that emoji and some scripts need.
fn is_harmless(letter: char) -> bool {
    let code = u32::from(letter);
    if code < 0x7F {
        return code >= 0x20;
    }
    !(letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}') || is_format(code))
}

/// Unicode 16 general category Cf, without U+200C and U+200D (zero-width non-joiner and joiner).
fn is_format(code: u32) -> bool {
    matches!(
        code,
        0xAD | 0x600..=0x605 | 0x61C | 0x6DD | 0x70F | 0x890..=0x891 | 0x8E2 | 0x180E | 0x200B
            | 0x200E..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFEFF | 0xFFF9..=0xFFFB
            | 0x110BD | 0x110CD | 0x13430..=0x1343F | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A
            | 0xE0001..=0xE007F
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_is_untouched() {
        for text in ["", "GitHub", "пароль", "日本語", "👩\u{200D}💻", "a b\u{301}"] {
            assert!(matches!(line(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn nothing_drives_the_terminal() {
        assert_eq!(line("\u{1b}]52;c;AAAA\u{7}"), "␛]52;c;AAAA␇");
        assert_eq!(line("a\nb\tc\r"), "a␊b␉c␍");
        assert_eq!(lines("a\nb\tc\r"), "a\nb\tc␍");
        for letter in (0..=0x10_FFFF).filter_map(char::from_u32) {
            let shown = mark(letter);
            assert!(!shown.is_control() && is_harmless(shown), "U+{:04X}", u32::from(letter));
        }
        assert_eq!(line("\u{202E}moc.evil\u{9b}31m\u{2028}"), "\u{FFFD}moc.evil\u{FFFD}31m\u{FFFD}");
    }
}
