//! A vault file that asks for more than this program gives is refused before anything is allocated for it: by the
//! real program, in 64 MiB of address space, within milliseconds. Every vector of a bad cost is tried.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tresor::crypto::derive::sha256;

use figures::{figure, quick_or_long};

mod figures;

/// Address space of a run, in KiB.
const LIMIT: u64 = 64 * 1024;
/// Most that a refusal may take beyond what the program takes to say its version.
const ROOM: u64 = 5 * 1024;
const PATIENCE: Duration = Duration::from_millis(10);

/// The program: the release one for the long run, if it is built.
fn program() -> (PathBuf, &'static str) {
    let release = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/release/tresor");
    let is_long = quick_or_long(false, true);
    if is_long && release.exists() {
        (release, "release")
    } else {
        (env!("CARGO_BIN_EXE_tresor").into(), "the build under test")
    }
}

/// Runs the program with so much address space, and gives how long it took.
fn run(program: &Path, home: &Path, kib: u64, arguments: &[&str]) -> (Output, Duration) {
    let script = format!("ulimit -v {kib}; exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script]).arg(program).args(arguments).env_clear().env("HOME", home);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let start = Instant::now();
    let mut child = command.spawn().unwrap();
    // It may be refused, and the program gone, before anything is read.
    let _ = child.stdin.take().unwrap().write_all(b"correct horse battery staple\n");
    let output = child.wait_with_output().unwrap();
    (output, start.elapsed())
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// The file of a vector, which is a vault with some bytes put in it and its digest made right again.
fn file_of(vectors: &Path, vector: &Value) -> Vec<u8> {
    let base = vector["base"].as_str().unwrap();
    let mut file = fs::read(vectors.join(format!("vaults/{base}.tresor"))).unwrap();
    for change in vector["changes"].as_array().unwrap() {
        match (change.get("put"), change.as_str()) {
            (Some(put), _) => {
                let at = usize::try_from(put["at"].as_u64().unwrap()).unwrap();
                let bytes = hex(put["hex"].as_str().unwrap());
                file[at..at + bytes.len()].copy_from_slice(&bytes);
            }
            (None, Some("fix_digest")) => {
                let digest = sha256(&[&file[..96], &file[128..]]);
                file[96..128].copy_from_slice(&digest);
            }
            _ => panic!("{vector}"),
        }
    }
    file
}

#[test]
fn every_bad_cost_is_refused_at_once_and_for_nothing() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let all: Vec<Value> = serde_json::from_slice(&fs::read(vectors.join("files.json")).unwrap()).unwrap();
    let bad = all.iter().filter(|vector| vector["expect"].as_str().unwrap().starts_with("Kdf"));
    let bad: Vec<&Value> = bad.collect();
    assert!(bad.len() >= 15, "only {} vectors", bad.len());
    let home = std::env::temp_dir().join(format!("tresor-hostile-header-{}", std::process::id()));
    fs::create_dir_all(&home).unwrap();
    let (program, which) = program();
    let says_version = |kib: &u64| run(&program, &home, *kib, &["--version"]).0.status.success();
    let least = (1..=64).map(|mib| mib * 1024).find(says_version).expect("64 MiB for the program itself");
    let times = quick_or_long(5, 25);
    let mut slowest = Duration::ZERO;
    for vector in &bad {
        let path = home.join("vault");
        fs::write(&path, file_of(&vectors, vector)).unwrap();
        let arguments = ["--vault", path.to_str().unwrap(), "--password-stdin", "ls"];
        let refused = |kib: u64| {
            let (output, took) = run(&program, &home, kib, &arguments);
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(7), "{vector}: {said}");
            assert!(said.contains("key derivation cost too"), "{vector}: {said}");
            took
        };
        // The machine may be busy: what the program itself takes is the least of some runs.
        let took = (0..times).map(|_| refused(LIMIT)).min().unwrap();
        slowest = slowest.max(took);
        refused(least + ROOM);
    }
    fs::remove_dir_all(&home).unwrap();
    // An unoptimised program starts more slowly than it refuses.
    let patience = if which == "release" { PATIENCE } else { PATIENCE * 5 };
    assert!(slowest < patience, "{slowest:?}");
    figure(
        "hostile-header",
        &format!(
            "{} vectors refused in 64 MiB of address space, the slowest in {:.1} ms with the start of the program, \
             and within 5 MiB more than `--version` takes ({which})",
            bad.len(),
            slowest.as_secs_f64() * 1000.0
        ),
    );
}
