// Opens the overview page of `fivewhys watch` in real headless Chromium, for every kind of state: nothing on the console, nothing fetched,
// nothing against the policy, axe-core clean, light and dark, and never wider than the window.
//
//   node watch.mjs PAGES [--shots FOLDER]      PAGES: what the test `the_pages_for_the_browser_are_written` wrote; CHROMIUM: the browser

import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const pages = resolve(process.argv[2]);
const browserPath = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = process.argv[3] === '--shots' ? resolve(process.argv[4]) : null;
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

// axe forbids a page that asks for itself again. Ours has a link to the same page without that, which is checked with this rule too.
async function accessible(page, name, still) {
  await page.evaluate(axe);
  const rules = { 'meta-refresh': { enabled: still } };
  const { violations } = await page.evaluate((chosen) => globalThis.axe.run(document, { resultTypes: ['violations'], rules: chosen }), rules);
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

// Every link and fold in the order of the page, each with a visible focus.
async function byKeyboard(page, name) {
  const controls = await page.evaluate(() => {
    const all = [...document.querySelectorAll('a[href], summary')].filter((e) => e.checkVisibility());
    all.forEach((e, n) => { e.dataset.n = n; });
    return all.length;
  });
  for (let n = 0; n < controls; n += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      return { n: Number(e.dataset.n), outline: getComputedStyle(e).outlineStyle };
    });
    holds(name, `Tab ${n + 1} reaches control ${at.n}`, at.n === n);
    holds(name, `control ${n} shows its focus`, at.outline !== 'none');
  }
}

async function check(browser, name, url) {
  const still = name.endsWith('-still');
  for (const [kind, options] of Object.entries({
    light: { colorScheme: 'light' },
    dark: { colorScheme: 'dark' },
    narrow: { viewport: { width: 390, height: 844 } },
    'narrow-dark': { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
  })) {
    const label = `${name}, ${kind}`;
    const page = await opened(browser, url, options, label);
    await sound(page, label);
    if (shots) await page.screenshot({ path: join(shots, `${name}-${kind}.png`), fullPage: true });
    await page.evaluate(() => document.querySelectorAll('details').forEach((e) => { e.open = true; }));
    await accessible(page, label, still);
    await page.context().close();
  }
  const keyboard = await opened(browser, url, {}, `${name}, keyboard`);
  await byKeyboard(keyboard, `${name}, keyboard`);
  await keyboard.context().close();
}

if (!browserPath) throw new Error('there is no Chromium: set CHROMIUM');
if (shots) mkdirSync(shots, { recursive: true });
const files = readdirSync(pages).filter((file) => file.endsWith('.html'));
if (files.length === 0) throw new Error(`there is no page in ${pages}`);
const browser = await chromium.launch({
  executablePath: browserPath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  for (const file of files) await check(browser, file.replace('.html', ''), pathToFileURL(join(pages, file)).href);
} finally {
  await browser.close();
}
problems.forEach((problem) => console.error(problem));
console.log(problems.length === 0 ? `the overview page holds in Chromium, in ${files.length} states` : `${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
