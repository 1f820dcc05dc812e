// Has an agent buy of a shop, and holds what it is answered, what came to the shop, its ledger, its payments and the chain against the row.
import assert from 'node:assert/strict';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import { hire } from './agents.mjs';
import { asset, otherToken } from './chain.mjs';
import { startFacilitator } from './facilitator.mjs';
import { openShop } from './shops.mjs';
import { until } from './waiting.mjs';

const gift = 60_000_000n;
/** Seconds that an agent's payment is valid, whatever the shop asks for; and some for clocks. */
const validity = 300 + 5;

/** Opens the shops of rows, one for each version. */
export async function openAll(rows, { chain, facilitator, begin }) {
  const deals = [];
  for (const row of rows)
    for (const version of row.versions ?? ['v1', 'v2']) {
      const payTo = privateKeyToAddress(generatePrivateKey());
      const at = row.facilitator ? await begin(startFacilitator(chain, row.facilitator)) : facilitator;
      const filled = terms => terms && [terms].flat().map(one => ({ payTo, ...one }));
      const [terms, paidTerms] = [filled(row.terms), filled(row.paidTerms)];
      const shop = await begin(openShop(version, at, version === 'v1' ? terms[0] : terms, { ...row.manners, paidTerms: version === 'v1' ? paidTerms?.[0] : paidTerms }));
      deals.push({ ...row, name: `${row.what}, ${version}`, version, payTo, shop });
    }

  return deals;
}

/** Buys, and checks what is so at once. @returns the deal as it began. */
export async function beginDeal(deal, { mesh, chain }) {
  const agent = await hire(mesh, chain, `${deal.version}-${deal.payTo.slice(2).toLowerCase()}`, deal.gift ?? gift);
  await chain.mint(agent.address, gift, undefined, otherToken);
  if (deal.limit)
    assert.equal((await agent.setLimit(asset, deal.limit)).status, 200);
  if (deal.isFrozen)
    assert.equal((await agent.freeze()).status, 200);
  const buy = () => agent.pay('key', deal.shop.url, deal.order);
  const first = await buy();
  assert.equal(said(first), deal.first, `${deal.name}: ${JSON.stringify(first.body)}`);
  if (deal.says)
    assert.match(first.body.detail, deal.says, deal.name);
  const isOpen = first.status === 503 || first.body.payment?.state === 'unknown';
  const { held, posted } = await agent.ledger(asset);
  if (isOpen)
    assert.equal(BigInt(held) + BigInt(posted), 100_000n, `${deal.name}: what may be out counts as spent`);
  if (deal.isApproved)
    assert.equal((await agent.approve(first.body.approvalId)).body.state, 'approved', deal.name);
  return { ...deal, agent, buy, held: isOpen ? held : '' };
}

/** Asks by the same key until all is over. @returns the line of the table. */
export async function endDeal(deal, { chain }) {
  const { agent, buy, shop, sent = 0, paid = 0n, last = deal.first, name } = deal;
  let answer;
  await until(`${name}: ${last}`, async () => {
    answer = await buy();
    assert.ok([deal.first, last].includes(said(answer)) || answer.status === 503, `${name}: ${JSON.stringify(answer.body)}`);
    return said(answer) === last && answer.body.payment?.state !== 'unknown';
  }, 240, 500);
  const again = await buy();
  // A refusal has a new trace id each time, and one that promised nothing is a new try.
  assert.deepEqual([said(again), again.body.payment, again.body.body], [said(answer), answer.body.payment, answer.body.body], name);
  assert.ok([sent].flat().includes(shop.payments.length), `${name}: sent ${shop.payments.length} times, not ${sent}`);
  assert.ok(new Set(shop.payments).size <= 1, `${name}: sent byte for byte`);
  if (shop.payments.length > 0)
    checkSigned(deal, `${paid || 100_000n}`);

  const transactions = paid > 0n ? 1 : 0;
  const to = await chain.transfers(agent.address, deal.payTo);
  assert.deepEqual([await chain.transfers(agent.address), to.length, await chain.used(agent.address)], [to, transactions, transactions], `${name}: on the chain`);
  assert.equal(await chain.balance(agent.address), (deal.gift ?? gift) - paid, name);
  assert.equal(await chain.balance(agent.address, otherToken), gift, name);
  const after = await agent.ledger(asset);
  assert.deepEqual(after, { held: '0', posted: `${paid}` }, `${name}: the ledger`);
  const payments = (await agent.payments()).map(({ state, amount, payee, transaction }) => ({ state, amount, payee, transaction }));
  const expected = shop.payments.length === 0 ? [] : [{ state: paid > 0n ? 'settled' : 'failed', amount: `${paid || 100_000n}`, payee: deal.payTo, transaction: to[0] ?? null }];
  assert.deepEqual(payments, expected, `${name}: the list`);
  return {
    'the shop': deal.what, version: deal.version, 'first answer': deal.first, 'in the end': last === deal.first ? '' : last, sent: shop.payments.length, transactions,
    'held, then': deal.held, 'held in the end': after.held, posted: after.posted,
  };
}

/** What was signed is what was agreed on, whatever the shop has asked for since. */
function checkSigned({ agent, payTo, shop, name }, amount) {
  const { from, to, value, validBefore } = JSON.parse(Buffer.from(shop.payments[0], 'base64')).payload.authorization;
  assert.deepEqual([from, to, value], [agent.address, payTo, amount], `${name}: what was signed`);
  assert.ok(Number(validBefore) <= Date.now() / 1000 + validity, `${name}: valid until ${validBefore}`);
}

/** Status, code and reason. */
const said = ({ status, code, body }) => [status, code, body.reason].filter(Boolean).join(' ');
