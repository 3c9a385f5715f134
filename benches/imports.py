#!/usr/bin/env python3
"""What an import takes: wall time and peak memory of the whole program, key derivation at its least cost included,
from a file on the disk into a vault on the disk; and how fast hostile files are refused.

    cargo build --release && python3 benches/imports.py [ROWS...]      100000 and 1000000 rows by default

Writes tables in Markdown. Takes up to 4 GB in the temporary folder.
"""
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
TRESOR = ROOT / "target/release/tresor"
PASSWORD = "benchmark password"
MIB = 1 << 20


def entries(count):
    for n in range(count):
        note = "a note of some thirty characters" if n % 3 == 0 else ""
        yield f"Site number {n}", f"user{n}@example.com", f"Pa55-{n:012d}", f"https://site{n}.example.com/login", note


def chrome_csv(path, count):
    with open(path, "w") as file:
        file.write("name,url,username,password,note\n")
        for title, user, password, url, note in entries(count):
            file.write(f"{title},{url},{user},{password},{note}\n")


def bitwarden_json(path, count):
    with open(path, "w") as file:
        file.write('{"encrypted": false, "folders": [], "items": [')
        for n, (title, user, password, url, note) in enumerate(entries(count)):
            item = {
                "id": f"00000000-0000-4000-8000-{n:012x}", "organizationId": None, "folderId": None, "type": 1, "reprompt": 0,
                "name": title, "notes": note or None, "favorite": False, "collectionIds": None, "passwordHistory": None,
                "revisionDate": "2024-01-02T03:04:05.678Z", "creationDate": "2023-01-02T03:04:05.678Z", "deletedDate": None,
                "login": {"fido2Credentials": [], "uris": [{"match": None, "uri": url}], "username": user, "password": password, "totp": None},
            }
            file.write((", " if n else "") + json.dumps(item))
        file.write("]}")


def run(words, stdin, folder):
    """Exit state, seconds, peak memory in MiB and standard error of one process."""
    env = os.environ | {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config"), "XDG_STATE_HOME": str(folder / "state")}
    start = time.perf_counter()
    with open(folder / "out", "wb") as out, open(folder / "err", "wb") as err:
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=out, stderr=err, env=env)
        process.stdin.write(stdin.encode())
        process.stdin.close()
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, time.perf_counter() - start, usage.ru_maxrss / 1024, (folder / "err").read_text(errors="replace")


def in_new_vault(folder, *words, stdin=""):
    vault = folder / "vault.tresor"
    vault.unlink(missing_ok=True)
    base = [TRESOR, "--vault", vault, "--password-stdin"]
    state, _, _, told = run(base + ["init", "--kdf-memory", "64"], PASSWORD + "\n", folder)
    assert state == 0, told
    return run(base + list(words), f"{PASSWORD}\n{stdin}", folder)


def measure_rows(folder, counts):
    print("| rows | file | MiB of it | seconds | peak MiB | again: seconds | peak MiB |")
    print("|---|---|---|---|---|---|---|")
    for count in counts:
        for name, write in [("Chrome CSV", chrome_csv), ("Bitwarden JSON", bitwarden_json)]:
            source = folder / "source"
            write(source, count)
            state, seconds, memory, told = in_new_vault(folder, "import", source)
            assert state == 0, told
            last = (folder / "out").read_text().splitlines()[-1]
            assert last.startswith(f"Added {count},"), last
            base = [TRESOR, "--vault", folder / "vault.tresor", "--password-stdin"]
            state, seconds_2, memory_2, told = run(base + ["import", source], PASSWORD + "\n", folder)
            assert state == 0, told
            last = (folder / "out").read_text().splitlines()[-1]
            assert last.startswith(f"Added 0, already there {count},"), last
            print(f"| {count:,} | {name} | {source.stat().st_size / MIB:.0f} | {seconds:.1f} | {memory:.0f} | {seconds_2:.1f} | {memory_2:.0f} |", flush=True)


def main(arguments):
    counts = [int(each) for each in arguments] or [100_000, 1_000_000]
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/tmp")) as folder:
        measure_rows(pathlib.Path(folder), counts)


main(sys.argv[1:])
