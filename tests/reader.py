#!/usr/bin/env python3
"""A second reader of tresor vaults, written from docs/format.md alone.

    reader.py VAULT [--key-file FILE] [--recovery]      one line of standard input is the secret; prints JSON
    reader.py --vectors tests/vectors                   runs every vector

It shows that the specification is enough to get at one's data. It is no program to keep secrets with: it wipes nothing.
Section numbers are those of docs/format.md. Wants argon2-cffi and pynacl.
"""
import argparse, hashlib, hmac, json, os, re, struct, sys, unicodedata
from argon2.low_level import Type, hash_secret_raw
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as xcp_open

STEP, MAX_STEPS, MIB = 65536, 8192, 1 << 20
ALWAYS_SEALED = {5, 7, 8, 15, 20, 25, 128}
KNOWN = {*range(1, 29), *range(64, 68), 80, 96, *range(128, 133), 144, 145, 160, 176, 177}
NAMES = {3: "title", 4: "username", 5: "password", 6: "url", 7: "note", 8: "totp", 9: "tag", 13: None, 19: "folder"}
FIELD_KINDS = ["text", "hidden", "date", "url", "totp", "question"]
BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Bad(Exception):
    """An error by its name in the specification."""


def need(right, name):
    if not right:
        raise Bad(name)


def u(data):
    return int.from_bytes(data, "little")


def sha256(data):
    return hashlib.sha256(data).digest()


def mac(key, data):
    return hmac.new(key, data, "sha256").digest()


def expand(prk, info, length):
    out = last = b""
    for count in range(1, 3):
        last = mac(prk, last + info + bytes([count]))
        out += last
    return out[:length]


def label(text):
    return b"tresor/" + text.encode() + b"/1\0"


def opened(key, nonce, data, aad):
    try:
        return xcp_open(data, aad, nonce, key)
    except Exception:
        return None


# Section 4

def passphrase(typed, line=False):
    if line:
        typed = re.sub(rb"\r?\n\Z", b"", typed, count=1)
    try:
        text = typed.decode("utf-8")
    except UnicodeDecodeError:
        raise Bad("PassphraseNotUtf8")
    need(all(unicodedata.category(letter) != "Cc" for letter in text), "PassphraseControlCharacter")
    normal = unicodedata.normalize("NFC", text).encode()
    need(normal, "PassphraseEmpty")
    need(len(normal) <= 1024, "PassphraseTooLong")
    return normal


def key_file(content):
    need(32 <= len(content) <= MIB, "KeyFileBroken")
    text = content.removeprefix(b"\xef\xbb\xbf").lstrip(b"\t\n\f\r ")
    if text[:12].upper() != b"TRESOR-KEY-1":
        return sha256(label("keyfile") + b"\0" + content)
    digits = re.sub(rb"[\t\n\f\r ]", b"", text[12:])
    need(re.fullmatch(rb"[0-9a-fA-F]{72}", digits), "KeyFileBroken")
    key, check = bytes.fromhex(digits[:64].decode()), bytes.fromhex(digits[64:].decode())
    need(sha256(key)[:4] == check, "KeyFileBroken")
    return sha256(label("keyfile") + b"\1" + key)


def recovery_code(typed):
    letters = re.sub(r"[\t\n\f\r -]", "", typed.decode("utf-8", "replace"))
    letters = re.sub("[a-z]", lambda letter: letter[0].upper(), letters)
    letters = letters.replace("O", "0").replace("I", "1").replace("L", "1")
    need(len(letters) == 36 and all(letter in BASE32 for letter in letters), "RecoveryCodeShape")
    number = 0
    for letter in letters:
        number = number << 5 | BASE32.index(letter)
    code = (number >> 20).to_bytes(20, "big")
    check = int.from_bytes(sha256(label("recovery") + code)[:3], "big") >> 4
    need(number & 0xFFFFF == check, "RecoveryCodeChecksum")
    return code


# Sections 2, 3 and 12

def check(file, size):
    """Checks 1 to 6: the header and its slots."""
    need(file[:8] == b"\x89TRS\r\n\x1a\n", "NotAVault")
    need(size >= 10, "Damaged")
    right = size >= 128 and sha256(file[:96] + file[128:]) == file[96:128]
    too_large, major = size > 4096 + STEP * MAX_STEPS + 16, u(file[8:10])
    need(major == 1 or not (too_large or right), "TooNew")
    steps, rest = divmod(u(file[32:40]) - 16, STEP)
    need(size >= 4096 and not too_large, "Damaged")
    need(rest == 0 and 1 <= steps <= MAX_STEPS and u(file[32:40]) == size - 4096 and right, "Damaged")
    strict = u(file[10:12]) == 0
    need(u(file[12:16]) == 4096 and not (strict and any(file[128:256])), "Malformed")
    slots = [file[at:at + 480] for at in range(256, 4096, 480)]
    for slot in slots:
        if slot[0] == 0:
            need(not any(slot), "Malformed")
        if slot[0] in (1, 2, 3):
            need(slot[1] == (slot[0] != 3), "Malformed")
            need(slot[0] != 3 or not any(slot[4:32]), "Malformed")
            need(not (strict and (any(slot[2:4]) or any(slot[152:]))), "Malformed")
    need(any(slot[0] for slot in slots), "Malformed")
    derived = {(slot[16:32], slot[4:16]) for slot in slots if slot[0] in (1, 2)}
    need(len({salt for salt, _ in derived}) == len(derived) <= 3, "Malformed")
    for slot in slots:
        m, t, p = struct.unpack("<III", slot[4:16])
        if slot[0] in (1, 2):
            need(m <= 4 * MIB and t <= 1024 and p <= 16 and m * t <= 16 * MIB, "KdfTooHigh")
            need(m >= 8192 and t and p, "KdfTooLow")
    return slots, strict


def unlock(file, slots, password=None, file_key=None, code=None):
    """Check 7: VK and the index of the slot that opened."""
    vault_id, derived = file[16:32], {}
    for kind in [3] if code else [2, 1] if file_key else [1]:
        for index, slot in enumerate(slots):
            if slot[0] != kind:
                continue
            ikm = code
            if kind != 3:
                if slot[4:32] not in derived:
                    m, t, p = struct.unpack("<III", slot[4:16])
                    derived[slot[4:32]] = hash_secret_raw(password, slot[16:32], t, m, p, 32, Type.ID, 0x13)
                ikm = derived[slot[4:32]] + (file_key if kind == 2 else b"")
            keys = expand(mac(slot[32:48], ikm), label("slot") + vault_id + slot[:48], 64)
            if hmac.compare_digest(keys[32:], slot[48:80]):
                key = opened(keys[:32], slot[80:104], slot[104:152],
                             label("wrap") + vault_id + slot[:80] + slot[152:])
                need(key, "SlotTampered")
                return key, index
    kinds = {slot[0] for slot in slots}
    raise Bad("MissingKeyFile" if password and not file_key and 2 in kinds and 1 not in kinds else "WrongSecret")


# Sections 6 and 7

class Cursor:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        need(self.at + count <= len(self.data), "Malformed")
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, size):
        return u(self.take(size))

    def list(self, most, least, item):
        count = self.number(8)
        need(count <= most and count * least <= len(self.data) - self.at, "Malformed")
        return [item() for _ in range(count)]


def ascending(items, key=lambda item: item):
    keys = [key(item) for item in items]
    need(all(a < b for a, b in zip(keys, keys[1:])), "Malformed")


def body_of(data, generation):
    """Writers, stamps and records; a cell is (tag, field, stamp, flags, version, value), b"" for no field."""
    cursor = Cursor(data)

    def cell():
        tag, option = cursor.number(2), cursor.number(1)
        need(option < 2, "Malformed")
        field = cursor.take(16) if option else b""
        need(field != bytes(16), "Malformed")
        stamp, flags, version = cursor.number(4), cursor.number(1), cursor.number(1)
        size = cursor.number(8)
        need(size <= MIB, "Malformed")
        value = cursor.take(size)
        need(flags in (0, 1, 2, 4) and not (flags > 1 and value), "Malformed")
        need(flags or version or tag not in ALWAYS_SEALED, "Malformed")
        return tag, field, stamp, flags, version, value

    def record():
        kind, id, cells = cursor.number(2), cursor.take(16), cursor.list(8_000_000, 17, cell)
        need(cells, "Malformed")
        ascending(cells)
        need(not any(a[:3] == b[:3] and b[3] == 4 for a, b in zip(cells, cells[1:])), "Malformed")
        return kind, id, cells

    writers = cursor.list(256, 32, lambda: (cursor.take(16), cursor.number(8), cursor.number(8)))
    stamps = cursor.list(8_000_000, 32, lambda: (cursor.number(8), cursor.take(16), cursor.number(8)))
    records = cursor.list(1_000_000, 26, record)
    ascending(writers, lambda writer: writer[0])
    ascending(stamps)
    ascending(records, lambda record: record[:2])
    cells = [cell for record in records for cell in record[2]]
    need(len(cells) <= 8_000_000 and {cell[2] for cell in cells} == set(range(len(stamps))), "Malformed")
    need(all(each <= generation for each in [w[1] for w in writers] + [s[0] for s in stamps]), "Malformed")
    need(cursor.at == len(data), "Malformed")
    return writers, stamps, records


def payload_of(text, strict):
    """The inner header and the body of a plaintext."""
    need(text[:6] == b"TRSP\1\0" and not (strict and (any(text[6:8]) or any(text[112:128]))), "Malformed")
    size, generation = struct.unpack("<QQ", text[8:24])
    need(0 < generation < 1 << 63 and 128 + size <= len(text) and not any(text[128 + size:]), "Malformed")
    body = text[128:128 + size]
    return {"generation": generation, "writer": text[24:40].hex(), "parent": text[40:72].hex(),
            "saved_at": u(text[72:80]), "other_parent": text[80:112].hex()}, body, body_of(body, generation)


def decrypt(file, key):
    """Checks 8 and 9: the plaintext."""
    keys = expand(key, label("payload") + file[16:32] + file[40:64], 64)
    need(hmac.compare_digest(keys[32:], file[64:96]), "KeyMismatch")
    text = opened(keys[:32], file[40:64], file[4096:], file[:96] + file[128:4096])
    need(text, "Tampered")
    return text


# Section 9

def unseal(key, vault_id, record, tag, field, value):
    keys = expand(key, label("field") + vault_id, 64)
    aad = label("field") + vault_id + record + struct.pack("<H", tag) + (field or bytes(16))
    padded = opened(keys[:32], value[:24], value[24:], aad) if len(value) > 40 else None
    need(padded and len(padded) % 32 == 0, "FieldTampered")
    size = u(padded[:4])
    need(-(4 + size) % 32 + 4 + size == len(padded) and not any(padded[4 + size:]), "FieldTampered")
    need(mac(keys[32:], aad + padded)[:24] == value[:24], "FieldTampered")
    return padded[4:4 + size]


# Sections 8 and 10

class Entry:
    def __init__(self, key, vault_id, stamps, id, cells):
        self.key, self.vault_id, self.stamps, self.id = key, vault_id, stamps, id
        self.fields = {}
        for cell in cells:
            self.fields.setdefault(cell[:2], []).append(cell)

    def current(self, tag, field=b""):
        kept = [cell for cell in self.fields.get((tag, field), []) if cell[3] != 4]
        return kept[-1] if kept and kept[-1][3] != 2 else None

    def plain(self, tag, field=b"", size=None):
        """The bytes of a value that is not sealed, None if there is none that this version reads."""
        cell = self.current(tag, field)
        right = cell and cell[3] == 0 and cell[4] == 0 and size in (None, len(cell[5]))
        return cell[5] if right else None

    def number(self, tag, field=b"", size=8):
        value = self.plain(tag, field, size)
        return None if value is None else u(value)

    def shown(self, cell):
        """Text that is looked at without opening it."""
        try:
            return cell[5].decode() if cell[3] == 0 and cell[4] == 0 else "(unreadable)"
        except UnicodeDecodeError:
            return "(unreadable)"

    def text(self, tag):
        cell = self.current(tag)
        return self.shown(cell) if cell else ""

    def bytes(self, cell):
        need(cell[4] == 0, "unreadable")
        return cell[5] if cell[3] != 1 else unseal(self.key, self.vault_id, self.id, cell[0], cell[1], cell[5])

    def value(self, cell):
        try:
            return None if cell is None else self.bytes(cell).decode()
        except Bad as bad:
            return {"error": str(bad)}
        except UnicodeDecodeError:
            return {"error": "unreadable"}

    def ordered(self, tag):
        ids = [field for of, field in self.fields if of == tag and field and self.current(tag, field)]
        place = lambda id: (self.number(12, id, 4), self.fields[tag, id][0][2], id)
        return sorted(ids, key=lambda id: tuple(0xFFFFFFFF if part is None else part for part in place(id)))

    def label(self, id):
        named = [cell for cell in self.fields.get((10, id), []) if cell[3] < 2]
        return self.shown(named[-1]) if named else ""

    def kind(self, id):
        number = self.number(11, id, 1)
        if number is None:
            number = int(self.current(13, id)[3] == 1)
        return FIELD_KINDS[number if number < 6 else 1]

    def history(self):
        past = []
        for (tag, field), cells in self.fields.items():
            kept = [cell for cell in cells if cell[3] != 4]
            current = kept[-1][5] if kept and kept[-1][3] != 2 else None
            if tag in NAMES:
                past += [cell for cell in kept[:-1] if cell[3] != 2 and cell[5] != current]
        return [{"field": NAMES[cell[0]] or self.label(cell[1]), "value": self.value(cell),
                 "time": self.stamps[cell[2]][2]} for cell in sorted(past, key=lambda cell: cell[2])]

    def attachment(self, id):
        cursor = Cursor(self.plain(14, id) or b"")
        try:
            name, size = cursor.take(cursor.number(8)).decode(), cursor.number(8)
            parts = cursor.list(MIB, 16, lambda: self.current(15, cursor.take(16)))
            need(cursor.at == len(cursor.data), "Malformed")
        except (Bad, UnicodeDecodeError):
            return None
        try:
            content = b"".join(self.bytes(part) for part in parts) if all(parts) else b""
            content = content.hex() if all(parts) and len(content) == size else None
        except Bad:
            content = None
        return {"name": name, "length": size, "content": content}

    def json(self):
        content = [cell for cells in self.fields.values() for cell in cells if cell[0] not in (1, 18, 22, 23, 24)]
        state = {1: "trash", 2: "gone"}.get(self.number(1, size=1), "live")
        if state == "gone" and any(cell[3] != 4 for cell in content):
            state = "trash"
        first = self.fields.get((1, b""))
        created = self.number(22)
        if created is None:
            created = self.stamps[first[0][2]][2] if first else 0
        newest, modified = max((cell[2] for cell in content), default=None), created
        if newest is not None:
            told = self.current(23)
            modified = self.number(23) if told and told[2] >= newest else None
            modified = self.stamps[newest][2] if modified is None else modified
        return {
            "id": self.id.hex(), "state": state, "kind": self.text(2) or "login", "title": self.text(3),
            "username": self.text(4), "password": self.value(self.current(5)), "note": self.value(self.current(7)),
            "urls": [self.shown(self.current(6, id)) for id in self.ordered(6)], "folder": self.text(19),
            "totp": self.value(self.current(8)), "tags": [self.shown(self.current(9, id)) for id in self.ordered(9)],
            "favourite": self.number(18, size=1) == 1, "created": created, "modified": modified,
            "last_used": self.number(24), "history": self.history(),
            "fields": [{"label": self.label(id), "kind": self.kind(id), "value": self.value(self.current(13, id))}
                       for id in self.ordered(13)],
            "attachments": [file for file in map(self.attachment, self.ordered(14)) if file],
        }


def content_of(file, key, strict):
    inner, body, (_, stamps, records) = payload_of(decrypt(file, key), strict)
    values, vault_id = hashlib.sha256(), file[16:32]
    for _, id, cells in records:
        for tag, field, _, flags, _, value in cells:
            try:
                value = unseal(key, vault_id, id, tag, field, value) if flags == 1 else value
                values.update(len(value).to_bytes(8, "little") + value)
            except Bad:
                values.update(b"\xff" * 8)
    entries = [Entry(key, vault_id, stamps, id, cells).json() for kind, id, cells in records if kind == 1]
    return {**inner, "vault_id": vault_id.hex(), "vk_id": expand(key, label("vkid") + vault_id, 16).hex(),
            "read_only": not strict or critical(records), "body": sha256(body).hex(), "values": values.hexdigest(),
            "entries": entries}


def critical(records):
    return any(cell[0] >= 0x8000 and cell[0] not in KNOWN for record in records for cell in record[2])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vault", nargs="?")
    parser.add_argument("--key-file")
    parser.add_argument("--recovery", action="store_true")
    parser.add_argument("--vectors")
    given = parser.parse_args()
    if given.vectors:
        import reader_vectors
        return reader_vectors.run(given.vectors)
    with open(given.vault, "rb") as source:
        file = source.read()
    try:
        slots, strict = check(file, len(file))
        line = sys.stdin.buffer.readline()
        secret = {"code": recovery_code(line)} if given.recovery else {"password": passphrase(line, line=True)}
        if given.key_file:
            secret["file_key"] = key_file(open(given.key_file, "rb").read())
        key, _ = unlock(file, slots, **secret)
        print(json.dumps(content_of(file, key, strict), indent=2, ensure_ascii=False))
    except Bad as bad:
        sys.exit(f"{given.vault}: {bad}")


if __name__ == "__main__":
    sys.exit(main())
