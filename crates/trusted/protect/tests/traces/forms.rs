//! In which bytes a value may stand: text, text of two bytes a letter, and numbers as formats pack them.

/// Seconds from the start of 1904, from which QuickTime counts, to 1970.
const FROM_1904: i64 = 2_082_844_800;
/// Shorter bytes are found everywhere by chance.
pub(super) const LEAST: usize = 4;

/// Words in the names of tags that hold places.
const PLACES: [&str; 6] = ["Latitude", "Longitude", "Coordinates", "Location", "Position", "place"];

/// All forms of the value of a tag; none for values that say nothing.
pub(super) fn of(tag: &str, value: &str) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    if let Some(time) = Time::read(value) {
        forms.extend(time.forms());
    } else {
        text(value, &mut forms);
        // "34.07539 -118.25430", or a whole sentence with "Lat=34.07539" in it.
        let place = PLACES.iter().any(|word| tag.contains(word));
        let numbers = value.split([' ', ',', '=', '/']).filter(|_| place).filter_map(degrees);
        numbers.for_each(|number| coordinate(number, &mut forms));
    }
    forms.retain(|form| form.len() >= LEAST && form.iter().filter(|b| **b != 0).count() >= 3);
    forms.sort();
    forms.dedup();
    forms
}

fn text(value: &str, forms: &mut Vec<Vec<u8>>) {
    let letters = value.chars().filter(|c| c.is_alphanumeric()).count();
    if letters < LEAST {
        return;
    }
    forms.push(value.as_bytes().to_vec());
    forms.push(value.encode_utf16().flat_map(u16::to_le_bytes).collect());
    forms.push(value.encode_utf16().flat_map(u16::to_be_bytes).collect());
    // Letters of western Europe in one byte each.
    if let Some(latin) = value.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<Vec<u8>>>() {
        forms.push(latin);
    }
}

/// A number with three decimals or more, that can be a place on the earth.
fn degrees(word: &str) -> Option<f64> {
    let (_, decimals) = word.split_once('.')?;
    let number: f64 = word.parse().ok()?;
    (decimals.len() >= 3 && number.abs() > 0.01 && number.abs() <= 180.0).then_some(number)
}

fn coordinate(number: f64, forms: &mut Vec<Vec<u8>>) {
    for signed in [format!("{number:+08.4}"), format!("{number:+09.4}"), format!("{number:.4}"), format!("{number:.5}")]
    {
        forms.push(signed.into_bytes());
    }
    for packed in [number, number.abs()] {
        // 3GPP's `loci` has 16.16 bits; GoPro and others count ten-millionths of a degree; the rest are plain floats.
        let fixed = (packed * 65_536.0).round() as i32;
        for fixed in [fixed - 1, fixed, fixed + 1, (packed * 1e7).round() as i32] {
            forms.push(fixed.to_be_bytes().to_vec());
            forms.push(fixed.to_le_bytes().to_vec());
        }
        forms.extend([packed.to_be_bytes().to_vec(), packed.to_le_bytes().to_vec()]);
        forms.extend([(packed as f32).to_be_bytes().to_vec(), (packed as f32).to_le_bytes().to_vec()]);
    }
}

/// `2019:07:24 08:25:57`, as exiftool prints times.
struct Time {
    year: i64,
    month: i64,
    day: i64,
    second: i64,
}

impl Time {
    fn read(text: &str) -> Option<Self> {
        let digits: Vec<i64> =
            text.get(..19)?.split([':', ' ', '-', 'T']).map(str::parse).collect::<Result<_, _>>().ok()?;
        let [year, month, day, hour, minute, second] = digits[..] else { return None };
        (year > 1904 && (1..13).contains(&month) && (1..32).contains(&day)).then_some(Self {
            year,
            month,
            day,
            second: hour * 3600 + minute * 60 + second,
        })
    }

    /// Seconds from 1970 (civil days, Howard Hinnant's count).
    fn unix(&self) -> i64 {
        let (y, m) = if self.month > 2 { (self.year, self.month - 3) } else { (self.year - 1, self.month + 9) };
        let day_of_year = (153 * m + 2) / 5 + self.day - 1;
        let era = y.div_euclid(400);
        let year = y.rem_euclid(400);
        (era * 146_097 + year * 365 + year / 4 - year / 100 + day_of_year - 719_468) * 86_400 + self.second
    }

    fn forms(&self) -> Vec<Vec<u8>> {
        let Self { year, month, day, second } = self;
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let mut forms: Vec<Vec<u8>> = [
            format!("{year}-{month:02}-{day:02}"),
            format!("{year}:{month:02}:{day:02}"),
            format!("{year}/{month:02}/{day:02}"),
            format!("{year}{month:02}{day:02}"),
            format!("{hour:02}:{minute:02}:{second:02}"),
        ]
        .into_iter()
        .flat_map(|text| [text.encode_utf16().flat_map(u16::to_be_bytes).collect(), text.into_bytes()])
        .collect();
        for seconds in [self.unix(), self.unix() + FROM_1904] {
            let packed = (seconds as u32).to_be_bytes();
            forms.extend([packed.to_vec(), packed.iter().rev().copied().collect()]);
        }
        // Cameras write two digits a byte.
        let two = |number: i64| (number / 10 * 16 + number % 10) as u8;
        forms.push(vec![two(year / 100), two(year % 100), two(*month), two(*day)]);
        forms
    }
}
