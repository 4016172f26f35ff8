#!/usr/bin/env python3
"""Boots a system with each fault, runs `fivewhys smoke` against it, and prints the score.

    ./setup.sh HOME            # once: packages
    ./run.py SYSTEM --home HOME --bin PATH/fivewhys --keep DIR [--fault auth-frozen,...] [--doors edge,auth] [--set KEY=VALUE]
"""
import argparse, glob, json, os, shutil, signal, socket, sqlite3, subprocess, sys, tempfile, time
HERE = os.path.dirname(os.path.abspath(__file__))
# The address, and the port of the edge; then those of the backend, the auth service, and more.
SYSTEMS = {
    "spa-behind-caddy": ("127.0.0.43", 43000),
    "introspection-behind-haproxy": ("127.0.0.44", 44000),
    "authorizer-behind-nginx": ("127.0.0.53", 25300),
    "provider-behind-apache": ("127.0.0.54", 25400),
}
PASSWORDS = {"ADA_PASSWORD": "correct-horse-battery", "BOB_PASSWORD": "staple-staple-staple"}
ap = argparse.ArgumentParser()
ap.add_argument("system", choices=SYSTEMS)
ap.add_argument("--home", required=True)
ap.add_argument("--bin", default="fivewhys")
ap.add_argument("--fault", help="some faults, instead of all")
ap.add_argument("--keep", help="a folder for the reports and the logs")
ap.add_argument("--doors", default="edge,auth", help="the evidence that fivewhys may use")
ap.add_argument("--set", action="append", default=[])
ap.add_argument("--boot", action="store_true", help="boot the system with one fault and wait for Enter")
A = ap.parse_args()
HOME = os.path.abspath(A.home)
PY = f"{HOME}/venv/bin/python"
IP, BASE = SYSTEMS[A.system]
CODE = f"{HERE}/{A.system}"
FAULTS = json.load(open(f"{CODE}/faults.json"))
if A.keep: os.makedirs(A.keep, exist_ok=True)
FAKETIME = (glob.glob("/usr/lib/*/faketime/libfaketime.so.1") or [None])[0]


def port_open(p):
    with socket.socket() as s:
        s.settimeout(0.3)
        return s.connect_ex((IP, p)) == 0


def url(i, path=""):
    return f"http://{IP}:{BASE + i}{path}"


def ec_key(path):
    subprocess.run(f"openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt > {path}", shell=True, check=True)
    return open(path).read()


def modules_without(missing, to):
    """A node_modules in which one package is not installed."""
    os.makedirs(to)
    for src in glob.glob(f"{HOME}/node_modules/*") + glob.glob(f"{HOME}/node_modules/@*/*"):
        name = os.path.relpath(src, f"{HOME}/node_modules")
        if name[0] == "@" and "/" not in name:
            os.makedirs(f"{to}/{name}", exist_ok=True)
        elif name != missing:
            os.makedirs(os.path.dirname(f"{to}/{name}"), exist_ok=True)
            os.symlink(src, f"{to}/{name}")
    return to


class System:
    def __init__(self, name, fault):
        self.name, self.fault, self.dir = name, fault, tempfile.mkdtemp(prefix=f"{name}-")
        os.chmod(self.dir, 0o755)
        self.procs, self.envs = {}, {}
        shutil.copy(f"{CODE}/target.toml", self.dir)
        shutil.copytree(f"{CODE}/scenarios", f"{self.dir}/scenarios")

    def env(self, who, **e):
        for k, v in self.fault.get(who, {}).items():
            if v is None: e.pop(k, None)
            else: e[k] = v.replace("{dir}", self.dir)
        if who in self.fault.get("faketime", {}):
            e |= {"LD_PRELOAD": FAKETIME, "FAKETIME": self.fault["faketime"][who], "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
        if who in self.fault.get("clock", {}):       # waitress loses wake-ups under libfaketime
            os.makedirs(f"{self.dir}/clock", exist_ok=True)
            open(f"{self.dir}/clock/sitecustomize.py", "w").write(f"import time\nreal = time.time\ntime.time = lambda: real() + {self.fault['clock'][who]}\n")
            e["PYTHONPATH"] = f"{self.dir}/clock"
        return {"PATH": os.environ["PATH"], "HOME": self.dir, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1", "NODE_ENV": "production", **e}

    def start(self, who, cmd, **e):
        if who in self.fault.get("leave", []):
            return
        log = open(f"{self.dir}/{who}.log", "a")
        self.procs[who] = subprocess.Popen(cmd, cwd=self.dir, env=self.env(who, **e), stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)

    def node(self, who, script, port, **e):
        modules = modules_without(self.fault["not_installed"], f"{self.dir}/node_modules") if who == "backend" and "not_installed" in self.fault else f"{HOME}/node_modules"
        self.start(who, ["node", f"{CODE}/{script}"], HOST=IP, PORT=str(BASE + port), NODE_PATH=modules, **e)

    def python(self, who, script, port, **e):
        self.start(who, [PY, f"{CODE}/{script}"], HOST=IP, PORT=str(BASE + port), **e)

    def conf(self, template, **slots):
        t = open(f"{CODE}/{template}").read()
        for k, x in {**slots, **self.fault.get("edge", {}), "dir": self.dir, "edge_port": str(BASE), "backend_port": str(BASE + 1), "ip": IP}.items():
            t = t.replace("{" + k + "}", x)
        open(f"{self.dir}/{template}", "w").write(t)
        return f"{self.dir}/{template}"

    def wait_for(self, *ports):
        end = time.time() + 20
        while time.time() < end and not all(port_open(BASE + p) for p in ports):
            time.sleep(0.1)
        bad = [BASE + p for p in ports if not port_open(BASE + p)]
        if bad:
            raise RuntimeError(f"{self.name}: no listener at {bad}: " + "".join(open(f).read()[-600:] for f in glob.glob(f"{self.dir}/*.log")))

    def boot(self):
        exec(open(f"{CODE}/boot.py").read(), {**globals(), "self": self})
        absent = self.fault.get("leave", []) + self.fault.get("dies", [])
        self.wait_for(*[p for w, p in (("edge", 0), ("backend", 1), ("auth", 2)) if w not in absent])
        time.sleep(0.5 if not self.fault.get("dies") else 2)
        for who in self.fault.get("freeze", []):
            os.killpg(self.procs[who].pid, signal.SIGSTOP)
        for who in self.fault.get("kill", []):
            p = self.procs.pop(who); os.killpg(p.pid, signal.SIGTERM); p.wait()

    def redis(self):
        if "redis" not in self.fault.get("leave", []):
            self.start("redis", ["redis-server", "--bind", IP, "--port", str(BASE + 3), "--save", "", "--dir", self.dir])
            self.wait_for(3)
        return f"redis://{IP}:{BASE + 3}/0"

    def cli(self, *a):
        subprocess.run(["redis-cli", "-h", IP, "-p", str(BASE + 3), *a], check=True, stdout=subprocess.DEVNULL)

    def stop(self):
        for p in self.procs.values():
            for s in (signal.SIGCONT, signal.SIGTERM):
                try: os.killpg(p.pid, s)
                except ProcessLookupError: pass
        for p in self.procs.values():
            try: p.wait(5)
            except subprocess.TimeoutExpired: os.killpg(p.pid, signal.SIGKILL); p.wait()
        shutil.rmtree(self.dir, ignore_errors=True)
        end = time.time() + 5
        while time.time() < end and any(port_open(BASE + i) for i in range(6)):
            time.sleep(0.1)


def judge(fault, truth, rc, report, wall):
    r = {"rc": rc, "wall": round(wall, 1), "causes": []}
    if report is None:
        return r | {"verdict": "HANG" if rc is None else "NO REPORT", "noticed": False}
    causes = report["causes"]
    r["causes"] = [{"certainty": c["certainty"], "candidates": [c["fault"]] + [a["fault"] for a in c["alternatives"]], "explains": c["explains"]} for c in causes]
    r["findings"] = [f["id"] + ("!" if f["fails"] else "") for f in report["findings"]]
    r["noticed"] = report["outcome"] != "passed"
    if not truth:
        return r | {"verdict": "FALSE RED" if r["noticed"] or causes else "green"}
    hop = lambda f: f.split("@")[1] if f.startswith("unknown@") else f.split("/")[0]
    means, every = truth["means"], [f for c in r["causes"] for f in c["candidates"]]
    r["size"] = len(every)
    r["hop"] = bool(every) and hop(every[0]) in truth["hops"]
    r["in_set"] = any(f in means for f in every)
    sure = [c["candidates"][0] for c in r["causes"] if c["certainty"] == "certain"]
    likely = [c["candidates"][0] for c in r["causes"] if c["certainty"] == "likely"]
    if not r["noticed"]: v = "FALSE GREEN"
    elif any(f not in means for f in sure): v = "WRONG&CERTAIN"
    elif any(f not in means for f in likely): v = "wrong&likely"
    elif sure: v = "right&certain"
    elif likely: v = "right&likely"
    elif r["in_set"]: v = "in set"
    elif not causes or every[0].startswith("unknown"): v = "unknown"
    else: v = "not in set"
    return r | {"verdict": v}


def run(name, fname, fault):
    for again in range(4):          # a port may be somebody's outgoing one for a moment
        s = System(name, fault)
        try:
            s.boot()
            break
        except Exception:
            s.stop()
            if again == 3: raise
            time.sleep(3)
    try:
        if A.boot:
            print(s.dir); input()
        cmd = [A.bin, "smoke", "--config", f"{s.dir}/target.toml", "--scenarios", f"{s.dir}/scenarios", "--evidence", A.doors, "--format", "json"]
        for x in A.set + fault.get("set", []):
            cmd += ["--set", x]
        t = time.time()
        try:
            p = subprocess.run(cmd, env={**os.environ, **PASSWORDS, **s.secrets}, capture_output=True, text=True, timeout=180)
            rc, out, err = p.returncode, p.stdout, p.stderr
        except subprocess.TimeoutExpired:
            rc, out, err = None, "", ""
        wall = time.time() - t
        try: report = json.loads(out)
        except ValueError: report = None; print(err[-1500:], file=sys.stderr)
        if A.keep:
            os.makedirs(A.keep, exist_ok=True)
            open(f"{A.keep}/{fname}.json", "w").write(out)
            for f in glob.glob(f"{s.dir}/*.log") + glob.glob(f"{s.dir}/*.conf"):
                shutil.copy(f, f"{A.keep}/{fname}.{os.path.basename(f)}")
        return judge(fname, {k: fault[k] for k in ("hops", "means") if k in fault}, rc, report, wall)
    finally:
        s.stop()


results = {}
for fname, fault in FAULTS.items():
    if A.fault and fname not in A.fault.split(","):
        continue
    try: r = run(A.system, fname, fault)
    except Exception as e: r = {"verdict": f"RUNNER: {e}", "causes": [], "wall": 0, "rc": None}
    results[fname] = r
    print(f"{fname:34} {r['verdict']:14} hop={'y' if r.get('hop') else '-'} set={'y' if r.get('in_set') else '-'} n={r.get('size', 0)} rc={r['rc']} {r['wall']}s  " +
          " | ".join(f"{c['certainty']}: {', '.join(c['candidates'][:4])}{'…' if len(c['candidates']) > 4 else ''}" for c in r["causes"]) + ("  " + ",".join(r.get("findings", [])) if r.get("findings") else ""), flush=True)
if A.keep:
    json.dump(results, open(f"{A.keep}/results.json", "w"), indent=1)
f = [r for k, r in results.items() if not k == "healthy"]
n = lambda p: sum(1 for r in f if p(r))
print(f"\n{len(f)} faults: hop right {n(lambda r: r.get('hop'))}, truth in the set {n(lambda r: r.get('in_set'))}, "
      f"certain and right {n(lambda r: r['verdict'] == 'right&certain')}, WRONG AND CERTAIN {n(lambda r: r['verdict'] == 'WRONG&CERTAIN')}, "
      f"wrong and likely {n(lambda r: r['verdict'] == 'wrong&likely')}, false green {n(lambda r: r['verdict'] == 'FALSE GREEN')}, "
      f"hang {n(lambda r: r['verdict'] == 'HANG')}; healthy: {[r['verdict'] for k, r in results.items() if k == 'healthy']}")
