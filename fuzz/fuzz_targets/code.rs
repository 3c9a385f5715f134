//! Any text as the secret of one-time codes, as a recovery code, as a key file, as a host, as typed in another layout.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tresor::format::{KeyFile, RecoveryCode};
use tresor::layout;
use tresor::otp::Otp;
use tresor::search::host::{Host, Reading};
use tresor::secret::Secret;
use tresor::time::Timestamp;

fuzz_target!(|data: &[u8]| {
    let secret = Secret::copy_of(data);
    if let Ok(otp) = Otp::parse(&secret) {
        let code = otp.code(Timestamp(1_700_000_000_000));
        assert!((4..=10).contains(&code.text.len()));
        let _ = otp.next_code(Timestamp(u64::MAX));
    }
    let _ = Otp::advanced(&secret).map(|advanced| Otp::parse(&advanced).expect("still a secret").counter());
    if let Ok(code) = RecoveryCode::parse(&secret) {
        assert!(RecoveryCode::parse(&code.text()).is_ok());
    }
    let _ = KeyFile::read(&secret);
    let text = String::from_utf8_lossy(data);
    let _ = layout::hint(&text);
    for guess in layout::guesses(&text) {
        assert!(guess.text.expose() != data);
    }
    let _ = Reading::of(&text);
    if let Some(host) = Host::parse(&text) {
        let _ = host.site();
    }
});
