// An agent of the mesh buys: its answers, its list of payments, its ledger and the chain have to agree.
import assert from 'node:assert/strict';
import { asset } from './chain.mjs';

/** Buys one after the other, then as many at once, then everything again by the same keys. @returns the transactions of the receipts. */
export async function buyByAgent(agent, chain, { url, payTo, times, bodyOf = () => undefined, expected }) {
  const numbers = Array.from({ length: 2 * times }, (_, n) => n);
  const buy = n => agent.pay(`key-${n}`, url, { body: bodyOf(n) });
  const answers = [];
  for (const n of numbers.slice(0, times))
    answers.push(await buy(n));
  answers.push(...await Promise.all(numbers.slice(times).map(buy)));
  for (const { status, body } of answers) {
    assert.deepEqual([status, body.status], [200, 200], JSON.stringify(body));
    assert.match(body.body, expected);
  }

  await checkBooks(agent, chain, answers.map(answer => answer.body.payment), payTo);
  const before = await chain.transfers(agent.address);
  assert.deepEqual(await Promise.all(numbers.map(buy)), answers, 'the same keys have the same answers');
  for (const again of await Promise.all(Array.from({ length: 20 }, () => buy(0))))
    assert.deepEqual(again, answers[0]);
  const other = await agent.pay('key-0', url, { body: bodyOf(0), maxAmount: '100001' });
  assert.deepEqual([other.status, other.code], [409, 'idempotency_key_reused']);
  assert.deepEqual(await chain.transfers(agent.address), before, 'a repeat moves no money');
  return answers.map(answer => answer.body.payment.transaction);
}

/** What the agent was told, what it lists, what its ledger has posted, and what the chain has of it. */
export async function checkBooks(agent, chain, told, payTo) {
  const spent = told.reduce((sum, payment) => sum + BigInt(payment.amount), 0n);
  for (const payment of told)
    assert.deepEqual([payment.state, payment.payer, payment.payee], ['settled', agent.address, payTo]);
  const listed = await agent.payments();
  assert.deepEqual(listed.map(payment => payment.seq), listed.map((_, n) => n + 1));
  assert.deepEqual(sorted(listed, 'id'), sorted(told, 'id'), 'what it lists');
  assert.deepEqual(await agent.ledger(asset), { posted: `${spent}`, held: '0' }, 'its ledger');
  const transactions = await chain.transfers(agent.address);
  assert.deepEqual(told.map(payment => payment.transaction).sort(), [...transactions].sort(), 'transactions on the chain');
}

const sorted = (payments, member) => [...payments].sort((one, other) => one[member].localeCompare(other[member]));
