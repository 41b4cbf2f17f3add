//! Neck, shoulders and clothes.

use super::Brush;
use super::look::{Clothes, Hair, Look};
use crate::clips::draw::{Coverage, Path, Rgb, pt};

fn torso() -> Path {
    Path::from(-0.36, 1.22)
        .curve((-0.42, 1.50), (-0.92, 1.52), (-1.42, 1.72))
        .curve((-1.86, 1.90), (-2.02, 2.50), (-2.14, 6.0))
        .line(2.14, 6.0)
        .curve((2.02, 2.50), (1.86, 1.90), (1.42, 1.72))
        .curve((0.92, 1.52), (0.42, 1.50), (0.36, 1.22))
}

fn neck(look: &Look) -> Path {
    let w = 0.35 + 0.05 * (1.0 - look.soft);
    Path::from(-w, 0.5)
        .curve((-w, 1.0), (-w - 0.02, 1.3), (-w - 0.16, 1.62))
        .curve((-0.25, 2.0), (0.25, 2.0), (w + 0.16, 1.62))
        .curve((w + 0.02, 1.3), (w, 1.0), (w, 0.5))
}

/// The bare part below the neck, down to the neckline.
fn neckline(half: f32, depth: f32) -> Path {
    Path::from(-half, 1.50)
        .curve((-half * 0.95, depth * 0.9 + 0.15), (-half * 0.45, depth), (0.0, depth))
        .curve((half * 0.45, depth), (half * 0.95, depth * 0.9 + 0.15), (half, 1.50))
        .line(0.3, 1.1)
        .line(-0.3, 1.1)
}

/// Draws the body from the shoulders down, then the neck.
pub(super) fn draw(brush: &mut Brush<'_>, look: &Look) {
    let cloth = look.cloth;
    if look.clothes == Clothes::Hoodie {
        hood_behind(brush, cloth);
    }
    let body = torso();
    brush.rim(&body, 0.55);
    let side = brush.light.side;
    brush.blend(&body, pt(1.8 * side, 1.4), pt(-1.8 * side, 3.4), cloth.tint(0.10), cloth.shade(0.30));
    let mask = brush.mask(&body);
    if look.clothes == Clothes::Striped {
        stripes(brush, &mask, cloth);
    }
    folds(brush, &mask, cloth);
    bare(brush, look);
    let depth = match look.clothes {
        Clothes::Tee | Clothes::Striped => neckline(0.60, 1.92),
        Clothes::Jumper => neckline(0.53, 1.80),
        Clothes::Blouse => Path::from(-0.56, 1.50).line(0.0, 2.42).line(0.56, 1.50).line(0.3, 1.1).line(-0.3, 1.1),
        _ => return over(brush, look, &mask),
    };
    skin_within(brush, look, &depth);
    collar_band(brush, look);
    over(brush, look, &mask);
}

fn bare(brush: &mut Brush<'_>, look: &Look) {
    skin_within(brush, look, &neck(look));
}

fn skin_within(brush: &mut Brush<'_>, look: &Look, shape: &Path) {
    let side = brush.light.side;
    brush.blend(shape, pt(0.4 * side, 1.2), pt(-0.5 * side, 1.7), look.skin.shade(0.04), look.skin.shade(0.20));
    let mask = brush.mask(shape);
    // The shadow of the chin.
    brush.glow(&mask, pt(-0.08 * side, 0.98), pt(0.66, 0.50), look.skin.shade(0.55), 0.75);
    for x in [-0.09, 0.09] {
        let line = Path::stroke(pt(x * 5.0, 1.60), pt(x * 2.8, 1.66), pt(x, 1.74), 0.035, 0.1);
        brush.within(&mask, &line, look.skin.shade(0.38), 0.35);
    }
}

fn collar_band(brush: &mut Brush<'_>, look: &Look) {
    let (half, depth) = match look.clothes {
        Clothes::Tee | Clothes::Striped => (0.60, 1.92),
        Clothes::Jumper => (0.53, 1.80),
        _ => return,
    };
    let width = if look.clothes == Clothes::Jumper { 0.15 } else { 0.085 };
    let (outer, inner) = (depth + width, depth);
    let band = Path::from(-half - width * 0.6, 1.49)
        .curve((-half, outer * 0.93 + 0.12), (-half * 0.5, outer), (0.0, outer))
        .curve((half * 0.5, outer), (half, outer * 0.93 + 0.12), (half + width * 0.6, 1.49))
        .line(half, 1.50)
        .curve((half * 0.95, inner * 0.9 + 0.15), (half * 0.45, inner), (0.0, inner))
        .curve((-half * 0.45, inner), (-half * 0.95, inner * 0.9 + 0.15), (-half, 1.50));
    brush.flat(&band, look.cloth.shade(0.22));
}

fn folds(brush: &mut Brush<'_>, mask: &Coverage, cloth: Rgb) {
    for sign in [-1.0, 1.0] {
        let arm = Path::stroke(pt(sign * 1.30, 2.55), pt(sign * 1.24, 3.3), pt(sign * 1.34, 4.6), 0.06, 0.1);
        brush.within(mask, &arm, cloth.shade(0.55), 0.55);
        let fold = Path::stroke(pt(sign * 1.22, 2.62), pt(sign * 0.95, 2.75), pt(sign * 0.72, 3.1), 0.07, 0.05);
        brush.within(mask, &fold, cloth.shade(0.5), 0.30);
    }
}

fn stripes(brush: &mut Brush<'_>, mask: &Coverage, cloth: Rgb) {
    for i in 0..9 {
        let y = 1.72 + i as f32 * 0.34;
        let stripe = Path::from(-2.4, y + 0.16)
            .curve((-1.0, y - 0.02), (1.0, y - 0.02), (2.4, y + 0.16))
            .line(2.4, y + 0.30)
            .curve((1.0, y + 0.12), (-1.0, y + 0.12), (-2.4, y + 0.30));
        brush.within(mask, &stripe, cloth.tint(0.78), 0.85);
    }
}

fn hood_behind(brush: &mut Brush<'_>, cloth: Rgb) {
    let hood = Path::from(-1.05, 1.75).curve((-1.12, 1.0), (-0.75, 0.62), (0.0, 0.60)).curve(
        (0.75, 0.62),
        (1.12, 1.0),
        (1.05, 1.75),
    );
    brush.rim(&hood, 0.5);
    brush.flat(&hood, cloth.shade(0.32));
}

/// What lies over the cloth: collars, lapels, buttons, strings.
fn over(brush: &mut Brush<'_>, look: &Look, mask: &Coverage) {
    let cloth = look.cloth;
    match look.clothes {
        Clothes::Shirt => shirt(brush, mask, cloth),
        Clothes::Roll => roll(brush, cloth),
        Clothes::Hoodie => hoodie(brush, mask, cloth),
        Clothes::Jacket => jacket(brush, look),
        Clothes::Blouse => {
            let side = Path::from(-0.60, 1.47).line(-0.72, 1.62).line(0.0, 2.62).line(0.02, 2.40);
            brush.flat(&side, cloth.tint(0.12));
            brush.flat(&side.mirrored(), cloth.tint(0.04));
        }
        Clothes::Tee | Clothes::Jumper | Clothes::Striped => {}
    }
}

fn shirt(brush: &mut Brush<'_>, mask: &Coverage, cloth: Rgb) {
    let placket = Path::rect(-0.13, 1.9, 0.26, 4.0);
    brush.within(mask, &placket, cloth.tint(0.08), 1.0);
    for x in [-0.13, 0.13] {
        let seam = Path::rect(x - 0.008, 1.95, 0.016, 4.0);
        brush.within(mask, &seam, cloth.shade(0.45), 0.5);
    }
    for i in 0..4 {
        brush.flat(&Path::circle(0.0, 2.35 + i as f32 * 0.55, 0.045), cloth.tint(0.6));
    }
    let collar = Path::from(-0.42, 1.22).line(-0.66, 1.62).line(-0.36, 2.10).line(0.0, 1.84).curve(
        (-0.24, 1.70),
        (-0.38, 1.52),
        (-0.42, 1.22),
    );
    for (shape, tone) in [(collar.clone(), cloth.tint(0.20)), (collar.mirrored(), cloth.tint(0.12))] {
        brush.flat(&shape, tone);
    }
    for sign in [-1.0, 1.0] {
        let edge = Path::stroke(pt(sign * 0.66, 1.62), pt(sign * 0.52, 1.86), pt(sign * 0.36, 2.10), 0.022, 0.5);
        brush.tone(&edge, cloth.shade(0.5), 0.45);
    }
}

fn roll(brush: &mut Brush<'_>, cloth: Rgb) {
    let tube = Path::from(-0.47, 1.12)
        .curve((-0.50, 1.30), (-0.54, 1.50), (-0.62, 1.70))
        .curve((-0.30, 2.06), (0.30, 2.06), (0.62, 1.70))
        .curve((0.54, 1.50), (0.50, 1.30), (0.47, 1.12))
        .curve((0.2, 1.30), (-0.2, 1.30), (-0.47, 1.12));
    let side = brush.light.side;
    brush.blend(&tube, pt(0.6 * side, 1.3), pt(-0.6 * side, 1.6), cloth.tint(0.16), cloth.shade(0.22));
    let fold = Path::stroke(pt(-0.52, 1.46), pt(0.0, 1.72), pt(0.52, 1.46), 0.03, 0.3);
    brush.tone(&fold, cloth.shade(0.5), 0.4);
}

fn hoodie(brush: &mut Brush<'_>, mask: &Coverage, cloth: Rgb) {
    let side = Path::from(-0.46, 1.18)
        .curve((-0.98, 1.40), (-1.10, 1.75), (-0.78, 1.98))
        .curve((-0.45, 2.18), (-0.15, 2.24), (0.0, 2.26))
        .line(0.0, 1.98)
        .curve((-0.28, 1.84), (-0.44, 1.60), (-0.46, 1.18));
    brush.flat(&side, cloth.tint(0.07));
    brush.flat(&side.mirrored(), cloth.shade(0.07));
    let zip = Path::rect(-0.014, 2.2, 0.028, 4.0);
    brush.within(mask, &zip, cloth.shade(0.6), 0.7);
    for sign in [-1.0, 1.0] {
        let string = Path::stroke(pt(sign * 0.24, 2.12), pt(sign * 0.30, 2.5), pt(sign * 0.25, 2.95), 0.045, 0.9);
        brush.flat(&string, cloth.tint(0.72));
    }
}

fn jacket(brush: &mut Brush<'_>, look: &Look) {
    let inner = if look.seed.is_multiple_of(2) { Rgb::hex(0xe9dfc9) } else { Rgb::hex(0x3b3c41) };
    let opening = Path::from(-0.55, 1.46).line(-0.30, 4.6).line(0.30, 4.6).line(0.55, 1.46).curve(
        (0.3, 1.92),
        (-0.3, 1.92),
        (-0.55, 1.46),
    );
    brush.flat(&opening, inner);
    let edge = Path::stroke(pt(-0.56, 1.48), pt(0.0, 2.14), pt(0.56, 1.48), 0.075, 0.9);
    brush.flat(&edge, inner.shade(0.16));
    let lapel = Path::from(-0.50, 1.34)
        .line(-0.86, 1.56)
        .line(-0.98, 2.16)
        .line(-0.74, 2.20)
        .line(-0.26, 3.6)
        .line(-0.22, 3.5)
        .curve((-0.42, 2.6), (-0.56, 2.0), (-0.50, 1.34));
    brush.flat(&lapel, look.cloth.tint(0.10));
    brush.flat(&lapel.mirrored(), look.cloth.tint(0.03));
    let notch = Path::stroke(pt(-0.98, 2.16), pt(-0.86, 2.17), pt(-0.72, 2.10), 0.025, 0.4);
    brush.tone(&notch, look.cloth.shade(0.6), 0.7);
    brush.tone(&notch.mirrored(), look.cloth.shade(0.6), 0.7);
}

/// Whether the ears show.
pub(super) const fn shows_ears(look: &Look) -> bool {
    !matches!(look.hair, Hair::Scarf | Hair::Long | Hair::Bob | Hair::Afro | Hair::Shawl)
}
