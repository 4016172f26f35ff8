# Runs in run.py, with its names and `self`.
import json
port = BASE + 1
redis = self.redis()
key = lambda name: subprocess.run(["node", "-e", "const j=require('jose');(async()=>{const {privateKey}=await j.generateKeyPair('RS256',{extractable:true});const k=await j.exportJWK(privateKey);console.log(JSON.stringify({...k,kid:'k1',alg:'RS256',use:'sig'}))})()"], env={**os.environ, "NODE_PATH": f"{HOME}/node_modules"}, check=True, capture_output=True, text=True).stdout
k1 = json.loads(key("k1"))
json.dump({"keys": [k1]}, open(f"{self.dir}/keys.json", "w"))
if "rotate" in self.fault or "other_key" in self.fault:
    k2 = json.loads(key("k2"))
    json.dump({"keys": [k2]}, open(f"{self.dir}/keys2.json", "w"))
    json.dump({"keys": [{k: v for k, v in k2.items() if k in ("kty", "n", "e", "kid", "alg", "use")}]}, open(f"{self.dir}/other-jwks.json", "w"))
open(f"{self.dir}/no-jwks.json", "w").write('{"keys": []}')
os.makedirs(f"{self.dir}/www"); open(f"{self.dir}/www/index.html", "w").write("<!doctype html><html><title>Orders</title><div id=app></div><script src=/app.js></script></html>")
if "redis" not in self.fault.get("leave", []):
    for who, pw in (("ada", "ADA_PASSWORD"), ("bob", "BOB_PASSWORD")):
        self.cli("-n", "1", "set", f"Client:{who}", json.dumps({"client_id": who, "client_secret": PASSWORDS[pw], "grant_types": ["client_credentials"], "redirect_uris": [], "response_types": [], "scope": "orders"}))
    for command in self.fault.get("redis_cli", []): self.cli(*command)
redis = redis.rsplit("/", 1)[0]
auth = dict(REDIS_URL=redis + "/1", ISSUER=url(2), KEYS_FILE=f"{self.dir}/keys.json")
self.node("auth", "auth.mjs", 2, **auth)
self.node("backend", "backend.cjs", 1, REDIS_URL=redis + "/0", OIDC_URL=url(2), OIDC_ISSUER=url(2), AUDIENCE="https://orders.test")
self.start("worker", ["node", f"{CODE}/worker.cjs"], REDIS_URL=redis + "/0", NODE_PATH=f"{HOME}/node_modules")
self.wait_for(*[p for w, p in (("backend", 1), ("auth", 2)) if w not in self.fault.get("leave", []) + self.fault.get("dies", [])])
b = f"http://{IP}:{{pool_port}}"
self.start("edge", ["apache2", "-D", "FOREGROUND", "-f", self.conf("httpd.conf", server="",
    health=f"ProxyPass /healthz {b}/healthz", feed=f"ProxyPass /api/feed {b}/api/feed {{feed_options}}",
    socket=f"ProxyPass /api/socket {b}/api/socket upgrade=websocket", api=f"ProxyPass /api/ {b}/api/", feed_options="", pool_port=str(port))])
if "rotate" in self.fault:
    self.wait_for(0, 1, 2)
    warm = "import base64, json, urllib.request as u; o = lambda r: json.load(u.urlopen(r)); a = base64.b64encode(b'bob:%s').decode(); " \
           "t = o(u.Request('%s', b'grant_type=client_credentials&scope=orders&resource=https://orders.test', {'content-type': 'application/x-www-form-urlencoded', 'authorization': 'Basic ' + a}))['access_token']; " \
           "print(o(u.Request('%s', headers={'authorization': 'Bearer ' + t})))" % (PASSWORDS["BOB_PASSWORD"], url(2, "/token"), url(0, "/api/orders"))
    subprocess.run([PY, "-c", warm], check=True, stdout=subprocess.DEVNULL)
    p = self.procs.pop("auth"); os.killpg(p.pid, signal.SIGTERM); p.wait()
    self.node("auth", "auth.mjs", 2, **{**auth, "KEYS_FILE": f"{self.dir}/keys2.json"})
self.secrets = self.fault.get("client", {})
