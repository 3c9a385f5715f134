//! A ciphertext with one tag that is right under two keys. Poly1305 is linear in the blocks of the message, so
//! two free blocks solve the two equations that two keys give (Len, Grubbs, Ristenpart: Partitioning Oracle
//! Attacks, USENIX Security 2021). It shows why the format has its commitments.

/// Sets the two blocks of 16 bytes at `at` (a multiple of 16) so that the tag that is returned fits under both
/// keys.
pub fn collide(
    keys: [&[u8; 32]; 2],
    nonce: &[u8; 24],
    aad: &[u8],
    ciphertext: &mut [u8],
    at: usize,
) -> [u8; 16] {
    ciphertext[at..at + 32].fill(0);
    let mut message = pad(aad);
    let free = message.len() / 16 + at / 16;
    message.extend(pad(ciphertext));
    message.extend((aad.len() as u64).to_le_bytes());
    message.extend((ciphertext.len() as u64).to_le_bytes());
    let blocks: Vec<u128> =
        message.chunks(16).map(|block| u128::from_le_bytes(block.try_into().unwrap())).collect();
    // accumulator = constant + x * weights[0] + y * weights[1], for each key.
    let lines = keys.map(|key| {
        let (r, s) = one_time_key(key, nonce);
        let constant = blocks.iter().fold(Fe::from(0), |sum, block| (sum + Fe::block(*block)) * r);
        let power = |times: usize| (0..times).fold(Fe::from(1), |product, _| product * r);
        (constant, power(blocks.len() - free), power(blocks.len() - free - 1), s)
    });
    let [(c1, a1, b1, s1), (c2, a2, b2, s2)] = lines;
    let inverse = (a1 * b2 - a2 * b1).inverse();
    for tag in 1_u128.. {
        let (t1, t2) = (Fe::from(tag.wrapping_sub(s1)) - c1, Fe::from(tag.wrapping_sub(s2)) - c2);
        let (x, y) = ((t1 * b2 - t2 * b1) * inverse, (a1 * t2 - a2 * t1) * inverse);
        if let (Some(x), Some(y)) = (x.to_u128(), y.to_u128()) {
            ciphertext[at..at + 16].copy_from_slice(&x.to_le_bytes());
            ciphertext[at + 16..at + 32].copy_from_slice(&y.to_le_bytes());
            return tag.to_le_bytes();
        }
    }
    unreachable!("one tag in sixteen does it")
}

fn pad(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.resize(bytes.len().next_multiple_of(16), 0);
    bytes
}

/// r and s of Poly1305 for one message of XChaCha20-Poly1305.
fn one_time_key(key: &[u8; 32], nonce: &[u8; 24]) -> (Fe, u128) {
    let (first, rest) = nonce.split_at(16);
    let mixed = rounds(&state(key, first.try_into().unwrap()));
    let subkey: Vec<u8> = [&mixed[..4], &mixed[12..]].concat().iter().flat_map(|w| w.to_le_bytes()).collect();
    let input: [u8; 16] = [&[0; 8], rest].concat().try_into().unwrap();
    let start = state(&subkey.try_into().unwrap(), &input);
    let block: Vec<u8> =
        rounds(&start).iter().zip(start).flat_map(|(a, b)| a.wrapping_add(b).to_le_bytes()).collect();
    let half = |at: usize| u128::from_le_bytes(block[at..at + 16].try_into().unwrap());
    (Fe::from(half(0) & 0x0fff_fffc_0fff_fffc_0fff_fffc_0fff_ffff), half(16))
}

fn state(key: &[u8; 32], input: &[u8; 16]) -> [u32; 16] {
    let bytes = [b"expand 32-byte k", &key[..], input].concat();
    let words: Vec<u32> = bytes.chunks(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect();
    words.try_into().unwrap()
}

/// The twenty rounds of ChaCha20 (RFC 8439).
fn rounds(state: &[u32; 16]) -> [u32; 16] {
    const QUARTERS: [[usize; 4]; 8] = [
        [0, 4, 8, 12],
        [1, 5, 9, 13],
        [2, 6, 10, 14],
        [3, 7, 11, 15],
        [0, 5, 10, 15],
        [1, 6, 11, 12],
        [2, 7, 8, 13],
        [3, 4, 9, 14],
    ];
    let mut x = *state;
    for [a, b, c, d] in QUARTERS.iter().cycle().take(80) {
        for (left, right, to, by) in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)] {
            x[*left] = x[*left].wrapping_add(x[*right]);
            x[*to] = (x[*to] ^ x[*left]).rotate_left(by);
        }
    }
    x
}

/// A number modulo 2^130 - 5, in five limbs of 26 bits.
#[derive(Clone, Copy)]
struct Fe([u64; 5]);

const MASK: u64 = (1 << 26) - 1;
const P: [u64; 5] = [MASK - 4, MASK, MASK, MASK, MASK];

impl From<u128> for Fe {
    fn from(number: u128) -> Self {
        Self([0, 26, 52, 78, 104].map(|shift| (number >> shift) as u64 & MASK))
    }
}

impl Fe {
    /// A block of a message: 16 bytes and a one behind them.
    fn block(bytes: u128) -> Self {
        let Self(mut limbs) = Self::from(bytes);
        limbs[4] += 1 << 24;
        Self(limbs)
    }

    fn carried(mut limbs: [u64; 5]) -> Self {
        for _ in 0..4 {
            for at in 0..5 {
                let carry = limbs[at] >> 26;
                limbs[at] &= MASK;
                limbs[(at + 1) % 5] += if at == 4 { 5 * carry } else { carry };
            }
        }
        if limbs[0] >= P[0] && limbs[1..] == P[1..] {
            limbs = [limbs[0] - P[0], 0, 0, 0, 0];
        }
        Self(limbs)
    }

    fn inverse(self) -> Self {
        // Fermat: to the power of p - 2 = 2^130 - 7, all of whose 130 bits are ones but for bits 1 and 2.
        let mut result = Self::from(1);
        for bit in (0..130).rev() {
            result = result * result;
            if bit != 1 && bit != 2 {
                result = result * self;
            }
        }
        result
    }

    fn to_u128(self) -> Option<u128> {
        let Self(limbs) = self;
        let fits = limbs[4] < 1 << 24;
        fits.then(|| limbs.iter().rev().fold(0, |number, limb| number << 26 | u128::from(*limb)))
    }
}

impl std::ops::Add for Fe {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::carried(std::array::from_fn(|at| self.0[at] + other.0[at]))
    }
}

impl std::ops::Sub for Fe {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::carried(std::array::from_fn(|at| self.0[at] + 2 * P[at] - other.0[at]))
    }
}

impl std::ops::Mul for Fe {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let mut limbs = [0; 5];
        for (i, a) in self.0.iter().enumerate() {
            for (j, b) in other.0.iter().enumerate() {
                limbs[(i + j) % 5] += a * b * if i + j < 5 { 1 } else { 5 };
            }
        }
        Self::carried(limbs)
    }
}
