//! The sample vault of `tresor demo`: entries that are invented from end to end, of many kinds, in the format
//! of an export (docs/json-format.md).

use std::ops::ControlFlow;

use crate::exchange::json::Json;
use crate::exchange::{Importer, Outcome, Unlock};
use crate::vault::item::Item;

const SAMPLE: &[u8] = include_bytes!("../assets/demo.json");

/// The sample's entries.
pub fn items() -> Vec<Item> {
    let mut items = Vec::new();
    // A test reads all of it; what could not be read would only be missing from the sample.
    let _ = Json.read(SAMPLE, &Unlock::default(), &mut |row| {
        if let Outcome::Item(item, _) = row.outcome {
            items.push(*item);
        }
        ControlFlow::Continue(())
    });
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otp::Otp;

    #[test]
    fn all_of_it_is_read() {
        let mut rows = 0;
        let read = Json.read(SAMPLE, &Unlock::default(), &mut |row| {
            let Outcome::Item(item, remarks) = row.outcome else { panic!("{:?}", row.place) };
            assert!(remarks.is_empty(), "{}: {remarks:?}", item.title);
            assert!(item.totp.as_ref().is_none_or(|text| Otp::parse(text).is_ok()), "{}", item.title);
            rows += 1;
            ControlFlow::Continue(())
        });
        assert_eq!((read, items().len()), (Ok(()), rows));
        assert!(rows >= 25);
    }
}
