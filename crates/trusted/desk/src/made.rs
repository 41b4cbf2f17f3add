//! How a message was made: its report, line by line.
//!
//! The report belongs to whoever prepares; the desk knows names, not its shape. `made-NAME` in the texts gives a line's label,
//! `made-is-WORD` a word's meaning, and how a name ends says the unit. What has no text is shown as it was written: a finding
//! that nobody translated yet must not be lost.

use hamseda_core::lattice::FPS;
use serde_json::Value;

use crate::pages::Fact;
use crate::view::{Page, Said};

/// Longest line of a finding without texts, characters.
const MOST: usize = 200;
/// Where the time went is the machine's matter.
const HIDDEN: [&str; 1] = ["spent"];

/// The lines of a report.
pub(crate) fn of(page: &Page<'_>, report: &Value) -> Vec<Fact> {
    let mut lines = Vec::new();
    if let Value::Object(fields) = report {
        let shown = fields.iter().filter(|(name, _)| !HIDDEN.contains(&name.as_str()));
        // What was done comes first, the rest by name.
        let (first, rest): (Vec<_>, Vec<_>) = shown.partition(|(name, _)| name.as_str() == "treatment");
        for (name, value) in first.into_iter().chain(rest) {
            add(page, name, value, &mut lines);
        }
    }
    lines
}

/// One line, or those of what lies inside.
fn add(page: &Page<'_>, path: &str, value: &Value, lines: &mut Vec<Fact>) {
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            for (name, value) in fields {
                add(page, &format!("{path}-{name}"), value, lines);
            }
        }
        Value::Array(items) if items.is_empty() => {}
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for item in items {
                lines.push(line(page, path, inside(page, path, item)));
            }
        }
        value => {
            let said = said(page, path, value);
            lines.push(line(page, path, said));
        }
    }
}

fn line(page: &Page<'_>, path: &str, value: Said) -> Fact {
    let label = page.known(&id("made", path)).unwrap_or_else(|| path.replace(['_', '-'], " "));
    Fact { label, value }
}

/// Findings of one kind, each on a line of its own.
fn inside(page: &Page<'_>, path: &str, item: &Value) -> Said {
    let Value::Object(fields) = item else { return said(page, path, item) };
    let part = |(name, value): (&String, &Value)| {
        let path = format!("{path}-{name}");
        let label = page.known(&id("made", &path)).unwrap_or_else(|| name.replace('_', " "));
        format!("{label} \u{2068}{}\u{2069}", said(page, &path, value).text)
    };
    let parts: Vec<_> = fields.iter().filter(|(_, value)| !value.is_null()).map(part).collect();
    page.own(parts.join(if page.dir() == "rtl" { "، " } else { ", " }))
}

/// A value with the unit that its name ends with.
fn said(page: &Page<'_>, path: &str, value: &Value) -> Said {
    let ltr = |text: String| Said { dir: "ltr", ..page.own(text) };
    match value {
        Value::Bool(yes) => page.own(page.t(if *yes { "made-yes" } else { "made-no" })),
        Value::String(word) => match page.known(&id("made-is", word)) {
            Some(text) => page.own(text),
            None => Said { text: word.chars().take(MOST).collect(), lang: "en", dir: "ltr" },
        },
        Value::Array(items) => {
            let parts = items.iter().map(|item| said(page, path, item).text);
            if path.ends_with("size") {
                ltr(parts.collect::<Vec<_>>().join(" × "))
            } else {
                page.own(parts.map(|part| format!("\u{2068}{part}\u{2069}")).collect::<Vec<_>>().join(" / "))
            }
        }
        Value::Number(number) => {
            let amount = number.as_f64().unwrap_or_default();
            let with = |unit: &str, n: String| page.own(page.with(unit, &[("n", &page.digits(&n))]));
            if path.ends_with("millis") || path.ends_with("_ms") {
                with("seconds", decimal(amount / 1000.0))
            } else if path.ends_with("share") {
                ltr(format!("{} %", page.digits(&decimal(amount * 100.0))))
            } else if path.ends_with("frames") || path.ends_with("frame") {
                with("seconds", decimal(amount / f64::from(FPS)))
            } else if path.ends_with("_db") {
                ltr(format!("{} dB", page.digits(&decimal(amount))))
            } else if path.contains("loudness") || path.ends_with("lufs") {
                ltr(format!("{} LUFS", page.digits(&decimal(amount))))
            } else if path.ends_with("percent") {
                ltr(format!("{} %", page.digits(&decimal(amount))))
            } else {
                ltr(page.digits(&decimal(amount)))
            }
        }
        other => Said { text: other.to_string().chars().take(MOST).collect(), lang: "en", dir: "ltr" },
    }
}

/// At most two digits behind the point, none that say nothing, and a true minus.
fn decimal(amount: f64) -> String {
    let text = format!("{amount:.2}");
    text.trim_end_matches('0').trim_end_matches('.').replace('-', "−")
}

/// The id of a text: lower-case words joined by hyphens.
fn id(head: &str, path: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    format!("{head}-{}", path.chars().map(plain).collect::<String>())
}

#[cfg(test)]
mod tests {
    use hamseda_core::Lang;
    use serde_json::json;

    use super::*;
    use crate::texts;

    fn lines(lang: Lang, report: &Value) -> Vec<String> {
        let texts = texts::load().unwrap();
        let page = Page::of(&texts, lang);
        of(&page, report).into_iter().map(|fact| format!("{}: {}", fact.label, fact.value.text)).collect()
    }

    #[test]
    fn a_report_is_told_in_the_readers_words_and_nothing_of_it_is_lost() {
        let report = json!({
            "treatment": { "picture": "as-filmed", "voice": "silence" },
            "source_millis": 12_340, "source_size": [1080, 1920], "trimmed_frames": [15, 0],
            "loudness_before": -21.3, "gain_db": 5.3, "damage": null, "template": 2,
            "faces": {
                "covered_share": 0.125, "whole_frames": 30, "tracks": 2,
                "uncertain": [{ "from_ms": 1000, "to_ms": 1500, "why": "lost" }],
            },
            "gone": true,
            "tools": { "ffmpeg": "ffmpeg version 5.1" },
            "a_new_finding": "<b>unheard of</b>",
            "spent": { "decode": 3 },
        });
        insta::assert_snapshot!(lines(Lang::En, &report).join("\n"));
        let persian = lines(Lang::Fa, &report);
        assert_eq!(persian.len(), lines(Lang::En, &report).len());
        assert!(persian.iter().any(|line| line.contains("۱۲.۳۴") || line.contains("۱۲٫۳۴")), "{persian:?}");
        assert!(persian.contains(&"a new finding: <b>unheard of</b>".to_owned()), "{persian:?}");
        assert_eq!(lines(Lang::En, &json!("x")), [""; 0]);
    }
}
