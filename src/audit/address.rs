//! Pages that are reached without encryption, by somebody who could be anybody.

use std::net::IpAddr;

use crate::search::host::Host;

/// Names of a private network or of nobody: what goes there does not cross the Internet, or is encrypted by
/// itself (`onion`).
const PRIVATE: [&str; 10] =
    ["localhost", "local", "lan", "home", "internal", "intranet", "test", "invalid", "onion", "home.arpa"];

/// The host of an `http` URL that leads into the Internet; none for any other.
pub fn insecure_host(url: &str) -> Option<String> {
    let (scheme, _) = url.trim().split_once(':')?;
    if !scheme.eq_ignore_ascii_case("http") {
        return None;
    }
    match Host::parse(url)? {
        Host::Domain(name) => (!is_private_name(&name)).then_some(name),
        Host::Address(address) => (!is_private(address)).then(|| address.to_string()),
        Host::App(_) => None,
    }
}

fn is_private_name(name: &str) -> bool {
    let ends =
        |suffix: &&str| name.strip_suffix(*suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    !name.contains('.') || PRIVATE.iter().any(ends)
}

/// Loopback, private and link-local addresses (RFC 1122, 1918, 3927, 6598, 4193, 4291).
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_loopback() || v4.is_private() || v4.is_link_local() || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_private(v4.into()),
            None => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_into_the_internet_is_insecure() {
        for (url, host) in [
            ("http://shop.example.com/login", "shop.example.com"),
            ("HTTP://Shop.Example.com:8080", "shop.example.com"),
            ("http://user:secret@93.184.216.34/x", "93.184.216.34"),
            ("http://[2606:2800:220:1::1]/", "2606:2800:220:1::1"),
            ("http://bücher.example.org", "xn--bcher-kva.example.org"),
            ("http://notlocal.com", "notlocal.com"),
            ("http://172.32.0.1", "172.32.0.1"),
        ] {
            assert_eq!(insecure_host(url).as_deref(), Some(host), "{url}");
        }
        for url in [
            "",
            "https://example.com",
            "example.com",
            "ftp://example.com",
            "http://",
            "http://localhost:3000",
            "http://127.0.0.1",
            "http://[::1]/",
            "http://192.168.0.1/",
            "http://10.1.2.3",
            "http://172.16.5.5",
            "http://169.254.1.1",
            "http://100.64.0.1",
            "http://[fd00::20]:5000/",
            "http://[fe80::1]/",
            "http://[::ffff:192.168.0.1]/",
            "http://nas",
            "http://nas.local",
            "http://fritz.box.lan",
            "http://printer.home.arpa",
            "http://abcdef.onion",
            "android://hash@com.example.app/",
        ] {
            assert_eq!(insecure_host(url), None, "{url}");
        }
    }
}
