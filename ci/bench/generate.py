#!/usr/bin/env python3
"""Writes a target, scenarios, and hurl files that send the same requests with the same assertions.

generate.py OUT [--scenarios N] [--steps M] [--base URL] [--path PATH] [--first-path PATH] [--requests-per-minute R]

OUT/target.toml, OUT/scenarios/sNNNNN.toml, OUT/hurl/sNNNNN.hurl. Each step sends GET /item, and expects status 200 and
`$.status` "healthy". fivewhys mints an HS256 token for each request; hurl sends a fixed one.
"""
import argparse
import os

TARGET = '''default = "bench"

[target.bench]
backend = "{base}"
auth = "{base}"
evidence = ["edge"]
validation = "unknown"
signing_secret = ["env:BENCH_SECRET"]
probes = {{ test_headers = false }}
budget = {{ run = "10m", requests_per_minute = {rate} }}

[target.bench.claims]
iss = "bench"
aud = "bench"
ttl = "5m"

[target.bench.user.primary]
sub = "bench-user"
email = "bench@example.com"
permissions = ["read"]

[target.bench.endpoint."backend.health"]
role = "health"
path = "/health"
accept = {{ status = 200, json = {{ path = "$.status", is = "healthy" }} }}

[target.bench.endpoint."backend.item"]
path = "/item"
token_locations = ["header"]
accept = {{ status = 200 }}
'''
STEP = '''
[[step]]
id = "r{number:05}"
call = "backend.item"
path = "{path}"
token = "valid"
[step.expect]
status = 200
json = [{{ path = "$.status", is = "healthy" }}]
'''
HURL = '''GET {base}{path}
Authorization: Bearer fixed-token
HTTP 200
[Asserts]
jsonpath "$.status" == "healthy"

'''


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('out')
    parser.add_argument('--scenarios', type=int, default=1)
    parser.add_argument('--steps', type=int, default=1)
    parser.add_argument('--base', default='http://127.0.0.1:21001')
    parser.add_argument('--path', default='/item')
    parser.add_argument('--first-path', help='the path of the first scenario, for example /delay/5000')
    parser.add_argument('--requests-per-minute', type=int, default=60_000_000)
    given = parser.parse_args()
    os.makedirs(f'{given.out}/scenarios', exist_ok=True)
    os.makedirs(f'{given.out}/hurl', exist_ok=True)
    with open(f'{given.out}/target.toml', 'w') as file:
        file.write(TARGET.format(base=given.base, rate=given.requests_per_minute))
    for number in range(given.scenarios):
        path = given.first_path if number == 0 and given.first_path else given.path
        with open(f'{given.out}/scenarios/s{number:05}.toml', 'w') as file:
            file.write(f'title = "Bench {number}"\n')
            file.writelines(STEP.format(number=step, path=path) for step in range(given.steps))
        with open(f'{given.out}/hurl/s{number:05}.hurl', 'w') as file:
            file.writelines(HURL.format(base=given.base, path=path) for _ in range(given.steps))


main()
