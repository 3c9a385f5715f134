//! Opening, searching and saving large vaults.

fn main() {
    divan::main();
}
