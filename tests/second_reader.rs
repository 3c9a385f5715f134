//! An independent reader in Python (tests/reader.py), written from docs/format.md, reads every vector and says
//! the same of each as this program does.
//!
//! It wants python3 with the modules of tests/requirements.txt. Without them it is skipped, visibly; under
//! `CI=true` that is a failure.

mod figures;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

/// A run of python3 in the package's folder; none where there is no python3.
fn python(arguments: &[&str]) -> Option<Output> {
    let mut command = Command::new("python3");
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env("PYTHONDONTWRITEBYTECODE", "1").args(arguments);
    command.output().ok()
}

#[test]
fn a_second_reader_reads_every_vector_alike() {
    let modules = python(&["-c", "import argon2.low_level, nacl.bindings"]);
    if !modules.is_some_and(|output| output.status.success()) {
        let skipped = "SKIPPED: the second reader wants python3 and: pip install -r tests/requirements.txt";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{skipped}");
        // Written straight to the descriptor, since the harness keeps what a passing test prints.
        let _ = writeln!(std::io::stderr(), "{skipped}");
        return;
    }
    let output = python(&["tests/reader.py", "--vectors", "tests/vectors"]).unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    // So that a reader which silently skips does not pass.
    let read: usize = said.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap();
    assert_eq!(read, number_of_vectors());
    figures::figure("second-reader", &format!("{read} of {read} vectors read alike"));
}

/// All vectors but merges, which a reader does not do, and the landed vaults.
fn number_of_vectors() -> usize {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let names = |dir: &Path, ending: &str| -> Vec<_> {
        let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.extension().is_some_and(|extension| extension == ending)).collect()
    };
    let lists = names(&dir, "json").into_iter().filter(|path| !path.ends_with("merges.json"));
    let vectors = lists.map(|path| {
        let list: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        list.as_array().unwrap().len()
    });
    vectors.sum::<usize>() + names(&dir.join("landed"), "tresor").len()
}
