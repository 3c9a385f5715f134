#!/usr/bin/env python3
"""A second reader of tresor vaults, written from docs/format.md alone.

    reader.py VAULT [--key-file FILE] [--recovery]      one line of standard input is the secret; prints JSON
    reader.py --vectors tests/vectors                   runs every vector

It shows that the specification is enough to get at one's data. It is no program to keep secrets with: it wipes nothing.
The sections named below are those of docs/format.md. Wants argon2-cffi and pynacl.
"""
import argparse, hashlib, hmac, json, re, struct, sys, unicodedata
from argon2.low_level import Type, hash_secret_raw
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as xcp_open
from nacl.exceptions import CryptoError

STEP, MAX_STEPS, MIB = 65536, 8192, 1 << 20
ALWAYS_SEALED = {5, 7, 8, 15, 20, 25, 128}
KNOWN = {*range(1, 29), *range(64, 68), 80, 96, *range(128, 133), 144, 145, 160, 176, 177}
HISTORY = {3: "title", 4: "username", 5: "password", 6: "url", 7: "note", 8: "totp", 9: "tag", 13: None, 19: "folder"}
FIELD_KINDS = ["text", "hidden", "date", "url", "totp", "question"]
BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BLANK = rb"[\t\n\f\r ]"

class Bad(Exception):
    """An error by its name in the specification."""

def need(right, name="Malformed"):
    if not right:
        raise Bad(name)

# Section 1

def u(data):
    return int.from_bytes(data, "little")

def label(text):
    return b"tresor/" + text.encode() + b"/1\0"

def sha256(data):
    return hashlib.sha256(data).digest()

def mac(key, data):
    return hmac.digest(key, data, "sha256")

def expand(prk, info, length):
    first = mac(prk, info + b"\1")
    return (first + mac(prk, first + info + b"\2"))[:length]

def decrypted(key, nonce, data, aad, error):
    try:
        return xcp_open(data, aad, nonce, key)
    except CryptoError:
        raise Bad(error)

# Section 4

def passphrase(typed, line=False):
    typed = re.sub(rb"\r?\n\Z", b"", typed, count=1) if line else typed
    try:
        text = typed.decode()
    except UnicodeDecodeError:
        raise Bad("PassphraseNotUtf8")
    need(all(unicodedata.category(letter) != "Cc" for letter in text), "PassphraseControlCharacter")
    normal = unicodedata.normalize("NFC", text).encode()
    need(normal, "PassphraseEmpty")
    need(len(normal) <= 1024, "PassphraseTooLong")
    return normal

def key_file(content):
    need(32 <= len(content) <= MIB, "KeyFileBroken")
    text = re.sub(rb"\A" + BLANK + b"*", b"", content.removeprefix(b"\xef\xbb\xbf"))
    if text[:12].upper() != b"TRESOR-KEY-1":
        return sha256(label("keyfile") + b"\0" + content)
    digits = re.sub(BLANK, b"", text[12:])
    need(re.fullmatch(rb"[0-9a-fA-F]{72}", digits), "KeyFileBroken")
    digits = bytes.fromhex(digits.decode())
    need(sha256(digits[:32])[:4] == digits[32:], "KeyFileBroken")
    return sha256(label("keyfile") + b"\1" + digits[:32])

def recovery_code(typed):
    letters = re.sub(BLANK + b"|-", b"", typed).upper().translate(bytes.maketrans(b"OIL", b"011"))
    need(re.fullmatch(f"[{BASE32}]{{36}}".encode(), letters), "RecoveryCodeShape")
    bits = 0
    for letter in letters.decode():
        bits = bits << 5 | BASE32.index(letter)
    code = (bits >> 20).to_bytes(20, "big")
    check = int.from_bytes(sha256(label("recovery") + code)[:3], "big") >> 4
    need(bits & 0xFFFFF == check, "RecoveryCodeChecksum")
    return code

# Sections 2, 3 and 12

def check(file, size):
    """Checks 1 to 6: the slots, and whether the minor version is the one that this reader knows."""
    need(file[:8] == b"\x89TRS\r\n\x1a\n", "NotAVault")
    right = size >= 128 and sha256(file[:96] + file[128:]) == file[96:128]
    too_large, major, length = size > 4096 + STEP * MAX_STEPS + 16, u(file[8:10]), u(file[32:40])
    need(size < 10 or major == 1 or not (too_large or right), "TooNew")
    steps, rest = divmod(length - 16, STEP)
    need(right and not too_large and length == size - 4096 and rest == 0 and 1 <= steps <= MAX_STEPS, "Damaged")
    strict = u(file[10:12]) == 0
    need(u(file[12:16]) == 4096 and not (strict and any(file[128:256])))
    slots = [file[at:at + 480] for at in range(256, 4096, 480)]
    for slot in slots:
        need(slot[0] != 0 or not any(slot))
        if slot[0] in (1, 2, 3):
            need(slot[1] == (slot[0] != 3) and (slot[0] != 3 or not any(slot[4:32])))
            need(not (strict and (any(slot[2:4]) or any(slot[152:]))))
    derived = {(slot[16:32], slot[4:16]) for slot in slots if slot[0] in (1, 2)}
    need(any(slot[0] for slot in slots) and len({salt for salt, _ in derived}) == len(derived) <= 3)
    for slot in slots:
        m, t, p = struct.unpack("<III", slot[4:16])
        if slot[0] in (1, 2):
            need(m <= 4 * MIB and t <= 1024 and p <= 16 and m * t <= 16 * MIB, "KdfTooHigh")
            need(m >= 8192 and t and p, "KdfTooLow")
    return slots, strict

def unlock(file, slots, password=None, file_key=None, code=None):
    """Check 7: VK and the index of the slot that opened."""
    vault_id, derived, found = file[16:32], {}, []
    for kind in [3] if code else [2, 1] if file_key else [1]:
        for index, slot in ((index, slot) for index, slot in enumerate(slots) if slot[0] == kind):
            if kind != 3 and slot[4:32] not in derived:
                m, t, p = struct.unpack("<III", slot[4:16])
                derived[slot[4:32]] = hash_secret_raw(password, slot[16:32], t, m, p, 32, Type.ID, 0x13)
            ikm = code or derived[slot[4:32]] + (file_key if kind == 2 else b"")
            keys = expand(mac(slot[32:48], ikm), label("slot") + vault_id + slot[:48], 64)
            if hmac.compare_digest(keys[32:], slot[48:80]):
                aad = label("wrap") + vault_id + slot[:80] + slot[152:]
                found.append((decrypted(keys[:32], slot[80:104], slot[104:152], aad, "SlotTampered"), index))
                if payload_keys(file, found[-1][0])[32:] == file[64:96]:
                    return found[-1]
    if found:
        return found[0]
    kinds = {slot[0] for slot in slots}
    raise Bad("MissingKeyFile" if password and not file_key and 2 in kinds and 1 not in kinds else "WrongSecret")

# Section 6

def payload_keys(file, key):
    return expand(key, label("payload") + file[16:32] + file[40:64], 64)

def plaintext(file, key):
    """Checks 8 and 9."""
    keys = payload_keys(file, key)
    need(hmac.compare_digest(keys[32:], file[64:96]), "KeyMismatch")
    return decrypted(keys[:32], file[40:64], file[4096:], file[:96] + file[128:4096], "Tampered")

def payload(text, strict):
    """Check 10: the inner header, the body's bytes and what they say."""
    need(text[:6] == b"TRSP\1\0" and not (strict and (any(text[6:8]) or any(text[112:128]))))
    size, generation = struct.unpack("<QQ", text[8:24])
    need(0 < generation < 1 << 63 and 128 + size <= len(text) and not any(text[128 + size:]))
    inner = {"generation": generation, "writer": text[24:40].hex(), "parent": text[40:72].hex(),
             "saved_at": u(text[72:80]), "other_parent": text[80:112].hex()}
    return inner, text[128:128 + size], body(text[128:128 + size], generation)

# Section 7

class Cursor:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        need(self.at + count <= len(self.data))
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, size):
        return u(self.take(size))

    def list(self, most, least, item):
        count = self.number(8)
        need(count <= most and count * least <= len(self.data) - self.at)
        return [item() for _ in range(count)]

def ascending(items):
    need(all(a < b for a, b in zip(items, items[1:])))

def body(data, generation):
    """Writers, stamps and records; a cell is (tag, field, stamp, flags, version, value), b"" for no field."""
    cursor = Cursor(data)

    def cell():
        tag, option = cursor.number(2), cursor.number(1)
        field = cursor.take(16) if option else b""
        need(option < 2 and field != bytes(16))
        stamp, flags, version, size = (cursor.number(size) for size in (4, 1, 1, 8))
        need(size <= MIB)
        value = cursor.take(size)
        need(flags in (0, 1) or flags in (2, 4) and not value)
        need(flags or version or tag not in ALWAYS_SEALED)
        return tag, field, stamp, flags, version, value

    def record():
        kind, id, cells = cursor.number(2), cursor.take(16), cursor.list(16_000_000, 17, cell)
        ascending(cells)
        need(cells and not any(a[:3] == b[:3] and b[3] == 4 for a, b in zip(cells, cells[1:])))
        return kind, id, cells

    writers = cursor.list(256, 32, lambda: (cursor.take(16), cursor.number(8), cursor.number(8)))
    stamps = cursor.list(16_000_000, 32, lambda: (cursor.number(8), cursor.take(16), cursor.number(8)))
    records = cursor.list(2_000_000, 26, record)
    need(cursor.at == len(data))
    ascending([writer[0] for writer in writers])
    ascending(stamps)
    ascending([record[:2] for record in records])
    cells = [cell for record in records for cell in record[2]]
    need(len(cells) <= 16_000_000 and {cell[2] for cell in cells} == set(range(len(stamps))))
    need(all(each <= generation for each in [w[1] for w in writers] + [s[0] for s in stamps]))
    return writers, stamps, records

def critical(records):
    return any(cell[0] >= 0x8000 and cell[0] not in KNOWN for record in records for cell in record[2])

# Section 9

def unseal(key, vault_id, record, tag, field, value):
    keys = expand(key, label("field") + vault_id, 64)
    aad = label("field") + vault_id + record + struct.pack("<H", tag) + (field or bytes(16))
    need(len(value) > 40 and len(value) % 32 == 8, "FieldTampered")
    padded = decrypted(keys[:32], value[:24], value[24:], aad, "FieldTampered")
    size = u(padded[:4])
    need(-(4 + size) % 32 + 4 + size == len(padded) and not any(padded[4 + size:]), "FieldTampered")
    need(mac(keys[32:], aad + padded)[:24] == value[:24], "FieldTampered")
    return padded[4:4 + size]

# Sections 8 and 10

def text(data):
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Bad("unreadable")

class Entry:
    def __init__(self, key, vault_id, stamps, id, cells):
        self.key, self.vault_id, self.stamps, self.id, self.cells, self.fields = key, vault_id, stamps, id, cells, {}
        for cell in cells:
            self.fields.setdefault(cell[:2], []).append(cell)

    def current(self, tag, field=b""):
        kept = [cell for cell in self.fields.get((tag, field), []) if cell[3] != 4]
        return kept[-1] if kept and kept[-1][3] != 2 else None

    def number(self, size, tag, field=b"", missing=None):
        cell = self.current(tag, field)
        return u(cell[5]) if cell and cell[3:5] == (0, 0) and len(cell[5]) == size else missing

    def bytes(self, cell):
        need(cell[4] == 0, "unreadable")
        return unseal(self.key, self.vault_id, self.id, *cell[:2], cell[5]) if cell[3] == 1 else cell[5]

    def value(self, cell):
        """Text, sealed or not; none where there is none; or what is wrong."""
        try:
            return cell and text(self.bytes(cell))
        except Bad as bad:
            return {"error": str(bad)}

    def shown(self, cell):
        """Text that is looked at without opening it."""
        shown = self.value(cell) if cell and cell[3] == 0 else cell and {}
        return "(unreadable)" if isinstance(shown, dict) else shown or ""

    def ordered(self, tag):
        ids = [field for of, field in self.fields if of == tag and field and self.current(tag, field)]
        return sorted(ids, key=lambda id: (self.number(4, 12, id, 0xFFFFFFFF), self.fields[tag, id][0][2], id))

    def label(self, id):
        named = [cell for cell in self.fields.get((10, id), []) if cell[3] < 2]
        return self.shown(named[-1] if named else None)

    def field(self, id):
        cell = self.current(13, id)
        kind = self.number(1, 11, id, missing=int(cell[3] == 1))
        return {"label": self.label(id), "kind": FIELD_KINDS[kind if kind < 6 else 1], "value": self.value(cell)}

    def history(self):
        past = []
        for (tag, _), cells in self.fields.items():
            kept = [cell for cell in cells if cell[3] != 4]
            if tag in HISTORY and kept:
                now = kept[-1][5] if kept[-1][3] != 2 else None
                past += [cell for cell in kept[:-1] if cell[3] != 2 and cell[5] != now]
        return [{"field": HISTORY[cell[0]] or self.label(cell[1]), "value": self.value(cell),
                 "time": self.stamps[cell[2]][2]} for cell in sorted(past, key=lambda cell: cell[2])]

    def attachment(self, id):
        cell = self.current(14, id)
        cursor, content = Cursor(cell[5] if cell[3:5] == (0, 0) else b""), None
        try:
            name, size = text(cursor.take(cursor.number(8))), cursor.number(8)
            parts = cursor.list(MIB, 16, lambda: self.current(15, cursor.take(16)))
            need(cursor.at == len(cursor.data))
        except Bad:
            return None
        try:
            content = b"".join(self.bytes(part) for part in parts) if all(parts) else None
        except Bad:
            pass
        right = content is not None and len(content) == size
        return {"name": name, "length": size, "content": content.hex() if right else None}

    def json(self):
        content = [cell for cell in self.cells if cell[0] not in (1, 18, 22, 23, 24)]
        state = {1: "trash", 2: "gone"}.get(self.number(1, 1), "live")
        if state == "gone" and any(cell[3] != 4 for cell in content):
            state = "trash"
        first = self.fields.get((1, b""))
        created = modified = self.number(8, 22, missing=self.stamps[first[0][2]][2] if first else 0)
        if content:
            newest, told = max(cell[2] for cell in content), self.current(23)
            modified = self.stamps[newest][2]
            if told and told[2] >= newest:
                modified = self.number(8, 23, missing=modified)
        one = {name: self.shown(self.current(tag)) for name, tag in (("title", 3), ("username", 4), ("folder", 19))}
        secret = {name: self.value(self.current(tag)) for name, tag in (("password", 5), ("note", 7), ("totp", 8))}
        many = {name: [self.shown(self.current(tag, id)) for id in self.ordered(tag)]
                for name, tag in (("urls", 6), ("tags", 9))}
        return {**one, **secret, **many, "id": self.id.hex(), "state": state, "history": self.history(),
                "kind": self.shown(self.current(2)) or "login", "favourite": self.number(1, 18) == 1,
                "created": created, "modified": modified, "last_used": self.number(8, 24),
                "fields": [self.field(id) for id in self.ordered(13)],
                "attachments": [file for file in map(self.attachment, self.ordered(14)) if file]}

def content(file, key, strict):
    """All that a vault says: its entries, and digests of the rest."""
    inner, data, (_, stamps, records) = payload(plaintext(file, key), strict)
    values, vault_id = hashlib.sha256(), file[16:32]
    for _, id, cells in records:
        for tag, field, _, flags, _, value in cells:
            try:
                value = unseal(key, vault_id, id, tag, field, value) if flags == 1 else value
                values.update(len(value).to_bytes(8, "little") + value)
            except Bad:
                values.update(b"\xff" * 8)
    return {**inner, "vault_id": vault_id.hex(), "vk_id": expand(key, label("vkid") + vault_id, 16).hex(),
            "read_only": not strict or critical(records), "body": sha256(data).hex(), "values": values.hexdigest(),
            "entries": [Entry(key, vault_id, stamps, id, cells).json() for kind, id, cells in records if kind == 1]}

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("vault", "--key-file", "--vectors"):
        parser.add_argument(name, **({"nargs": "?"} if name == "vault" else {}))
    parser.add_argument("--recovery", action="store_true")
    given = parser.parse_args()
    if given.vectors:
        import reader_vectors
        return reader_vectors.run(given.vectors)
    with open(given.vault or parser.error("which vault?"), "rb") as source:
        file = source.read()
    try:
        slots, strict = check(file, len(file))
        line = sys.stdin.buffer.readline()
        secret = {"code": recovery_code(line)} if given.recovery else {"password": passphrase(line, line=True)}
        if given.key_file:
            with open(given.key_file, "rb") as source:
                secret["file_key"] = key_file(source.read())
        print(json.dumps(content(file, unlock(file, slots, **secret)[0], strict), indent=2, ensure_ascii=False))
    except Bad as bad:
        return f"{given.vault}: {bad}"

if __name__ == "__main__":
    sys.exit(main())
