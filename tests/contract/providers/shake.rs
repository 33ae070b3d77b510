//! SHAKE256 (<https://nvlpubs.nist.gov/nistpubs/FIPS/NIST.FIPS.202.pdf>), which the recorded vectors are made with.

/// Bytes taken in and given out at a time.
const RATE: usize = 136;

const ROUNDS: [u64; 24] = [
    0x0000_0000_0000_0001,
    0x0000_0000_0000_8082,
    0x8000_0000_0000_808a,
    0x8000_0000_8000_8000,
    0x0000_0000_0000_808b,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8009,
    0x0000_0000_0000_008a,
    0x0000_0000_0000_0088,
    0x0000_0000_8000_8009,
    0x0000_0000_8000_000a,
    0x0000_0000_8000_808b,
    0x8000_0000_0000_008b,
    0x8000_0000_0000_8089,
    0x8000_0000_0000_8003,
    0x8000_0000_0000_8002,
    0x8000_0000_0000_0080,
    0x0000_0000_0000_800a,
    0x8000_0000_8000_000a,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8080,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8008,
];

/// The first `length` bytes of the hash.
pub(super) fn shake256(input: &[u8], length: usize) -> Vec<u8> {
    let mut padded = input.to_vec();
    padded.push(0x1f);
    padded.resize(padded.len().next_multiple_of(RATE), 0);
    if let Some(last) = padded.last_mut() {
        *last |= 0x80;
    }
    let mut state = [0_u64; 25];
    for block in padded.chunks(RATE) {
        for (lane, bytes) in state.iter_mut().zip(block.as_chunks::<8>().0) {
            *lane ^= u64::from_le_bytes(*bytes);
        }
        permute(&mut state);
    }
    let mut out = Vec::with_capacity(length + RATE);
    while out.len() < length {
        out.extend(state.iter().flat_map(|lane| lane.to_le_bytes()).take(RATE));
        permute(&mut state);
    }
    out.truncate(length);
    out
}

fn permute(state: &mut [u64; 25]) {
    for constant in ROUNDS {
        let column = |x: usize| (0..5).fold(0, |sum, y| sum ^ state[x + 5 * y]);
        let columns = [column(0), column(1), column(2), column(3), column(4)];
        for (index, lane) in state.iter_mut().enumerate() {
            let x = index % 5;
            *lane ^= columns[(x + 4) % 5] ^ columns[(x + 1) % 5].rotate_left(1);
        }
        let mut moved = [0_u64; 25];
        let (mut x, mut y) = (1, 0);
        moved[0] = state[0];
        for step in 0..24_u32 {
            let turned = state[x + 5 * y].rotate_left((step + 1) * (step + 2) / 2 % 64);
            (x, y) = (y, (2 * x + 3 * y) % 5);
            moved[x + 5 * y] = turned;
        }
        for (index, lane) in state.iter_mut().enumerate() {
            let (x, row) = (index % 5, index - index % 5);
            *lane = moved[index] ^ (!moved[row + (x + 1) % 5] & moved[row + (x + 2) % 5]);
        }
        state[0] ^= constant;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_standards() {
        let digits =
            |byte: &u8| [byte >> 4, byte & 15].map(|digit| b"0123456789abcdef"[usize::from(digit)]);
        let hex = |bytes: &[u8]| -> String {
            let digits = bytes.iter().flat_map(digits);
            digits.map(char::from).collect()
        };
        assert_eq!(hex(&shake256(b"", 8)), "46b9dd2b0ba88d13");
        assert_eq!(
            hex(&shake256(&[b'x'; 200], 300)[290..]),
            "f6b313b9e2fd5eacf9ca"
        );
    }
}
