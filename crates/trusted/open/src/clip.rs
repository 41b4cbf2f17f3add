//! The clip on its way out: its true length is known only at the end, so zeros are counted and held back.
//!
//! Whatever follows the clip must be zeros. A run of zeros is passed on when something else follows it; what is left
//! at the end is cut to the true length. So the sink gets exactly the clip, and nothing has to be kept in memory.

use std::io::{self, Write};

use zeroize::{Zeroize, Zeroizing};

use crate::error::OpenError;

const ZEROS: [u8; 4096] = [0; 4096];

pub(crate) struct Clip<W> {
    sink: W,
    written: u64,
    zeros: u64,
}

impl<W: Write> Clip<W> {
    pub(crate) const fn new(sink: W) -> Self {
        Self { sink, written: 0, zeros: 0 }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), OpenError> {
        let end = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
        if end > 0 {
            self.write_zeros(self.zeros)?;
            self.sink.write_all(&bytes[..end]).map_err(OpenError::Sink)?;
            self.written += end as u64;
            self.zeros = 0;
        }
        self.zeros += (bytes.len() - end) as u64;
        Ok(())
    }

    /// Ends the clip at its true length and gives the sink back.
    pub(crate) fn finish(mut self, len: u64) -> Result<W, OpenError> {
        let zeros = len.checked_sub(self.written).ok_or(OpenError::Padding)?;
        self.write_zeros(zeros)?;
        self.sink.flush().map_err(OpenError::Sink)?;
        Ok(self.sink)
    }

    fn write_zeros(&mut self, mut count: u64) -> Result<(), OpenError> {
        while count > 0 {
            let now = count.min(ZEROS.len() as u64);
            self.sink.write_all(&ZEROS[..now as usize]).map_err(OpenError::Sink)?;
            self.written += now;
            count -= now;
        }
        Ok(())
    }
}

/// A sink in memory that leaves no copy behind when it grows.
#[derive(Default)]
pub(crate) struct Buffer(Zeroizing<Vec<u8>>);

impl Buffer {
    pub(crate) fn into_inner(mut self) -> Vec<u8> {
        std::mem::take(&mut *self.0)
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let mut larger = Vec::new();
            larger.try_reserve_exact(needed.max(self.0.capacity() * 2)).map_err(io::Error::other)?;
            larger.extend_from_slice(&self.0);
            self.0.zeroize();
            *self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
