// What happens, as it happens: the log's events, the newest first.
import { empty, h } from './dom.js';
import { when } from './text.js';

const MaxEvents = 500;

export class Events {
  id = 'events';
  title = 'Events';
  #events = [];
  #types = new Set();

  constructor({ feed }) {
    this.type = h('select', { 'aria-label': 'Type of events', onchange: () => this.#draw() }, h('option', { value: '' }, 'All types'));
    this.filter = h('input', { type: 'search', placeholder: 'Filter', 'aria-label': 'Filter events by text', autocomplete: 'off', oninput: () => this.#draw() });
    this.list = h('ol', { class: 'events', reversed: true, 'aria-label': 'Events' });
    this.none = empty('No events', 'What happens to the agent is listed here as it happens.');
    this.root = h('div', {}, h('div', { class: 'tools' }, this.type, this.filter), this.none, this.list);
    feed.addEventListener('message', ({ detail: { seq, timestamp, sessionId, role, content, turn } }) =>
      this.#add({ seq, at: new Date(timestamp).toISOString(), session: sessionId, type: 'message', data: { turn, role, content } }));
    feed.addEventListener('event', ({ detail }) => this.#add(detail));
    feed.addEventListener('restart', () => {
      this.#events = [];
      this.#draw();
    });
  }

  #add(event) {
    event.text = JSON.stringify(event.data ?? {});
    this.#events.push(event);
    if (!this.#types.has(event.type)) {
      this.#types.add(event.type);
      this.type.append(h('option', { value: event.type }, event.type));
    }

    if (this.#fits(event)) this.list.prepend(row(event));
    if (this.#events.length > MaxEvents) {
      this.#events.shift();
      if (this.list.children.length > MaxEvents) this.list.lastChild.remove();
    }

    this.none.hidden = this.list.children.length > 0;
  }

  #fits({ type, session, text }) {
    const wanted = this.filter.value.trim().toLowerCase();
    return (this.type.value === '' || type === this.type.value) && (wanted === '' || `${type} ${session} ${text}`.toLowerCase().includes(wanted));
  }

  #draw() {
    this.list.replaceChildren(...this.#events.filter(event => this.#fits(event)).toReversed().map(row));
    this.none.hidden = this.list.children.length > 0;
  }
}

const row = ({ seq, at, session, type, data, text }) => h('li', { 'data-seq': String(seq), 'data-type': type },
  h('details', {},
    h('summary', {}, h('span', { class: 'seq' }, seq), h('b', {}, type), h('span', { class: 'brief' }, brief(type, data)), h('time', { datetime: at }, when(at))),
    h('p', { class: 'fine' }, `session ${session} · ${at}`),
    h('pre', { tabindex: '0' }, JSON.stringify(JSON.parse(text), null, 2))));

const brief = (type, data) => type === 'message'
  ? `${data.role}: ${data.content.slice(0, 60)}`
  : [data?.status ?? data?.state ?? data?.code, data?.tool, data?.to ?? data?.from, data?.percent && `${data.percent} % ${data.scope}`, data?.amount].filter(Boolean).join(' ');
