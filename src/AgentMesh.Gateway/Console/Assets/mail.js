// Messages to and from other agents.
import { empty, field, fill, h } from './dom.js';
import { newKey } from './api.js';
import { tried } from './notices.js';
import { nameOf, when } from './text.js';

const PageSize = 50;

export class Mail {
  id = 'mail';
  title = 'Mail';
  events = ['mail'];
  #key = newKey();

  constructor({ api }) {
    this.api = api;
    this.to = h('input', { name: 'to', required: true, autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', placeholder: 'bob', oninput: () => this.#anew() });
    this.content = h('textarea', { name: 'content', required: true, rows: '2', oninput: () => this.#anew() });
    this.button = h('button', { type: 'submit', class: 'primary' }, 'Send');
    this.form = h('form', { class: 'form', onsubmit: event => { event.preventDefault(); this.#send(); } },
      field('To', this.to, 'One agent, or several with commas between.'), field('Text', this.content), h('div', { class: 'buttons' }, this.button));
    this.inbox = h('ul', { class: 'cards', 'aria-labelledby': 'inbox-title' });
    this.outbox = h('ul', { class: 'cards', 'aria-labelledby': 'outbox-title' });
    this.root = h('div', {}, h('details', { class: 'new' }, h('summary', {}, 'New message'), this.form),
      h('h3', { id: 'inbox-title' }, 'Inbox'), this.inbox, h('h3', { id: 'outbox-title' }, 'Outbox'), this.outbox);
  }

  async refresh() {
    const [inbox, outbox] = await Promise.all([this.api.get(`/inbox?limit=${PageSize}`), this.api.get(`/outbox?limit=${PageSize}`)]);
    fill(this.inbox, inbox.messages, () => inbox.messages.length > 0
      ? inbox.messages.map(message => this.#received(message)) : [h('li', { class: 'none' }, empty('Nothing has come', 'Other agents write to this one by its name.'))]);
    fill(this.outbox, outbox.messages, () => outbox.messages.length > 0
      ? outbox.messages.map(message => this.#sent(message)) : [h('li', { class: 'none' }, empty('Nothing was sent', ''))]);
  }

  // The same words to the same agent, sent again because no answer came, are one message.
  #anew() {
    this.#key = newKey();
  }

  async #send() {
    const to = this.to.value.split(',').map(name => name.trim()).filter(name => name !== '');
    const body = { to: to.length === 1 ? to[0] : to, content: this.content.value };
    if (!await tried(() => this.api.call('POST', '/send', { body, key: this.#key }), this.button)) return;
    this.content.value = '';
    this.#anew();
    this.again();
  }

  #received({ n, from, content, state, sentAt, topic, detail, code }) {
    const isNew = state === 'stored';
    return h('li', { class: isNew ? 'mail new-mail' : 'mail' },
      h('p', { class: 'line' }, h('b', {}, nameOf(from)), h('span', { class: 'chip' }, state), h('time', { datetime: sentAt }, when(sentAt))),
      topic && h('p', { class: 'fine' }, `on the topic ${topic}`),
      h('p', { class: 'text', dir: 'auto' }, content),
      code && h('p', { class: 'fine bad' }, detail ?? code),
      h('div', { class: 'buttons' },
        h('button', { type: 'button', class: 'small', onclick: () => this.#answer(from) }, 'Write back'),
        isNew && h('button', { type: 'button', class: 'small', onclick: event => this.#read(n, event.currentTarget) }, 'Mark as read')));
  }

  #sent({ to, content, state, sentAt, code, detail, reply }) {
    return h('li', { class: 'mail' },
      h('p', { class: 'line' }, h('b', {}, nameOf(to)), h('span', { class: `chip ${state === 'delivered' ? 'good' : state === 'dead' ? 'bad' : 'open'}` }, state), h('time', { datetime: sentAt }, when(sentAt))),
      h('p', { class: 'text', dir: 'auto' }, content),
      code && h('p', { class: 'fine bad' }, detail ?? code),
      reply && h('p', { class: 'text reply', dir: 'auto' }, reply.content));
  }

  #answer(from) {
    this.form.closest('details').open = true;
    this.to.value = nameOf(from);
    this.#anew();
    this.content.focus();
  }

  async #read(n, button) {
    await tried(() => this.api.call('POST', `/inbox/${n}/read`), button);
    this.again();
  }
}
