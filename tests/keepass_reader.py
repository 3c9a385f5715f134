#!/usr/bin/env python3
"""What PyPI's pykeepass makes of a database of ours, as JSON.

    keepass_reader.py DATABASE      one line of standard input is the password

One object for each entry, in the order of the file. Wants pykeepass.
"""
import json, sys
from pykeepass import PyKeePass


def version(entry):
    return {
        "title": entry.title,
        "username": entry.username,
        "password": entry.password,
        "url": entry.url,
        "notes": entry.notes,
        "otp": entry.otp,
        "tags": entry.tags,
        "fields": entry.custom_properties,
        "hidden": sorted(name for name in entry.custom_properties if entry.is_custom_property_protected(name)),
        "modified": entry.mtime.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def whole(entry):
    return version(entry) | {
        "id": entry.uuid.hex,
        "folder": entry.group.path,
        "created": entry.ctime.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "expires": entry.expiry_time.strftime("%Y-%m-%dT%H:%M:%SZ") if entry.expires else None,
        "icon": entry.icon,
        "files": {file.filename: file.data.hex() for file in entry.attachments},
        "history": [version(past) for past in entry.history],
    }


database = PyKeePass(sys.argv[1], password=sys.stdin.readline().rstrip("\n"))
json.dump([whole(entry) for entry in database.entries], sys.stdout)
