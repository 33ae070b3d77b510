//! The bytes of an input: plain or gzip. What is compressed or encoded otherwise is named and refused.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read, Seek as _, SeekFrom};
use std::path::Path;

use anyhow::Context as _;
use flate2::bufread::MultiGzDecoder;

use crate::output::hinted;

/// As much as is read at a time.
const BUFFER: usize = 1 << 16;
/// As much as it takes to tell formats apart.
const HEAD: u64 = 512;
const GZIP: &[u8] = &[0x1f, 0x8b];

pub(super) type Bytes = Box<dyn BufRead + Send>;

/// Formats that are not read: how they begin, what they are, and the command that writes plain text.
const FOREIGN: [(&[u8], &str, &str); 9] = [
    (
        &[0xff, 0xfe, 0, 0],
        "encoded in UTF-32",
        "iconv -f UTF-32 -t UTF-8",
    ),
    (
        &[0, 0, 0xfe, 0xff],
        "encoded in UTF-32",
        "iconv -f UTF-32 -t UTF-8",
    ),
    (
        &[0xff, 0xfe],
        "encoded in UTF-16",
        "iconv -f UTF-16 -t UTF-8",
    ),
    (
        &[0xfe, 0xff],
        "encoded in UTF-16",
        "iconv -f UTF-16 -t UTF-8",
    ),
    (
        &[0x28, 0xb5, 0x2f, 0xfd],
        "compressed with zstd",
        "zstd -dc",
    ),
    (b"BZh", "compressed with bzip2", "bzip2 -dc"),
    (
        &[0xfd, b'7', b'z', b'X', b'Z', 0],
        "compressed with xz",
        "xz -dc",
    ),
    (&[0x04, 0x22, 0x4d, 0x18], "compressed with lz4", "lz4 -dc"),
    (
        b"PK\x03\x04",
        "a ZIP archive, as spreadsheets are too",
        "unzip -p",
    ),
];

/// A file from a position in its text on, or standard input from its beginning.
pub(super) fn open(path: Option<&Path>, at: u64) -> anyhow::Result<Bytes> {
    let name = path.map_or_else(
        || "standard input".to_owned(),
        |path| path.display().to_string(),
    );
    let reading = || format!("reading {name}");
    let Some(path) = path else {
        // No more than tells formats apart: what follows may be typed or arrive slowly.
        let (head, all) = beginning(io::stdin(), 4).with_context(reading)?;
        let bytes = BufReader::with_capacity(BUFFER, all);
        return plain(&name, &head, Box::new(bytes)).with_context(reading);
    };
    let mut file = File::open(path).with_context(reading)?;
    let (head, _) = beginning(&file, HEAD).with_context(reading)?;
    let is_gzip = head.starts_with(GZIP);
    let start = if is_gzip { 0 } else { at };
    file.seek(SeekFrom::Start(start)).with_context(reading)?;
    let bytes = BufReader::with_capacity(BUFFER, file);
    let mut bytes = plain(&name, &head, Box::new(bytes)).with_context(reading)?;
    if is_gzip {
        io::copy(&mut bytes.by_ref().take(at), &mut io::sink()).with_context(reading)?;
    }
    Ok(bytes)
}

/// Refuses a file that is not UTF-8 text, whatever its name says.
pub(super) fn check_file(path: &Path) -> anyhow::Result<()> {
    open(Some(path), 0).map(drop)
}

/// Whether a file is compressed with gzip: positions in its text are not positions in the file then.
pub(super) fn is_gzip(path: &Path) -> io::Result<bool> {
    let (head, _) = beginning(File::open(path)?, 2)?;
    Ok(head == GZIP)
}

/// Decompresses gzip, and refuses what is not UTF-8 text.
fn plain(name: &str, head: &[u8], bytes: Bytes) -> anyhow::Result<Bytes> {
    if !head.starts_with(GZIP) {
        check(name, head)?;
        return Ok(bytes);
    }
    let (head, all) = beginning(MultiGzDecoder::new(bytes), HEAD)?;
    check(name, &head)?;
    Ok(Box::new(BufReader::with_capacity(BUFFER, all)))
}

fn check(name: &str, head: &[u8]) -> anyhow::Result<()> {
    let foreign = FOREIGN.iter().find(|(begin, ..)| head.starts_with(begin));
    let (what, command) = match foreign {
        Some((_, what, command)) => (*what, *command),
        None if head.starts_with(GZIP) => ("compressed with gzip twice", "zcat"),
        // Each second byte of English in UTF-16 is zero. There is none in text.
        None if head.contains(&0) => (
            "not text: it contains zero bytes, as UTF-16 does",
            "iconv -f UTF-16 -t UTF-8",
        ),
        None => return check_text(name, head),
    };
    Err(hinted(
        format!("{name} is {what}; import reads UTF-8 text, plain or compressed with gzip"),
        format!("convert it first: {command} FILE > converted.jsonl, or converted.csv"),
    ))
}

fn check_text(name: &str, head: &[u8]) -> anyhow::Result<()> {
    if is_markup(head) {
        return Err(hinted(
            format!("{name} is a web page or XML, not data"),
            "open it in a browser to see what the server answered, then download the data itself as JSON Lines or CSV",
        ));
    }
    if ends_lines_with_cr(head) {
        return Err(hinted(
            format!("{name} ends its lines with a carriage return alone, as old Macs did"),
            r"convert it first: tr '\r' '\n' < FILE > converted.jsonl, or converted.csv",
        ));
    }
    Ok(())
}

/// Whether a text begins as web pages and XML do. Of standard input only four bytes are known.
fn is_markup(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let begin = text.trim_ascii_start().get(..4).unwrap_or_default();
    [b"<!do", b"<!--", b"<htm", b"<?xm"]
        .iter()
        .any(|known| begin.eq_ignore_ascii_case(*known))
}

/// Whether there are carriage returns outside of quotes, none of them followed by a line feed.
fn ends_lines_with_cr(head: &[u8]) -> bool {
    let mut is_quoted = false;
    let mut ends = head.windows(2).filter(|pair| {
        is_quoted ^= pair[0] == b'"';
        !is_quoted && pair[0] == b'\r'
    });
    !head.contains(&b'\n') && ends.next().is_some()
}

/// The bytes that were looked at, and those that follow.
type All<R> = Chain<Cursor<Vec<u8>>, R>;

/// The first bytes, fewer only at the end, and all bytes.
fn beginning<R: Read>(mut input: R, length: u64) -> io::Result<(Vec<u8>, All<R>)> {
    let mut head = Vec::new();
    input.by_ref().take(length).read_to_end(&mut head)?;
    Ok((head.clone(), Cursor::new(head).chain(input)))
}

/// What a line or cell that is not UTF-8 is rejected for.
pub(super) fn not_utf8(bytes: &[u8]) -> String {
    let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    let column = String::from_utf8_lossy(&bytes[..valid]).chars().count() + 1;
    let byte = bytes.get(valid).copied().unwrap_or_default();
    format!(
        "the text is not UTF-8: byte 0x{byte:02X} in column {column} (if it is Latin-1 or Windows-1252, \
         `iconv -f WINDOWS-1252 -t UTF-8` converts the file)"
    )
}
