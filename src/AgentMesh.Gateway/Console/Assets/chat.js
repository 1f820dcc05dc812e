// The conversation: what was said, what is being said, what is not sent yet.
import { empty, h } from './dom.js';
import { faultNodes, notify, tried } from './notices.js';
import { when } from './text.js';
import { Composer } from './composer.js';

// So near to the end that what comes is followed.
const FollowPx = 80;
const names = { user: 'You', assistant: 'Agent', error: 'No answer' };

export class Chat {
  #session = null;
  #nodes = new Map();
  #running = new Map();
  #frame = 0;
  #follow = true;

  constructor({ thread, outbox, signal }) {
    this.thread = thread;
    this.outbox = outbox;
    this.title = h('h1', { tabindex: '-1' });
    this.earlier = h('button', { type: 'button', class: 'earlier', hidden: true, onclick: () => this.#loadOlder() }, 'Earlier messages');
    this.log = h('div', { role: 'log', 'aria-label': 'Messages', class: 'messages' });
    this.live = h('div', { class: 'messages', 'aria-label': 'Under way', role: 'group' });
    this.scroll = h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Conversation' }, this.earlier, this.log, this.live);
    this.composer = new Composer({
      send: text => this.#send(text),
      cancel: () => tried(() => thread.cancel(this.#session)),
    });
    this.root = h('section', { class: 'chat', 'aria-label': 'Chat' }, h('div', { class: 'head' }, this.title), this.scroll, this.composer.root);
    thread.addEventListener('change', ({ detail }) => {
      if (detail === null || detail === this.#session) {
        this.#load();
        this.#draw();
      }
    });
    thread.addEventListener('text', ({ detail }) => { if (detail.session === this.#session) this.#draw(); });
    outbox.addEventListener('change', () => this.#draw());
    this.scroll.addEventListener('scroll', () => {
      this.#follow = this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < FollowPx;
      if (this.scroll.scrollTop < FollowPx && !this.earlier.hidden) this.#loadOlder();
    }, { passive: true });
    // What is below stays in sight when the window gets smaller, as it does for a keyboard on glass.
    const watched = new ResizeObserver(() => this.#toEnd());
    watched.observe(this.scroll);
    signal.addEventListener('abort', () => watched.disconnect(), { once: true });
  }

  open(session, title) {
    this.title.textContent = title;
    if (session === this.#session) return;
    this.#session = session;
    this.#nodes.clear();
    this.#running.clear();
    this.log.replaceChildren();
    this.live.replaceChildren();
    this.#follow = true;
    this.composer.open(session);
    this.#load();
    this.#draw();
  }

  #load() {
    if (this.#session !== null && !this.thread.session(this.#session).isLoaded) this.thread.load(this.#session).catch(notify);
  }

  async #loadOlder() {
    if (this.earlier.disabled) return;
    this.earlier.disabled = true;
    const [height, top] = [this.scroll.scrollHeight, this.scroll.scrollTop];
    await tried(() => this.thread.load(this.#session, true));
    this.#drawNow();
    // What was read stays where it was.
    this.scroll.scrollTop = top + this.scroll.scrollHeight - height;
    this.earlier.disabled = false;
  }

  #send(text) {
    this.#follow = true;
    this.outbox.add(this.#session, text);
  }

  #draw() {
    this.#frame ||= requestAnimationFrame(() => this.#drawNow());
  }

  #drawNow() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (this.#session === null) return;
    const session = this.thread.session(this.#session);
    this.#drawMessages(session);
    this.#drawLive(session);
    this.earlier.hidden = session.before === null;
    this.#toEnd();
  }

  #drawMessages({ messages, isLoaded }) {
    for (const [seq, node] of this.#nodes) {
      if (messages.has(seq)) continue;
      node.remove();
      this.#nodes.delete(seq);
    }

    const missing = [...messages.values()].filter(message => !this.#nodes.has(message.seq));
    if (missing.length > 0) {
      for (const message of missing) this.#nodes.set(message.seq, bubble(message));
      // Few are out of order: each goes before the next greater number that is there.
      const order = [...this.#nodes.keys()].sort((a, b) => a - b);
      let next = null;
      for (const seq of order.reverse()) {
        const node = this.#nodes.get(seq);
        if (node.parentNode !== this.log || node.nextSibling !== next) this.log.insertBefore(node, next);
        next = node;
      }
    }

    const isEmpty = isLoaded && messages.size === 0 && this.outbox.of(this.#session).length === 0;
    const shown = this.scroll.querySelector('.empty');
    if (isEmpty && !shown) this.scroll.insertBefore(empty('Nothing was said yet', 'Write below; the agent remembers.'), this.log);
    if (!isEmpty) shown?.remove();
  }

  #drawLive() {
    const turns = this.thread.turns(this.#session);
    for (const [key, node] of this.#running) {
      if (turns.some(turn => turn.id === key)) continue;
      node.remove();
      this.#running.delete(key);
    }

    for (const turn of turns) {
      let node = this.#running.get(turn.id);
      if (!node) this.#running.set(turn.id, node = runningBubble(turn.id));
      this.live.append(...(node.parentNode ? [] : [node]));
      drawRunning(node, turn, () => tried(() => this.thread.resume(turn)));
    }

    for (const node of this.live.querySelectorAll('.outgoing')) node.remove();
    this.live.append(...this.outbox.of(this.#session).map(entry => outgoingBubble(entry, this.outbox)));
    this.composer.setRunning(turns.some(turn => !turn.pause));
  }

  #toEnd() {
    if (this.#follow) this.scroll.scrollTop = this.scroll.scrollHeight;
  }
}

const bubble = ({ seq, role, content, code, timestamp }) => h('article', { class: `message ${role}`, 'data-seq': String(seq) },
  h('header', {}, h('b', {}, names[role] ?? role), ' ', h('time', { datetime: new Date(timestamp).toISOString() }, when(timestamp)), code && [' ', h('code', {}, code)]),
  h('p', { class: 'text', dir: 'auto' }, content));

// Its text is a node of its own that only grows: what is selected stays.
function runningBubble(turn) {
  return h('article', { class: 'message assistant running', 'data-turn': turn, 'aria-busy': 'true' },
    h('header', {}, h('b', {}, 'Agent'), ' ', h('span', { class: 'doing' })), h('p', { class: 'text', dir: 'auto' }, document.createTextNode('')), h('div', { class: 'paused' }));
}

function drawRunning(node, turn, resume) {
  const text = node.querySelector('.text').firstChild;
  if (turn.text.startsWith(text.data)) text.appendData(turn.text.slice(text.data.length));
  else text.data = turn.text;
  const doing = turn.pause ? 'waits for budget' : turn.tool ? `uses ${turn.tool}` : turn.text === '' ? 'is thinking' : 'is writing';
  const shown = node.querySelector('.doing');
  if (shown.textContent !== doing) shown.textContent = doing;
  node.classList.toggle('waits', Boolean(turn.pause));
  const paused = node.querySelector('.paused');
  if (Boolean(turn.pause) === (paused.children.length > 0)) return;
  paused.replaceChildren(...turn.pause ? [h('p', {}, turn.pause.detail ?? turn.pause.code), h('button', { type: 'button', onclick: resume }, 'Try again now')] : []);
}

function outgoingBubble(entry, outbox) {
  const refused = entry.state === 'refused';
  return h('article', { class: `message user outgoing ${entry.state}` },
    h('header', {}, h('b', {}, 'You'), ' ', h('span', {}, { sending: 'sending', waiting: 'not sent yet, tried again by itself', refused: 'not sent' }[entry.state])),
    h('p', { class: 'text', dir: 'auto' }, entry.content),
    entry.fault && entry.state !== 'sending' && h('div', { class: 'fault', role: 'alert' }, faultNodes(entry.fault)),
    refused && h('div', { class: 'buttons' },
      h('button', { type: 'button', onclick: () => outbox.discard(entry) }, 'Discard'),
      h('button', { type: 'button', class: 'primary', onclick: () => outbox.retry(entry) }, 'Send again')));
}
