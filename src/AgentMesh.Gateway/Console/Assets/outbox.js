// What was written here and is not taken yet. Each message has a key of its own, so that it may be sent again until there is an answer, and is said once.
import { newKey, Refused, Unreached } from './api.js';

const FirstPauseMs = 500;
const MaxPauseMs = 15_000;

/** Event `change`. It is kept for this tab: a reload in the midst sends it again, by the same key. */
export class Outbox extends EventTarget {
  #place;
  #entries;

  constructor(api, feed, thread) {
    super();
    this.api = api;
    this.thread = thread;
    this.#place = `agentmesh.outbox.${api.user}`;
    this.#entries = JSON.parse(sessionStorage.getItem(this.#place) ?? '[]').map(entry => ({ ...entry, state: 'sending', fault: null, failures: 0 }));
    // It is on the page by its number now, whatever becomes of the answer to the call.
    thread.addEventListener('session', ({ detail }) => this.#show(detail));
    feed.addEventListener('state', ({ detail }) => { if (detail === 'live') for (const entry of this.#entries) if (entry.state === 'waiting') this.#send(entry); });
    for (const entry of this.#entries) this.#send(entry);
  }

  /** Those of a session that are not in its history yet. */
  of(session) {
    return this.#entries.filter(entry => entry.session === session && !entry.isShown);
  }

  add(session, content) {
    const entry = { key: newKey(), session, content, state: 'sending', fault: null, failures: 0 };
    this.#entries.push(entry);
    this.#send(entry);
  }

  retry(entry) {
    this.#send(entry);
  }

  discard(entry) {
    clearTimeout(entry.timer);
    this.#entries = this.#entries.filter(other => other !== entry);
    this.#changed();
  }

  async #send(entry) {
    clearTimeout(entry.timer);
    // The page shows another agent by now: the next visit to this one sends it.
    if (this.api.signal.aborted) return;
    Object.assign(entry, { state: 'sending', fault: null });
    this.#changed();
    try {
      const body = { content: entry.content, sessionId: entry.session };
      const { turnId, sessionId } = await this.api.call('POST', '/message', { body, key: entry.key, headers: { prefer: 'respond-async' } });
      this.thread.begin(turnId, sessionId);
      this.discard(entry);
    } catch (fault) {
      if (!(fault instanceof Refused || fault instanceof Unreached)) throw fault;
      if (fault instanceof Unreached || fault.status >= 500) this.#sendLater(entry, fault);
      else Object.assign(entry, { state: 'refused', fault, isShown: false });
      this.#changed();
    }
  }

  #sendLater(entry, fault) {
    const pause = Math.max((fault.retryAfter ?? 0) * 1000, Math.min(MaxPauseMs, FirstPauseMs * 2 ** entry.failures++) * (0.5 + Math.random() / 2));
    Object.assign(entry, { state: 'waiting', fault, timer: setTimeout(() => this.#send(entry), pause) });
  }

  #show({ role, content, sessionId }) {
    const entry = role === 'user' && this.#entries.find(one => !one.isShown && one.session === sessionId && one.content === content && one.state !== 'refused');
    if (!entry) return;
    entry.isShown = true;
    this.#changed();
  }

  #changed() {
    sessionStorage.setItem(this.#place, JSON.stringify(this.#entries.filter(entry => entry.state !== 'refused').map(({ key, session, content }) => ({ key, session, content }))));
    this.dispatchEvent(new CustomEvent('change'));
  }
}
