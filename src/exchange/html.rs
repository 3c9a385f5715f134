//! Entries as a page to print: one file, no script, nothing from elsewhere, every text escaped.

use std::io::{self, Write};

use super::{Exporter, Fresh, LossKind, Losses};
use crate::secret::Secret;
use crate::vault::item::Item;
use crate::vault::kinds;

/// The format, which is only written.
pub struct Html;

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
    <meta name=\"referrer\" content=\"no-referrer\">\n<title>Passwords</title>\n<style>\n\
    body { font: 11pt sans-serif; margin: 2em; }\n\
    section { break-inside: avoid; border-top: 1px solid; padding: 0.5em 0; }\n\
    h2 { font-size: 1.1em; margin: 0; }\n\
    dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2em 1em; margin: 0.3em 0; }\n\
    dd { margin: 0; font-family: monospace; white-space: pre-wrap; overflow-wrap: anywhere; }\n\
    </style>\n</head>\n<body>\n";

impl Exporter for Html {
    fn write(
        &self,
        items: &mut dyn Iterator<Item = Item>,
        _: &mut Fresh<'_>,
        out: &mut dyn Write,
    ) -> io::Result<Losses> {
        let mut losses = Losses::default();
        out.write_all(HEAD.as_bytes())?;
        for item in items {
            if item.trashed {
                losses.add(LossKind::Trashed, &item.title);
                continue;
            }
            let lost = [
                (LossKind::History, !item.history.is_empty()),
                (LossKind::Attachments, !item.attachments.is_empty()),
                (LossKind::Passkeys, !item.passkeys.is_empty()),
                (
                    LossKind::Upkeep,
                    !item.upkeep.is_none() || item.fields.iter().any(|field| field.ticked_off),
                ),
                (LossKind::NotText, has_bytes(&item)),
            ];
            lost.iter().filter(|(_, is)| *is).for_each(|(kind, _)| losses.add(*kind, &item.title));
            entry(&item, out)?;
        }
        out.write_all(b"</body>\n</html>\n")?;
        Ok(losses)
    }
}

fn has_bytes(item: &Item) -> bool {
    let singles = [&item.password, &item.note, &item.totp].into_iter().flatten();
    singles.chain(item.fields.iter().map(|field| &field.value)).any(|secret| secret.expose_str().is_none())
}

fn entry(item: &Item, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"<section>\n<h2>")?;
    escaped(item.title.as_bytes(), out)?;
    out.write_all(b"</h2>\n<dl>\n")?;
    let secret = |secret: &'_ Option<Secret>| secret.as_ref().map(Secret::duplicate);
    let text = |text: &str| Some(Secret::copy_of(text.as_bytes()));
    let kind = kinds::named(&item.kind).map_or(item.kind.as_str(), |kind| kind.title);
    let time = |time: Option<crate::time::Timestamp>| time.and_then(|time| text(&time.to_string()));
    row("Kind", Some(kind).filter(|_| item.kind != kinds::LOGIN).and_then(text), out)?;
    row("Username", text(&item.username), out)?;
    row("Password", secret(&item.password), out)?;
    for url in &item.urls {
        row("URL", text(url), out)?;
    }
    row("One-time code", secret(&item.totp), out)?;
    for field in &item.fields {
        row(&field.name, Some(field.value.duplicate()), out)?;
    }
    row("Note", secret(&item.note), out)?;
    row("Folder", text(&item.folder), out)?;
    row("Tags", text(&item.tags.join(", ")), out)?;
    row("Favourite", Some("yes").filter(|_| item.favourite).and_then(text), out)?;
    row("Created", time(item.created), out)?;
    row("Modified", time(item.modified), out)?;
    row("Last used", time(item.last_used), out)?;
    out.write_all(b"</dl>\n</section>\n")
}

fn row(label: &str, value: Option<Secret>, out: &mut dyn Write) -> io::Result<()> {
    let Some(value) = value.filter(|value| !value.is_empty()) else { return Ok(()) };
    out.write_all(b"<dt>")?;
    escaped(label.as_bytes(), out)?;
    out.write_all(b"</dt><dd>")?;
    escaped(value.expose(), out)?;
    out.write_all(b"</dd>\n")
}

/// Text with nothing in it that a page takes for markup; bytes that are no text become U+FFFD.
fn escaped(text: &[u8], out: &mut dyn Write) -> io::Result<()> {
    for chunk in text.utf8_chunks() {
        let mut rest = chunk.valid().as_bytes();
        while let Some(at) =
            rest.iter().position(|byte| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'' | b'\r'))
        {
            let (before, after) = rest.split_at(at);
            out.write_all(before)?;
            out.write_all(match after.first() {
                Some(b'&') => b"&amp;",
                Some(b'<') => b"&lt;",
                Some(b'>') => b"&gt;",
                Some(b'"') => b"&quot;",
                Some(b'\'') => b"&#39;",
                _ => b"&#13;",
            })?;
            rest = after.get(1..).unwrap_or_default();
        }
        out.write_all(rest)?;
        if !chunk.invalid().is_empty() {
            out.write_all("\u{FFFD}".as_bytes())?;
        }
    }
    Ok(())
}
