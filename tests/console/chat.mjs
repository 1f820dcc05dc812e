// The conversation.
import assert from 'node:assert/strict';
import { until } from '../x402-official/waiting.mjs';
import { whole } from './model.mjs';
import { answer, box, live, open, running, say, texts } from './browser.mjs';

export const chat = {
  'first visit: asks for an agent, and opens it': async ({ browser, mesh }) => {
    const context = await browser.context();
    const page = await context.newPage();
    await page.goto(mesh.url);
    await page.getByLabel('User').fill('newcomer');
    await page.keyboard.press('Enter');
    await live(page);
    assert.equal(new URL(page.url()).hash, '#/u/newcomer/s/default');
    await page.getByText('Nothing was said yet').waitFor();
    await page.getByText('No wallet yet').waitFor();
    await say(page, 'Hello');
    await answer(page, 'Hello');
    // The wallet is made with the first message, and is shown without anybody asking.
    await page.locator('.copied code', { hasText: /^0x[0-9a-fA-F]{40}$/ }).waitFor();
    assert.match(await page.title(), /^newcomer · Default/);
    await context.close();
  },

  'chat: text stays text, with its lines': async ({ browser, mesh }) => {
    const context = await browser.context();
    const page = await open(context, mesh.url, 'texts');
    const text = '<b>bold</b>\n<img src=x onerror="alert(1)"> https://example.com [link](javascript:alert(1))';
    await box(page).fill(text);
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('second line');
    await page.keyboard.press('Enter');
    await answer(page, 'second line');
    for (const role of ['user', 'assistant']) assert.deepEqual(await texts(page, role), [`${text}\nsecond line`]);
    assert.equal(await page.locator('.message .text :is(b, img, a)').count(), 0);
    assert.equal(await box(page).inputValue(), '');
    await context.close();
  },

  'stream: the text is seen as it is written, and Esc stops it': async ({ browser, mesh, model }) => {
    const context = await browser.context();
    const page = await open(context, mesh.url, 'streams');
    await say(page, 'hold 1');
    await running(page, 'First half.');
    assert.deepEqual(await texts(page, 'assistant'), []);
    model.release('hold 1');
    await answer(page, whole('hold 1'));
    assert.equal(await page.locator('.message.running').count(), 0);
    await say(page, 'hold 2');
    await running(page, 'First half.');
    await box(page).focus();
    await page.keyboard.press('Escape');
    await page.locator('.message.error', { hasText: 'turn_canceled' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Stop the answer' }).isVisible(), false);
    await context.close();
  },

  'reload in mid-stream: goes on with the same text': async ({ browser, mesh, model }) => {
    const context = await browser.context();
    const page = await open(context, mesh.url, 'reloads');
    await say(page, 'hold and reload');
    await running(page, 'First half.');
    await page.reload();
    await running(page, 'First half.');
    assert.deepEqual(await texts(page, 'user'), ['hold and reload']);
    model.release('hold and reload');
    await answer(page, whole('hold and reload'));
    await page.reload();
    await answer(page, whole('hold and reload'));
    assert.deepEqual([await texts(page, 'user'), await texts(page, 'assistant')], [['hold and reload'], [whole('hold and reload')]]);
    await context.close();
  },

  'answer lost: the same message sent again is said once': async ({ browser, mesh }) => {
    const context = await browser.context({ isAway: true });
    const page = await open(context, mesh.url, 'repeats');
    let lost = 0;
    // It is taken, and nobody hears of it.
    await page.route('**/agent/repeats/message', async route => {
      if (lost++ > 0) return route.continue();
      await route.fetch();
      await route.abort('connectionreset');
    });
    await say(page, 'once');
    await answer(page, 'once');
    await until('it to be sent again', async () => lost > 1 && (await page.evaluate(() => sessionStorage.getItem('agentmesh.outbox.repeats'))) === '[]');
    assert.deepEqual(await texts(page, 'user'), ['once']);
    assert.equal((await (await fetch(`${mesh.url}/agent/repeats/info`)).json()).messageCount, 2);
    await context.close();
  },

  'two tabs: each sees what the other says': async ({ browser, mesh, model }) => {
    const context = await browser.context();
    const [one, other] = [await open(context, mesh.url, 'tabs'), await open(context, mesh.url, 'tabs')];
    await say(one, 'hold for both');
    await Promise.all([running(one, 'First half.'), running(other, 'First half.')]);
    model.release('hold for both');
    await Promise.all([answer(one, whole('hold for both')), answer(other, whole('hold for both'))]);
    await say(other, 'and back');
    await Promise.all([answer(one, 'and back'), answer(other, 'and back')]);
    assert.deepEqual(await texts(one, 'user'), await texts(other, 'user'));
    await context.close();
  },

  'history: older pages come in above': async ({ browser, mesh }) => {
    for (let n = 1; n <= 55; n++) {
      await fetch(`${mesh.url}/agent/talks/message`, {
        method: 'POST', headers: { 'content-type': 'application/json', prefer: 'respond-async' }, body: JSON.stringify({ content: `number ${n}` }),
      });
    }

    await until('all to be answered', async () => (await (await fetch(`${mesh.url}/agent/talks/info`)).json()).messageCount === 110);
    const context = await browser.context();
    const page = await open(context, mesh.url, 'talks');
    await answer(page, 'number 55');
    assert.equal(await page.locator('[role=log] .message').count(), 100);
    await page.locator('.scroll').evaluate(node => { node.scrollTop = 0; });
    await page.locator('[role=log] .text', { hasText: /^number 1$/ }).first().waitFor();
    assert.equal(await page.locator('[role=log] .message').count(), 110);
    assert.deepEqual(await texts(page, 'user'), Array.from({ length: 55 }, (_, n) => `number ${n + 1}`));
    // What was read stays in sight.
    assert.ok(await page.locator('.scroll').evaluate(node => node.scrollTop) > 100);
    assert.equal(await page.getByRole('button', { name: 'Earlier messages' }).isVisible(), false);
    await context.close();
  },
};

/** For itself alone: the others would notice. */
export const outages = {
  'gateway killed and back: reconnects, nothing doubled, nothing lost': async ({ browser, mesh, model }) => {
    const context = await browser.context({ isAway: true });
    const page = await open(context, mesh.url, 'survives');
    await say(page, 'before');
    await answer(page, 'before');
    await say(page, 'hold over the end');
    await running(page, 'First half.');
    const { pid } = mesh.app('gateway');
    process.kill(pid, 'SIGKILL');
    await page.waitForSelector('.state:not(.live)');
    // Said while nobody listens: kept, and sent once by its key.
    const again = page.waitForEvent('websocket', socket => socket.url().endsWith('/agent/survives'));
    await say(page, 'while away');
    await page.locator('.outgoing', { hasText: 'while away' }).waitFor();
    // The new gateway begins with the text's beginning, which is here already.
    await (await again).waitForEvent('framereceived', ({ payload }) => payload.includes('"type":"delta"'));
    await live(page);
    await page.evaluate(() => new Promise(requestAnimationFrame));
    assert.equal(await page.locator('.message.running .text').first().textContent(), 'First half. ');
    model.release('hold over the end');
    await answer(page, 'while away');
    const expected = [['before', 'hold over the end', 'while away'], ['before', whole('hold over the end'), 'while away']];
    await until('each message to be there', async () => (await page.locator('.message.running, .outgoing').count()) === 0);
    assert.deepEqual([await texts(page, 'user'), await texts(page, 'assistant')], expected);
    const { messages } = await (await fetch(`${mesh.url}/agent/survives/history`)).json();
    assert.deepEqual(messages.filter(message => message.role === 'user').map(message => message.content), expected[0]);
    await until('the gateway to be known', () => mesh.app('gateway').pid !== pid);
    await context.close();
  },
};
