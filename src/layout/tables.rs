//! What the 47 keys of letters, digits and signs give under each layout, plain and with Shift, row by row from the
//! key left of 1 to the one left of the right Shift. A blank stands for a key that gives no letter by itself, or
//! one that another key of the layout gives already.

/// Keys, plain and with Shift.
#[cfg(test)]
pub const PLACES: usize = 2 * KEYS;
/// Keys of a layout.
pub const KEYS: usize = 47;

/// A layout.
pub struct Keys {
    plain: &'static str,
    shifted: &'static str,
}

impl Keys {
    /// The key that gives `letter`, and whether with Shift.
    pub fn place_of(&self, letter: char) -> Option<usize> {
        if letter == ' ' {
            return None;
        }
        let find = |row: &str| row.chars().position(|other| other == letter);
        find(self.plain).or_else(|| find(self.shifted).map(|at| at + KEYS))
    }

    /// What that key gives.
    pub fn letter_at(&self, place: usize) -> Option<char> {
        let row = if place < KEYS { self.plain } else { self.shifted };
        row.chars().nth(place % KEYS).filter(|letter| *letter != ' ')
    }
}

/// QWERTY of the United States.
pub const US: Keys = Keys {
    plain: "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./",
    shifted: "~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:\"ZXCVBNM<>?",
};
/// ЙЦУКЕН.
pub const RUSSIAN: Keys = Keys {
    plain: "ё1234567890-=йцукенгшщзхъ\\фывапролджэячсмитьбю.",
    shifted: "Ё!\"№;%:?*()_+ЙЦУКЕНГШЩЗХЪ/ФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,",
};
/// ЙЦУКЕН of Ukraine.
pub const UKRAINIAN: Keys = Keys {
    plain: "'1234567890-=йцукенгшщзхїґфівапролджєячсмитьбю.",
    shifted: " !\"№;%:?*()_+ЙЦУКЕНГШЩЗХЇҐФІВАПРОЛДЖЄЯЧСМИТЬБЮ,",
};
/// Greek; the accents are dead keys, and Σ is on two keys.
pub const GREEK: Keys = Keys {
    plain: "`1234567890-=;ςερτυθιοπ[]\\ασδφγηξκλ 'ζχψωβνμ,./",
    shifted: "~!@#$%^&*()_+: ΕΡΤΥΘΙΟΠ{}|ΑΣΔΦΓΗΞΚΛ \"ΖΧΨΩΒΝΜ<>?",
};
/// Hebrew (SI 1452); with Shift its letters are Latin capitals.
pub const HEBREW: Keys = Keys {
    plain: ";1234567890-=/'קראטוןםפ][\\שדגכעיחלךף,זסבהנמצתץ.",
    shifted: "~!@#$%^&*)(_+QWERTYUIOP}{|ASDFGHJKL:\"ZXCVBNM><?",
};
/// QWERTZ of Germany; the accents are dead keys.
pub const GERMAN: Keys = Keys {
    plain: "^1234567890ß qwertzuiopü+#asdfghjklöäyxcvbnm,.-",
    shifted: "°!\"§$%&/()=? QWERTZUIOPÜ*'ASDFGHJKLÖÄYXCVBNM;:_",
};
/// AZERTY of France; the circumflex and the diaeresis are dead keys.
pub const FRENCH: Keys = Keys {
    plain: "²&é\"'(-è_çà)=azertyuiop $*qsdfghjklmùwxcvbn,;:!",
    shifted: " 1234567890°+AZERTYUIOP £µQSDFGHJKLM%WXCVBN?./§",
};
/// Dvorak of the United States.
pub const DVORAK: Keys = Keys {
    plain: "`1234567890[]',.pyfgcrl/=\\aoeuidhtns-;qjkxbmwvz",
    shifted: "~!@#$%^&*(){}\"<>PYFGCRL?+|AOEUIDHTNS_:QJKXBMWVZ",
};
