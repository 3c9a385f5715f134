//! Archives, put together here.

/// An archive of stored files.
pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let at = out.len() as u32;
        let mut common = [0_u16; 4].map(u16::to_le_bytes).concat();
        common.extend(
            [crc32(content), content.len() as u32, content.len() as u32].map(u32::to_le_bytes).concat(),
        );
        common.extend([name.len() as u16, 0].map(u16::to_le_bytes).concat());
        out.extend([b"PK\x03\x04\x14\0".as_slice(), &common, name.as_bytes(), content].concat());
        directory.extend([b"PK\x01\x02\x14\0\x14\0".as_slice(), &common, &[0; 10]].concat());
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (start, count) = (out.len() as u32, files.len() as u16);
    out.extend(&directory);
    out.extend([b"PK\x05\x06\0\0\0\0".as_slice(), &[count, count].map(u16::to_le_bytes).concat()].concat());
    out.extend([directory.len() as u32, start].map(u32::to_le_bytes).concat());
    out.extend([0, 0]);
    out
}

/// CRC-32 bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

/// The 1PUX around `fixtures/trees/1pux.json`.
pub fn pux_file() -> Vec<u8> {
    let data = include_bytes!("../fixtures/trees/1pux.json");
    let attributes = br#"{"version":3,"description":"1Password Unencrypted Export"}"#;
    zip(&[
        ("export.attributes", attributes),
        ("export.data", data),
        ("files/doca__a.txt", b"A"),
        ("files/docb___b.txt", b"BB"),
        ("files/docz__z.txt", b"Z"),
    ])
}
