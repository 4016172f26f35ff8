//! Inputs that are nearly right. Random bytes alone do not get past the first line of a parser.

/// The longest input, in bytes. A longer one costs time and finds nothing more.
const LONGEST: usize = 64 << 10;

/// What parsers treat as special.
const SPECIAL: [&[u8]; 24] = [
    b"\"",
    b"'",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"=",
    b",",
    b"\n",
    b"\r",
    b"\n\n",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    "\u{202e}".as_bytes(),
    b"\x1b[2J",
    b"\\u0000",
    b"\\",
    b"-",
    b"18446744073709551616",
    b"1e999",
    b"null",
    b"%00",
];

/// Changes one sample. The first byte chooses the sample; each four bytes after it are one edit.
pub(super) fn mutated(samples: &[Vec<u8>], choice: &[u8]) -> Vec<u8> {
    let Some((first, edits)) = choice.split_first() else { return Vec::new() };
    let mut input = samples[usize::from(*first) % samples.len()].clone();
    for edit in edits.chunks_exact(4).take(16) {
        change(&mut input, [edit[0], edit[1], edit[2], edit[3]], samples);
        input.truncate(LONGEST);
    }
    input
}

fn change(input: &mut Vec<u8>, [kind, high, low, value]: [u8; 4], samples: &[Vec<u8>]) {
    let at = usize::from(u16::from_be_bytes([high, low])) * input.len() / usize::from(u16::MAX);
    let until = (at + usize::from(value)).min(input.len());
    let special = SPECIAL[usize::from(value) % SPECIAL.len()];
    match kind % 8 {
        0 if at < input.len() => input[at] = value,
        1 => drop(input.splice(at..at, special.iter().copied())),
        2 => drop(input.drain(at..until)),
        3 => {
            let copied = input[at..until].to_vec();
            drop(input.splice(at..at, copied));
        }
        4 => input.truncate(at),
        // Nesting, and long runs of one sign.
        5 => drop(input.splice(at..at, special.repeat(usize::from(value) * 8))),
        6 => {
            let other = &samples[usize::from(value) % samples.len()];
            let from = at.min(other.len());
            drop(input.splice(at.., other[from..].iter().copied()));
        }
        _ => input[at..until].reverse(),
    }
}
