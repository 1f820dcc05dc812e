// What shops may do to an agent, and what becomes of its money. Each row is a shop of its own, made of the official package, and an agent of its own.
import { once } from 'node:events';
import { otherToken } from './chain.mjs';
import { withoutReceipt } from './shops.mjs';

const base = { network: 'eip155:8453', token: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913', name: 'USD Coin' };
const fair = { amount: '100000', seconds: 60 };
/** Nobody can execute such a payment for long, and a minute later the money is free again. */
const brief = { ...fair, seconds: 40 };
const unknown = '503 payment_unknown';
const lost = '502 paid_without_answer';

/**
 * Nothing is signed. Of a row:
 * what the shop does, in which of its versions, both by default, and the terms that it asks for;
 * order: what the agent is told beside the URL; limit: of its budget; gift: what it has on the chain;
 * first: the answer, and what its detail says; last: that of the same key when all is over, the same by default;
 * sent: how often the payment came to the shop, 0 by default, or several numbers; paid: how much was, nothing by default.
 */
export const refused = [
  { what: 'asks in another token', terms: { ...fair, token: otherToken }, first: '502 payment_not_possible payment_asset_not_allowed' },
  { what: 'asks on another network', terms: { ...fair, ...base }, first: '502 payment_not_possible payment_asset_not_allowed' },
  { what: 'asks in USDC, another is agreed', terms: fair, order: { asset: `${base.network}/erc20:${base.token}` }, first: '502 payment_not_possible payment_asset_not_allowed' },
  { what: 'gives USDC another name', terms: { ...fair, name: 'USD Coin' }, first: '502 payment_not_possible payment_domain_mismatch' },
  { what: 'asks 0.100001 of 0.10', terms: { ...fair, amount: '100001' }, first: '502 payment_not_possible payment_amount_over_cap' },
  { what: 'asks 1.000001, policy asks above 1', terms: { ...fair, amount: '1000001' }, order: { maxAmount: '60000000' }, first: '403 approval_required' },
  { what: 'asks 50.000001, policy has 50', terms: { ...fair, amount: '50000001' }, order: { maxAmount: '60000000' }, first: '403 policy_denied', says: /No rule of the policy allows/ },
  { what: 'asks 0.10, budget has 0.099999', terms: fair, limit: '99999', first: '403 budget_exceeded' },
  { what: 'asks 0.10, agent is frozen', terms: fair, isFrozen: true, first: '403 agent_frozen' },
  { what: 'offers three ways, none allowed', versions: ['v2'], terms: [{ ...fair, token: otherToken }, { ...fair, ...base }, { ...fair, amount: '100001' }], first: '502 payment_not_possible payment_amount_over_cap' },
];

/** The money goes to whom it was agreed on, once, and the agent gets what there is to be had for it. */
export const paid = [
  { what: 'offers four ways, the last allowed', versions: ['v2'], terms: [{ ...fair, token: otherToken }, { ...fair, ...base }, { ...fair, amount: '100001' }, fair], first: '200', sent: 1, paid: 100_000n },
  { what: 'asks 1.00, policy and order too', terms: { ...fair, amount: '1000000' }, order: { maxAmount: '1000000' }, first: '200', sent: 1, paid: 1_000_000n },
  { what: 'asks 1.000001, approved', terms: { ...fair, amount: '1000001' }, order: { maxAmount: '1000001' }, first: '403 approval_required', isApproved: true, last: '200', sent: 1, paid: 1_000_001n },
  { what: 'asks for a year to settle in', terms: { ...fair, seconds: 31_536_000 }, first: '200', sent: 1, paid: 100_000n },
  { what: 'fails twice at its work', terms: fair, manners: { works: n => n > 2 ? 200 : 500 }, first: unknown, last: '200', sent: 3, paid: 100_000n },
  { what: 'answers nothing twice', terms: fair, manners: { takes: async (n, response) => n > 2 || await isGone(response) }, first: unknown, last: '200', sent: 3, paid: 100_000n },
  { what: 'finds its facilitator ill, verify', terms: fair, facilitator: { fails: (call, n) => call === 'verify' && n === 1 && 'before' }, first: unknown, last: '200', sent: 2, paid: 100_000n },
  { what: 'finds its facilitator ill, settle', terms: fair, facilitator: { fails: (call, n) => call === 'settle' && n === 1 && 'before' }, first: unknown, last: '200', sent: 2, paid: 100_000n },
  { what: 'takes the money, no receipt', terms: fair, manners: { answers: (_, response) => withoutReceipt(response) }, first: '200', sent: 1, paid: 100_000n },
  { what: 'takes the money, answers 402', terms: fair, facilitator: { fails: call => call === 'settle' && 'after' }, first: lost, sent: 1, paid: 100_000n },
  { what: 'takes the money, answers 500', terms: fair, manners: { answers: fail }, first: unknown, last: lost, sent: 2, paid: 100_000n },
  { what: 'takes the money, answers nothing', terms: fair, manners: { answers: (n, response) => n === 1 && response.destroy() }, first: unknown, last: lost, sent: 2, paid: 100_000n },
];

/**
 * Nothing more is signed than what was agreed on, and that nobody executes: the money is held until nobody can. The agents are killed meanwhile, which may cost
 * one more sending of the same bytes.
 */
export const turnedAway = [
  { what: 'paid, asks for another payee', terms: brief, paidTerms: { ...brief, payTo: '0x1343558b1e48Ee16260e386DBEE4693902DB77c4' }, says: /other terms/ },
  { what: 'paid, asks for more', terms: brief, paidTerms: { ...brief, amount: '100001' }, order: { maxAmount: '1000000' }, says: /other terms/ },
  { what: 'paid, asks in another token', terms: brief, paidTerms: { ...brief, token: otherToken }, says: /other terms/ },
  { what: 'paid, finds 0.099999 in the wallet', terms: brief, gift: 99_999n, says: /another 402/, sent: [6, 7] },
  { what: 'paid, answers 404', terms: brief, manners: { works: () => 404 }, first: '200', last: '200' },
].map(row => ({ first: unknown, last: '502 payment_not_settled', sent: 1, ...row }));

async function isGone(response) {
  await once(response, 'close');
  return false;
}

function fail(n, response) {
  if (n > 1)
    return;
  withoutReceipt(response);
  response.status(500);
}
