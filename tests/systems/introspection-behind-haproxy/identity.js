// The auth service: Express, jsonwebtoken, ioredis. Other services ask it about every token, with an API key.
const express = require('express')
const jwt = require('jsonwebtoken')
const Redis = require('ioredis')
const morgan = require('morgan')
const { rateLimit } = require('express-rate-limit')

const E = process.env
const redis = new Redis(E.REDIS_URL)
redis.on('error', e => console.error(new Date().toISOString(), 'redis:', e.message))
const app = express()
app.disable('x-powered-by')
app.use(morgan('combined'))
app.use(express.json())

async function check (token) {
  const claims = jwt.verify(token, E.TOKEN_SECRET, { algorithms: ['HS256'], issuer: E.TOKEN_ISSUER })
  if (await redis.sismember('revoked', claims.jti || '')) throw new jwt.JsonWebTokenError('revoked')
  const user = await redis.hgetall(`user:${claims.sub}`)
  if (user.state !== 'active') throw new jwt.JsonWebTokenError('no active user')
  return { claims, user }
}
const refused = e => e instanceof jwt.JsonWebTokenError

app.get('/ping', (req, res) => res.type('text').send('pong'))

app.post('/v1/login', async (req, res) => {
  const sub = await redis.get(`login:${req.body.username}`)
  const user = sub ? await redis.hgetall(`user:${sub}`) : {}
  if (user.state !== 'active' || user.password !== req.body.password) return res.status(401).json({ message: 'bad credentials' })
  const token = jwt.sign({ sub }, E.TOKEN_SECRET, { issuer: E.TOKEN_ISSUER, expiresIn: E.TOKEN_TTL || '10m', jwtid: String(Math.random()) })
  res.json({ token })
})

const limit = rateLimit({ windowMs: 60000, limit: Number(E.INTROSPECTIONS_PER_MINUTE || 6000) })
const introspect = express.Router()
introspect.post('/introspect', limit, async (req, res) => {
  if (!E.API_KEY || req.get('x-api-key') !== E.API_KEY) return res.status(403).json({ message: 'unknown api key' })
  if (E.INTROSPECT_DELAY) await new Promise(resolve => setTimeout(resolve, Number(E.INTROSPECT_DELAY)))
  try {
    const { claims, user } = await check(req.body.token)
    res.json({ active: true, sub: claims.sub, name: user.name, scope: user.scope })
  } catch (e) {
    if (!refused(e)) throw e
    console.log(new Date().toISOString(), 'inactive:', e.message)
    res.json({ active: false })
  }
})
app.use(E.INTROSPECT_BASE || '/v1', introspect)

const bearer = req => (req.get('authorization') || '').replace(/^Bearer /, '')
app.get('/v1/me', async (req, res) => {
  try {
    const { claims, user } = await check(bearer(req))
    res.json({ id: claims.sub, name: user.name })
  } catch (e) {
    if (!refused(e)) throw e
    res.status(401).json({ message: e.message })
  }
})

app.post('/v1/logout', async (req, res) => {
  try {
    const { claims } = await check(bearer(req))
    await redis.sadd('revoked', claims.jti)
    res.sendStatus(204)
  } catch (e) {
    if (!refused(e)) throw e
    res.status(401).json({ message: e.message })
  }
})

app.listen(Number(E.PORT), E.HOST)
