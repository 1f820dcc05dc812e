// The official clients of MCP, which buy a tool: with the official client of x402 in the specification's shape, and with Cloudflare's agents in theirs.
import assert from 'node:assert/strict';
import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { x402Client } from '@x402/core/client';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { withX402Client } from 'agents/x402';

const tool = 'premium_analysis';
const info = { name: 'x402-official', version: '1' };

/** By the revisions of MCP that they speak. */
const connects = {
  '2025-11-25': url => [new ClientV1(info), new TransportV1(url)],
  '2026-07-28': url => [new ClientV2(info, { versionNegotiation: { mode: 'auto' } }), new TransportV2(url)],
};

export const revisions = Object.keys(connects);

/** Buys, sends the first payment again twenty times at once, and for something else. @returns the transactions. */
export async function buyTool(revision, wallet, url, times) {
  return connected(revision, url, async client => {
    const { tools } = await client.listTools();
    assert.ok(tools.some(one => one.name === tool));
    const bought = [];
    for (let n = 0; n < times; n++) {
      const call = { name: tool, arguments: { query: `is it so, ${n}?` } };
      const unpaid = await client.callTool(call);
      assert.deepEqual([unpaid.isError, unpaid.structuredContent], [true, JSON.parse(unpaid.content[0].text)]);
      const payer = new x402Client();
      payer.register('eip155:84532', new ExactEvmScheme(wallet.account));
      const paying = { ...call, _meta: { 'x402/payment': await payer.createPaymentPayload(unpaid.structuredContent) } };
      bought.push({ paying, ...outcomeOf(await client.callTool(paying), wallet) });
    }

    const [first] = bought;
    for (const again of await Promise.all(Array.from({ length: 20 }, () => client.callTool(first.paying))))
      assert.deepEqual(outcomeOf(again, wallet), { text: first.text, transaction: first.transaction });
    const other = await client.callTool({ ...first.paying, arguments: { query: 'something else' } });
    assert.equal(other.isError, true);
    assert.match(other.content[0].text, /^payment_reused: /);
    return bought.map(one => one.transaction);
  });
}

/** Buys as Cloudflare's agents do. @returns the transactions. */
export async function buyToolWithAgents(revision, wallet, url, times) {
  return connected(revision, url, async client => {
    const paying = withX402Client(client, { network: 'eip155:84532', account: wallet.account });
    const transactions = [];
    for (let n = 0; n < times; n++)
      transactions.push(outcomeOf(await paying.callTool(null, { name: tool, arguments: { query: `is it so, ${n}?` } }), wallet).transaction);
    return transactions;
  });
}

function outcomeOf(result, wallet) {
  assert.notEqual(result.isError, true, JSON.stringify(result));
  const receipt = result._meta['x402/payment-response'];
  assert.deepEqual([receipt.success, receipt.payer], [true, wallet.account.address]);
  assert.match(result.content[0].text, /Premium analysis/);
  return { text: result.content[0].text, transaction: receipt.transaction };
}

async function connected(revision, url, run) {
  const [client, transport] = connects[revision](new URL(url));
  await client.connect(transport);
  try {
    return await run(client);
  } finally {
    await client.close();
  }
}
