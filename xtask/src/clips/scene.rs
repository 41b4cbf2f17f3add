//! Where people sit: drawn once per clip, thrown out of focus, with a few lights that go on living.
//!
//! Coordinates: the picture is 1 high and `wide` wide.

use super::draw::{Affine, Canvas, Paint, Path, Point, Rgb, pt};
use super::figure::Light;
use crate::random::Random;

/// A kind of place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scene {
    Window,
    Wall,
    Lamp,
    Garden,
    Street,
    Curtain,
    Books,
    Kitchen,
    Dusk,
    Brick,
    Workshop,
    Arch,
}

impl Scene {
    /// Every scene, by its word.
    pub(crate) const ALL: [(&'static str, Self); 12] = [
        ("window", Self::Window),
        ("wall", Self::Wall),
        ("lamp", Self::Lamp),
        ("garden", Self::Garden),
        ("street", Self::Street),
        ("curtain", Self::Curtain),
        ("books", Self::Books),
        ("kitchen", Self::Kitchen),
        ("dusk", Self::Dusk),
        ("brick", Self::Brick),
        ("workshop", Self::Workshop),
        ("arch", Self::Arch),
    ];

    /// The scene of that word.
    ///
    /// # Errors
    /// Lists the words.
    pub(crate) fn parse(word: &str) -> Result<Self, String> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|&(_, scene)| scene).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|(name, _)| *name).collect();
            format!("{word:?} is not a scene; known: {}", known.join(" "))
        })
    }

    /// Light on the person.
    pub(crate) const fn light(self) -> Light {
        let (tint, rim, side) = match self {
            Self::Window => (0xfff8ee, 0xfff4df, -1.0),
            Self::Wall => (0xfffaf2, 0xfff3e2, 1.0),
            Self::Lamp => (0xffdfba, 0xffc27a, 1.0),
            Self::Garden => (0xfbffee, 0xf5ffd8, -1.0),
            Self::Street => (0xb9bfe0, 0xff9d5c, 1.0),
            Self::Curtain => (0xfff1e4, 0xffe4c8, -1.0),
            Self::Books => (0xffecd2, 0xffd9a2, -1.0),
            Self::Kitchen => (0xfffdf6, 0xffffff, 1.0),
            Self::Dusk => (0xf3cfc6, 0xffb284, -1.0),
            Self::Brick => (0xfff3e6, 0xffe9cc, 1.0),
            Self::Workshop => (0xf4efe4, 0xffe2b0, -1.0),
            Self::Arch => (0xfff6e8, 0xfff0d0, 1.0),
        };
        Light { tint: Rgb::hex(tint), rim: Rgb::hex(rim), side }
    }

    /// Draws the place.
    pub(crate) fn bake(self, width: usize, height: usize, seed: u64) -> Canvas {
        let mut set = Set {
            canvas: Canvas::new(width, height, Rgb::hex(0x808080)),
            place: Affine::place(height as f32, 0.0, 0.0),
            wide: width as f32 / height as f32,
            random: Random::new(seed ^ 0x5ce7e),
        };
        match self {
            Self::Window => window(&mut set),
            Self::Wall => wall(&mut set),
            Self::Lamp => lamp(&mut set),
            Self::Garden => garden(&mut set),
            Self::Street => street(&mut set),
            Self::Curtain => curtain(&mut set),
            Self::Books => books(&mut set),
            Self::Kitchen => kitchen(&mut set),
            Self::Dusk => dusk(&mut set),
            Self::Brick => brick(&mut set),
            Self::Workshop => workshop(&mut set),
            Self::Arch => arch(&mut set),
        }
        let depth = match self {
            Self::Garden | Self::Street => 26,
            Self::Wall | Self::Curtain | Self::Brick => 260,
            _ => 110,
        };
        set.canvas.defocus(width.min(height) / depth);
        set.canvas.finish(0.42, seed);
        set.canvas
    }

    /// Lights that move: leaves in the sun, lamps of cars far away.
    pub(crate) fn live(self, canvas: &mut Canvas, seed: u64, t: f32) {
        let (count, colours, size): (usize, &[u32], f32) = match self {
            Self::Garden => (9, &[0xeef7b8, 0xcfe08a, 0xfff3c4], 0.045),
            Self::Street => (13, &[0xffb25e, 0xff7a4a, 0xfff0c8, 0x7fb4ff], 0.050),
            Self::Dusk => (7, &[0xffd9a0, 0xffb878], 0.012),
            _ => return,
        };
        let (w, h) = (canvas.width as f32, canvas.height as f32);
        let mut random = Random::new(seed ^ 0x11fe);
        let place = Affine::place(h, 0.0, 0.0);
        for _ in 0..count {
            let (x, y) = (random.unit() * w / h, random.between(0.05, 0.62));
            let (phase, speed) = (random.unit() * 6.3, random.between(0.15, 0.5));
            let radius = size * random.between(0.6, 1.4);
            let colour = Rgb::hex(*random.pick(colours));
            let alpha = 0.30 + 0.16 * (t * speed * 6.3 + phase).sin();
            let x = x + 0.012 * (t * speed * 3.0 + phase).sin();
            let disc = Path::circle(x, y, radius);
            let edge = pt(radius * 1.06, radius * 1.06);
            let paint =
                Paint::Radial { centre: pt(x, y), radii: edge, start: (colour, alpha), end: (colour, alpha * 0.55) };
            canvas.fill(&disc, &place, paint);
        }
    }
}

/// A picture under construction.
struct Set {
    canvas: Canvas,
    place: Affine,
    wide: f32,
    random: Random,
}

impl Set {
    fn flat(&mut self, path: &Path, code: u32) {
        self.tone(path, code, 1.0);
    }

    fn tone(&mut self, path: &Path, code: u32, alpha: f32) {
        self.canvas.fill(path, &self.place, Paint::Flat(Rgb::hex(code), alpha));
    }

    fn rect(&mut self, x: f32, y: f32, w: f32, h: f32, code: u32) {
        self.flat(&Path::rect(x, y, w, h), code);
    }

    fn blend(&mut self, path: &Path, from: Point, to: Point, start: u32, end: u32) {
        self.canvas.fill(path, &self.place, Paint::blend(from, to, Rgb::hex(start), Rgb::hex(end)));
    }

    /// The whole picture from one colour above to another below.
    fn ground(&mut self, top: u32, bottom: u32) {
        let all = Path::rect(0.0, 0.0, self.wide, 1.0);
        self.blend(&all, pt(0.0, 0.0), pt(0.0, 1.0), top, bottom);
    }

    /// Light that fades out.
    fn glow(&mut self, centre: Point, radius: f32, code: u32, alpha: f32) {
        let radii = pt(radius, radius);
        self.canvas.fill(&Path::ellipse(centre, radii), &self.place, Paint::glow(centre, radii, Rgb::hex(code), alpha));
    }

    fn shade(&mut self, centre: Point, radii: Point, alpha: f32) {
        let colour = Rgb::hex(0x1a1210);
        self.canvas.fill(&Path::ellipse(centre, radii), &self.place, Paint::glow(centre, radii, colour, alpha));
    }

    fn leaf(&mut self, at: Point, length: f32, angle: f32, code: u32) {
        let (s, c) = angle.sin_cos();
        let tip = pt(at.x + c * length, at.y + s * length);
        let bend = pt(at.x + c * length * 0.5 - s * length * 0.2, at.y + s * length * 0.5 + c * length * 0.2);
        self.flat(&Path::stroke(at, bend, tip, length * 0.36, 0.02), code);
    }

    fn plant(&mut self, x: f32, floor: f32, size: f32, pot: u32) {
        for i in 0..11 {
            let angle = -std::f32::consts::FRAC_PI_2 + (i as f32 - 5.0) * 0.26 + self.random.between(-0.1, 0.1);
            let length = size * self.random.between(0.7, 1.1);
            let green = *self.random.pick(&[0x3f6b45, 0x557f4c, 0x2f5a40, 0x6f9658]);
            self.leaf(pt(x, floor - size * 0.30), length, angle, green);
        }
        let (half, high) = (size * 0.24, size * 0.42);
        let shape = Path::from(x - half, floor - high)
            .line(x + half, floor - high)
            .line(x + half * 0.75, floor)
            .line(x - half * 0.75, floor);
        self.blend(&shape, pt(x - half, 0.0), pt(x + half, 0.0), pot, 0x5b3424);
    }

    fn frame(&mut self, x: f32, y: f32, w: f32, h: f32, inside: [u32; 3]) {
        self.shade(pt(x + w * 0.54, y + h * 0.58), pt(w * 0.75, h * 0.75), 0.30);
        self.rect(x, y, w, h, 0x6a4a33);
        let m = w.min(h) * 0.09;
        self.rect(x + m, y + m, w - 2.0 * m, h - 2.0 * m, inside[0]);
        let hills = Path::from(x + m, y + h * 0.66)
            .curve((x + w * 0.3, y + h * 0.40), (x + w * 0.5, y + h * 0.75), (x + w - m, y + h * 0.5))
            .line(x + w - m, y + h - m)
            .line(x + m, y + h - m);
        self.flat(&hills, inside[1]);
        self.flat(&Path::circle(x + w * 0.68, y + h * 0.32, w.min(h) * 0.10), inside[2]);
    }
}

fn window(s: &mut Set) {
    s.ground(0xd9cdbd, 0xb9a893);
    let (x, w) = (s.wide * 0.08, (s.wide * 0.52).max(0.42));
    s.rect(x - 0.03, 0.04, w + 0.06, 0.66, 0xf3ece0);
    let view = Path::rect(x, 0.07, w, 0.60);
    s.blend(&view, pt(0.0, 0.07), pt(0.0, 0.67), 0xdcebf2, 0xf6f1e2);
    let hills = Path::from(x, 0.50)
        .curve((x + w * 0.3, 0.40), (x + w * 0.6, 0.55), (x + w, 0.44))
        .line(x + w, 0.67)
        .line(x, 0.67);
    s.flat(&hills, 0xa9bfa0);
    for i in 0..7 {
        let at = x + w * (0.06 + 0.14 * i as f32);
        let high = s.random.between(0.05, 0.13);
        s.rect(at, 0.62 - high, w * 0.11, high + 0.05, *[0xcdb79a, 0xd9c8b0, 0xbfa98d].get(i % 3).unwrap_or(&0));
    }
    s.rect(x + w * 0.5 - 0.009, 0.07, 0.018, 0.60, 0xf3ece0);
    s.rect(x, 0.30, w, 0.016, 0xf3ece0);
    s.rect(x - 0.05, 0.68, w + 0.10, 0.035, 0xe6dccb);
    s.plant(x + w * 0.12, 0.68, 0.17, 0xb5673f);
    for (at, side) in [(x - 0.06, 1.0), (x + w + 0.06, -1.0f32)] {
        let cloth = Path::from(at, 0.0)
            .line(at + side * 0.13, 0.0)
            .curve((at + side * 0.10, 0.3), (at + side * 0.04, 0.55), (at + side * 0.02, 0.95))
            .line(at - side * 0.08, 0.95)
            .line(at - side * 0.08, 0.0);
        s.blend(&cloth, pt(at - 0.1, 0.0), pt(at + 0.1, 0.0), 0xe9e0d0, 0xd3c3ab);
    }
    s.glow(pt(x + w * 0.5, 0.3), 0.75, 0xfff6de, 0.30);
}

fn wall(s: &mut Set) {
    let (top, bottom) =
        *s.random.pick(&[(0x8fa3a0, 0x6d8380), (0xc7a98c, 0xa3846a), (0xa9a5b8, 0x858097), (0xb7b594, 0x918f6f)]);
    s.ground(top, bottom);
    s.glow(pt(s.wide * 0.80, 0.12), 0.95, 0xfff3d8, 0.50);
    let x = s.wide * 0.12;
    s.frame(x, 0.12, 0.24, 0.19, [0xe9dfc9, 0x7e8f86, 0xcf8a4b]);
    if s.wide > 1.0 {
        s.frame(s.wide * 0.80, 0.20, 0.17, 0.23, [0xe3d6c6, 0x9b6a58, 0xe0b26a]);
    }
    s.shade(pt(s.wide * 0.2, 1.05), pt(s.wide * 0.9, 0.45), 0.35);
}

fn lamp(s: &mut Set) {
    s.ground(0x4a342c, 0x2d211f);
    s.rect(0.0, 0.74, s.wide, 0.26, 0x38261f);
    s.rect(0.0, 0.735, s.wide, 0.012, 0x5b4030);
    let x = s.wide * 0.84;
    s.glow(pt(x, 0.30), 0.95, 0xffb765, 0.75);
    s.rect(x - 0.008, 0.38, 0.016, 0.36, 0x241813);
    let shade = Path::from(x - 0.07, 0.20).line(x + 0.07, 0.20).line(x + 0.12, 0.40).line(x - 0.12, 0.40);
    s.blend(&shade, pt(0.0, 0.20), pt(0.0, 0.40), 0xffe0a6, 0xfff1cf);
    s.frame(s.wide * 0.10, 0.14, 0.20, 0.26, [0x8e6a4d, 0x5c4638, 0xc89255]);
    let sofa = Path::from(0.0, 0.80)
        .curve((s.wide * 0.1, 0.70), (s.wide * 0.35, 0.70), (s.wide * 0.5, 0.74))
        .line(s.wide * 0.5, 1.0)
        .line(0.0, 1.0);
    s.flat(&sofa, 0x5a2f33);
    s.glow(pt(x, 0.3), 0.30, 0xfff0c8, 0.55);
}

fn garden(s: &mut Set) {
    s.ground(0xbfd3a0, 0x4c6a3c);
    s.glow(pt(s.wide * 0.2, 0.0), 0.8, 0xfff7cc, 0.85);
    for layer in 0..3 {
        for _ in 0..46 {
            let at = pt(s.random.unit() * s.wide, s.random.between(0.12 + 0.18 * layer as f32, 1.0));
            let r = s.random.between(0.02, 0.075);
            let greens: &[u32] = match layer {
                0 => &[0xa5c07c, 0x8fb069, 0xc4d695],
                1 => &[0x6d9150, 0x587f45, 0x83a55d],
                _ => &[0x3d6136, 0x4b7440, 0x2f5030],
            };
            let code = *s.random.pick(greens);
            s.tone(&Path::circle(at.x, at.y, r), code, 0.75);
        }
    }
    for _ in 0..16 {
        let at = pt(s.random.unit() * s.wide, s.random.between(0.35, 0.95));
        let code = *s.random.pick(&[0xd98b8b, 0xe7c9a0, 0xf0e3d0, 0xc7697a]);
        let r = s.random.between(0.010, 0.022);
        s.tone(&Path::circle(at.x, at.y, r), code, 0.9);
    }
}

fn street(s: &mut Set) {
    s.ground(0x141a30, 0x241c26);
    for i in 0..6 {
        let x = s.wide * i as f32 / 6.0;
        let high = s.random.between(0.35, 0.75);
        let w = s.wide / 6.5;
        let wall = *s.random.pick(&[0x1b2036, 0x20223a, 0x181b2c]);
        s.rect(x, 0.85 - high, w, high, wall);
        for row in 0..6 {
            for column in 0..3 {
                if s.random.unit() < 0.45 {
                    let code = *s.random.pick(&[0xffc878, 0xffe0a8, 0xe89a52]);
                    let (px, py) = (x + w * (0.16 + 0.28 * column as f32), 0.88 - high + 0.10 * row as f32);
                    s.tone(&Path::rect(px, py, w * 0.16, 0.055), code, 0.8);
                }
            }
        }
    }
    s.glow(pt(s.wide * 0.82, 0.30), 0.75, 0xff9a4e, 0.55);
    s.glow(pt(s.wide * 0.10, 0.55), 0.45, 0x4d7fd0, 0.40);
    s.rect(0.0, 0.88, s.wide, 0.12, 0x17151c);
}

fn curtain(s: &mut Set) {
    let (light, dark) = *s.random.pick(&[(0xa8503f, 0x6c2c26), (0x4f7a78, 0x2d4c4e), (0xc29a5d, 0x8a6838)]);
    s.ground(light, dark);
    let folds = (s.wide * 11.0) as usize;
    for i in 0..folds {
        let w = s.wide / folds as f32;
        let x = w * i as f32;
        let lean = s.random.between(-0.02, 0.02);
        let fold = Path::from(x, 0.0)
            .curve((x + lean, 0.4), (x - lean, 0.7), (x + lean, 1.0))
            .line(x + w * 0.62 + lean, 1.0)
            .curve((x + w * 0.6 - lean, 0.7), (x + w * 0.5 + lean, 0.4), (x + w * 0.55, 0.0));
        let colour = Rgb::hex(dark);
        let (from, to) = (pt(x, 0.0), pt(x + w * 0.6, 0.0));
        let paint = Paint::Linear { from, to, start: (colour.shade(0.25), 0.75), end: (colour, 0.0) };
        s.canvas.fill(&fold, &s.place, paint);
    }
    s.glow(pt(s.wide * 0.12, 0.25), 0.9, 0xffe8c8, 0.42);
    s.shade(pt(s.wide * 0.6, 1.1), pt(s.wide * 0.9, 0.5), 0.45);
}

fn books(s: &mut Set) {
    s.ground(0x5b4030, 0x3c2a20);
    let covers = [0x8c3b32, 0x2b3c5c, 0xc3912f, 0x4a6145, 0xe0d3ba, 0x5d4263, 0x256a6b, 0xb58a55, 0x3b3c41, 0xa34a23];
    for shelf in 0..4 {
        let floor = 0.24 + 0.25 * shelf as f32;
        let mut x = 0.01;
        while x < s.wide {
            let (w, high) = (s.random.between(0.016, 0.040), s.random.between(0.12, 0.19));
            let code = *s.random.pick(&covers);
            if s.random.unit() > 0.10 {
                let book = Path::rect(x, floor - high, w, high);
                s.blend(&book, pt(x, 0.0), pt(x + w * 1.6, 0.0), code, 0x241813);
                s.tone(&Path::rect(x, floor - high * 0.82, w, 0.008), 0xf0e0bc, 0.5);
            }
            x += w + 0.003;
        }
        s.rect(0.0, floor, s.wide, 0.020, 0x7b5a41);
        s.rect(0.0, floor + 0.020, s.wide, 0.014, 0x2c1e17);
    }
    s.glow(pt(s.wide * 0.08, 0.1), 0.9, 0xffd18a, 0.42);
    s.shade(pt(s.wide * 0.9, 0.9), pt(s.wide * 0.7, 0.7), 0.55);
}

fn kitchen(s: &mut Set) {
    s.ground(0xe7e4da, 0xcfcabb);
    let tiles = [0xdfe6e2, 0xd3dfdb, 0xe6ebe6, 0xc9d8d4];
    let step = 0.085;
    for row in 0..5 {
        for column in 0..(s.wide / step) as usize + 1 {
            let code = *s.random.pick(&tiles);
            s.rect(column as f32 * step, 0.26 + row as f32 * step, step - 0.005, step - 0.005, code);
        }
    }
    let mut x = 0.0;
    while x < s.wide {
        s.rect(x, 0.0, 0.27, 0.225, 0x6f8f8a);
        s.rect(x + 0.012, 0.012, 0.246, 0.200, 0x7f9f99);
        s.flat(&Path::circle(x + 0.235, 0.18, 0.009), 0xe8d7ae);
        x += 0.275;
    }
    s.rect(0.0, 0.225, s.wide, 0.018, 0x55706c);
    s.rect(0.0, 0.69, s.wide, 0.035, 0x9c7350);
    s.rect(0.0, 0.725, s.wide, 0.28, 0xe1dacb);
    for (i, code) in [(0u8, 0xa34a23), (1, 0xd9c8b0), (2, 0x4d8a94)] {
        let x = s.wide * (0.10 + 0.07 * f32::from(i));
        let high = 0.11 + 0.03 * f32::from(i % 2);
        s.blend(&Path::rect(x, 0.69 - high, 0.055, high), pt(x, 0.0), pt(x + 0.07, 0.0), code, 0x4a3a30);
    }
    s.plant(s.wide * 0.90, 0.69, 0.15, 0xd9c8b0);
    s.glow(pt(s.wide * 0.9, 0.1), 0.9, 0xffffff, 0.45);
}

fn dusk(s: &mut Set) {
    s.ground(0x46486f, 0xf0a070);
    s.glow(pt(s.wide * 0.12, 0.66), 0.75, 0xffd29a, 0.95);
    let hills = Path::from(0.0, 0.60)
        .curve((s.wide * 0.25, 0.46), (s.wide * 0.4, 0.60), (s.wide * 0.6, 0.53))
        .curve((s.wide * 0.8, 0.45), (s.wide * 0.9, 0.56), (s.wide, 0.50))
        .line(s.wide, 1.0)
        .line(0.0, 1.0);
    s.flat(&hills, 0x8a5a6c);
    let mut x = 0.0;
    while x < s.wide {
        let (w, high) = (s.random.between(0.05, 0.13), s.random.between(0.08, 0.26));
        let code = *s.random.pick(&[0x553a52, 0x4a3249, 0x5f4058]);
        s.rect(x, 0.80 - high, w, high + 0.3, code);
        if s.random.unit() < 0.3 {
            s.flat(&Path::circle(x + w * 0.5, 0.80 - high, w * 0.34), code);
        }
        for i in 0..3 {
            if s.random.unit() < 0.5 {
                s.rect(x + w * 0.25, 0.82 - high + 0.05 * i as f32, w * 0.16, 0.018, 0xffcf8a);
            }
        }
        x += w * 1.02;
    }
    s.rect(0.0, 0.84, s.wide, 0.2, 0x3a2a3c);
}

fn brick(s: &mut Set) {
    s.ground(0xb9a895, 0xa08e7b);
    let (w, h) = (0.135, 0.052);
    for row in 0..20 {
        for column in 0..(s.wide / w) as usize + 2 {
            let shift = if row % 2 == 0 { 0.0 } else { w / 2.0 };
            let code = *s.random.pick(&[0xa65f45, 0x9a563f, 0xb36c50, 0x8f4d39, 0xab6850]);
            s.rect(column as f32 * w - shift, row as f32 * h, w - 0.007, h - 0.007, code);
        }
    }
    s.glow(pt(s.wide * 0.85, 0.15), 1.0, 0xffe9c4, 0.42);
    s.shade(pt(s.wide * 0.1, 0.9), pt(s.wide * 0.9, 0.7), 0.50);
}

fn workshop(s: &mut Set) {
    s.ground(0x77705f, 0x4f4a40);
    s.rect(s.wide * 0.05, 0.10, s.wide * 0.9, 0.42, 0x8b7250);
    for i in 0..9 {
        let x = s.wide * (0.10 + 0.095 * i as f32);
        let high = s.random.between(0.12, 0.28);
        let code = *s.random.pick(&[0x33353b, 0xa34a23, 0x5d6066, 0xc3912f]);
        s.rect(x, 0.16, 0.016, high, code);
        let head = s.random.between(0.016, 0.032);
        s.flat(&Path::ellipse(pt(x + 0.008, 0.16 + high), pt(head, head * 0.6)), 0x2b2d33);
    }
    s.rect(0.0, 0.66, s.wide, 0.04, 0x94693f);
    s.rect(0.0, 0.70, s.wide, 0.30, 0x4a3626);
    for i in 0..4 {
        let x = s.wide * (0.06 + 0.25 * i as f32);
        let high = s.random.between(0.06, 0.12);
        let code = *s.random.pick(&[0x2b3c5c, 0x8c3b32, 0xc9bda6]);
        s.rect(x, 0.66 - high, 0.11, high, code);
    }
    s.glow(pt(s.wide * 0.15, 0.0), 0.95, 0xffe2a8, 0.60);
}

fn arch(s: &mut Set) {
    s.ground(0xe6d3b3, 0xc9ad85);
    for i in 0..3 {
        let w = s.wide / 3.0;
        let (x, half) = (w * (i as f32 + 0.5), w * 0.36);
        let opening = Path::from(x - half, 1.0)
            .line(x - half, 0.36)
            .curve((x - half, 0.20), (x - half * 0.3, 0.16), (x, 0.07))
            .curve((x + half * 0.3, 0.16), (x + half, 0.20), (x + half, 0.36))
            .line(x + half, 1.0);
        s.blend(&opening, pt(0.0, 0.05), pt(0.0, 1.0), 0x8fb6c4, 0xd9cfa8);
        let green = Path::from(x - half, 0.62)
            .curve((x - half * 0.4, 0.50), (x + half * 0.4, 0.52), (x + half, 0.60))
            .line(x + half, 1.0)
            .line(x - half, 1.0);
        s.flat(&green, 0x7f9a66);
        let edge = Path::rect(x - half, 0.36, 0.022, 0.64);
        s.tone(&edge, 0x7a6244, 0.55);
    }
    s.rect(0.0, 0.0, s.wide, 0.035, 0x4d8a94);
    s.rect(0.0, 0.035, s.wide, 0.010, 0xe9c877);
    s.glow(pt(s.wide * 0.9, 0.1), 0.9, 0xfff2d0, 0.45);
}
