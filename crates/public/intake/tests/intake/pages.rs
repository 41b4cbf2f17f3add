//! The pages, as a browser gets them.

use hamseda_store::testing::Fresh;

use crate::support::{Answer, Server, Site, keyset, request, run};

async fn get(server: &Server, path: &str, headers: &[(&str, &str)]) -> Answer {
    request(server.address, "GET", path, headers, b"").await
}

async fn snapshot(fresh: Fresh, lang: &str) {
    let server = Site::on(&fresh).start().await;
    let answer = get(&server, &format!("/{lang}/"), &[]).await;
    assert_eq!(answer.status, 200);
    // The key set's hash changes with the test vectors; that it is right is another test's business.
    let hash = hex::encode(keyset().hash());
    let groups: String = (0..16).map(|i| format!("<span>{}</span> ", &hash[i * 4..i * 4 + 4])).collect();
    let page = answer.text().replace(&groups, "GROUPS").replace(&hash, "HASH");
    assert!(page.contains("GROUPS") && page.contains("HASH"), "the hash is missing");
    insta::assert_snapshot!(format!("call.{lang}"), page);
}

#[test]
fn the_call_in_english() {
    run(async |fresh| snapshot(fresh, "en").await);
}

#[test]
fn the_call_in_persian() {
    run(async |fresh| snapshot(fresh, "fa").await);
}

#[test]
fn the_call_in_arabic() {
    run(async |fresh| snapshot(fresh, "ar").await);
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
        let paths =
            ["/", "/en/", "/fa/", "/ar/", "/nothing", "/keyset", "/campaign.toml", "/style/intake.css", "/upload"];
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
fn pages_need_no_script_and_nobody_else() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        for path in ["/en/", "/fa/", "/ar/", "/nothing"] {
            let page = get(&server, path, &[]).await.text().to_lowercase();
            for forbidden in
                ["<script", " style=", "<style", "onclick", "javascript:", "<form", "<img", "<iframe", "src="]
            {
                assert!(!page.contains(forbidden), "{path} has {forbidden}");
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
