//! What the campaign says of itself: slogan, ask, places, look and the floors of its policy. Public; no secret is in it.
//!
//! It is the file `campaign.toml`, which both machines hold.

use serde::{Deserialize, Serialize};

use crate::{CampaignPin, Day, Lang, Local, PlaceTable};

/// A campaign's public description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    /// Log origin and campaign name in signed texts, a schema-less URL such as `orvana.example/we-can`.
    pub origin: String,
    /// The slogan.
    pub slogan: Local,
    /// One line under the slogan.
    pub line: Local,
    /// The country, as pages name it.
    pub country: Local,
    /// Languages of the site and the intake pages, first the one shown first.
    pub languages: Vec<Lang>,
    /// The ask.
    pub call: Call,
    /// Colours.
    #[serde(default)]
    pub look: Look,
    /// Floors that protect contributors; every page says when one is lower than the default.
    #[serde(default)]
    pub floors: Floors,
    /// Where the site will be published, for feeds and cards; empty means "as a folder".
    #[serde(default)]
    pub site_url: String,
    /// Where contributors send, for texts that name it; empty means "ask the organisers".
    #[serde(default)]
    pub intake_url: String,
    /// The campaign's offline key: key sets signed by another are refused on every road. `hamseda init` writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign_key: Option<CampaignPin>,
    /// Key sets.
    #[serde(default)]
    pub keyset: KeySetRules,
    /// Who signs invites; a campaign without any has one lane for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issuers: Vec<Issuer>,
    /// Places.
    #[serde(default)]
    pub places: PlaceTable,
}

/// What the campaign asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// One paragraph.
    pub text: Local,
    /// Up to five questions to answer.
    pub questions: Vec<Local>,
    /// Advised length, seconds.
    pub seconds: u32,
    /// First day.
    pub opens: Day,
    /// Last day.
    pub closes: Day,
}

/// Colours of pages and film.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// Accent colour, `#rrggbb`.
    pub accent: String,
}

impl Default for Look {
    fn default() -> Self {
        Self { accent: "#b93a0a".into() }
    }
}

/// Floors of the published policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floors {
    /// Accepted messages a batch needs before it closes.
    pub batch: u32,
    /// Messages a place needs before its figure is shown.
    pub k: u32,
}

impl Default for Floors {
    fn default() -> Self {
        Self { batch: 64, k: 20 }
    }
}

impl Floors {
    /// Whether contributors are protected less than the default: pages must say so.
    #[must_use]
    pub const fn lowered(self) -> bool {
        self.batch < 64 || self.k < 20
    }
}

/// How long sealed files of an older key set are still taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySetRules {
    /// Days after a key set's last day in which its sealed files may still arrive, on a stick for instance. Its secrets
    /// are destroyed only after that.
    pub grace_days: u32,
}

impl Default for KeySetRules {
    fn default() -> Self {
        Self { grace_days: 60 }
    }
}

impl KeySetRules {
    /// The last day on which files sealed to a key set that ran out on `expires` are taken.
    #[must_use]
    pub fn taken_until(self, expires: Day) -> Day {
        Day(expires.0.saturating_add_unsigned(self.grace_days))
    }
}

/// Somebody who signs invites: the campaign, or a partner organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// Name, for people.
    pub name: String,
    /// Public key: RSA 2048 with exponent 65537, SubjectPublicKeyInfo, base64.
    pub spki: String,
}

/// A campaign file that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// Not the expected TOML; the message names line and column.
    #[error("campaign file: {0}")]
    Toml(#[from] toml::de::Error),
    /// Readable, but not allowed.
    #[error("campaign file: {0}")]
    Rule(String),
}

impl Campaign {
    /// Parses and checks `campaign.toml`.
    ///
    /// # Errors
    /// See [`CampaignError`].
    pub fn parse(text: &str) -> Result<Self, CampaignError> {
        let campaign: Self = toml::from_str(text)?;
        campaign.check().map_err(CampaignError::Rule)?;
        Ok(campaign)
    }

    fn check(&self) -> Result<(), String> {
        if self.origin.is_empty() || self.origin.contains(['+', ' ', '\n']) || self.origin.contains("://") {
            return Err("origin is a URL without scheme, blanks or '+', such as orvana.example/we-can".into());
        }
        if self.languages.is_empty() {
            return Err("languages lists at least one language".into());
        }
        if self.call.questions.len() > 5 {
            return Err("at most five questions".into());
        }
        if self.floors.batch == 0 || self.floors.k == 0 {
            return Err("floors are at least 1".into());
        }
        let accent = self.look.accent.as_bytes();
        if accent.len() != 7 || accent[0] != b'#' || !accent[1..].iter().all(u8::is_ascii_hexdigit) {
            return Err("look.accent is a colour like #b93a0a".into());
        }
        let contrast = contrast_on_white(accent);
        if contrast < 4.5 {
            return Err(format!("look.accent has {contrast:.1}:1 contrast with white; readable text needs 4.5:1"));
        }
        if self.issuers.iter().any(|issuer| issuer.name.trim().is_empty()) {
            return Err("each of the issuers has a name".into());
        }
        if self.keyset.grace_days > 3650 {
            return Err("keyset.grace_days is at most 3650".into());
        }
        for lang in &self.languages {
            if !self.slogan.0.contains_key(lang) {
                return Err(format!("slogan has no text in {lang}"));
            }
        }
        Ok(())
    }

    /// The accent as red, green, blue.
    #[must_use]
    pub fn accent_rgb(&self) -> [u8; 3] {
        let hex = self.look.accent.as_bytes();
        [1, 3, 5].map(|i| channel(&hex[i..i + 2]))
    }
}

fn channel(two: &[u8]) -> u8 {
    std::str::from_utf8(two).ok().and_then(|t| u8::from_str_radix(t, 16).ok()).unwrap_or(0)
}

/// Contrast with white, by WCAG 2.2's definition of relative luminance.
fn contrast_on_white(accent: &[u8]) -> f64 {
    let linear = |two: &[u8]| {
        let c = f64::from(channel(two)) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = 0.2126 * linear(&accent[1..3]) + 0.7152 * linear(&accent[3..5]) + 0.0722 * linear(&accent[5..7]);
    1.05 / (luminance + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(accent: &str) -> String {
        format!(
            "origin = \"orvana.example/we-can\"\nslogan = {{ en = \"We can and we must\" }}\nline = {{}}\ncountry = {{}}\n\
             languages = [\"en\"]\n[call]\ntext = {{}}\nquestions = []\nseconds = 60\nopens = \"2026-03-01\"\n\
             closes = \"2026-04-01\"\n[look]\naccent = \"{accent}\"\n"
        )
    }

    #[test]
    fn a_readable_accent_passes_and_a_pale_one_does_not() {
        assert_eq!(Campaign::parse(&file("#b93a0a")).unwrap().accent_rgb(), [0xb9, 0x3a, 0x0a]);
        let error = Campaign::parse(&file("#ffcc00")).unwrap_err().to_string();
        assert!(error.contains("4.5:1"), "{error}");
    }

    #[test]
    fn the_pin_and_the_grace_are_read() {
        let campaign = Campaign::parse(&file("#b93a0a")).unwrap();
        assert_eq!((campaign.campaign_key, campaign.keyset.taken_until(Day(10))), (None, Day(70)));
        let pinned = format!("campaign_key = \"{}\"\n{}\n[keyset]\ngrace_days = 7\n", "0a".repeat(32), file("#b93a0a"));
        let campaign = Campaign::parse(&pinned).unwrap();
        assert_eq!(campaign.campaign_key, Some(CampaignPin::from_bytes([10; 32])));
        assert_eq!(campaign.keyset.taken_until(Day(10)), Day(17));
        assert!(Campaign::parse(&pinned.replace("0a0a", "0A0A")).is_err(), "one key has one text");
    }

    #[test]
    fn an_unknown_field_is_an_error() {
        assert!(Campaign::parse(&format!("{}\nsecret = 1\n", file("#b93a0a"))).is_err());
    }
}
