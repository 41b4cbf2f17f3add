//! A verifier that is not ours: OpenSSL's command line.

use std::process::Command;

use crate::common::{invites, issuer};

#[test]
#[expect(clippy::disallowed_methods, reason = "a test may start the foreign implementation it compares with")]
fn openssl_accepts_an_invite_and_refuses_a_changed_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let verify = |message: &[u8], signature: &[u8]| {
        std::fs::write(path("key.der"), issuer().public().spki()).unwrap();
        std::fs::write(path("message"), message).unwrap();
        std::fs::write(path("signature"), signature).unwrap();
        let mut command = Command::new("openssl");
        command.args(["dgst", "-sha384", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:48"]);
        command.args(["-keyform", "DER", "-verify"]).arg(path("key.der")).arg("-signature").arg(path("signature"));
        command.arg(path("message")).output().unwrap().status.success()
    };
    let (_, _, tokens) = invites("garden", 2);
    for token in &tokens {
        assert!(verify(&token.signed_bytes(), &token.signature));
    }
    assert!(!verify(&tokens[0].signed_bytes(), &tokens[1].signature));
    let mut changed = tokens[0].signed_bytes();
    changed[40] ^= 1;
    assert!(!verify(&changed, &tokens[0].signature));
}
