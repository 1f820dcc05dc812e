// The frame of the page: routes, polling, the state of the connection. What a page shows is in views.js.
import { h, patch } from './views.js';
import * as views from './views.js';

const PollMs = 2000;
const main = document.getElementById('main');
const live = document.getElementById('live');
let page = null;      // the view that is open
let timer = 0;
let round = 0;        // an answer that comes after the next question is dropped
let mesh = null;

const routes = {
  apps: argument => argument ? views.app(argument) : views.apps(),
  reminders: () => views.reminders(),
  topics: () => views.topics(),
  logs: argument => views.logs(argument, () => mesh),
  config: () => views.config(),
};

export async function get(path) {
  const response = await fetch(path, { headers: { accept: 'application/json' } });
  const body = await response.json();
  if (!response.ok) throw Object.assign(new Error(body.error ?? response.statusText), { status: response.status });
  return body;
}

function open() {
  const [name = '', ...rest] = location.hash.replace(/^#\/?/, '').split('/');
  if (location.hash === '#main') return;
  page?.close?.();
  const argument = rest.length ? decodeURIComponent(rest.join('/')) : null;
  page = (routes[name] ?? routes.apps)(argument);
  page.refresh = refresh;
  for (const link of document.querySelectorAll('nav a')) {
    if (link.getAttribute('href') === `#/${name || 'apps'}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.title = `${page.title} · AgentMesh`;
  main.replaceChildren();
  page.mount?.(main);
  if (performance.now() > 1000) main.focus({ preventScroll: true });
  scrollTo(0, 0);
  refresh();
}

async function refresh() {
  clearTimeout(timer);
  // A hidden tab asks for nothing; it asks at once when it is seen again.
  if (document.hidden) return;
  const mine = ++round;
  const current = page;
  try {
    const [now, data] = await Promise.all([get('/api/mesh'), current.load ? current.load(get) : null]);
    if (mine !== round) return;
    mesh = now;
    connected(true);
    frame(now);
    show(current, now, data);
  } catch (failure) {
    if (mine !== round) return;
    // An answer, if only a refusal, is a connection.
    connected(failure.status !== undefined);
    if (failure.status !== undefined && current.mount === undefined) patch(main, h('main', {}, h('h1', {}, current.title), h('p', { class: 'empty card' }, failure.message)));
  }
  timer = setTimeout(refresh, PollMs);
}

function show(current, now, data) {
  if (current.mount) current.update?.(now, data);
  else patch(main, h('main', {}, ...current.render(now, data)));
}

function connected(yes) {
  document.body.classList.toggle('offline', !yes);
  document.getElementById('gone').hidden = yes;
  const text = yes ? 'live' : 'disconnected';
  if (live.textContent !== text) live.textContent = text;
  live.className = `live ${yes ? 'on' : 'off'}`;
}

function frame(now) {
  document.getElementById('run').textContent = now.name;
  patch(document.getElementById('foot'), h('footer', {},
    `${now.store.kind} ${now.store.place}`, now.store.bytes != null ? ` (${views.bytes(now.store.bytes)})` : '',
    ` · namespace ${now.namespace} · Dapr ${now.version} · sidecar process ${now.sidecarPid}, up ${views.age(now.startedAt, now.now)} · `,
    h('a', { href: '/metrics' }, 'metrics')));
}

addEventListener('hashchange', open);
document.addEventListener('visibilitychange', () => {
  page?.visible?.(!document.hidden);
  refresh();
});
open();
