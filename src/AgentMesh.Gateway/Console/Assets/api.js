// The gateway's HTTP API of one agent. The token is a header of each call, and nowhere else.

// The gateway itself gives up before.
const TimeoutMs = 45_000;
const TokenKey = 'agentmesh.token';

export const token = {
  get: () => sessionStorage.getItem(TokenKey),
  // For this tab only: what is stored for longer is there for whoever sits down next.
  set: value => value ? sessionStorage.setItem(TokenKey, value) : sessionStorage.removeItem(TokenKey),
};

/** An answer that is a no: the problem document (RFC 9457), as it came. */
export class Refused extends Error {
  constructor(response, problem) {
    super(problem?.detail ?? `${response.status} ${response.statusText}`);
    this.status = response.status;
    this.code = problem?.type?.replace(/^.*:/, '') ?? `http_${response.status}`;
    this.title = problem?.title ?? 'The answer was not expected.';
    this.problem = problem;
    this.traceId = problem?.traceId ?? null;
    const after = Number(response.headers.get('retry-after'));
    this.retryAfter = Number.isFinite(after) && after > 0 ? after : null;
  }

  /** True when who calls has to prove who they are. */
  get isAboutToken() {
    return this.status === 401;
  }
}

/** No answer: whether the call has done anything is not known, and the same key may be sent again. */
export class Unreached extends Error {}

/** A name for one thing that is to be done once. Not randomUUID, which plain HTTP from another machine does not have. */
export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');

export class Api {
  constructor(user, signal) {
    this.user = user;
    this.signal = signal;
    this.path = `/agent/${encodeURIComponent(user)}`;
  }

  get(path) {
    return this.call('GET', path);
  }

  /**
   * Calls, and reads the answer's JSON; null when it has no body.
   * @param key The Idempotency-Key.
   */
  async call(method, path, { body, key, headers = {} } = {}) {
    const sent = { accept: 'application/json', ...headers };
    if (body !== undefined) sent['content-type'] = 'application/json';
    if (key) sent['idempotency-key'] = key;
    if (token.get()) sent.authorization = `Bearer ${token.get()}`;
    let response, text;
    try {
      response = await fetch(this.path + path, {
        method, headers: sent, body: body === undefined ? undefined : JSON.stringify(body), signal: AbortSignal.any([this.signal, AbortSignal.timeout(TimeoutMs)]), cache: 'no-store', credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer',
      });
      text = await response.text();
    } catch {
      // The page shows another agent by now: nobody waits for it.
      if (this.signal.aborted) return new Promise(() => {});
      throw new Unreached('The gateway does not answer.');
    }

    const json = read(text);
    if (!response.ok) throw new Refused(response, json);
    return json;
  }

  /** Where this agent's socket is; with a token by a ticket, because a browser puts no header on a WebSocket. */
  async socketUrl() {
    const url = new URL(this.path, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    url.hash = '';
    if (token.get()) url.searchParams.set('ticket', (await this.call('POST', '/ticket')).ticket);
    return url;
  }
}

function read(text) {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
