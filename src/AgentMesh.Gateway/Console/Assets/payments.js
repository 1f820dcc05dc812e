// What was paid, in and out, and how each stands.
import { Approvals } from './approvals.js';
import { copyButton, empty, fill, h } from './dom.js';
import { amount, short, when } from './text.js';

const PageSize = 50;
const good = ['settled'];
const bad = ['failed'];

export class Payments {
  id = 'payments';
  title = 'Payments';
  events = ['payment', 'approval', 'mail'];
  // Who is paid hears nothing by the log: while this is seen it is asked again.
  pollMs = 5000;

  constructor({ api, wallet }) {
    this.api = api;
    this.wallet = wallet;
    this.direction = h('select', { 'aria-label': 'Which payments', onchange: () => this.again() },
      h('option', { value: '' }, 'In and out'), h('option', { value: 'in' }, 'In'), h('option', { value: 'out' }, 'Out'));
    this.approvals = new Approvals({ api, wallet, decided: () => this.again() });
    this.list = h('ul', { class: 'cards' });
    this.root = h('div', {}, this.approvals.root, h('div', { class: 'tools' }, this.direction), this.list);
  }

  async refresh() {
    await this.approvals.refresh();
    const direction = this.direction.value;
    const { payments } = await this.api.get(`/payments?limit=${PageSize}${direction ? `&direction=${direction}` : ''}`);
    const newest = payments.toReversed();
    fill(this.list, [newest, direction, newest.map(payment => this.#symbolOf(payment))], () => newest.length > 0
      ? newest.map(payment => card(payment, this.#symbolOf(payment)))
      : [h('li', { class: 'none' }, empty('No payments', 'What the agent is paid, and what it buys, is listed here.'))]);
  }

  // Its decimals are its own; a token that the budget does not know is a token all the same.
  #symbolOf({ asset }) {
    const { symbol, decimals } = this.wallet.tokenOf(asset);
    return decimals === null ? 'tokens' : symbol;
  }
}

function card({ direction, state, amount: atomic, decimals, network, payer, payee, resource, transaction, reason, createdAt, id }, symbol) {
  const isIn = direction === 'in';
  return h('li', { class: `payment ${direction}`, 'data-id': id },
    h('p', { class: 'line' },
      h('b', {}, `${isIn ? '+' : '−'}${amount(atomic, decimals)} ${symbol}`),
      h('span', { class: `chip ${good.includes(state) ? 'good' : bad.includes(state) ? 'bad' : 'open'}` }, state),
      h('time', { datetime: createdAt }, when(createdAt))),
    h('p', { class: 'where' }, resource),
    reason && h('p', { class: 'fine bad' }, reason),
    h('details', {}, h('summary', {}, isIn ? `from ${short(payer)}` : `to ${short(payee)}`),
      h('dl', { class: 'facts' },
        fact('Payer', payer), fact('Payee', payee), transaction && fact('Transaction', transaction), h('div', {}, h('dt', {}, 'Network'), h('dd', {}, h('code', {}, network))))));
}

const fact = (name, value) => h('div', {}, h('dt', {}, name), h('dd', {}, h('code', { title: value }, short(value)), copyButton(value, `the ${name.toLowerCase()}`)));
