// Opens the overview page of `fivewhys watch` in real headless Chromium, for every kind of state: nothing on the console, nothing fetched,
// nothing against the policy, axe-core clean, light and dark, and never wider than the window.
//
//   node watch.mjs PAGES [--shots FOLDER]      PAGES: what the test `the_pages_for_the_browser_are_written` wrote; CHROMIUM: the browser

import { mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { accessible, inChromium, opened, reachedByTab, sound } from './page.mjs';

const pages = resolve(process.argv[2]);
const shots = process.argv[3] === '--shots' ? resolve(process.argv[4]) : null;

async function check(browser, name, url) {
  // axe forbids a page that asks for itself again. Ours has a link to the same page without that, which is checked with this rule too.
  const rules = { 'meta-refresh': { enabled: name.endsWith('-still') } };
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
    await accessible(page, label, rules);
    await page.context().close();
  }
  const keyboard = await opened(browser, url, {}, `${name}, keyboard`);
  await reachedByTab(keyboard, `${name}, keyboard`, 'a[href], summary', Infinity);
  await keyboard.context().close();
}

if (shots) mkdirSync(shots, { recursive: true });
const files = readdirSync(pages).filter((file) => file.endsWith('.html'));
if (files.length === 0) throw new Error(`there is no page in ${pages}`);
await inChromium(async (browser) => {
  for (const file of files) await check(browser, file.replace('.html', ''), pathToFileURL(join(pages, file)).href);
}, `the overview page holds in Chromium, in ${files.length} states`);
