//! Where each tile stands: rows of equal height, each filled from edge to edge, whatever the number of messages.

/// A rectangle in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) w: f32,
    pub(crate) h: f32,
}

impl Area {
    pub(crate) fn centre(self) -> (f32, f32) {
        (self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    /// This rectangle in a picture `scale` times as large.
    pub(crate) fn scaled(self, scale: f32) -> Self {
        Self { x: self.x * scale, y: self.y * scale, w: self.w * scale, h: self.h * scale }
    }

    pub(crate) fn shrunk(self, by: f32) -> Self {
        Self { x: self.x + by, y: self.y + by, w: self.w - 2.0 * by, h: self.h - 2.0 * by }
    }
}

/// Tiles a little wider than high: a head and shoulders, with room at the sides.
const ASPECT: f64 = 1.18;
/// How much a grid with unequal rows is worse than one whose tiles have the wrong shape.
const RAGGED: f64 = 0.12;

/// Areas of `count` tiles that fill `width` × `height`. Where rows can't be equal, the lower ones hold one tile more.
pub(crate) fn grid(count: usize, width: f32, height: f32) -> Vec<Area> {
    let rows = best_rows(count, f64::from(width / height));
    let (short, long) = (count / rows.max(1), count % rows.max(1));
    let h = height / rows as f32;
    let mut areas = Vec::with_capacity(count);
    for row in 0..rows {
        let tiles = short + usize::from(row >= rows - long);
        let w = width / tiles as f32;
        areas.extend((0..tiles).map(|i| Area { x: i as f32 * w, y: row as f32 * h, w, h }));
    }
    areas
}

fn best_rows(count: usize, shape: f64) -> usize {
    let cost = |rows: usize| {
        let aspect = shape * (rows * rows) as f64 / count as f64;
        (aspect / ASPECT).ln().abs() + if count.is_multiple_of(rows) { 0.0 } else { RAGGED }
    };
    (1..=count).min_by(|&a, &b| cost(a).total_cmp(&cost(b))).unwrap_or(0)
}

/// The tile whose middle is nearest to the middle of the wall, a little above it.
pub(crate) fn middle(areas: &[Area], width: f32, height: f32) -> usize {
    let (cx, cy) = (width / 2.0, height * 0.45);
    let distance = |area: &Area| {
        let (x, y) = area.centre();
        (x - cx).hypot(y - cy)
    };
    let nearest = areas.iter().enumerate().min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)));
    nearest.map_or(0, |(i, _)| i)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn tiles_fill_the_wall_and_are_nearly_square(count in 1usize..6000) {
            let areas = grid(count, 1280.0, 720.0);
            proptest::prop_assert_eq!(areas.len(), count);
            let filled: f32 = areas.iter().map(|a| a.w * a.h).sum();
            proptest::prop_assert!((filled - 1280.0 * 720.0).abs() < 1000.0, "{}", filled);
            if count > 4 {
                proptest::prop_assert!(areas.iter().all(|a| (0.7..2.1).contains(&(a.w / a.h))));
            }
        }
    }

    #[test]
    fn twenty_four_is_six_by_four() {
        let areas = grid(24, 1280.0, 720.0);
        assert_eq!((areas[0].w.round(), areas[0].h), (213.0, 180.0));
        let focus = areas[middle(&areas, 1280.0, 720.0)];
        assert!((focus.centre().0 - 640.0).abs() < 110.0 && (focus.centre().1 - 360.0).abs() < 95.0);
    }
}
