//! The fingerprint of a clip, taken from frames that are decoded anyway, before anything in them is covered: a copy is found
//! whatever its sender chose. It leaves this crate sealed ([`crate::PrintKey`]).

use hamseda_cage::Placement;
use hamseda_fingerprint::{Area, Fingerprint, Maker};

/// Looks at frames as they pass.
pub(crate) struct Look(Option<Maker>);

impl Look {
    /// At the part `place` of frames that are `width` wide.
    pub(crate) fn at(place: Placement, width: u32) -> Self {
        let [x, y, w, h] = [place.x, place.y, place.width, place.height].map(|v| v as usize);
        Self(Maker::new(Area { x, y, width: w, height: h }, width as usize))
    }

    /// At frames of this size.
    pub(crate) fn whole(width: u32, height: u32) -> Self {
        Self::at(Placement { x: 0, y: 0, width, height }, width)
    }

    /// Looks at the next frame; its luma comes first.
    pub(crate) fn frame(&mut self, frame: &[u8]) {
        if let Some(maker) = &mut self.0 {
            maker.frame(frame);
        }
    }

    /// The fingerprint, with the sound as recorded; none for a picture without size.
    pub(crate) fn finish(self, samples: &[f32]) -> Option<Fingerprint> {
        self.0.map(|maker| maker.finish(samples))
    }
}
