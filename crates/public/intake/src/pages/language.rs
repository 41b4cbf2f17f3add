//! Which language a browser asks for (RFC 9110, section 12.5.4).

use hamseda_core::Lang;

/// The best of `offered` (not empty, the campaign's first one first) for an `Accept-Language` header.
pub(super) fn choose(header: Option<&str>, offered: &[Lang]) -> Lang {
    let fallback = offered.first().copied().unwrap_or(Lang::En);
    let mut best = (0, fallback);
    for wish in header.unwrap_or_default().split(',') {
        let mut parts = wish.split(';');
        let range = parts.next().unwrap_or_default().trim();
        let quality = quality(parts.next());
        // "fa-IR" asks for what "fa" is; "*" for whatever the campaign speaks first.
        let code = range.split('-').next().unwrap_or_default().to_ascii_lowercase();
        // Kurmanji has two names: "ku", and "kmr" in Firefox.
        let code = if code == "kmr" { "ku" } else { &code };
        let found = if code == "*" { Some(fallback) } else { offered.iter().copied().find(|l| l.code() == code) };
        if let Some(lang) = found
            && quality > best.0
        {
            best = (quality, lang);
        }
    }
    best.1
}

/// Thousandths; one where nothing is said, none where nonsense is.
fn quality(parameter: Option<&str>) -> u32 {
    let Some(parameter) = parameter else { return 1000 };
    let value: Option<f32> = parameter.trim().strip_prefix("q=").and_then(|text| text.parse().ok());
    value.filter(|q| (0.0..=1.0).contains(q)).map_or(0, |q| (q * 1000.0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Lang::{Ar, En, Fa};

    #[test]
    fn the_first_offered_language_a_browser_likes_best() {
        for (header, expected) in [
            (None, En),
            (Some(""), En),
            (Some("fa"), Fa),
            (Some("fa-IR,fa;q=0.9,en;q=0.8"), Fa),
            (Some("FA-ir"), Fa),
            (Some("de, ar;q=0.5"), Ar),
            (Some("ar;q=0.4, fa; q=0.6"), Fa),
            (Some("ar;q=0"), En),
            (Some("*;q=0.1, ar;q=0.2"), Ar),
            (Some("fa;q=x, ar;q=2, ;;,,"), En),
            (Some("fax"), En),
        ] {
            assert_eq!(choose(header, &[En, Fa, Ar]), expected, "{header:?}");
        }
        assert_eq!(choose(Some("en"), &[Fa, Ar]), Fa);
        for header in ["ku-TR, tr;q=0.9", "kmr, tr;q=0.9"] {
            assert_eq!(choose(Some(header), &[Lang::Tr, Lang::Ku]), Lang::Ku);
        }
    }
}
