#!/usr/bin/env python3
"""Measures what docs/reliability.md says, and writes it.

    docs/reliability.py measure [ROW...]    runs the proofs at full length (some take an hour) and writes the page
    docs/reliability.py measure --quick     the same at the length of `cargo test`, into a folder, to see that they run
    docs/reliability.py write               the page from what was measured last (docs/reliability.json)
    docs/reliability.py check               ends with 1 where the page is not what `write` makes

A proof is a test of this repository. At full length (TRESOR_LONG) it repeats what `cargo test` does a few times, and
leaves its figure in the folder that TRESOR_FIGURES names. A figure that was not measured is left out of the
page, and said to be.
"""
import datetime, json, os, pathlib, platform, re, subprocess, sys, tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
PAGE, DATA = HERE / "reliability.md", HERE / "reliability.json"

# Row, what is counted, how, the target, what peers do on the same kind of machine, and what measures it.
ROWS = [
    ("bit-flips", "Flipped bits found without the password", "every bit of the smallest vault, one at a time", "all", "", "damage"),
    ("repaired-digest", "Flipped bits under a right checksum, opened with the right key",
     "the checksum made right again, as an attacker would", "0 accepted", "", "damage"),
    ("truncations", "Truncated and extended files", "every shorter length, and up to 64 bytes more", "0 accepted", "", "damage"),
    ("vectors", "Test vectors of the format", "one failure each, the expected error named", "at least 120", "age: 143", "vectors"),
    ("hostile-header", "Hostile key derivation costs", "every vector of a bad cost, under 64 MiB of address space",
     "refused within 10 ms and 5 MiB", "KeePassXC, Bitwarden: no bound", "hostile_header"),
    ("power-cut", "Power cut", "every state that a model disk may be left in: names and contents that were not synced missing, "
     "torn at 512 bytes, reordered; after each step of each kind of save", "all open as old or new, nothing acknowledged lost",
     "ALICE: 60 bugs in 11 systems", "crash"),
    ("syscall-faults", "A failure or a kill at every system call of a save", "strace injects an error, or SIGKILL, at the n-th call",
     "old or new, exit status right, nothing left behind", "keepassxc-cli 2.7.4 on a full disk: success said, 0 bytes left", "cli syscalls::"),
    ("kills", "kill -9 at random moments of saves", "the real program, in a loop", "0 unreadable, 0 acknowledged edits lost",
     "rooster: unreadable after 3 to 8 of 100; pass: 4 of 100 entries empty or lost", "cli kills::"),
    ("writers", "Programs that save at once", "8 processes, 100 edits each, with the lock, without it, and with kills", "0 edits lost",
     "keepassxc-cli: 1 of 20 adds survived", "cli writers::"),
    ("merge-laws", "Laws of merging", "histories of edits on three devices: commutative, associative, idempotent, no value lost",
     "0 violations in 10^6 cases", "KeePassXC: 30 merge tests", "model"),
    ("rollback", "Old and forked files put back", "replayed from random histories", "all named, 0 edits lost", "", "rollback"),
    ("memory-locked", "Secrets in memory after the lock", "search of all memory of the process for the master password (typed, pasted), keys, "
     "every secret: as UTF-8, UTF-16, base64, hex, and in pieces of 5 bytes or more", "0",
     "KeePassXC: 76 of 100 passwords; keepassxc-cli: all, and the master password", "memory"),
    ("memory-unlocked", "Secrets in memory while unlocked", "the same", "0 but the one shown or copied", "", "memory"),
    ("same-user-read", "Memory read by another process of the user", "/proc/PID/mem and ptrace", "refused", "", "memory"),
    ("traces", "Traces of the scripted use", "search of home, temporary folders, state, arguments, environment, scrollback", "0", "", "traces"),
    ("clipboard", "Copied value after its time, quit, lock, signals, a closed terminal, kill -9", "polled; a real X server, tmux",
     "gone within its time and a second; what others copied never touched", "", "clipboard"),
    ("terminal", "Hostile text in every field", "through every screen and print into a terminal emulator", "0 foreign sequences", "", "terminal"),
    ("generator", "Evenness of generated symbols", "chi-square over 10^8 symbols of each set of classes", "p in 0.001..0.999", "", "generator"),
    ("generator-kinds", "Evenness of masks, syllables, words and small recipes", "chi-square over 10^8 symbols of each, and exactly "
     "as many different texts as the stated entropy says", "p in 0.001..0.9995", "", "generator"),
    ("site-rules", "Published rules of sites", "Apple's collection, 1,000 passwords for each, by a checker of its own", "all met", "", "site_rules"),
    ("others-vectors", "Answers published by others", "Wycheproof, RFC 9106, 5869 (RFC 4226 and 6238 in the unit tests)", "all", "", "known_answers"),
    ("auto-lock", "Locks by itself", "idle, after sleep, hang-up, Ctrl-Z", "within 1 s", "", "screen locking::"),
    ("second-reader", "An independent reader in Python", "written from docs/format.md alone", "all vectors alike", "", "second_reader"),
    ("fuzzing", "Fuzzing", "fuzz/run.sh: every target on its kept corpus", "0 crashes, 0 time-outs", "", None),
    ("mutants", "Changed code that a test notices", "cargo mutants on crypto, format, merge, store", "at least 90 %, the rest explained", "", None),
    ("reproducible", "Two builds in two folders", "SHA-256 of the program", "the same", "", None),
]


def tests_of(rows):
    return sorted({test for row, *_, test in ROWS if test and (not rows or row in rows)})


def run(tests, figures, long):
    environment = os.environ | {"TRESOR_FIGURES": str(figures), "CI": "true"}
    profile = []
    if long:
        environment["TRESOR_LONG"] = "1"
        profile = ["--profile", "proof"]
    failed = []
    for test in tests:
        target, *only = test.split()
        command = ["cargo", "test", "--locked", *profile, "--test", target, "--", *only]
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        print(done.stdout)
        if done.returncode != 0:
            failed.append(test)
        elif target == "clipboard":
            # Each of its tests is a scenario of its own.
            passed = re.findall(r"test result: ok\. (\d+) passed; 0 failed", done.stdout)
            (figures / "clipboard").write_text(f"{passed[-1]} of {passed[-1]} scenarios")
    return failed


def fuzzing(figures):
    lines = [line.split() for line in (figures / "fuzzing").read_text().splitlines()]
    targets = ", ".join(f"{name} {int(runs):,}" for name, _, runs in lines)
    seconds = min(int(seconds) for _, seconds, _ in lines)
    return f"{len(lines)} targets, {seconds // 60} minutes each at least, 0 crashes; runs: {targets}"


def reproducible(figures):
    """The same sources in two folders, built from nothing."""
    digests = []
    for name in ["one", "two/deeper"]:
        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder) / name
            place.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(["git", "clone", "--quiet", ROOT, place], check=True)
            subprocess.run(["cargo", "build", "--locked", "--release"], cwd=place, check=True, env=os.environ | {"RUSTFLAGS": f"--remap-path-prefix={place}=/tresor"})
            digests.append(subprocess.check_output(["sha256sum", place / "target/release/tresor"], text=True).split()[0])
    if digests[0] != digests[1]:
        sys.exit(f"the builds differ: {digests}")
    (figures / "reproducible").write_text(f"the same, {digests[0][:16]}...")


def machine():
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return f"{os.cpu_count()} cores ({cpu[1] if cpu else platform.machine()}), {platform.system()} {platform.release()}"


def measure(rows, long):
    with tempfile.TemporaryDirectory() as folder:
        figures = pathlib.Path(os.environ.get("TRESOR_FIGURES", folder))
        figures.mkdir(parents=True, exist_ok=True)
        failed = run(tests_of(rows), figures, long)
        if long and "reproducible" in rows:
            reproducible(figures)
        if not long:
            for each in sorted(figures.iterdir()):
                print(f"{each.name}: {each.read_text()}")
            return failed
        data = json.loads(DATA.read_text()) if DATA.exists() else {}
        for row, *_ in ROWS:
            if (figures / row).exists():
                measured = fuzzing(figures) if row == "fuzzing" else (figures / row).read_text()
                data[row] = {"measured": measured, "date": datetime.date.today().isoformat(), "machine": machine()}
        DATA.write_text(json.dumps(data, indent=1, sort_keys=True) + "\n")
        return failed


def page():
    data = json.loads(DATA.read_text()) if DATA.exists() else {}
    lines = [
        "# Reliability and security, measured", "",
        "Made by `docs/reliability.py` from what the proofs of this repository measured; do not edit. Each row can be measured",
        "again by `docs/reliability.py measure ROW`; quick versions run in every `cargo test`. Peers' figures were",
        "measured on the same kind of machine.", "",
        "| row | what | how | target | measured | peers |", "|---|---|---|---|---|---|",
    ]
    missing = []
    for row, what, how, target, peers, _ in ROWS:
        if row in data:
            lines.append(f"| `{row}` | {what} | {how} | {target} | **{data[row]['measured']}** | {peers} |")
        else:
            missing.append(f"- {what} (`{row}`): {how}; target: {target}")
    if missing:
        lines += ["", "Not measured yet:", "", *missing]
    dates = sorted({each["date"] for each in data.values()})
    machines = sorted({each["machine"] for each in data.values()})
    if dates:
        lines += ["", f"Measured {dates[0]}" + (f" to {dates[-1]}" if len(dates) > 1 else "") + f" on: {'; '.join(machines)}."]
    survivors = HERE / "mutants.md"
    if survivors.exists():
        lines += ["", "The mutants that no test caught, each with why: [mutants.md](mutants.md)."]
    return "\n".join(lines) + "\n"


def main(arguments):
    match arguments:
        case ["measure", *rows]:
            unknown = set(rows) - {row for row, *_ in ROWS} - {"--quick"}
            if unknown:
                sys.exit(f"no such row: {', '.join(sorted(unknown))}")
            long = "--quick" not in rows
            failed = measure([row for row in rows if row != "--quick"], long)
            if long:
                PAGE.write_text(page())
            if failed:
                sys.exit(f"failed: {', '.join(failed)}")
        case ["write"]:
            PAGE.write_text(page())
        case ["check"]:
            if not PAGE.exists() or PAGE.read_text() != page():
                sys.exit("docs/reliability.md is not what docs/reliability.py writes")
        case _:
            sys.exit(__doc__)


main(sys.argv[1:])
