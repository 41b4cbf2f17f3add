//! The pages, as a browser gets them.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hamseda_store::testing::Fresh;
use sha2::{Digest as _, Sha256};

use crate::support::{Answer, Server, Site, keyset, request, run};

async fn get(server: &Server, path: &str, headers: &[(&str, &str)]) -> Answer {
    request(server.address, "GET", path, headers, b"").await
}

/// A hash as pages print it.
fn groups(hash: &str) -> String {
    (0..16).map(|i| format!("<span>{}</span> ", &hash[i * 4..i * 4 + 4])).collect()
}

/// The pages of a language, without what changes with every build: hashes, and the script's texts.
async fn snapshot(fresh: Fresh, lang: &str) {
    let server = Site::on(&fresh).start().await;
    let keyset = hex::encode(keyset().hash());
    let sealer = sha256_hex(hamseda_assets::SEALER_HTML.as_bytes());
    for (name, path) in [("call", ""), ("send", "send"), ("parts", "parts"), ("code", "code")] {
        let answer = get(&server, &format!("/{lang}/{path}"), &[]).await;
        assert_eq!(answer.status, 200, "{name}");
        let page = answer.text().replace(&groups(&keyset), "KEYSET-GROUPS").replace(&keyset, "KEYSET-HASH");
        let page = page.replace(&groups(&sealer), "SEALER-GROUPS");
        let page = page.replace(&integrity(hamseda_assets::SEND_JS), "SCRIPT-HASH");
        assert_eq!(page.contains("KEYSET-GROUPS") && page.contains("KEYSET-HASH"), name == "call", "{name}");
        assert_eq!(page.contains("SEALER-GROUPS"), name == "parts", "{name}");
        let page = ["facts", "texts"].iter().fold(page, |page, id| without_template(&page, id));
        insta::assert_snapshot!(format!("{name}.{lang}"), page);
    }
}

fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn integrity(script: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(script)))
}

fn template<'a>(page: &'a str, id: &str) -> &'a str {
    let inside =
        page.split_once(&format!("<template id=\"{id}\">")).and_then(|(_, rest)| rest.split_once("</template>"));
    inside.map_or("", |(inside, _)| inside)
}

fn without_template(page: &str, id: &str) -> String {
    let inside = template(page, id);
    if inside.is_empty() { page.to_owned() } else { page.replace(inside, "…") }
}

#[test]
fn the_pages_in_english() {
    run(async |fresh| snapshot(fresh, "en").await);
}

#[test]
fn the_pages_in_persian() {
    run(async |fresh| snapshot(fresh, "fa").await);
}

#[test]
fn the_pages_in_arabic() {
    run(async |fresh| snapshot(fresh, "ar").await);
}

/// Only our own files run, and only the file whose hash the page names.
#[test]
fn pages_with_script_run_ours_and_nothing_else() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        for path in ["/en/send", "/fa/send", "/en/code"] {
            let answer = get(&server, path, &[]).await;
            let page = answer.text();
            let scripts: Vec<_> = page.split("<script").skip(1).collect();
            assert_eq!(scripts.len(), 1, "{path}");
            let hash = integrity(hamseda_assets::SEND_JS);
            assert!(scripts[0].starts_with(&format!(" src=\"/capture/send.js\" integrity=\"{hash}\" defer></script>")));
            for forbidden in [" style=", "<style", " onclick", "javascript:", "<iframe", "<img"] {
                assert!(!page.contains(forbidden), "{path} has {forbidden}");
            }
            let policy = answer.header("content-security-policy");
            assert!(
                policy.starts_with("default-src 'none'; script-src 'self'; connect-src 'self'"),
                "{path}: {policy}"
            );
            assert!(!policy.contains("unsafe") && policy.contains("base-uri 'none'"), "{path}: {policy}");
            let camera = answer.header("permissions-policy").starts_with("camera=(self), microphone=(self)");
            assert_eq!(camera, path.ends_with("send"), "{path}");
        }
        for (name, script) in hamseda_assets::CAPTURE_SCRIPTS {
            let answer = get(&server, &format!("/capture/{name}"), &[]).await;
            assert!(answer.text() == script && answer.header("content-type").starts_with("text/javascript"), "{name}");
        }
        assert_eq!(get(&server, "/capture/..%2fkeyset.json", &[]).await.status, 404);
    });
}

/// A form may post to this server, and no form has a field that a code could be typed into.
#[test]
fn plain_forms_take_files_only() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        for (path, forms) in [("/en/parts", 1), ("/fa/code", 3)] {
            let answer = get(&server, path, &[]).await;
            let page = answer.text();
            assert_eq!(page.matches("<form ").count(), forms, "{path}");
            assert_eq!(page.matches("enctype=\"multipart/form-data\"").count(), forms, "{path}");
            assert!(answer.header("content-security-policy").contains("form-action 'self'"), "{path}");
            assert!(!page.contains("<textarea"), "{path}");
            let texts = page.matches("type=\"text\"").count();
            assert_eq!(texts, usize::from(path == "/en/parts"), "only an invite is typed: {path}");
        }
    });
}

#[test]
fn the_script_knows_the_campaign() {
    run(async |fresh| {
        let mut site = Site::on(&fresh);
        site.campaign +=
            "[[places]]\nid = \"north\"\nlevel = \"province\"\nname = { en = \"<North> & \\\"South\\\"\" }\n";
        let server = site.start().await;
        let answer = get(&server, "/en/send", &[]).await;
        let page = answer.text();
        let facts = template(page, "facts").replace("&quot;", "\"").replace("&#34;", "\"");
        let facts = facts.replace("&lt;", "<").replace("&#60;", "<").replace("&gt;", ">").replace("&#62;", ">");
        let facts = facts.replace("&#38;", "&").replace("&amp;", "&");
        let facts: serde_json::Value = serde_json::from_str(&facts).unwrap();
        assert_eq!(facts["places"][0]["name"]["en"], "<North> & \"South\"");
        assert_eq!(facts["campaignKey"], hex::encode(keyset().terms().campaign_key));
        assert!(template(page, "texts").contains("is safe on the server"));

        let kit: serde_json::Value = serde_json::from_str(get(&server, "/kit.json", &[]).await.text()).unwrap();
        assert_eq!(kit["keyset"].as_str().map(str::as_bytes), Some(crate::support::KEYSET));
        assert_eq!((&kit["format"], &kit["places"]), (&"hamseda/kit/v1".into(), &facts["places"]));
    });
}

#[test]
fn the_offline_sealer_is_one_file_that_may_reach_nobody() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let answer = get(&server, "/sealer.html", &[]).await;
        assert_eq!(answer.text(), hamseda_assets::SEALER_HTML);
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
        for forbidden in ["unsafe", "connect-src", "'self'", "http", "*"] {
            assert!(!policy.contains(forbidden), "{policy}");
        }
        let page = answer.text();
        for forbidden in ["<script src", "<link", "<img", "@import", "url(http", "//fonts."] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
    });
}

#[test]
fn pages_and_scripts_come_packed_to_who_takes_it() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        for path in ["/fa/send", "/capture/send.js", "/style/intake.css", "/sealer.html"] {
            let plain = get(&server, path, &[]).await;
            let packed = get(&server, path, &[("Accept-Encoding", "gzip, br")]).await;
            assert_eq!((plain.header("content-encoding"), packed.header("content-encoding")), ("", "gzip"), "{path}");
            let mut unpacked = Vec::new();
            flate2::read::GzDecoder::new(packed.body.as_slice()).read_to_end(&mut unpacked).unwrap();
            assert!(unpacked == plain.body, "{path}");
            assert!(
                packed.body.len() < plain.body.len() / 2 || path == "/sealer.html",
                "{path}: {}",
                packed.body.len()
            );
        }
        let font = format!("/style/{}", hamseda_assets::WEB_FONTS[0].name);
        assert_eq!(get(&server, &font, &[("Accept-Encoding", "gzip")]).await.header("content-encoding"), "");
    });
}

#[test]
fn the_first_page_speaks_the_browsers_language() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        for (wish, lang) in [("fa-IR,fa;q=0.9", "fa"), ("ar", "ar"), ("de,en;q=0.5", "en"), ("", "en")] {
            let answer = get(&server, "/", &[("Accept-Language", wish)]).await;
            assert_eq!((answer.status, answer.header("vary")), (200, "accept-language"));
            let dir = if lang == "en" { "ltr" } else { "rtl" };
            assert!(answer.text().contains(&format!("<html lang=\"{lang}\" dir=\"{dir}\">")), "{wish}");
        }
    });
}

#[test]
fn a_wrong_address_gets_a_page_in_the_browsers_language() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        for path in ["/de/", "/nothing", "/fa/nothing", "/upload/a/b", "/.git/config"] {
            let answer = get(&server, path, &[("Accept-Language", "ar")]).await;
            assert_eq!(answer.status, 404, "{path}");
            assert!(answer.text().contains("dir=\"rtl\"") && answer.text().contains("href=\"/ar/\""), "{path}");
        }
    });
}

/// Nothing runs, nothing comes from elsewhere, nothing is kept.
#[test]
fn every_answer_is_guarded() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let paths = [
            "/",
            "/en/",
            "/fa/",
            "/ar/",
            "/nothing",
            "/keyset",
            "/campaign.toml",
            "/style/intake.css",
            "/upload",
            "/en/send",
            "/en/parts",
            "/en/code",
            "/sealer.html",
            "/kit.json",
            "/capture/send.js",
        ];
        for path in paths {
            let answer = get(&server, path, &[]).await;
            let policy = answer.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
            assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
            for absent in ["set-cookie", "server", "etag", "last-modified", "location"] {
                assert_eq!(answer.header(absent), "", "{path} sent {absent}");
            }
        }
    });
}

#[test]
fn the_call_needs_no_script_and_no_page_needs_anybody_else() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        for path in ["/en/", "/fa/", "/ar/", "/nothing", "/en/send", "/fa/parts", "/ar/code"] {
            let page = get(&server, path, &[]).await.text().to_lowercase();
            for forbidden in
                ["<script", " style=", "<style", "onclick", "javascript:", "<form", "<img", "<iframe", "src="]
            {
                let still = path.ends_with('/') || path == "/nothing";
                assert!(!still || !page.contains(forbidden), "{path} has {forbidden}");
            }
            let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
            for link in links {
                let own = link.starts_with('/') && !link.starts_with("//") || link.starts_with('#');
                assert!(own || link == "https://www.wikipedia.org/", "{path} links to {link}");
            }
            // Every link leads somewhere.
            let own = page.split("href=\"/").skip(1).filter_map(|rest| rest.split('"').next());
            for link in own {
                assert_eq!(get(&server, &format!("/{link}"), &[]).await.status, 200, "/{link}");
            }
        }
    });
}

#[test]
fn a_campaign_is_shown_for_what_it_is() {
    run(async |fresh| {
        let mut site = Site::on(&fresh);
        let server = site.start().await;
        let page = get(&server, "/en/", &[]).await;
        assert!(page.text().contains("The campaign is open.") && !page.text().contains("class=\"floors\""));
        server.stop().await;

        site.campaign = site.campaign.replace("batch = 64", "batch = 1").replace("k = 20", "k = 3");
        site.campaign = site.campaign.replace("intake_url", "# intake_url").replace("Voices from", "<b>Voices</b> &");
        site.clock.add_days(60);
        let server = site.start().await;
        let page = get(&server, "/fa/", &[]).await;
        assert!(page.text().contains("class=\"floors\"") && page.text().contains("مهلت گذشته است."));
        let page = get(&server, "/en/", &[]).await;
        assert!(page.text().contains(&format!("hamseda send sealed {} ", server.url())), "{}", page.text());
        assert!(!page.text().contains("<b>Voices"), "a campaign's text became markup");
    });
}

#[test]
fn public_files_are_served_byte_for_byte() {
    run(async |fresh| {
        let site = Site::on(&fresh);
        let server = site.start().await;
        assert_eq!(get(&server, "/keyset", &[]).await.body, crate::support::KEYSET);
        for path in ["/campaign", "/campaign.toml"] {
            assert_eq!(get(&server, path, &[]).await.text(), site.campaign);
        }
        let css = get(&server, "/style/intake.css", &[]).await;
        assert!(css.header("content-type").starts_with("text/css") && css.text().contains("--accent"));
        for font in hamseda_assets::WEB_FONTS {
            assert_eq!(get(&server, &format!("/style/{}", font.name), &[]).await.body, font.bytes);
        }
        assert_eq!(get(&server, "/style/..%2fintake.toml", &[]).await.status, 404);
    });
}
