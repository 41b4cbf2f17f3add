//! A day as HTTP writes it.

use hamseda_core::Day;

const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The first moment of a day (RFC 9110, section 5.6.7).
pub(super) fn http(day: Day) -> String {
    let (year, month, date) = day.civil();
    // Day 0, 1970-01-01, was a Thursday.
    let weekday = WEEKDAYS[day.0.rem_euclid(7) as usize];
    let month = MONTHS[month as usize - 1];
    format!("{weekday}, {date:02} {month} {year:04} 00:00:00 GMT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_as_http_writes_them() {
        assert_eq!(http(Day::from_civil(1994, 11, 6)), "Sun, 06 Nov 1994 00:00:00 GMT");
        assert_eq!(http(Day::from_civil(2026, 3, 2)), "Mon, 02 Mar 2026 00:00:00 GMT");
        assert_eq!(http(Day(0)), "Thu, 01 Jan 1970 00:00:00 GMT");
    }
}
