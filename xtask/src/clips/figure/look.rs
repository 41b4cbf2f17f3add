//! What a person looks like, read from a few words.

use crate::clips::draw::Rgb;
use crate::random::Random;

/// How the hair is worn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hair {
    Short,
    Side,
    Curly,
    Afro,
    Long,
    Bob,
    Bun,
    Receding,
    Bald,
    /// A scarf that covers the hair.
    Scarf,
    /// A scarf laid loosely over it.
    Shawl,
    Beanie,
    Cap,
}

/// What is worn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clothes {
    Tee,
    Shirt,
    Jumper,
    Roll,
    Hoodie,
    Jacket,
    Blouse,
    Striped,
}

/// Hair on the face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beard {
    None,
    Stubble,
    Moustache,
    Short,
    Full,
}

/// A person's looks.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    pub(crate) skin: Rgb,
    pub(crate) hair: Hair,
    pub(crate) hair_colour: Rgb,
    /// Scarf, cap or beanie.
    pub(crate) cover: Rgb,
    pub(crate) clothes: Clothes,
    pub(crate) cloth: Rgb,
    pub(crate) beard: Beard,
    pub(crate) glasses: bool,
    pub(crate) earrings: bool,
    /// 0 young, 1 old.
    pub(crate) age: f32,
    /// Fuller lips and longer lashes at 1.
    pub(crate) soft: f32,
    /// Width of the face, about 1.
    pub(crate) width: f32,
    /// Width of the jaw, about 1.
    pub(crate) jaw: f32,
    /// Distance of the eyes, about 1.
    pub(crate) eyes: f32,
    /// Strength of the brows, about 1.
    pub(crate) brows: f32,
    /// Size of the nose, about 1.
    pub(crate) nose: f32,
    /// Differs from person to person, for curls and folds.
    pub(crate) seed: u64,
}

const SKINS: [u32; 7] = [0xf3d2b8, 0xe9bf9c, 0xdba883, 0xc68d66, 0xa86f4b, 0x855436, 0x613c28];

const COLOURS: &[(&str, u32)] = &[
    ("black", 0x1d1817),
    ("brown", 0x47301f),
    ("chestnut", 0x6b3d22),
    ("copper", 0x96502a),
    ("sand", 0xb58a55),
    ("grey", 0x8b8883),
    ("white", 0xd9d5cd),
    ("ink", 0x262b38),
    ("navy", 0x2b3c5c),
    ("teal", 0x256a6b),
    ("sea", 0x4d8a94),
    ("olive", 0x66683a),
    ("moss", 0x4a6145),
    ("sage", 0x8fa486),
    ("rust", 0xa34a23),
    ("brick", 0x8c3b32),
    ("wine", 0x6d2438),
    ("rose", 0xc47b7d),
    ("plum", 0x5d4263),
    ("mustard", 0xc3912f),
    ("cream", 0xe9dfc9),
    ("stone", 0xa79c8b),
    ("sky", 0x8db1cc),
    ("charcoal", 0x3b3c41),
];

fn colour(name: &str) -> Result<Rgb, String> {
    let found = COLOURS.iter().find(|(known, _)| *known == name);
    found.map(|&(_, code)| Rgb::hex(code)).ok_or_else(|| {
        let known: Vec<_> = COLOURS.iter().map(|(known, _)| *known).collect();
        format!("{name:?} is not a colour; known: {}", known.join(" "))
    })
}

impl Look {
    /// Reads `skin 3, long chestnut, blouse teal, soft, old, glasses, scarf wine, beard full`; what isn't said comes
    /// from `seed`.
    ///
    /// # Errors
    /// Names the word that isn't known.
    pub(crate) fn parse(words: &str, seed: u64) -> Result<Self, String> {
        let mut look = Self::plain(seed);
        for phrase in words.split(',').map(str::trim).filter(|p| !p.is_empty()) {
            let mut parts = phrase.split_whitespace();
            let (head, rest) = (parts.next().unwrap_or_default(), parts.next());
            look.word(head, rest).map_err(|e| format!("look {words:?}: {e}"))?;
        }
        Ok(look)
    }

    fn plain(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut about = |spread: f32| 1.0 + spread * (random.unit() * 2.0 - 1.0);
        Self {
            skin: Rgb::hex(SKINS[2]),
            hair: Hair::Short,
            hair_colour: Rgb::hex(0x1d1817),
            cover: Rgb::hex(0x6d2438),
            clothes: Clothes::Tee,
            cloth: Rgb::hex(0x256a6b),
            beard: Beard::None,
            glasses: false,
            earrings: false,
            age: 0.25,
            soft: 0.0,
            width: about(0.06),
            jaw: about(0.12),
            eyes: about(0.06),
            brows: about(0.2),
            nose: about(0.18),
            seed,
        }
    }

    fn word(&mut self, head: &str, rest: Option<&str>) -> Result<(), String> {
        let named = |what: &str| rest.ok_or_else(|| format!("{what} needs a second word"));
        match head {
            "skin" => {
                let step: usize = named("skin")?.parse().map_err(|_| "skin is a number from 1 to 7".to_owned())?;
                let code = SKINS.get(step.wrapping_sub(1)).ok_or("skin is a number from 1 to 7")?;
                self.skin = Rgb::hex(*code);
            }
            "soft" => self.soft = 1.0,
            "young" => self.age = 0.0,
            "old" => self.age = 1.0,
            "middle" => self.age = 0.6,
            "glasses" => self.glasses = true,
            "earrings" => self.earrings = true,
            "beard" => self.beard = beard(named("beard")?)?,
            _ => return self.worn(head, colour(named(head)?)?),
        }
        Ok(())
    }

    fn worn(&mut self, head: &str, colour: Rgb) -> Result<(), String> {
        if let Some(hair) = hair(head) {
            // A cover hides the hair's own colour, or most of it.
            match hair {
                Hair::Scarf | Hair::Shawl | Hair::Beanie | Hair::Cap => self.cover = colour,
                _ => self.hair_colour = colour,
            }
            self.hair = hair;
            return Ok(());
        }
        if head == "hair" {
            self.hair_colour = colour;
            return Ok(());
        }
        self.clothes = clothes(head).ok_or_else(|| format!("{head:?} is neither hair nor clothes"))?;
        self.cloth = colour;
        Ok(())
    }
}

fn hair(word: &str) -> Option<Hair> {
    Some(match word {
        "short" => Hair::Short,
        "side" => Hair::Side,
        "curly" => Hair::Curly,
        "afro" => Hair::Afro,
        "long" => Hair::Long,
        "bob" => Hair::Bob,
        "bun" => Hair::Bun,
        "receding" => Hair::Receding,
        "bald" => Hair::Bald,
        "scarf" => Hair::Scarf,
        "shawl" => Hair::Shawl,
        "beanie" => Hair::Beanie,
        "cap" => Hair::Cap,
        _ => return None,
    })
}

fn clothes(word: &str) -> Option<Clothes> {
    Some(match word {
        "tee" => Clothes::Tee,
        "shirt" => Clothes::Shirt,
        "jumper" => Clothes::Jumper,
        "roll" => Clothes::Roll,
        "hoodie" => Clothes::Hoodie,
        "jacket" => Clothes::Jacket,
        "blouse" => Clothes::Blouse,
        "striped" => Clothes::Striped,
        _ => return None,
    })
}

fn beard(word: &str) -> Result<Beard, String> {
    Ok(match word {
        "stubble" => Beard::Stubble,
        "moustache" => Beard::Moustache,
        "short" => Beard::Short,
        "full" => Beard::Full,
        _ => return Err(format!("{word:?} is not a beard; known: stubble moustache short full")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_looks() {
        let look = Look::parse("skin 5, long copper, blouse sage, glasses, beard stubble", 1).unwrap();
        assert_eq!((look.hair, look.clothes, look.beard), (Hair::Long, Clothes::Blouse, Beard::Stubble));
        assert!(look.glasses && look.skin == Rgb::hex(SKINS[4]));
    }

    #[test]
    fn an_unknown_word_is_named() {
        for (words, part) in
            [("skin 9", "1 to 7"), ("long glitter", "glitter"), ("cape red", "red"), ("long", "second")]
        {
            let error = Look::parse(words, 1).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
