//! Any bytes as an import of each table: the first byte says which, the rest is the file; also through the
//! conversion of encodings, the search for damaged values, and a mapping of columns.

#![no_main]

use std::ops::ControlFlow;

use libfuzzer_sys::fuzz_target;
use tresor::exchange::tables::mapping::Mapping;
use tresor::exchange::{FORMATS, Unlock, repair, source};
use zeroize::Zeroizing;

mod import;

fuzz_target!(|data: &[u8]| {
    let Some((first, file)) = data.split_first() else { return };
    let is_table = |format: &&tresor::exchange::Format| format.importer.is_some_and(|reader| !reader.tables().is_empty());
    let tables: Vec<_> = FORMATS.iter().filter(is_table).collect();
    let format = tables[usize::from(*first) % tables.len()];
    import::check(format.name, file);
    let Ok((text, _)) = source::plain(Zeroizing::new(file.to_vec())) else { return };
    import::check(format.name, &text);
    if let Ok(reader) = format.reader() {
        let _ = repair::find(reader, &text, &Unlock::default(), &mut |_| ControlFlow::Continue(()));
    }
    if let Ok(mapping) = Mapping::parse("title=#1,password=#2") {
        let _ = repair::find(&mapping, &text, &Unlock::default(), &mut |_| ControlFlow::Continue(()));
    }
});
