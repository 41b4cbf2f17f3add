//! A sealed file on its way to the blob store, without its header: the header is the message's key and is kept where a
//! withdrawal can erase it. What the blob store holds opens with no desk key.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use hamseda_core::SealedHash;
use hamseda_seal::format::{MAC_START, VERSION_LINE};
use hamseda_store::Bytes;
use sha2::{Digest as _, Sha256};

/// Longest header that is looked for: eight stanzas are 13 KiB.
const MOST: usize = 64 * 1024;

/// The first bytes of a stream up to the end of an age header (none, when it does not begin with one), and the rest.
pub(crate) async fn header<S>(
    mut input: S,
) -> io::Result<(Bytes, impl Stream<Item = io::Result<Bytes>> + Unpin + Send + use<S>)>
where
    S: Stream<Item = io::Result<Bytes>> + Unpin + Send,
{
    let mut start = Vec::new();
    while start.len() < MOST && may_have_header(&start) && end_of_header(&start).is_none() {
        match input.try_next().await? {
            Some(chunk) => start.extend_from_slice(&chunk),
            None => break,
        }
    }
    let start = Bytes::from(start);
    let header = start.slice(..end_of_header(&start).unwrap_or(0));
    let rest = start.slice(header.len()..);
    let first = stream::iter((!rest.is_empty()).then_some(Ok(rest)));
    Ok((header, first.chain(input)))
}

fn may_have_header(start: &[u8]) -> bool {
    let compared = start.len().min(VERSION_LINE.len());
    start[..compared] == VERSION_LINE.as_bytes()[..compared]
}

/// Where the header's last line ends, if all of it is here.
fn end_of_header(start: &[u8]) -> Option<usize> {
    if !start.starts_with(VERSION_LINE.as_bytes()) {
        return None;
    }
    let mac = start.windows(MAC_START.len()).position(|w| w == MAC_START.as_bytes())?;
    let line = start[mac..].iter().position(|byte| *byte == b'\n')?;
    let end = mac + line + 1;
    (end <= MOST).then_some(end)
}

/// Hash and length of a whole file, of which a stream brings the rest.
#[derive(Clone)]
pub(crate) struct Whole(Arc<Mutex<(Sha256, u64)>>);

impl Whole {
    /// A file that begins with these bytes.
    pub(crate) fn beginning(with: &[u8]) -> Self {
        let whole = Self(Arc::default());
        whole.add(with);
        whole
    }

    /// The stream, counted.
    pub(crate) fn count<S>(&self, stream: S) -> Counted<S> {
        Counted { stream, whole: self.clone() }
    }

    /// What it has come to.
    pub(crate) fn so_far(&self) -> (SealedHash, u64) {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (SealedHash::from_bytes(state.0.clone().finalize().into()), state.1)
    }

    fn add(&self, bytes: &[u8]) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.0.update(bytes);
        state.1 += bytes.len() as u64;
    }
}

/// See [`Whole::count`].
pub(crate) struct Counted<S> {
    stream: S,
    whole: Whole,
}

impl<S: Stream<Item = io::Result<Bytes>> + Unpin> Stream for Counted<S> {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.stream.poll_next_unpin(context);
        if let Poll::Ready(Some(Ok(chunk))) = &next {
            self.whole.add(chunk);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(file: &[u8], pieces: usize) -> (Vec<u8>, Vec<u8>) {
        let chunks: Vec<_> = file.chunks(pieces).map(|c| Ok(Bytes::copy_from_slice(c))).collect();
        futures_util::FutureExt::now_or_never(async {
            let (start, rest) = header(stream::iter(chunks)).await.unwrap();
            let rest: Vec<Bytes> = rest.try_collect().await.unwrap();
            (start.to_vec(), rest.concat())
        })
        .unwrap()
    }

    proptest! {
        #[test]
        fn however_a_file_comes_its_header_is_cut_at_one_place(
            body in proptest::collection::vec(any::<u8>(), 0..300), pieces in 1usize..400
        ) {
            let header = [VERSION_LINE, "-> mlkem768x25519 abc\ndef\n", MAC_START, "ghi\n"].concat();
            let file = [header.as_bytes(), &body].concat();
            prop_assert_eq!(split(&file, pieces), (header.into_bytes(), body.clone()));
            // Anything else is a file without a header, whole.
            let other = [b"x".as_slice(), &file].concat();
            prop_assert_eq!(split(&other, pieces), (vec![], other));
            let cut = VERSION_LINE.as_bytes()[..VERSION_LINE.len().min(body.len())].to_vec();
            prop_assert_eq!(split(&cut, pieces), (vec![], cut));
        }
    }

    #[test]
    fn a_header_without_end_is_none() {
        let file = [VERSION_LINE.as_bytes(), &vec![b'-'; 3 * MOST]].concat();
        assert_eq!(split(&file, 1000), (vec![], file));
    }
}
