//! A search of another process's writable memory for secrets, for their encodings, and for pieces of them.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;

/// Bytes of a secret that count as a piece of it.
const PIECE: usize = 5;
/// Most bytes that are read at once; pieces that lie across two reads are found as well.
const READ: usize = 4 << 20;
/// Letters that must follow each other at one distance to count as a secret taken apart.
const SPREAD_LETTERS: usize = 6;
/// Bytes between two letters of such a secret, at most: more than a cell of the screen or a message takes.
const SPREAD: usize = 512;

/// What is looked for.
#[derive(Default)]
pub struct Needles {
    patterns: Vec<(Vec<u8>, String)>,
    /// Patterns by their first [`PIECE`] bytes.
    by_start: HashMap<[u8; PIECE], Vec<usize>>,
    /// Which first three bytes some pattern has.
    starts: Vec<bool>,
    /// Texts that are also looked for letter by letter, at any distance.
    spread: Vec<(Vec<u8>, String)>,
}

/// Where something was found.
pub struct Hit {
    pub name: String,
    pub place: String,
    pub context: String,
}

#[allow(dead_code)] // several test programs share it, each with what it needs
impl Needles {
    /// Looks for a text: whole, in every piece, and in UTF-8, UTF-16, UTF-32, base64 and hexadecimal.
    pub fn text(&mut self, name: &str, text: &str) {
        let bytes = text.as_bytes();
        for width in [2, 4] {
            let wide: Vec<u8> = bytes
                .iter()
                .flat_map(|byte| std::iter::once(*byte).chain(std::iter::repeat_n(0, width - 1)))
                .collect();
            self.windows(&format!("{name} in UTF-{}", width * 8), &wide, PIECE * width, width);
        }
        self.bytes(name, bytes);
    }

    /// Looks for bytes: whole, in every piece, and in base64 and hexadecimal.
    pub fn bytes(&mut self, name: &str, bytes: &[u8]) {
        self.windows(name, bytes, PIECE, 1);
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        for hex in [hex.to_uppercase(), hex] {
            self.windows(&format!("{name} in hex"), hex.as_bytes(), PIECE * 2, 2);
        }
        for skip in 0..3.min(bytes.len()) {
            let whole = (bytes.len() - skip) / 3 * 3;
            let text = base64(&bytes[skip..skip + whole]);
            self.windows(&format!("{name} in base64"), text.as_bytes(), 7, 1);
        }
    }

    /// Looks for the letters of a text at any distance from each other, as in the cells of a screen.
    pub fn spread(&mut self, name: &str, text: &str) {
        self.spread.push((text.as_bytes().to_vec(), format!("{name}, letter by letter")));
    }

    fn windows(&mut self, name: &str, bytes: &[u8], len: usize, step: usize) {
        for window in bytes.windows(len).step_by(step) {
            self.starts.resize(1 << 24, false);
            self.starts[start_of(window)] = true;
            let number = self.patterns.len();
            self.patterns.push((window.to_vec(), name.to_owned()));
            self.by_start.entry(*window.first_chunk().unwrap()).or_default().push(number);
        }
    }

    /// What of it is in the writable memory of process `id`.
    ///
    /// # Errors
    /// Where the system does not let its memory be read.
    pub fn in_memory_of(&self, id: u32) -> io::Result<Vec<Hit>> {
        let memory = File::open(format!("/proc/{id}/mem"))?;
        let maps = fs::read_to_string(format!("/proc/{id}/maps"))?;
        let mut hits = Vec::new();
        let mut seen = 0;
        for line in maps.lines() {
            let mut words = line.split_whitespace();
            let (range, rights) = (words.next().unwrap(), words.next().unwrap());
            let name = words.nth(3).unwrap_or("memory of its own");
            if !rights.starts_with("rw") {
                continue;
            }
            let (start, end) = range.split_once('-').unwrap();
            let (start, end) =
                (u64::from_str_radix(start, 16).unwrap(), u64::from_str_radix(end, 16).unwrap());
            seen += end - start;
            self.in_mapping(&memory, start..end, name, &mut hits);
        }
        assert!(seen > 1 << 20, "only {seen} bytes were looked at");
        Ok(hits)
    }

    /// What of it is in these bytes, by name.
    pub fn in_text(&self, bytes: &[u8]) -> Vec<String> {
        // Patterns are looked for with something behind them.
        let padded = [bytes, &[0; PIECE]].concat();
        let mut names: Vec<String> =
            self.in_bytes(&padded).into_iter().map(|(_, name)| name.to_owned()).collect();
        names.sort();
        names.dedup();
        names
    }

    fn in_mapping(&self, memory: &File, range: std::ops::Range<u64>, name: &str, hits: &mut Vec<Hit>) {
        let mut at = range.start;
        let mut bytes = vec![0; READ];
        while at < range.end {
            let want = usize::try_from(range.end - at).unwrap().min(READ);
            // A mapping may be gone by now, and then holds nothing.
            let Ok(read @ 1..) = memory.read_at(&mut bytes[..want], at) else { return };
            for (offset, pattern) in self.in_bytes(&bytes[..read]) {
                let from = offset.saturating_sub(48);
                let context = &bytes[from..(offset + 64).min(read)];
                let context = context.escape_ascii().to_string().replace("\\x00", ".");
                let place =
                    format!("{name} at {:x} of {:x}-{:x}", at + offset as u64, range.start, range.end);
                hits.push(Hit { name: pattern.to_owned(), place, context });
            }
            let overlap = if at + (read as u64) < range.end { SPREAD * SPREAD_LETTERS } else { 0 };
            at += read.saturating_sub(overlap).max(1) as u64;
        }
    }

    fn in_bytes<'n>(&'n self, bytes: &[u8]) -> Vec<(usize, &'n str)> {
        let mut found = Vec::new();
        for at in 0..bytes.len().saturating_sub(PIECE - 1) {
            // Most of memory is zeros.
            if bytes[at] == 0 && bytes[at + 1] == 0 || !self.starts[start_of(&bytes[at..])] {
                continue;
            }
            let start: [u8; PIECE] = *bytes[at..].first_chunk().unwrap();
            for number in self.by_start.get(&start).into_iter().flatten() {
                let (pattern, name) = &self.patterns[*number];
                if bytes[at..].starts_with(pattern) {
                    found.push((at, name.as_str()));
                }
            }
        }
        for (text, name) in &self.spread {
            found.extend(letters_apart(text, bytes).into_iter().map(|at| (at, name.as_str())));
        }
        found
    }
}

/// Where [`SPREAD_LETTERS`] letters of `text` stand one after another at one distance that is a multiple of
/// four.
fn letters_apart(text: &[u8], bytes: &[u8]) -> Vec<usize> {
    let mut pairs = vec![false; 1 << 16];
    let mut first = [false; 256];
    for pair in text.windows(2) {
        pairs[usize::from(pair[0]) << 8 | usize::from(pair[1])] = true;
        first[usize::from(pair[0])] = true;
    }
    let mut found = Vec::new();
    for at in 0..bytes.len() {
        if !first[usize::from(bytes[at])] {
            continue;
        }
        for distance in (4..=SPREAD).step_by(4) {
            let Some(second) = bytes.get(at + distance) else { break };
            if !pairs[usize::from(bytes[at]) << 8 | usize::from(*second)] {
                continue;
            }
            let mut letters = (0..SPREAD_LETTERS).map(|number| bytes.get(at + number * distance).copied());
            let letters: Option<Vec<u8>> = letters.by_ref().collect();
            if letters.is_some_and(|letters| text.windows(SPREAD_LETTERS).any(|part| part == letters)) {
                found.push(at);
            }
        }
    }
    found
}

fn start_of(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 16 | usize::from(bytes[1]) << 8 | usize::from(bytes[2])
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letters = bytes.chunks_exact(3).flat_map(|three| {
        let bits = u32::from(three[0]) << 16 | u32::from(three[1]) << 8 | u32::from(three[2]);
        (0..4).map(move |number| ALPHABET[(bits >> (18 - 6 * number) & 63) as usize])
    });
    letters.map(char::from).collect()
}

/// What was found, a line for each secret, and where the first pieces of it lie.
pub fn told(hits: &[Hit]) -> String {
    let mut by_name: Vec<(&str, Vec<&Hit>)> = Vec::new();
    for hit in hits {
        match by_name.iter_mut().find(|(name, _)| *name == hit.name) {
            Some((_, all)) => all.push(hit),
            None => by_name.push((&hit.name, vec![hit])),
        }
    }
    let lines = by_name.iter().map(|(name, all)| {
        let places: String =
            all.iter().take(6).map(|hit| format!("\n    {}\n      {}", hit.place, hit.context)).collect();
        format!("{name}: {} pieces{places}\n", all.len())
    });
    lines.collect()
}

#[test]
fn the_search_finds_what_is_there() {
    let mut needles = Needles::default();
    needles.text("it", "xK9#mQ2vL8pW");
    needles.spread("it", "xK9#mQ2vL8pW");
    let finds = |bytes: &[u8]| !needles.in_bytes(&[&[0; 64], bytes, &[0; 64]].concat()).is_empty();
    let wide = |width: usize, text: &str| -> Vec<u8> {
        text.bytes().flat_map(|byte| std::iter::once(byte).chain(std::iter::repeat_n(0, width - 1))).collect()
    };
    for text in ["xK9#mQ2vL8pW", "mQ2vL", "784b39236d", "784B39236D", "eEs5I21R"] {
        assert!(finds(text.as_bytes()), "{text}");
    }
    assert!(finds(&wide(2, "xK9#mQ")) && finds(&wide(4, "K9#mQ")));
    assert!(finds(&wide(64, "K9#mQ2")) && finds(&wide(232, "K9#mQ2v")));
    assert!(!finds(b"mQ2v") && !finds(&wide(64, "K9#mQ")) && !finds(b"xk9#mq2vl8pw"));
}
