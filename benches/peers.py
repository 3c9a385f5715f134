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
ROUNDS = 7


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


def best(commands, env, rounds=ROUNDS):
    """The best time and the greatest memory of each of several commands, run in turn, so that what else the machine
    does meets all of them alike. A command is its words, its standard input, and what it must print or None."""
    times, memory = [[] for _ in commands], [0] * len(commands)
    for _ in range(rounds):
        for at, (words, stdin, expected) in enumerate(commands):
            seconds, peak, out = run(words, stdin, env)
            assert expected is None or out.strip() == expected, (words, out)
            times[at].append(seconds)
            memory[at] = max(memory[at], peak)
    return [(min(seconds), peak) for seconds, peak in zip(times, memory)]


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


def secret_of(number):
    return f"Pa55-{number:012d}"


def get(vault, count):
    last = count - 1
    words = [TRESOR, "--vault", vault, "--password-stdin", "get", f"Site number {last}"]
    return words, PASSWORD + "\n", secret_of(last)


def peer_get(vault, count):
    last = count - 1
    path = f"/Folder {last % 50}/Site number {last}"
    words = ["keepassxc-cli", "show", "-q", "-s", "-a", "Password", vault, path]
    return words, PASSWORD + "\n", secret_of(last)


def add(vault, number):
    words = [TRESOR, "--vault", vault, "--password-stdin", "add", f"new {number}", "--secret-stdin"]
    return words, PASSWORD + "\nsecret\n"


def peer_add(vault, number):
    return ["keepassxc-cli", "add", "-q", "-p", vault, f"new {number}"], PASSWORD + "\nsecret\n"


def measure(folder, count, one, env):
    """Each with the key derivation left out: less what the same look-up costs among one entry, but for the
    bare start of the program."""
    ours, theirs = tresor_vault(folder, count, env), keepass_vault(folder, count, env)
    all_of = [get(ours, count), get(one[0], 1), ([TRESOR, "--vault", one[0], "--no-input", "verify"], "", None),
              peer_get(theirs, count), peer_get(one[1], 1), (["keepassxc-cli", "--version"], "", None)]
    (mine, memory), base, start, (peer, peer_memory), peer_base, peer_start = best(all_of, env)
    adds, peer_adds = [], []
    for number in range(3):
        adds.append(run(*add(ours, number), env)[0])
        peer_adds.append(run(*peer_add(theirs, number), env)[0])
    left_out, peer_left_out = base[0] - start[0], peer_base[0] - peer_start[0]
    return (mine - left_out, peer - peer_left_out, memory, peer_memory,
            min(adds) - left_out, min(peer_adds) - peer_left_out)


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
        one = tresor_vault(folder, 1, env), keepass_vault(folder, 1, env)
        print("| entries | get | keepassxc-cli | ratio | MiB | theirs | add and save | keepassxc-cli | ratio |")
        print("|---|---|---|---|---|---|---|---|---|")
        for size in sizes:
            mine, peer, memory, peer_memory, adding, peer_adding = measure(folder, size, one, env)
            print(f"| {size:,} | {mine * 1000:.0f} ms | {peer * 1000:.0f} ms | {mine / peer:.3f} "
                  f"| {memory:.0f} | {peer_memory:.0f} "
                  f"| {adding * 1000:.0f} ms | {peer_adding * 1000:.0f} ms | {adding / peer_adding:.3f} |", flush=True)


if __name__ == "__main__":
    main()
