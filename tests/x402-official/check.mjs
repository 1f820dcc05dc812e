// Who buys from whom, on a chain: what was bought, what was transferred, and what everybody has afterwards have to agree.
import assert from 'node:assert/strict';
import { hire } from './agents.mjs';
import { buyByAgent } from './buying.mjs';
import { startChain } from './chain.mjs';
import { buyOfficial, buyWithOurs } from './clients.mjs';
import { beginDeal, endDeal, openAll } from './dealing.mjs';
import { startFacilitator } from './facilitator.mjs';
import { killWhileBuying, openKillShops } from './kill-agents.mjs';
import { killWhileSettling } from './kill.mjs';
import { paid, refused, turnedAway } from './manners.mjs';
import { buyTool, buyToolWithAgents, revisions } from './mcp.mjs';
import { startMesh, startPaidApi } from './mesh.mjs';
import { openShop } from './shops.mjs';
import { openTable } from './table.mjs';

const times = Number(process.argv[2] ?? 5);
const gift = 400_000n * BigInt(times);
const clients = { v1: 'x402-fetch', v2: '@x402/fetch' };
const packages = { v1: 'x402-express', v2: '@x402/express' };
const ours = "mesh, an agent's pay";
const deals = [];
const faults = [];
const started = [];
let table = { lines: [] };

try {
  await check();
} catch (fault) {
  faults.push(fault);
} finally {
  print();
  process.exitCode = faults.length > 0 ? 1 : 0;
  for (const one of started.reverse())
    await one.stop();
}

async function check() {
  const chain = await begin(startChain());
  table = openTable(chain);
  const facilitator = await begin(startFacilitator(chain));
  const shopkeeper = (await chain.wallet()).account.address;
  const world = { chain, facilitator, begin };
  const shops = { v1: await begin(openShop('v1', facilitator, { payTo: shopkeeper })), v2: await begin(openShop('v2', facilitator, { payTo: shopkeeper })) };
  const all = { refused: await openAll(refused, world), paid: await openAll(paid, world), turnedAway: await openAll(turnedAway, world) };
  const killShops = await openKillShops(world);
  const api = await begin(startPaidApi(facilitator, shopkeeper));
  const places = [shops.v1, shops.v2, ...[all.refused, all.paid, all.turnedAway, killShops.shops].flat().map(one => one.shop)].map(shop => shop.place);
  const mesh = world.mesh = await begin(startMesh({
    AgentMesh__Payments__FacilitatorUrl: facilitator.url, AgentMesh__Payments__RpcUrl: chain.url, AgentMesh__Payments__SettleIsIdempotent: 'false',
    AgentMesh__Outgoing__Allow: places.join(), AgentMesh__Outgoing__TimeoutSeconds: '20',
  }));
  const alice = await hire(mesh, chain, 'alice');
  const analysis = `${mesh.url}/agent/alice/premium/analysis`;

  for (const version of ['v1', 'v2']) {
    await table.row(clients[version], version, 'mesh, premium/analysis', alice.address, await chain.wallet(gift), wallet =>
      buyOfficial(version, wallet, analysis, times, queryOf, /Premium analysis/));
    await table.row(clients[version], version, 'sample PaidApi', shopkeeper, await chain.wallet(gift), wallet =>
      buyOfficial(version, wallet, `${api.url}/forecast/Rome`, times, () => undefined, /Rome has weather/));
    await table.row('AgentMesh.X402', version, packages[version], shopkeeper, await chain.wallet(gift), wallet =>
      buyWithOurs(version, wallet, shops[version].url, times));
    await table.row(ours, version, packages[version], shopkeeper, await hire(mesh, chain, `buyer-${version}`, gift), agent =>
      buyByAgent(agent, chain, { url: shops[version].url, payTo: shopkeeper, times, expected: /All is well/ }));
  }

  for (const revision of revisions) {
    const [seller, url] = [`mesh, MCP ${revision}`, `${mesh.url}/agent/alice/mcp`];
    await table.row('@x402/core', 'v2', seller, alice.address, await chain.wallet(gift), wallet => buyTool(revision, wallet, url, times));
    await table.row('agents/x402', 'v2', seller, alice.address, await chain.wallet(gift), wallet => buyToolWithAgents(revision, wallet, url, times));
  }

  await table.row(ours, 'v2', "mesh, another agent's analysis", alice.address, await hire(mesh, chain, 'bob', gift), bob => buyOfAgent(bob, alice, chain, analysis));
  for (const version of ['v1', 'v2'])
    await table.row(clients[version], version, 'mesh, payments app killed -9', alice.address, await chain.wallet(gift), async wallet =>
      [await killWhileSettling({ chain, mesh, version, wallet, url: analysis })]);

  for (const some of [all.refused, all.paid])
    deals.push(...await each(some, async deal => endDeal(await beginDeal(deal, world), world)));
  // Those are over when nobody can execute their payments any more; meanwhile the agents are killed.
  const begun = await each(all.turnedAway, deal => beginDeal(deal, world));
  for (const one of await killWhileBuying(world, killShops))
    await table.add({ client: `${ours}, killed -9 ${one.when}`, seller: packages[one.version], ...one });
  deals.push(...await each(begun, deal => endDeal(deal, world)));
}

/** All at once. @returns what went well; the faults of the others are told in the end. */
async function each(some, act) {
  const ended = await Promise.allSettled(some.map(act));
  faults.push(...ended.filter(one => one.status === 'rejected').map(one => one.reason));
  return ended.filter(one => one.status === 'fulfilled').map(one => one.value);
}

/** What one agent has paid is what the other was paid. */
async function buyOfAgent(buyer, seller, chain, url) {
  const transactions = await buyByAgent(buyer, chain, { url, payTo: seller.address, times, bodyOf: queryOf, expected: /Premium analysis/ });
  const [paid, got] = [await buyer.payments(), (await seller.payments('in')).filter(payment => payment.payer === buyer.address)].map(
    payments => payments.map(({ id, state, amount, transaction }) => [id, state, amount, transaction].join()).sort());
  assert.deepEqual(got, paid, "the seller's list and the buyer's");
  return transactions;
}

async function begin(starting) {
  const one = await starting;
  started.push(one);
  return one;
}

function queryOf(n) {
  return `{"query":"is it so, ${n}?"}`;
}

function print() {
  console.table(table.lines);
  console.log('What shops of the official packages do, what agents answer, and their money: atomic units of USDC, of their ledgers.');
  console.table(deals);
  for (const fault of faults)
    console.error(fault.stack);
  console.log(`${table.lines.length + deals.length} passed, ${faults.length} failed`);
}
