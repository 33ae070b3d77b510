//! Emails as files, where no server is set.

use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};

/// How many emails a folder holds: the oldest are deleted for newer ones.
const MOST: usize = 200;

/// Writes `ID.eml`, `ID.html` and `ID.txt`; answers the path of the text, which a person opens first.
pub(super) fn write(folder: &Path, id: &str, [eml, html, text]: [&[u8]; 3]) -> io::Result<PathBuf> {
    let mut make = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut make, 0o700);
    make.recursive(true).create(folder)?;
    let file = |end: &str| folder.join(format!("{id}.{end}"));
    fs::write(file("eml"), eml)?;
    fs::write(file("html"), html)?;
    fs::write(file("txt"), text)?;
    delete_oldest(folder)?;
    Ok(file("txt"))
}

fn delete_oldest(folder: &Path) -> io::Result<()> {
    let mut emails = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_email = entry.path().extension().is_some_and(|end| end == "eml");
        // Another process may have deleted it meanwhile.
        let modified = entry.metadata().and_then(|file| file.modified());
        if let (true, Ok(modified)) = (is_email, modified) {
            emails.push((modified, entry.path()));
        }
    }
    emails.sort();
    let too_many = emails.len().saturating_sub(MOST);
    for (_, email) in emails.drain(..too_many) {
        for end in ["eml", "html", "txt"] {
            match fs::remove_file(email.with_extension(end)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    Ok(())
}
