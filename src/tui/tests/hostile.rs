//! Titles that mean harm, and secrets where none should be.

use super::*;

const HOSTILE: [&str; 9] = [
    "\u{1b}]52;c;AAAA\u{7}",
    "\u{1b}[2J\u{1b}[31mred",
    "line\nbreak\r\nand\ttab",
    "\u{202E}moc.elgoog\u{202C}",
    "\u{9b}31m c1",
    "\u{2066}isolated\u{2069}\u{200B}\u{FEFF}",
    "a\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301} zalgo",
    "👩\u{200D}👩\u{200D}👧\u{200D}👦 漢字 🇩🇪 family",
    "\u{0}\u{7f}\u{2028}\u{2029}",
];

fn hostile_items() -> Vec<Item> {
    let items = HOSTILE.iter().map(|text| {
        let mut item = login(text, text, text);
        item.urls = vec![(*text).to_owned()];
        item.folder = (*text).to_owned();
        item.tags = vec![(*text).to_owned()];
        item.note = Some(Secret::copy_of(text.as_bytes()));
        item.push_field(text, crate::vault::kinds::FieldKind::Text, text);
        item.push_field("hidden", crate::vault::kinds::FieldKind::Hidden, text);
        item
    });
    items.collect()
}

pub(super) fn assert_harmless(play: &Play) {
    let terminal = play.terminal();
    for cell in terminal.backend().buffer().content() {
        for letter in cell.symbol().chars() {
            assert_eq!(crate::printable::mark(letter), letter, "U+{:04X}", u32::from(letter));
        }
    }
}

#[test]
fn no_control_character_reaches_a_cell() {
    for size in [(132, 43), (80, 24), (40, 12), (20, 5), (12, 3)] {
        let mut play = Play::with(hostile_items(), size);
        for number in 0..HOSTILE.len() {
            assert_harmless(&play);
            for keys in [
                "Esc",
                "r",
                "r",
                "Enter",
                "j r",
                "j r",
                "j",
                "j j j",
                "G r",
                "Esc",
                "Y",
                "Esc",
                "e",
                "Ctrl-R",
                "Tab",
                "Tab Ctrl-R",
                "Shift-Tab Shift-Tab Shift-Tab",
                "Esc",
                "H",
                "Esc",
                "f",
                "Down Down",
                "Esc",
                "*",
                "d",
                "z",
                "y",
            ] {
                play.keys(keys);
                assert_harmless(&play);
            }
            play.keys("g g");
            for _ in 0..number {
                play.keys("j");
            }
        }
    }
}

#[test]
fn a_hostile_error_is_harmless() {
    let mut play = Play::locked((80, 24));
    play.send(opened_message(Vec::new()));
    for text in HOSTILE {
        play.send(Message::Copied(Err(Failure::new(Exit::Failed, text))));
        assert_harmless(&play);
    }
}

#[test]
fn a_hostile_paste_and_search_are_harmless() {
    let mut play = Play::sample((80, 24));
    for text in HOSTILE {
        play.paste(text);
        assert_harmless(&play);
    }
}

/// Every secret of the sample.
fn secrets() -> Vec<String> {
    let text = |secret: &Secret| secret.expose_str().unwrap().to_owned();
    let mut secrets = Vec::new();
    for item in demo::items() {
        secrets.extend(item.password.iter().chain(&item.totp).map(text));
        secrets.extend(
            item.fields.iter().filter(|field| field.kind.is_secret()).map(|field| text(&field.value)),
        );
        secrets.extend(item.history.iter().map(|past| text(&past.value)));
        secrets.extend(
            item.note.iter().flat_map(|note| text(note).lines().map(str::to_owned).collect::<Vec<_>>()),
        );
    }
    secrets.retain(|secret| secret.len() > 3);
    secrets
}

#[test]
fn no_secret_is_drawn_while_it_is_masked() {
    let secrets = secrets();
    for size in [(132, 43), (80, 24), (40, 12)] {
        let mut play = Play::sample(size);
        play.keys("Esc");
        for _ in 0..play.open().hits.len() {
            for keys in [
                "Enter", "G", "Esc", "Y", "Esc", "H", "j", "Esc", "e", "Tab Tab", "Tab", "Esc", "y", "t", "j",
            ] {
                play.keys(keys);
                let screen = play.screen();
                for secret in &secrets {
                    assert!(!screen.contains(secret.as_str()), "{secret} after {keys}:\n{screen}");
                }
            }
        }
    }
}

#[test]
fn the_length_of_a_secret_does_not_show() {
    let screen = |password: &str| {
        let mut play = Play::with(vec![login("One", "me", password)], (80, 24));
        let list = play.screen();
        play.keys("Esc e");
        (list, play.screen())
    };
    assert_eq!(screen("a"), screen("a much longer password than the other one"));
    let typed = |text: &str| {
        let mut play = Play::locked((80, 24));
        play.text(text);
        let cursor = play.terminal().backend().cursor_position();
        (play.screen(), cursor)
    };
    assert_eq!(typed("a"), typed("correct horse battery staple"));
}
