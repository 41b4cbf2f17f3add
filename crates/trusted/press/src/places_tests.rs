//! Examples and properties of the table of places.

use hamseda_core::Local;
use proptest::prelude::*;

use super::*;

/// Three provinces `p0`…`p2` of four towns each, `t0`…`t11`.
fn table() -> PlaceTable {
    let place = |id: String, within: Option<String>| Place {
        id: id.parse().unwrap(),
        name: Local::default(),
        level: if within.is_some() { PlaceLevel::Town } else { PlaceLevel::Province },
        within: within.map(|w| w.parse().unwrap()),
    };
    let provinces = (0..3).map(|p| place(format!("p{p}"), None));
    let towns = (0..12).map(|t| place(format!("t{t}"), Some(format!("p{}", t / 4))));
    provinces.chain(towns).collect::<Vec<_>>().try_into().unwrap()
}

/// Messages of towns `t0`… and, last, without a place. The same town's pages have the same ids whatever the others do.
fn messages(towns: &[u64], nowhere: u64) -> PlaceChoices {
    let of = |t: usize, n: u64, place: Option<PlaceId>| {
        (0..n).map(move |i| (PageId::of(&[[t as u8; 8], i.to_be_bytes()].concat().try_into().unwrap()), place.clone()))
    };
    let placed = towns.iter().enumerate().flat_map(|(t, &n)| of(t, n, format!("t{t}").parse().ok()));
    placed.chain(of(99, nowhere, None)).collect()
}

fn text(release: &PlaceRelease) -> Vec<String> {
    let name = |c: &Covers| match c {
        Covers::Town(id) | Covers::Province(id) => id.to_string(),
        Covers::Rest => "rest".into(),
    };
    release.shown().iter().map(|c| format!("{} {}", name(&c.covers), c.pages.len())).collect()
}

#[test]
fn small_towns_join_their_province_and_small_provinces_the_rest() {
    let messages = messages(&[50, 12, 9, 0, 19, 0, 0, 0, 3], 4);
    assert_eq!(text(&PlaceRelease::next(None, &messages, &table(), 20)), ["t0 50", "p0 21", "rest 26"]);
}

#[test]
fn a_small_rest_takes_in_the_smallest_cell() {
    let messages = messages(&[50, 0, 0, 0, 30, 0, 0, 0, 2], 0);
    assert_eq!(text(&PlaceRelease::next(None, &messages, &table(), 20)), ["t0 50", "rest 32"]);
}

#[test]
fn fewer_than_k_in_all_name_no_place() {
    let messages = messages(&[9, 9], 1);
    let release = PlaceRelease::next(None, &messages, &table(), 20);
    assert!(release.cells.is_empty());
    assert!(messages.keys().all(|&page| *release.of(page) == Covers::Rest));
}

#[test]
fn a_message_that_comes_alone_names_no_place_yet() {
    let first = PlaceRelease::next(None, &messages(&[50, 25], 30), &table(), 20);
    let now = messages(&[51, 45], 30);
    let second = PlaceRelease::next(Some(&first), &now, &table(), 20);
    assert_eq!(text(&second), ["t0 50", "t1 45", "rest 30"]);
    let silent = now.iter().filter(|(page, place)| place.is_some() && *second.of(**page) == Covers::Rest).count();
    assert_eq!(silent, 1);
}

#[test]
fn a_town_that_leaves_its_province_does_not_show_who_came() {
    // 40 in "elsewhere in p0"; six more arrive and t0 alone would reach the floor: the sum would move by six.
    let first = PlaceRelease::next(None, &messages(&[18, 12, 10], 30), &table(), 20);
    let second = PlaceRelease::next(Some(&first), &messages(&[24, 12, 10], 30), &table(), 20);
    assert_eq!(text(&second), ["p0 40", "rest 30"]);
}

#[test]
fn what_is_taken_down_goes_at_once() {
    let first = PlaceRelease::next(None, &messages(&[50, 25], 30), &table(), 20);
    let second = PlaceRelease::next(Some(&first), &messages(&[49, 25], 30), &table(), 20);
    assert_eq!(text(&second), ["t0 49", "t1 25", "rest 30"]);
}

#[test]
fn with_a_floor_of_one_every_town_stands_alone() {
    let release = PlaceRelease::next(None, &messages(&[2, 1], 1), &table(), 1);
    assert_eq!(text(&release), ["t0 2", "t1 1", "rest 1"]);
}

#[test]
fn the_file_reads_back() {
    let release = PlaceRelease::next(None, &messages(&[2, 1], 1), &table(), 1);
    let json = serde_json::to_vec(&release).unwrap();
    assert_eq!(serde_json::from_slice::<PlaceRelease>(&json).unwrap(), release);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn rule_8_no_release_and_no_two_releases_single_anybody_out(
        mut towns in proptest::collection::vec(0u64..40, 13),
        steps in proptest::collection::vec(proptest::collection::vec((0usize..13, 0u64..30, prop::bool::weighted(0.8)), 1..4), 1..8),
    ) {
        let (k, table) = (20, table());
        let mut before = PlaceRelease::next(None, &messages(&towns[..12], towns[12]), &table, k);
        let sum: usize = before.cells.iter().map(|c| c.pages.len()).sum();
        prop_assert!(sum == 0 || sum as u64 == towns.iter().sum::<u64>(), "the first table is the whole");
        for changes in steps {
            for (town, n, up) in changes {
                towns[town] = if up { towns[town] + n } else { towns[town].saturating_sub(n) };
            }
            let now = messages(&towns[..12], towns[12]);
            let next = PlaceRelease::next(Some(&before), &now, &table, k);
            // What was taken down is gone on both sides: its place had been told.
            before.cells.iter_mut().for_each(|c| c.pages.retain(|page| now.contains_key(page)));
            if next.withheld {
                prop_assert_eq!(&next.cells, &before.cells);
            } else {
                prop_assert!(next.cells.iter().all(|c| c.pages.len() >= 20), "{:?}", next);
                let told: Vec<_> = next.cells.iter().flat_map(|c| &c.pages).collect();
                prop_assert_eq!(told.len(), told.iter().collect::<BTreeSet<_>>().len(), "a page stands in two cells");
                for (was, is) in every_union(&before, &next, &table) {
                    prop_assert!(was == is || was.abs_diff(is) >= 20, "{} → {}", was, is);
                }
            }
            before = next;
        }
    }
}

/// Figures of every group of old cells and group of new cells that cover the same places, by brute force.
fn every_union(old: &PlaceRelease, new: &PlaceRelease, table: &PlaceTable) -> Vec<(usize, usize)> {
    let unions = |release: &PlaceRelease| -> BTreeMap<Members, usize> {
        let cells: Vec<_> = release.cells.iter().map(|c| (members(&c.covers, release, table), c.pages.len())).collect();
        let chosen = |mask: u32| cells.iter().enumerate().filter(move |(i, _)| mask >> i & 1 == 1).map(|(_, c)| c);
        (1u32..1 << cells.len().min(9))
            .map(|mask| {
                chosen(mask).fold((Members::new(), 0), |(mut all, sum), (m, n)| {
                    all.extend(m.iter().cloned());
                    (all, sum + n)
                })
            })
            .collect()
    };
    let news = unions(new);
    unions(old).into_iter().filter_map(|(m, was)| Some((was, *news.get(&m)?))).collect()
}
