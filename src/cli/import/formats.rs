//! `import --formats`: what can be read and written.

use serde::Serialize;

use super::super::output;
use crate::exchange::{self, FORMATS, Format};
use crate::report::Failure;

#[derive(Serialize)]
struct Line {
    name: &'static str,
    title: &'static str,
    aliases: &'static [&'static str],
    read: bool,
    written: bool,
}

/// Lists the formats.
pub fn list(json: bool) -> Result<(), Failure> {
    let vault = Line { name: "vault", title: "another vault", aliases: &[], read: true, written: true };
    let line = |format: &Format| Line {
        name: format.name,
        title: format.title,
        aliases: format.aliases,
        read: format.importer.is_some(),
        written: format.exporter.is_some(),
    };
    let lines: Vec<Line> = FORMATS.iter().map(line).chain([vault]).collect();
    if json {
        return output::json(&lines);
    }
    let width = lines.iter().map(|line| line.name.len()).max().unwrap_or_default();
    let text = lines.iter().map(|line| {
        let ways = match (line.read, line.written) {
            (true, true) => "in, out",
            (true, false) => "in     ",
            (false, _) => "    out",
        };
        format!("{:width$}  {ways}  {}", line.name, line.title)
    });
    output::text(&text.collect::<Vec<_>>().join("\n"))
}

/// The format of this name.
///
/// # Errors
/// Exit 2, with the names there are.
pub fn named(name: &str) -> Result<&'static Format, Failure> {
    exchange::named(name).ok_or_else(|| {
        let formats = FORMATS.iter().filter(|format| format.importer.is_some());
        let names: Vec<&str> = formats.map(|format| format.name).chain(["vault"]).collect();
        Failure::usage(format!("there is no format {name:?}"))
            .hint(format!("Known are {}.", names.join(", ")))
    })
}
