// The sessions of the agent: pick, begin, name, delete.
import { ask, field, fill, h, icon, iconButton, icons } from './dom.js';
import { newKey } from './api.js';
import { notify, tried } from './notices.js';
import { titleOf, when } from './text.js';

const Default = { id: 'default', metadata: {}, lastActive: null };

export class Sessions {
  #sessions = [Default];
  #next = null;
  #current = null;

  constructor({ api, thread, select, renamed, seen }) {
    this.api = api;
    this.thread = thread;
    this.select = select;
    this.renamed = renamed;
    this.seen = seen;
    this.list = h('ul', { class: 'session-list' });
    this.more = h('button', { type: 'button', class: 'wide', hidden: true, onclick: event => tried(() => this.#read(this.#next), event.currentTarget) }, 'More sessions');
    this.root = h('nav', { class: 'sessions', 'aria-label': 'Sessions' },
      h('div', { class: 'head' }, h('h2', {}, 'Sessions'), h('button', { type: 'button', class: 'small', onclick: () => this.#create() }, icon(icons.plus, 16), 'New')),
      this.list, this.more);
    thread.addEventListener('session', ({ detail }) => {
      const known = this.#sessions.find(session => session.id === detail.sessionId);
      if (!known) this.refresh();
      else if (!known.lastActive || Date.parse(known.lastActive) < detail.timestamp) known.lastActive = new Date(detail.timestamp).toISOString();
      this.#draw();
    });
  }

  async refresh() {
    try {
      await this.#read(null);
    } catch (fault) {
      notify(fault);
    }
  }

  titleOf(id) {
    return titleOf(this.#sessions.find(session => session.id === id) ?? { id });
  }

  open(id) {
    this.#current = id;
    this.#draw();
  }

  async #read(cursor) {
    const page = await this.api.get(`/sessions${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`);
    const found = cursor ? [...this.#sessions, ...page.sessions] : page.sessions;
    this.#sessions = found.some(session => session.id === 'default') ? found : [Default, ...found];
    this.#next = page.nextCursor;
    this.#draw();
    // The name of the one that is open may be known only now.
    this.renamed();
  }

  #draw() {
    this.more.hidden = this.#next === null;
    fill(this.list, [this.#sessions, this.#current], () => this.#sessions.map(session => this.#row(session)));
  }

  #row(session) {
    const title = titleOf(session);
    const isCurrent = session.id === this.#current;
    return h('li', { class: isCurrent ? 'current' : null },
      h('a', { href: `#/u/${encodeURIComponent(this.api.user)}/s/${encodeURIComponent(session.id)}`, 'aria-current': isCurrent ? 'page' : null, onclick: this.seen },
        h('span', { class: 'name' }, title), h('small', {}, session.lastActive ? when(session.lastActive) : ' ')),
      session.id !== 'default' && h('span', { class: 'tools' },
        iconButton(icons.pen, `Rename ${title}`, () => this.#rename(session)),
        iconButton(icons.bin, `Delete ${title}`, () => this.#delete(session))));
  }

  async #create() {
    const answer = await ask({ title: 'New session', action: 'Begin', body: [nameField('')] });
    if (!answer) return;
    const name = answer.name.trim();
    const session = await tried(() => this.api.call('POST', '/sessions', { body: name ? { metadata: { name } } : {}, key: newKey() }));
    if (!session) return;
    this.#sessions.push(session);
    this.select(session.id);
  }

  async #rename(session) {
    const answer = await ask({ title: 'Rename the session', action: 'Rename', body: [nameField(session.metadata?.name ?? '')] });
    if (!answer) return;
    // Merged (RFC 7396): null takes the name away.
    const renamed = await tried(() => this.api.call('PATCH', `/sessions/${encodeURIComponent(session.id)}`, { body: { metadata: { name: answer.name.trim() || null } } }));
    if (!renamed) return;
    this.#sessions = this.#sessions.map(one => one.id === session.id ? renamed : one);
    this.#draw();
    this.renamed();
  }

  async #delete(session) {
    const answer = await ask({
      title: `Delete ${titleOf(session)}?`, action: 'Delete', danger: true,
      body: [h('p', {}, 'The session and all its messages are removed for good.')],
    });
    if (!answer || await tried(async () => { await this.api.call('DELETE', `/sessions/${encodeURIComponent(session.id)}`); return true; }) === undefined) return;
    this.#sessions = this.#sessions.filter(one => one.id !== session.id);
    // First another one, so that nobody asks for what is not there any more.
    if (session.id === this.#current) this.select('default');
    this.thread.forget(session.id);
    this.#draw();
  }
}

const nameField = value => field('Name', h('input', { name: 'name', maxlength: '100', value, autocomplete: 'off', autofocus: true }), 'May be left empty.');
