//! Hosts, and the sites they belong to. A site is a registrable domain by the public suffix list
//! (<https://publicsuffix.org>): what one owner registered. `login.example.co.uk` and `www.example.co.uk` are
//! one site; `evil-example.com` and `example.com` are two, and so are `a.github.io` and `b.github.io`.
//!
//! Hosts are read by the URL standard (<https://url.spec.whatwg.org>), so that one host has one form: lower
//! case, punycode, no port, no trailing dot. Nothing is resolved or asked over a network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use memchr::memmem::Finder;
use url::Url;

/// Top-level domains that are not on the public suffix list and are hosts' all the same
/// (<https://www.iana.org/assignments/special-use-domain-names>, and ICANN's `internal`).
const SPECIAL_USE: [&str; 7] = ["example", "internal", "invalid", "local", "localhost", "onion", "test"];

/// A host in its one form.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    /// A name in lower-case ASCII, such as `www.example.com`, `localhost` or `xn--bcher-kva.example`.
    Domain(String),
    /// An IP address.
    Address(IpAddr),
    /// The package of an `android://hash@package/` URL. It reads like a domain backwards, and is none.
    App(String),
}

/// What belongs together: a registrable domain, or the host itself where it has none.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Site(Host);

/// A host that is looked for in many addresses.
#[derive(Debug, Clone)]
pub struct Target {
    host: Host,
    site: Site,
    /// The name of the site, where it has one.
    name: Option<Finder<'static>>,
}

/// How near an address is to what is looked for, the nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Closeness {
    /// It has the same host.
    Host,
    /// It has another host of the same site.
    Site,
}

/// What a typed query says about hosts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// It is a URL or a host, and no words. The host is missing in a URL that has none or a broken one.
    Place(Option<Host>),
    /// It may be a host of a private network (`nas.lan`, `nas:5000`), or words.
    Perhaps(Host),
    /// It is words.
    Words,
}

impl Host {
    /// The host of an entry's address, or of what a user typed: a URL with or without scheme, user info, port
    /// and path. Nothing where there is no valid host.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(address) = text.parse::<Ipv6Addr>() {
            return Some(Self::Address(address.into()));
        }
        let url = if has_scheme(text) {
            Url::parse(text).ok()?
        } else {
            // The URL parser would take `/etc/motd` for the host `etc`, and `c:\x` for the host `c`.
            if !text.starts_with("//") && matches!(authority(text).chars().next_back(), None | Some(':')) {
                return None;
            }
            Url::parse(&format!("https://{text}")).ok()?
        };
        match url.host()? {
            url::Host::Domain(package) if url.scheme() == "android" => Some(Self::App(package.to_owned())),
            // With a scheme that the standard does not know, the host is still as written.
            url::Host::Domain(name) => Self::canonical(url::Host::parse(name).ok()?),
            url::Host::Ipv4(address) => Some(Self::Address(address.into())),
            url::Host::Ipv6(address) => Some(Self::Address(address.into())),
        }
    }

    fn canonical(host: url::Host<String>) -> Option<Self> {
        match host {
            url::Host::Ipv4(address) => Some(Self::Address(address.into())),
            url::Host::Ipv6(address) => Some(Self::Address(address.into())),
            url::Host::Domain(mut name) => {
                if name.ends_with('.') {
                    name.pop();
                }
                is_domain(&name).then_some(Self::Domain(name))
            }
        }
    }

    /// The site it belongs to.
    pub fn site(&self) -> Site {
        match self {
            Self::Domain(name) => {
                // A public suffix itself (`github.io`, `localhost`) has no registrable domain.
                let registrable = psl::domain_str(name).unwrap_or(name);
                Site(Self::Domain(registrable.to_owned()))
            }
            other => Site(other.clone()),
        }
    }
}

impl Target {
    /// To look for `host`.
    pub fn new(host: Host) -> Self {
        let site = host.site();
        let name = match &site.0 {
            Host::Domain(name) | Host::App(name) => Some(Finder::new(name).into_owned()),
            Host::Address(_) => None,
        };
        Self { host, site, name }
    }

    /// How near `url` is; nothing where it is of another site or of none.
    pub fn closeness(&self, url: &str) -> Option<Closeness> {
        let host = Some(url).filter(|url| self.may_own(url)).and_then(Host::parse)?;
        if host == self.host {
            return Some(Closeness::Host);
        }
        (host.site() == self.site).then_some(Closeness::Site)
    }

    /// A quick look, since to parse takes half a microsecond: false only if the host of `url` cannot be of
    /// the site.
    fn may_own(&self, url: &str) -> bool {
        let seems = match &self.name {
            Some(name) => name.find(url.as_bytes()).is_some(),
            None => may_have_address(url),
        };
        // Only plain text is its own canonical form, so that a name that is not in it is not its host.
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !byte.is_ascii_uppercase() && byte != b'%';
        seems || !url.bytes().all(is_plain)
    }
}

/// False only if `url`, which is plain text, has a name for its host: `scheme://` and a letter.
fn may_have_address(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return true };
    !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
        || !rest.starts_with(|first: char| first.is_ascii_alphabetic())
        || rest.contains('@')
}

impl Reading {
    /// Reads a query.
    pub fn of(text: &str) -> Self {
        let text = text.trim();
        if has_scheme(text) {
            return Self::Place(Host::parse(text));
        }
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) || authority(text).contains('@') {
            return Self::Words;
        }
        let Some(host) = Host::parse(text) else { return Self::Words };
        let typed = authority(text);
        let (name, has_port) = match typed.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (name, true),
            _ => (typed, false),
        };
        match &host {
            // The URL parser takes `1.2` and `7` for addresses; people do not.
            Host::Address(IpAddr::V4(_)) if name.parse::<Ipv4Addr>().is_err() => Self::Words,
            Host::Domain(domain) if !domain.contains('.') => {
                match (domain.as_str(), has_port || typed != text) {
                    ("localhost", true) => Self::Place(Some(host)),
                    ("localhost", false) => Self::Perhaps(host),
                    _ if has_port => Self::Perhaps(host),
                    _ => Self::Words,
                }
            }
            Host::Domain(domain) if !has_known_suffix(domain) => Self::Perhaps(host),
            Host::Domain(_) | Host::Address(_) | Host::App(_) => Self::Place(Some(host)),
        }
    }
}

/// Whether `text` is a URL with a scheme, an IP address, or a host under a known public suffix: something
/// that is never searched for as words.
pub fn looks_like_host_or_url(text: &str) -> bool {
    matches!(Reading::of(text), Reading::Place(_))
}

/// Whether `text` begins as a URL with a scheme: `name://`, or one of the web's with a slash forgotten.
/// `example.com:8080` and `mailto:x` do not.
fn has_scheme(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let mut bytes = scheme.bytes();
    let is_name = bytes.next().is_some_and(|first| first.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let of_the_web = ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
    is_name && (rest.starts_with("//") || of_the_web && rest.starts_with(['/', '\\']))
}

/// What is before the path of a URL without scheme.
fn authority(text: &str) -> &str {
    text.split(['/', '\\', '?', '#']).next().unwrap_or_default()
}

/// Letters, digits, `-` and `_` in labels of 1 to 63 bytes, 253 in all (RFC 1035; `_` as met in practice).
fn is_domain(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

/// Whether the domain is under a suffix that is public, or set aside for names that nobody registers.
fn has_known_suffix(domain: &str) -> bool {
    let top = domain.rsplit('.').next().unwrap_or_default();
    SPECIAL_USE.contains(&top) || psl::suffix(domain.as_bytes()).is_some_and(|suffix| suffix.is_known())
}

#[cfg(test)]
mod tests;
