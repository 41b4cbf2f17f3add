//! Writes the display matrix by which players turn a picture that was filmed sideways. ffmpeg's own ways to say it
//! changed between versions; the matrix in the file did not.

/// Turns the first video track of an MP4 or MOV by `degrees` clockwise. Says whether a track was found.
pub(crate) fn turn(file: &mut [u8], degrees: u32) -> bool {
    const ONE: i32 = 1 << 16;
    // Rows of ISO/IEC 14496-12's matrix: a b u, c d v, x y w. Translation is left at zero, as phones leave it.
    let (a, b, c, d) = match degrees {
        90 => (0, ONE, -ONE, 0),
        180 => (-ONE, 0, 0, -ONE),
        270 => (0, -ONE, ONE, 0),
        _ => (ONE, 0, 0, ONE),
    };
    let Some(at) = track_header(file) else { return false };
    // Version 0 has 32-bit times, version 1 64-bit ones; then 16 bytes of layer, group and volume.
    let matrix = at + if file[at] == 1 { 4 + 32 + 16 } else { 4 + 20 + 16 };
    let Some(place) = file.get_mut(matrix..matrix + 36) else { return false };
    for (slot, value) in place.chunks_exact_mut(4).zip([a, b, 0, c, d, 0, 0, 0, 1 << 30]) {
        slot.copy_from_slice(&value.to_be_bytes());
    }
    true
}

/// Where the body of the first `tkhd` with a width begins.
fn track_header(file: &[u8]) -> Option<usize> {
    let moov = child(file, 0, file.len(), b"moov", 0)?;
    (0..).map_while(|n| child(file, moov.0, moov.1, b"trak", n)).find_map(|(from, to)| {
        let (from, to) = child(file, from, to, b"tkhd", 0)?;
        let width = file.get(to.checked_sub(8)?..to - 4)?;
        (width != [0; 4]).then_some(from)
    })
}

/// The body of the `nth` box of that kind between `from` and `to`.
fn child(file: &[u8], mut from: usize, to: usize, kind: &[u8; 4], nth: usize) -> Option<(usize, usize)> {
    let mut seen = 0;
    while from + 8 <= to {
        let small = u32::from_be_bytes(file.get(from..from + 4)?.try_into().ok()?) as usize;
        let (head, size) = match small {
            0 => (8, to - from),
            1 => (16, usize::try_from(u64::from_be_bytes(file.get(from + 8..from + 16)?.try_into().ok()?)).ok()?),
            _ => (8, small),
        };
        if size < head || from + size > to {
            return None;
        }
        if file[from + 4..from + 8] == *kind {
            if seen == nth {
                return Some((from + head, from + size));
            }
            seen += 1;
        }
        from += size;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let mut out = (body.len() as u32 + 8).to_be_bytes().to_vec();
        out.extend(kind);
        out.extend(body);
        out
    }

    fn track(width: u8) -> Vec<u8> {
        let mut body = vec![0; 84];
        body[77] = width;
        boxed(b"trak", &boxed(b"tkhd", &body))
    }

    #[test]
    fn the_video_track_is_turned_and_the_sound_left_alone() {
        let sound = track(0);
        let mut file =
            [boxed(b"ftyp", b"isom"), boxed(b"moov", &[boxed(b"mvhd", &[0; 100]), sound, track(9)].concat())].concat();
        let before = file.clone();
        assert!(turn(&mut file, 90));
        let changed: Vec<_> = (0..file.len()).filter(|&i| file[i] != before[i]).collect();
        let matrix = file.len() - 84 + 40;
        assert!(changed.iter().all(|&i| (matrix..matrix + 36).contains(&i)), "{changed:?}");
        assert_eq!(file[matrix..matrix + 8], [0, 0, 0, 0, 0, 1, 0, 0]);
    }

    #[test]
    fn what_is_no_mp4_is_left_alone() {
        assert!(!turn(&mut [0; 40], 90));
        assert!(!turn(&mut boxed(b"moov", &[0, 0, 0, 4, 1, 2, 3, 4]), 90));
    }
}
