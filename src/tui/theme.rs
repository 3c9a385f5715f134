//! How meanings look, as data: sixteen colours from the user's own palette, or none at all. No meaning is told
//! by colour alone: a chosen line has a mark before it, a problem begins with `!`, a favourite with `*`.

use ratatui::style::{Color, Modifier, Style};

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What is there to be read.
    Text,
    /// Less important: user names beside titles, times.
    Dim,
    /// A heading.
    Title,
    /// The name of a field.
    Label,
    /// The name of a key.
    Key,
    /// A secret that is shown.
    Secret,
    /// The chosen line.
    Chosen,
    /// The chosen line of a pane that has not the focus.
    Marked,
    /// A field that is being typed in.
    Field,
    /// It worked.
    Good,
    /// Not good yet.
    Warning,
    /// It failed.
    Problem,
    /// Lines between things.
    Border,
    /// A QR code: dark on light, whatever the terminal's own colours are.
    Qr,
}

/// Styles and signs.
#[derive(Debug, PartialEq, Eq)]
pub struct Theme {
    styles: [Style; 14],
    /// Signs of this theme.
    pub signs: Signs,
}

/// Characters that are drawn, in Unicode or in ASCII for terminals that know no other.
#[derive(Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Signs {
    pub horizontal: &'static str,
    pub vertical: &'static str,
    /// Top left, top right, bottom left, bottom right.
    pub corners: [&'static str; 4],
    /// What stands for a secret, whatever its length.
    pub mask: &'static str,
    /// Ends a text that was cut.
    pub cut: &'static str,
    /// Full and empty part of a bar.
    pub bar: [&'static str; 2],
    /// Whether there are half blocks, which a QR code is drawn with.
    pub has_blocks: bool,
}

const UNICODE: Signs = Signs {
    horizontal: "─",
    vertical: "│",
    corners: ["╭", "╮", "╰", "╯"],
    mask: "••••••••",
    cut: "…",
    bar: ["█", "░"],
    has_blocks: true,
};

const ASCII: Signs = Signs {
    horizontal: "-",
    vertical: "|",
    corners: ["+", "+", "+", "+"],
    mask: "********",
    cut: "~",
    bar: ["#", "."],
    has_blocks: false,
};

/// Dim and not grey: bright black is the background's own colour in some well-loved palettes. No yellow or blue
/// for what is read much: each is faint on one half of all backgrounds.
const COLOURS: [Style; 14] = [
    Style::new(),
    Style::new().add_modifier(Modifier::DIM),
    Style::new().add_modifier(Modifier::BOLD),
    Style::new().fg(Color::Cyan),
    Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD),
    Style::new().fg(Color::Magenta).add_modifier(Modifier::BOLD),
    Style::new().add_modifier(Modifier::REVERSED),
    Style::new().add_modifier(Modifier::BOLD),
    Style::new().add_modifier(Modifier::UNDERLINED),
    Style::new().fg(Color::Green),
    Style::new().fg(Color::Yellow),
    Style::new().fg(Color::Red).add_modifier(Modifier::BOLD),
    Style::new().add_modifier(Modifier::DIM),
    Style::new().fg(Color::Black).bg(Color::White),
];

const PLAIN: [Style; 14] = [
    Style::new(),
    Style::new().add_modifier(Modifier::DIM),
    Style::new().add_modifier(Modifier::BOLD),
    Style::new(),
    Style::new().add_modifier(Modifier::BOLD),
    Style::new().add_modifier(Modifier::BOLD),
    Style::new().add_modifier(Modifier::REVERSED),
    Style::new().add_modifier(Modifier::BOLD),
    Style::new().add_modifier(Modifier::UNDERLINED),
    Style::new(),
    Style::new(),
    Style::new().add_modifier(Modifier::BOLD),
    Style::new(),
    Style::new(),
];

static THEMES: [Theme; 4] = [
    Theme { styles: COLOURS, signs: UNICODE },
    Theme { styles: COLOURS, signs: ASCII },
    Theme { styles: PLAIN, signs: UNICODE },
    Theme { styles: PLAIN, signs: ASCII },
];

/// Whether the terminal is to be given colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// Those of the user's palette.
    Palette,
    /// None: NO_COLOR is set.
    None,
}

/// Which characters the terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// The locale is UTF-8.
    Unicode,
    /// It is not.
    Ascii,
}

impl Theme {
    /// The theme for a terminal.
    pub fn of(colours: Colours, charset: Charset) -> &'static Self {
        let [colour, colour_ascii, plain, plain_ascii] = &THEMES;
        match (colours, charset) {
            (Colours::Palette, Charset::Unicode) => colour,
            (Colours::Palette, Charset::Ascii) => colour_ascii,
            (Colours::None, Charset::Unicode) => plain,
            (Colours::None, Charset::Ascii) => plain_ascii,
        }
    }

    /// How a role looks.
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }
}

/// What the environment says: NO_COLOR (<https://no-color.org>), `TERM=dumb`, and the locale's charset.
pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> &'static Theme {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let colourless = set("NO_COLOR").is_some() || set("TERM").is_some_and(|term| term == "dumb");
    let colours = if colourless { Colours::None } else { Colours::Palette };
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set).unwrap_or_default();
    let locale = locale.to_ascii_lowercase();
    let unicode = locale.contains("utf-8") || locale.contains("utf8");
    Theme::of(colours, if unicode { Charset::Unicode } else { Charset::Ascii })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_colour_means_none() {
        for charset in [Charset::Unicode, Charset::Ascii] {
            for style in &Theme::of(Colours::None, charset).styles {
                assert_eq!((style.fg, style.bg, style.underline_color), (None, None, None));
            }
        }
    }

    #[test]
    fn colours_are_of_the_palette() {
        for style in &Theme::of(Colours::Palette, Charset::Unicode).styles {
            for colour in [style.fg, style.bg].into_iter().flatten() {
                assert!(!matches!(colour, Color::Rgb(..) | Color::Indexed(_)));
            }
        }
    }

    #[test]
    fn the_environment_decides() {
        let theme = |variables: &[(&str, &str)]| {
            let variables: Vec<(String, String)> =
                variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            of_environment(move |name| {
                variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
            })
        };
        assert_eq!(theme(&[("LANG", "en_GB.UTF-8")]), Theme::of(Colours::Palette, Charset::Unicode));
        assert_eq!(
            theme(&[("LANG", "C.utf8"), ("NO_COLOR", "1")]),
            Theme::of(Colours::None, Charset::Unicode)
        );
        let overridden = [("LANG", "en_GB.UTF-8"), ("LC_ALL", "C")];
        assert_eq!(theme(&overridden), Theme::of(Colours::Palette, Charset::Ascii));
        assert_eq!(theme(&[("NO_COLOR", "")]), Theme::of(Colours::Palette, Charset::Ascii));
    }

    #[test]
    fn ascii_signs_are_ascii() {
        let Signs { horizontal, vertical, corners, mask, cut, bar, has_blocks: _ } = ASCII;
        for sign in [horizontal, vertical, mask, cut].into_iter().chain(corners).chain(bar) {
            assert!(sign.is_ascii());
        }
    }
}
