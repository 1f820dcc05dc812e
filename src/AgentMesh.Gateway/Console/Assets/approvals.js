// Payments that the policy asks about: what is to be paid, to whom, why it is asked, and the two answers.
import { copyButton, fill, h } from './dom.js';
import { tried } from './notices.js';
import { amount, short, when } from './text.js';

export class Approvals {
  constructor({ api, wallet, decided }) {
    this.api = api;
    this.wallet = wallet;
    this.decided = decided;
    this.root = h('ul', { class: 'cards approvals', 'aria-label': 'Payments that wait for you' });
  }

  async refresh() {
    const { approvals } = await this.api.get('/approvals?state=pending');
    fill(this.root, [approvals, approvals.map(one => this.wallet.tokenOf(one.asset))], () => approvals.map(approval => this.#card(approval)));
    this.root.hidden = approvals.length === 0;
  }

  #card({ id, payee, asset, amount: atomic, host, url, reason, expiresAt }) {
    const { symbol, decimals } = this.wallet.tokenOf(asset);
    return h('li', { class: 'approval' },
      h('p', { class: 'line' }, h('b', {}, `May it pay ${amount(atomic, decimals)} ${symbol}?`), h('time', { datetime: expiresAt }, `until ${when(expiresAt)}`)),
      h('p', { class: 'where' }, url ?? host),
      h('p', { class: 'fine' }, reason),
      h('p', { class: 'fine' }, 'to ', h('code', { title: payee }, short(payee)), copyButton(payee, 'the payee')),
      h('div', { class: 'buttons' },
        h('button', { type: 'button', onclick: event => this.#decide(id, 'deny', event.currentTarget) }, 'Deny'),
        h('button', { type: 'button', class: 'primary', onclick: event => this.#decide(id, 'approve', event.currentTarget) }, 'Approve')));
  }

  async #decide(id, decision, button) {
    await tried(() => this.api.call('POST', `/approvals/${encodeURIComponent(id)}`, { body: { decision } }), button);
    this.decided();
  }
}
