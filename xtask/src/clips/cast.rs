//! Who is drawn: the people of the demo's list, and as many more like them as are asked for.

use super::camera::Camera;
use super::figure::Look;
use super::scene::Scene;
use crate::random::Random;
use crate::shell::Res;
use crate::tables::{self, Table};

/// One clip to be made.
#[derive(Debug, Clone)]
pub(crate) struct Role {
    /// File name in the clips' folder.
    pub(crate) file: String,
    pub(crate) says: String,
    pub(crate) voice: String,
    pub(crate) look: String,
    pub(crate) scene: String,
    pub(crate) camera: String,
    /// Maker and model that the file tells, separated by `|`; empty tells none.
    pub(crate) phone: String,
    pub(crate) seed: u64,
    /// Which of a person's clips it is: the same face in the same room, moving otherwise.
    pub(crate) take: u64,
}

/// What a contributor chose, in the words of `hamseda seal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wishes {
    pub(crate) picture: String,
    pub(crate) voice: String,
    pub(crate) lang: String,
    pub(crate) place: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) uses: String,
}

/// A contributor of the demo.
#[derive(Debug, Clone)]
pub(crate) struct Contributor {
    pub(crate) role: Role,
    pub(crate) wishes: Wishes,
}

const LIST: &str = include_str!("../../demo/messages.toml");
const FIGURES: &str = include_str!("../../demo/supporter-figures.toml");

/// The first `count` contributors. Beyond the list they are its people again with other faces, places and words.
///
/// # Errors
/// A mistake in the list.
pub(crate) fn contributors(count: usize) -> Res<Vec<Contributor>> {
    let tables = tables::parse(LIST, "message").map_err(|e| format!("messages.toml, {e}"))?;
    let known: Vec<_> = (1..)
        .zip(&tables)
        .map(|(seed, t)| contributor(t, seed))
        .collect::<Res<_>>()
        .map_err(|e| format!("messages.toml, {e}"))?;
    Ok((0..count).map(|i| if i < known.len() { known[i].clone() } else { another(&known, i) }).collect())
}

fn contributor(table: &Table, seed: u64) -> Res<Contributor> {
    let role = Role {
        file: table.need("file")?.into(),
        says: table.need("says")?.into(),
        voice: table.need("voice")?.into(),
        look: table.need("look")?.into(),
        scene: table.need("scene")?.into(),
        camera: table.need("camera")?.into(),
        phone: table.get("phone").unwrap_or_default().into(),
        seed,
        take: 0,
    };
    check(&role)?;
    let wishes = Wishes {
        picture: table.need("picture")?.into(),
        voice: table.need("voice_choice")?.into(),
        lang: table.need("lang")?.into(),
        place: table.get("place").map(Into::into),
        name: table.get("name").map(Into::into),
        uses: table.get("uses").unwrap_or("film,wall,count").into(),
    };
    Ok(Contributor { role, wishes })
}

fn check(role: &Role) -> Res {
    let of = |e: String| format!("{}: {e}", role.file);
    Look::parse(&role.look, role.seed).map_err(of)?;
    Scene::parse(&role.scene).map_err(of)?;
    if !role.camera.is_empty() {
        Camera::parse(&role.camera).map_err(of)?;
    }
    Ok(())
}

/// A person whose words and voice come from one of the list, face from another, place and camera from others again.
fn another(known: &[Contributor], index: usize) -> Contributor {
    let mut random = Random::new(index as u64 ^ 0xca57);
    let spoken = &known[index % known.len()];
    let soft = spoken.role.look.contains("soft");
    let faces: Vec<_> = known.iter().filter(|c| c.role.look.contains("soft") == soft).collect();
    let places: Vec<_> = known.iter().filter_map(|c| c.wishes.place.clone()).collect();
    let mut made = spoken.clone();
    let name = |c: &Contributor| c.wishes.name.clone();
    let same_script: Vec<_> = known.iter().filter(|c| c.wishes.lang == spoken.wishes.lang).filter_map(name).collect();
    made.wishes.name = same_script.get(index % same_script.len().max(1)).cloned();
    made.wishes.place = Some(random.pick(&places).clone());
    made.role.look = format!("{}, skin {}", random.pick(&faces).role.look, 2 + random.next() % 5);
    made.role.scene = random.pick(&Scene::ALL).0.into();
    let camera = &random.pick(known).role;
    let ending = camera.file.rsplit('.').next().unwrap_or("mp4");
    made.role.file = format!("clip-{:04}.{ending}", index + 1);
    (made.role.camera, made.role.phone) = (camera.camera.clone(), camera.phone.clone());
    made.role.seed = index as u64 + 1;
    made
}

/// The supporters to draw. Those without a camera have only a portrait.
///
/// # Errors
/// A mistake in the list.
pub(crate) fn supporters() -> Res<Vec<Role>> {
    let mut roles = Vec::new();
    for (seed, table) in
        (901..).zip(tables::parse(FIGURES, "figure").map_err(|e| format!("supporter-figures.toml, {e}"))?)
    {
        let field = |key: &str| table.get(key).unwrap_or_default().to_owned();
        let role = Role {
            file: table.need("file")?.into(),
            says: field("says"),
            voice: field("voice"),
            look: field("look"),
            scene: field("scene"),
            camera: field("camera"),
            phone: String::new(),
            seed,
            take: 0,
        };
        check(&role).map_err(|e| format!("supporter-figures.toml, {e}"))?;
        roles.push(role);
    }
    Ok(roles)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_list_is_as_varied_as_phones_are() {
        let people = contributors(24).unwrap();
        assert_eq!(people.len(), 24);
        let cameras: Vec<_> = people.iter().map(|c| c.role.camera.as_str()).collect();
        for wanted in [
            " 24 ", " 25 ", " 29.97 ", " 30 ", " 60 ", " vfr ", "h264", "hevc 10", "hevc 8", "vp9", " 90 ", " 180 ",
            " 270 ", "none",
        ] {
            assert!(cameras.iter().any(|c| c.contains(wanted)), "no camera has {wanted:?}");
        }
        let sizes: BTreeSet<_> = cameras.iter().map(|c| c.split_once(' ').unwrap().0).collect();
        assert!(sizes.len() >= 6, "{sizes:?}");
        let hidden = people.iter().filter(|c| c.wishes.picture == "hide").count();
        assert!((3..=8).contains(&hidden), "{hidden}");
        let faces: BTreeSet<_> = people.iter().map(|c| (&c.role.look, &c.role.scene)).collect();
        assert_eq!(faces.len(), 24);
    }

    #[test]
    fn every_place_is_in_the_campaign() {
        let campaign = include_str!("../../demo/campaign.toml");
        for person in contributors(60).unwrap() {
            if let Some(place) = person.wishes.place {
                assert!(campaign.contains(&format!("id = \"{place}\"\nlevel = \"town\"")), "{place}");
            }
        }
    }

    #[test]
    fn more_people_are_others_and_always_the_same_others() {
        let (once, again) = (contributors(80).unwrap(), contributors(80).unwrap());
        let files: BTreeSet<_> = once.iter().map(|c| &c.role.file).collect();
        assert_eq!(files.len(), 80);
        for (a, b) in once.iter().zip(&again) {
            assert_eq!((&a.role.look, &a.role.camera, &a.wishes), (&b.role.look, &b.role.camera, &b.wishes));
            assert!(check(&a.role).is_ok());
        }
    }

    #[test]
    fn supporters_have_portraits_in_their_list() {
        let list = include_str!("../../demo/supporters.toml");
        let figures = supporters().unwrap();
        assert_eq!(figures.len(), list.matches("[[supporter]]").count());
        for figure in figures {
            assert!(list.contains(&format!("portraits/{}.png", figure.file)), "{}", figure.file);
            assert_eq!(list.contains(&format!("clips/{}.mp4", figure.file)), !figure.camera.is_empty());
        }
    }
}
