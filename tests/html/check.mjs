// Opens the HTML report of every kind of run in real headless Chromium: nothing on the console, nothing fetched, nothing against the
// policy, every control reachable by keyboard, axe-core clean, light and dark, narrow and printed.
//
//   node check.mjs [--shots FOLDER]      FIVEWHYS: the binary; CHROMIUM: the browser

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const here = import.meta.dirname;
const binary = resolve(process.env.FIVEWHYS ?? join(here, '../../target/debug/fivewhys'));
const browserPath = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = process.argv[2] === '--shots' ? resolve(process.argv[3]) : null;
const work = mkdtempSync(join(tmpdir(), 'fivewhys-html-'));
const mismatch = ['--fault', 'backend-auth/service-secret-mismatch'];

const kinds = {
  passed: { arguments: [], code: 0, causes: 0 },
  'one-cause': { arguments: mismatch, code: 1 },
  'two-causes': { arguments: [...mismatch, '--fault', 'edge/drops-upgrade'], code: 3, causes: 2 },
  ambiguous: { arguments: [...mismatch, '--doors', 'edge,auth'], code: 3 },
  'three-hundred': { arguments: [...mismatch, '--scenarios', manySteps()], code: 1 },
  network: { arguments: ['--fault', 'edge/iam-denied'], code: 1 },
};

function manySteps() {
  const folder = join(work, 'many');
  mkdirSync(folder);
  const step = (n) => `[[step]]\nid = "list-${n}"\ncall = "backend.threads"\n[step.expect]\nstatus = 200\nresult = "ok"\n`;
  const steps = Array.from({ length: 300 }, (_, n) => step(n + 1)).join('');
  writeFileSync(join(folder, 'load.toml'), `title = "Three hundred users can list their threads"\n${steps}`);
  return folder;
}

function report(name, { arguments: more, code }) {
  const path = join(work, `${name}.html`);
  let ended = 0;
  try {
    execFileSync(binary, ['smoke', ...more, '--report', `html=${path}`], { stdio: 'pipe', cwd: work });
  } catch (error) {
    ended = error.status;
  }
  if (ended !== code) throw new Error(`${name}: exit ${ended}`);
  return pathToFileURL(path).href;
}

const problems = [];
const holds = (name, what, truth) => { if (!truth) problems.push(`${name}: ${what}`); };

async function opened(browser, url, options, name) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, ...options });
  const page = await context.newPage();
  page.on('console', (message) => problems.push(`${name}: console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => problems.push(`${name}: ${error}`));
  page.on('request', (request) => holds(name, `fetches ${request.url()}`, request.url() === url));
  await page.goto(url);
  return page;
}

async function accessible(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  for (const { id, help, nodes } of violations) {
    problems.push(`${name}: axe ${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(' | ')}`);
  }
}

async function sound(page, name) {
  const seen = await page.evaluate(() => ({
    scripts: document.scripts.length,
    policy: document.querySelector('meta[http-equiv="Content-Security-Policy"]')?.content ?? '',
    inline: document.querySelectorAll('[style], [onclick], iframe, object, embed, link, base, form').length,
    styled: getComputedStyle(document.querySelector('.banner')).borderLeftStyle,
    loose: [...document.querySelectorAll('a[href^="#"]')].map((a) => a.hash.slice(1)).filter((id) => !document.getElementById(id)),
    ids: [...document.querySelectorAll('[id]')].map((e) => e.id),
    wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
  }));
  holds(name, 'has a script', seen.scripts === 0);
  holds(name, `policy ${seen.policy}`, seen.policy.startsWith("default-src 'none'; style-src 'sha256-"));
  holds(name, 'has an attribute or element that the policy forbids', seen.inline === 0);
  holds(name, 'the policy lets the style sheet through', seen.styled === 'solid');
  holds(name, `links lead nowhere: ${seen.loose}`, seen.loose.length === 0);
  holds(name, 'ids are unique', new Set(seen.ids).size === seen.ids.length);
  holds(name, 'is wider than the window', !seen.wide);
}

// Every control in the order of the page, each with a visible focus; a fold opens with Enter.
async function byKeyboard(page, name) {
  const controls = await page.evaluate(() => {
    const all = [...document.querySelectorAll('a[href], summary, [tabindex="0"]')].filter((e) => e.checkVisibility());
    all.forEach((e, n) => { e.dataset.n = n; });
    return all.length;
  });
  const most = Math.min(controls, 60);
  for (let n = 0; n < most; n += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      return { n: Number(e.dataset.n), outline: getComputedStyle(e).outlineStyle };
    });
    holds(name, `Tab ${n + 1} reaches control ${at.n}`, at.n === n);
    holds(name, `control ${n} shows its focus`, at.outline !== 'none');
  }
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

async function check(browser, name, url, causes = 1) {
  for (const colorScheme of ['light', 'dark']) {
    const label = `${name}, ${colorScheme}`;
    const page = await opened(browser, url, { colorScheme }, label);
    await sound(page, label);
    holds(label, `shows ${causes} causes`, (await page.locator('section[id^="cause-"]').count()) === causes);
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
async function drawnByMermaid(browser, name, { arguments: more }) {
  const path = join(work, `${name}.md`);
  spawnSync(binary, ['smoke', ...more, '--report', `github=${path}`], { cwd: work });
  const diagrams = [...readFileSync(path, 'utf8').matchAll(/^```mermaid\n(.*?)^```$/gms)].map(([, text]) => text);
  const page = await browser.newPage();
  await page.addScriptTag({ path: join(here, 'node_modules/mermaid/dist/mermaid.min.js') });
  for (const text of [...diagrams, readFileSync(join(here, 'hostile.mmd'), 'utf8')]) {
    const error = await page.evaluate(async (diagram) => {
      try {
        const { svg } = await globalThis.mermaid.render('diagram', diagram);
        return svg.includes('client') ? null : 'nobody takes part';
      } catch (cause) {
        return String(cause);
      }
    }, text);
    holds(`${name}, mermaid`, `${error}: ${text}`, error === null);
  }
  holds(`${name}, mermaid`, `${diagrams.length} diagrams`, diagrams.length === (kinds[name].causes ?? 1));
  await page.close();
}

if (!browserPath) throw new Error('there is no Chromium: set CHROMIUM');
if (shots) mkdirSync(shots, { recursive: true });
const browser = await chromium.launch({
  executablePath: browserPath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  for (const [name, kind] of Object.entries(kinds)) {
    await check(browser, name, report(name, kind), kind.causes);
    await drawnByMermaid(browser, name, kind);
    console.log(`looked at ${name}`);
  }
} finally {
  await browser.close();
  rmSync(work, { recursive: true, force: true });
}
problems.forEach((problem) => console.error(problem));
console.log(problems.length === 0 ? 'the HTML report holds in Chromium' : `${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
