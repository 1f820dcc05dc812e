// The frame of the page: which agent and session, who calls, light or dark, whether it is live.
import { Api, Refused, token } from './api.js';
import { Chat } from './chat.js';
import { ask, field, h } from './dom.js';
import { Feed } from './feed.js';
import { clearNotices, faultNodes, notify } from './notices.js';
import { Outbox } from './outbox.js';
import { Panels } from './panels.js';
import { Sessions } from './sessions.js';
import { Thread } from './thread.js';

const at = id => document.getElementById(id);
const main = at('main');
const words = { connecting: 'connecting', live: 'live', waiting: 'reconnecting', offline: 'offline', refused: 'not connected' };
let page = null;   // the agent that is open

// #/u/{user}/s/{session}; what is nothing of the kind is nobody.
function read() {
  const [, user, session = 'default'] = /^#\/u\/([^/%]+)(?:\/s\/([^/%]+))?$/.exec(location.hash) ?? [];
  return user ? { user, session } : null;
}

const write = (user, session) => { location.hash = `#/u/${encodeURIComponent(user)}/s/${encodeURIComponent(session)}`; };

function route() {
  const there = read();
  // The skip link's own place.
  if (!there && /^#(main|message)$/.test(location.hash)) return;
  if (!there) return welcome();
  if (page?.user !== there.user) open(there.user);
  page?.select(there.session);
}

function close() {
  page?.end.abort();
  page = null;
  clearNotices();
  main.replaceChildren();
  document.body.classList.remove('is-open');
  for (const id of ['views', 'state', 'who', 'gone']) at(id).hidden = true;
}

function open(user) {
  close();
  const end = new AbortController();
  const api = new Api(user, end.signal);
  const feed = new Feed(api);
  const thread = new Thread(api, feed);
  const context = { api, feed, thread, signal: end.signal, session: () => page.session };
  const outbox = new Outbox(api, feed, thread);
  const chat = new Chat({ ...context, outbox });
  const select = id => {
    // At once: the address tells of it only later.
    page.select(id);
    write(user, id);
  };
  const sessions = new Sessions({ ...context, select, renamed: () => page.select(page.session), seen: () => view('chat') });
  const panels = new Panels(context);
  page = {
    user, end, session: null,
    select(id) {
      const isOther = this.session !== null && this.session !== id;
      this.session = id;
      sessions.open(id);
      chat.open(id, sessions.titleOf(id));
      document.title = `${user} · ${sessions.titleOf(id)} · AgentMesh`;
      if (isOther) view('chat');
      if (isOther) at('message').focus();
    },
  };
  main.append(sessions.root, chat.root, panels.root);
  document.body.classList.add('is-open');
  for (const id of ['views', 'state', 'who']) at(id).hidden = false;
  at('who').replaceChildren(h('b', {}, user), h('span', {}, 'switch'));
  view('chat');
  feed.addEventListener('state', ({ detail }) => say(detail));
  feed.addEventListener('refusal', ({ detail }) => refused(user, detail));
  feed.addEventListener('welcome', () => { say('live'); });
  feed.addEventListener('restart', () => sessions.refresh());
  say(feed.state);
  feed.start();
  sessions.refresh();
  at('message').focus();
}

let wasLive = false;
function say(state) {
  wasLive ||= state === 'live';
  const shown = at('state');
  const text = state === 'connecting' && wasLive ? words.waiting : words[state];
  if (shown.textContent !== text) shown.textContent = text;
  shown.className = `state ${state}`;
  // A connection that is lost for a moment is nothing to tell of in large letters; the browser knows when there is no network at all.
  clearTimeout(say.timer);
  if (state === 'live' || state === 'refused') at('gone').hidden = true;
  else say.timer = setTimeout(() => { at('gone').hidden = false; }, state === 'offline' ? 0 : 2500);
}

// Who may not: where it is about the token, another one is asked for.
function refused(user, fault) {
  close();
  if (!fault.isAboutToken) {
    welcome(user);
    notify(fault);
    return;
  }

  const had = token.get() !== null;
  token.set(null);
  welcome(user, had ? fault : null, true);
}

function welcome(user = '', fault = null, needsToken = false) {
  close();
  document.title = 'AgentMesh';
  const name = h('input', {
    name: 'user', required: true, pattern: '[a-z0-9][a-z0-9._\\-]{0,63}', title: '1-64 of a-z, 0-9, dot, underscore and hyphen; first a letter or digit', value: user,
    placeholder: 'alice', autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', maxlength: '64',
  });
  const secret = h('input', { name: 'token', type: 'password', autocomplete: 'off', required: needsToken });
  const form = h('form', {
    class: 'card welcome',
    onsubmit: event => {
      event.preventDefault();
      // A new one, or that of this tab.
      if (secret.value.trim() !== '') token.set(secret.value.trim());
      // The address may name it already, and then does not change.
      if (read()?.user === name.value) route();
      else write(name.value, 'default');
    },
  },
  h('h1', {}, needsToken ? 'Who are you?' : 'Which agent?'),
  h('p', {}, needsToken
    ? 'This gateway serves whoever proves who they are. The token stays in this tab and goes nowhere but to this gateway.'
    : 'Every user has one agent, with its own memory, budget and wallet. A name that was never used is a new one.'),
  fault && h('div', { id: 'why', class: 'fault', role: 'alert' }, faultNodes(fault)),
  field('User', name),
  needsToken || token.get() ? field('API key or token', secret, needsToken ? null : 'Left empty: that of this tab.') : null,
  h('div', { class: 'buttons' }, h('button', { type: 'submit', class: 'primary' }, 'Open')));
  main.replaceChildren(form);
  (needsToken && user ? secret : name).focus();
}

// The token, and what was not sent yet: both are of whoever leaves.
function forgetAll() {
  sessionStorage.clear();
  location.hash = '#/';
  location.reload();
}

async function change() {
  const input = h('input', { name: 'user', required: true, value: '', placeholder: page.user, pattern: '[a-z0-9][a-z0-9._\\-]{0,63}', title: '1-64 of a-z, 0-9, dot, underscore and hyphen; first a letter or digit', autocapitalize: 'none', spellcheck: 'false', maxlength: '64', autocomplete: 'off' });
  const forget = token.get() && h('p', {}, h('button', { type: 'button', onclick: forgetAll }, 'Forget the token'));
  const answer = await ask({ title: 'Another agent', action: 'Open', body: [field('User', input), forget] });
  if (answer) write(answer.user, 'default');
}

function view(name) {
  document.body.dataset.view = name;
  for (const button of at('views').children) button.setAttribute('aria-pressed', String(button.dataset.view === name));
}

// Light, dark, as the system has it: in turns.
const themes = ['auto', 'light', 'dark'];
function theme(next) {
  const root = document.documentElement;
  const now = next ?? root.dataset.theme ?? 'auto';
  if (now === 'auto') delete root.dataset.theme;
  else root.dataset.theme = now;
  localStorage.setItem('agentmesh.theme', now);
  at('theme').textContent = { auto: '◐ Auto', light: '○ Light', dark: '● Dark' }[now];
  at('theme').setAttribute('aria-label', `Colors: ${now}. Change`);
}

at('theme').addEventListener('click', () => theme(themes[(themes.indexOf(document.documentElement.dataset.theme ?? 'auto') + 1) % themes.length]));
at('who').addEventListener('click', change);
at('views').addEventListener('click', ({ target }) => { if (target.dataset.view) view(target.dataset.view); });
addEventListener('hashchange', route);
// The skip link is for the message when there is one.
document.querySelector('.skip').addEventListener('click', event => {
  event.preventDefault();
  (at('message') ?? main.querySelector('input') ?? main).focus();
});
theme();
route();
