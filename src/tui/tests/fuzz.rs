//! Any keys, on any screen, in a terminal of any size that changes at any time: nothing panics, and what was
//! typed survives.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    Key(String),
    Paste(String),
    Resize(u16, u16),
    Wait(u64),
    Fail(u8),
    Open,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let names: Vec<String> = [
        "Enter",
        "Tab",
        "Shift-Tab",
        "Backspace",
        "Delete",
        "Esc",
        "Esc",
        "Up",
        "Down",
        "Left",
        "Right",
        "Home",
        "End",
        "PgUp",
        "PgDn",
        "F1",
        "F5",
        "Space",
        "Ctrl-A",
        "Ctrl-B",
        "Ctrl-D",
        "Ctrl-E",
        "Ctrl-F",
        "Ctrl-G",
        "Ctrl-K",
        "Ctrl-L",
        "Ctrl-N",
        "Ctrl-P",
        "Ctrl-R",
        "Ctrl-S",
        "Ctrl-U",
        "Ctrl-W",
        "Ctrl-X",
        "Ctrl-Z",
        "Ctrl-C",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain(('!'..='~').map(|letter| letter.to_string()))
    .collect();
    let size = prop_oneof![3 => 0_u16..6, 2 => 6_u16..50, 1 => 50_u16..200];
    let step = prop_oneof![
        20 => proptest::sample::select(names).prop_map(Step::Key),
        1 => "[a👩\u{200D}\u{301}漢\u{202E}\n\u{1b}]{0,6}".prop_map(Step::Paste),
        3 => (size.clone(), size).prop_map(|(columns, rows)| Step::Resize(columns, rows)),
        1 => (0_u64..40).prop_map(Step::Wait),
        1 => any::<u8>().prop_map(Step::Fail),
        1 => Just(Step::Open),
    ];
    proptest::collection::vec(step, 1..60)
}

fn play(mut play: Play, steps: Vec<Step>) {
    for step in steps {
        match step {
            Step::Key(name) => drop(play.keys(&name)),
            Step::Paste(text) => drop(play.paste(&text)),
            Step::Resize(columns, rows) => drop(play.resize(columns, rows)),
            Step::Wait(seconds) => drop(play.wait(seconds)),
            Step::Fail(0..64) => play.saves = Some(Err("disk full".to_owned())),
            Step::Fail(64..128) => play.saves = Some(Ok(())),
            Step::Fail(128..192) => {
                play.send(Message::Generated(Err(Failure::new(Exit::Failed, "no randomness"))))
            }
            Step::Fail(_) => play.send(Message::Copied(Err(Failure::new(Exit::Failed, "no display")))),
            Step::Open => play.send(opened_message(vec![login("漢字", "a\u{301}", "x"), login("", "", "")])),
        }
        // A frame may also be drawn in another size than was told last.
        let mut terminal =
            Terminal::new(TestBackend::new(play.model.size.0 / 2, play.model.size.1 + 1)).unwrap();
        terminal.draw(|frame| view(&play.model, frame)).unwrap();
        drop(play.screen());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_open_vault(steps in steps()) {
        let mut items = demo::items();
        items.push(login("\u{1b}[31m\u{202E}", "\n", "\u{301}"));
        play(Play::with(items, (80, 24)), steps);
    }

    #[test]
    fn the_entrance(steps in steps(), wizard in any::<bool>()) {
        play(if wizard { Play::wizard((80, 24)) } else { Play::locked((80, 24)) }, steps);
    }
}

#[test]
fn every_screen_at_every_small_size() {
    let everywhere = [
        "",
        "Esc",
        "Esc Enter",
        "Esc e",
        "Esc a",
        "Esc a Enter",
        "Esc f",
        "Esc H",
        "Esc Y",
        "Esc ?",
        "Ctrl-G",
        "Esc I",
        "Esc E",
        "Esc E Enter",
        "Esc E j j j j j j Enter",
    ];
    for keys in everywhere {
        let mut play = Play::sample((80, 24));
        play.keys(keys);
        for columns in (0..30).chain([79, 80, 81]) {
            for rows in 0..14 {
                play.resize(columns, rows);
                drop(play.screen());
            }
        }
    }
}

#[test]
fn a_resize_keeps_what_was_typed_and_chosen() {
    let mut play = Play::sample((80, 24));
    play.keys("Esc G k k e").text("half").keys("Tab").text("typed");
    let before = play.screen();
    for (columns, rows) in [(1, 1), (20, 5), (200, 60), (0, 0), (80, 24)] {
        play.resize(columns, rows);
        drop(play.screen());
    }
    assert_eq!(play.screen(), before);
}
