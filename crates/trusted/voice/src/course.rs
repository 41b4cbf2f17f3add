//! Slow random courses: a melody, a pace. Drawn, never read from the source.

use crate::draw::Stream;

/// `length` values around 0 that never exceed ±1: random points some `apart` steps from each other, joined smoothly.
pub(crate) fn course(stream: &mut Stream, length: usize, apart: (f32, f32)) -> Vec<f32> {
    let mut out = Vec::with_capacity(length);
    let (mut from, mut to) = (stream.within(-1.0, 1.0), stream.within(-1.0, 1.0));
    let (mut done, mut steps) = (0.0, stream.within(apart.0, apart.1));
    for _ in 0..length {
        let part: f32 = done / steps;
        let eased = part * part * (3.0 - 2.0 * part);
        out.push(from + (to - from) * eased);
        done += 1.0;
        if done >= steps {
            done -= steps;
            from = to;
            to = stream.within(-1.0, 1.0);
            steps = stream.within(apart.0, apart.1);
        }
    }
    out
}
