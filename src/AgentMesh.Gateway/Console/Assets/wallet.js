// What the agent has and may spend.
import { copyButton, empty, fill, h } from './dom.js';
import { amount, percent, scopeOf, span, when } from './text.js';

// BalanceReasons, in words.
const reasons = {
  balance_not_configured: 'no node of the chain is configured',
  node_unreachable: 'the chain\'s node is not reached',
  node_timed_out: 'the chain\'s node takes too long',
  node_of_another_chain: 'the node is of another chain',
  node_failed: 'the chain\'s node answers something else',
  payments_unreachable: 'the app payments is not reached',
};

export class Wallet {
  id = 'wallet';
  title = 'Wallet';
  /** Events after which it is read anew. */
  events = ['payment', 'budget', 'message', 'turn_paused', 'turn_resumed', 'frozen', 'unfrozen', 'approval'];
  // Who is paid hears nothing by the log, nor of a hold that a window lets go: while this is seen it is asked again.
  pollMs = 5000;
  #tokens = new Map();

  constructor({ api }) {
    this.api = api;
    this.have = h('div', {});
    this.limits = h('div', { class: 'limits' });
    this.root = h('div', {}, this.have, h('h3', {}, 'Budget'), this.limits);
  }

  async refresh() {
    const info = await this.api.get('/info');
    this.isKnown = true;
    for (const { asset, symbol, decimals } of info.budget.limits) if (symbol) this.#tokens.set(addressOf(asset), { symbol, decimals });
    fill(this.have, [info.walletAddress, info.balance, info.balanceReason], () => walletNodes(info, this.tokenOf(info.balance?.asset).symbol));
    fill(this.limits, info.budget.limits, () => info.budget.limits.length > 0 ? info.budget.limits.map(limitNodes) : [empty('No limits', 'Nothing may be spent until an admin sets some.')]);
  }

  /** What a token is called and divided by, as the budget has it; by its contract. */
  tokenOf(asset) {
    return this.#tokens.get(addressOf(asset ?? '')) ?? { symbol: 'atomic units', decimals: null };
  }
}

// A token by its CAIP-19 name or by its contract alone.
const addressOf = asset => asset.replace(/^.*:/, '').toLowerCase();

function walletNodes({ walletAddress, balance, balanceReason }, symbol) {
  if (!walletAddress) return [empty('No wallet yet', 'The agent gets one with its first message.')];
  return [
    h('p', { class: 'balance' }, balance
      ? [h('b', {}, balance.amount), ` ${symbol}`, h('small', {}, balance.network)]
      : [h('b', {}, 'Unknown'), h('small', {}, `${reasons[balanceReason] ?? balanceReason ?? reasons.balance_not_configured}`)]),
    h('div', { class: 'copied' }, h('code', { 'aria-label': 'Address of the wallet' }, walletAddress), copyButton(walletAddress, 'the address')),
  ];
}

function limitNodes({ scope, asset, symbol, decimals, window, limit, posted, held, overrun, available, resetsAt }) {
  const name = symbol ?? asset;
  const of = value => amount(value, decimals);
  const [spent, set] = [percent(posted, limit), percent(held, limit)];
  const bar = h('div', {
    class: 'bar', role: 'meter', 'aria-label': `${name} for ${scopeOf(scope)}, ${span(window)}`, 'aria-valuemin': '0', 'aria-valuemax': '100',
    'aria-valuenow': String(Math.min(100, spent + set)), 'aria-valuetext': `${of(posted)} spent and ${of(held)} held of ${of(limit)} ${name}`,
  }, h('span', { class: 'posted' }), h('span', { class: 'held' }));
  // By the style of the node, which a policy without inline styles lets scripts set.
  bar.children[0].style.width = `${spent}%`;
  bar.children[1].style.width = `${Math.min(set, 100 - spent)}%`;
  return h('section', { class: spent + set >= 100 ? 'limit full' : spent + set >= 80 ? 'limit near' : 'limit' },
    h('p', { class: 'limit-name' }, h('b', {}, `${of(limit)} ${name}`), ` ${span(window)}`, h('span', { class: 'chip' }, scopeOf(scope))),
    bar,
    h('dl', { class: 'figures' },
      h('div', { class: 'posted' }, h('dt', {}, 'Spent'), h('dd', {}, of(posted))),
      h('div', { class: 'held' }, h('dt', {}, 'Held'), h('dd', {}, of(held))),
      h('div', {}, h('dt', {}, 'Available'), h('dd', {}, of(available)))),
    overrun !== '0' && h('p', { class: 'fine bad' }, `${of(overrun)} more was spent than was held; nothing is available until that has left the window.`),
    h('p', { class: 'fine' }, resetsAt ? `${window.startsWith('rolling:') ? 'The first of it comes back' : 'Begins anew'} ${when(resetsAt)}` : posted === '0' ? 'Nothing is spent' : 'Nothing comes back by itself'));
}
