//! One run of the key derivation, to be timed beside others: `derive KIB PASSES LANES < password`.

use std::env;
use std::io::Read;

use tresor::crypto::kdf::{Cost, argon2id};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let numbers: Vec<u32> = env::args().skip(1).map(|number| number.parse()).collect::<Result<_, _>>()?;
    let [memory, passes, lanes] = numbers.as_slice() else { return Err("derive KIB PASSES LANES".into()) };
    let mut password = Vec::new();
    std::io::stdin().read_to_end(&mut password)?;
    argon2id(&password, b"saltsaltsaltsalt", Cost::new(*memory, *passes, *lanes)?)?;
    Ok(())
}
