"""Runs tests/reader.py over the vectors of a folder (its README.md says what they are)."""

import json, os, struct, sys
import reader
from reader import Bad, STEP, need


def unhex(text):
    words = [word.partition("*") for word in text.split()]
    return b"".join(bytes.fromhex(digits) * int(times or 1) for digits, _, times in words)


def outcome(test, *arguments):
    try:
        return test(*arguments)
    except Bad as bad:
        return str(bad)


def fix_digest(file):
    file[96:128] = reader.sha256(bytes(file[:96] + file[128:]))


def changed(folder, vector):
    file = bytearray(base(folder, vector["base"]))
    for change in vector.get("changes", []):
        match change:
            case "fix_digest":
                fix_digest(file)
            case {"put": {"at": at, "hex": digits}}:
                data = unhex(digits)
                file[at:at + len(data)] = data
            case {"remove": {"at": at, "len": count}}:
                del file[at:at + count]
            case {"truncate": count}:
                del file[count:]
            case {"append": digits}:
                file += unhex(digits)
            case {"copy": {"at": at, "of": of, "from": start, "len": count}}:
                file[at:at + count] = base(folder, of)[start:start + count]
            case _:
                sys.exit(f"unknown change {change}")
    return bytes(file)


def base(folder, name):
    with open(os.path.join(folder, "vaults", name + ".tresor"), "rb") as source:
        return source.read()


def file(folder, vector):
    data = changed(folder, vector)
    slots, strict = reader.check(data, vector.get("length", len(data)))
    if "vault_key" in vector:
        key = unhex(vector["vault_key"])
    elif "recovery_code" in vector or "password" in vector:
        secret = {}
        if "recovery_code" in vector:
            secret["code"] = reader.recovery_code(vector["recovery_code"].encode())
        else:
            secret["password"] = reader.passphrase(vector["password"].encode())
        if "key_file" in vector:
            secret["file_key"] = reader.key_file(unhex(vector["key_file"]))
        key, slot = reader.unlock(data, slots, **secret)
        need(vector.get("slot", slot) == slot, f"opened by slot {slot}")
    else:
        return "checked"
    content = reader.content(data, key, strict)
    if "changes" not in vector:
        with open(os.path.join(folder, "vaults", vector["base"] + ".json")) as expected:
            need(content == json.load(expected), "another content")
    return "opens read-only" if content["read_only"] else "opens"


def payload(folder, vector):
    body = unhex(vector["body"])
    right = b"TRSP\1\0\0\0" + struct.pack("<QQ", len(body), 1000) + bytes(104)
    text = (unhex(vector["inner"]) if "inner" in vector else right) + body + unhex(vector.get("after", ""))
    _, _, (_, _, records) = reader.payload(text + bytes(-len(text) % STEP), True)
    return "opens read-only" if reader.critical(records) else "opens"


def passphrase(folder, vector):
    return reader.passphrase(unhex(vector["given"]), vector.get("line", False)).hex()


def key_file(folder, vector):
    return reader.key_file(unhex(vector["given"])).hex()


def recovery_code(folder, vector):
    return reader.recovery_code(unhex(vector["given"])).hex()


def field(folder, vector):
    place = [unhex(vector[name]) for name in ("vault_key", "vault_id", "record")]
    return reader.unseal(*place, vector["tag"], unhex(vector.get("field", "")), unhex(vector["value"])).hex()


def size(folder, vector):
    content, least = vector["content"], vector["least"]
    e = content.bit_length() - 1
    unit = 1 << e - e.bit_length()
    padme = -(-content // unit) * unit
    need(padme <= STEP * reader.MAX_STEPS, "TooLarge")
    return str(min(-(-max(padme, least) // STEP), reader.MAX_STEPS) * STEP)


def key(folder, vector):
    name, size = {"vk_id": ("vkid", 16), "nonce_key": ("nonce", 32), "state_key": ("state", 32),
                  "field_key || field_nonce_key": ("field", 64),
                  "payload_key || payload_commit": ("payload", 64)}[vector["name"]]
    info = unhex(vector["vault_id"]) + unhex(vector.get("payload_nonce", ""))
    return reader.expand(unhex(vector["vault_key"]), reader.label(name) + info, size).hex()


TESTS = {"files": file, "payloads": payload, "passphrases": passphrase, "key_files": key_file, "fields": field,
         "recovery_codes": recovery_code, "sizes": size, "keys": key}
UNREAD = {"merges"}  # a reader does not merge


def run(folder):
    names = {name.removesuffix(".json") for name in os.listdir(folder) if name.endswith(".json")}
    if names != {*TESTS, *UNREAD}:
        sys.exit(f"vectors that this reader does not know: {names ^ {*TESTS, *UNREAD}}")
    total = wrong = 0
    for group, test in TESTS.items():
        with open(os.path.join(folder, group + ".json")) as source:
            vectors = json.load(source)
        for vector in vectors:
            # The reasons behind an error's name are the other reader's own.
            found, expected = outcome(test, folder, vector), vector["expect"].partition(":")[0]
            if found != expected:
                print(f"{group}: {vector['name']}: expected {expected}, found {found}")
                wrong += 1
        total += len(vectors)
    total += landed(os.path.join(folder, "landed"))
    print(f"{total} vectors read, {wrong} wrong")
    return bool(wrong or not total)


def landed(folder):
    names = [name for name in os.listdir(folder) if name.endswith(".tresor")]
    for name in names:
        with open(os.path.join(folder, name), "rb") as source:
            data = source.read()
        with open(os.path.join(folder, name.replace(".tresor", ".json"))) as source:
            known = json.load(source)
        slots, strict = reader.check(data, len(data))
        key, _ = reader.unlock(data, slots, reader.passphrase(known["password"].encode()))
        if reader.content(data, key, strict) != known["content"]:
            sys.exit(f"{name}: another content")
    return len(names)
