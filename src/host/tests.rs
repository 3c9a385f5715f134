//! Hosts, sites and readings against tables.

use proptest::prelude::*;

use super::*;

/// A host as text, marked with what it is.
fn shown(host: &Host) -> String {
    match host {
        Host::Domain(name) => name.clone(),
        Host::Address(address) => format!("ip {address}"),
        Host::App(package) => format!("app {package}"),
    }
}

/// Text, its host, its site (the same if empty).
const HOSTS: [(&str, &str, &str); 62] = [
    ("example.com", "example.com", ""),
    ("EXAMPLE.com", "example.com", ""),
    ("  example.com\n", "example.com", ""),
    ("example.com.", "example.com", ""),
    ("example.com:8080", "example.com", ""),
    ("example.com/path?q#f", "example.com", ""),
    ("example.com?q=a.b", "example.com", ""),
    ("//example.com/x", "example.com", ""),
    ("https://example.com", "example.com", ""),
    ("HTTPS://EXAMPLE.COM./", "example.com", ""),
    ("https:/example.com", "example.com", ""),
    ("https:\\\\example.com\\x", "example.com", ""),
    ("http://example.com:80/", "example.com", ""),
    ("https://user@example.com", "example.com", ""),
    ("https://user:pass@example.com:8443/x", "example.com", ""),
    ("https://example.com@evil.net/", "evil.net", ""),
    ("https://evil.net/@example.com", "evil.net", ""),
    ("https://evil.net\\@example.com", "evil.net", ""),
    ("https://evil.net#example.com", "evil.net", ""),
    ("ftp://Files.Example.com", "files.example.com", "example.com"),
    ("ssh://git@Git.Example.com:22/repo.git", "git.example.com", "example.com"),
    ("ldap://127.0.0.1/", "ip 127.0.0.1", ""),
    ("www.example.com", "www.example.com", "example.com"),
    ("login.example.co.uk", "login.example.co.uk", "example.co.uk"),
    ("https://a.b.c.example.co.uk/x", "a.b.c.example.co.uk", "example.co.uk"),
    ("evil-example.com", "evil-example.com", ""),
    ("example.com.evil.net", "example.com.evil.net", "evil.net"),
    ("a.github.io", "a.github.io", ""),
    ("x.a.github.io", "x.a.github.io", "a.github.io"),
    ("github.io", "github.io", ""),
    ("co.uk", "co.uk", ""),
    ("www.ck", "www.ck", ""),
    ("shop.foo.ck", "shop.foo.ck", ""),
    ("a.shop.foo.ck", "a.shop.foo.ck", "shop.foo.ck"),
    ("my_host.example.com", "my_host.example.com", "example.com"),
    ("bücher.example.de", "xn--bcher-kva.example.de", "example.de"),
    ("www.BÜCHER.de", "www.xn--bcher-kva.de", "xn--bcher-kva.de"),
    ("xn--bcher-kva.de", "xn--bcher-kva.de", ""),
    ("ｅｘａｍｐｌｅ．ｃｏｍ", "example.com", ""),
    ("https://ex%61mple.com/", "example.com", ""),
    ("食狮.公司.cn", "xn--85x722f.xn--55qx5d.cn", ""),
    ("www.食狮.公司.cn", "www.xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"),
    ("localhost", "localhost", ""),
    ("http://localhost:3000/x", "localhost", ""),
    ("nas", "nas", ""),
    ("nas.lan", "nas.lan", ""),
    ("a.nas.lan", "a.nas.lan", "nas.lan"),
    ("192.168.0.1", "ip 192.168.0.1", ""),
    ("http://192.168.0.1:8080/admin", "ip 192.168.0.1", ""),
    ("http://0xC0.0250.1", "ip 192.168.0.1", ""),
    ("[::1]", "ip ::1", ""),
    ("::1", "ip ::1", ""),
    ("https://[2001:DB8:0::1]:443/", "ip 2001:db8::1", ""),
    ("android://Aa-_0==@com.example.app/", "app com.example.app", ""),
    ("android://Aa-_0==@com.Example.App", "app com.Example.App", ""),
    ("user@example.com", "example.com", ""),
    ("https://1.example.com", "1.example.com", "example.com"),
    ("file://server.example.com/share", "server.example.com", "example.com"),
    ("https://exa\tmple.com", "example.com", ""),
    ("otpauth://totp/x", "totp", ""),
    ("a.b.example.org:443", "a.b.example.org", "example.org"),
    ("t.co", "t.co", ""),
];

const NO_HOST: [&str; 30] = [
    "",
    "   ",
    "htts:/broken.url",
    "https://",
    "https:///",
    "http://?q",
    "/etc/passwd",
    "?q",
    "#f",
    "C:\\Users\\me",
    "c:/users",
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "about:",
    "two words",
    "two words.com",
    "https://two words.com/",
    "https://exa\0mple.com",
    "https://example..com",
    ".example.com",
    "https://[::1",
    "https://example.com:99999",
    "example.com:port",
    "1.2.3.4.5",
    "256.1.1.1",
    "v1.2",
    "https://exa<mple.com",
    "https://b$nk.example.com",
    "\u{202e}",
];

#[test]
fn table_of_hosts() {
    for (text, host, site) in HOSTS {
        let parsed = Host::parse(text).unwrap_or_else(|| panic!("no host in {text:?}"));
        assert_eq!(shown(&parsed), host, "{text:?}");
        assert_eq!(shown(&parsed.site().0), if site.is_empty() { host } else { site }, "site of {text:?}");
        assert_eq!(Target::new(parsed).closeness(text), Some(Closeness::Host), "{text:?}");
    }
    for text in NO_HOST {
        assert_eq!(Host::parse(text), None, "{text:?}");
    }
}

#[test]
fn sites_are_never_compared_as_text() {
    let closeness = |a, b| Target::new(Host::parse(a).unwrap()).closeness(b);
    for (a, b) in [
        ("example.com", "https://login.example.com:8080/x"),
        ("https://login.example.co.uk/x", "example.co.uk"),
        ("www.bücher.de", "https://xn--bcher-kva.de/"),
        ("192.168.0.1", "http://192.168.0.1:81/"),
    ] {
        assert!(closeness(a, b).is_some() && closeness(b, a).is_some(), "{a} {b}");
    }
    for (a, b) in [
        ("example.com", "evil-example.com"),
        ("example.com", "example.com.evil.net"),
        ("example.com", "example.co"),
        ("example.co.uk", "other.co.uk"),
        ("a.github.io", "b.github.io"),
        ("a.github.io", "github.io"),
        ("192.168.0.1", "192.168.0.10"),
        ("localhost", "localhost.example.com"),
        ("example.app", "android://x@com.example.app/"),
        ("com.example.app", "android://x@com.example.app/"),
        ("аpple.com", "apple.com"), // the first in Cyrillic
    ] {
        assert_eq!((closeness(a, b), closeness(b, a)), (None, None), "{a} {b}");
    }
}

#[test]
fn table_of_readings() {
    let places = [
        "example.com",
        "Example.COM",
        "mail.example.co.uk:8080/x",
        "https://example.com",
        "https://nas/",
        "http://10.0.0.1",
        "foo://bar",
        "https://",
        "https://[broken",
        "https://user@example.com/",
        "https:/example.com",
        "192.168.0.1",
        "192.168.0.1:631/admin",
        "[::1]:80",
        "2001:db8::1",
        "localhost:3000",
        "localhost/x",
        "bücher.de",
        "a.github.io",
        "github.io",
        "github.com/alice",
        "example.com.",
        "medium.com/@writer",
        "android://hash@com.example.app/",
        "bank.example",
        "nas.local",
        "build.internal",
    ];
    for text in places {
        assert!(looks_like_host_or_url(text), "{text:?}");
    }
    for text in ["localhost", "nas.lan", "nas:5000", "a.b.intranet/x", "node.js", "file.txt"] {
        assert!(matches!(Reading::of(text), Reading::Perhaps(_)), "{text:?}");
        assert!(!looks_like_host_or_url(text), "{text:?}");
    }
    for text in [
        "",
        " ",
        "github",
        "home bank",
        "example com",
        "example.com login",
        "see https://example.com",
        "me@example.com",
        "user:pass@example.com",
        "mailto:me@example.com",
        "v1.2",
        "1.2",
        "1.2.3",
        "7",
        "0x7f000001",
        "10:30",
        "com",
        "Work/Servers",
        "AC/DC",
        "title/username",
        "htts:/broken.url",
        "C:\\Users",
        ".",
        "...",
        "a..b",
        "://x",
        "-",
        "/",
        "@",
        "example\0.com",
        "\u{202e}moc.elpmaxe",
    ] {
        assert_eq!(Reading::of(text), Reading::Words, "{text:?}");
    }
}

#[test]
fn hostile_texts_end() {
    for piece in
        ["a", "a.", ".", "/", "@", ":", "xn--", "\u{301}", "\u{202e}", "ü", "\0", "[", "%41", "://", "1."]
    {
        let text = piece.repeat(10_000);
        assert_eq!(Host::parse(&text).filter(|host| shown(host).len() > 253), None, "{piece:?}");
        let _ = Reading::of(&text);
        let _ = Reading::of(&format!("https://{text}"));
    }
}

proptest! {
    #[test]
    fn a_quick_look_never_misses(
        scheme in "(https?://|ssh://|HTTPS://|)",
        user in "([a-z]{1,3}@)?",
        before in "[aA1üÜ%_.-]{0,4}",
        host in "(example\\.(com|co\\.uk)|EXAMPLE\\.com|ex%61mple.com|bücher\\.de|10\\.1\\.0x1|\\[::1\\])\\.?",
        rest in "(:[0-9]{1,4})?(/[a-z]{0,4})?",
    ) {
        let text = format!("{scheme}{user}{before}{host}{rest}");
        if let Some(host) = Host::parse(&text) {
            prop_assert!(Target::new(host.clone()).may_own(&text));
            // The one form is read as itself.
            prop_assert_eq!(Host::parse(shown(&host).trim_start_matches("ip ")), Some(host));
        }
    }

    #[test]
    fn any_text_is_read(text in ".*|(https?://)?[a-z0-9.:/@%\\[\\]\\\\-]*") {
        let host = Host::parse(&text);
        prop_assert!(host.is_none_or(|host| Target::new(host).may_own(&text)));
        let _ = Reading::of(&text);
    }
}
