//! Fonts, styles and scripts that `npm run build` in `web/` made, embedded: a server or a site build needs no other file.
//!
//! Refuses: reading anything at run time, and anything fetched from elsewhere; all of it is in the repository or in the
//! lock file. Style sheets name their fonts relative to themselves, so serve or write [`WEB_FONTS`] beside them.

use sha2::{Digest, Sha256};

macro_rules! dist {
    (text $name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../web/dist/", $name))
    };
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../web/dist/", $name))
    };
}

/// A font file.
#[derive(Clone, Copy)]
pub struct Font {
    /// The file name style sheets use.
    pub name: &'static str,
    /// The file.
    pub bytes: &'static [u8],
}

impl Font {
    /// SHA-256 of the file: part of the identity of everything drawn with it.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.bytes).into()
    }
}

impl std::fmt::Debug for Font {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Font({}, {} bytes)", self.name, self.bytes.len())
    }
}

/// Media type of [`WEB_FONTS`].
pub const WOFF2_TYPE: &str = "font/woff2";

/// Vazirmatn 400, whole, for drawing.
pub const VAZIRMATN_REGULAR_TTF: &[u8] = dist!("Vazirmatn-Regular.ttf");
/// Vazirmatn 600, whole, for drawing.
pub const VAZIRMATN_SEMIBOLD_TTF: &[u8] = dist!("Vazirmatn-SemiBold.ttf");
/// Vazirmatn 800, whole, for drawing.
pub const VAZIRMATN_EXTRABOLD_TTF: &[u8] = dist!("Vazirmatn-ExtraBold.ttf");
/// The licence of Vazirmatn (SIL OFL 1.1), which goes wherever the fonts go.
pub const VAZIRMATN_LICENCE: &str = dist!(text "Vazirmatn-OFL.txt");

/// The three static fonts, as [`Font`]s.
pub const DRAWING_FONTS: [Font; 3] = [
    Font { name: "Vazirmatn-Regular.ttf", bytes: VAZIRMATN_REGULAR_TTF },
    Font { name: "Vazirmatn-SemiBold.ttf", bytes: VAZIRMATN_SEMIBOLD_TTF },
    Font { name: "Vazirmatn-ExtraBold.ttf", bytes: VAZIRMATN_EXTRABOLD_TTF },
];

/// Variable Vazirmatn (weights 400 to 800) for pages, cut by script; the style sheets expect them beside themselves
/// under these names.
pub const WEB_FONTS: [Font; 3] = [
    Font { name: "vazirmatn-arabic.woff2", bytes: dist!("vazirmatn-arabic.woff2") },
    Font { name: "vazirmatn-latin.woff2", bytes: dist!("vazirmatn-latin.woff2") },
    Font { name: "vazirmatn-latin-ext.woff2", bytes: dist!("vazirmatn-latin-ext.woff2") },
];

/// The public site's style. Classes: see `web/site/site.css`.
pub const SITE_CSS: &str = dist!(text "site.css");
/// The public site's script; pages are complete without it.
pub const SITE_JS: &str = dist!(text "site.js");
/// The recount in the browser.
pub const VERIFY_JS: &str = dist!(text "verify.js");
/// The style of the intake's pages.
pub const INTAKE_CSS: &str = dist!(text "intake.css");
/// The script of the pages for sending and for codes: all that a first view loads.
pub const SEND_JS: &str = dist!(text "send.js");
/// Scripts of the intake's pages by file name; the pages load all but the first when they are needed.
pub const CAPTURE_SCRIPTS: [(&str, &str); 5] = [
    ("send.js", SEND_JS),
    ("send-media.js", dist!(text "send-media.js")),
    ("words-fa.js", dist!(text "words-fa.js")),
    ("words-ar.js", dist!(text "words-ar.js")),
    ("words-en.js", dist!(text "words-en.js")),
];
/// The offline sealer: one page with everything in it, the same in every campaign.
pub const SEALER_HTML: &str = dist!(text "sealer.html");
/// The desk's style.
pub const DESK_CSS: &str = dist!(text "desk.css");
/// The desk's script.
pub const DESK_JS: &str = dist!(text "desk.js");

/// The custom properties of a campaign's accent colour, to append to [`SITE_CSS`] or [`INTAKE_CSS`].
///
/// On dark grounds the accent is mixed with white until text in it has 4.5:1 on a dark card; on light ones the
/// campaign file's own check holds.
#[must_use]
pub fn accent_css(accent: [u8; 3]) -> String {
    let dark = (0..=20u16)
        .map(|step| accent.map(|c| (u16::from(c) + (255 - u16::from(c)) * step / 20) as u8))
        .find(|&colour| contrast(colour, DARK_CARD) >= 5.5)
        .unwrap_or([255; 3]);
    let soft = accent.map(|c| 255 - (255 - c) / 7);
    let deep = accent.map(|c| 16 + c / 6);
    format!(
        ":root{{--accent:{};--accent-soft:{}}}@media (prefers-color-scheme:dark){{:root{{--accent:{};--accent-soft:{}}}}}\n",
        hex(accent),
        hex(soft),
        hex(dark),
        hex(deep)
    )
}

/// The mark of every page: nine tiles, one of them speaking.
#[must_use]
pub fn icon_svg(accent: [u8; 3]) -> String {
    let tile = |i: usize| {
        let (x, y) = (i % 3 * 11, i / 3 * 11);
        let fill = if i == 4 { hex(accent) } else { "#5b616e".to_owned() };
        format!("<rect x=\"{x}\" y=\"{y}\" width=\"9\" height=\"9\" rx=\"2\" fill=\"{fill}\"/>")
    };
    let tiles: String = (0..9).map(tile).collect();
    format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 31 31\">{tiles}</svg>\n")
}

/// The lightest ground of dark pages (`--card`).
const DARK_CARD: [u8; 3] = [0x1c, 0x1f, 0x26];

fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// Contrast by WCAG 2.2's definition of relative luminance.
fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let luminance = |c: [u8; 3]| {
        let linear = c.map(|v| {
            let v = f64::from(v) / 255.0;
            if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_what_their_names_say() {
        for font in WEB_FONTS {
            assert!(font.bytes.starts_with(b"wOF2"), "{}", font.name);
            for css in [SITE_CSS, INTAKE_CSS, DESK_CSS] {
                assert!(css.contains(&format!("vazirmatn{}", &font.name[9..])), "{} is not used", font.name);
            }
        }
        for font in DRAWING_FONTS {
            assert!(font.bytes.starts_with(&[0, 1, 0, 0]), "{}", font.name);
        }
    }

    #[test]
    fn nothing_is_fetched_from_elsewhere() {
        for text in [SITE_CSS, SITE_JS, VERIFY_JS, INTAKE_CSS, DESK_CSS, DESK_JS] {
            assert!(!text.contains("//fonts.") && !text.contains("url(http") && !text.contains("@import"));
        }
        for script in [SITE_JS, VERIFY_JS, DESK_JS] {
            assert!(!script.contains("eval(") && !script.contains("new Function"), "a script evaluates text");
            assert!(
                !script.contains("localStorage") && !script.contains("sessionStorage"),
                "a script stores something"
            );
        }
    }

    /// Tor Browser's higher levels and old phones: plain scripts, no other engine, nothing kept by the browser itself.
    #[test]
    fn the_senders_scripts_are_plain() {
        let refused = ["eval(", "new Function", "WebAssembly", "serviceWorker", "import("];
        let kept = ["localStorage", "sessionStorage", "document.cookie", "caches.open"];
        for (name, script) in CAPTURE_SCRIPTS {
            for word in refused.iter().chain(&kept) {
                assert!(!script.contains(word), "{name} has {word}");
            }
        }
        for word in refused.iter().chain(&kept) {
            assert!(!SEALER_HTML.contains(word), "the sealer has {word}");
        }
    }

    #[test]
    fn the_accent_is_readable_on_both_grounds() {
        for accent in [[0xb9, 0x3a, 0x0a], [0x00, 0x00, 0x80], [0x6b, 0x00, 0x6b], [0, 0, 0]] {
            let css = accent_css(accent);
            let dark = css.rsplit("--accent:#").next().and_then(|rest| rest.get(..6)).unwrap();
            let dark = [0, 2, 4].map(|i| u8::from_str_radix(&dark[i..i + 2], 16).unwrap());
            assert!(contrast(dark, DARK_CARD) >= 4.5, "{css}");
        }
    }

    #[test]
    fn scripts_are_classic() {
        for script in [SITE_JS, DESK_JS] {
            assert!(!script.contains("import ") && !script.contains("export "), "a module can't load from a folder");
        }
    }
}
