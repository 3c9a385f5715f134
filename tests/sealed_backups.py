"""Writes tests/fixtures/sealed: what stands in plain in tests/fixtures/trees, encrypted as Aegis and andOTP do it.

Run it by hand, in this folder; the files are committed. An independent witness: nothing of the program is used.
Needs `cryptography`.
"""

import base64
import hashlib
import json
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TREES, SEALED = Path("fixtures/trees"), Path("fixtures/sealed")
PASSWORD = "correct 🐎".encode()


def fill(name, length):
    """Bytes that are the same at each run."""
    return hashlib.sha256(name.encode()).digest()[:length]


def gcm(key, nonce, text):
    sealed = AESGCM(key).encrypt(nonce, text, None)
    return sealed[:-16], sealed[-16:]


def params(nonce, tag):
    return {"nonce": nonce.hex(), "tag": tag.hex()}


def slot(name, kind, wrapper, master, **more):
    nonce = fill(name + " nonce", 12)
    key, tag = gcm(wrapper, nonce, master)
    return {"type": kind, "uuid": name, "key": key.hex(), "key_params": params(nonce, tag), **more}


def password_slot(name, password, master, n):
    salt = fill(name + " salt", 32)
    wrapper = hashlib.scrypt(password, salt=salt, n=n, r=8, p=1, maxmem=1 << 28, dklen=32)
    return slot(name, 1, wrapper, master, n=n, r=8, p=1, salt=salt.hex(), repaired=True)


def aegis(plain):
    master, nonce = fill("master", 32), fill("database", 12)
    database, tag = gcm(master, nonce, json.dumps(plain["db"]).encode())
    slots = [
        slot("finger", 2, fill("phone", 32), master),
        password_slot("other", b"another password", master, 1 << 10),
        password_slot("usual", PASSWORD, master, 1 << 15),
    ]
    header = {"slots": slots, "params": params(nonce, tag)}
    return json.dumps({"version": 1, "header": header, "db": base64.b64encode(database).decode()}).encode()


def andotp(plain, rounds):
    salt, nonce = fill("salt", 12), fill("nonce", 12)
    key = hashlib.pbkdf2_hmac("sha1", PASSWORD, salt, rounds, 32)
    return rounds.to_bytes(4, "big") + salt + nonce + b"".join(gcm(key, nonce, plain))


def earlier_andotp(plain):
    nonce = fill("nonce", 12)
    return nonce + b"".join(gcm(hashlib.sha256(PASSWORD).digest(), nonce, plain))


SEALED.mkdir(exist_ok=True)
codes = next(TREES.glob("andotp-json.*")).read_bytes()
(SEALED / "aegis.json").write_bytes(aegis(json.loads(next(TREES.glob("aegis-json.*")).read_bytes())))
(SEALED / "andotp.json.aes").write_bytes(andotp(codes, 150_000))
(SEALED / "andotp-earlier.json.aes").write_bytes(earlier_andotp(codes))
