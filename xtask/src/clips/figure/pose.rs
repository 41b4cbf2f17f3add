//! How a person moves through a clip: loudness opens the mouth, the rest is calm chance.

use crate::random::Random;

/// One moment.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pose {
    /// Turn of the head, -1 to 1.
    pub(crate) yaw: f32,
    /// Lean of the head, -1 to 1.
    pub(crate) tilt: f32,
    /// Up and down, -1 to 1.
    pub(crate) nod: f32,
    /// Chest, 0 to 1.
    pub(crate) breath: f32,
    /// Lean of the body, -1 to 1.
    pub(crate) sway: f32,
    /// Mouth open, 0 to 1.
    pub(crate) open: f32,
    /// Mouth pursed at -1, wide at 1.
    pub(crate) wide: f32,
    /// Lids shut, 0 to 1.
    pub(crate) blink: f32,
    /// Brows raised, 0 to 1.
    pub(crate) brow: f32,
    /// Where the eyes look, -1 to 1 each.
    pub(crate) gaze: (f32, f32),
}

/// One clip's worth of moments.
pub(crate) struct Life {
    phase: [f32; 6],
    blinks: Vec<f32>,
    still: bool,
}

/// Half of a blink, seconds.
const BLINK: f32 = 0.09;

impl Life {
    /// Chance by `seed`, for a clip of `seconds`.
    pub(crate) fn new(seed: u64, seconds: f32) -> Self {
        let mut random = Random::new(seed ^ 0x6c69_6665);
        let phase = std::array::from_fn(|_| random.unit() * std::f32::consts::TAU);
        let mut blinks = Vec::new();
        let mut at = 0.5 + random.unit() * 1.2;
        while at < seconds {
            blinks.push(at);
            at += 1.3 + random.unit() * 2.4;
        }
        Self { phase, blinks, still: false }
    }

    /// For a portrait: eyes open, a faint smile, nothing moves.
    pub(crate) fn portrait(seed: u64) -> Self {
        Self { blinks: Vec::new(), still: true, ..Self::new(seed, 0.0) }
    }

    /// The pose `t` seconds into the clip, while the voice is `loud` and `bright`, 0 to 1 each.
    pub(crate) fn at(&self, t: f32, loud: f32, bright: f32) -> Pose {
        let wave = |i: usize, hertz: f32| (std::f32::consts::TAU * hertz * t + self.phase[i]).sin();
        let slow = |i: usize, a: f32, b: f32| 0.65 * wave(i, a) + 0.35 * wave((i + 3) % 6, b);
        let blink = self.blinks.iter().map(|b| 1.0 - ((t - b).abs() / BLINK).min(1.0)).fold(0.0, f32::max);
        if self.still {
            let yaw = 0.5 * self.phase[0].sin();
            return Pose { yaw, tilt: 0.4 * self.phase[1].sin(), wide: 0.55, brow: 0.15, ..Pose::default() };
        }
        Pose {
            yaw: 0.75 * slow(0, 0.17, 0.41),
            tilt: 0.8 * slow(1, 0.13, 0.37),
            nod: 0.35 * slow(2, 0.21, 0.53) + 0.45 * loud,
            breath: 0.5 + 0.5 * wave(3, 0.28),
            sway: slow(4, 0.11, 0.29),
            open: loud,
            wide: (bright * 1.6 - 0.7 + 0.25 * wave(5, 2.3)).clamp(-1.0, 1.0) * loud.max(0.2),
            blink,
            brow: (0.55 * loud + 0.25 * wave(2, 0.33)).clamp(0.0, 1.0),
            gaze: (0.35 * slow(5, 0.23, 0.71).signum() * slow(5, 0.23, 0.71).abs().sqrt(), 0.2 * wave(4, 0.31)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_mouth_is_shut_and_a_loud_one_open() {
        let life = Life::new(3, 5.0);
        assert_eq!(life.at(1.0, 0.0, 0.0).open, 0.0);
        assert!(life.at(1.0, 0.9, 0.5).open > 0.8);
    }

    #[test]
    fn everybody_blinks() {
        for seed in 0..50 {
            let life = Life::new(seed, 5.0);
            assert!((0..500).any(|i| life.at(i as f32 * 0.01, 0.0, 0.0).blink > 0.8), "seed {seed}");
        }
    }
}
