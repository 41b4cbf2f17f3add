//! A reviewer at the desk, by hand: HTTP/1.0 over a plain line.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

pub(super) struct Reviewer {
    port: u16,
    cookie: String,
}

impl Reviewer {
    /// Enters with the key in the campaign folder, as soon as the desk listens.
    pub(super) fn enter(port: u16, dir: &Path) -> Self {
        let key = std::fs::read_to_string(dir.join("keys/desk.login")).unwrap();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::yield_now();
        }
        let mut reviewer = Self { port, cookie: String::new() };
        let (head, _) = reviewer.post("/login", &format!("name=R.+Viewer&key={}", key.trim()));
        let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("the key opens");
        reviewer.cookie = cookie.split(';').next().unwrap().to_owned();
        reviewer
    }

    /// Asks for the only message unprotected and returns what comes; `meanwhile` is done again and again until then.
    pub(super) fn original(&mut self, mut meanwhile: impl FnMut()) -> Vec<u8> {
        let (_, page) = self.get("/");
        let page = String::from_utf8(page).unwrap();
        let csrf = between(&page, "name=\"csrf\" value=\"", "\"");
        let (before, _) = page.split_once("/decide\"").expect("a message waits");
        let path = format!("{}/original", before.rsplit_once("action=\"").expect("its form").1);
        let (head, _) = self.post(&path, &format!("csrf={csrf}&reason=protection&words=&state=prepared"));
        assert!(head.starts_with("HTTP/1.0 303"), "{head}");
        loop {
            meanwhile();
            let (head, page) = self.get(&path);
            let page = String::from_utf8(page).unwrap();
            assert!(head.starts_with("HTTP/1.0 200") && !page.contains("role=\"alert\""), "{head}\n{page}");
            if page.contains("<video") {
                break;
            }
        }
        meanwhile();
        let (head, clip) = self.get(&format!("{path}.mp4"));
        assert!(head.starts_with("HTTP/1.0 200") && head.contains("cache-control: no-store"), "{head}");
        clip
    }

    fn get(&self, path: &str) -> (String, Vec<u8>) {
        self.ask(&format!("GET {path} HTTP/1.0\r\n"), "")
    }

    fn post(&self, path: &str, form: &str) -> (String, Vec<u8>) {
        let length = form.len();
        let kind = "application/x-www-form-urlencoded";
        self.ask(&format!("POST {path} HTTP/1.0\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n"), form)
    }

    fn ask(&self, head: &str, body: &str) -> (String, Vec<u8>) {
        let mut line = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let cookie = &self.cookie;
        write!(line, "{head}Host: 127.0.0.1\r\nCookie: {cookie}\r\nAccept-Language: en\r\n\r\n{body}").unwrap();
        let mut answer = Vec::new();
        line.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|w| w == b"\r\n\r\n").expect("a head") + 4;
        (String::from_utf8(answer[..end].to_vec()).unwrap(), answer[end..].to_vec())
    }
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).expect("the page's form");
    rest.split_once(end).expect("its end").0
}
