// Where callers prove who they are.
import assert from 'node:assert/strict';
import { answer, live, say, texts } from './browser.mjs';

export const bootstrap = 'bootstrap-key-of-the-console-suite-0123456789';

export const tokens = {
  'API key: asked for, refused, taken; never in an address': async ({ browser, guarded }) => {
    const made = await fetch(`${guarded.url}/admin/keys?tenant=default`, {
      method: 'POST', headers: { authorization: `Bearer ${bootstrap}`, 'content-type': 'application/json' }, body: JSON.stringify({ name: 'console', user: 'alice', scopes: ['user'] }),
    });
    assert.equal(made.status, 201, await made.clone().text());
    const { key, id } = await made.json();
    const context = await browser.context({ refuses: true });
    const page = await context.newPage();
    await page.goto(guarded.url);
    await page.getByLabel('User').fill('alice');
    await page.keyboard.press('Enter');
    const secret = page.getByLabel('API key or token');
    await secret.fill('amk_nonsense');
    await page.keyboard.press('Enter');
    await page.locator('.fault', { hasText: 'invalid_token' }).waitFor();
    await secret.fill(key);
    await page.keyboard.press('Enter');
    await live(page);
    await say(page, 'Hello by key');
    await answer(page, 'Hello by key');
    // The same tab, and no other.
    await page.reload();
    await answer(page, 'Hello by key');
    assert.deepEqual(await texts(page, 'user'), ['Hello by key']);
    assert.deepEqual(await page.evaluate(() => Object.values(localStorage).join()), 'auto');
    await page.getByRole('tab', { name: 'Connect' }).click();
    assert.ok(!(await page.content()).includes(key));
    assert.ok(browser.requests.every(url => !url.includes(key)));
    assert.ok(browser.requests.some(url => url.startsWith('ws') && url.includes('ticket=')));
    // Another's agent is nothing, and says so.
    await page.goto(`${guarded.url}/#/u/bob`);
    await page.locator('.notice', { hasText: 'not_found' }).waitFor();
    await page.goto(`${guarded.url}/#/u/alice`);
    await live(page);
    // A key that is revoked ends what it has opened, and another one is asked for.
    const revoked = await fetch(`${guarded.url}/admin/keys/${id}?tenant=default`, { method: 'DELETE', headers: { authorization: `Bearer ${bootstrap}` } });
    assert.ok(revoked.ok);
    await page.getByLabel('API key or token').waitFor();
    assert.equal(await page.evaluate(() => sessionStorage.getItem('agentmesh.token')), null);
    await context.close();
  },
};
