//! Writes `book/book.bin` from what `book/speak.sh` made: `book FOLDER OUT`, the folder holding `people/*.f32` and
//! `sounds/*.f32` (one channel, 16 kHz, 32-bit floats).

use std::path::Path;

fn main() -> std::io::Result<()> {
    let mut words = std::env::args().skip(1);
    let (Some(folder), Some(out)) = (words.next(), words.next()) else {
        return Err(std::io::Error::other("book FOLDER OUT"));
    };
    let read = |kind: &str| recordings(&Path::new(&folder).join(kind));
    std::fs::write(out, hamseda_voice::learn(&read("people")?, &read("sounds")?))
}

fn recordings(folder: &Path) -> std::io::Result<Vec<Vec<f32>>> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let floats = |bytes: Vec<u8>| bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    paths.into_iter().map(|path| std::fs::read(path).map(floats)).collect()
}
