// What every page must hold in real headless Chromium: nothing on the console, nothing fetched, nothing against the policy, axe-core clean,
// never wider than the window, and every control reachable by keyboard. CHROMIUM: the browser.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const browserPath = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const problems = [];
export const holds = (name, what, truth) => { if (!truth) problems.push(`${name}: ${what}`); };

export async function opened(browser, url, options, name) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, ...options });
  const page = await context.newPage();
  page.on('console', (message) => problems.push(`${name}: console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => problems.push(`${name}: ${error}`));
  page.on('request', (request) => holds(name, `fetches ${request.url()}`, request.url() === url));
  await page.goto(url);
  return page;
}

// `rules`: those of axe that are switched on or off.
export async function accessible(page, name, rules = {}) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate((chosen) => globalThis.axe.run(document, { resultTypes: ['violations'], rules: chosen }), rules);
  for (const { id, help, nodes } of violations) {
    problems.push(`${name}: axe ${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(' | ')}`);
  }
}

export async function sound(page, name) {
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

// Every control that the selector names, in the order of the page, each with a visible focus; at most as many as `most`.
export async function reachedByTab(page, name, selector, most) {
  const controls = await page.evaluate((chosen) => {
    const all = [...document.querySelectorAll(chosen)].filter((e) => e.checkVisibility());
    all.forEach((e, n) => { e.dataset.n = n; });
    return all.length;
  }, selector);
  for (let n = 0; n < Math.min(controls, most); n += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      return { n: Number(e.dataset.n), outline: getComputedStyle(e).outlineStyle };
    });
    holds(name, `Tab ${n + 1} reaches control ${at.n}`, at.n === n);
    holds(name, `control ${n} shows its focus`, at.outline !== 'none');
  }
}

// Runs `looks` with a browser, then prints the problems and ends the process.
export async function inChromium(looks, holding) {
  if (!browserPath) throw new Error('there is no Chromium: set CHROMIUM');
  const browser = await chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  try {
    await looks(browser);
  } finally {
    await browser.close();
  }
  problems.forEach((problem) => console.error(problem));
  console.log(problems.length === 0 ? holding : `${problems.length} problems`);
  process.exit(problems.length === 0 ? 0 : 1);
}
