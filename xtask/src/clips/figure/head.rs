//! Face, features and glasses.

use super::look::{Beard, Look};
use super::{Brush, Pose, body};
use crate::clips::draw::{Coverage, Path, Rgb, pt};

/// The outline of the face.
pub(super) fn outline(look: &Look) -> Path {
    let w = 0.715 * look.width;
    let jaw = (0.66 - 0.10 * look.soft) * look.jaw.min(1.08);
    let chin = 0.24 - 0.05 * look.soft;
    let half = Path::from(0.0, -1.04)
        .curve((0.42, -1.04), (w, -0.78), (w, -0.16))
        .curve((w, 0.20), (w * 0.97, 0.42), (jaw * 0.93, 0.62))
        .curve((jaw * 0.80, 0.86), (chin, 1.0), (0.0, 1.0));
    half.curve((-chin, 1.0), (-jaw * 0.80, 0.86), (-jaw * 0.93, 0.62))
        .curve((-w * 0.97, 0.42), (-w, 0.20), (-w, -0.16))
        .curve((-w, -0.78), (-0.42, -1.04), (0.0, -1.04))
}

/// Draws ears, face and features.
pub(super) fn draw(brush: &mut Brush<'_>, look: &Look, pose: &Pose) {
    if body::shows_ears(look) {
        ears(brush, look, pose);
    }
    let shape = outline(look);
    let side = brush.light.side;
    brush.rim(&shape, 0.5);
    let (bright, dark) = (look.skin.tint(0.07), look.skin.shade(0.16));
    brush.blend(&shape, pt(0.55 * side, -0.6), pt(-0.75 * side, 0.7), bright, dark);
    let mask = brush.mask(&shape);
    modelling(brush, &mask, look, pose);
    if look.beard != Beard::None {
        beard(brush, &mask, look, pose);
    }
    mouth(brush, look, pose);
    if matches!(look.beard, Beard::Moustache | Beard::Full | Beard::Short) {
        moustache(brush, look, pose);
    }
    nose(brush, look, pose);
    for sign in [-1.0, 1.0] {
        eye(brush, look, pose, sign);
        brow(brush, look, pose, sign);
    }
}

fn ears(brush: &mut Brush<'_>, look: &Look, pose: &Pose) {
    let x = 0.72 * look.width;
    for sign in [-1.0f32, 1.0] {
        let at = pt(sign * x - pose.yaw * 0.05, 0.10);
        let ear = Path::ellipse(at, pt(0.12, 0.22));
        brush.rim(&ear, 0.4);
        brush.flat(&ear, look.skin.shade(0.14));
        brush.tone(&Path::ellipse(pt(at.x - sign * 0.01, at.y), pt(0.06, 0.13)), look.skin.shade(0.36), 0.55);
        if look.earrings {
            brush.flat(&Path::circle(at.x, at.y + 0.27, 0.055), Rgb::hex(0xd9a94a));
        }
    }
}

/// Light and shade on the skin: cheeks, sockets, the shaded side, lines of age.
fn modelling(brush: &mut Brush<'_>, mask: &Coverage, look: &Look, pose: &Pose) {
    let side = brush.light.side;
    let dx = pose.yaw * 0.10;
    brush.glow(mask, pt(-0.86 * side, 0.15), pt(0.55, 1.1), look.skin.shade(0.42), 0.55);
    brush.glow(mask, pt(0.30 * side + dx, -0.52), pt(0.42, 0.30), look.skin.tint(0.5), 0.26);
    let blush = look.skin.mix(Rgb::hex(0xc2453a), 0.42);
    for sign in [-1.0, 1.0] {
        brush.glow(mask, pt(sign * 0.40 + dx, 0.28), pt(0.27, 0.20), blush, 0.30 + 0.18 * look.soft);
        brush.glow(mask, pt(sign * 0.30 * look.eyes + dx, -0.06), pt(0.25, 0.17), look.skin.shade(0.35), 0.34);
    }
    brush.glow(mask, pt(dx, 0.70), pt(0.26, 0.07), look.skin.shade(0.4), 0.5);
    brush.glow(mask, pt(0.05 * side + dx, 0.86), pt(0.2, 0.13), look.skin.tint(0.4), 0.22);
    if look.age > 0.4 {
        let line = look.skin.shade(0.42);
        for sign in [-1.0, 1.0] {
            let fold = Path::stroke(
                pt(sign * 0.20 + dx, 0.28),
                pt(sign * 0.33 + dx, 0.38),
                pt(sign * 0.35 + dx, 0.55),
                0.030,
                0.1,
            );
            brush.within(mask, &fold, line, 0.45 * look.age);
            let bag = Path::stroke(
                pt(sign * 0.17 + dx, 0.13),
                pt(sign * 0.30 + dx, 0.20),
                pt(sign * 0.43 + dx, 0.12),
                0.026,
                0.1,
            );
            brush.within(mask, &bag, line, 0.40 * look.age);
        }
        for (i, y) in [-0.60, -0.50].into_iter().enumerate() {
            let half = 0.30 - 0.04 * i as f32;
            let crease = Path::stroke(pt(dx - half, y), pt(dx, y - 0.05), pt(dx + half, y), 0.022, 0.1);
            brush.within(mask, &crease, line, 0.32 * look.age);
        }
    }
}

fn eye(brush: &mut Brush<'_>, look: &Look, pose: &Pose, sign: f32) {
    let x = sign * 0.305 * look.eyes + pose.yaw * 0.12;
    let squeeze = 1.0 - 0.10 * (pose.yaw * sign).max(0.0);
    let (half, y) = (0.155 * squeeze, 0.0);
    let lid = 1.0 - pose.blink;
    let up = (0.092 + 0.016 * look.soft - 0.016 * look.age) * lid;
    let down = 0.060 * lid.max(0.12);
    let (inner, outer) = (x - sign * half, x + sign * half);
    let lash = Rgb::hex(0x1b1211);
    if lid > 0.15 {
        let white = Path::from(inner, y + 0.018)
            .curve((x - sign * half * 0.5, y - up * 1.15), (x + sign * half * 0.5, y - up * 1.20), (outer, y - 0.012))
            .curve(
                (x + sign * half * 0.5, y + down * 1.2),
                (x - sign * half * 0.4, y + down * 1.25),
                (inner, y + 0.018),
            );
        brush.flat(&white, Rgb::hex(0xf4efe8));
        let mask = brush.mask(&white);
        let centre = pt(x + pose.gaze.0 * 0.045 + pose.yaw * 0.02, y - 0.008 + pose.gaze.1 * 0.03);
        let iris = if look.hair_colour == Rgb::hex(0xb58a55) { Rgb::hex(0x5c7466) } else { Rgb::hex(0x4a2f1d) };
        brush.within(&mask, &Path::circle(centre.x, centre.y, 0.077), iris, 1.0);
        brush.within(&mask, &Path::circle(centre.x, centre.y, 0.040), Rgb::hex(0x0e0a0a), 1.0);
        brush.within(&mask, &Path::circle(centre.x + 0.028, centre.y - 0.030, 0.019), Rgb::hex(0xffffff), 0.95);
        let shadow = Path::rect(x - 0.2, y - 0.2, 0.4, 0.155);
        brush.within(&mask, &shadow, Rgb::hex(0x3a2620), 0.20);
    }
    let top = y - up * 0.92;
    let width = 0.034 + 0.012 * look.soft;
    let upper = Path::stroke(
        pt(inner, y + 0.020),
        pt(x, top - up * 0.30),
        pt(outer + sign * 0.022 * look.soft, y - 0.020),
        width,
        0.35,
    );
    brush.flat(&upper, lash);
    let crease = Path::stroke(pt(inner, y - 0.055), pt(x, top - 0.115), pt(outer, y - 0.070), 0.017, 0.1);
    brush.tone(&crease, look.skin.shade(0.5), 0.55);
    let lower = Path::stroke(pt(inner, y + 0.024), pt(x, y + down * 1.7), pt(outer, y - 0.004), 0.012, 0.1);
    brush.tone(&lower, look.skin.shade(0.55), 0.6);
}

fn brow(brush: &mut Brush<'_>, look: &Look, pose: &Pose, sign: f32) {
    let x = sign * 0.305 * look.eyes + pose.yaw * 0.125;
    let y = -0.215 - pose.brow * 0.055;
    let width = (0.068 - 0.020 * look.soft) * look.brows;
    let colour = look.hair_colour.mix(Rgb::hex(0x1d1817), 0.35);
    let from = pt(x - sign * 0.19, y + 0.045);
    let stroke = Path::stroke(from, pt(x + sign * 0.02, y - 0.075), pt(x + sign * 0.21, y + 0.035), width, 0.35);
    brush.tone(&stroke, colour, 0.92);
}

fn nose(brush: &mut Brush<'_>, look: &Look, pose: &Pose) {
    let side = brush.light.side;
    let n = look.nose;
    let x = pose.yaw * 0.17;
    let tip = 0.335 + 0.02 * n;
    let shade = look.skin.shade(0.40);
    let root = pose.yaw * 0.12;
    // The shaded flank, from the brow to the wing.
    let flank = Path::from(root - 0.085 * side, -0.12)
        .curve((root - 0.05 * side, 0.05), (x - 0.07 * side * n, 0.18), (x - 0.145 * side * n, tip - 0.02))
        .curve((x - 0.10 * side * n, tip + 0.055), (x - 0.03 * side, tip + 0.05), (x - 0.01 * side, tip))
        .curve((x - 0.03 * side, 0.15), (root - 0.02 * side, 0.0), (root - 0.085 * side, -0.12));
    brush.tone(&flank, shade, 0.34);
    let spot = Path::ellipse(pt(x + 0.035 * side, tip - 0.075), pt(0.05 * n, 0.055));
    brush.tone(&spot, look.skin.tint(0.7), 0.28);
    let base =
        Path::stroke(pt(x - 0.145 * n, tip - 0.01), pt(x, tip + 0.10), pt(x + 0.145 * n, tip - 0.01), 0.032, 0.25);
    brush.tone(&base, shade, 0.72);
    for sign in [-1.0, 1.0] {
        let nostril = Path::ellipse(pt(x + sign * 0.062 * n, tip + 0.022), pt(0.030 * n, 0.017));
        brush.tone(&nostril, look.skin.shade(0.72), 0.72);
    }
}

fn lips(look: &Look) -> Rgb {
    let red = if look.soft > 0.5 { Rgb::hex(0xa23a3f) } else { Rgb::hex(0x9c4a44) };
    look.skin.mix(red, 0.40 + 0.22 * look.soft).shade(0.05)
}

fn mouth(brush: &mut Brush<'_>, look: &Look, pose: &Pose) {
    let x = pose.yaw * 0.135;
    let y = 0.585;
    let half = (0.215 + 0.045 * pose.wide - 0.02 * pose.open) * (1.0 - 0.04 * look.soft);
    let gap = 0.20 * pose.open;
    let full = 0.055 + 0.022 * look.soft;
    let (top, bottom) = (y - gap * 0.22, y + gap * 0.78);
    let smile = 0.022 + 0.02 * pose.wide.max(0.0);
    let (left, right) = (x - half, x + half);
    let corner = y - smile + gap * 0.18;
    let colour = lips(look);
    if gap > 0.012 {
        let hole = Path::from(left, corner)
            .curve((x - half * 0.5, top - 0.012), (x + half * 0.5, top - 0.012), (right, corner))
            .curve((x + half * 0.55, bottom + 0.03), (x - half * 0.55, bottom + 0.03), (left, corner));
        brush.flat(&hole, Rgb::hex(0x3a1014));
        let mask = brush.mask(&hole);
        let teeth = Path::from(left, top - 0.05).line(right, top - 0.05).line(right - 0.03, top + 0.035).curve(
            (x + half * 0.4, top + 0.062),
            (x - half * 0.4, top + 0.062),
            (left + 0.03, top + 0.035),
        );
        brush.within(&mask, &teeth, Rgb::hex(0xf3ece2), 0.96);
        brush.glow(&mask, pt(x, bottom + 0.03), pt(half * 0.75, 0.085), Rgb::hex(0xb5565a), 0.9);
    }
    let upper = Path::from(left - 0.012, corner)
        .curve((x - half * 0.55, top - full * 0.75), (x - 0.09, top - full * 1.25), (x - 0.045, top - full * 1.05))
        .curve((x - 0.02, top - full * 0.95), (x - 0.01, top - full * 0.78), (x, top - full * 0.78))
        .curve((x + 0.01, top - full * 0.78), (x + 0.02, top - full * 0.95), (x + 0.045, top - full * 1.05))
        .curve((x + 0.09, top - full * 1.25), (x + half * 0.55, top - full * 0.75), (right + 0.012, corner))
        .curve((x + half * 0.5, top + 0.004), (x + 0.05, top + 0.012), (x, top + 0.010))
        .curve((x - 0.05, top + 0.012), (x - half * 0.5, top + 0.004), (left - 0.012, corner));
    brush.flat(&upper, colour.shade(0.14));
    let lower = Path::from(left, corner)
        .curve((x - half * 0.55, bottom + 0.010), (x - 0.08, bottom + 0.014), (x, bottom + 0.012))
        .curve((x + 0.08, bottom + 0.014), (x + half * 0.55, bottom + 0.010), (right, corner))
        .curve((x + half * 0.62, bottom + full * 1.15), (x + 0.11, bottom + full * 1.55), (x, bottom + full * 1.5))
        .curve((x - 0.11, bottom + full * 1.55), (x - half * 0.62, bottom + full * 1.15), (left, corner));
    brush.flat(&lower, colour);
    let shine = Path::stroke(
        pt(x - 0.07, bottom + full * 0.8),
        pt(x, bottom + full),
        pt(x + 0.07, bottom + full * 0.8),
        0.020,
        0.2,
    );
    brush.tone(&shine, colour.tint(0.7), 0.30);
    if gap <= 0.012 {
        let line = Path::stroke(pt(left, corner), pt(x, y + 0.03), pt(right, corner), 0.020, 0.4);
        brush.tone(&line, Rgb::hex(0x4a1a1a), 0.75);
    }
}

fn beard(brush: &mut Brush<'_>, mask: &Coverage, look: &Look, pose: &Pose) {
    let w = 0.74 * look.width;
    let x = pose.yaw * 0.10;
    let (alpha, low) = match look.beard {
        Beard::Stubble => (0.22, 1.06),
        Beard::Short => (0.94, 1.08),
        Beard::Full => (0.98, 1.34),
        Beard::None | Beard::Moustache => return,
    };
    let drop = pose.open * 0.05;
    let shape = Path::from(-w, 0.02)
        .curve((-w * 1.0, 0.50), (-0.52, low - 0.08), (0.0, low + drop))
        .curve((0.52, low - 0.08), (w * 1.0, 0.50), (w, 0.02))
        .curve((w * 0.90, 0.36), (0.50, 0.46), (0.34 + x, 0.44))
        .curve((0.20 + x, 0.40), (0.10 + x, 0.44), (x, 0.44))
        .curve((-0.10 + x, 0.44), (-0.20 + x, 0.40), (-0.34 + x, 0.44))
        .curve((-0.50, 0.46), (-w * 0.90, 0.36), (-w, 0.02));
    let colour = look.hair_colour.mix(look.skin, 0.08);
    if look.beard == Beard::Stubble {
        brush.within(mask, &shape, colour, alpha);
        return;
    }
    brush.blend(
        &shape,
        pt(0.5 * brush.light.side, 0.2),
        pt(-0.5 * brush.light.side, 1.1),
        colour.tint(0.10),
        colour.shade(0.22),
    );
}

fn moustache(brush: &mut Brush<'_>, look: &Look, pose: &Pose) {
    let x = pose.yaw * 0.14;
    let y = 0.485 - pose.open * 0.03;
    let colour = look.hair_colour.mix(look.skin, 0.05);
    let half = Path::from(0.0, y - 0.045).curve((0.08, y - 0.075), (0.20, y - 0.03), (0.30, y + 0.085)).curve(
        (0.20, y + 0.075),
        (0.08, y + 0.05),
        (0.0, y + 0.035),
    );
    let slide = crate::clips::draw::Affine::place(1.0, x, 0.0);
    let place = brush.place;
    brush.place = place.then_inside(&slide);
    brush.flat(&half, colour);
    brush.flat(&half.mirrored(), colour.shade(0.08));
    brush.place = place;
}

/// Glasses go over hair and face.
pub(super) fn glasses(brush: &mut Brush<'_>, look: &Look, pose: &Pose) {
    if !look.glasses {
        return;
    }
    let frame = if look.seed.is_multiple_of(3) { Rgb::hex(0x5a3a22) } else { Rgb::hex(0x17171b) };
    let dx = pose.yaw * 0.13;
    for sign in [-1.0f32, 1.0] {
        let at = pt(sign * 0.315 * look.eyes + dx, 0.02);
        let (outer, inner) = (pt(0.235, 0.205), pt(0.203, 0.173));
        let lens = Path::ellipse(at, inner);
        brush.tone(&lens, Rgb::hex(0xdfe8ec), 0.10);
        // Two outlines that run opposite ways leave a ring.
        let ring = Path::ellipse(at, outer).and(Path::ellipse(at, pt(-inner.x, inner.y)));
        brush.flat(&ring, frame);
        let glint = Path::stroke(
            pt(at.x - 0.10, at.y + 0.02),
            pt(at.x - 0.08, at.y - 0.09),
            pt(at.x + 0.01, at.y - 0.12),
            0.022,
            0.1,
        );
        brush.tone(&glint, Rgb::hex(0xffffff), 0.45);
        let arm = Path::stroke(
            pt(at.x + sign * 0.22, -0.02),
            pt(sign * 0.62, -0.05),
            pt(sign * 0.73 * look.width, 0.0),
            0.036,
            0.8,
        );
        brush.flat(&arm, frame);
    }
    let bridge = Path::stroke(pt(dx - 0.09, 0.0), pt(dx, -0.055), pt(dx + 0.09, 0.0), 0.036, 0.9);
    brush.flat(&bridge, frame);
}
