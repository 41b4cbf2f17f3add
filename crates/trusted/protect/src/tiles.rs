//! Tiles for walls: a few small squares of a master, averaged from its frames.

use hamseda_cage::Placement;
use hamseda_core::lattice::{HEIGHT, WIDTH};
use hamseda_core::tiles::{STEP, STRIPS, Strip, TileSet, frame_bytes};

/// Collects tiles while frames pass by.
pub(crate) struct TileMaker {
    square: Placement,
    set: TileSet,
    seen: u32,
}

impl TileMaker {
    /// Cuts `square` out of each frame.
    pub(crate) fn new(square: Placement) -> Self {
        let strips = STRIPS
            .iter()
            .map(|&(side, frames)| Strip { side, data: Vec::with_capacity(frame_bytes(side) * usize::from(frames)) });
        Self { square, set: TileSet { strips: strips.collect() }, seen: 0 }
    }

    /// Takes the next frame of the master.
    pub(crate) fn frame(&mut self, frame: &[u8]) {
        let wanted = self.seen.is_multiple_of(STEP);
        self.seen += 1;
        if !wanted {
            return;
        }
        for (strip, &(side, frames)) in self.set.strips.iter_mut().zip(&STRIPS) {
            if strip.frames() < usize::from(frames) {
                shrink(frame, self.square, side, &mut strip.data);
            }
        }
    }

    /// The tile file.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.set.to_bytes()
    }
}

/// One plane of a frame.
struct Plane<'a> {
    data: &'a [u8],
    stride: usize,
}

/// Appends the square of `frame`, shrunk to `side`.
fn shrink(frame: &[u8], square: Placement, side: u16, out: &mut Vec<u8>) {
    let (width, height) = (WIDTH as usize, HEIGHT as usize);
    let (luma, chroma) = frame.split_at(width * height);
    let (cb, cr) = chroma.split_at(width * height / 4);
    let [x, y, length, side] = [square.x, square.y, square.width, u32::from(side)].map(|v| v as usize);
    average(&Plane { data: luma, stride: width }, [x, y, length], side, out);
    for data in [cb, cr] {
        average(&Plane { data, stride: width / 2 }, [x / 2, y / 2, length / 2], side / 2, out);
    }
}

/// Each pixel is the mean of the block it stands for.
fn average(plane: &Plane<'_>, [left, top, length]: [usize; 3], side: usize, out: &mut Vec<u8>) {
    let block = |i: usize| i * length / side..((i + 1) * length / side).max(i * length / side + 1);
    for y in 0..side {
        for x in 0..side {
            let (rows, columns) = (block(y), block(x));
            let count = (rows.len() * columns.len()) as u32;
            let sum: u32 = rows
                .map(|row| {
                    let start = (top + row) * plane.stride + left;
                    plane.data[start + columns.start..start + columns.end].iter().map(|&v| u32::from(v)).sum::<u32>()
                })
                .sum();
            out.push(((sum + count / 2) / count) as u8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_is_the_square_and_nothing_beside_it() {
        let square = Placement { x: 436, y: 156, width: 406, height: 406 };
        let inside = |x: usize, y: usize| (436..842).contains(&x) && (156..562).contains(&y);
        let luma = (0..WIDTH as usize * HEIGHT as usize).map(|i| if inside(i % 1280, i / 1280) { 200 } else { 16 });
        let frame: Vec<u8> = luma.chain(std::iter::repeat_n(99, 1280 * 720 / 2)).collect();
        let mut maker = TileMaker::new(square);
        (0..7).for_each(|_| maker.frame(&frame));
        let set = TileSet::parse(&maker.finish()).unwrap();
        assert_eq!(set.strips.len(), STRIPS.len());
        for strip in &set.strips {
            assert_eq!(strip.frames(), 3);
            let (luma, chroma) = strip.frame(2).split_at(usize::from(strip.side).pow(2));
            assert!(luma.iter().all(|&v| v == 200) && chroma.iter().all(|&v| v == 99));
        }
    }
}
