#!/usr/bin/env python3
"""Whole processes beside a peer, in one run: tresor and keepassxc-cli on the same entries, and Argon2id beside
Debian's argon2 command. The key derivation is left out of both managers' times: from each is taken what the same
command costs on a vault of one entry, but for its bare start.

    cargo build --release && python3 benches/peers.py [100 1000 10000 100000]

Needs keepassxc-cli and argon2 (Debian packages keepassxc and argon2). Writes a table in Markdown.
"""
import csv
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
from xml.sax.saxutils import escape

ROOT = pathlib.Path(__file__).resolve().parent.parent
TRESOR = ROOT / "target/release/tresor"
PASSWORD = "benchmark password"
ROUNDS = 5


def entries(count):
    for n in range(count):
        note = "a note of some thirty characters" if n % 3 == 0 else ""
        yield (f"Site number {n}", f"user{n}@example.com", f"Pa55-{n:012d}",
               f"https://site{n}.example.com/login", f"Folder {n % 50}", note)


def run(command, stdin, env):
    """Seconds and peak memory in MiB of one process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, env=env)
    process.stdin.write(stdin.encode())
    process.stdin.close()
    out, err = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{command}: {err.decode()}")
    return seconds, usage.ru_maxrss / 1024, out.decode()


def best(command, stdin, env, expected=None, rounds=ROUNDS):
    runs = [run(command, stdin, env) for _ in range(rounds)]
    if expected is not None:
        assert all(out.strip() == expected for _, _, out in runs), runs[0]
    return min(seconds for seconds, _, _ in runs), max(memory for _, memory, _ in runs)


def tresor_vault(folder, count, env):
    source, vault = folder / f"{count}.csv", folder / f"{count}.tresor"
    with open(source, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow("url username password extra name grouping fav".split())
        for title, user, password, url, group, note in entries(count):
            writer.writerow([url, user, password, note, title, group, 0])
    base = [TRESOR, "--vault", vault, "--password-stdin"]
    run(base + ["init", "--kdf-memory", "64"], PASSWORD + "\n", env)
    seconds, memory, _ = run(base + ["import", source], PASSWORD + "\n", env)
    print(f"import of {count}: {seconds:.2f} s, {memory:.0f} MiB", file=sys.stderr)
    return vault


def keepass_vault(folder, count, env):
    source, vault = folder / f"{count}.xml", folder / f"{count}.kdbx"
    groups = {}
    for title, user, password, url, group, note in entries(count):
        strings = zip(("Title", "UserName", "Password", "URL", "Notes"), (title, user, password, url, note))
        body = "".join(f"<String><Key>{k}</Key><Value>{escape(v)}</Value></String>" for k, v in strings)
        groups.setdefault(group, []).append(f"<Entry>{body}</Entry>")
    with open(source, "w") as file:
        file.write("<KeePassFile><Meta/><Root><Group><Name>Root</Name>")
        for group, items in groups.items():
            file.write(f"<Group><Name>{group}</Name>{''.join(items)}</Group>")
        file.write("</Group></Root></KeePassFile>")
    run(["keepassxc-cli", "import", "-q", "-p", "-t", "100", source, vault], f"{PASSWORD}\n{PASSWORD}\n", env)
    return vault


def measure(folder, count, env):
    last = count - 1
    title, password = f"Site number {last}", f"Pa55-{last:012d}"
    ours, theirs = tresor_vault(folder, count, env), keepass_vault(folder, count, env)
    base = [TRESOR, "--vault", ours, "--password-stdin"]
    get = best(base + ["get", title], PASSWORD + "\n", env, password)
    start = best([TRESOR, "--vault", ours, "--no-input", "verify"], "", env)
    peer = ["keepassxc-cli"]
    path = f"/Folder {last % 50}/{title}"
    peer_get = best(peer + ["show", "-q", "-s", "-a", "Password", theirs, path], PASSWORD + "\n", env, password)
    peer_start = best(peer + ["--version"], "", env)
    add, peer_add = [], []
    for n in range(3):
        add.append(run(base + ["add", f"new {n}", "--secret-stdin"], f"{PASSWORD}\nsecret\n", env)[0])
        peer_add.append(run(peer + ["add", "-q", "-p", theirs, f"new {n}"], f"{PASSWORD}\nsecret\n", env)[0])
    return {"get": get, "start": start, "add": min(add),
            "peer get": peer_get, "peer start": peer_start, "peer add": min(peer_add)}


def argon2(env):
    """Argon2id at the default cost, ours and Debian's, in turn."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        command = ["argon2", "saltsaltsaltsalt", "-id", "-k", str(256 * 1024), "-t", "3", "-p", "4", "-r"]
        theirs.append(run(command, PASSWORD, env)[0])
        bench = ROOT / "target/release/examples/derive"
        ours.append(run([bench, str(256 * 1024), "3", "4"], PASSWORD, env)[0])
    return min(ours), min(theirs)


def main():
    sizes = [int(size) for size in sys.argv[1:]] or [100, 1000, 10000, 100000]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        env = dict(os.environ, HOME=name, XDG_DATA_HOME=name, XDG_STATE_HOME=f"{name}/state",
                   XDG_CONFIG_HOME=f"{name}/config", QT_QPA_PLATFORM="offscreen")
        ours, theirs = argon2(env)
        print(f"Argon2id, 256 MiB, 3 passes, 4 lanes: tresor {ours * 1000:.0f} ms, "
              f"argon2 {theirs * 1000:.0f} ms, ratio {ours / theirs:.2f}\n")
        one = measure(folder, 1, env)
        print("| entries | get | keepassxc-cli | ratio | MiB | theirs | add and save | keepassxc-cli | ratio |")
        print("|---|---|---|---|---|---|---|---|---|")
        for size in sizes:
            it = measure(folder, size, env)
            get = it["get"][0] - one["get"][0] + one["start"][0]
            peer_get = it["peer get"][0] - one["peer get"][0] + one["peer start"][0]
            add = it["add"] - one["get"][0] + one["start"][0]
            peer_add = it["peer add"] - one["peer get"][0] + one["peer start"][0]
            print(f"| {size:,} | {get * 1000:.0f} ms | {peer_get * 1000:.0f} ms | {get / peer_get:.3f} "
                  f"| {it['get'][1]:.0f} | {it['peer get'][1]:.0f} "
                  f"| {add * 1000:.0f} ms | {peer_add * 1000:.0f} ms | {add / peer_add:.3f} |", flush=True)


if __name__ == "__main__":
    main()
