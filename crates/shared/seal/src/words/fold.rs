//! What counts as the same word. The pages' scripts fold in the same way (`vectors/words`).

/// The word without what keyboards and hands add or change: case, marks, joiners, one letter in two code points.
pub(super) fn spelling(word: &str) -> String {
    word.chars().flat_map(char::to_lowercase).filter_map(letter).collect()
}

/// The spelling without differences that a bad line swallows. Latin letters stay as they are.
pub(super) fn sound(word: &str) -> String {
    spelling(word).chars().map(heard).collect()
}

const fn letter(c: char) -> Option<char> {
    Some(match c {
        // Vowel marks, hamza above and below, madda, dagger alif; tatweel; joiners and direction marks; a lone hamza.
        '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => {
            return None;
        }
        '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{ad}' | 'ء' => return None,
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ي' | 'ى' | 'ئ' | 'ې' => 'ی',
        'ك' => 'ک',
        'ؤ' => 'و',
        'ة' | 'ۀ' | 'ە' | 'ہ' | 'ھ' => 'ه',
        other => other,
    })
}

const fn heard(c: char) -> char {
    match c {
        'ط' => 'ت',
        'ص' | 'ث' => 'س',
        'ذ' | 'ض' | 'ظ' => 'ز',
        'غ' => 'ق',
        'ح' => 'ه',
        other => other,
    }
}
