//! Hair, scarves and hats: what lies behind the head, over the shoulders and over the brow.

use super::look::{Hair, Look};
use super::{Brush, Pose};
use crate::clips::draw::{Path, Rgb, pt};
use crate::random::Random;

/// What is behind head and shoulders.
pub(super) fn behind(brush: &mut Brush<'_>, look: &Look, pose: &Pose) {
    let hair = look.hair_colour;
    match look.hair {
        Hair::Long => {
            let back = Path::from(0.0, -1.24)
                .curve((0.62, -1.24), (0.95, -0.75), (0.95, -0.10))
                .curve((0.95, 0.60), (1.20, 1.20), (1.02, 2.30))
                .line(-1.02, 2.30)
                .curve((-1.20, 1.20), (-0.95, 0.60), (-0.95, -0.10))
                .curve((-0.95, -0.75), (-0.62, -1.24), (0.0, -1.24));
            brush.rim(&back, 0.5);
            brush.flat(&back, hair.shade(0.35));
        }
        Hair::Bob => {
            let back = Path::from(0.0, -1.22)
                .curve((0.62, -1.22), (0.98, -0.75), (0.96, -0.05))
                .curve((0.98, 0.45), (1.02, 0.85), (0.74, 1.06))
                .curve((0.4, 1.0), (-0.4, 1.0), (-0.74, 1.06))
                .curve((-1.02, 0.85), (-0.98, 0.45), (-0.96, -0.05))
                .curve((-0.98, -0.75), (-0.62, -1.22), (0.0, -1.22));
            brush.rim(&back, 0.5);
            brush.flat(&back, hair.shade(0.38));
        }
        Hair::Afro => curls(brush, look, 1.06, 0.30, hair.shade(0.25)),
        Hair::Curly => curls(brush, look, 0.86, 0.20, hair.shade(0.25)),
        Hair::Bun => {
            let knot = Path::circle(-pose.yaw * 0.14, -1.28, 0.34);
            brush.rim(&knot, 0.5);
            brush.blend(&knot, pt(0.3, -1.5), pt(-0.3, -1.0), hair.tint(0.10), hair.shade(0.30));
        }
        Hair::Scarf => scarf_behind(brush, look),
        Hair::Shawl => {
            let back = Path::from(0.0, -1.34)
                .curve((0.72, -1.34), (1.04, -0.80), (1.04, -0.10))
                .curve((1.04, 0.60), (1.10, 1.30), (1.30, 1.90))
                .line(-1.30, 1.90)
                .curve((-1.10, 1.30), (-1.04, 0.60), (-1.04, -0.10))
                .curve((-1.04, -0.80), (-0.72, -1.34), (0.0, -1.34));
            brush.rim(&back, 0.5);
            brush.flat(&back, look.cover.shade(0.42));
        }
        _ => {}
    }
}

/// A cloud of curls around the skull.
fn curls(brush: &mut Brush<'_>, look: &Look, radius: f32, curl: f32, colour: Rgb) {
    let mut random = Random::new(look.seed ^ 0xc0);
    let mut cloud = Path::ellipse(pt(0.0, -0.28), pt(radius * 0.92, radius * 0.98));
    let mut shine = Vec::new();
    for i in 0..26 {
        let angle = std::f32::consts::PI * (0.90 + 1.20 * i as f32 / 25.0);
        let size = curl * random.between(0.75, 1.15);
        let at = pt(angle.cos() * radius * 0.92, -0.28 + angle.sin() * radius * 0.92);
        cloud = cloud.and(Path::circle(at.x, at.y, size));
        shine.push((at, size));
    }
    brush.rim(&cloud, 0.5);
    brush.flat(&cloud, colour);
    for (at, size) in shine {
        let arc = Path::stroke(
            pt(at.x - size * 0.55, at.y),
            pt(at.x, at.y - size * 0.9),
            pt(at.x + size * 0.55, at.y),
            size * 0.20,
            0.1,
        );
        brush.tone(&arc, colour.tint(0.35), 0.35);
    }
}

fn scarf_behind(brush: &mut Brush<'_>, look: &Look) {
    let back = Path::from(0.0, -1.30)
        .curve((0.66, -1.30), (0.98, -0.80), (0.96, -0.10))
        .curve((0.96, 0.60), (0.98, 1.0), (1.28, 1.72))
        .line(-1.28, 1.72)
        .curve((-0.98, 1.0), (-0.96, 0.60), (-0.96, -0.10))
        .curve((-0.98, -0.80), (-0.66, -1.30), (0.0, -1.30));
    brush.rim(&back, 0.55);
    brush.flat(&back, look.cover.shade(0.30));
}

/// What falls over the clothes.
pub(super) fn over_shoulders(brush: &mut Brush<'_>, look: &Look) {
    match look.hair {
        Hair::Scarf => scarf_drape(brush, look.cover),
        Hair::Shawl => {
            for sign in [-1.0, 1.0] {
                shawl_end(brush, look.cover, sign);
            }
        }
        _ => {}
    }
}

fn scarf_drape(brush: &mut Brush<'_>, cover: Rgb) {
    let side = brush.light.side;
    let drape = Path::from(-0.62, 0.62)
        .curve((-0.95, 1.10), (-1.20, 1.50), (-1.36, 1.86))
        .curve((-0.80, 2.42), (-0.30, 2.72), (0.16, 2.74))
        .curve((0.66, 2.62), (1.10, 2.20), (1.34, 1.80))
        .curve((1.16, 1.45), (0.95, 1.10), (0.62, 0.62))
        .curve((0.40, 1.02), (-0.40, 1.02), (-0.62, 0.62));
    brush.blend(&drape, pt(side, 0.9), pt(-side, 2.5), cover.tint(0.08), cover.shade(0.32));
    let mask = brush.mask(&drape);
    for (a, b, c) in [
        (pt(-0.70, 0.85), pt(-0.30, 1.62), pt(0.72, 1.52)),
        (pt(-0.90, 1.15), pt(-0.30, 2.05), pt(0.95, 1.76)),
        (pt(-1.12, 1.50), pt(-0.40, 2.45), pt(0.66, 2.30)),
    ] {
        let fold = Path::stroke(a, b, c, 0.085, 0.05);
        brush.within(&mask, &fold, cover.shade(0.55), 0.50);
        let up = |p: crate::clips::draw::Point| pt(p.x, p.y - 0.07);
        let light = Path::stroke(up(a), up(b), up(c), 0.05, 0.05);
        brush.within(&mask, &light, cover.tint(0.35), 0.30);
    }
}

fn shawl_end(brush: &mut Brush<'_>, cover: Rgb, sign: f32) {
    let end = Path::from(sign * 0.80, 0.35)
        .curve((sign * 0.92, 0.95), (sign * 0.62, 1.35), (sign * 0.42, 1.72))
        .curve((sign * 0.36, 2.6), (sign * 0.40, 3.4), (sign * 0.46, 5.0))
        .line(sign * 1.02, 5.0)
        .curve((sign * 1.10, 3.6), (sign * 1.22, 2.4), (sign * 1.34, 1.86))
        .curve((sign * 1.16, 1.30), (sign * 1.06, 0.8), (sign * 1.02, 0.1));
    brush.flat(&end, if sign == brush.light.side { cover } else { cover.shade(0.20) });
    let mask = brush.mask(&end);
    let fold = Path::stroke(pt(sign * 0.86, 0.9), pt(sign * 0.70, 1.9), pt(sign * 0.72, 3.9), 0.09, 0.1);
    brush.within(&mask, &fold, cover.shade(0.55), 0.45);
}

/// What lies over the brow.
pub(super) fn front(brush: &mut Brush<'_>, look: &Look, pose: &Pose) {
    let hair = look.hair_colour;
    match look.hair {
        Hair::Short => cap_of_hair(brush, look, -0.60, 0.03, hair),
        Hair::Side => parted(brush, look, pose, hair),
        Hair::Curly | Hair::Afro => fringe_of_curls(brush, look, hair),
        Hair::Long => long_front(brush, look, pose, 0.80),
        Hair::Bob => long_front(brush, look, pose, 0.62),
        Hair::Bun => cap_of_hair(brush, look, -0.66, 0.10, hair),
        Hair::Receding => receding(brush, look, hair),
        Hair::Bald => {
            let mask = brush.mask(&super::head::outline(look));
            let side = brush.light.side;
            brush.glow(&mask, pt(0.24 * side, -0.80), pt(0.34, 0.20), look.skin.tint(0.75), 0.5);
        }
        Hair::Scarf => scarf_front(brush, look),
        Hair::Shawl => {
            long_front(brush, look, pose, 0.40);
            shawl_front(brush, look);
        }
        Hair::Beanie => beanie(brush, look),
        Hair::Cap => cap(brush, look, pose),
    }
}

/// Shades a front piece and puts a few strands on it.
fn comb(brush: &mut Brush<'_>, shape: &Path, hair: Rgb, strands: &[(f32, f32, f32)]) {
    let side = brush.light.side;
    brush.rim(shape, 0.45);
    brush.blend(shape, pt(0.7 * side, -1.1), pt(-0.7 * side, 0.1), hair.tint(0.10), hair.shade(0.25));
    let mask = brush.mask(shape);
    for &(from, bend, to) in strands {
        let strand = Path::stroke(pt(from, -1.12), pt(bend, -0.86), pt(to, -0.36), 0.035, 0.05);
        brush.within(&mask, &strand, hair.tint(0.5), 0.22);
    }
}

fn cap_of_hair(brush: &mut Brush<'_>, look: &Look, line: f32, dip: f32, hair: Rgb) {
    let w = 0.775 * look.width;
    let shape = Path::from(-w, 0.02)
        .curve((-w - 0.06, -0.80), (-0.52, -1.24), (0.0, -1.24))
        .curve((0.52, -1.24), (w + 0.06, -0.80), (w, 0.02))
        .curve((w - 0.05, -0.12), (w - 0.07, -0.30), (w - 0.12, -0.42))
        .curve((0.42, line + 0.02), (0.20, line - dip), (0.0, line - dip))
        .curve((-0.20, line - dip), (-0.42, line + 0.02), (-w + 0.12, -0.42))
        .curve((-w + 0.07, -0.30), (-w + 0.05, -0.12), (-w, 0.02));
    comb(brush, &shape, hair, &[(-0.3, -0.4, -0.55), (0.0, 0.02, 0.0), (0.3, 0.4, 0.55)]);
}

fn parted(brush: &mut Brush<'_>, look: &Look, pose: &Pose, hair: Rgb) {
    let w = 0.785 * look.width;
    let to = if look.seed.is_multiple_of(2) { 1.0 } else { -1.0 };
    let part = -0.30 * to + pose.yaw * 0.06;
    let shape = Path::from(-w * to, 0.05)
        .curve(((-w - 0.08) * to, -0.80), (-0.60 * to, -1.22), (-0.10 * to, -1.28))
        .curve((0.50 * to, -1.34), ((w + 0.10) * to, -0.90), (w * to, 0.05))
        .curve(((w - 0.05) * to, -0.14), ((w - 0.06) * to, -0.28), ((w - 0.10) * to, -0.40))
        .curve((0.40 * to, -0.46), (0.05 * to, -0.62), (part, -0.92))
        .curve((part - 0.12 * to, -0.70), ((-w + 0.20) * to, -0.56), ((-w + 0.11) * to, -0.42))
        .curve(((-w + 0.06) * to, -0.28), ((-w + 0.05) * to, -0.10), (-w * to, 0.05));
    comb(brush, &shape, hair, &[(part, part + 0.3 * to, 0.5 * to), (part + 0.05 * to, part + 0.5 * to, 0.7 * to)]);
}

fn fringe_of_curls(brush: &mut Brush<'_>, look: &Look, hair: Rgb) {
    let mut random = Random::new(look.seed ^ 0xf1);
    let w = 0.70 * look.width;
    let mut band = Path::from(-w - 0.08, -0.10)
        .curve((-w - 0.10, -0.80), (-0.50, -1.22), (0.0, -1.22))
        .curve((0.50, -1.22), (w + 0.10, -0.80), (w + 0.08, -0.10))
        .curve((w - 0.05, -0.50), (0.40, -0.70), (0.0, -0.70))
        .curve((-0.40, -0.70), (-w + 0.05, -0.50), (-w - 0.08, -0.10));
    let mut arcs = Vec::new();
    for i in 0..13 {
        let t = i as f32 / 12.0 * 2.0 - 1.0;
        let at = pt(t * (w + 0.02), -0.72 + 0.52 * t.powi(4) + random.between(-0.03, 0.03));
        let size = random.between(0.11, 0.17);
        band = band.and(Path::circle(at.x, at.y, size));
        arcs.push((at, size));
    }
    brush.flat(&band, hair);
    for (at, size) in arcs {
        let arc = Path::stroke(
            pt(at.x - size * 0.6, at.y + 0.02),
            pt(at.x, at.y - size),
            pt(at.x + size * 0.6, at.y + 0.02),
            size * 0.22,
            0.1,
        );
        brush.tone(&arc, hair.tint(0.5), 0.30);
    }
}

fn long_front(brush: &mut Brush<'_>, look: &Look, pose: &Pose, low: f32) {
    let hair = look.hair_colour;
    let w = 0.80 * look.width;
    let centre = look.seed % 3;
    let part = [0.0, -0.22, 0.22][centre as usize] + pose.yaw * 0.07;
    let top = -1.24;
    for sign in [-1.0f32, 1.0] {
        let x = |v: f32| sign * v;
        let lock = Path::from(part, top)
            .curve((x(0.50), top), (x(w + 0.14), -0.86), (x(w + 0.12), -0.08))
            .curve((x(w + 0.12), 0.25), (x(w + 0.14), 0.5), (x(w + 0.10), low))
            .curve((x(w - 0.02), low * 0.6), (x(w - 0.10), 0.12), (x(w - 0.11), -0.22))
            .curve((x(w - 0.16), -0.52), (x(0.30) + part * 0.4, -0.66), (part, -0.92));
        let shade = if sign == brush.light.side { hair.tint(0.05) } else { hair.shade(0.10) };
        brush.flat(&lock, shade);
        let mask = brush.mask(&lock);
        for (bend, end) in [(0.42, 0.60), (0.60, 0.78)] {
            let strand = Path::stroke(pt(part, -1.1), pt(x(bend), -0.98), pt(x(end), -0.25), 0.035, 0.05);
            brush.within(&mask, &strand, hair.tint(0.5), 0.20);
        }
    }
}

fn receding(brush: &mut Brush<'_>, look: &Look, hair: Rgb) {
    let w = 0.77 * look.width;
    for sign in [-1.0f32, 1.0] {
        let side = Path::from(sign * w, 0.05)
            .curve((sign * (w + 0.08), -0.40), (sign * (w + 0.03), -0.74), (sign * (w - 0.20), -0.90))
            .curve((sign * (w - 0.22), -0.78), (sign * (w - 0.20), -0.56), (sign * (w - 0.13), -0.36))
            .curve((sign * (w - 0.09), -0.20), (sign * (w - 0.06), -0.05), (sign * w, 0.05));
        brush.rim(&side, 0.4);
        brush.flat(&side, if sign == brush.light.side { hair.tint(0.08) } else { hair.shade(0.15) });
    }
}

fn scarf_front(brush: &mut Brush<'_>, look: &Look) {
    let cover = look.cover;
    let side = brush.light.side;
    let (w, inner) = (0.90, 0.655 * look.width);
    // A ring: the outer edge one way round, the opening for the face the other.
    let outer = Path::from(0.0, -1.30)
        .curve((0.62, -1.30), (w + 0.02, -0.78), (w, -0.06))
        .curve((w, 0.55), (0.80, 1.05), (0.52, 1.30))
        .curve((0.25, 1.42), (-0.25, 1.42), (-0.52, 1.30))
        .curve((-0.80, 1.05), (-w, 0.55), (-w, -0.06))
        .curve((-w - 0.02, -0.78), (-0.62, -1.30), (0.0, -1.30));
    let opening = Path::from(0.0, -0.74)
        .curve((-0.40, -0.74), (-inner, -0.52), (-inner, -0.02))
        .curve((-inner, 0.45), (-0.42, 0.98), (0.0, 1.0))
        .curve((0.42, 0.98), (inner, 0.45), (inner, -0.02))
        .curve((inner, -0.52), (0.40, -0.74), (0.0, -0.74));
    let ring = outer.and(opening);
    brush.blend(&ring, pt(0.8 * side, -1.0), pt(-0.8 * side, 1.0), cover.tint(0.12), cover.shade(0.26));
    let mask = brush.mask(&ring);
    for sign in [-1.0f32, 1.0] {
        for (x, y, bend) in [(0.30, -1.22, 0.74), (0.55, -1.10, 0.86)] {
            let fold = Path::stroke(pt(sign * x, y), pt(sign * bend, -0.5), pt(sign * (bend - 0.06), 0.5), 0.05, 0.05);
            brush.within(&mask, &fold, cover.shade(0.5), 0.40);
        }
    }
    let hem = Path::stroke(pt(-inner * 0.98, -0.20), pt(0.0, -1.34), pt(inner * 0.98, -0.20), 0.045, 0.3);
    brush.within(&mask, &hem, cover.tint(0.4), 0.35);
}

fn shawl_front(brush: &mut Brush<'_>, look: &Look) {
    let cover = look.cover;
    for sign in [-1.0f32, 1.0] {
        let half = Path::from(0.0, -1.34)
            .curve((sign * 0.62, -1.34), (sign * 1.02, -0.80), (sign * 1.02, -0.10))
            .curve((sign * 1.02, 0.40), (sign * 1.04, 0.8), (sign * 0.94, 1.10))
            .curve((sign * 0.84, 0.60), (sign * 0.86, 0.20), (sign * 0.84, -0.20))
            .curve((sign * 0.80, -0.70), (sign * 0.45, -1.04), (0.0, -1.04));
        brush.flat(&half, if sign == brush.light.side { cover.tint(0.06) } else { cover.shade(0.18) });
        let fold = Path::stroke(pt(sign * 0.35, -1.20), pt(sign * 0.96, -0.75), pt(sign * 0.94, 0.2), 0.035, 0.05);
        brush.tone(&fold, cover.shade(0.5), 0.4);
    }
}

fn beanie(brush: &mut Brush<'_>, look: &Look) {
    let (w, cover) = (0.80 * look.width, look.cover);
    let side = brush.light.side;
    cap_of_hair(brush, look, -0.56, 0.0, look.hair_colour);
    let dome = Path::from(-w - 0.02, -0.50).curve((-w - 0.04, -1.10), (-0.45, -1.46), (0.0, -1.46)).curve(
        (0.45, -1.46),
        (w + 0.04, -1.10),
        (w + 0.02, -0.50),
    );
    brush.rim(&dome, 0.5);
    brush.blend(&dome, pt(0.7 * side, -1.3), pt(-0.7 * side, -0.5), cover.tint(0.10), cover.shade(0.25));
    let cuff = Path::from(-w - 0.05, -0.40)
        .curve((-0.40, -0.62), (0.40, -0.62), (w + 0.05, -0.40))
        .line(w + 0.04, -0.70)
        .curve((0.40, -0.94), (-0.40, -0.94), (-w - 0.04, -0.70));
    brush.flat(&cuff, cover.tint(0.10));
    let mask = brush.mask(&cuff);
    for i in 0..15 {
        let x = (i as f32 / 14.0 * 2.0 - 1.0) * w;
        let rib = Path::rect(x - 0.012, -1.0, 0.024, 0.7);
        brush.within(&mask, &rib, cover.shade(0.5), 0.35);
    }
}

fn cap(brush: &mut Brush<'_>, look: &Look, pose: &Pose) {
    let (w, cover) = (0.79 * look.width, look.cover);
    let side = brush.light.side;
    cap_of_hair(brush, look, -0.50, 0.0, look.hair_colour);
    let dome = Path::from(-w, -0.46)
        .curve((-w - 0.04, -1.05), (-0.50, -1.36), (0.0, -1.36))
        .curve((0.50, -1.36), (w + 0.04, -1.05), (w, -0.46))
        .curve((0.40, -0.62), (-0.40, -0.62), (-w, -0.46));
    brush.rim(&dome, 0.5);
    brush.blend(&dome, pt(0.7 * side, -1.2), pt(-0.7 * side, -0.5), cover.tint(0.10), cover.shade(0.25));
    let x = pose.yaw * 0.22;
    let peak = Path::from(-w * 0.92 + x * 0.4, -0.50)
        .curve((-0.5 + x, -0.66), (0.5 + x, -0.66), (w * 0.92 + x * 0.4, -0.50))
        .curve((0.62 + x, -0.30), (0.30 + x, -0.26), (x, -0.26))
        .curve((-0.30 + x, -0.26), (-0.62 + x, -0.30), (-w * 0.92 + x * 0.4, -0.50));
    brush.flat(&peak, cover.shade(0.35));
    brush.flat(&Path::circle(0.0, -1.36, 0.05), cover.shade(0.3));
}
