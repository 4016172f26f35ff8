// The auth service: oidc-provider; its clients are in Redis.
import { createRequire } from 'node:module'
const require = createRequire(process.env.NODE_PATH + '/')
const { default: Provider } = await import(require.resolve('oidc-provider').replace(/^/, 'file://'))
const Redis = require('ioredis'), pino = require('pino'), fs = require('fs')
const e = process.env, need = k => { if (!e[k]) throw new Error(`environment variable ${k} is not set`); return e[k] }
const log = pino({ base: { service: 'accounts' }, timestamp: pino.stdTimeFunctions.isoTime })
const redis = new Redis(need('REDIS_URL'), { maxRetriesPerRequest: 1, connectTimeout: 2000 })
redis.on('error', err => log.error(`redis: ${err.message || err.code}`))
class Adapter {
  constructor(name) { this.name = name }
  key(id) { return `${this.name}:${id}` }
  async upsert(id, payload, ttl) { await redis.set(this.key(id), JSON.stringify(payload), 'EX', ttl || 3600) }
  async find(id) { const v = await redis.get(this.key(id)); return v ? JSON.parse(v) : undefined }
  async findByUid() {} async findByUserCode() {} async consume() {} async destroy(id) { await redis.del(this.key(id)) } async revokeByGrantId() {}
}
const provider = new Provider(need('ISSUER'), {
  adapter: Adapter, jwks: JSON.parse(fs.readFileSync(need('KEYS_FILE'))), scopes: ['orders'],
  features: { devInteractions: { enabled: false }, clientCredentials: { enabled: true },
    resourceIndicators: { enabled: true, getResourceServerInfo: (_, resource) => ({ scope: 'orders', audience: e.AUDIENCE || resource, accessTokenFormat: 'jwt', accessTokenTTL: 300, jwt: { sign: { alg: 'RS256' } } }) } },
})
for (const name of ['server_error', 'jwks.error', 'discovery.error', 'grant.error']) provider.on(name, (ctx, err) => log[err.status < 500 || err.statusCode < 500 ? 'warn' : 'error']({ err: { message: err.message, detail: err.error_description, stack: err.stack } }, name))
let n = 0
provider.use(async (ctx, next) => {
  const t = Date.now(); const p = ctx.path
  if (e.DELAY) await new Promise(f => setTimeout(f, +e.DELAY))
  if (p === '/healthz') { try { await redis.ping(); ctx.body = { status: 'healthy' } } catch (err) { ctx.status = 503; ctx.body = { status: 'unhealthy', redis: err.message } } }
  else if (e.JWKS_FILE && p === '/jwks') { ctx.type = 'application/jwk-set+json'; ctx.body = fs.readFileSync(e.JWKS_FILE, 'utf8') }
  else if (e.JWKS_BUG && p === '/jwks') { log.error('key store: permission denied'); ctx.status = 500; ctx.body = { error: 'server_error', error_description: 'oops! something went wrong' } }
  else if (e.TOKEN_BUG && p === '/token') { log.error('signer: HSM session closed'); ctx.status = 500; ctx.body = { error: 'server_error', error_description: 'oops! something went wrong' } }
  else if (e.TOKEN_RATE && p === '/token' && ++n > +e.TOKEN_RATE) { log.warn(`rate limit of ${ctx.ip} exceeded`); ctx.status = 429; ctx.set('Retry-After', '120'); ctx.body = { error: 'too_many_requests' } }
  else await next()
  log.info({ method: ctx.method, path: p, status: ctx.status, ms: Date.now() - t, from: ctx.get('user-agent'), traceparent: ctx.get('traceparent') || undefined }, 'request')
})
provider.listen(+e.PORT, e.HOST, () => log.info(`listening on ${e.PORT}`))
