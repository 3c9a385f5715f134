#!/usr/bin/env python3
"""What an import takes: wall time and peak memory of the whole program, key derivation at its least cost included,
from a file on the disk into a vault on the disk; and how fast hostile files are refused.

    cargo build --release && python3 benches/imports.py [ROWS...]      100000 and 1000000 rows by default; 0: only the hostile files

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


def repeated(path, start, piece, size, end):
    """A file with one value of `size` bytes, a multiple of a MiB."""
    block = piece * (MIB // len(piece))
    with open(path, "wb") as file:
        file.write(start)
        for _ in range(size // MIB):
            file.write(block)
        file.write(end)


def archive(path, files, unix_mode=None):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files:
            entry = zipfile.ZipInfo(name)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            entry.external_attr = (unix_mode or 0o100600) << 16
            file.writestr(entry, content)


def lying_archive(path):
    """One whose directory says that 100 MiB are 10 bytes, and one of which all entries are the same bytes."""
    archive(path, [("a.csv", bytes(100 * MIB))])
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\x01\x02")
    content[at + 24:at + 28] = struct.pack("<I", 10)
    path.write_bytes(content)


def overlapping_archive(path):
    archive(path, [("a.csv", bytes(20_000))])
    content = path.read_bytes()
    at, end = content.rindex(b"PK\x01\x02"), content.rindex(b"PK\x05\x06")
    entry = content[at:end]
    count = 10_000
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(entry) * count, at, 0)
    path.write_bytes(content[:at] + entry * count + tail)


def kdbx(path, memory, passes=1):
    """The header of a KDBX 4.1 that asks for this, and rubbish behind it."""
    number = lambda kind, name, value, layout: struct.pack("<BI", kind, len(name)) + name + struct.pack("<I", struct.calcsize(layout)) + struct.pack(layout, value)
    raw = lambda name, value: struct.pack("<BI", 0x42, len(name)) + name + struct.pack("<I", len(value)) + value
    argon2id = bytes.fromhex("9e298b1956db4773b23dfc3ec6f0a1e6")
    kdf = struct.pack("<H", 0x100) + raw(b"$UUID", argon2id) + raw(b"S", bytes(32)) + number(0x04, b"P", 2, "<I")
    kdf += number(0x05, b"M", memory, "<Q") + number(0x05, b"I", passes, "<Q") + number(0x04, b"V", 0x13, "<I") + b"\0"
    field = lambda kind, value: struct.pack("<BI", kind, len(value)) + value
    aes = bytes.fromhex("31c1f2e6bf714350be5805216afc5aff")
    header = struct.pack("<III", 0x9AA2D903, 0xB54BFB67, 0x00040001)
    header += field(2, aes) + field(3, struct.pack("<I", 1)) + field(4, bytes(32)) + field(7, bytes(16)) + field(11, kdf)
    path.write_bytes(header + field(0, b"\r\n\r\n") + bytes(1000))


XML = b"<?xml version=\"1.0\"?>\n"
CHROME = b"name,url,username,password,note\n"

# What the file is, how it is written, and words of the refusal.
HOSTILE = [
    ("a field of 1 GB in a CSV", lambda path: repeated(path, CHROME + b"a,https://a.example,u,", b"x", 954 << 20, b",n\nb,https://b.example,u,p,\n"), "is larger than"),
    ("a field of 512 MiB in a CSV", lambda path: repeated(path, CHROME + b"a,https://a.example,u,", b"x", 512 << 20, b",n\nb,https://b.example,u,p,\n"), "too long"),
    ("a field of 512 MiB in a CSV, all of it quotes", lambda path: repeated(path, CHROME + b"a,https://a.example,u,\"", b"\"\"", 512 << 20, b"\",n\nb,https://b.example,u,p,\n"), "too long"),
    ("a field of 512 MiB in a CSV whose quote never closes", lambda path: repeated(path, CHROME + b"a,https://a.example,u,\"", b"x", 512 << 20, b""), "quote"),
    ("a field of 512 MiB in Bitwarden JSON", lambda path: repeated(path, b'{"encrypted":false,"folders":[],"items":[{"type":1,"name":"a","login":{"password":"', b"x", 512 << 20, b'"}},{"type":1,"name":"b"}]}'), "too long"),
    ("a value of 512 MiB in KeePass XML", lambda path: repeated(path, XML + b"<KeePassFile><Root><Group><Entry><String><Key>Password</Key><Value>", b"x", 512 << 20, b"</Value></String></Entry></Group></Root></KeePassFile>"), "more than 128 MiB"),
    ("a zip of 1 GiB of zeros", lambda path: archive(path, [("export.data", bytes(1 << 30))]), "unpacked"),
    ("a zip that grows a thousandfold", lambda path: archive(path, [("export.data", bytes(100 * MIB))]), "out of all proportion"),
    ("a zip that lies about the size", lying_archive, "damaged zip"),
    ("a zip of 10,000 entries in the same place", overlapping_archive, "overlap"),
    ("a zip with `../`", lambda path: archive(path, [("../../.ssh/authorized_keys", b"x"), ("export.data", b"{}")]), "leads out"),
    ("a zip with a link", lambda path: archive(path, [("export.data", b"/etc/passwd")], 0o120777), "link"),
    ("XML with a document type and entities within entities", lambda path: path.write_bytes(XML + b'<!DOCTYPE KeePassFile [<!ENTITY a "aaaaaaaaaa">' + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(20)) + b"]><KeePassFile><Root><Group><Name>&u;</Name></Group></Root></KeePassFile>"), "document type"),
    ("XML with 1,000,000 attributes", lambda path: path.write_bytes(XML + b"<KeePassFile><Root><Group" + b"".join(b' a%d=""' % n for n in range(1_000_000)) + b"/></Root></KeePassFile>"), "too many attributes"),
    ("XML 100,000 deep", lambda path: path.write_bytes(XML + b"<KeePassFile><Root>" + b"<Group>" * 100_000), "too deep"),
    ("Bitwarden JSON 100,000 deep", lambda path: path.write_bytes(b'{"encrypted":false,"folders":[],"items":[' + b"[" * 100_000 + b"]" * 100_000 + b"]}"), "not an object"),
    ("CXF 100,000 deep", lambda path: path.write_bytes(b'{"version":{"major":1,"minor":0},"exporterRpId":"a","exporterDisplayName":"a","timestamp":1,"accounts":[{"id":"a","collections":' + b'[{"subCollections":' * 100_000 + b"[]" + b"}]" * 100_000 + b',"items":[]}]}'), "too deep"),
    ("a KDBX that asks for 1 TiB", lambda path: kdbx(path, 1 << 40), "key derivation"),
    ("a KDBX that asks for 4,000,000,000 passes", lambda path: kdbx(path, 64 << 20, 4_000_000_000), "key derivation"),
]


def measure_hostile(folder):
    print("\n| file | refused with | seconds | peak MiB |")
    print("|---|---|---|---|")
    for what, write, words in HOSTILE:
        source = folder / "source"
        write(source)
        state, seconds, memory, told = in_new_vault(folder, "import", source)
        told += (folder / "out").read_text(errors="replace")
        line = next((line for line in told.splitlines() if words in line), None)
        assert state != 0 and line is not None, (what, state, told)
        print(f"| {what} | {line.strip()} | {seconds:.2f} | {memory:.0f} |", flush=True)


def main(arguments):
    counts = [int(each) for each in arguments] or [100_000, 1_000_000]
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/tmp")) as folder:
        measure_rows(pathlib.Path(folder), [count for count in counts if count])
        measure_hostile(pathlib.Path(folder))


main(sys.argv[1:])
