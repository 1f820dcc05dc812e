// The agents are killed while some of them buy: one is waiting for the terms, one has sent its payment and nobody took it, one has its order in the chain's pool.
import assert from 'node:assert/strict';
import { hire } from './agents.mjs';
import { checkBooks } from './buying.mjs';
import { startFacilitator } from './facilitator.mjs';
import { openShop, report } from './shops.mjs';
import { until } from './waiting.mjs';

const versions = ['v1', 'v2'];
const gift = 1_000_000n;

/** Opens a shop of each kind and version, in which the first request waits for the kill. */
export async function openKillShops({ chain, begin }) {
  const facilitator = await begin(startFacilitator(chain));
  const killed = signal();
  const shops = [];
  for (const version of versions) {
    const kinds = {
      'while it asks': gate => ({ asks: async n => n > 1 || await gate() }),
      'while it pays': gate => ({ takes: async n => n > 1 || await gate() && false }),
      'while it is settled': () => ({}),
    };
    for (const [when, manners] of Object.entries(kinds)) {
      const reached = signal();
      const payTo = (await chain.wallet()).account.address;
      const shop = await begin(openShop(version, facilitator, { payTo, seconds: 300 }, manners(async () => {
        reached.set();
        return killed.wait;
      })));
      shops.push({ version, when, payTo, shop, reached });
    }
  }

  return { facilitator, killed, shops };
}

/** Kills them. @returns for each purchase who bought of whom, and the transaction. */
export async function killWhileBuying({ chain, mesh }, { facilitator, killed, shops }) {
  const buyers = [];
  for (const one of shops)
    buyers.push({ ...one, agent: await hire(mesh, chain, `killed-${buyers.length}`, gift) });
  const [settling, others] = [buyers.filter(one => one.when === 'while it is settled'), buyers.filter(one => one.when !== 'while it is settled')];
  const buying = others.map(one => buyUntilTold(one));
  await Promise.all(others.map(one => one.reached.wait));
  await chain.test.setAutomine(false);
  buying.push(...settling.map(one => buyUntilTold(one)));
  await until('the orders to be in the pool', async () => await pending(chain, facilitator.address) === settling.length);
  const victim = mesh.app('agents').pid;
  process.kill(victim, 'SIGKILL');
  await chain.test.setAutomine(true);
  await chain.test.mine({ blocks: 1 });
  killed.set(true);
  await until('another agents app', () => mesh.app('agents') && mesh.app('agents').pid !== victim);
  const bought = [];
  for (const { one, answer } of await Promise.all(buying)) {
    const { version, when, payTo, agent } = one;
    bought.push({ version, when, payTo, address: agent.address, before: { buyer: gift, seller: 0n }, receipts: [await check(one, answer, chain)] });
  }

  return bought;
}

/** As a client does whose answer was lost. */
async function buyUntilTold(one) {
  const answer = await until(`the end of a purchase, killed ${one.when} (${one.version})`, async () => {
    const said = await one.agent.pay('key', one.shop.url);
    return said.status !== 503 && said.body.payment?.state !== 'unknown' && said;
  }, 240, 500);
  return { one, answer };
}

/** Official shops do not know a payment again: who has lost the answer of one that is settled hears that it is paid, and in which transaction. */
async function check({ version, when, payTo, shop, agent }, answer, chain) {
  const name = `killed ${when} (${version})`;
  const [payment] = await agent.payments();
  if (when === 'while it is settled')
    assert.deepEqual([answer.status, answer.code, answer.body.paymentId], [502, 'paid_without_answer', payment.id], name);
  else
    assert.deepEqual([answer.status, answer.body.body, answer.body.payment], [200, report, payment], `${name}: ${JSON.stringify(answer.body)}`);
  assert.deepEqual([shop.asked, shop.payments.length, new Set(shop.payments).size], when === 'while it asks' ? [2, 1, 1] : [1, 2, 1], name);
  await checkBooks(agent, chain, [payment], payTo);
  const again = await agent.pay('key', shop.url);
  assert.deepEqual([again.status, again.code, again.body.payment, again.body.body], [answer.status, answer.code, answer.body.payment, answer.body.body], name);
  assert.equal((await chain.transfers(agent.address)).length, 1, name);
  return payment.transaction;
}

async function pending(chain, sender) {
  const { pending } = await chain.test.getTxpoolContent();
  const mine = Object.entries(pending).find(([address]) => address.toLowerCase() === sender.toLowerCase());
  return mine ? Object.keys(mine[1]).length : 0;
}

function signal() {
  let set;
  const wait = new Promise(resolve => set = resolve);
  return { wait, set };
}
