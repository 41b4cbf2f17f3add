//! Cheats by somebody who holds the log key: each signs, and each is found in the static files. And what a site may do.

use hamseda_tally::{
    Checkpoint, Expectation, FaultCode, Leaf, LeafKind, PublishedIndex, Report, TallyError, Tree, layout, merkle,
    sha256, verify,
};

use crate::support::{ORIGIN, Parts, Shape, Site, log_key};

fn parts() -> Parts {
    let batches = ["AAAA", "PPW", "AP"].map(String::from).into();
    Parts::new(&Shape { batches, witnessed: false, seed: 7 })
}

fn codes(report: &Report) -> Vec<(&'static str, &str)> {
    report.faults.iter().map(|f| (f.code.as_str(), f.path.as_str())).collect()
}

fn check(site: &Site) -> Report {
    verify(site, &Expectation::default())
}

#[test]
fn a_forced_layout_of_honest_parts_passes() {
    let (forced, mut honest) = (parts().forced(), parts().site());
    assert_eq!(codes(&check(&forced)), []);
    honest.0.retain(|path, _| forced.0.contains_key(path));
    assert_eq!(forced, honest);
}

#[test]
fn a_message_counted_twice_is_found() {
    let mut cheat = parts();
    cheat.leaves[1].tag = cheat.leaves[0].tag;
    assert!(codes(&check(&cheat.forced())).contains(&("leaf-rule", "log/tile/entries/000.p/12")));
    assert!(matches!(cheat.try_site(), Err(TallyError::Layout(_))));
}

#[test]
fn more_struck_than_accepted_is_found() {
    let mut cheat = parts();
    for leaf in &mut cheat.leaves[..3] {
        leaf.kind = LeafKind::Canary;
    }
    assert!(check(&cheat.forced()).faults.iter().any(|f| f.message.contains("more messages are struck")));
}

#[test]
fn a_batch_under_its_floor_is_found_unless_it_closes_the_campaign() {
    let mut cheat = parts();
    cheat.policy.floors.batch = 2;
    for file in &mut cheat.files {
        file.floors.batch = 2;
        file.policy_sha256 = cheat.policy.sha256();
    }
    cheat.recommit();
    assert_eq!(codes(&check(&cheat.forced())), [("batch-rule", "log/batch/3.json")]);
    cheat.files[2].closing = true;
    cheat.recommit();
    assert_eq!(codes(&check(&cheat.forced())), []);
    cheat.files[0].closing = true;
    cheat.recommit();
    assert_eq!(codes(&check(&cheat.forced())), [("batch-rule", "log/batch/3.json")]);
}

#[test]
fn fewer_received_than_accepted_is_found() {
    let mut cheat = parts();
    cheat.files[2].received = 4;
    cheat.recommit();
    let report = check(&cheat.forced());
    assert!(codes(&report).contains(&("batch-rule", "log/batch/3.json")), "{:?}", report.faults);
}

#[test]
fn a_policy_swapped_after_the_last_batch_is_found() {
    let mut cheat = parts();
    cheat.policy.floors.k = 20;
    assert!(codes(&check(&cheat.forced())).contains(&("policy-changed", layout::POLICY)));
}

#[test]
fn a_clip_that_vanishes_from_the_index_is_found() {
    let mut cheat = parts();
    let clips = cheat.published.clips()[1..].to_vec();
    cheat.published = PublishedIndex::new(clips, cheat.published.taken_down().to_vec()).unwrap();
    assert_eq!(codes(&check(&cheat.forced())), [("published-index", layout::PUBLISHED)]);
}

#[test]
fn a_swapped_clip_is_found_even_with_a_new_salt() {
    let mut cheat = parts();
    let mut clips = cheat.published.clips().to_vec();
    let other = b"another clip".to_vec();
    clips[0].sha256 = sha256(&other);
    cheat.clips.insert(clips[0].path.clone(), other);
    cheat.published = PublishedIndex::new(clips, cheat.published.taken_down().to_vec()).unwrap();
    assert_eq!(codes(&check(&cheat.forced())), [("published-index", layout::PUBLISHED)]);
}

#[test]
fn a_root_of_other_leaves_is_found() {
    let mut cheat = parts().site();
    let checkpoint = Checkpoint { origin: ORIGIN.into(), size: 12, root: [9; 32] };
    cheat.0.insert(layout::CHECKPOINT.into(), checkpoint.sign(&log_key(7)).unwrap().into_bytes());
    assert_eq!(codes(&check(&cheat)), [("checkpoint-root", layout::CHECKPOINT)]);
}

#[test]
fn another_key_s_site_is_found_when_the_policy_is_known() {
    let expected = Expectation { policy_sha256: Some(parts().policy.sha256()), ..Expectation::default() };
    assert!(verify(&parts().site(), &expected).ok);
    let impostor = Parts::new(&Shape { batches: vec!["AAAAAAAA".into()], witnessed: false, seed: 8 });
    let expected = Expectation { log: Some(parts().policy.log), ..expected };
    let report = verify(&impostor.site(), &expected);
    assert_eq!(codes(&report), [("policy-unexpected", layout::POLICY)]);
}

#[test]
fn roll_back_and_fork_are_found_by_who_has_seen_more() {
    let whole = parts();
    let tree: Tree = whole.leaves.iter().map(|leaf| merkle::leaf_hash(&leaf.encode())).collect();
    let seen = |size: u64| Checkpoint { origin: ORIGIN.into(), size, root: tree.root_at(size).unwrap() };
    let expect = |seen| Expectation { seen: Some(seen), ..Expectation::default() };
    assert!(verify(&whole.site(), &expect(seen(5))).ok);
    assert!(verify(&whole.site(), &expect(seen(12))).ok);

    let earlier = Parts::new(&Shape { batches: vec!["AAAA".into()], witnessed: false, seed: 7 });
    assert_eq!(codes(&verify(&earlier.site(), &expect(seen(12)))), [("log-shrunk", layout::CHECKPOINT)]);
    let forked = Checkpoint { root: [1; 32], ..seen(5) };
    assert_eq!(codes(&verify(&whole.site(), &expect(forked))), [("log-forked", layout::CHECKPOINT)]);
}

#[test]
fn too_few_witnesses_and_strangers_are_found() {
    let witnessed = Parts::new(&Shape { batches: vec!["AA".into()], witnessed: true, seed: 4 });
    let site = witnessed.site();
    let checkpoint = String::from_utf8(site.0[layout::CHECKPOINT].clone()).unwrap();
    let mut lines: Vec<&str> = checkpoint.lines().collect();
    lines.pop();
    let mut fewer = site.clone();
    fewer.0.insert(layout::CHECKPOINT.into(), format!("{}\n", lines.join("\n")).into_bytes());
    assert_eq!(check(&fewer).faults[0].code, FaultCode::CheckpointQuorum);

    let mut stranger = site;
    let line = lines[lines.len() - 1].replace("witness.example", "stranger.example");
    stranger.0.insert(layout::CHECKPOINT.into(), format!("{checkpoint}{line}\n").into_bytes());
    assert_eq!(check(&stranger).faults[0].code, FaultCode::CheckpointSigner);
}

#[test]
fn every_bit_flipped_leaf_is_no_longer_in_the_log() {
    let honest = parts();
    let tree: Tree = honest.leaves.iter().map(|leaf| merkle::leaf_hash(&leaf.encode())).collect();
    let proof = hamseda_tally::proof::LogProof::new(&tree, 3, tree.size(), &honest.checkpoint()).unwrap();
    let read = hamseda_tally::proof::LogProof::parse(&proof.encode()).unwrap();
    assert_eq!(read, proof);
    assert!(read.verify(&honest.leaves[3], &honest.policy).is_ok());
    for bit in 0..Leaf::LEN * 8 {
        let mut bytes = honest.leaves[3].encode();
        bytes[bit / 8] ^= 1 << (bit % 8);
        if let Ok(leaf) = Leaf::parse(&bytes) {
            assert!(read.verify(&leaf, &honest.policy).is_err());
        }
    }
    for text in [
        proof.encode().replace("index 3", "index 03"),
        proof.encode().replace("index 3", "index 2"),
        proof.encode().replace("@v1", "@v2"),
        proof.encode().replacen("\n\n", "\n", 1),
    ] {
        let verdict = hamseda_tally::proof::LogProof::parse(&text)
            .and_then(|proof| proof.verify(&honest.leaves[3], &honest.policy));
        assert!(verdict.is_err(), "{text}");
    }
}
