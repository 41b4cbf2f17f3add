//! A pipe that is read only while something comes.
//!
//! A job's own time grows with the length that is asked for: hours for ten minutes of picture. A clip made to waste it
//! would hold a worker all that while without giving a single frame, so that silence ends a job much sooner.

use std::io::{self, Read};
use std::os::fd::AsFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// How long nothing may come. The slowest picture a phone makes gives a frame in two seconds on one slow core; a machine
/// that does sixty things at once still gives one in time.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);

/// Reads from `pipe`; fails with [`io::ErrorKind::TimedOut`] when nothing comes for as long as `patience`.
#[derive(Debug)]
pub(super) struct Patient<P> {
    pub(super) pipe: P,
    pub(super) patience: Duration,
}

impl<P: Read + AsFd> Read for Patient<P> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let limit =
            Timespec { tv_sec: self.patience.as_secs().cast_signed(), tv_nsec: self.patience.subsec_nanos().into() };
        let mut waiting = [PollFd::new(&self.pipe, PollFlags::IN)];
        match poll(&mut waiting, Some(&limit))? {
            0 => Err(io::ErrorKind::TimedOut.into()),
            _ => self.pipe.read(buffer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn silence_ends_and_an_end_is_an_end() {
        let (pipe, mut writer) = io::pipe().unwrap();
        let mut patient = Patient { pipe, patience: Duration::from_millis(20) };
        writer.write_all(b"ab").unwrap();
        let mut buffer = [0; 8];
        assert_eq!(patient.read(&mut buffer).unwrap(), 2);
        assert_eq!(patient.read(&mut buffer).unwrap_err().kind(), io::ErrorKind::TimedOut);
        drop(writer);
        assert_eq!(patient.read(&mut buffer).unwrap(), 0);
    }
}
