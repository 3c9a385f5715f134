//! A zip of files that are exports by themselves, as Dashlane's tables and Proton Pass's `data.json`: each is
//! told by its content and read by its own reader.

use super::zip::{Zip, is_zip};
use super::{Each, ImportError, Importer, Outcome, Place, Row, Skip, Unlock, detect};

/// The format.
pub struct Archive;

impl Importer for Archive {
    fn recognises(&self, source: &[u8]) -> bool {
        is_zip(source)
    }

    fn read(&self, source: &[u8], unlock: &Unlock, each: &mut Each<'_>) -> Result<(), ImportError> {
        let zip = Zip::open(source)?;
        let mut went_on = true;
        let mut is_known = false;
        for entry in zip.entries() {
            let content = entry.content()?;
            // An archive in an archive is no export, and could go on for ever.
            let format = if is_zip(content.expose()) { None } else { detect(content.expose()).ok() };
            match format.and_then(|format| format.importer) {
                Some(importer) => {
                    is_known = true;
                    importer.read(content.expose(), unlock, &mut |row| {
                        let flow = each(row);
                        went_on = flow.is_continue();
                        flow
                    })?;
                }
                None => {
                    let outcome = Outcome::Skipped(Skip::UnknownFile { name: entry.name.to_owned() });
                    went_on = each(Row { place: Place::TopLevel, outcome }).is_continue();
                }
            }
            if !went_on {
                return Ok(());
            }
        }
        if is_known { Ok(()) } else { Err(ImportError::UnknownFormat) }
    }
}
