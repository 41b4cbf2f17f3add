//! Messages that may be the same: from sealed bytes to a pair that waits for a person, whatever their senders chose.

use hamseda_core::{MessageId, Picture, Voice};
use hamseda_protect::{Outcome, Twins};
use hamseda_vault::{Actor, TwinSense, TwinVerdict};

use crate::common::clip;
use crate::job::{Desk, print_key};

/// Waves that move in a way of their own for three seconds, with rising and falling tones, as sent or as a copy.
fn waves(way: u32, copy: &str) -> Vec<u8> {
    let wave = format!("sin(X/{}+T*{})*cos(Y/{}-T*{}+sin(T*{}))", way + 3, way + 1, way + 5, 2 * way + 1, way + 2);
    let picture = format!("nullsrc=s=64x36:r=30:d=3,geq=lum=128+90*{wave}:cb=128:cr=128,scale=320:180{copy}");
    let sound = format!("aevalsrc=0.3*sin(2*PI*t*(500+300*sin(t*{way}*3)))*(0.6+0.4*sin(t*{}))|0:d=3:s=48000", way + 9);
    clip("mp4", &format!("-f lavfi -i {picture} -f lavfi -i {sound} -c:v libx264 -pix_fmt yuv420p -c:a aac"))
}

impl Desk {
    async fn prepared(&self, clip: &[u8], picture: Picture) -> MessageId {
        let id = self.receive(clip, picture, Voice::Keep).await;
        assert_eq!(self.work(&self.lease("one").await).await.unwrap(), Outcome::Prepared);
        id
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_proposed_to_a_person_and_another_message_is_not() {
    let desk = Desk::new().await;
    let mut twins = Twins::new(print_key());
    let first = desk.prepared(&waves(1, ""), Picture::Hide).await;
    let other = desk.prepared(&waves(4, ""), Picture::Hide).await;
    assert_eq!(twins.look(&desk.vault).await.unwrap(), 2);
    assert!(desk.vault.open_twins(9).await.unwrap().is_empty());
    // Shown, mirrored and smaller, where the first was hidden from everybody: it is a copy all the same.
    let copy = desk.prepared(&waves(1, ",hflip,scale=240:136"), Picture::Show).await;
    assert_eq!(twins.look(&desk.vault).await.unwrap(), 1);
    let [(later, twin)] = &desk.vault.open_twins(9).await.unwrap()[..] else { panic!("one pair") };
    assert_eq!((*later, twin.other), (copy, first));
    assert_eq!((twin.verdict, twin.picture), (TwinVerdict::Same, TwinSense::Same));
    assert_eq!(twins.look(&desk.vault).await.unwrap(), 0, "nobody asks twice");

    // What lies in the vault opens with no other key, and goes with the message.
    let sealed = desk.vault.fingerprint(copy).await.unwrap().unwrap();
    assert!(!sealed.windows(4).any(|window| window == b"hmsd"));
    let parts = desk.vault.message(copy).await.unwrap().parts.unwrap();
    assert_ne!(parts.fingerprint, [0; 32], "the leaf commits to it");
    desk.vault.withdraw(first, &Actor::Sender).await.unwrap();
    assert_eq!(desk.vault.fingerprint(first).await.unwrap(), None);
    assert!(desk.vault.open_twins(9).await.unwrap().is_empty());
    // A worker that still has it in memory names it no more.
    let again = desk.prepared(&waves(1, ",scale=200:112"), Picture::Hide).await;
    twins.look(&desk.vault).await.unwrap();
    let found = desk.vault.twins(again).await.unwrap();
    assert_eq!(found.iter().map(|twin| twin.other).collect::<Vec<_>>(), [copy]);
    assert!(desk.vault.twins(other).await.unwrap().is_empty());
}
