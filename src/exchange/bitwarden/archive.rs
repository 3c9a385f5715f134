//! Bitwarden's zip: the plain export as `data.json`, and each file as `attachments/<id of its item>/<name>`.

use std::collections::HashMap;

use super::super::zip::{Entry, Zip, is_zip};
use super::super::{Each, ImportError, Importer, Outcome, Place, Row, Skip, Unlock};
use super::read;

/// The format.
pub struct Archive;

const DATA: &str = "data.json";

impl Importer for Archive {
    fn recognises(&self, source: &[u8]) -> bool {
        is_zip(source) && Zip::open(source).is_ok_and(|zip| zip.named(DATA).is_some())
    }

    fn read(&self, source: &[u8], _: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        let zip = Zip::open(source)?;
        let data = zip.named(DATA).ok_or(ImportError::UnknownFormat)?.content()?;
        let mut files: HashMap<&str, Vec<&Entry<'_>>> = HashMap::new();
        let mut unknown = Vec::new();
        for entry in zip.entries().iter().filter(|entry| entry.name != DATA) {
            let path = entry.name.strip_prefix("attachments/").and_then(|path| path.split_once('/'));
            match path {
                Some((id, _)) => files.entry(id).or_default().push(entry),
                None => unknown.push(entry),
            }
        }
        let mut went_on = true;
        read::read(
            data.expose(),
            &mut |id, draft| {
                files.remove(id).unwrap_or_default().iter().for_each(|entry| draft.attach_entry(entry))
            },
            &mut |row| {
                let flow = each(row);
                went_on = flow.is_continue();
                flow
            },
        )?;
        let mut left: Vec<&str> =
            unknown.iter().chain(files.values().flatten()).map(|entry| entry.name).collect();
        left.sort_unstable();
        for key in left.into_iter().take_while(|_| went_on) {
            let outcome = Outcome::Skipped(Skip::UnknownFile { name: key.to_owned() });
            if each(Row { place: Place::TopLevel, outcome }).is_break() {
                break;
            }
        }
        Ok(())
    }
}
