// What the agent has and does, as tabs: one is seen at a time, and only that one is read.
import { h } from './dom.js';
import { notify } from './notices.js';
import { Connect } from './connect.js';
import { Events } from './events.js';
import { Mail } from './mail.js';
import { Payments } from './payments.js';
import { Schedules } from './schedules.js';
import { Wallet } from './wallet.js';

// Events that come together are one reading.
const GatherMs = 300;

export class Panels {
  #open = null;
  #timer = 0;
  #poll = 0;

  constructor(context) {
    const wallet = new Wallet(context);
    this.panels = [wallet, new Payments({ ...context, wallet }), new Mail(context), new Schedules(context), new Events(context), new Connect(context)];
    this.wallet = wallet;
    for (const panel of this.panels) {
      panel.again = () => this.#read(panel);
      panel.tab = h('button', { type: 'button', role: 'tab', id: `tab-${panel.id}`, 'aria-controls': `panel-${panel.id}`, onclick: () => this.open(panel) }, panel.title);
      panel.place = h('div', { role: 'tabpanel', id: `panel-${panel.id}`, 'aria-labelledby': `tab-${panel.id}`, tabindex: '0', class: 'panel', hidden: true }, panel.root);
    }

    this.tabs = h('div', { role: 'tablist', 'aria-label': 'About the agent', class: 'tabs', onkeydown: event => this.#key(event) }, this.panels.map(panel => panel.tab));
    this.root = h('aside', { class: 'agent', 'aria-label': 'Agent' }, this.tabs, this.panels.map(panel => panel.place));
    const { feed, signal } = context;
    feed.addEventListener('message', () => this.#happened('message'));
    feed.addEventListener('event', ({ detail }) => this.#happened(detail.type));
    // A model's call has set money aside by now.
    feed.addEventListener('delta', ({ detail }) => { if (detail.at === 0) this.#happened('message'); });
    feed.addEventListener('welcome', () => this.#happened(null));
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.#happened(null); }, { signal });
    signal.addEventListener('abort', () => {
      clearTimeout(this.#timer);
      clearInterval(this.#poll);
    }, { once: true });
    this.open(wallet);
  }

  open(panel) {
    this.#open = panel;
    for (const one of this.panels) {
      const isOpen = one === panel;
      one.tab.setAttribute('aria-selected', String(isOpen));
      one.tab.tabIndex = isOpen ? 0 : -1;
      one.place.hidden = !isOpen;
    }

    clearInterval(this.#poll);
    if (panel.pollMs) this.#poll = setInterval(() => { if (!document.hidden && panel.place.offsetParent) this.#read(panel); }, panel.pollMs);
    this.#read(panel);
  }

  #key(event) {
    const at = this.panels.indexOf(this.#open);
    const last = this.panels.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.open(this.panels[to]);
    this.panels[to].tab.focus();
  }

  #happened(type) {
    if (type !== null && !this.#open.events?.includes(type)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#read(this.#open), GatherMs);
  }

  async #read(panel) {
    if (!panel.refresh || panel.isReading) {
      panel.isStale = true;
      return;
    }

    Object.assign(panel, { isReading: true, isStale: false });
    try {
      // Payments are named as the budget names their token.
      if (panel.id === 'payments' && !this.wallet.isKnown) await this.wallet.refresh();
      await panel.refresh();
      panel.isRefused = false;
    } catch (fault) {
      // Once is enough for what is asked again and again.
      if (!panel.isRefused) notify(fault);
      panel.isRefused = true;
    } finally {
      panel.isReading = false;
    }

    if (panel.isStale) this.#read(panel);
  }
}
