//! Any bytes as what a terminal sends. Cut at any place they mean the same, and nothing panics.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tresor::tui::decode::Decoder;
use tresor::tui::key::Key;
use tresor::tui::message::Message;

#[derive(PartialEq, Eq)]
enum Told {
    Key(Key),
    Paste(Vec<u8>),
    Other(std::mem::Discriminant<Message>),
}

fn told(message: &Message) -> Told {
    match message {
        Message::Key(key) => Told::Key(**key),
        Message::Paste(text) => Told::Paste(text.expose().to_vec()),
        other => Told::Other(std::mem::discriminant(other)),
    }
}

fuzz_target!(|data: &[u8]| {
    let (mut at_once, mut in_pieces) = (Vec::new(), Vec::new());
    let mut whole = Decoder::default();
    whole.feed(data, &mut |message| at_once.push(told(&message)));
    let mut pieces = Decoder::default();
    for byte in data {
        pieces.feed(&[*byte], &mut |message| in_pieces.push(told(&message)));
    }
    assert!(at_once == in_pieces && whole.is_waiting() == pieces.is_waiting());
    whole.settle(&mut |_| ());
});
