// Opens the HTML report of every kind of run in real headless Chromium: nothing on the console, nothing fetched, nothing against the
// policy, every control reachable by keyboard, axe-core clean, light and dark, narrow and printed.
//
//   node check.mjs [--shots FOLDER]      FIVEWHYS: the binary; CHROMIUM: the browser

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { accessible, holds, inChromium, opened, reachedByTab, sound } from './page.mjs';

const here = import.meta.dirname;
const binary = resolve(process.env.FIVEWHYS ?? join(here, '../../target/debug/fivewhys'));
const shots = process.argv[2] === '--shots' ? resolve(process.argv[3]) : null;
const work = mkdtempSync(join(tmpdir(), 'fivewhys-html-'));
const mismatch = ['--fault', 'backend-auth/service-secret-mismatch'];

const handler = ['--fault', 'backend/handler-error'];
const deploy = ['--deployed', 'backend=netra-backend-staging-00639-g4g', '--previous', 'backend=netra-backend-staging-00611-cr5'];

const kinds = {
  passed: { arguments: [], code: 0, causes: 0 },
  'one-cause': { arguments: mismatch, code: 1 },
  'two-causes': { arguments: [...mismatch, '--fault', 'edge/drops-upgrade'], code: 3, causes: 2 },
  ambiguous: { arguments: [...mismatch, '--evidence', 'edge,auth'], code: 3 },
  'three-hundred': { arguments: [...mismatch, '--scenarios', manySteps()], code: 1 },
  network: { arguments: ['--fault', 'edge/iam-denied'], code: 1 },
  flaky: { arguments: ['--scenarios', oneCall(), '--retries', '1'], code: 0, causes: 0, backend: awayAtFirst, shows: '.tried' },
  interrupted: { arguments: ['--jobs', '1'], code: 130, causes: 0, backend: interrupts, shows: '.banner .partial' },
  part: { arguments: [...mismatch, '--shard', '1/2'], code: 1, shows: '.banner .partial' },
  'roll-back': { arguments: [...handler, ...deploy], code: 1, shows: '#gate.back pre' },
  'rolled-back': {
    arguments: [...handler, ...deploy, '--rollback-command', 'echo "shifting <b>all</b> traffic of $FIVEWHYS_SERVICE"; echo to $FIVEWHYS_PREVIOUS >&2'],
    code: 1,
    shows: '#gate details pre',
  },
  'do-not': { arguments: [...mismatch, '--deployed', 'frontend=netra-frontend-00012-abc'], code: 4, shows: '#gate.stay' },
  undecided: { arguments: [...mismatch, ...deploy], code: 1, shows: '#gate.undecided' },
  baseline: { arguments: [...handler, '--baseline', lastGood(), '--new-only'], code: 1, shows: '#baseline' },
};

function manySteps() {
  const folder = join(work, 'many');
  mkdirSync(folder);
  const step = (n) => `[[step]]\nid = "list-${n}"\ncall = "backend.threads"\n[step.expect]\nstatus = 200\nresult = "ok"\n`;
  const steps = Array.from({ length: 300 }, (_, n) => step(n + 1)).join('');
  writeFileSync(join(folder, 'load.toml'), `title = "Three hundred users can list their threads"\n${steps}`);
  return folder;
}

function oneCall() {
  const folder = join(work, 'one');
  mkdirSync(folder);
  const step = '[[step]]\nid = "list"\ncall = "backend.chat-messages"\n[step.expect]\nstatus = 200\n';
  writeFileSync(join(folder, 'own.toml'), `title = "Messages can be listed"\n${step}`);
  return folder;
}

function lastGood() {
  const path = join(work, 'last-good.json');
  spawnSync(binary, ['smoke', '--report', `json=${path}`], { cwd: work });
  return path;
}

// A backend that is away for the first call, and there for the second.
function awayAtFirst() {
  let away = true;
  return (request, response) => {
    if (request.url.startsWith('/api/chat/messages') && away) {
      away = false;
      response.writeHead(503, { 'Retry-After': '0' }).end('<h1>away</h1>');
    } else {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"status": "healthy", "messages": []}');
    }
  };
}

// A backend that never answers; Ctrl-C comes with the first call to it.
function interrupts(child) {
  return () => child().kill('SIGINT');
}

async function run(name, { arguments: more, code, backend }, report) {
  let child;
  const server = backend && createServer(backend(() => child));
  if (server) await new Promise((listens) => { server.listen(0, '127.0.0.1', listens); });
  const played = server ? servers(server.address().port) : [];
  child = spawn(binary, ['smoke', ...played, ...more, '--report', report], {
    stdio: 'ignore',
    cwd: work,
    env: { ...process.env, JWT_SECRET_STAGING: 'a signing secret of more than 32 bytes' },
  });
  const ended = await new Promise((ends) => { child.on('close', ends); });
  server?.closeAllConnections();
  server?.close();
  if (ended !== code) throw new Error(`${name}: exit ${ended}`);
}

// The target staging, moved to a server of ours.
function servers(port) {
  const moved = [['backend', 'http'], ['auth', 'http'], ['websocket', 'ws']].flatMap(([what, scheme]) => ['--set', `${what}=${scheme}://127.0.0.1:${port}`]);
  return ['--target', 'staging', ...moved, '--evidence', 'edge', '--set', 'budget.requests_per_minute=60000'];
}

async function report(name, kind) {
  const path = join(work, `${name}.html`);
  await run(name, kind, `html=${path}`);
  return pathToFileURL(path).href;
}

// Every control in the order of the page, each with a visible focus; a fold opens with Enter.
async function byKeyboard(page, name) {
  await reachedByTab(page, name, 'a[href], summary, [tabindex="0"]', 60);
  const fold = page.locator('details:not([open]) > summary').first();
  await fold.focus();
  await page.keyboard.press('Enter');
  holds(name, 'Enter opens a fold', await page.evaluate(() => document.activeElement.parentElement.open));
  const link = page.locator('a[href^="#probe-"]').first();
  if (await link.count()) {
    const id = await link.getAttribute('href');
    await link.focus();
    await page.keyboard.press('Enter');
    holds(name, `${id} opens the exchange`, await page.locator(id).isVisible());
  }
}

async function printed(page, name) {
  await page.emulateMedia({ media: 'print' });
  const hidden = await page.evaluate(() =>
    [...document.querySelectorAll('details > *:not(summary)')].filter((e) => e.getBoundingClientRect().height === 0).length);
  holds(name, `${hidden} folds stay closed on paper`, hidden === 0);
}

async function check(browser, name, url, { causes = 1, shows = '#outcome' }) {
  for (const colorScheme of ['light', 'dark']) {
    const label = `${name}, ${colorScheme}`;
    const page = await opened(browser, url, { colorScheme }, label);
    await sound(page, label);
    holds(label, `shows ${causes} causes`, (await page.locator('section[id^="cause-"]').count()) === causes);
    holds(label, `shows ${shows}`, (await page.locator(shows).count()) > 0);
    if (shots) await page.screenshot({ path: join(shots, `${name}-${colorScheme}.png`), fullPage: name !== 'three-hundred' });
    await page.evaluate(() => document.querySelectorAll('details').forEach((e, n) => { e.open = n < 40; }));
    await accessible(page, label);
    await page.context().close();
  }
  const keyboard = await opened(browser, url, {}, `${name}, keyboard`);
  await byKeyboard(keyboard, `${name}, keyboard`);
  await printed(keyboard, `${name}, print`);
  await keyboard.context().close();
  const narrow = await opened(browser, url, { viewport: { width: 360, height: 740 } }, `${name}, narrow`);
  await sound(narrow, `${name}, narrow`);
  if (shots) await narrow.screenshot({ path: join(shots, `${name}-narrow.png`), fullPage: name !== 'three-hundred' });
  await narrow.context().close();
  const bare = await opened(browser, url, { javaScriptEnabled: false }, `${name}, without script`);
  await bare.context().close();
}

// The diagram in the job summary, read and drawn by mermaid itself.
async function drawnByMermaid(browser, name, kind) {
  const path = join(work, `${name}.md`);
  await run(name, kind, `github=${path}`);
  const diagrams = [...readFileSync(path, 'utf8').matchAll(/^```mermaid\n(.*?)^```$/gms)].map(([, text]) => text);
  const page = await browser.newPage();
  await page.addScriptTag({ path: join(here, 'node_modules/mermaid/dist/mermaid.min.js') });
  for (const text of [...diagrams, readFileSync(join(here, 'hostile.mmd'), 'utf8')]) {
    const error = await page.evaluate(async (diagram) => {
      try {
        const { svg } = await globalThis.mermaid.render('diagram', diagram);
        return svg.includes('client') ? null : 'the diagram names no hop';
      } catch (cause) {
        return String(cause);
      }
    }, text);
    holds(`${name}, mermaid`, `${error}: ${text}`, error === null);
  }
  holds(`${name}, mermaid`, `${diagrams.length} diagrams`, diagrams.length === (kinds[name].causes ?? 1));
  await page.close();
}

if (shots) mkdirSync(shots, { recursive: true });
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
await inChromium(async (browser) => {
  for (const [name, kind] of Object.entries(kinds)) {
    await check(browser, name, await report(name, kind), kind);
    await drawnByMermaid(browser, name, kind);
    console.log(`looked at ${name}`);
  }
}, 'the HTML report holds in Chromium');
