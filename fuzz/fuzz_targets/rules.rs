//! Any text as a recipe, as a table of sites, as the files of an import: bounded, and never a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tresor::crypto::random::SeededRandom;
use tresor::generate::{OwnWords, Recipe};
use tresor::sites::{Imported, Source, Sites, Table, import};

fuzz_target!(|bytes: &[u8]| {
    let readable = |text: &str| Recipe::parse(text).map(drop).map_err(|error| error.to_string());
    let files: Vec<(&'static str, &[u8])> = Imported::FILES.into_iter().map(|name| (name, bytes)).collect();
    let imported = import(&files, &readable);
    let (again, problems) = Table::parse(&imported.table.to_text(), &readable);
    assert!(problems.is_empty() && again == imported.table, "a table goes through its text");
    let _ = OwnWords::parse(bytes);

    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (table, _) = Table::parse(text, &readable);
    let sites = Sites::default().with(Source::Own, table);
    let _ = (sites.rule(text), sites.change_page(text), sites.same_login(text, "a.example"));
    let Ok(recipe) = Recipe::parse(text) else { return };
    let shown = recipe.to_string();
    assert!(shown.is_empty() || shown.len() > Recipe::MAX_TEXT || Recipe::parse(&shown).as_ref() == Ok(&recipe), "{shown}");
    if let Ok(bits) = recipe.entropy_bits() {
        let secret = recipe.generate(&mut SeededRandom::new(bytes.len() as u64)).expect("a secret");
        assert!(bits >= 0.0 && secret.len() <= 8 * 1024);
    }
});
