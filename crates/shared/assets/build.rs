//! Stops with a sentence a person can act on when `web/dist` was not built.

use std::path::Path;

const FILES: [&str; 19] = [
    "site.css",
    "site.js",
    "verify.js",
    "intake.css",
    "send.js",
    "send-media.js",
    "words-fa.js",
    "words-ar.js",
    "words-en.js",
    "sealer.html",
    "desk.css",
    "desk.js",
    "vazirmatn-arabic.woff2",
    "vazirmatn-latin.woff2",
    "vazirmatn-latin-ext.woff2",
    "Vazirmatn-Regular.ttf",
    "Vazirmatn-SemiBold.ttf",
    "Vazirmatn-ExtraBold.ttf",
    "Vazirmatn-OFL.txt",
];

fn main() {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../web/dist");
    for name in FILES {
        let path = dist.join(name);
        println!("cargo::rerun-if-changed={}", path.display());
        if !path.exists() {
            println!(
                "cargo::error=web/dist/{name} is missing: styles, scripts and fonts are built first. \
                 Run `cargo xtask setup`, or `npm ci && npm run build` in web/."
            );
            return;
        }
    }
}
