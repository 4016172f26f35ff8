# The backend: aiohttp, aiohttp-sse, redis. A token is opaque to it: it asks the identity service, and refuses what is not confirmed.
import asyncio, base64, json, logging, os, sys, uuid
import redis.asyncio as aioredis
from aiohttp import ClientError, ClientSession, ClientTimeout, web
from aiohttp_sse import sse_response

E = os.environ
IDENTITY_URL = E["IDENTITY_URL"]
logging.basicConfig(level="INFO", stream=sys.stdout, format="%(asctime)s %(levelname)s %(name)s %(message)s")
log = logging.getLogger("readings")


async def introspect(app, token):
    try:
        async with app["http"].post(f"{IDENTITY_URL}/introspect", json={"token": token}, headers={"X-Api-Key": E.get("API_KEY", "")}) as r:
            r.raise_for_status()
            return await r.json()
    except (ClientError, asyncio.TimeoutError) as e:
        log.error("introspection failed: %r", e)
        return {"active": False}


def token_of(request):
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Bearer":
        return token
    for p in request.headers.get("Sec-WebSocket-Protocol", "").split(","):
        if p.strip().startswith("token."):
            b = p.strip()[6:]
            try: return base64.urlsafe_b64decode(b + "=" * (-len(b) % 4)).decode()
            except ValueError: return None


@web.middleware
async def authenticate(request, handler):
    if request.path.startswith("/v2/"):
        token = token_of(request)
        who = await introspect(request.app, token) if token else {"active": False}
        if not who.get("active"):
            return web.json_response({"error": "unauthorized"}, status=401, headers={"WWW-Authenticate": 'Bearer realm="readings"'})
        request["user"] = who["sub"]
    return await handler(request)

routes = web.RouteTableDef()


@routes.get("/health")
async def health(request):
    return web.json_response({"up": True, "app": "readings"})


@routes.get("/v2/readings")
async def readings(request):
    rows = await request.app["redis"].hgetall(f"readings:{request['user']}")
    return web.json_response({"user": request["user"], "readings": [{"id": i, "celsius": float(v)} for i, v in rows.items()]})


@routes.post("/v2/readings")
async def add(request):
    body = await request.json()
    i = uuid.uuid4().hex[:8]
    stored = f"{body['celsius']:{E.get('NUMBER_FORMAT', '.2f')}}"
    await request.app["redis"].hset(f"readings:{request['user']}", i, stored)
    return web.json_response({"id": i, "user": request["user"]}, status=201)


@routes.delete("/v2/readings/{id}")
async def drop(request):
    await request.app["redis"].hdel(f"readings:{request['user']}", request.match_info["id"])
    raise web.HTTPNoContent


@routes.get("/v2/feed")
async def feed(request):
    async with sse_response(request) as out:
        await out.send(json.dumps({"user": request["user"]}), event="open")
        for n in range(6):
            await asyncio.sleep(0.4)
            if n == 3 and E.get("SENSOR_BUS") == "off":
                raise ConnectionResetError("sensor bus lost")
            await out.send(json.dumps({"celsius": 20 + n}), event="reading")
        await out.send("{}", event="end")
    return out


@routes.get("/v2/socket")
async def socket(request):
    ws = web.WebSocketResponse(protocols=tuple(filter(None, E.get("SUBPROTOCOLS", "readings.v2").split(","))))
    await ws.prepare(request)
    await ws.send_json({"event": "hello", "user": request["user"]})
    r = request.app["redis"]
    async for m in ws:
        job = uuid.uuid4().hex                 # a worker computes the forecast
        await r.lpush("jobs", json.dumps({"id": job, "ask": m.data}))
        answer = await r.brpop([f"answer:{job}"], timeout=int(E.get("FORECAST_SECONDS", 20)))
        await ws.send_json({"event": "forecast", "celsius": float(answer[1])} if answer else {"event": "failed", "reason": "forecast timed out"})
    return ws


async def resources(app):
    app["redis"] = aioredis.from_url(E["REDIS_URL"], decode_responses=True)
    app["http"] = ClientSession(timeout=ClientTimeout(total=float(E.get("IDENTITY_TIMEOUT", 2))), trust_env=True)
    yield
    await app["http"].close()
    await app["redis"].aclose()

app = web.Application(middlewares=[authenticate], client_max_size=int(E.get("MAX_BODY", 1048576)))
app.add_routes([r for r in routes if r.path not in E.get("DISABLED_ROUTES", "").split(",")])
app.cleanup_ctx.append(resources)
web.run_app(app, host=E["HOST"], port=int(E["PORT"]), print=None)
