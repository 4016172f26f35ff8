# The auth service: Flask, Authlib, waitress. Issues ES256 tokens, publishes its keys, and tells other services what a user may do.
import json, logging, os, sqlite3, sys, time
from authlib.jose import JsonWebKey, JsonWebToken
from authlib.jose.errors import JoseError
from flask import Flask, abort, jsonify, request
from waitress import serve

E = os.environ
logging.basicConfig(level="INFO", stream=sys.stdout, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
app = Flask("accounts")
jwt = JsonWebToken(["ES256"])
KEY = JsonWebKey.import_key(open(E["SIGNING_KEY_FILE"]).read(), {"kty": "EC", "kid": E["KEY_ID"], "use": "sig", "alg": "ES256"})


def db():
    c = sqlite3.connect(f"file:{E['ACCOUNTS_DB']}?mode=ro", uri=True)
    c.row_factory = sqlite3.Row
    return c


def issue(sub, aud, **more):
    now = int(time.time())
    claims = {"iss": E["ISSUER"], "aud": aud, "sub": sub, "iat": now, "exp": now + 300, **more}
    return jwt.encode({"alg": "ES256", "kid": E["KEY_ID"], "typ": "JWT"}, claims, KEY).decode()


def bearer(aud):
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer":
        abort(401, "Bearer token required")
    try:
        c = jwt.decode(token, KEY, claims_options={"iss": {"essential": True, "value": E["ISSUER"]}, "aud": {"essential": True, "value": aud}})
        c.validate()
        return c
    except (JoseError, ValueError) as e:
        app.logger.warning("token refused: %s", e)
        abort(401, str(e))


@app.errorhandler(401)
def unauthorized(e):
    return jsonify(error="invalid_token", error_description=e.description), 401, {"WWW-Authenticate": "Bearer"}


@app.after_request
def access(r):
    app.logger.info("%s %s %s", request.method, request.path, r.status_code)
    return r


@app.get("/status")
def status():
    return {"service": "accounts", "ok": True}


@app.get("/.well-known/jwks.json")
def jwks():
    if E.get("JWKS_FILE"):
        return json.load(open(E["JWKS_FILE"]))
    return {"keys": [KEY.as_dict(is_private=False)]}


@app.post("/session")
def session():
    b = request.get_json()
    u = db().execute("select * from account where email=? and password=?", [b["email"], b["password"]]).fetchone()
    if not u:
        return {"error": "wrong email or password"}, 401
    return {"access_token": issue(u["sub"], E["AUDIENCE"], email=u["email"]), "expires_in": 300}


@app.get("/userinfo")
def userinfo():
    sub = bearer(E["AUDIENCE"])["sub"]
    u = db().execute("select sub, email from account where sub=?", [sub]).fetchone()
    return dict(u) if u else abort(401, "no such account")


@app.post("/oauth/token")
def service_token():
    a = request.authorization
    if not a or a.type != "basic" or (a.username, a.password) != (E["CLIENT_ID"], E["CLIENT_SECRET"]):
        return {"error": "invalid_client"}, 401
    return {"access_token": issue(a.username, "accounts-internal"), "token_type": "Bearer", "expires_in": 300}


calls = []


@app.get("/internal/accounts/<sub>/permissions")
def permissions(sub):
    bearer("accounts-internal")
    if "PERMISSIONS_DELAY" in E:
        time.sleep(float(E["PERMISSIONS_DELAY"]))
    calls[:] = [t for t in calls if t > time.time() - 60] + [time.time()]
    if len(calls) > int(E.get("CALLS_PER_MINUTE", 6000)):
        return {"error": "too many requests"}, 429, {"Retry-After": "60"}
    u = db().execute("select permissions from account where sub=?", [sub]).fetchone()
    return {"permissions": u["permissions"].split()} if u else ({"error": "no such account"}, 404)


serve(app, host=E["HOST"], port=int(E["PORT"]), threads=8, ident=None)
