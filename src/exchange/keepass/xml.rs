//! XML of KeePass as elements, one after another, with values that a keystream hides shown on the way.
//!
//! No recursion, no entities but the five of XML, no document type; depth and attributes are bounded. Text
//! goes into locked memory as it is read. Every hidden value takes its part of the stream, also one that
//! nobody asks for.

use std::io::{self, BufRead, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use zeroize::Zeroizing;

use super::super::base64;
use super::error::KeePassError;
use crate::crypto::kdbx::Keystream;
use crate::secret::Secret;

/// Elements within elements.
const MOST_DEPTH: usize = 300;
/// Attributes of an element.
const MOST_ATTRIBUTES: usize = 16;
/// Bytes of a name.
const MOST_NAME: usize = 256;
/// Bytes of one tag or text: a file of 96 MiB in base 64.
const MOST_STEP: usize = 128 << 20;
/// Bytes of the value of an attribute, escaped.
const MOST_VALUE: usize = 4 << 20;

/// The document type of KeePassX 1.
const KEEPASSX: &[u8] = b"KEEPASSX_DATABASE";

/// XML, read from its beginning.
pub struct Xml<R> {
    reader: Reader<Metered<R>>,
    keystream: Keystream,
    buffer: Zeroizing<Vec<u8>>,
    text: Zeroizing<Vec<u8>>,
    depth: usize,
}

/// The beginning of an element.
#[derive(Debug)]
pub struct Tag {
    /// Its name.
    pub name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All attributes.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Whether an attribute says yes.
    pub fn says(&self, name: &str) -> bool {
        self.attribute(name).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    }
}

/// What comes next.
enum Step {
    Open(Tag),
    Text,
    Close,
    End,
}

impl<R: BufRead> Xml<R> {
    /// The XML that `source` gives.
    pub fn new(source: R, keystream: Keystream) -> Self {
        let mut reader = Reader::from_reader(Metered { source, left: MOST_STEP });
        reader.config_mut().expand_empty_elements = true;
        let (buffer, text) = (Zeroizing::default(), Zeroizing::default());
        Self { reader, keystream, buffer, text, depth: 0 }
    }

    /// The next element within the one that was opened last and is not closed yet; none where that ends.
    ///
    /// # Errors
    /// [`KeePassError::Xml`], [`KeePassError::HostileXml`].
    pub fn child(&mut self) -> Result<Option<Tag>, KeePassError> {
        loop {
            match self.step()? {
                Step::Open(tag) => return Ok(Some(tag)),
                Step::Close | Step::End => return Ok(None),
                Step::Text => self.text.clear(),
            }
        }
    }

    /// The content of the element that was just opened, up to its end, with that of the elements within.
    ///
    /// # Errors
    /// As [`Xml::child`], and where a hidden value is not base 64.
    pub fn content(&mut self, tag: &Tag) -> Result<Secret, KeePassError> {
        self.text.clear();
        let depth = self.depth;
        // Where a hidden value begins in the text, and how deep its element is.
        let mut hidden = tag.says("Protected").then_some((0, depth));
        while self.depth >= depth {
            match self.step()? {
                Step::Open(inner) if hidden.is_none() && inner.says("Protected") => {
                    hidden = Some((self.text.len(), self.depth));
                }
                // A line break, as KeePassX 1 writes it.
                Step::Open(inner) if inner.name == "br" => self.text.push(b'\n'),
                Step::Open(_) | Step::Text => {}
                Step::Close => {
                    if let Some((start, _)) = hidden.take_if(|(_, depth)| self.depth < *depth) {
                        self.show(start)?;
                    }
                }
                Step::End => return Err(self.damaged()),
            }
        }
        let content = Secret::copy_of(&self.text);
        self.text.clear();
        Ok(content)
    }

    /// Puts what a hidden value stands for in its place, which is the end of the text.
    fn show(&mut self, start: usize) -> Result<(), KeePassError> {
        let text = self.text.get(start..).unwrap_or_default();
        let mut value = decoded(text).ok_or(KeePassError::Damaged("a protected value cannot be read"))?;
        self.keystream.apply(value.expose_mut());
        self.text.truncate(start);
        self.text.extend_from_slice(value.expose());
        Ok(())
    }

    fn step(&mut self) -> Result<Step, KeePassError> {
        loop {
            self.buffer.clear();
            self.reader.get_mut().left = MOST_STEP;
            let event = self.reader.read_event_into(&mut self.buffer);
            let at = self.reader.buffer_position();
            let step = match event.map_err(|error| of_quick_xml(&error, at))? {
                Event::Start(start) => {
                    self.depth += 1;
                    if self.depth > MOST_DEPTH {
                        return Err(KeePassError::HostileXml("elements nested too deep"));
                    }
                    Step::Open(tag(&start, at)?)
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    Step::Close
                }
                Event::Text(text) => {
                    push_text(&mut self.text, &text, at)?;
                    Step::Text
                }
                Event::CData(text) => {
                    push_text(&mut self.text, &text, at)?;
                    Step::Text
                }
                Event::GeneralRef(reference) => {
                    let letter = letter(&reference).ok_or(KeePassError::Xml { at })?;
                    self.text.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                    Step::Text
                }
                // The one that KeePassX 1 writes, which declares nothing.
                Event::DocType(name) if name.trim_ascii() == KEEPASSX => continue,
                Event::DocType(_) => return Err(KeePassError::HostileXml("a document type")),
                Event::Eof if self.depth > 0 => return Err(KeePassError::Xml { at }),
                Event::Eof => Step::End,
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
            };
            return Ok(step);
        }
    }

    /// Damage where the reader is.
    pub fn damaged(&self) -> KeePassError {
        KeePassError::Xml { at: self.reader.buffer_position() }
    }
}

/// A source of which one step reads only so much.
struct Metered<R> {
    source: R,
    left: usize,
}

impl<R: BufRead> Read for Metered<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let len = self.fill_buf()?.read(out)?;
        self.consume(len);
        Ok(len)
    }
}

impl<R: BufRead> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let bytes = self.source.fill_buf()?;
        if self.left == 0 && !bytes.is_empty() {
            return Err(KeePassError::HostileXml("a value of more than 128 MiB").into_io());
        }
        Ok(bytes.get(..self.left.min(bytes.len())).unwrap_or_default())
    }

    fn consume(&mut self, len: usize) {
        self.left = self.left.saturating_sub(len);
        self.source.consume(len);
    }
}

/// Base 64 with or without blanks in it.
pub fn decoded(text: &[u8]) -> Option<Secret> {
    if !text.iter().any(u8::is_ascii_whitespace) {
        return base64::decode(text);
    }
    let letters = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace());
    base64::decode(&Zeroizing::new(letters.collect::<Vec<u8>>()))
}

fn tag(start: &BytesStart<'_>, at: u64) -> Result<Tag, KeePassError> {
    let text = |bytes: &[u8]| {
        let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= MOST_NAME);
        text.map(str::to_owned).ok_or(KeePassError::Xml { at })
    };
    let mut attributes = Vec::new();
    for attribute in start.attributes().with_checks(false) {
        if attributes.len() == MOST_ATTRIBUTES {
            return Err(KeePassError::HostileXml("too many attributes"));
        }
        let attribute = attribute.map_err(|_| KeePassError::Xml { at })?;
        let value = std::str::from_utf8(&attribute.value).ok().filter(|value| value.len() <= MOST_VALUE);
        let value = value.and_then(|value| quick_xml::escape::unescape(value).ok());
        attributes.push((text(attribute.key.as_ref())?, value.ok_or(KeePassError::Xml { at })?.into_owned()));
    }
    Ok(Tag { name: text(start.name().as_ref())?, attributes })
}

/// Adds text, its line ends made those of XML (XML 1.0, section 2.11).
fn push_text(out: &mut Vec<u8>, text: &[u8], at: u64) -> Result<(), KeePassError> {
    let mut rest = std::str::from_utf8(text).map_err(|_| KeePassError::Xml { at })?;
    while let Some((line, after)) = rest.split_once('\r') {
        out.extend_from_slice(line.as_bytes());
        out.push(b'\n');
        rest = after.strip_prefix('\n').unwrap_or(after);
    }
    out.extend_from_slice(rest.as_bytes());
    Ok(())
}

/// What a reference stands for. No others are known without a document type.
fn letter(reference: &BytesRef<'_>) -> Option<char> {
    match &**reference {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        _ => reference.resolve_char_ref().ok().flatten(),
    }
}

fn of_quick_xml(error: &quick_xml::Error, at: u64) -> KeePassError {
    match error {
        quick_xml::Error::Io(error) => KeePassError::of_io(error, "its content ends early"),
        _ => KeePassError::Xml { at },
    }
}
