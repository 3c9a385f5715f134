//! How much memory this machine has to give: what the kernel says is available, and what the control group that
//! the process is in still allows, and its own limit. A guess for a question, not a promise.

use std::fs;
use std::path::{Path, PathBuf};

/// Bytes that a process may still take; none where the system does not tell.
pub fn available_memory() -> Option<u64> {
    let system = fs::read_to_string("/proc/meminfo").ok().and_then(|text| available(&text));
    let group = fs::read_to_string("/proc/self/cgroup").ok().and_then(|text| {
        let root = Path::new("/sys/fs/cgroup");
        folders(&text, root).iter().filter_map(|folder| room_in(folder)).min()
    });
    system.into_iter().chain(group).chain(address_space()).min()
}

/// What the process may have in all (`ulimit -v`).
fn address_space() -> Option<u64> {
    #[cfg(unix)]
    return rustix::process::getrlimit(rustix::process::Resource::As).current;
    #[cfg(not(unix))]
    None
}

/// `MemAvailable` of /proc/meminfo, in bytes.
fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib.saturating_mul(1024))
}

/// The folders of the control groups that a process is in, those above them too: each has a limit of its own.
fn folders(cgroup: &str, root: &Path) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for line in cgroup.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { continue };
        let start = match controllers {
            "" => root.to_owned(),
            names if names.split(',').any(|name| name == "memory") => root.join("memory"),
            _ => continue,
        };
        let mut folder = start.join(path.trim_start_matches('/'));
        while folder.starts_with(&start) {
            folders.push(folder.clone());
            if !folder.pop() {
                break;
            }
        }
    }
    folders
}

/// What a control group still allows: its limit (version 2, else 1) less what is used.
fn room_in(folder: &Path) -> Option<u64> {
    let number = |name: &str| fs::read_to_string(folder.join(name)).ok()?.trim().parse::<u64>().ok();
    let pair = |limit, used| Some(number(limit)?.saturating_sub(number(used)?));
    pair("memory.max", "memory.current").or_else(|| pair("memory.limit_in_bytes", "memory.usage_in_bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_s_own_words() {
        let text = "MemTotal:       16307108 kB\nMemFree:  1 kB\nMemAvailable:    8192 kB\n";
        assert_eq!(available(text), Some(8 << 20));
        assert_eq!(available("MemAvailable: much"), None);
    }

    #[test]
    fn every_group_above_counts() {
        let root = Path::new("/r");
        let two = folders("0::/user.slice/app.scope\n", root);
        assert_eq!(two, ["/r/user.slice/app.scope", "/r/user.slice", "/r"].map(PathBuf::from));
        let one = folders("12:cpu:/a\n4:memory:/docker\n", root);
        assert_eq!(one, ["/r/memory/docker", "/r/memory"].map(PathBuf::from));
        assert!(folders("nonsense\n0::/../../etc\n", root).iter().all(|folder| folder.starts_with(root)));
    }

    #[test]
    fn a_group_s_room_is_its_limit_less_what_is_used() {
        let folder = std::env::temp_dir().join(format!("tresor-machine-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        assert_eq!(room_in(&folder), None);
        for (limit, used, room) in
            [("1000\n", "400\n", Some(600)), ("max\n", "1\n", None), ("5", "9", Some(0))]
        {
            fs::write(folder.join("memory.max"), limit).unwrap();
            fs::write(folder.join("memory.current"), used).unwrap();
            assert_eq!(room_in(&folder), room);
        }
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn this_machine_tells() {
        assert!(available_memory().is_some_and(|bytes| bytes > 1 << 20));
    }
}
