//! Any text through the sanitiser and onto a terminal: the terminal does nothing but print it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tresor::printable;

/// A terminal that only counts what it is told besides printing.
#[derive(Default)]
struct Foreign(usize);

impl vte::Perform for Foreign {
    fn execute(&mut self, byte: u8) {
        self.0 += usize::from(byte != b'\n' && byte != b'\t');
    }
    fn hook(&mut self, _: &vte::Params, _: &[u8], _: bool, _: char) {
        self.0 += 1;
    }
    fn put(&mut self, _: u8) {
        self.0 += 1;
    }
    fn osc_dispatch(&mut self, _: &[&[u8]], _: bool) {
        self.0 += 1;
    }
    fn csi_dispatch(&mut self, _: &vte::Params, _: &[u8], _: bool, _: char) {
        self.0 += 1;
    }
    fn esc_dispatch(&mut self, _: &[u8], _: bool, _: u8) {
        self.0 += 1;
    }
}

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let line = printable::line(&text);
    let lines = printable::lines(&text);
    assert!(!line.contains(['\n', '\t']));
    assert_eq!(line.chars().count(), text.chars().count(), "one mark for each character");
    for printed in [&*line, &*lines] {
        let mut foreign = Foreign::default();
        vte::Parser::new().advance(&mut foreign, printed.as_bytes());
        assert_eq!(foreign.0, 0, "{printed:?}");
        assert!(!printed.contains(['\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}', '\u{200b}', '\u{feff}']));
        assert_eq!(printable::lines(printed), printed, "once is enough");
    }
});
