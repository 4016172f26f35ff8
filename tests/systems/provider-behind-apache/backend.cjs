// The backend: Hono, jose, bullmq, @hono/node-ws.
const { Hono } = require('hono'), { serve } = require('@hono/node-server'), { WebSocketServer } = require('ws'), { streamSSE } = require('hono/streaming')
const { bodyLimit } = require('hono/body-limit'), { HTTPException } = require('hono/http-exception')
const jose = require('jose'), { Queue, QueueEvents } = require('bullmq'), Redis = require('ioredis'), pino = require('pino')
const e = process.env, need = k => { if (!e[k]) throw new Error(`environment variable ${k} is not set`); return e[k] }
const log = pino({ base: { service: 'orders' }, timestamp: pino.stdTimeFunctions.isoTime })
const OIDC_URL = need('OIDC_URL'), REDIS_URL = need('REDIS_URL'), issuer = e.OIDC_ISSUER, audience = need('AUDIENCE'), timeout = +(e.OIDC_TIMEOUT_MS || 3000), WAIT = +(e.JOB_TIMEOUT_MS || 4000)
const redis = new Redis(REDIS_URL, { maxRetriesPerRequest: 1, connectTimeout: 2000 })
const queue = new Queue('orders', { connection: { url: REDIS_URL, maxRetriesPerRequest: 1, enableOfflineQueue: false } })
const events = new QueueEvents('orders', { connection: { url: REDIS_URL } })
for (const x of [redis, queue, events]) x.on('error', err => log.error(`redis: ${err.message || err.code}`))
events.setMaxListeners(100)
let keys
async function keySet() {
  if (keys) return keys
  const r = await fetch(`${OIDC_URL}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(timeout) })
  if (!r.ok) throw new Error(`discovery document: HTTP ${r.status} from ${r.url}`)
  return keys = jose.createRemoteJWKSet(new URL((await r.json()).jwks_uri), { timeoutDuration: timeout })
}
async function userOf(token) {
  try {
    const { payload } = await jose.jwtVerify(token, await keySet(), { issuer, audience })
    return payload
  } catch (err) {
    log.warn(`token not accepted: ${err.code || err.name}: ${err.message}${err.cause ? ': ' + (err.cause.message || err.cause.code) : ''}`)
    throw new HTTPException(401, { res: new Response(JSON.stringify({ error: 'invalid_token' }), { status: 401, headers: { 'content-type': 'application/json', 'www-authenticate': 'Bearer error="invalid_token"' } }) })
  }
}
const app = new Hono()
app.use(async (c, next) => { const t = Date.now(); await next(); log.info({ method: c.req.method, path: c.req.path, status: c.res?.status, ms: Date.now() - t, traceparent: c.req.header('traceparent') }, 'request') })
app.onError((err, c) => { if (err instanceof HTTPException) return err.getResponse(); log.error({ err: { type: err.name, message: err.message, stack: err.stack } }, 'unhandled'); return c.json({ error: 'internal error' }, 500) })
app.get('/healthz', c => c.json({ ok: true, service: 'orders' }))
if (e.MAINTENANCE) app.use('/api/*', c => c.json({ error: 'maintenance', message: 'orders is closed for maintenance' }, 503, { 'retry-after': '600' }))
if (e.BODY_LIMIT) app.use('/api/*', bodyLimit({ maxSize: +e.BODY_LIMIT }))
const signedIn = async (c, next) => {
  const token = (/^Bearer (.+)$/i.exec(c.req.header('authorization') || '') || [])[1]
  if (!token) return c.json({ error: 'no token' }, 401, { 'www-authenticate': 'Bearer' })
  const u = await userOf(token)
  if (e.REQUIRED_SCOPE && !(u.scope || '').split(' ').includes(e.REQUIRED_SCOPE)) return c.json({ error: 'insufficient_scope', scope: e.REQUIRED_SCOPE }, 403)
  c.set('user', u.sub)
  await next()
}
app.get('/api/orders', signedIn, async c => {
  if (e.BUG === 'list') throw new TypeError("Cannot read properties of undefined (reading 'currency')")
  return c.json({ user: c.get('user'), orders: await redis.lrange(`orders:${c.get('user')}`, 0, 19) })
})
app.post('/api/orders', signedIn, async c => {
  const b = await c.req.json(), job = await queue.add('order', { ...b, user: c.get('user') }, { removeOnComplete: 100 })
  return c.json({ user: c.get('user'), id: job.id }, 202)
})
if (!e.NO_FEED) app.get('/api/feed', signedIn, c => streamSSE(c, async s => {
  const user = c.get('user'), send = x => s.writeSSE({ data: JSON.stringify({ ...x, user }) })
  await send({ type: 'open' })
  const job = await queue.add('report', { user }, { removeOnComplete: 100, removeOnFail: 100 })
  const tell = ({ jobId, data }) => { if (jobId === job.id) send({ type: 'progress', at: data }) }
  events.on('progress', tell)
  try { await job.waitUntilFinished(events, WAIT + 2000); await send({ type: 'end' }) }
  catch (err) { log.error(`report ${job.id}: ${err.message}`) }
  finally { events.off('progress', tell) }
}))
const wss = new WebSocketServer({ noServer: true })
async function upgrade(req, socket, head) {
  const path = new URL(req.url, 'http://x').pathname, note = status => log.info({ method: 'GET', path, status, upgrade: true, traceparent: req.headers.traceparent }, 'request')
  const no = (status, text, extra = '') => { note(status); socket.end(`HTTP/1.1 ${status} ${text}\r\n${extra}content-length: 0\r\nconnection: close\r\n\r\n`) }
  socket.on('error', err => log.warn(`socket: ${err.message}`))
  if (path !== '/api/socket') return no(404, 'Not Found')
  if (e.MAINTENANCE) return no(503, 'Service Unavailable')
  const s = (req.headers['sec-websocket-protocol'] || '').split(/, */).find(p => p.startsWith('bearer.'))
  const m = /^Bearer (.+)$/i.exec(req.headers.authorization || ''), token = m ? m[1] : s && !e.NO_SUBPROTOCOL_TOKEN ? s.slice(7) : undefined
  if (!token) return no(401, 'Unauthorized', 'www-authenticate: Bearer\r\n')
  let u
  try { u = await userOf(token) } catch { return no(401, 'Unauthorized', 'www-authenticate: Bearer error="invalid_token"\r\n') }
  if (e.REQUIRED_SCOPE && !(u.scope || '').split(' ').includes(e.REQUIRED_SCOPE)) return no(403, 'Forbidden')
  note(101)
  wss.handleUpgrade(req, socket, head, ws => ws.on('message', async m => {
    try {
      const job = await queue.add('quote', { ...JSON.parse(m), user: u.sub }, { removeOnComplete: 100, removeOnFail: 100 })
      ws.send(JSON.stringify({ type: 'quote', user: u.sub, price: await job.waitUntilFinished(events, WAIT) }))
    } catch (err) { log.error(`quote: ${err.message}`); ws.close(1011, 'no quote') }
  }))
}
const server = serve({ fetch: app.fetch, port: +e.PORT, hostname: e.HOST }, () => log.info(`listening on ${e.PORT}`))
if (!e.NO_WEBSOCKET) server.on('upgrade', upgrade)
