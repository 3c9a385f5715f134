//! What holds for every importer: no panic, and what was read and written again reads as the same entries.

use std::ops::ControlFlow;

use tresor::crypto::random::SeededRandom;
use tresor::exchange::{self, Fresh, Importer, Outcome, Row, Unlock, known};
use tresor::time::Timestamp;
use tresor::vault::item::Item;

/// Reads `data` as the format of this name, whatever it looks like.
pub fn check(format: &str, data: &[u8]) {
    let _ = exchange::detect(data);
    let Some(format) = exchange::named(format) else { panic!("no format {format}") };
    check_reader(format.reader().expect("it is read"), data);
}

/// What was read is written as our own JSON, which loses nothing, and read again.
pub fn check_reader(reader: &dyn Importer, data: &[u8]) {
    let _ = reader.load(data).map_err(|error| error.to_string());
    let items = items_of(reader, data);
    let own = exchange::named("json").expect("our own format");
    let mut written = Vec::new();
    let fresh = &mut Fresh { password: None, random: &mut SeededRandom::new(1), now: Timestamp(1) };
    let exporter = own.exporter.expect("it is written");
    exporter.write(&mut items_of(reader, data).into_iter(), fresh, &mut written).expect("memory takes all");
    let again = items_of(own.reader().expect("it is read"), &written);
    assert_eq!(again.len(), items.len());
    assert!(items.iter().zip(&again).all(|(one, other)| known::same(one, other)), "written and read again");
}

fn items_of(reader: &dyn Importer, data: &[u8]) -> Vec<Item> {
    let mut items = Vec::new();
    let mut each = |row: Row| {
        let _ = row.place.to_string();
        match row.outcome {
            Outcome::Item(item, remarks) => {
                let _: Vec<String> = remarks.iter().map(ToString::to_string).collect();
                items.push(*item);
            }
            Outcome::Skipped(skip) => drop(skip.to_string()),
            Outcome::Folder(_) | Outcome::Blank => {}
        }
        ControlFlow::Continue(())
    };
    if let Err(error) = reader.read(data, &Unlock::default(), &mut each) {
        let _ = error.to_string();
    }
    items
}
