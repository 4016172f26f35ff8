"""Prints rows for many open sockets: sockets.py PROGRAM PORT USERS RAMP HOLD.

One event a second and socket, sent back by echo.py. Latency counts from the time at which the message was due, so it
includes the time of the server. Memory is the largest resident size above that of a run with one user.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

TARGET = """default = "echo"
[target.echo]
backend = "http://127.0.0.1:{port}"
auth = "none"
signing_secret = "env:BENCH_SECRET"
claims.iss = "bench"
user.one = {{ sub = "1", email = "one@example.com" }}
load = {{ users = 2000, rate = 2000, duration = "5m" }}
budget.run = "5m"
[target.echo.endpoint."backend.socket"]
kind = "websocket"
path = "/"
token_locations = ["header"]
event_name = "$.type"
accept = {{ status = 101 }}
"""

SCENARIO = """title = "A message comes back"
tags = ["load"]
[[step]]
id = "send"
call = "backend.socket"
send = [{ type = "event", text = "{marker}" }]
[step.expect]
events = ["event"]
terminal = "event"
"""


def run(program, folder, users, ramp, hold):
    report = folder / f"{users}.json"
    command = [program, "smoke", "-q", "--config", folder / "target.toml", "--scenarios", folder / "scenarios",
               "--users", str(users), "--ramp", ramp, "--hold", hold, "--rate", str(users), "--report", f"json={report}"]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    return json.loads(report.read_text())["load"], usage.ru_maxrss


def main():
    program, port, users, ramp, hold = sys.argv[1:]
    os.environ.setdefault("BENCH_SECRET", "0" * 40)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "target.toml").write_text(TARGET.format(port=port))
        (folder / "scenarios").mkdir()
        (folder / "scenarios" / "echo.toml").write_text(SCENARIO)
        _, idle = run(program, folder, 1, "0s", "3s")
        load, most = run(program, folder, int(users), ramp, hold)
    by_kind = {one["kind"]: one for one in load["latency"]}
    events = by_kind["websocket"]
    what = f"{load['sockets']} sockets held {hold}, one event a second"
    print(f"| {what}: lost | events | {load['calls'] - load['served']} of {load['calls']} |  |  | 0 |")
    print(f"| {what}: delivery, p50 / p99 | wall | {events['p50_ms']:.1f} / {events['p99_ms']:.1f} ms |  |  | p99 ≤ 20 ms |")
    print(f"| {what}: memory of a socket | RSS | {(most - idle) / max(load['sockets'], 1):.1f} KiB |  |  | ≤ 60 KiB |")


main()
