// Who buys from whom, on a chain: what was bought, what was transferred, and what everybody has afterwards have to agree.
import assert from 'node:assert/strict';
import { startChain } from './chain.mjs';
import { buy, buyWithOurs, resend } from './clients.mjs';
import { startFacilitator } from './facilitator.mjs';
import { killWhileSettling } from './kill.mjs';
import { buyTool, buyToolWithAgents, revisions } from './mcp.mjs';
import { startMesh, startPaidApi } from './mesh.mjs';
import { startShops } from './shops.mjs';

const times = Number(process.argv[2] ?? 5);
const gift = 2_000_000n;
const price = 100_000n;
const table = [];
const started = [];
const begin = async starting => {
  const one = await starting;
  started.push(one);
  return one;
};

try {
  const chain = await begin(startChain());
  const facilitator = await begin(startFacilitator(chain));
  const shopkeeper = (await chain.wallet()).account.address;
  const [mesh, shops, api] = [
    await begin(startMesh({ AgentMesh__Payments__FacilitatorUrl: facilitator.url, AgentMesh__Payments__RpcUrl: chain.url, AgentMesh__Payments__SettleIsIdempotent: 'false' })),
    await startShops(facilitator, shopkeeper),
    await begin(startPaidApi(facilitator, shopkeeper)),
  ];
  started.push(shops.v1, shops.v2);
  await fetch(`${mesh.url}/agent/alice/message`, { method: 'POST', body: '{"content":"hello"}', headers: { 'content-type': 'application/json' } });
  const alice = (await (await fetch(`${mesh.url}/agent/alice/info`)).json()).walletAddress;
  const analysis = `${mesh.url}/agent/alice/premium/analysis`;

  for (const version of ['v1', 'v2']) {
    const client = version === 'v1' ? 'x402-fetch' : '@x402/fetch';
    await row(client, version, 'mesh, premium/analysis', alice, wallet => buyOfficial(version, wallet, analysis, n => `{"query":"is it so, ${n}?"}`, /Premium analysis/));
    await row(client, version, 'sample PaidApi', shopkeeper, wallet => buyOfficial(version, wallet, `${api.url}/forecast/Rome`, () => undefined, /Rome has weather/));
    await row('AgentMesh.X402', version, version === 'v1' ? 'x402-express' : '@x402/express', shopkeeper, async wallet => {
      const bought = await buyWithOurs(wallet, `${shops[version].url}/report`, times);
      for (const one of bought)
        assert.deepEqual([one.status, one.version, one.success, one.text], [200, Number(version[1]), true, '{"report":"All is well."}']);
      return bought.map(one => one.transaction);
    });
  }

  for (const revision of revisions) {
    const agent = `${mesh.url}/agent/alice/mcp`;
    await row('@x402/core', 'v2', `mesh, MCP ${revision}`, alice, wallet => buyTool(revision, wallet, agent, times));
    await row('agents/x402', 'v2', `mesh, MCP ${revision}`, alice, wallet => buyToolWithAgents(revision, wallet, agent, times));
  }

  for (const version of ['v1', 'v2']) {
    await row(version === 'v1' ? 'x402-fetch' : '@x402/fetch', version, 'mesh, payments app killed -9', alice, async wallet =>
      [await killWhileSettling({ chain, mesh, version, wallet, url: analysis })]);
  }

  console.table(table);
  console.log(`${table.length} passed, 0 failed`);

  async function row(client, version, seller, payTo, buyAll) {
    const wallet = await chain.wallet(gift);
    const [sellerBefore, buyer] = [await chain.balance(payTo), wallet.account.address];
    const receipts = await buyAll(wallet);
    const [transfers, used, buyerAfter, sellerAfter] = [await chain.transfers(buyer, payTo), await chain.used(buyer), await chain.balance(buyer), await chain.balance(payTo)];
    const spent = price * BigInt(receipts.length);
    assert.deepEqual([...receipts].sort(), [...transfers].sort(), 'receipts and transactions on the chain');
    assert.deepEqual([used, gift - buyerAfter, sellerAfter - sellerBefore], [receipts.length, spent, spent], 'nonces and balances');
    table.push({
      client, version, seller, purchases: receipts.length, transactions: transfers.length,
      'buyer before': `${gift}`, 'buyer after': `${buyerAfter}`, 'seller before': `${sellerBefore}`, 'seller after': `${sellerAfter}`,
    });
  }
} catch (fault) {
  console.table(table);
  console.error(fault);
  console.log(`${table.length} passed, 1 failed`);
  process.exitCode = 1;
} finally {
  for (const one of started.reverse())
    await one.stop();
}

/** Buys, sends the first payment again twenty times at once, and for something else. */
async function buyOfficial(version, wallet, url, bodyOf, expected) {
  const bought = [];
  for (let n = 0; n < times; n++)
    bought.push(await buy(version, wallet, url, bodyOf(n)));
  for (const one of bought) {
    assert.equal(one.status, 200, one.text);
    assert.match(one.text, expected);
    assert.deepEqual([one.receipt.success, one.receipt.payer], [true, wallet.account.address]);
  }

  const [first] = bought;
  for (const again of await Promise.all(Array.from({ length: 20 }, () => resend(version, first.paid))))
    assert.deepEqual([again.status, again.text, again.receipt], [200, first.text, first.receipt]);
  const other = first.paid.body === undefined
    ? await resend(version, { ...first.paid, url: `${url}?other` })
    : await resend(version, first.paid, '{"query":"something else"}');
  assert.equal(other.status, 409, other.text);
  return bought.map(one => one.receipt.transaction);
}
