// The agent's log, live: one WebSocket that comes back by itself and goes on after the last number it has.
import { Refused, token } from './api.js';

const FirstPauseMs = 300;
const MaxPauseMs = 15_000;
// The server pings every 30 s.
const SilenceMs = 75_000;
const ConnectMs = 15_000;
// Events of before that a new page asks for: no more than a page of history has messages.
const Backlog = 80;

/**
 * Events: `state` (live, connecting, waiting, offline, refused), `welcome`, `message`, `delta`, `event`, `reset`, `restart`, `refusal`.
 * A message or event comes once, in order.
 */
export class Feed extends EventTarget {
  #socket = null;
  #timer = 0;
  #watch = 0;
  #failures = 0;
  #ended = false;
  state = 'connecting';
  /** The last number that is here; null: nothing is. */
  seq = null;

  constructor(api) {
    super();
    this.api = api;
  }

  start() {
    const signal = this.api.signal;
    signal.addEventListener('abort', () => this.#stop(), { once: true });
    addEventListener('online', () => this.#hurry(), { signal });
    addEventListener('offline', () => this.#lose(), { signal });
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.#hurry(); }, { signal });
    this.#connect();
  }

  async #connect() {
    clearTimeout(this.#timer);
    this.#say('connecting');
    try {
      // Of a socket that never was a browser does not say why: HTTP does.
      if (!token.get()) await this.api.get('/info');
      const url = await this.api.socketUrl();
      if (this.#ended) return;
      const socket = this.#socket = new WebSocket(url);
      // Of a connection that hangs nobody tells.
      this.#listen(ConnectMs);
      socket.onmessage = ({ data }) => {
        if (socket !== this.#socket) return;
        this.#listen(SilenceMs);
        this.#take(JSON.parse(data));
      };
      socket.onclose = () => { if (socket === this.#socket) this.#lose(); };
    } catch (fault) {
      if (!this.#ended) this.#failed(fault);
    }
  }

  #take(frame) {
    switch (frame.type) {
      case 'welcome':
        this.#failures = 0;
        // Numbers begin anew in an agent that was erased.
        if (this.seq !== null && frame.lastSeq < this.seq) {
          this.seq = null;
          this.#tell('restart', frame);
        }
        this.seq ??= Math.max(0, frame.lastSeq - Backlog);
        this.#send({ type: 'resume', after: this.seq });
        this.#say('live');
        this.#tell('welcome', frame);
        break;
      case 'message':
        if (this.#isNew(frame.seq)) this.#tell('message', frame);
        break;
      case 'event':
        if (this.#isNew(frame.event.seq)) this.#tell('event', frame.event);
        break;
      case 'reset':
        this.seq = frame.after;
        this.#tell('reset', frame);
        break;
      case 'ping':
        this.#send({ type: 'pong' });
        break;
      case 'delta':
        this.#tell('delta', frame);
        break;
    }
  }

  #isNew(seq) {
    if (seq <= this.seq) return false;
    this.seq = seq;
    return true;
  }

  #send(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #failed(fault) {
    if (fault instanceof Refused && fault.status < 500 && fault.status !== 429) {
      this.#say('refused');
      this.#tell('refusal', fault);
      return;
    }

    // Full jitter: clients of a gateway that died do not come back all at once.
    const most = Math.min(MaxPauseMs, FirstPauseMs * 2 ** this.#failures++);
    const pause = Math.max(100, Math.random() * most, (fault?.retryAfter ?? 0) * 1000);
    this.#say(navigator.onLine ? 'waiting' : 'offline');
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), pause);
  }

  #listen(ms) {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#lose(), ms);
  }

  // A close handshake over a dead line takes its time: nobody waits for it.
  #lose() {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = null;
    socket.close();
    clearTimeout(this.#watch);
    this.#failed(null);
  }

  #hurry() {
    if (this.state !== 'waiting' && this.state !== 'offline') return;
    this.#failures = 0;
    this.#connect();
  }

  #stop() {
    this.#ended = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#watch);
    this.#socket?.close();
    this.#socket = null;
  }

  #say(state) {
    if (this.state === state && state !== 'connecting') return;
    this.state = state;
    this.#tell('state', state);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
