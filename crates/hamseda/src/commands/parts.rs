//! Cutting a sealed file into numbered parts. Their names are random letters without an extension, in the order of their
//! numbers: a person who is told that the third is missing finds it, and nobody else reads anything in a name.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

use hamseda_core::{Handle, OsRandom, Random, SealedHash};
use hamseda_seal::parts::{PAYLOAD_MAX_LEN, PartHeader};
use sha2::{Digest as _, Sha256};

use crate::failure::{At, Failure};

/// Letters of a name.
const NAME_LEN: usize = 12;

/// Writes the parts of `sealed` into `folder`, which is made if it is missing; says how many.
pub(super) fn cut(sealed: &Path, handle: Handle, folder: &Path) -> Result<usize, Failure> {
    std::fs::create_dir_all(folder).at(folder)?;
    let mut file = File::open(sealed).at(sealed)?;
    let (sum, length) = sum(&mut file).at(sealed)?;
    file.rewind().at(sealed)?;
    let headers = PartHeader::cut(length, PAYLOAD_MAX_LEN, handle, sum)?;
    let names = names(headers.len(), &mut OsRandom);
    for (header, name) in headers.zip(&names) {
        let path = folder.join(name);
        let mut part = File::create_new(&path).at(&path)?;
        part.write_all(&header.to_bytes()).at(&path)?;
        let copied = io::copy(&mut (&mut file).take(header.payload_len().into()), &mut part).at(&path)?;
        if copied != u64::from(header.payload_len()) {
            return Err(Failure::refused("parts-changed", "the sealed file changed while it was cut; cut it again"));
        }
        part.sync_all().at(&path)?;
    }
    Ok(names.len())
}

/// SHA-256 of the rest of a file, and its length.
pub(super) fn sum(file: &mut impl io::Read) -> io::Result<(SealedHash, u64)> {
    let mut sum = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    let mut length = 0;
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok((SealedHash::from_bytes(sum.finalize().into()), length)),
            Ok(read) => {
                sum.update(&buffer[..read]);
                length += read as u64;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

/// Random names in their order.
fn names(count: usize, random: &mut dyn Random) -> Vec<String> {
    let mut names = std::collections::BTreeSet::new();
    while names.len() < count {
        names.insert(name(random));
    }
    names.into_iter().collect()
}

/// Twelve random letters: a name that says nothing, not even what kind of file it is.
pub(super) fn name(random: &mut dyn Random) -> String {
    let mut name = String::with_capacity(NAME_LEN);
    while name.len() < NAME_LEN {
        let [byte] = random.bytes::<1>();
        // 234 is nine alphabets: every letter is as likely.
        if byte < 234 {
            name.push(char::from(b'a' + byte % 26));
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_lie_in_the_order_of_their_names_and_make_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let (sealed, parts) = (folder.path().join("sealed"), folder.path().join("parts"));
        let mut bytes = vec![0; 20_000_000];
        OsRandom.fill(&mut bytes);
        std::fs::write(&sealed, &bytes).unwrap();
        assert_eq!(cut(&sealed, Handle::from_bytes([7; 32]), &parts).unwrap(), 3);
        let mut names: Vec<_> = std::fs::read_dir(&parts).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        let mut joined = Vec::new();
        for (number, path) in names.iter().enumerate() {
            let part = std::fs::read(path).unwrap();
            let header = PartHeader::parse(&part).unwrap();
            assert_eq!((usize::from(header.index()), header.count()), (number, 3));
            assert!(part.len() <= 8 * 1024 * 1024 && path.extension().is_none());
            joined.extend_from_slice(&part[128..]);
        }
        assert_eq!(joined, bytes);
    }
}
