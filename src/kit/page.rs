//! The kit as a page to print: HTML that needs nothing else, with the code as text and as a QR code. It holds
//! no other secret, and of the vault only the name of its file.

use super::{Qr, lines_of};
use crate::format::RecoveryCode;
use crate::printable;
use crate::secret::Secret;
use crate::time::Timestamp;

/// Bytes that a page may have: a name is cut before that.
const ROOM: usize = 64 * 1024;
/// Most characters of a file's name.
const MAX_NAME: usize = 300;

const HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
<meta name=\"robots\" content=\"noindex\">\n<title>tresor: recovery kit</title>\n\
<style>body{font:12pt/1.5 serif;max-width:38em;margin:2cm auto;padding:0 1em;color:#000;background:#fff}\
.code{font:bold 18pt/1.6 monospace;white-space:pre}svg{width:6cm;height:6cm;display:block}</style>\n\
<h1>Recovery kit</h1>\n<p>This opens a password vault without its master password. <b>Whoever has this page and \
the vault's file can read everything in it.</b> Print it, delete the file, and keep the paper where you keep what \
must not be lost; not beside the computer.</p>\n";
const USE: &str = "<h2>How to use it</h2>\n<ol>\n<li>You need the vault's file, or a copy of it, and the program \
tresor.</li>\n<li>Run <code>tresor recover</code> (with <code>--vault FILE</code> for a copy), or press the key that \
the lock screen names, and type the code, or scan it: the QR code holds the same 36 characters. Capitals, blanks and \
hyphens do not matter.</li>\n<li>Choose a new master password. From then on this page opens nothing any more, and \
the program makes you a new one.</li>\n</ol>\n<p><code>tresor kit test</code> tells whether a code still opens the \
vault. After a change of the master password it does not.</p>\n</html>\n";

/// A page with the code of the vault whose file is called `file`, made at `now`.
pub fn page(code: &RecoveryCode, file: &str, now: Timestamp) -> Secret {
    let mut page = Secret::with_capacity(ROOM);
    let mut put = |text: &str| {
        page.append(text.as_bytes());
    };
    put(HEAD);
    put("<p>Vault: <b>");
    for letter in file.chars().take(MAX_NAME) {
        match letter {
            '&' => put("&amp;"),
            '<' => put("&lt;"),
            '>' => put("&gt;"),
            letter => put(printable::mark(letter).encode_utf8(&mut [0; 4])),
        }
    }
    put("</b><br>Made: ");
    put(now.to_string().get(..10).unwrap_or_default());
    put("</p>\n<p class=\"code\">");
    for line in lines_of(code) {
        put(line.expose_str().unwrap_or_default());
        put("\n");
    }
    put("</p>\n");
    if let Some(qr) = Qr::of(code) {
        svg(&qr, &mut put);
    }
    put(USE);
    page
}

/// The modules as one path of rows of dark ones.
fn svg(qr: &Qr, put: &mut impl FnMut(&str)) {
    let side = qr.side();
    put(&format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" \
         shape-rendering=\"crispEdges\"><rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\""
    ));
    for y in 0..side {
        for x in (0..side).filter(|x| qr.is_dark(*x, y)) {
            for (sign, number) in [("M", x), (" ", y)] {
                put(sign);
                put_number(number, put);
            }
            put("h1v1h-1z");
        }
    }
    put("\"/></svg>\n");
}

/// Digits without a `String`, which nobody would wipe.
fn put_number(number: usize, put: &mut impl FnMut(&str)) {
    const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    if number >= 10 {
        put(DIGITS.get(number / 10 % 10).copied().unwrap_or_default());
    }
    put(DIGITS.get(number % 10).copied().unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::SeededRandom;

    #[test]
    fn a_page_holds_the_code_and_a_harmless_name() {
        let code = RecoveryCode::generate(&mut SeededRandom::new(1)).unwrap();
        let name = format!("<script>&\u{1b}[31m\u{202e}{}", "x".repeat(100_000));
        let page = page(&code, &name, Timestamp::parse("2026-11-23T12:00:00Z").unwrap());
        let text = page.expose_str().unwrap();
        for line in lines_of(&code) {
            assert!(text.contains(line.expose_str().unwrap()));
        }
        assert!(text.contains("2026-11-23") && text.contains("&lt;script>".replace('>', "&gt;").as_str()));
        assert!(!text.contains("<script") && !text.contains('\u{1b}') && !text.contains('\u{202e}'));
        assert!(text.ends_with("</html>\n"), "nothing is cut: {}", text.len());
        for asks in ["http://", "https://", "src=", "url("] {
            assert!(
                !text.replace("http://www.w3.org/2000/svg", "").contains(asks),
                "it fetches nothing: {asks}"
            );
        }
    }

    #[test]
    fn the_path_draws_every_dark_module() {
        let code = RecoveryCode::generate(&mut SeededRandom::new(2)).unwrap();
        let page = page(&code, "v", Timestamp(0));
        let text = page.expose_str().unwrap();
        let path = text.split("<path d=\"").nth(1).unwrap().split('"').next().unwrap();
        let qr = Qr::of(&code).unwrap();
        let mut drawn = Vec::new();
        for piece in path.split('M').skip(1) {
            let (x, rest) = piece.split_once(' ').unwrap();
            drawn.push((
                x.parse::<usize>().unwrap(),
                rest.split('h').next().unwrap().parse::<usize>().unwrap(),
            ));
        }
        let dark: Vec<(usize, usize)> =
            (0..33).flat_map(|y| (0..33).map(move |x| (x, y))).filter(|(x, y)| qr.is_dark(*x, *y)).collect();
        assert_eq!(drawn, dark);
    }
}
