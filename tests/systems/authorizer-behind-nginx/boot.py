# Runs in run.py, with its names and `self`.
B = "/usr/lib/postgresql/15/bin"
if not os.path.exists(f"{HOME}/pgdata"):
    os.makedirs(f"{HOME}/pgdata"); shutil.chown(f"{HOME}/pgdata", "postgres"); open(f"{HOME}/pw", "w").write("super-pw"); os.chmod(f"{HOME}/pw", 0o644)
    subprocess.run(["runuser", "-u", "postgres", "--", f"{B}/initdb", "-D", f"{HOME}/pgdata", "-A", "scram-sha-256", "-U", "postgres", "--pwfile", f"{HOME}/pw", "-N"], check=True, stdout=subprocess.DEVNULL)
if "postgres" not in self.fault.get("leave", []):
    subprocess.run(["cp", "-a", f"{HOME}/pgdata", f"{self.dir}/pg"], check=True)
    log = open(f"{self.dir}/postgres.log", "a")
    self.procs["postgres"] = subprocess.Popen(["runuser", "-u", "postgres", "--", f"{B}/postgres", "-D", f"{self.dir}/pg", "-h", IP, "-p", str(BASE + 4), "-k", "", "-c", "fsync=off", "-c", f"max_connections={self.fault.get('max_connections', 30)}"], stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
    self.wait_for(4)
    sql = lambda q, u="postgres", p="super-pw": subprocess.run(["psql", "-q", f"postgresql://{u}:{p}@{IP}:{BASE + 4}/{'postgres' if u == 'postgres' else 'bookings'}", "-v", "ON_ERROR_STOP=1", "-c", q], check=True, capture_output=True)
    for _ in range(30):
        try: sql("create role app login password 'app-pw'"); break
        except subprocess.CalledProcessError: time.sleep(0.2)
    sql("create database bookings owner app")
    sql("create table booking(id serial primary key, owner text not null, room text not null, note text not null default '')", "app", "app-pw")
    for q in self.fault.get("sql", []): sql(q, "app", "app-pw")
    for q in self.fault.get("sql_hold", []):
        self.procs["hold"] = subprocess.Popen(["psql", "-q", f"postgresql://app:app-pw@{IP}:{BASE + 4}/bookings", "-c", q], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True); time.sleep(0.5)
redis = self.redis()
if "redis" not in self.fault.get("leave", []):
    for sub, name, pw in (("u-100", "ada", "ADA_PASSWORD"), ("u-101", "bob", "BOB_PASSWORD")):
        self.cli("hset", f"user:{sub}", "email", f"{name}@bookings.test", "role", "member", "password", PASSWORDS[pw])
        self.cli("set", f"login:{name}@bookings.test", sub)
    for command in self.fault.get("redis_cli", []): self.cli(*command)
secret, key = "bookings-token-secret-bookings-token-secret-1", "bookings-service-key-bookings-service-key-1"
self.node("auth", "auth.cjs", 2, REDIS_URL=redis, TOKEN_SECRET=secret, TOKEN_ISSUER="sessions", TOKEN_AUDIENCE="bookings", SERVICE_KEY=key)
self.python("backend", "app.py", 1, DATABASE_URL=f"postgresql://app:app-pw@{IP}:{BASE + 4}/bookings", AUTH_URL=url(2), SERVICE_KEY=key, ALLOWED_HOSTS=IP)
self.wait_for(*[p for w, p in (("backend", 1), ("auth", 2)) if w not in self.fault.get("leave", []) + self.fault.get("dies", [])])
up = "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; proxy_set_header Host {host};"
self.start("edge", ["nginx", "-c", self.conf("nginx.conf", **{"pool": f"server {IP}:{BASE + 1};", "http": "", "server": "", "more": "", "authorizer": url(2, "/check"), "authz": "$bearer",
    "api": "location /v1/ { auth_request /_auth; proxy_pass http://bookings; {in_api} }",
    "stream": "location = /v1/stream { auth_request /_auth; proxy_pass http://bookings; {in_stream} }",
    "live": "location = /v1/live { auth_request /_auth; proxy_pass http://bookings; %s {in_live} }" % up, "host": "$host", "in_api": "", "in_stream": "", "in_live": "",
    })])
self.secrets = {"TOKEN_SECRET": secret, **self.fault.get("client", {})}
