# The backend: FastAPI, uvicorn, asyncpg, httpx, sse-starlette.
import asyncio, json, logging, os, sys
from contextlib import asynccontextmanager
import asyncpg, httpx, uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException, WebSocket, WebSocketDisconnect
from pydantic import BaseModel
from sse_starlette.sse import EventSourceResponse
from starlette.middleware.trustedhost import TrustedHostMiddleware
logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(levelname)s %(name)s: %(message)s", datefmt="%Y-%m-%dT%H:%M:%S%z")
log = logging.getLogger("bookings")
E = os.environ
DATABASE_URL = E["DATABASE_URL"]
AUTH_URL = E["AUTH_URL"]
BUG = E.get("BUG", "")


@asynccontextmanager
async def lifespan(app):
    app.state.pool = None
    headers = {"X-Service-Key": E["SERVICE_KEY"]} if E.get("SERVICE_KEY") else {}
    async with httpx.AsyncClient(base_url=AUTH_URL, timeout=float(E.get("AUTH_TIMEOUT", "4")), headers=headers) as c:
        app.state.auth = c
        yield

app = FastAPI(lifespan=lifespan)
app.add_middleware(TrustedHostMiddleware, allowed_hosts=E.get("ALLOWED_HOSTS", "*").split(","))


async def db():
    if app.state.pool is None:
        app.state.pool = await asyncpg.create_pool(DATABASE_URL, min_size=1, max_size=4, timeout=3)
    return app.state.pool


async def user_of(token):
    try:
        r = await app.state.auth.post("/internal/sessions", json={"token": token})
    except httpx.RequestError as e:
        log.error("session lookup at %s failed: %s: %s", AUTH_URL, type(e).__name__, e)
        raise HTTPException(503, "session service unavailable")
    r.raise_for_status()
    s = r.json()
    if not s["active"]:
        raise HTTPException(401, "not signed in", {"WWW-Authenticate": "Bearer"})
    if E.get("REQUIRED_ROLE") and s["user"]["role"] != E["REQUIRED_ROLE"]:
        log.warning("user %s lacks the role %s", s["user"]["id"], E["REQUIRED_ROLE"])
        raise HTTPException(403, f"role {E['REQUIRED_ROLE']} required")
    return s["user"]


async def user(authorization: str = Header("")):
    kind, _, token = authorization.partition(" ")
    if kind.lower() != "bearer" or not token:
        raise HTTPException(401, "not signed in", {"WWW-Authenticate": "Bearer"})
    return await user_of(token)


class New(BaseModel):
    room: str
    note: str = ""


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/v1/bookings")
async def bookings(u=Depends(user)):
    if BUG == "list":
        u = u["tenant"]
    rows = await (await db()).fetch("select id, room, note from booking where owner = $1 order by id limit 20", u["id"])
    return {"user": u["id"], "bookings": [dict(r) for r in rows]}


@app.post("/v1/bookings", status_code=201)
async def book(b: New, u=Depends(user)):
    if BUG == "exit":
        os._exit(139)
    i = await (await db()).fetchval("insert into booking(owner, room, note) values($1, $2, $3) returning id", u["id"], b.room, b.note)
    return {"user": u["id"], "id": i}


@app.delete("/v1/bookings/{i}", status_code=204)
async def cancel(i: int, u=Depends(user)):
    await (await db()).execute("delete from booking where id = $1 and owner = $2", i, u["id"])

if BUG != "no-stream-route":
    @app.get("/v1/stream")
    async def stream(u=Depends(user)):
        async def events():
            for n in range(3):
                yield {"event": "message", "data": json.dumps({"type": "tick", "n": n, "user": u["id"]})}
                await asyncio.sleep(0.7)
                if BUG == "stream":
                    raise RuntimeError("feed lost its cursor")
            yield {"event": "message", "data": json.dumps({"type": "done"})}
        return EventSourceResponse(events())


@app.websocket("/v1/live")
async def live(ws: WebSocket, token: str = ""):
    try:
        u = await user_of(token)
    except HTTPException:
        await ws.close(1008)
        return
    await ws.accept()
    await ws.send_json({"type": "hello", "user": u["id"]})
    try:
        while True:
            await ws.send_json({"type": "echo", "you": await ws.receive_json()})
    except WebSocketDisconnect:
        pass

uvicorn.run(app, host=E["HOST"], port=int(E["PORT"]), ws=E.get("WS", "auto"), log_config=None, timeout_keep_alive=75)
