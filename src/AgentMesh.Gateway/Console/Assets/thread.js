// What is said: the messages of each session that was opened, the turns under way and their text. No nodes here.
import { Refused, Unreached } from './api.js';

const PageSize = 100;
// Turns that are over and still known by name, for what comes late of them.
const MaxOver = 256;

/** Events: `change` (something in a session), `text` (a running turn's text alone), `session` (a message came in a session). */
export class Thread extends EventTarget {
  #sessions = new Map();
  #turns = new Map();

  constructor(api, feed) {
    super();
    this.api = api;
    feed.addEventListener('message', ({ detail }) => this.#message(detail));
    feed.addEventListener('event', ({ detail }) => this.#event(detail));
    feed.addEventListener('delta', ({ detail }) => this.#delta(detail));
    // What is missing in between is in the history.
    for (const type of ['reset', 'restart']) feed.addEventListener(type, () => this.forget());
  }

  /** Its messages by number; `before` is where older ones begin, null when there are none; `isLoaded` once the newest are here. */
  session(id) {
    let session = this.#sessions.get(id);
    if (!session) this.#sessions.set(id, session = { id, messages: new Map(), before: null, isLoaded: false, loading: null });
    return session;
  }

  /** Turns of a session that are under way, the oldest first. */
  turns(session) {
    return [...this.#turns.values()].filter(turn => turn.session === session && !turn.isOver);
  }

  /** Reads the newest page, or the next older one. */
  async load(id, older = false) {
    const session = this.session(id);
    if (session.loading || (older ? session.before === null : session.isLoaded)) return session.loading;
    session.loading = (async () => {
      const query = new URLSearchParams({ limit: PageSize });
      if (id !== 'default') query.set('sessionId', id);
      if (older) query.set('before', session.before);
      const page = await this.api.get(`/history?${query}`);
      if (this.#sessions.get(id) !== session) return;
      for (const message of page.messages) if (!session.messages.has(message.seq)) session.messages.set(message.seq, message);
      session.before = page.nextBefore;
      session.isLoaded = true;
      this.#tell('change', id);
    })().finally(() => { session.loading = null; });
    return session.loading;
  }

  /** What is here is no longer what there is. */
  forget(id) {
    if (id) this.#sessions.delete(id);
    else this.#sessions.clear();
    for (const [name, turn] of this.#turns) if (!id || turn.session === id) this.#turns.delete(name);
    this.#tell('change', id ?? null);
  }

  /** A message was taken: its turn is under way, unless it is over already. */
  begin(turn, session) {
    this.#change(turn, session, {});
    this.#tell('change', session);
  }

  async cancel(session) {
    const turn = this.turns(session)[0];
    if (turn) await this.api.call('POST', `/turns/${encodeURIComponent(turn.id)}/cancel`);
  }

  resume(turn) {
    return this.api.call('POST', `/turns/${encodeURIComponent(turn.id)}/resume`);
  }

  #message(frame) {
    const { seq, role, content, timestamp, sessionId, turn } = frame;
    this.session(sessionId).messages.set(seq, { seq, role, content, timestamp });
    if (role === 'user') this.#change(turn, sessionId, {});
    if (turn && role === 'assistant') this.#end(turn, sessionId);
    this.#tell('session', frame);
    this.#tell('change', sessionId);
  }

  #event({ seq, at, session, type, data }) {
    const turn = data?.turn;
    switch (type) {
      case 'error':
        this.session(session).messages.set(seq, { seq, role: 'error', content: data.detail ?? data.code, code: data.code, timestamp: Date.parse(at) });
        if (turn) this.#end(turn, session);
        break;
      case 'turn_paused':
        this.#change(turn, session, { pause: data, text: '' });
        break;
      case 'turn_resumed':
        this.#change(turn, session, { pause: null, text: '' });
        break;
      case 'tool':
        this.#change(turn, session, { tool: data.status === 'started' ? data.tool : null });
        break;
      default:
        return;
    }

    this.#tell('change', session);
  }

  #change(turn, session, what) {
    if (!turn) return;
    if (!this.#turns.has(turn)) this.#turns.set(turn, newTurn(turn, session));
    Object.assign(this.#turns.get(turn), { session, ...what });
  }

  // Kept as over: its answer may be here before the answer to whoever sent the message.
  #end(turn, session) {
    this.#turns.delete(turn);
    this.#turns.set(turn, { ...newTurn(turn, session), isOver: true });
    const over = [...this.#turns.values()].filter(one => one.isOver);
    if (over.length > MaxOver) this.#turns.delete(over[0].id);
  }

  // A piece of text has its place: what is known is skipped, also when a new connection begins at the beginning.
  #delta({ turn, attempt, at, text }) {
    let running = this.#turns.get(turn);
    if (!running) {
      this.#turns.set(turn, running = newTurn(turn, null));
      this.#find(running);
    }

    if (running.isOver || attempt < running.attempt) return;
    if (attempt > running.attempt) Object.assign(running, { attempt, text: '' });
    if (at > running.text.length || at + text.length <= running.text.length) return;
    running.text = running.text.slice(0, at) + text;
    running.pause = null;
    this.#tell('text', running);
  }

  // A turn from before the log's newest events, whose session no frame has said.
  async #find(running) {
    try {
      const { sessionId, answer, error } = await this.api.get(`/turns/${encodeURIComponent(running.id)}`);
      running.session ??= sessionId;
      running.isOver ||= Boolean(answer ?? error);
      this.#tell('change', running.session);
    } catch (fault) {
      // Then its text is shown nowhere, and its message comes all the same.
      if (!(fault instanceof Refused || fault instanceof Unreached)) throw fault;
    }
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

const newTurn = (id, session) => ({ id, session, attempt: 0, text: '', pause: null, tool: null, isOver: false });
