// How it looks and is used: narrow, dark, by keyboard, by people who do not see it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { answer, box, live, open, say, tab } from './browser.mjs';
import { post, send, usdc } from './panels.mjs';

const axe = readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const tabs = ['Wallet', 'Payments', 'Mail', 'Schedules', 'Events', 'Connect'];
// What is on each, once it is read, of an agent that has something of everything.
const contents = { Wallet: '.balance b', Payments: '.approvals:has(.approval) ~ .cards .payment', Mail: '.mail .chip', Schedules: '.schedule', Events: '.events li', Connect: '.copied' };

async function furnish(mesh, user) {
  const shop = `${user}-shop`;
  const ask = { version: 1, rules: [], assets: [usdc], default: 'ask' };
  const pay = query => post(mesh, `/agent/${user}/pay`, { url: `${mesh.url}/agent/${shop}/premium/analysis`, body: JSON.stringify({ query }), maxAmount: '100000' });
  await Promise.all([user, shop].map(name => post(mesh, `/agent/${name}/message`, { content: 'Hello' })));
  assert.equal((await pay('one')).status, 200);
  await send(mesh, 'PUT', `/agent/${user}/policy`, ask);
  await pay('two');
  await Promise.all([
    post(mesh, `/agent/${shop}/send`, { to: user, content: 'Your order is on its way.' }),
    post(mesh, `/agent/${user}/send`, { to: shop, content: 'Thanks.' }),
    post(mesh, `/agent/${user}/schedules`, { content: 'Good morning', cron: '0 9 * * *' }),
  ]);
}

/** Serious and critical findings of axe, best practices too, in a part of the page or all of it; or of some rules alone. */
async function findings(page, part = 'html', rules = null) {
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(axe);
  const { violations } = await page.evaluate(([part, rules]) => globalThis.axe.run(part, { resultTypes: ['violations'], ...rules && { runOnly: rules } }), [part, rules]);
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html.slice(0, 120)).join(' | ')}`);
}

async function isAccessible(page, about, part, rules) {
  assert.deepEqual(await findings(page, part, rules), [], about);
}

// Everything that can be opened.
const unfold = page => page.locator('.panel details').evaluateAll(nodes => { for (const node of nodes) node.open = true; });

const background = page => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

async function isAccessibleAll(browser, mesh, user, colorScheme, rules) {
  await furnish(mesh, user);
  const context = await browser.context({ colorScheme, refuses: true });
  const first = await context.newPage();
  await first.goto(mesh.url);
  await first.getByLabel('User').waitFor();
  await isAccessible(first, `${colorScheme} first visit`, 'html', rules);
  const page = await open(context, mesh.url, user);
  await say(page, `hello, ${colorScheme}`);
  await answer(page, `hello, ${colorScheme}`);
  await isAccessible(page, colorScheme, 'html', rules);
  for (const name of tabs) {
    await tab(page, name);
    await page.locator(`.panel:not([hidden]) ${contents[name]}`).first().waitFor();
    await unfold(page);
    await isAccessible(page, `${colorScheme} ${name}`, '.agent', rules);
  }

  await page.getByRole('button', { name: 'New', exact: true }).click();
  await page.getByRole('dialog').waitFor();
  await isAccessible(page, `${colorScheme} dialog`, 'dialog', rules);
  await page.keyboard.press('Escape');
  // Above nothing is found by rules that do find something.
  await page.evaluate(() => document.querySelector('#theme').replaceChildren() ?? document.querySelector('#theme').removeAttribute('aria-label'));
  assert.notDeepEqual(await findings(page, '.top'), []);
  await context.close();
}

export const look = {
  'axe: light, each part, dialogs': ({ browser, mesh }) => isAccessibleAll(browser, mesh, 'looked-at', 'light', null),

  // In the dark only colors are others.
  'axe: dark, each part, dialogs': ({ browser, mesh }) => isAccessibleAll(browser, mesh, 'looked-at-in-the-dark', 'dark', ['color-contrast']),

  'axe: 360 px': async ({ browser, mesh }) => {
    const context = await browser.context({ width: 360, height: 740 });
    const page = await open(context, mesh.url, 'looked-at');
    for (const part of ['Sessions', 'Chat', 'Agent']) {
      await page.locator('#views').getByRole('button', { name: part }).click();
      await isAccessible(page, part);
    }

    await context.close();
  },

  '360 px: nothing is wider than the window': async ({ browser, mesh }) => {
    const context = await browser.context({ width: 360, height: 640 });
    const page = await open(context, mesh.url, 'narrow');
    const long = 'w'.repeat(200);
    await say(page, long);
    await answer(page, long);
    const fits = async about => assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll('body *')]
      .filter(node => node.checkVisibility() && !node.closest('.skip, .sr, pre, [hidden]') && node.getBoundingClientRect().right > innerWidth + 1)
      .map(node => `${node.tagName}.${node.className}`).concat(document.documentElement.scrollWidth > innerWidth ? ['the page'] : [])), [], about);
    await fits('chat');
    // Enter and the bottom of the page: the composer is in sight.
    assert.ok(await box(page).evaluate(node => node.getBoundingClientRect().bottom <= innerHeight));
    const part = name => page.locator('#views').getByRole('button', { name }).click();
    await part('Sessions');
    await fits('sessions');
    await part('Agent');
    for (const name of tabs) {
      await tab(page, name);
      await unfold(page);
      await fits(name);
    }

    await context.close();
  },

  'dark and light: as the system has it, or as chosen': async ({ browser, mesh }) => {
    const context = await browser.context({ colorScheme: 'dark' });
    const page = await open(context, mesh.url, 'themed');
    const dark = await background(page);
    assert.equal(dark, 'rgb(15, 17, 22)');
    const theme = page.getByRole('button', { name: /^Colors/ });
    await theme.click();
    const light = await background(page);
    assert.equal(light, 'rgb(246, 247, 249)');
    await page.reload();
    await live(page);
    assert.equal(await background(page), light);
    await theme.click();
    assert.equal(await background(page), dark);
    await theme.click();
    await page.emulateMedia({ colorScheme: 'light' });
    assert.equal(await background(page), light);
    await context.close();
  },

  'keyboard alone: from the first visit to the last tab': async ({ browser, mesh }) => {
    const context = await browser.context();
    const page = await context.newPage();
    await page.goto(mesh.url);
    const { keyboard } = page;
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim() ?? '');
    const walk = async (name, key = 'Tab') => {
      for (let n = 0; n < 40; n++) {
        if ((await focused()).startsWith(name)) return;
        await keyboard.press(key);
      }

      assert.fail(`${name} is not reached by ${key}; the last was ${await focused()}`);
    };
    await keyboard.type('keys');
    await keyboard.press('Enter');
    await live(page);
    // One may write at once.
    await keyboard.type('Hello');
    await keyboard.press('Enter');
    await answer(page, 'Hello');
    await walk('New', 'Shift+Tab');
    await keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await focused(), 'New');
    await keyboard.press('Enter');
    await keyboard.type('By keys');
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: 'By keys' }).waitFor();
    await page.waitForFunction(() => document.activeElement?.id === 'message');
    // What has the focus is seen.
    await walk('Rename', 'Shift+Tab');
    assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none');
    await walk('Wallet');
    await keyboard.press('End');
    assert.equal(await focused(), 'Connect');
    await keyboard.press('ArrowRight');
    assert.equal(await focused(), 'Wallet');
    for (const name of tabs.slice(1)) {
      await keyboard.press('ArrowRight');
      assert.equal(await focused(), name);
      assert.ok(await page.locator(`#panel-${name.toLowerCase()}`).isVisible());
    }

    await keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'panel-connect');
    // From the top the skip link leads to the message.
    await page.evaluate(() => document.activeElement.blur());
    await page.reload();
    await live(page);
    await walk('Skip to the message', 'Shift+Tab');
    await keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'message');
    await context.close();
  },
};
