//! A list of breached passwords as long as the real one, whose lines are computed from where they stand: each is a
//! hash in its place, in order, all over the file. And the same on the disk as a sparse file, with those blocks
//! written that a look-up reads.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::rc::Rc;

use tresor::crypto::breach::BreachHash;
use tresor::store::breaches::Sorted;

/// `HASH:COUNT` and a line end.
const WIDTH: u64 = 40 + 1 + 7 + 1;

/// Where and how much was read.
pub type Reads = Rc<RefCell<Vec<(u64, u64)>>>;

#[derive(Clone)]
pub struct Long {
    lines: u64,
    /// Lines that are hashes of passwords, with their counts.
    real: Rc<BTreeMap<u64, (String, u64)>>,
    at: u64,
    pub reads: Reads,
}

impl Long {
    /// A list of about `len` bytes that has these passwords.
    pub fn new(len: u64, passwords: &[(&str, u64)]) -> Self {
        let lines = len / WIDTH;
        let real = passwords.iter().map(|(password, count)| {
            let hash = BreachHash::Sha1.hex(password.as_bytes());
            let first = u64::from_str_radix(&hash[..16], 16).unwrap();
            let place = (u128::from(first) * u128::from(lines)) >> 64;
            (place as u64, (hash.to_string(), *count))
        });
        Self { lines, real: Rc::new(real.collect()), at: 0, reads: Reads::default() }
    }

    pub fn len(&self) -> u64 {
        self.lines * WIDTH
    }

    /// The sparse file of it, for looking up these passwords.
    pub fn write_sparse(&self, path: &Path, passwords: &[&str]) {
        let (mut sorted, hash) = Sorted::open(self.clone(), self.len()).unwrap();
        for password in passwords {
            sorted.count(hash.hex(password.as_bytes()).as_bytes()).unwrap();
        }
        let mut file = File::create(path).unwrap();
        file.set_len(self.len()).unwrap();
        let reads = self.reads.borrow().clone();
        for (at, len) in reads {
            let mut block = vec![0; len as usize];
            let mut source = Self { reads: Reads::default(), ..self.clone() };
            source.seek(SeekFrom::Start(at)).unwrap();
            source.read_exact(&mut block).unwrap();
            file.seek(SeekFrom::Start(at)).unwrap();
            file.write_all(&block).unwrap();
        }
        file.sync_all().unwrap();
    }

    fn line(&self, number: u64) -> String {
        if let Some((hash, count)) = self.real.get(&number) {
            return format!("{hash}:{count:07}\n");
        }
        // Each line has a part of the 64-bit numbers to itself, and stands somewhere in it.
        let start = (u128::from(number) << 64).div_ceil(u128::from(self.lines)) as u64;
        let within = mixed(number) % (u64::MAX / self.lines);
        let (rest, last) = (mixed(number ^ 1 << 60), mixed(number ^ 1 << 61) as u32);
        format!("{:016X}{rest:016X}{last:08X}:{:07}\n", start + within, number % 1000 + 1)
    }
}

impl Read for Long {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let end = (self.at + out.len() as u64).min(self.len());
        let len = end.saturating_sub(self.at) as usize;
        let mut done = 0;
        while done < len {
            let at = self.at + done as u64;
            let line = self.line(at / WIDTH);
            let part = &line.as_bytes()[(at % WIDTH) as usize..];
            let part = &part[..part.len().min(len - done)];
            out[done..done + part.len()].copy_from_slice(part);
            done += part.len();
        }
        self.reads.borrow_mut().push((self.at, len as u64));
        self.at += len as u64;
        Ok(len)
    }
}

impl Seek for Long {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let SeekFrom::Start(at) = to else { return Err(io::ErrorKind::Unsupported.into()) };
        self.at = at;
        Ok(at)
    }
}

/// SplitMix64's last step.
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0x1234_5678_9ABC_DEF1);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
