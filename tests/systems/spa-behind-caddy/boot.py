# Runs in run.py, with its names and `self`.
os.makedirs(f"{self.dir}/dist"); os.makedirs(f"{self.dir}/data")
shutil.copy(f"{CODE}/index.html", f"{self.dir}/dist")
open(f"{self.dir}/data/trips.json", "w").write("[]")
with sqlite3.connect(f"{self.dir}/accounts.db") as c:
    c.execute("create table account(sub text primary key, email text, password text, permissions text)")
    c.executemany("insert into account values(?,?,?,'trips:read trips:write')", [("acc_ada", "ada@trips.test", PASSWORDS["ADA_PASSWORD"]), ("acc_bob", "bob@trips.test", PASSWORDS["BOB_PASSWORD"])])
    for q in self.fault.get("sql", []): c.execute(q)
c.close()
now, old = ec_key(f"{self.dir}/key.pem"), ec_key(f"{self.dir}/old.pem")
jwks = "import json,sys; from authlib.jose import JsonWebKey; print(json.dumps({'keys': [{**JsonWebKey.import_key(open(sys.argv[1]).read(), {'kty': 'EC'}).as_dict(is_private=False), 'kid': sys.argv[2], 'alg': 'ES256', 'use': 'sig'}]}))"
open(f"{self.dir}/old-jwks.json", "w").write(subprocess.run([PY, "-W", "ignore", "-c", jwks, f"{self.dir}/old.pem", "2025-01"], capture_output=True, text=True, check=True).stdout)
open(f"{self.dir}/no-jwks.json", "w").write('{"keys": []}')
shared = dict(ISSUER="https://accounts.trips.test", AUDIENCE="trips", CLIENT_ID="trips-api", CLIENT_SECRET="trips-client-secret-trips-client-secret")
auth = dict(ACCOUNTS_DB=f"{self.dir}/accounts.db", KEY_ID="main", **shared)
self.python("auth", "accounts.py", 2, SIGNING_KEY_FILE=f"{self.dir}/{'old' if 'rotate' in self.fault else 'key'}.pem", **auth)
self.node("backend", "trips.js", 1, ACCOUNTS_URL=url(2), DATA_DIR=f"{self.dir}/data", **shared)
self.start("edge", ["caddy", "run", "--adapter", "caddyfile", "--config", self.conf("Caddyfile", **{"global": "", "site": "", "api": "", "api_paths": "/api/* /ws /healthz", "pool": f"{IP}:{BASE + 1}", "proxy": ""})])
if "rotate" in self.fault:              # the backend has seen the old key, then the auth service gets a new one
    self.wait_for(0, 1, 2)
    warm = "import json, urllib.request as u; o = lambda r: json.load(u.urlopen(r)); " \
           "t = o(u.Request('%s', json.dumps({'email': 'bob@trips.test', 'password': '%s'}).encode(), {'content-type': 'application/json'}))['access_token']; " \
           "print(o(u.Request('%s', headers={'authorization': 'Bearer ' + t})))" % (url(2, "/session"), PASSWORDS["BOB_PASSWORD"], url(0, "/api/trips"))
    subprocess.run([PY, "-c", warm], check=True, stdout=subprocess.DEVNULL)
    p = self.procs.pop("auth")
    os.killpg(p.pid, signal.SIGTERM); p.wait()
    self.python("auth", "accounts.py", 2, SIGNING_KEY_FILE=f"{self.dir}/key.pem", **auth)
self.secrets = {"ACCOUNTS_SIGNING_KEY": now}
