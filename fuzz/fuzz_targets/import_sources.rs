//! Any bytes as each of the formats that have no target of their own: the first byte says which, the rest is the
//! file; or what stands in a file of pass.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tresor::exchange::pass::{Tree, TreeFile};
use tresor::secret::Secret;

mod import;

const FORMATS: [&str; 9] = [
    "keeper-json",
    "passman-json",
    "dashlane-json",
    "otpauth",
    "aegis-json",
    "andotp-json",
    "freeotp-json",
    "keepassx-xml",
    "safeincloud-xml",
];

fuzz_target!(|data: &[u8]| {
    let Some((first, file)) = data.split_first() else { return };
    match FORMATS.get(usize::from(*first) % (FORMATS.len() + 1)) {
        Some(format) => import::check(format, file),
        None => ["name", "name.b64"].iter().for_each(|name| {
            let path = vec!["folder".to_owned(), (*name).to_owned()];
            let tree = Tree { files: vec![TreeFile { path, content: Ok(Secret::copy_of(file)) }] };
            import::check_reader(&tree, &[]);
        }),
    }
});
