//! Where an entry's password is changed: the page that is known for its site, else the address that RFC 8615 and
//! the W3C's "A Well-Known URL for Changing Passwords" set aside for it, else the entry's own address.
//!
//! What is given out is put together anew from host, port and path: user name and password in an entry's address, and
//! what stands behind `?` or `#`, may be secrets, and never reach another program.

use url::Url;

use crate::search::host::Host;

/// The path below a site's root (W3C, <https://w3c.github.io/webappsec-change-password-url/>).
const WELL_KNOWN: &str = "/.well-known/change-password";

/// A page to change a password at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its address: `https:` or `http:`, in ASCII, without user info.
    pub address: String,
    /// Whether the site's own page is known, rather than guessed at.
    pub is_known: bool,
}

/// The page for an entry with these addresses; `known` tells the page of a host.
pub fn change_page(urls: &[&str], known: impl Fn(&str) -> Option<String>) -> Option<Page> {
    urls.iter().find_map(|url| page_of(url, &known))
}

fn page_of(text: &str, known: &impl Fn(&str) -> Option<String>) -> Option<Page> {
    let host = Host::parse(text)?;
    let text = text.trim();
    let url = match Url::parse(text) {
        Ok(url) if url.has_host() => url,
        _ => Url::parse(&format!("https://{}", text.trim_start_matches('/'))).ok()?,
    };
    if !matches!(url.scheme(), "https" | "http") {
        return None;
    }
    let Host::Domain(name) = &host else { return own(&url) };
    if let Some(page) = known(name).and_then(|page| Url::parse(&page).ok()).filter(is_of_the_web) {
        // A table's page says nothing of this user: it may have a query.
        return Some(Page { address: page.into(), is_known: true });
    }
    // A name of a private network, or a port without encryption: nobody has put anything at the well-known place.
    let is_public = name.contains('.') && psl::domain_str(name).is_some();
    if !is_public || (url.scheme() == "http" && url.port().is_some()) {
        return own(&url);
    }
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Some(Page { address: format!("https://{name}{port}{WELL_KNOWN}"), is_known: false })
}

/// The entry's own address, of which only host, port and path are kept.
fn own(url: &Url) -> Option<Page> {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.set_password(None).ok()?;
    url.set_username("").ok()?;
    Some(Page { address: url.into(), is_known: false })
}

fn is_of_the_web(url: &Url) -> bool {
    matches!(url.scheme(), "https" | "http")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(url: &str) -> Option<String> {
        change_page(&[url], |_| None).map(|page| page.address)
    }

    #[test]
    fn a_known_page_comes_before_the_well_known_place() {
        let known =
            |host: &str| (host == "www.example.com").then(|| "https://example.com/me?tab=pw".to_owned());
        let page = change_page(&["https://www.example.com/login"], known).unwrap();
        assert_eq!((page.address.as_str(), page.is_known), ("https://example.com/me?tab=pw", true));
        let page = change_page(&["https://shop.example.org/login"], known).unwrap();
        let well_known = "https://shop.example.org/.well-known/change-password";
        assert_eq!((page.address.as_str(), page.is_known), (well_known, false));
    }

    #[test]
    fn a_known_page_that_is_none_is_passed_over() {
        for bad in ["javascript:alert(1)", "file:///etc/passwd", "https://me:pw@example.com/", "--help", ""] {
            let page = change_page(&["https://example.com"], |_| Some(bad.to_owned())).unwrap();
            assert_eq!(page.address, "https://example.com/.well-known/change-password", "{bad}");
        }
    }

    #[test]
    fn nothing_secret_is_in_an_address() {
        for url in [
            "https://me:hunter2@example.com/?reset=hunter2#hunter2",
            "http://me:hunter2@10.0.0.1/a?t=hunter2#x",
        ] {
            let page = page(url).unwrap();
            assert!(!page.contains("hunter2") && !page.contains("me"), "{page}");
        }
    }

    #[test]
    fn every_sort_of_address() {
        for (url, expected) in [
            ("example.com", Some("https://example.com/.well-known/change-password")),
            ("http://example.com/x", Some("https://example.com/.well-known/change-password")),
            ("https://example.com:8443/x", Some("https://example.com:8443/.well-known/change-password")),
            ("http://example.com:8080/x", Some("http://example.com:8080/x")),
            ("https://192.168.0.1/admin", Some("https://192.168.0.1/admin")),
            ("http://[fd00::20]:5000/", Some("http://[fd00::20]:5000/")),
            ("http://nas/login", Some("http://nas/login")),
            ("https://bücher.example/", Some("https://xn--bcher-kva.example/.well-known/change-password")),
            ("ftp://example.com/", None),
            ("ssh://example.com", None),
            ("android://hash@com.example.app/", None),
            ("javascript:alert(1)", None),
            ("not an address", None),
            ("", None),
            ("http://", None),
        ] {
            assert_eq!(page(url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn whatever_is_typed_an_address_is_harmless() {
        for url in [
            "https://example.com/\u{1b}[31m",
            "http://nas/a b\"c'd;e`f$(g)\u{202e}",
            "https://-x.example/--help",
        ] {
            if let Some(page) = page(url) {
                assert!(
                    page.starts_with("http") && page.bytes().all(|byte| byte.is_ascii_graphic()),
                    "{page}"
                );
            }
        }
    }

    #[test]
    fn the_first_address_of_the_web_counts() {
        let page = change_page(&["ftp://files.example.com", "https://example.com"], |_| None).unwrap();
        assert_eq!(page.address, "https://example.com/.well-known/change-password");
    }
}
