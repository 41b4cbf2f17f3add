//! Published messages by place, merged until nobody can be singled out, in one release and across releases.
//!
//! A place is named on pages and in the table when at least k messages name it. Smaller places are joined: towns of one
//! province to "elsewhere in …", and what is still too small to the rest of the country, which takes in the next smallest
//! cell until it holds k. A later release adds to a cell nothing or at least k messages, and the same holds for any group
//! of cells that the two releases cut alike, so that subtracting two releases singles out nobody either; until then a new
//! message's page names no place. What is taken down goes at once: its place was public already.
//!
//! Refuses: cross tables (place by language, by day), and a table that can't keep these rules: then none is shown, and the
//! last one is remembered so that the one after it keeps them too.

use std::collections::{BTreeMap, BTreeSet};

use hamseda_core::{Place, PlaceId, PlaceLevel, PlaceTable};
use serde::{Deserialize, Serialize};

use crate::PageId;

/// What a cell covers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Covers {
    /// One town.
    Town(PlaceId),
    /// A province without its towns that have cells of their own.
    Province(PlaceId),
    /// Everything else, and messages without a place.
    Rest,
}

/// Messages that may be told together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// What it covers.
    pub covers: Covers,
    /// Their pages, at least k.
    pub pages: BTreeSet<PageId>,
}

/// The table of places as released, largest first, the rest last. `places.json` of the site.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceRelease {
    /// The floor of this release.
    pub k: u32,
    /// The cells.
    pub cells: Vec<Cell>,
    /// Whether the cells are those of an earlier release, kept to step from and not shown, because today's can't follow
    /// them safely.
    #[serde(default)]
    pub withheld: bool,
}

/// Published messages with the place each sender gave.
pub type PlaceChoices = BTreeMap<PageId, Option<PlaceId>>;

/// Members of a cell: places, and `None` for "no place given".
type Members = BTreeSet<Option<PlaceId>>;

impl PlaceRelease {
    /// The next release, given the last one.
    #[must_use]
    pub fn next(before: Option<&Self>, messages: &PlaceChoices, table: &PlaceTable, k: u32) -> Self {
        let k = k.max(1);
        let fresh = Self { k, cells: merge(messages, table, k as usize), withheld: false };
        let Some(before) = before else { return fresh };
        let mut before = before.clone();
        before.cells.iter_mut().for_each(|cell| cell.pages.retain(|page| messages.contains_key(page)));
        // A raised floor makes old cells too fine to step from; a lowered one changes nothing already told.
        let step = k.max(before.k) as usize;
        let mut stay = Self { k, cells: before.cells.clone(), withheld: false };
        for cell in &mut stay.cells {
            let covered = members(&cell.covers, &before, table);
            cell.pages = pages_in(messages, table, &covered);
        }
        let next = [fresh, stay].into_iter().find_map(|next| next.stepped_from(&before, table, step));
        next.unwrap_or(Self { withheld: true, ..before })
    }

    /// The cells to show; none while they are withheld.
    #[must_use]
    pub fn shown(&self) -> &[Cell] {
        if self.withheld { &[] } else { &self.cells }
    }

    /// What may be told of a message's place.
    #[must_use]
    pub fn of(&self, page: PageId) -> &Covers {
        self.shown().iter().find(|cell| cell.pages.contains(&page)).map_or(&Covers::Rest, |cell| &cell.covers)
    }

    /// This release with cells held back that grew by less than `step`; `None` when it can't follow `before`.
    fn stepped_from(mut self, before: &Self, table: &PlaceTable, step: usize) -> Option<Self> {
        let old: Vec<Members> = before.cells.iter().map(|c| members(&c.covers, before, table)).collect();
        let new: Vec<Members> = self.cells.iter().map(|c| members(&c.covers, &self, table)).collect();
        let moved = |a: usize, b: usize| a == b || a.abs_diff(b) >= step;
        for (cell, covered) in self.cells.iter_mut().zip(&new) {
            let Some(i) = old.iter().position(|o| o == covered) else { continue };
            if !moved(before.cells[i].pages.len(), cell.pages.len()) {
                cell.pages.clone_from(&before.cells[i].pages);
            }
        }
        let size =
            |cells: &[Cell], covers: &Covers| cells.iter().find(|c| c.covers == *covers).map_or(0, |c| c.pages.len());
        let mut every = before.cells.iter().chain(&self.cells).map(|c| &c.covers);
        let cells_move = every.all(|c| moved(size(&before.cells, c), size(&self.cells, c)));
        let blocks_move = blocks(&old, &new).into_iter().all(|(was, is)| {
            let was: usize = was.iter().map(|&i| before.cells[i].pages.len()).sum();
            let is: usize = is.iter().map(|&i| self.cells[i].pages.len()).sum();
            moved(was, is)
        });
        let enough = self.cells.iter().all(|c| c.pages.len() >= self.k as usize);
        (cells_move && blocks_move && enough).then(|| self.sorted())
    }

    fn sorted(mut self) -> Self {
        self.cells.sort_by(|a, b| {
            let rest = |c: &Cell| c.covers == Covers::Rest;
            rest(a).cmp(&rest(b)).then(b.pages.len().cmp(&a.pages.len())).then(a.covers.cmp(&b.covers))
        });
        self
    }
}

/// The place a message counts for: a place the campaign file no longer lists is none.
fn listed<'a>(place: Option<&PlaceId>, table: &'a PlaceTable) -> Option<&'a Place> {
    place.and_then(|id| table.get(id))
}

fn province_of(place: &Place) -> &PlaceId {
    place.within.as_ref().unwrap_or(&place.id)
}

fn pages_in(messages: &PlaceChoices, table: &PlaceTable, covered: &Members) -> BTreeSet<PageId> {
    let inside = |place: &Option<PlaceId>| covered.contains(&listed(place.as_ref(), table).map(|p| p.id.clone()));
    messages.iter().filter(|(_, place)| inside(place)).map(|(page, _)| *page).collect()
}

/// The finest cells that each hold at least `k`.
fn merge(messages: &PlaceChoices, table: &PlaceTable, k: usize) -> Vec<Cell> {
    let mut towns: BTreeMap<&PlaceId, (&Place, BTreeSet<PageId>)> = BTreeMap::new();
    let mut rest = BTreeSet::new();
    for (page, place) in messages {
        match listed(place.as_ref(), table) {
            Some(place) => drop(towns.entry(&place.id).or_insert((place, BTreeSet::new())).1.insert(*page)),
            None => drop(rest.insert(*page)),
        }
    }
    let mut cells = Vec::new();
    let mut provinces: BTreeMap<&PlaceId, BTreeSet<PageId>> = BTreeMap::new();
    for (id, (place, pages)) in towns {
        if place.level == PlaceLevel::Town && pages.len() >= k {
            cells.push(Cell { covers: Covers::Town(id.clone()), pages });
        } else {
            provinces.entry(province_of(place)).or_default().extend(pages);
        }
    }
    for (province, pages) in provinces {
        if pages.len() >= k {
            cells.push(Cell { covers: Covers::Province(province.clone()), pages });
        } else {
            rest.extend(pages);
        }
    }
    absorb(&mut cells, rest, k, table);
    PlaceRelease { k: 0, cells, withheld: false }.sorted().cells
}

/// Adds the rest as a cell, taking in the smallest cell it may until it holds `k`; adds none when all is too little.
fn absorb(cells: &mut Vec<Cell>, mut rest: BTreeSet<PageId>, k: usize, table: &PlaceTable) {
    while !rest.is_empty() && rest.len() < k {
        let may = |cell: &Cell| match &cell.covers {
            // A town falls to "elsewhere in its province" first; only a province that is wholly in the rest gives towns.
            Covers::Town(id) => {
                let around = table.get(id).map(|town| Covers::Province(province_of(town).clone()));
                !cells.iter().any(|c| Some(&c.covers) == around.as_ref())
            }
            Covers::Province(_) | Covers::Rest => true,
        };
        let smallest = (0..cells.len()).filter(|&i| may(&cells[i])).min_by_key(|&i| cells[i].pages.len());
        let Some(i) = smallest else { return };
        rest.extend(cells.remove(i).pages);
    }
    if !rest.is_empty() {
        cells.push(Cell { covers: Covers::Rest, pages: rest });
    }
}

/// What a cell of `release` covers, place by place.
fn members(covers: &Covers, release: &PlaceRelease, table: &PlaceTable) -> Members {
    let has = |covers: Covers| release.cells.iter().any(|c| c.covers == covers);
    let own = |id: &PlaceId| has(Covers::Town(id.clone()));
    match covers {
        Covers::Town(id) => Members::from([Some(id.clone())]),
        Covers::Province(province) => {
            let inside = table.iter().filter(|p| province_of(p) == province);
            inside.filter(|p| !own(&p.id)).map(|p| Some(p.id.clone())).collect()
        }
        Covers::Rest => {
            let joined = |p: &&Place| !own(&p.id) && !has(Covers::Province(province_of(p).clone()));
            table.iter().filter(joined).map(|p| Some(p.id.clone())).chain([None]).collect()
        }
    }
}

/// Groups of old and new cells (by index) that cover the same places in sum: what two releases allow to be subtracted.
fn blocks(old: &[Members], new: &[Members]) -> Vec<(Vec<usize>, Vec<usize>)> {
    let mut blocks: Vec<(Members, Vec<usize>, Vec<usize>)> = Vec::new();
    let tagged = old.iter().enumerate().map(|(i, m)| (m, Some(i), None));
    for (covered, was, is) in tagged.chain(new.iter().enumerate().map(|(i, m)| (m, None, Some(i)))) {
        let mut block = (covered.clone(), Vec::from_iter(was), Vec::from_iter(is));
        for (places, olds, news) in blocks.extract_if(.., |(places, ..)| !places.is_disjoint(covered)) {
            block.0.extend(places);
            block.1.extend(olds);
            block.2.extend(news);
        }
        blocks.push(block);
    }
    blocks.into_iter().map(|(_, was, is)| (was, is)).collect()
}

#[cfg(test)]
#[path = "places_tests.rs"]
mod tests;
