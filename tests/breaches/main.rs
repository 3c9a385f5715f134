//! Lists of breached passwords: found is what is in them, at any length; what is no such list is refused.

mod list;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::os::unix::fs::FileTypeExt;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs, process};

use list::Long;
use proptest::prelude::*;
use tresor::crypto::breach::BreachHash;
use tresor::secret::Secret;
use tresor::store::breaches::{BreachError, Breaches, Flaw, LineError, Sorted};

const FORTY_GB: u64 = 40_000_000_000;

/// A folder of a test's own.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("tresor-breaches-{}-{name}", process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn with(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn secret(password: &str) -> Secret {
    Secret::copy_of(password.as_bytes())
}

/// The list of these passwords, in order.
fn listed(hash: BreachHash, passwords: &[(&str, u64)], end: &str) -> String {
    let lines: BTreeMap<String, u64> = passwords
        .iter()
        .map(|(password, count)| (hash.hex(password.as_bytes()).to_string(), *count))
        .collect();
    lines.iter().map(|(hash, count)| format!("{hash}:{count}{end}")).collect()
}

fn refused(content: impl AsRef<[u8]>) -> Flaw {
    let folder = Folder::new("refused");
    match Breaches::open(&folder.with("list.txt", content)).err() {
        Some(BreachError::Malformed { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_list_of_either_hash_in_any_case_and_with_any_line_ends() {
    let passwords = [("123456", 37_359_195), ("hunter2", 17_043), ("пароль", 1)];
    let folder = Folder::new("either");
    for hash in [BreachHash::Sha1, BreachHash::Ntlm] {
        let unix = listed(hash, &passwords, "\n");
        let windows = listed(hash, &passwords, "\r\n");
        for content in [unix.clone(), unix.to_lowercase(), unix.trim_end().to_owned(), windows] {
            let mut breaches = Breaches::open(&folder.with("list.txt", content)).unwrap();
            assert_eq!(breaches.hash(), hash);
            for (password, count) in passwords {
                assert_eq!(breaches.count(&secret(password)).unwrap(), Some(count));
            }
            assert_eq!(breaches.count(&secret("xK9#mQ2vL8pW")).unwrap(), None);
            assert_eq!(breaches.count(&secret("")).unwrap(), None);
        }
    }
    // Without counts, and as ranges are filled up with hashes that nobody had.
    let hex = BreachHash::Sha1.hex(b"hunter2");
    let mut breaches = Breaches::open(&folder.with("bare.txt", format!("{}\n", *hex))).unwrap();
    assert_eq!(breaches.count(&secret("hunter2")).unwrap(), Some(0));
    let mut breaches = Breaches::open(&folder.with("filled.txt", format!("{}:0\n", *hex))).unwrap();
    assert_eq!(breaches.count(&secret("hunter2")).unwrap(), None);
}

#[test]
fn a_folder_of_range_files() {
    for (hash, is_small, end) in
        [(BreachHash::Sha1, false, "\r\n"), (BreachHash::Sha1, true, "\n"), (BreachHash::Ntlm, false, "\n")]
    {
        let folder = Folder::new(&format!("ranges-{}-{is_small}", hash.digits()));
        let hex = hash.hex(b"hunter2").to_string();
        let hex = if is_small { hex.to_lowercase() } else { hex };
        let (prefix, rest) = hex.split_at(5);
        let low = "0".repeat(rest.len());
        folder.with("00000.txt", format!("{low}:3{end}{rest}:1{end}"));
        folder.with(&format!("{prefix}.txt"), format!("{low}:2{end}{rest}:17043{end}"));
        let mut breaches = Breaches::open(&folder.0).unwrap();
        assert_eq!(breaches.hash(), hash);
        assert_eq!(breaches.count(&secret("hunter2")).unwrap(), Some(17043));
        let missing = breaches.count(&secret("hunter3")).unwrap_err();
        assert!(matches!(missing, BreachError::MissingRange(_)), "{missing}");
        folder.with(&format!("{prefix}.txt"), format!("{rest}:17043{end}{low}:2{end}"));
        let unordered = breaches.count(&secret("hunter2")).unwrap_err();
        assert!(
            matches!(unordered, BreachError::Malformed { reason: Flaw::Unordered(_), .. }),
            "{unordered}"
        );
    }
    let folder = Folder::new("no-ranges");
    assert!(matches!(Breaches::open(&folder.0).err(), Some(BreachError::NoRangeFiles(_))));
    folder.with("00000.txt", "not a range\n");
    assert!(matches!(Breaches::open(&folder.0).err(), Some(BreachError::Malformed { .. })));
}

#[test]
fn what_is_no_list_is_refused() {
    let line = |digits: usize, count: &str| format!("{}{count}\n", "A".repeat(digits));
    assert_eq!(refused(""), Flaw::Empty);
    assert_eq!(refused("\n \r\n"), Flaw::Empty);
    let at_start = |error| Flaw::Line { at: 0, error };
    assert_eq!(refused("password123\n"), at_start(LineError::NotAHash));
    assert_eq!(refused(b"\x7fELF\x02\x01\0\0\0\0\n"), at_start(LineError::NotAHash));
    assert_eq!(refused(vec![0; 100_000]), at_start(LineError::TooLong));
    assert_eq!(refused(line(64, ":1")), at_start(LineError::Digits(64)), "SHA-256");
    assert_eq!(refused("A".repeat(1_000_000)), at_start(LineError::TooLong));
    assert_eq!(refused(line(40, ":many")), at_start(LineError::NotAHash));
    assert_eq!(refused(line(40, ":99999999999999999999")), at_start(LineError::NotAHash));
    // Cut off: in a hash, before a count, in front of it.
    for cut in ["AAAA", &"B".repeat(40), &format!("{}:", "B".repeat(40))] {
        assert_eq!(refused(line(40, ":1") + cut), Flaw::Cut, "{cut}");
    }
    assert_eq!(refused(line(40, ":1") + &line(32, ":1")), Flaw::Cut, "both hashes in one file");
    let mixed = line(40, ":1") + &line(32, ":1") + &line(40, ":1");
    assert_eq!(refused(mixed), Flaw::Line { at: 43, error: LineError::Digits(32) });
    assert_eq!(refused(format!("{}:1\n{}:1\n", "B".repeat(40), "A".repeat(40))), Flaw::Unordered(43));
}

#[test]
fn what_is_no_file_is_refused_and_not_waited_for() {
    let folder = Folder::new("special");
    let pipe = folder.0.join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
    for path in [pipe, PathBuf::from("/dev/zero"), folder.0.join("none")] {
        assert!(matches!(Breaches::open(&path).err(), Some(BreachError::Store(_))), "{}", path.display());
    }
}

/// As the list ordered by count is, and one that somebody put together.
#[test]
fn a_list_that_is_not_ordered_is_refused() {
    let passwords: Vec<String> = (0..20_000).map(|number| format!("password{number}")).collect();
    let line = |password: &String| format!("{}:7\n", *BreachHash::Sha1.hex(password.as_bytes()));
    let mut lines: Vec<String> = passwords.iter().map(line).collect();
    assert!(matches!(refused(lines.concat()), Flaw::Unordered(_)));
    lines.sort();
    let half = lines.len() / 2;
    let halves = [&lines[half..], &lines[..half]].concat();
    assert!(matches!(refused(halves.concat()), Flaw::Unordered(_)));
    // What a sample does not see, the look-up that comes upon it does.
    let mut one = lines.clone();
    one[half] = lines[3].clone();
    let content = one.concat();
    if let Ok((mut sorted, _)) = Sorted::open(Cursor::new(content.as_bytes()), content.len() as u64) {
        let near = lines[half + 1].split(':').next().unwrap().as_bytes();
        let found = sorted.count(near);
        assert!(found.is_err() || matches!(found, Ok(Some(7))));
        assert!(sorted.count(lines[half].split(':').next().unwrap().as_bytes()).is_err());
    }
}

#[test]
fn a_file_that_shrinks_is_noticed() {
    let long = Long::new(1_000_000, &[]);
    let (mut sorted, _) = Sorted::open(long.clone(), long.len()).unwrap();
    assert!(sorted.count(&[b'F'; 40]).is_ok());
    let content: String = (0..2000).map(|number| format!("{number:040X}:1\n")).collect();
    let half = &content.as_bytes()[..content.len() / 2];
    assert!(Sorted::open(Cursor::new(half), content.len() as u64).is_err());
}

const KNOWN: [(&str, u64); 4] =
    [("123456", 37_359_195), ("password", 9_545_824), ("hunter2", 17_043), ("ж", 2)];

#[test]
fn forty_gigabytes_take_a_few_reads() {
    let long = Long::new(FORTY_GB, &KNOWN.map(|(password, count)| (password, count % 10_000_000)));
    let (mut sorted, hash) = Sorted::open(long.clone(), long.len()).unwrap();
    assert!(long.reads.borrow().len() < 100);
    let mut most = 0;
    for number in 0..500 {
        let known = KNOWN.get(number).copied();
        let password = known.map_or(format!("nobody has {number}"), |(password, _)| password.to_owned());
        long.reads.borrow_mut().clear();
        let found = sorted.count(hash.hex(password.as_bytes()).as_bytes()).unwrap();
        assert_eq!(found, known.map(|(_, count)| count % 10_000_000), "{password}");
        let reads = long.reads.borrow();
        most = most.max(reads.len());
        assert!(reads.iter().map(|(_, len)| len).sum::<u64>() < 100_000);
    }
    assert!(most <= 12, "{most} reads");
    // The first and the last line, and beyond them.
    for edge in [[b'0'; 40], [b'F'; 40]] {
        assert_eq!(sorted.count(&edge).unwrap(), None);
    }
}

#[test]
fn forty_gigabytes_on_the_disk() {
    let folder = Folder::new("sparse");
    let path = folder.0.join("pwned.txt");
    let passwords = ["123456", "hunter2", "nobody has this", "nor this"];
    let known = KNOWN.map(|(password, count)| (password, count % 10_000_000));
    Long::new(FORTY_GB, &known).write_sparse(&path, &passwords);
    assert!(fs::metadata(&path).unwrap().len() > FORTY_GB - 100);
    let mut breaches = Breaches::open(&path).unwrap();
    let found = passwords.map(|password| breaches.count(&secret(password)).unwrap());
    assert_eq!(found, [Some(7_359_195), Some(17_043), None, None]);
    // Another password comes upon a hole, which is no line: it is said, not taken for an answer.
    let hole = (0..50).map(|number| breaches.count(&secret(&format!("hole {number}"))));
    assert!(hole.into_iter().any(|found| found.is_err()));
}

/// Hashes that are not spread evenly, as no real list is: still at most three times the reads of halving.
#[test]
fn hashes_that_crowd_are_found() {
    let crowded: Vec<String> = (0..100_000_u128)
        .map(|number| if number < 99_000 { format!("{number:040X}") } else { format!("F{:039X}", number) })
        .collect();
    let content: String = crowded.iter().map(|hash| format!("{hash}:5\n")).collect();
    let (mut sorted, _) = Sorted::open(Cursor::new(content.as_bytes()), content.len() as u64).unwrap();
    for hash in crowded.iter().step_by(97) {
        assert_eq!(sorted.count(hash.as_bytes()).unwrap(), Some(5), "{hash}");
    }
    assert_eq!(sorted.count(format!("{:040X}", 99_500).as_bytes()).unwrap(), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn found_is_what_is_there(
        lines in proptest::collection::btree_map("[0-9A-F]{40}", 1..u64::MAX, 1..2000),
        others in proptest::collection::vec("[0-9A-F]{40}", 20),
        is_windows in any::<bool>(),
        has_last_end in any::<bool>(),
    ) {
        let end = if is_windows { "\r\n" } else { "\n" };
        let mut content: String = lines.iter().map(|(hash, count)| format!("{hash}:{count}{end}")).collect();
        if !has_last_end {
            content.truncate(content.len() - end.len());
        }
        let (mut sorted, _) = Sorted::open(Cursor::new(content.as_bytes()), content.len() as u64).unwrap();
        for (hash, count) in &lines {
            prop_assert_eq!(sorted.count(hash.as_bytes()).unwrap(), Some(*count));
        }
        for hash in &others {
            prop_assert_eq!(sorted.count(hash.as_bytes()).unwrap(), lines.get(hash).copied());
        }
    }

    #[test]
    fn any_bytes_are_taken_or_refused(content in proptest::collection::vec(any::<u8>(), 0..20_000)) {
        if let Ok((mut sorted, hash)) = Sorted::open(Cursor::new(&content), content.len() as u64) {
            let _ = sorted.count(hash.hex(b"x").as_bytes());
        }
    }

    #[test]
    fn almost_lines_are_taken_or_refused(content in "([0-9a-fA-F]{0,41}(:[0-9]{0,3})?\r?\n?){0,300}") {
        if let Ok((mut sorted, hash)) = Sorted::open(Cursor::new(&content), content.len() as u64) {
            let _ = sorted.count(hash.hex(b"x").as_bytes());
        }
    }
}
