//! Words and colours that several commands on keys show.

use anstyle::{Ansi256Color, AnsiColor, Color, Style};
use app::security_keys::{Colour, KeyMedium, KeySummary};

/// What it is called, in the person's colour.
pub(super) fn name(key: &KeySummary) -> String {
    coloured(&key.name, key.colour)
}

pub(super) fn coloured(text: &str, colour: Option<Colour>) -> String {
    let Some(colour) = colour else { return text.to_owned() };
    let colour: Color = match colour {
        Colour::Red => AnsiColor::Red.into(),
        Colour::Orange => Ansi256Color(208).into(),
        Colour::Yellow => AnsiColor::Yellow.into(),
        Colour::Green => AnsiColor::Green.into(),
        Colour::Blue => AnsiColor::Blue.into(),
        Colour::Purple => AnsiColor::Magenta.into(),
        Colour::Pink => Ansi256Color(205).into(),
        Colour::Grey => AnsiColor::BrightBlack.into(),
    };
    let style = Style::new().fg_color(Some(colour));
    format!("{style}{text}{style:#}")
}

pub(super) fn medium(medium: KeyMedium) -> &'static str {
    match medium {
        KeyMedium::Usb => "USB",
        KeyMedium::Nfc => "NFC",
        KeyMedium::SmartCard => "card reader",
        KeyMedium::Socket => "socket",
    }
}
