//! Archives, sound and hostile, made here byte by byte.

use super::*;

/// A file of an archive to be.
#[derive(Clone)]
struct File {
    name: &'static str,
    content: Vec<u8>,
    flags: u16,
    method: u16,
    claimed: Option<u32>,
    attributes: u32,
}

fn file(name: &'static str, content: &[u8]) -> File {
    File { name, content: content.to_vec(), flags: 0, method: 8, claimed: None, attributes: 0 }
}

fn archive(files: &[File]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for file in files {
        let packed = match file.method {
            8 => miniz_oxide::deflate::compress_to_vec(&file.content, 9),
            _ => file.content.clone(),
        };
        let at = out.len() as u32;
        let mut common = [file.flags, file.method, 0, 0].map(u16::to_le_bytes).concat();
        let len = file.claimed.unwrap_or(file.content.len() as u32);
        common.extend([crc32(&file.content), packed.len() as u32, len].map(u32::to_le_bytes).concat());
        common.extend([file.name.len() as u16, 0].map(u16::to_le_bytes).concat());
        out.extend([b"PK\x03\x04\x14\0".as_slice(), &common, file.name.as_bytes(), &packed].concat());
        directory.extend([b"PK\x01\x02\x14\x03\x14\0".as_slice(), &common, &[0; 6]].concat());
        directory.extend([file.attributes, at].map(u32::to_le_bytes).concat());
        directory.extend(file.name.as_bytes());
    }
    let start = out.len() as u32;
    let count = files.len() as u16;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count, count].map(u16::to_le_bytes).concat());
    out.extend([directory.len() as u32, start].map(u32::to_le_bytes).concat());
    out.extend([0, 0]);
    out
}

fn refused(files: &[File]) -> ZipError {
    Zip::open(&archive(files)).err().expect("it is refused")
}

#[test]
fn files_are_unpacked() {
    let long = b"long text, ".repeat(10_000);
    let stored = File { method: 0, ..file("folder/stored", b"\x00\xFF") };
    let mut source = archive(&[file("a", &long), file("folder/", b""), stored, file("empty", b"")]);
    for comment in [&b""[..], b"PK\x05\x06 a comment"] {
        source.extend(comment);
        let at = source.len() - comment.len() - 2;
        source[at..at + 2].copy_from_slice(&(comment.len() as u16).to_le_bytes());
        let zip = Zip::open(&source).unwrap();
        assert_eq!(
            zip.entries().iter().map(|entry| entry.name).collect::<Vec<_>>(),
            ["a", "folder/stored", "empty"]
        );
        assert!(zip.named("a").unwrap().content().unwrap().same_as(&long));
        assert!(zip.named("folder/stored").unwrap().content().unwrap().same_as(b"\x00\xFF"));
        assert!(zip.named("empty").unwrap().content().unwrap().is_empty());
        assert!(zip.named("b").is_none());
    }
    assert_eq!(crc32(b"123456789"), 0xCBF4_3926, "the check value of CRC-32");
}

#[test]
fn hostile_archives_are_refused() {
    for name in ["../x", "a/../../x", "/etc/passwd", "a\\..\\x", "C:/x", "a/..", "a\0b"] {
        assert_eq!(refused(&[file(name, b"x")]), ZipError::BadName, "{name:?}");
    }
    assert_eq!(refused(&[File { flags: 1, ..file("a", b"x") }]), ZipError::Encrypted);
    assert_eq!(refused(&[File { attributes: 0o120_777 << 16, ..file("a", b"/etc/passwd") }]), ZipError::Link);
    assert_eq!(refused(&[File { method: 99, ..file("a", b"x") }]), ZipError::Method);
    assert_eq!(refused(&[File { claimed: Some(u32::MAX), ..file("a", b"x") }]), ZipError::TooLarge);
    assert_eq!(refused(&[File { claimed: Some(600 << 20), ..file("a", b"x") }]), ZipError::TooLarge);
    assert_eq!(refused(&[file("a", b"x"), file("a", b"y")]), ZipError::Repeated);
    assert_eq!(refused(&[file("bomb", &vec![0; 8 << 20])]), ZipError::Bomb);
    let many: Vec<File> = (0..=MOST_ENTRIES).map(|_| file("a", b"")).collect();
    assert_eq!(refused(&many), ZipError::TooMany);
}

#[test]
fn a_length_that_is_a_lie_is_found() {
    for claimed in [0, 2, 4, 1 << 20] {
        let source = archive(&[File { claimed: Some(claimed), ..file("a", b"abc") }]);
        assert_eq!(Zip::open(&source).unwrap().named("a").unwrap().content().err(), Some(ZipError::Damaged));
    }
}

#[test]
fn entries_that_share_bytes_are_refused() {
    let mut source = archive(&[file("a", b"xx"), file("a", b"xx")]);
    // Both entries of the directory name the first file.
    let at = source.len() - 22 - 1 - 4;
    source[at..at + 4].copy_from_slice(&[0; 4]);
    assert_eq!(Zip::open(&source).err(), Some(ZipError::Overlap));
}

#[test]
fn damage_is_never_a_panic() {
    let source = archive(&[file("a", b"abc"), file("b", &[7; 3000])]);
    for at in 0..source.len() {
        assert!(Zip::open(&source[..at]).is_err());
        for change in [1, 0x80, 0xFF] {
            let mut changed = source.clone();
            changed[at] ^= change;
            if let Ok(zip) = Zip::open(&changed) {
                zip.entries().iter().for_each(|entry| drop(entry.content()));
            }
        }
    }
}
