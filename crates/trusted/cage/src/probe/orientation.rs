//! Turning a picture upright, from the display matrix of its container.

/// One of the eight ways a phone can be held, mirrored or not: swap the axes or not, then mirror either.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Orientation {
    transpose: bool,
    flip_x: bool,
    flip_y: bool,
}

impl Orientation {
    /// From the matrix `a b u c d v x y w` of a track header (fixed point; only signs and sizes count). It maps a stored
    /// point to a shown one: x' = a·x + c·y, y' = b·x + d·y. Angles between the quarter turns go to the nearest.
    #[must_use]
    pub fn from_matrix(matrix: [i64; 9]) -> Self {
        let [a, b, _, c, d, ..] = matrix;
        let transpose =
            b.unsigned_abs().saturating_add(c.unsigned_abs()) > a.unsigned_abs().saturating_add(d.unsigned_abs());
        // After the swap of axes, c leads to x' and b to y'.
        let (x, y) = if transpose { (c, b) } else { (a, d) };
        Self { transpose, flip_x: x < 0, flip_y: y < 0 }
    }

    /// Whether width and height change places.
    #[must_use]
    pub const fn swaps_sides(self) -> bool {
        self.transpose
    }

    /// ffmpeg filters that do it; empty when the picture is upright already.
    pub(crate) fn filters(self) -> Vec<&'static str> {
        // "Counter-clockwise and flip" is the plain swap of axes.
        let steps = [(self.transpose, "transpose=cclock_flip"), (self.flip_x, "hflip"), (self.flip_y, "vflip")];
        steps.into_iter().filter(|(wanted, _)| *wanted).map(|(_, filter)| filter).collect()
    }
}

/// The matrix as ffprobe prints it: three lines `00000000:  0  65536  0`.
pub(super) fn parse(text: &str) -> Option<[i64; 9]> {
    let rows = text.lines().filter_map(|line| line.split_once(':')).map(|(_, numbers)| numbers);
    let numbers: Vec<i64> = rows.flat_map(str::split_whitespace).map(str::parse).collect::<Result<_, _>>().ok()?;
    numbers.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: i64 = 65_536;

    #[test]
    fn quarter_turns_and_mirrors() {
        let of =
            |a, b, c, d| Orientation::from_matrix([a * ONE, b * ONE, 0, c * ONE, d * ONE, 0, 0, 0, 1 << 30]).filters();
        assert!(of(1, 0, 0, 1).is_empty());
        assert_eq!(of(-1, 0, 0, -1), ["hflip", "vflip"]);
        assert_eq!(of(-1, 0, 0, 1), ["hflip"]);
        assert_eq!(of(0, 1, -1, 0), ["transpose=cclock_flip", "hflip"]);
        assert_eq!(of(0, -1, 1, 0), ["transpose=cclock_flip", "vflip"]);
        assert_eq!(of(0, 1, 1, 0), ["transpose=cclock_flip"]);
    }

    #[test]
    fn ffprobes_matrix_is_read() {
        let text = "\n00000000:            0       65536           0\n00000001:      -65536           0           0\n\
                    00000002:    31457280           0  1073741824\n";
        assert_eq!(parse(text), Some([0, ONE, 0, -ONE, 0, 0, 31_457_280, 0, 1 << 30]));
        assert_eq!(parse("00000000: 1 2"), None);
    }
}
