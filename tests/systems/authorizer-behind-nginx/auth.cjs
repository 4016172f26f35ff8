// The auth service: Koa, jsonwebtoken, ioredis.
const Koa = require('koa'), { Router } = require('@koa/router'), body = require('koa-bodyparser'), Redis = require('ioredis'), jwt = require('jsonwebtoken'), log = require('koa-pino-logger')
const e = process.env, need = k => { if (!e[k]) throw new Error(`environment variable ${k} is not set`); return e[k] }
const secret = need('TOKEN_SECRET'), issuer = e.TOKEN_ISSUER, audience = e.TOKEN_AUDIENCE
const redis = new Redis(need('REDIS_URL'), { maxRetriesPerRequest: 1, connectTimeout: 2000 })
redis.on('error', err => app.context.plog?.error({ err: err.message }, 'redis error'))
const app = new Koa(), r = new Router()
const pino = require('pino')({ base: { service: 'sessions' }, timestamp: require('pino').stdTimeFunctions.isoTime })
app.context.plog = pino
const sleep = ms => new Promise(f => setTimeout(f, ms))
async function session(token) {
  const c = jwt.verify(token, secret, { algorithms: ['HS256'], issuer, audience })
  const u = await redis.hgetall(`user:${c.sub}`)
  if (!u.email) throw new jwt.JsonWebTokenError(`no such user ${c.sub}`)
  if (u.disabled) throw new jwt.JsonWebTokenError(`user ${c.sub} is disabled`)
  return { id: c.sub, email: u.email, role: u.role }
}
r.get('/ping', async ctx => { try { await redis.ping(); ctx.body = { status: 'up' } } catch (err) { ctx.status = 503; ctx.body = { status: 'down', redis: err.message } } })
r.post('/login', async ctx => {
  const { email, password } = ctx.request.body, id = await redis.get(`login:${email}`), u = id && await redis.hgetall(`user:${id}`)
  if (!u || u.password !== password || u.disabled) { ctx.status = 401; ctx.body = { error: 'wrong email or password' }; return }
  ctx.body = { token: jwt.sign({ sub: id, email }, secret, { issuer, audience, expiresIn: 300 }), expires_in: 300 }
})
r.get('/check', async ctx => {                   // for the edge
  const t = /^Bearer (.+)$/.exec(ctx.get('authorization'))
  if (!t) { ctx.status = 401; return }
  try { const u = await session(t[1]); ctx.set('X-User-Id', u.id); ctx.status = 204 }
  catch (err) { if (!(err instanceof jwt.JsonWebTokenError)) throw err; ctx.log.warn(`token refused: ${err.message}`); ctx.status = 401 }
})
let calls = 0
r.post('/internal/sessions', async ctx => {      // for other services
  if (!e.SERVICE_KEY) { ctx.log.error('SERVICE_KEY is not configured'); ctx.status = 503; ctx.body = { error: 'service keys are not configured' }; return }
  if (!ctx.get('x-service-key')) { ctx.log.warn('call without a service key'); ctx.status = 401; ctx.body = { error: 'service key required' }; return }
  if (ctx.get('x-service-key') !== e.SERVICE_KEY) { ctx.log.warn('service key refused'); ctx.status = 403; ctx.body = { error: 'unknown service key' }; return }
  if (e.LOOKUP_RATE && ++calls > +e.LOOKUP_RATE) { ctx.status = 429; ctx.set('Retry-After', '60'); ctx.body = { error: 'too many requests' }; return }
  if (e.LOOKUP_DELAY) await sleep(+e.LOOKUP_DELAY)
  if (e.LOOKUP_BUG) ctx.request.body.session.id.toString()
  try { ctx.body = { active: true, user: await session(ctx.request.body.token) } }
  catch (err) { if (!(err instanceof jwt.JsonWebTokenError)) throw err; ctx.log.warn(`token refused: ${err.message}`); ctx.body = { active: false } }
})
app.on('error', (err, ctx) => pino.error({ err: { message: err.message, stack: err.stack }, path: ctx?.path }, 'request failed'))
app.use(log({ logger: pino })).use(body()).use(r.routes()).use(r.allowedMethods())
app.listen(+e.PORT, e.HOST, () => pino.info(`listening on ${e.HOST}:${e.PORT}`))
