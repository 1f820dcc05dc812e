// What stands beside the conversation.
import assert from 'node:assert/strict';
import { until } from '../x402-official/waiting.mjs';
import { whole } from './model.mjs';
import { answer, box, open, running, say, tab, texts } from './browser.mjs';

export const usdc = 'eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e';
export const send = (mesh, method, path, body) => fetch(mesh.url + path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
export const post = (mesh, path, body) => send(mesh, 'POST', path, body);
const setBudget = (mesh, user, limit) => send(mesh, 'PUT', `/agent/${user}/budget`, { limits: [{ scope: 'agent', asset: 'USD', window: 'rolling:24h', limit }] });

export const panels = {
  'a paid call: budget and payments of both': async ({ browser, mesh }) => {
    await Promise.all(['buyer', 'seller'].map(user => post(mesh, `/agent/${user}/message`, { content: 'Hello' })));
    const context = await browser.context();
    const page = await open(context, mesh.url, 'buyer');
    const bar = page.getByRole('meter', { name: /USDC/ });
    assert.match(await bar.getAttribute('aria-valuetext'), /^0 spent and 0 held of 50 USDC$/);
    await page.locator('.balance b', { hasText: /^10$/ }).waitFor();
    const bought = await post(mesh, '/agent/buyer/pay', { url: `${mesh.url}/agent/seller/premium/analysis`, body: '{"query":"Is it so?"}', maxAmount: '100000' });
    assert.equal(bought.status, 200, await bought.text());
    // Heard of by the log's events.
    await page.locator('[role=meter][aria-valuetext^="0.1 spent"]').waitFor();
    assert.equal(await page.locator('[role=meter][aria-valuetext^="0.1 spent"] .posted').evaluate(node => node.style.width), '0.2%');
    await tab(page, 'Payments');
    const payment = page.locator('.payment.out', { hasText: '−0.1 USDC' });
    await payment.locator('.chip', { hasText: 'settled' }).waitFor();
    await payment.locator('summary').click();
    await payment.getByRole('button', { name: 'Copy the transaction' }).waitFor();
    const other = await open(context, mesh.url, 'seller');
    await tab(other, 'Payments');
    await other.locator('.payment.in', { hasText: '+0.1 USDC' }).waitFor();
    await context.close();
  },

  'a payment that is asked about: approved on the page': async ({ browser, mesh }) => {
    await Promise.all(['asker', 'asked'].map(user => post(mesh, `/agent/${user}/message`, { content: 'Hello' })));
    assert.equal((await send(mesh, 'PUT', '/agent/asker/policy', { version: 1, rules: [], assets: [usdc], default: 'ask' })).status, 200);
    const pay = () => post(mesh, '/agent/asker/pay', { url: `${mesh.url}/agent/asked/premium/analysis`, body: '{"query":"?"}', maxAmount: '100000' });
    const context = await browser.context();
    const page = await open(context, mesh.url, 'asker');
    await tab(page, 'Payments');
    assert.equal((await pay()).ok, false);
    const question = page.locator('.approval', { hasText: 'May it pay 0.1 USDC?' });
    await question.getByText('/agent/asked/premium/analysis').waitFor();
    await question.getByRole('button', { name: 'Approve' }).click();
    await question.waitFor({ state: 'detached' });
    assert.equal((await pay()).status, 200);
    await page.locator('.payment.out', { hasText: 'settled' }).waitFor();
    await context.close();
  },

  'budget: held while a model runs; at the limit the turn waits, and goes on': async ({ browser, mesh, model }) => {
    const context = await browser.context();
    const page = await open(context, mesh.url, 'poor');
    await say(page, 'hold the money');
    await running(page, 'First half.');
    await page.locator('[role=meter][aria-valuetext^="0 spent and "]:not([aria-valuetext*=" 0 held"])').waitFor();
    model.release('hold the money');
    await answer(page, whole('hold the money'));
    await page.locator('[role=meter][aria-valuetext^="0.15 spent and 0 held"]').waitFor();
    assert.equal((await setBudget(mesh, 'poor', '150001')).status, 200);
    await say(page, 'one more');
    const waiting = page.locator('.message.running.waits');
    await waiting.getByText('waits for budget').waitFor();
    await waiting.getByRole('button', { name: 'Try again now' }).waitFor();
    assert.equal((await setBudget(mesh, 'poor', '50000000')).status, 200);
    await answer(page, 'one more');
    assert.equal(await page.locator('.message.running').count(), 0);
    await context.close();
  },

  'sessions: begin, rename, pick, delete': async ({ browser, mesh }) => {
    const context = await browser.context();
    const page = await open(context, mesh.url, 'sessions');
    await say(page, 'in the default one');
    await answer(page, 'in the default one');
    await page.getByRole('button', { name: 'New', exact: true }).click();
    await page.getByLabel('Name', { exact: true }).fill('Plans');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Plans' }).waitFor();
    await say(page, 'in plans');
    await answer(page, 'in plans');
    assert.deepEqual(await texts(page, 'user'), ['in plans']);
    await page.getByRole('button', { name: 'Rename Plans' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Great plans');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Great plans' }).waitFor();
    const address = page.url();
    await page.getByRole('link', { name: /^Default/ }).click();
    await page.getByRole('heading', { name: 'Default' }).waitFor();
    await answer(page, 'in the default one');
    assert.deepEqual(await texts(page, 'user'), ['in the default one']);
    // A deep link into it.
    const other = await context.newPage();
    await other.goto(address);
    await other.getByRole('heading', { name: 'Great plans' }).waitFor();
    await answer(other, 'in plans');
    await other.getByRole('button', { name: 'Delete Great plans' }).click();
    await other.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await other.getByRole('button', { name: 'Delete Great plans' }).click();
    await other.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await other.getByRole('heading', { name: 'Default' }).waitFor();
    await until('it to be gone', async () => (await (await fetch(`${mesh.url}/agent/sessions/sessions`)).json()).sessions.every(session => session.id === 'default'));
    await context.close();
  },

  'mail: from one agent to another, and back': async ({ browser, mesh }) => {
    const context = await browser.context({ refuses: true });
    const [ann, ben] = [await open(context, mesh.url, 'ann'), await open(context, mesh.url, 'ben')];
    await Promise.all([tab(ann, 'Mail'), tab(ben, 'Mail')]);
    await write(ann, 'ben', 'Are you there?');
    await ben.locator('.mail', { hasText: 'Are you there?' }).waitFor();
    await ann.locator('.mail', { hasText: 'Are you there?' }).locator('.chip', { hasText: 'delivered' }).waitFor();
    await ben.getByRole('button', { name: 'Mark as read' }).click();
    await ben.locator('.mail .chip', { hasText: 'read' }).waitFor();
    await ben.getByRole('button', { name: 'Write back' }).click();
    await ben.getByLabel('Text', { exact: true }).fill('I am.');
    await ben.getByLabel('Text', { exact: true }).press('Tab');
    await ben.keyboard.press('Enter');
    await ann.locator('.mail', { hasText: 'I am.' }).waitFor();
    // A no is shown as it was answered, with the id that finds it in the logs.
    await ann.getByLabel('To', { exact: true }).fill('Not A Name');
    await ann.getByLabel('Text', { exact: true }).fill('?');
    await ann.locator('.form').getByRole('button', { name: 'Send' }).click();
    const notice = ann.locator('.notice');
    await notice.locator('.trace', { hasText: /^[0-9a-f]{32}$/ }).waitFor();
    assert.match(await notice.textContent(), /invalid_recipient|invalid_request|invalid_to/);
    await notice.getByRole('button', { name: 'Close' }).click();
    assert.equal(await notice.count(), 0);
    await context.close();
  },

  'schedules: made, listed, run, deleted': async ({ browser, mesh }) => {
    const context = await browser.context();
    const page = await open(context, mesh.url, 'planner');
    await tab(page, 'Schedules');
    await page.getByText('New schedule').click();
    await page.getByLabel('Message for later').fill('Good morning');
    await page.getByLabel('When', { exact: true }).selectOption('cron');
    await page.getByLabel('Cron', { exact: true }).fill('0 9 * * MON-FRI');
    await page.getByRole('button', { name: 'Schedule', exact: true }).click();
    const card = page.locator('.schedule', { hasText: 'Good morning' });
    await card.locator('.chip', { hasText: 'active' }).waitFor();
    await card.getByText(/next /).waitFor();
    await card.getByRole('button', { name: /^Delete the schedule/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Nothing is to be done later').waitFor();
    // One that is due says its message here. The field has whole seconds, and on a busy machine the click may come seconds later: what is over by then is refused.
    await page.getByLabel('Message for later').fill('It is time');
    await page.getByLabel('When', { exact: true }).selectOption('at');
    await page.getByLabel('At', { exact: true }).fill(await page.evaluate(() => {
      const soon = new Date(Date.now() + 6000);
      return new Date(soon - soon.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
    }));
    await page.getByRole('button', { name: 'Schedule', exact: true }).click();
    await answer(page, 'It is time');
    await context.close();
  },

  'events: as they happen, by type and text': async ({ browser, mesh }) => {
    const context = await browser.context();
    const page = await open(context, mesh.url, 'watched');
    await tab(page, 'Events');
    await say(page, 'one apple');
    await answer(page, 'one apple');
    await say(page, 'two pears');
    await answer(page, 'two pears');
    const rows = page.locator('.events li');
    assert.deepEqual(await rows.evaluateAll(nodes => nodes.filter(node => node.dataset.type === 'message').map(node => node.querySelector('.brief').textContent)),
      ['assistant: two pears', 'user: two pears', 'assistant: one apple', 'user: one apple']);
    await page.getByLabel('Filter events by text').fill('apple');
    assert.equal(await rows.count(), 2);
    await rows.first().locator('summary').click();
    assert.match(await rows.first().locator('pre').textContent(), /"content": "one apple"/);
    await page.getByLabel('Filter events by text').fill('nothing of it');
    await page.getByText('No events').waitFor();
    await context.close();
  },

  'connect: addresses to copy': async ({ browser, mesh }) => {
    const context = await browser.context({ permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await open(context, mesh.url, 'copied');
    await tab(page, 'Connect');
    await page.getByRole('button', { name: 'Copy the MCP address' }).click();
    await page.getByRole('button', { name: 'Copied the MCP address' }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${mesh.url}/agent/copied/mcp`);
    await page.getByRole('button', { name: 'Copy the curl line', exact: true }).click();
    await page.getByRole('button', { name: 'Copied the curl line', exact: true }).waitFor();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^curl http:.*\/agent\/copied\/message \\\n/);
    await box(page).focus();
    await context.close();
  },
};

async function write(page, to, text) {
  await page.getByText('New message').click();
  await page.getByLabel('To', { exact: true }).fill(to);
  await page.getByLabel('Text', { exact: true }).fill(text);
  await page.locator('.form').getByRole('button', { name: 'Send' }).click();
}
