//! Really sealed messages of any class, made once each.

use std::collections::HashMap;
use std::io::Read;

use bytes::Bytes;
use hamseda_core::{Choices, Lang, Limits, OsRandom, Picture, Uses, Voice};
use hamseda_seal::{Draft, KeySet, SizeClass};

use crate::random::Random;
use crate::serve::{KEYSET, TODAY, limits};

/// Sealed files by class in MiB.
#[derive(Default)]
pub(crate) struct Messages(HashMap<u64, Bytes>);

impl Messages {
    /// A sealed message of the class of `mib` MiB; the same bytes each time.
    ///
    /// # Errors
    /// There is no such class.
    pub(crate) fn of(&mut self, mib: u64) -> Result<Bytes, String> {
        if let Some(known) = self.0.get(&mib) {
            return Ok(known.clone());
        }
        let made = seal(mib)?;
        self.0.insert(mib, made.clone());
        Ok(made)
    }
}

fn seal(mib: u64) -> Result<Bytes, String> {
    let limits: Limits = limits();
    let class = SizeClass::all(&limits).find(|class| class.mib() == mib);
    let capacity = class.ok_or_else(|| format!("no size class has {mib} MiB"))?.clip_capacity();
    let keys = KeySet::verify(KEYSET, None).map_err(|e| e.to_string())?;
    let current = keys.current(TODAY).map_err(|e| e.to_string())?;
    let choices = Choices {
        picture: Picture::Hide,
        voice: Voice::Mute,
        lang: Lang::Fa,
        place: None,
        pseudonym: None,
        uses: Uses::PUBLIC,
    };
    let clip = Noise(Random::new(mib)).take(capacity);
    let out = Vec::with_capacity(usize::try_from(capacity + capacity / 1024 + 65_536).unwrap_or_default());
    let sealed = hamseda_seal::seal(clip, out, Draft::new(choices), current, &limits, &mut OsRandom);
    Ok(sealed.map_err(|e| e.to_string())?.out.into())
}

/// A clip that nothing can shorten.
struct Noise(Random);

impl Read for Noise {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        for chunk in buffer.chunks_mut(8) {
            let bytes = self.0.next().to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
        Ok(buffer.len())
    }
}
