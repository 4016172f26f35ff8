const { Worker } = require('bullmq'), pino = require('pino'), e = process.env
const log = pino({ base: { service: 'orders-worker' }, timestamp: pino.stdTimeFunctions.isoTime }), sleep = ms => new Promise(f => setTimeout(f, ms))
const w = new Worker('orders', async job => {
  if (e.JOB_DELAY) await sleep(+e.JOB_DELAY)
  if (e.JOB_BUG) throw new Error('price list 2026 not found')
  if (job.name === 'report') for (let i = 1; i < 3; i++) { await job.updateProgress(i * 50); await sleep(1300) }
  return 42
}, { connection: { url: e.REDIS_URL, maxRetriesPerRequest: null }, concurrency: 8 })
w.on('failed', (job, err) => log.error(`job ${job?.name} ${job?.id} failed: ${err.message}`)); w.on('error', err => log.error(`redis: ${err.message || err.code}`)); w.on('completed', job => log.info(`job ${job.name} ${job.id} done`))
log.info('waiting for jobs')
