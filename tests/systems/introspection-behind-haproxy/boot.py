# Runs in run.py, with its names and `self`.
redis = f"redis://{IP}:{BASE + 3}/0"
if "redis" not in self.fault.get("leave", []):
    self.start("redis", ["redis-server", "--bind", IP, "--port", str(BASE + 3), "--save", "", "--dir", self.dir])
    self.wait_for(3)
    cli = lambda *a: subprocess.run(["redis-cli", "-h", IP, "-p", str(BASE + 3), *a], check=True, stdout=subprocess.DEVNULL)
    for sub, name, pw in (("1001", "ada", "ADA_PASSWORD"), ("1002", "bob", "BOB_PASSWORD")):
        cli("hset", f"user:{sub}", "name", name, "state", "active", "scope", "readings", "password", PASSWORDS[pw])
        cli("set", f"login:{name}", sub)
    for command in self.fault.get("redis_cli", []): cli(*command)
secret, api = "readings-token-secret-readings-token-secret", "readings-api-key-readings-api-key-01"
self.node("auth", "identity.js", 2, REDIS_URL=redis, TOKEN_SECRET=secret, TOKEN_ISSUER="identity", API_KEY=api)
backend = dict(REDIS_URL=redis, IDENTITY_URL=url(2, "/v1"), API_KEY=api)
self.python("backend", "readings.py", 1, **backend)
if "backend2" in self.fault:
    self.python("backend2", "readings.py", 4, **backend)
    self.wait_for(4)
self.start("worker", [PY, f"{CODE}/worker.py"], REDIS_URL=redis)
self.wait_for(*[p for w, p in (("backend", 1), ("auth", 2)) if w not in self.fault.get("leave", []) + self.fault.get("dies", [])])
self.start("edge", ["haproxy", "-db", "-f", self.conf("haproxy.cfg", **{"global": "", "defaults": "", "frontend": "", "backend": "", "pool": f"{IP}:{BASE + 1}", "server": "", "more": ""})])
self.secrets = {"TOKEN_SECRET": secret}
