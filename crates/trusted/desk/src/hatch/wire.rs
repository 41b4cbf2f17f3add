//! What is said through the hatch: one line of JSON asks; lines of JSON answer, and after the last one the clip's bytes.

use std::io;
use std::time::Duration;

use hamseda_core::{MessageId, Secret};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};

/// Longest line, bytes.
const LINE: u64 = 1024;
/// Largest clip, bytes: ten minutes at the most that its encoder makes.
const CLIP: u64 = 512 * 1024 * 1024;
/// A worker says something more often than this; a desk asks at once.
const PATIENCE: Duration = Duration::from_secs(120);

/// A request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Which message.
    pub message: MessageId,
    /// Number of the custody event with which a reviewer asked.
    pub asked: u64,
}

/// What a worker answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Answer {
    /// It is at work.
    Made {
        /// Frames made.
        frames: u64,
        /// Frames there will be, about.
        of: u64,
    },
    /// As many bytes of MP4 follow.
    Clip {
        /// Their number.
        bytes: u64,
        /// Length of the clip, milliseconds.
        millis: u64,
    },
    /// It does not show it.
    Refused {
        /// Why.
        why: Why,
        /// In words, where there is more to say.
        detail: String,
    },
}

/// Why a worker shows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// It makes another one.
    Busy,
    /// Too many were asked for within an hour.
    TooOften,
    /// The custody chain holds no such request, or it was used.
    NotAsked,
    /// The message can't be opened or decoded.
    Unreadable,
    /// The machine failed.
    Failed,
}

/// Reads a request: the worker's side.
///
/// # Errors
/// Anything else was said, or nothing in time.
pub async fn order(stream: impl AsyncRead + Unpin) -> io::Result<Order> {
    let mut stream = BufReader::new(stream);
    line(&mut stream).await
}

/// Says something before the clip, or instead of it: the worker's side.
///
/// # Errors
/// The desk has gone.
pub async fn say(stream: &mut (impl AsyncWrite + Unpin), answer: &Answer) -> io::Result<()> {
    write(stream, answer).await
}

/// Hands a clip over: the worker's side.
///
/// # Errors
/// The desk has gone.
pub async fn send(stream: &mut (impl AsyncWrite + Unpin), clip: &Secret<Vec<u8>>, millis: u64) -> io::Result<()> {
    write(stream, &Answer::Clip { bytes: clip.expose().len() as u64, millis }).await?;
    stream.write_all(clip.expose()).await?;
    stream.shutdown().await
}

/// What the desk got in the end.
#[derive(Debug)]
pub(crate) enum Heard {
    Clip { clip: Secret<Vec<u8>>, millis: u64 },
    Refused { why: Why, detail: String },
}

/// Asks, and reads to the end: the desk's side. `made` is told how far the worker is.
pub(crate) async fn hear(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    order: Order,
    made: impl Fn(u64, u64),
) -> io::Result<Heard> {
    write(&mut stream, &order).await?;
    let mut stream = BufReader::new(stream);
    loop {
        match line(&mut stream).await? {
            Answer::Made { frames, of } => made(frames, of),
            Answer::Refused { why, detail } => return Ok(Heard::Refused { why, detail }),
            Answer::Clip { bytes, .. } if bytes > CLIP => return Err(io::ErrorKind::FileTooLarge.into()),
            Answer::Clip { bytes, millis } => {
                let mut clip = vec![0; bytes as usize];
                timed(stream.read_exact(&mut clip)).await?;
                return Ok(Heard::Clip { clip: Secret::new(clip), millis });
            }
        }
    }
}

async fn write(stream: &mut (impl AsyncWrite + Unpin), value: &impl Serialize) -> io::Result<()> {
    let mut text = serde_json::to_vec(value)?;
    text.push(b'\n');
    stream.write_all(&text).await?;
    stream.flush().await
}

async fn line<T: for<'de> Deserialize<'de>>(stream: &mut BufReader<impl AsyncRead + Unpin>) -> io::Result<T> {
    let mut text = Vec::new();
    timed((&mut *stream).take(LINE).read_until(b'\n', &mut text)).await?;
    if text.pop() != Some(b'\n') {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(serde_json::from_slice(&text)?)
}

async fn timed<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout(PATIENCE, work).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDER: Order = Order { message: MessageId::from_bytes([7; 16]), asked: 9 };

    /// What the desk hears when a worker says `text` and then closes.
    async fn heard(text: &[u8]) -> io::Result<Heard> {
        let (mut worker, desk) = tokio::io::duplex(4096);
        worker.write_all(text).await.unwrap();
        worker.shutdown().await.unwrap();
        hear(desk, ORDER, |_, _| ()).await
    }

    #[tokio::test]
    async fn a_clip_comes_through_whole() {
        let (mut worker, desk) = tokio::io::duplex(64);
        let asked = tokio::spawn(async move {
            let told = std::sync::Mutex::new(Vec::new());
            let heard = hear(desk, ORDER, |frames, of| told.lock().unwrap().push((frames, of))).await.unwrap();
            let Heard::Clip { clip, millis } = heard else { panic!("{heard:?}") };
            (clip.expose().clone(), millis, told.into_inner().unwrap())
        });
        assert_eq!(order(&mut worker).await.unwrap(), ORDER);
        say(&mut worker, &Answer::Made { frames: 3, of: 8 }).await.unwrap();
        send(&mut worker, &Secret::new(vec![5; 5000]), 1200).await.unwrap();
        assert_eq!(asked.await.unwrap(), (vec![5; 5000], 1200, vec![(3, 8)]));
    }

    #[tokio::test]
    async fn what_has_no_bound_or_no_end_is_refused() {
        use io::ErrorKind::{FileTooLarge, InvalidData, UnexpectedEof};
        let clip = format!("{{\"clip\":{{\"bytes\":{},\"millis\":1}}}}\n", CLIP + 1);
        let cases: [(&[u8], _); 5] = [
            (clip.as_bytes(), FileTooLarge),
            (b"{\"clip\":{\"bytes\":10,\"millis\":1}}\nshort", UnexpectedEof),
            (b"{\"made\":{\"frames\":1", UnexpectedEof),
            (&[b' '; 2000], UnexpectedEof),
            (b"{\"open\":\"sesame\"}\n", InvalidData),
        ];
        for (text, kind) in cases {
            assert_eq!(heard(text).await.unwrap_err().kind(), kind, "{}", String::from_utf8_lossy(text));
        }
    }
}
