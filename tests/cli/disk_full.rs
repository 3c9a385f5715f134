//! A disk that is full for real: a small one of the test's own, mounted where no other process sees it.

use std::process::{Command, Stdio};

use crate::home::{Home, PASSWORD};
use crate::world::{have, skipped};

/// Fills the disk but for less than a vault needs, saves, makes room, and saves again.
const SCRIPT: &str = r#"
set -u
mount -t tmpfs -o size=256k none "$HOME/data/tresor" || exit 99
cp "$HOME/vault" "$HOME/data/tresor/vault.tresor"
dd if=/dev/zero of="$HOME/data/tresor/filler" bs=4096 2>/dev/null
printf '%s\n' "$PASSWORD" | "$TRESOR" --password-stdin add full
echo "status $?"
cmp "$HOME/vault" "$HOME/data/tresor/vault.tresor" && echo same
ls -A "$HOME/data/tresor"
rm "$HOME/data/tresor/filler"
printf '%s\n' "$PASSWORD" | "$TRESOR" --password-stdin add room
echo "status $?"
ls -A "$HOME/data/tresor"
printf '%s\n' "$PASSWORD" | "$TRESOR" --password-stdin ls
"#;

#[test]
fn a_full_disk_is_an_error_and_changes_nothing() {
    if !have(&["unshare"]) || !can_mount() {
        return;
    }
    let home = Home::new();
    home.write("vault", home.bytes());
    let mut shell = home.command("unshare");
    shell.args(["-rm", "sh", "-c", SCRIPT]).env("PASSWORD", PASSWORD);
    shell.env("TRESOR", env!("CARGO_BIN_EXE_tresor"));
    let (out, err) = home.finish(shell, "").both();
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[..4], ["status 1", "same", "filler", "vault.tresor"], "{out}\n{err}");
    assert!(lines[4].starts_with("Added room"), "{out}\n{err}");
    assert_eq!(lines[5..7], ["status 0", "vault.tresor"], "{out}\n{err}");
    assert!(lines[7].contains("room") && lines.len() == 8, "{out}\n{err}");
    assert!(
        err.contains("No space left on device") && err.contains("The vault on the disk is whole."),
        "{err}"
    );
}

/// Whether a user may have mounts of their own here; some containers refuse it, to root as well.
fn can_mount() -> bool {
    let mounted = Command::new("unshare")
        .args(["-rm", "mount", "-t", "tmpfs", "-o", "size=64k", "none", "/mnt"])
        .stderr(Stdio::null())
        .status();
    if mounted.is_ok_and(|status| status.success()) {
        return true;
    }
    // A file that may not grow (`ulimit -f`) is tested everywhere.
    skipped("no mount of one's own is allowed");
    false
}
