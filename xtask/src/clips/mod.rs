//! Draws and films the demo's people, so that the whole way can be shown on a machine that has no real clips.
//!
//! Refuses: the network, real faces and real voices.

mod camera;
mod cast;
mod draw;
mod figure;
mod make;
mod scene;
mod turn;
mod voice;

use std::path::Path;

pub(crate) use cast::{Contributor, Role, Wishes, contributors};
pub(crate) use make::{Order, make_all};

use crate::say::Steps;
use crate::shell::Res;

/// How many people the demo shows unless another number is asked for.
pub(crate) const USUAL: usize = 24;

/// `cargo xtask clips DIR [N]`
pub(crate) fn main(words: &[String]) -> Res {
    let folder = words.first().ok_or("which folder? cargo xtask clips DIR [N]")?;
    let count = words.get(1).map_or(Ok(USUAL), |n| n.parse().map_err(|_| format!("{n:?} is not a number")))?;
    let mut orders = contributor_orders(&contributors(count)?, Path::new(folder));
    orders.extend(supporter_orders(&Path::new(folder).join("supporters"))?);
    Steps::new().step("Drawing people", |bar| {
        let made = make_all(&orders, bar)?;
        Ok(format!("{made} clips and portraits drawn, {} were there", orders.len() - made))
    })
}

/// Clips of contributors in `folder`.
pub(crate) fn contributor_orders(people: &[Contributor], folder: &Path) -> Vec<Order> {
    people.iter().map(|p| Order::Clip(p.role.clone(), folder.join(&p.role.file))).collect()
}

/// Portraits and clips of supporters, in `portraits/` and `clips/` of `folder`.
///
/// # Errors
/// A mistake in the list.
pub(crate) fn supporter_orders(folder: &Path) -> Res<Vec<Order>> {
    let mut orders = Vec::new();
    for role in cast::supporters()? {
        orders.push(Order::Portrait(role.clone(), folder.join("portraits").join(format!("{}.png", role.file))));
        if !role.camera.is_empty() {
            let path = folder.join("clips").join(format!("{}.mp4", role.file));
            orders.push(Order::Clip(role, path));
        }
    }
    Ok(orders)
}
