// The backend: Fastify, @fastify/jwt with get-jwks, @fastify/websocket. It asks the accounts service for the permissions of a user, for every call.
const fs = require('node:fs')
const path = require('node:path')
const app = require('fastify')({ logger: { base: { service: 'trips-api' } }, bodyLimit: Number(process.env.BODY_LIMIT || 1048576) })
const buildGetJwks = require('get-jwks')

const schema = {
  type: 'object',
  required: ['ACCOUNTS_URL', 'ISSUER', 'AUDIENCE', 'CLIENT_ID', 'DATA_DIR', 'HOST', 'PORT'],
  properties: {
    ACCOUNTS_URL: { type: 'string' }, JWKS_URL: { type: 'string' }, JWKS_PATH: { type: 'string', default: '/.well-known/jwks.json' },
    ISSUER: { type: 'string' }, AUDIENCE: { type: 'string' }, CLIENT_ID: { type: 'string' }, CLIENT_SECRET: { type: 'string', default: '' },
    DATA_DIR: { type: 'string' }, HOST: { type: 'string' }, PORT: { type: 'integer' }, CALLS_PER_MINUTE: { type: 'integer', default: 6000 },
    TRIPS: { type: 'string', default: 'on' }, FEED: { type: 'string', default: 'v2' }, CURRENCY: { type: 'string', default: 'EUR' }
  }
}

async function main () {
  await app.register(require('@fastify/env'), { schema })
  const c = app.config
  await app.register(require('@fastify/sensible'))
  await app.register(require('@fastify/rate-limit'), { max: c.CALLS_PER_MINUTE, timeWindow: '1 minute' })
  const tokenOf = req => req.query.access_token || (req.headers.authorization || '').replace(/^Bearer /, '')
  const keys = buildGetJwks({ jwksPath: c.JWKS_PATH, timeout: 2000, ttl: 10 * 60 * 1000 })
  await app.register(require('@fastify/jwt'), {
    decode: { complete: true },
    secret: (req, token) => keys.getPublicKey({ kid: token.header.kid, alg: token.header.alg, domain: c.JWKS_URL || c.ACCOUNTS_URL }),
    verify: {
      algorithms: ['ES256'], allowedIss: c.ISSUER, allowedAud: c.AUDIENCE,
      extractToken: tokenOf
    }
  })
  await app.register(require('@fastify/websocket'))

  let service = { until: 0 }
  async function serviceToken () {
    if (service.until > Date.now()) return service.token
    const basic = Buffer.from(`${c.CLIENT_ID}:${c.CLIENT_SECRET}`).toString('base64')
    const r = await fetch(`${c.ACCOUNTS_URL}/oauth/token`, {
      method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }), headers: { authorization: `Basic ${basic}` }, signal: AbortSignal.timeout(2000)
    })
    if (!r.ok) throw new Error(`accounts answered ${r.status} to the client credentials`)
    const t = await r.json()
    service = { token: t.access_token, until: Date.now() + (t.expires_in - 30) * 1000 }
    return service.token
  }

  const may = permission => async req => {
    if (!tokenOf(req)) throw app.httpErrors.unauthorized('Sign in first')     // @fastify/jwt with extractToken answers 400
    await req.jwtVerify()
    let r
    try {
      r = await fetch(`${c.ACCOUNTS_URL}/internal/accounts/${req.user.sub}/permissions`, {
        headers: { authorization: `Bearer ${await serviceToken()}` }, signal: AbortSignal.timeout(2000)
      })
      if (!r.ok && r.status !== 404) throw new Error(`accounts answered ${r.status}`)
    } catch (err) {
      req.log.error({ err }, 'cannot load permissions')
      throw app.httpErrors.serviceUnavailable('Permissions are not available')
    }
    const { permissions = [] } = await r.json()
    if (!permissions.includes(permission)) throw app.httpErrors.forbidden(`Missing permission ${permission}`)
  }

  const file = () => path.join(c.DATA_DIR, 'trips.json')
  const load = () => JSON.parse(fs.readFileSync(file(), 'utf8'))
  const save = trips => fs.writeFileSync(file(), JSON.stringify(trips))
  const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

  app.get('/healthz', async () => ({ status: 'ok', service: 'trips-api' }))

  if (c.TRIPS === 'on') {
    app.get('/api/trips', { preHandler: may('trips:read') }, async req => ({ owner: req.user.sub, trips: load().filter(t => t.owner === req.user.sub) }))
    app.post('/api/trips', {
      preHandler: may('trips:write'),
      schema: { body: { type: 'object', required: ['to'], properties: { to: { type: 'string' } } } }
    }, async (req, reply) => {
      const price = new Intl.NumberFormat('en', { style: 'currency', currency: c.CURRENCY }).format(100)
      const trips = load()
      const trip = { id: Math.random().toString(36).slice(2), owner: req.user.sub, to: req.body.to, price }
      save([...trips, trip])
      reply.code(201)
      return trip
    })
    app.delete('/api/trips/:id', { preHandler: may('trips:write') }, async (req, reply) => {
      save(load().filter(t => t.id !== req.params.id || t.owner !== req.user.sub))
      reply.code(204)
    })
  }

  // Browsers open this with EventSource, which cannot send a header: the token is in the query.
  app.get('/api/live', { preHandler: may('trips:read') }, async (req, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
    reply.raw.write(`event: snapshot\ndata: ${JSON.stringify({ user: req.user.sub })}\n\n`)
    for (let n = 0; n < 6; n++) {
      await sleep(400)
      if (n === 3 && c.FEED === 'v1') return reply.raw.destroy(new Error('feed v1 is gone'))
      reply.raw.write(`event: position\ndata: ${JSON.stringify({ n })}\n\n`)
    }
    reply.raw.end('event: bye\ndata: {}\n\n')
  })

  app.register(async function (sockets) {
    sockets.get('/ws', { websocket: true, preValidation: may('trips:read') }, (socket, req) => {
      socket.send(JSON.stringify({ kind: 'welcome', user: req.user.sub }))
      socket.on('message', m => socket.send(JSON.stringify({ kind: 'said', text: String(m) })))
    })
  })
  await app.listen({ host: c.HOST, port: c.PORT })
}

main().catch(err => { app.log.fatal(err); process.exit(1) })
