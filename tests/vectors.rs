//! The vectors of the format under tests/vectors: each is run, and each is what the generator makes.
//!
//! `TRESOR_WRITE_VECTORS=1 cargo test --test vectors` writes them anew. Vaults under `landed` were written by a
//! version that people have: they are never written anew, and open for ever.

mod figures;
mod forge;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use forge::vector::{
    Change, FieldVector, FileVector, KeyVector, MergeVector, PayloadVector, SecretVector, SizeVector,
};
use forge::{content, hex, payload_cases, unhex, vaults};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use tresor::crypto::aead;
use tresor::crypto::derive::{self, Key};
use tresor::crypto::kdf::CostError;
use tresor::format::passphrase::PassphraseError;
use tresor::format::recovery::RecoveryCodeError;
use tresor::format::{
    self, Credentials, FormatError, Header, Inner, KeyFile, Keys, Opened, Passphrase, RecoveryCode, Slot,
    body,
};
use tresor::merge::merge;
use tresor::secret::Secret;
use tresor::time::Timestamp;
use tresor::vault::seal::{Place, Seal};
use tresor::vault::tag::Tag;
use tresor::vault::{Id, Vault};
use zeroize::Zeroizing;

fn dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

/// The vectors of one file; none is an error.
fn load<T: DeserializeOwned>(name: &str) -> Vec<T> {
    let path = dir().join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let vectors: Vec<T> = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(!vectors.is_empty(), "{name} is empty");
    vectors
}

/// Runs every vector of a file, so that one failure does not hide another; gives their number.
fn run<T: DeserializeOwned>(file: &str, test: impl Fn(&T) -> (String, String, String)) -> usize {
    let vectors: Vec<T> = load(file);
    let mut names = BTreeSet::new();
    let mut wrong = Vec::new();
    for vector in &vectors {
        let (name, expected, found) = test(vector);
        if expected != found {
            wrong.push(format!("{name}: expected {expected}, found {found}"));
        }
        assert!(names.insert(name.clone()), "{file}: two vectors are called {name}");
    }
    assert!(wrong.is_empty(), "{file}:\n{}", wrong.join("\n"));
    println!("{file}: {} vectors", vectors.len());
    vectors.len()
}

fn read_base(name: &str) -> Vec<u8> {
    let path = dir().join("vaults").join(format!("{name}.tresor"));
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_vector_gives_what_it_names() {
    let mut number = run("files.json", |vector: &FileVector| {
        (vector.name.clone(), vector.expect.clone(), outcome(file(vector)))
    });
    number += run("payloads.json", |vector: &PayloadVector| {
        (vector.name.clone(), vector.expect.clone(), outcome(payload(vector)))
    });
    number += run("passphrases.json", |vector: &SecretVector| {
        (vector.name.clone(), vector.expect.clone(), passphrase(vector))
    });
    number += run("key_files.json", |vector: &SecretVector| {
        (vector.name.clone(), vector.expect.clone(), key_file(vector))
    });
    number += run("recovery_codes.json", |vector: &SecretVector| {
        (vector.name.clone(), vector.expect.clone(), recovery_code(vector))
    });
    number += run("fields.json", |vector: &FieldVector| {
        (vector.name.clone(), vector.expect.clone(), field(vector))
    });
    number +=
        run("sizes.json", |vector: &SizeVector| (vector.name.clone(), vector.expect.clone(), size(vector)));
    number +=
        run("keys.json", |vector: &KeyVector| (vector.name.clone(), vector.expect.clone(), key(vector)));
    number += run("merges.json", |vector: &MergeVector| {
        let (expected, found) = merged(vector);
        (vector.name.clone(), expected, found)
    });
    assert!(number >= 120);
    figures::figure("vectors", &format!("{number}, each with its one outcome"));
}

/// What a reader says, in the words of docs/format.md.
fn outcome(result: Result<String, FormatError>) -> String {
    result.unwrap_or_else(|error| match error {
        FormatError::TooNew { major } => format!("TooNew: {major}"),
        FormatError::Damaged(what) => format!("Damaged: {what}"),
        FormatError::Malformed(what) => format!("Malformed: {what}"),
        FormatError::Cost(CostError::TooHigh { .. }) => "KdfTooHigh".to_owned(),
        FormatError::Cost(CostError::TooLow { .. }) => "KdfTooLow".to_owned(),
        FormatError::SlotTampered { slot } => format!("SlotTampered: {slot}"),
        other => format!("{other:?}"),
    })
}

/// The file of a vector.
fn made(vector: &FileVector) -> Vec<u8> {
    let mut file = read_base(&vector.base);
    for change in &vector.changes {
        let before = file.clone();
        match change {
            Change::Put { at, hex } => {
                let bytes = unhex(hex);
                file[*at..at + bytes.len()].copy_from_slice(&bytes);
            }
            Change::Remove { at, len } => drop(file.drain(*at..at + len)),
            Change::Truncate(len) => file.truncate(*len),
            Change::Append(hex) => file.extend(unhex(hex)),
            Change::Copy { at, of, from, len } => {
                file[*at..at + len].copy_from_slice(&read_base(of)[*from..from + len]);
            }
            Change::FixDigest => forge::fix_digest(&mut file),
        }
        assert!(file != before, "{}: a change that changes nothing", vector.name);
    }
    file
}

fn file(vector: &FileVector) -> Result<String, FormatError> {
    let file = made(vector);
    let header = Header::read(&file, vector.length.unwrap_or(file.len() as u64))?;
    let (keys, slot) = match keys_of(vector, &header)? {
        Ok(opened) => opened,
        Err(said) => return Ok(said),
    };
    assert!(vector.slot.is_none() || vector.slot == slot, "{}: opened by slot {slot:?}", vector.name);
    let text_is_base = vector.changes.is_empty();
    let opened = format::open(Zeroizing::new(file), &header, &keys)?;
    if text_is_base {
        let expected: Json = serde_json::from_str(&text_of(&format!("vaults/{}.json", vector.base))).unwrap();
        assert_eq!(content::of(&opened, &keys), expected, "{}", vector.name);
    }
    Ok(if opened.read_only { "opens read-only" } else { "opens" }.to_owned())
}

/// The keys and the slot that gave them; or what is said before any key is tried.
#[allow(clippy::type_complexity)]
fn keys_of(
    vector: &FileVector,
    header: &Header,
) -> Result<Result<(Keys, Option<usize>), String>, FormatError> {
    let secret = |text: &str| Secret::copy_of(text.as_bytes());
    if let Some(key) = &vector.vault_key {
        let key = Key::copy_of(&unhex(key).try_into().unwrap());
        return Ok(Ok((Keys::new(header.vault_id(), key), None)));
    }
    let opened = if let Some(code) = &vector.recovery_code {
        let code = RecoveryCode::parse(&secret(code)).unwrap();
        format::unlock(header, &Credentials::Recovery(&code))?
    } else if let Some(password) = &vector.password {
        let passphrase = match Passphrase::new(&secret(password)) {
            Ok(passphrase) => passphrase,
            Err(error) => return Ok(Err(name_of(error))),
        };
        let content = vector.key_file.as_ref().map(|hex| Secret::copy_of(&unhex(hex)));
        let key_file = content.map(|content| KeyFile::read(&content)).transpose()?;
        format::unlock(header, &Credentials::Passphrase(&passphrase, key_file.as_ref()))?
    } else {
        return Ok(Err("checked".to_owned()));
    };
    Ok(Ok((opened.0, Some(opened.1))))
}

fn payload(vector: &PayloadVector) -> Result<String, FormatError> {
    let body = unhex(&vector.body);
    let inner = match &vector.inner {
        Some(hex) => unhex(hex),
        None => payload_cases::default_inner().bytes(body.len()),
    };
    let after = vector.after.as_deref().map(unhex).unwrap_or_default();
    let text = forge::plaintext(&inner, &[&body[..], &after].concat(), 1);
    let (file, forge) = vaults::sealed(&text);
    let header = Header::read(&file, file.len() as u64)?;
    let keys = Keys::new(header.vault_id(), forge.key());
    let opened = format::open(Zeroizing::new(file), &header, &keys)?;
    assert_eq!(encoded(&opened.vault), body, "{}: written back as it was", vector.name);
    Ok(if opened.read_only { "opens read-only" } else { "opens" }.to_owned())
}

fn encoded(vault: &Vault) -> Vec<u8> {
    let mut bytes = Vec::new();
    body::encode(vault, &mut bytes);
    bytes
}

fn name_of(error: PassphraseError) -> String {
    format!("Passphrase{error:?}")
}

fn passphrase(vector: &SecretVector) -> String {
    let given = Secret::copy_of(&unhex(&vector.given));
    let passphrase = if vector.line { Passphrase::from_line(&given) } else { Passphrase::new(&given) };
    passphrase.map_or_else(name_of, |passphrase| hex(passphrase.expose()))
}

/// A key file's key shows only in what it derives: the slot that the expected key makes must open.
fn key_file(vector: &SecretVector) -> String {
    let read = KeyFile::read(&Secret::copy_of(&unhex(&vector.given)));
    let (Ok(key_file), false) = (&read, vector.expect == "KeyFileBroken") else {
        return read.map_or_else(|error| format!("{error:?}"), |_| "a key".to_owned());
    };
    let mut forge = forge::Forge::new(30);
    let key = unhex(&vector.expect).try_into().unwrap();
    let slot = forge.key_file_slot(vaults::PASSWORD, &key, [1; 16], forge::CHEAP);
    let header = forge.header(&[slot]);
    let file = forge.file(header, &forge::plaintext(&[], &[], 1));
    let header = Header::read(&file, file.len() as u64).unwrap();
    let passphrase = Passphrase::new(&Secret::copy_of(vaults::PASSWORD.as_bytes())).unwrap();
    match format::unlock(&header, &Credentials::Passphrase(&passphrase, Some(key_file))) {
        Ok(_) => vector.expect.clone(),
        Err(error) => format!("{error:?}"),
    }
}

/// As [`key_file`].
fn recovery_code(vector: &SecretVector) -> String {
    let read = RecoveryCode::parse(&Secret::copy_of(&unhex(&vector.given)));
    let code = match (&read, vector.expect.starts_with("Recovery")) {
        (Ok(code), false) => code,
        (Err(RecoveryCodeError::Checksum), _) => return "RecoveryCodeChecksum".to_owned(),
        (Err(_), _) => return "RecoveryCodeShape".to_owned(),
        (Ok(_), true) => return "a code".to_owned(),
    };
    let mut forge = forge::Forge::new(31);
    let slot = forge.recovery_slot(&unhex(&vector.expect).try_into().unwrap());
    let header = forge.header(&[slot]);
    let file = forge.file(header, &forge::plaintext(&[], &[], 1));
    let header = Header::read(&file, file.len() as u64).unwrap();
    match format::unlock(&header, &Credentials::Recovery(code)) {
        Ok(_) => vector.expect.clone(),
        Err(error) => format!("{error:?}"),
    }
}

fn id(text: &str) -> Id {
    Id(unhex(text).try_into().unwrap())
}

fn keys_from(vault_key: &str, vault_id: &str) -> Keys {
    Keys::new(id(vault_id), Key::copy_of(&unhex(vault_key).try_into().unwrap()))
}

fn field(vector: &FieldVector) -> String {
    let keys = keys_from(&vector.vault_key, &vector.vault_id);
    let place =
        Place { record: id(&vector.record), tag: Tag(vector.tag), field: vector.field.as_deref().map(id) };
    let value = unhex(&vector.value);
    match keys.open(place, &value) {
        Err(error) => format!("{error:?}"),
        Ok(secret) => {
            assert_eq!(keys.seal(place, secret.expose()), value, "{}: sealed again", vector.name);
            hex(secret.expose())
        }
    }
}

fn size(vector: &SizeVector) -> String {
    let least = usize::try_from(vector.least).unwrap_or(usize::MAX);
    match format::payload::padded_len(vector.content as usize, least) {
        Ok(len) => len.to_string(),
        Err(error) => format!("{error:?}"),
    }
}

fn key(vector: &KeyVector) -> String {
    let keys = keys_from(&vector.vault_key, &vector.vault_id);
    let id = keys.vault_id().0;
    let both = |first: &Key, second: &[u8]| hex(&[first.expose(), second].concat());
    match vector.name.as_str() {
        "vk_id" => hex(&keys.vk_id()),
        "nonce_key" => hex(derive::nonce_key(keys.vault_key(), &id).expose()),
        "state_key" => hex(derive::state_key(keys.vault_key(), &id).expose()),
        "field_key || field_nonce_key" => {
            let (field, nonce) = derive::field_keys(keys.vault_key(), &id);
            both(&field, nonce.expose())
        }
        "payload_key || payload_commit" => {
            let nonce = unhex(vector.payload_nonce.as_deref().unwrap()).try_into().unwrap();
            let (key, commit) = derive::payload_keys(keys.vault_key(), &id, &nonce);
            both(&key, &commit)
        }
        other => panic!("no derivation is called {other}"),
    }
}

/// The expected body and that of both orders.
fn merged(vector: &MergeVector) -> (String, String) {
    let bases: BTreeMap<&str, vaults::Base> =
        vaults::all().into_iter().map(|base| (base.name, base)).collect();
    let read = |text: &str| match bases.get(text) {
        Some(base) => open_base(base).vault,
        None => {
            let bytes = unhex(text);
            let parts = body::decode(&bytes, 0, u64::MAX).unwrap();
            parts.into_vault(1, Zeroizing::new(bytes))
        }
    };
    let (a, b) = (read(&vector.a), read(&vector.b));
    let both = encoded(&merge(&a, &b));
    assert_eq!(hex(&both), hex(&encoded(&merge(&b, &a))), "{}: in the other order", vector.name);
    (hex(&encoded(&read(&vector.expect))), hex(&both))
}

fn open_base(base: &vaults::Base) -> Opened {
    let header = Header::read(&base.file, base.file.len() as u64).unwrap();
    let keys = Keys::new(header.vault_id(), Key::copy_of(&base.vault_key));
    format::open(Zeroizing::new(base.file.clone()), &header, &keys).unwrap()
}

fn text_of(name: &str) -> String {
    let path = dir().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file of the folder, but for what is written once and for all.
fn generated() -> BTreeMap<String, Vec<u8>> {
    let json = |value: Json| (serde_json::to_string_pretty(&value).unwrap() + "\n").into_bytes();
    let vectors = |value: Result<Json, serde_json::Error>| {
        let vectors = value.unwrap();
        let lines: Vec<String> = vectors.as_array().unwrap().iter().map(Json::to_string).collect();
        format!("[\n{}\n]\n", lines.join(",\n")).into_bytes()
    };
    let mut files = BTreeMap::from([
        ("files.json".to_owned(), vectors(serde_json::to_value(forge::cases::all()))),
        ("payloads.json".to_owned(), vectors(serde_json::to_value(payload_cases::all()))),
        ("passphrases.json".to_owned(), vectors(serde_json::to_value(forge::small_cases::passphrases()))),
        ("key_files.json".to_owned(), vectors(serde_json::to_value(forge::small_cases::key_files()))),
        (
            "recovery_codes.json".to_owned(),
            vectors(serde_json::to_value(forge::small_cases::recovery_codes())),
        ),
        ("fields.json".to_owned(), vectors(serde_json::to_value(forge::small_cases::fields()))),
        ("sizes.json".to_owned(), vectors(serde_json::to_value(forge::small_cases::sizes()))),
        ("keys.json".to_owned(), vectors(serde_json::to_value(forge::small_cases::keys()))),
        ("merges.json".to_owned(), vectors(serde_json::to_value(forge::small_cases::merges()))),
    ]);
    for base in vaults::all() {
        let header = Header::read(&base.file, base.file.len() as u64).unwrap();
        let keys = Keys::new(header.vault_id(), Key::copy_of(&base.vault_key));
        let content = content::of(&open_base(&base), &keys);
        files.insert(format!("vaults/{}.json", base.name), json(content));
        files.insert(format!("vaults/{}.tresor", base.name), base.file);
    }
    files
}

#[test]
fn vectors_are_what_the_generator_makes() {
    let files = generated();
    if std::env::var_os("TRESOR_WRITE_VECTORS").is_some() {
        let _ = fs::remove_dir_all(dir().join("vaults"));
        fs::create_dir_all(dir().join("vaults")).unwrap();
        for (name, bytes) in &files {
            fs::write(dir().join(name), bytes).unwrap();
        }
        return;
    }
    let mut found = BTreeSet::new();
    for folder in ["", "vaults/"] {
        for entry in fs::read_dir(dir().join(folder)).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                found.insert(format!("{folder}{}", entry.file_name().to_str().unwrap()));
            }
        }
    }
    assert!(found.remove("README.md"));
    assert_eq!(found, files.keys().cloned().collect(), "the files that there are");
    for (name, bytes) in &files {
        assert!(fs::read(dir().join(name)).unwrap() == *bytes, "{name} is stale");
    }
}

/// The program writes, byte for byte, what the generator made without it.
#[test]
fn the_writer_makes_the_same_files() {
    let mut number = 0;
    for base in vaults::all() {
        let opened = open_base(&base);
        let header = Header::read(&base.file, base.file.len() as u64).unwrap();
        if header.is_of_later_minor() || base.name == "two_keys" {
            continue;
        }
        let keys = Keys::new(header.vault_id(), Key::copy_of(&base.vault_key));
        let least = base.file.len() - 4096 - 16;
        let entropy = base.entropy;
        let again = format::seal(
            &opened.vault,
            &keys,
            header.slots(),
            &opened.inner,
            least,
            &mut forge::Given(entropy.to_vec()),
        );
        assert!(again.unwrap() == base.file, "{}", base.name);
        number += 1;
    }
    assert!(number > 10);
}

/// Vaults that people have: their content is what it was when they were written.
#[test]
fn landed_vaults_open_for_ever() {
    let mut number = 0;
    for entry in fs::read_dir(dir().join("landed")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "tresor") {
            continue;
        }
        let file = fs::read(&path).unwrap();
        let known: Json =
            serde_json::from_str(&fs::read_to_string(path.with_extension("json")).unwrap()).unwrap();
        let header = Header::read(&file, file.len() as u64).unwrap();
        let password = Secret::copy_of(known["password"].as_str().unwrap().as_bytes());
        let passphrase = Passphrase::new(&password).unwrap();
        let (keys, _) = format::unlock(&header, &Credentials::Passphrase(&passphrase, None)).unwrap();
        let opened = format::open(Zeroizing::new(file), &header, &keys).unwrap();
        assert_eq!(content::of(&opened, &keys), known["content"], "{}", path.display());
        // Saved by this version it still says the same.
        let inner = Inner { generation: opened.inner.generation + 1, saved_at: Timestamp(1), ..opened.inner };
        let slots: Vec<Slot> = header.slots().to_vec();
        let random = &mut tresor::crypto::random::SeededRandom::new(1);
        let again = format::seal(&opened.vault, &keys, &slots, &inner, 0, random).unwrap();
        let header = Header::read(&again, again.len() as u64).unwrap();
        let again = format::open(Zeroizing::new(again), &header, &keys).unwrap();
        assert_eq!(encoded(&again.vault), encoded(&opened.vault));
        number += 1;
    }
    assert!(number > 0, "tests/vectors/landed is empty");
    println!("{number} landed vaults");
}

/// `TRESOR_LAND=0.1.0 cargo test --test vectors land_a_vault -- --ignored` keeps a vault as this version writes it;
/// with `TRESOR_LAND_FROM=FILE` one that the program itself made, under the same password. To be done once for
/// each version that people get.
#[test]
#[ignore = "writes a vault that is then kept for ever"]
fn land_a_vault() {
    let name = std::env::var("TRESOR_LAND").expect("the version, in TRESOR_LAND");
    let path = dir().join("landed").join(format!("{name}.tresor"));
    assert!(!path.exists(), "{} is there, and stays as it is", path.display());
    let file = match std::env::var_os("TRESOR_LAND_FROM") {
        Some(made) => fs::read(made).unwrap(),
        None => forge::landed::everything().0,
    };
    let header = Header::read(&file, file.len() as u64).unwrap();
    let passphrase = Passphrase::new(&Secret::copy_of(forge::landed::PASSWORD.as_bytes())).unwrap();
    let (keys, _) = format::unlock(&header, &Credentials::Passphrase(&passphrase, None)).unwrap();
    let opened = format::open(Zeroizing::new(file.clone()), &header, &keys).unwrap();
    let known =
        serde_json::json!({"password": forge::landed::PASSWORD, "content": content::of(&opened, &keys)});
    fs::write(&path, file).unwrap();
    fs::write(path.with_extension("json"), serde_json::to_string_pretty(&known).unwrap() + "\n").unwrap();
}

/// One ciphertext and tag, right under two keys: what stops the second is the commitment alone.
#[test]
fn the_cipher_alone_does_not_commit_to_its_key() {
    let file = read_base("two_keys");
    let header = Header::read(&file, file.len() as u64).unwrap();
    let first = vaults::all().into_iter().find(|base| base.name == "two_keys").unwrap().vault_key;
    let nonce = file[40..64].try_into().unwrap();
    let aad = forge::payload_aad(&file);
    for (vault_key, commits) in [(first, true), (vaults::second_key().vault_key, false)] {
        let (key, commit) = derive::payload_keys(&Key::copy_of(&vault_key), &header.vault_id().0, &nonce);
        assert_eq!(commit == file[64..96], commits);
        let mut text = file[4096..].to_vec();
        let tag: [u8; 16] = text.split_off(text.len() - 16).try_into().unwrap();
        assert!(aead::open_in_place(key.expose(), &nonce, &aad, &mut text, &tag).is_ok());
    }
}

#[test]
fn an_unknown_key_is_an_error() {
    let right = r#"{"name": "", "base": "", "changes": [{"put": {"at": 0, "hex": ""}}], "expect": ""}"#;
    assert!(serde_json::from_str::<FileVector>(right).is_ok());
    for (old, new) in [("\"base\"", "\"bose\": 1, \"base\""), ("put", "pat"), ("\"at\"", "\"of\": 1, \"at\"")]
    {
        assert!(serde_json::from_str::<FileVector>(&right.replace(old, new)).is_err());
    }
}
