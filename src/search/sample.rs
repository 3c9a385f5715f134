//! An invented vault for the tests of searching.

use super::Document;
use crate::time::Timestamp;

/// An entry of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Entry {
    pub id: [u8; 16],
    pub title: String,
    pub username: String,
    pub urls: Vec<String>,
    pub folder: String,
    pub tags: Vec<String>,
    pub favourite: bool,
    pub recent: u64,
}

impl Entry {
    pub fn new(title: &str, username: &str, urls: &[&str], folder: &str, tags: &[&str]) -> Self {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Self {
            title: title.to_owned(),
            username: username.to_owned(),
            urls: owned(urls),
            folder: folder.to_owned(),
            tags: owned(tags),
            ..Self::default()
        }
    }

    pub fn titled(title: &str) -> Self {
        Self::new(title, "", &[], "", &[])
    }
}

impl Document for Entry {
    fn id(&self) -> [u8; 16] {
        self.id
    }
    fn title(&self) -> &str {
        &self.title
    }
    fn username(&self) -> &str {
        &self.username
    }
    fn urls(&self) -> impl Iterator<Item = &str> {
        self.urls.iter().map(String::as_str)
    }
    fn folder(&self) -> &str {
        &self.folder
    }
    fn tags(&self) -> impl Iterator<Item = &str> {
        self.tags.iter().map(String::as_str)
    }
    fn favourite(&self) -> bool {
        self.favourite
    }
    fn recent(&self) -> Timestamp {
        Timestamp(self.recent)
    }
}

/// Title (`*` marks a favourite), user name, addresses, folder, tags.
type Row = (&'static str, &'static str, &'static [&'static str], &'static str, &'static [&'static str]);

/// The vault. An entry's id is its position in each byte; a later one was used later.
pub(super) fn vault() -> Vec<Entry> {
    let rows: [Row; 44] = [
        ("GitHub", "octavia", &["https://github.com/login"], "Work/Code", &["dev", "2fa"]),
        ("GitHub", "octavia-private", &["https://github.com/login"], "Private", &["dev"]),
        ("GitHub Enterprise", "o.berg", &["https://code.initrode.example/login"], "Work/Code", &["sso"]),
        ("GitLab", "octavia", &["https://gitlab.com/users/sign_in"], "Work/Code", &["dev"]),
        ("Codeberg", "berg", &["https://codeberg.org/user/login"], "Private/Code", &["dev"]),
        ("*Gmail", "octavia.berg@gmail.example", &["https://mail.google.com/mail/u/0"], "Private", &["mail"]),
        ("Google", "octavia.berg@gmail.example", &["https://accounts.google.com/"], "Private", &[]),
        (
            "Google Ads",
            "marketing@initrode.example",
            &["https://ads.google.com/home"],
            "Work",
            &["marketing"],
        ),
        ("Bücherstube Köln", "octavia", &["https://www.bücherstube.example/konto"], "Shopping", &["books"]),
        ("Amazon", "octavia.berg@gmail.example", &["https://www.amazon.co.uk/ap/signin"], "Shopping", &[]),
        ("Amazon", "office@initrode.example", &["https://www.amazon.de/"], "Work", &["invoice"]),
        (
            "Amazon Web Services",
            "root@initrode.example",
            &["https://signin.aws.amazon.com/console"],
            "Work/Servers",
            &["root", "2fa"],
        ),
        ("Ebay", "book-worm", &["https://signin.ebay.com/ws/eBayISAPI.dll"], "Shopping", &["books"]),
        (
            "*Home Bank",
            "4711 0815",
            &["https://online.homebank.example/banking", "https://homebank.example"],
            "Money",
            &["bank"],
        ),
        ("Savings Bank", "0815", &["https://www.savings-bank.example"], "Money", &["bank"]),
        ("Bank of Elsewhere", "oberg", &["https://bankelsewhere.co.uk"], "Money", &["bank", "abroad"]),
        ("PayPal", "octavia.berg@gmail.example", &["https://www.paypal.com/signin"], "Money", &["2fa"]),
        ("Router", "admin", &["http://192.168.0.1/"], "Home", &["network"]),
        ("Printer", "admin", &["http://192.168.0.20:631/admin"], "Home", &["network"]),
        (
            "NAS",
            "octavia",
            &["https://nas.lan:5001/", "http://[fd00::20]:5000/"],
            "Home",
            &["network", "backup"],
        ),
        ("Dev server", "dev", &["http://localhost:3000/login"], "Work/Code", &[]),
        ("Wi-Fi at home", "", &[], "Home", &["network", "wifi"]),
        ("Wi-Fi office", "initrode-staff", &[], "Work", &["network", "wifi"]),
        (
            "Netflix",
            "family",
            &["https://www.netflix.com/login", "android://Aa0_-==@com.netflix.mediaclient/"],
            "Fun",
            &["tv"],
        ),
        ("Spotify", "octavia", &["https://accounts.spotify.com/en/login"], "Fun", &["music"]),
        ("My Pages", "octavia", &["https://octavia.github.io/admin"], "Private/Code", &[]),
        ("Their Pages", "mallory", &["https://mallory.github.io/admin"], "Private/Code", &[]),
        ("Example shop", "customer", &["https://login.example.co.uk/basket"], "Shopping", &[]),
        ("Example", "o", &["https://example.com"], "Tests", &[]),
        ("Example www", "w", &["https://www.example.com/start"], "Tests", &[]),
        ("Example login", "l", &["https://login.example.com/start"], "Tests", &[]),
        ("Evil example", "e", &["https://evil-example.com/example.com"], "Tests", &[]),
        ("Evil suffix", "e", &["https://example.com.evil.net/"], "Tests", &[]),
        ("Broken", "b", &["htts:/broken.url"], "Tests", &[]),
        ("AC/DC fan club", "angus/young", &["https://acdc.example.org"], "Fun", &["music"]),
        ("Почта", "октавия", &["https://почта.example/вход"], "Личное", &["почта"]),
        ("東京図書館", "図書", &["https://toshokan.example.jp"], "旅行", &[]),
        ("Zürich tram", "berg", &["https://tram.example.ch"], "Travel", &["abroad"]),
        ("Łódź hotel", "berg", &["https://hotel.example.pl"], "Travel", &["abroad"]),
        ("Café ☕ loyalty", "berg", &[], "Fun", &[]),
        (
            "\u{202e}lapyaP\u{202c} \u{1b}[31mred",
            "attacker\0nul",
            &["https://xn--bcherstube-9db.example.net"],
            "",
            &[],
        ),
        ("", "untitled", &["https://untitled.example.org"], "", &[]),
        ("0815", "number", &[], "Money", &[]),
        (
            "AWS staging",
            "deploy",
            &["https://signin.aws.amazon.com/console?env=staging"],
            "Work/Servers",
            &["root"],
        ),
    ];
    let entry = |(number, (title, username, urls, folder, tags)): (usize, Row)| {
        let mut entry = Entry::new(title.trim_start_matches('*'), username, urls, folder, tags);
        entry.id = [u8::try_from(number).unwrap(); 16];
        entry.favourite = title.starts_with('*');
        entry.recent = 1_700_000_000_000 + number as u64;
        entry
    };
    rows.into_iter().enumerate().map(entry).collect()
}
