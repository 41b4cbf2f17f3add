//! The muxer writes a box for tags also when there is no tag, with the name of a maker of phones in it. It becomes free
//! space of zeros, so that no place in the file moves.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

/// Blanks the box of tags in `moov` of an MP4 of ours.
pub(super) fn blank(file: &mut File) -> io::Result<()> {
    let mut at = 0;
    while let Some((kind, length)) = head(file, at)? {
        match &kind {
            b"moov" => at += 8,
            b"udta" => {
                file.seek(SeekFrom::Start(at + 4))?;
                file.write_all(b"free")?;
                file.write_all(&vec![0; usize::try_from(length - 8).unwrap_or(0)])?;
                at += length;
            }
            // Picture and sound; the index lies before them.
            b"mdat" => return Ok(()),
            _ => at += length,
        }
    }
    Ok(())
}

/// Name and length of the box at a place; `None` at the end.
fn head(file: &mut File, at: u64) -> io::Result<Option<([u8; 4], u64)>> {
    let mut head = [0; 8];
    file.seek(SeekFrom::Start(at))?;
    match file.read_exact(&mut head) {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let [a, b, c, d, kind @ ..] = head;
    let length = u64::from(u32::from_be_bytes([a, b, c, d]));
    if length < 8 { Err(io::Error::other("a box of no length")) } else { Ok(Some((kind, length))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_zeros_and_nothing_moves() {
        let tags = b"\0\0\0\x14udta\0\0\0\x0cmetaappl";
        let moov = [&b"\0\0\0\x28moov\0\0\0\x0cmvhdabcd"[..], tags].concat();
        let whole = [&b"\0\0\0\x0cftypisom"[..], &moov, b"\0\0\0\x0cmdatudta"].concat();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&whole).unwrap();
        blank(&mut file).unwrap();
        let mut out = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut out).unwrap();
        let expected = [&whole[..32], b"\0\0\0\x14free", &[0; 12], b"\0\0\0\x0cmdatudta"].concat();
        assert_eq!(out, expected);
    }
}
