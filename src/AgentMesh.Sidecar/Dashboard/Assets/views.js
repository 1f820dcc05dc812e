// What each page shows. Nodes are made by h() and patched into what is there: no text of an app is ever read as HTML, and focus,
// selection and scroll positions stay.

const Svg = 'http://www.w3.org/2000/svg';
const svgTags = new Set(['svg', 'polyline', 'polygon', 'title']);

export function h(tag, attributes = {}, ...children) {
  const node = svgTags.has(tag) ? document.createElementNS(Svg, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node[name] = value;
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false && child !== ''));
  return node;
}

export function patch(old, now) {
  for (const { name } of [...old.attributes]) {
    if (!now.hasAttribute(name) && !['id', 'tabindex', 'open'].includes(name)) old.removeAttribute(name);
  }
  // Whether a part is open is the reader's to say.
  for (const { name, value } of now.attributes) if (name !== 'open' && old.getAttribute(name) !== value) old.setAttribute(name, value);
  old.onclick = now.onclick;
  const fresh = [...now.childNodes];
  fresh.forEach((child, index) => {
    const was = old.childNodes[index];
    if (!was) old.append(child);
    else if (was.nodeType !== child.nodeType || was.nodeName !== child.nodeName || was.dataset?.key !== child.dataset?.key) was.replaceWith(child);
    else if (was.nodeType === Node.TEXT_NODE) { if (was.data !== child.data) was.data = child.data; }
    else patch(was, child);
  });
  while (old.childNodes.length > fresh.length) old.lastChild.remove();
}

// Words and numbers.
export const bytes = n => n < 1024 ? `${n} B` : n < 1048576 ? `${(n / 1024).toFixed(0)} KiB` : n < 1073741824 ? `${(n / 1048576).toFixed(1)} MiB` : `${(n / 1073741824).toFixed(1)} GiB`;
const span = seconds => {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor(s / 3600) % 24} h`;
};
export const age = (from, now) => span((Date.parse(now) - Date.parse(from)) / 1000);
const rate = value => value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(value === 0 ? 0 : 2);
const ms = value => value === 0 ? '–' : value >= 100 ? `${value.toFixed(0)} ms` : `${value.toFixed(value >= 10 ? 1 : 2)} ms`;
const period = value => value < 1000 ? `${value} ms` : span(value / 1000).replace(/ 0 (s|min|h)$/, '');
const port = value => value ? String(value) : '–';
const processName = (process, all) => all.filter(other => other.appId === process.appId).length > 1 ? `${process.appId} #${process.replica + 1}` : process.appId;
const state = process => h('span', { class: `state ${process.state}` }, process.state);
const empty = (title, text) => h('p', { class: 'empty' }, h('b', {}, title), text);
const table = (caption, heads, rows) => h('table', { class: 'stack' },
  h('caption', { class: 'sr' }, caption),
  h('thead', {}, h('tr', {}, heads.map(head => h('th', { scope: 'col' }, head)))),
  h('tbody', {}, rows.map(({ key, cells }) => h('tr', { 'data-key': key }, cells.map((cell, index) =>
    h('td', { 'data-label': heads[index], class: [index === 0 ? 'lead' : '', cell.class ?? ''].join(' ').trim() || null }, cell.body ?? cell))))));
const num = body => ({ class: 'num', body });
const mono = body => ({ class: 'mono', body });

// A line of the last minutes, with its last value in words for those who do not see it.
function spark(points, kind, text, label) {
  const most = Math.max(...points, kind === 'ms' ? 1 : 0.5);
  // Five minutes, but a run that has just begun fills the picture too.
  const count = Math.max(30, points.length);
  const at = points.map((value, index) => `${((count - points.length + index) / (count - 1) * 120).toFixed(1)},${(28 - value / most * 26).toFixed(1)}`);
  const from = ((count - points.length) / (count - 1) * 120).toFixed(1);
  return h('span', { class: `spark ${kind}` },
    h('svg', { viewBox: '0 0 120 30', preserveAspectRatio: 'none', role: 'img', 'aria-label': `${label}: ${text} now, at most ${rate(most)} in five minutes` },
      at.length > 1 && h('polygon', { class: 'area', points: `${from},29 ${at.join(' ')} 120,29` }),
      at.length > 1 && h('polyline', { class: 'line', points: at.join(' ') })),
    h('span', {}, text));
}

const zip = (a, b, f) => a.map((value, index) => f(value, b[index] ?? 0));
function traffic(rates, process) {
  const found = rates.processes.find(item => item.appId === process.appId && item.replica === process.replica);
  if (!found) return null;
  const calls = zip(found.in, found.out, (a, b) => a + b);
  const latency = calls.map((total, index) => total ? (found.in[index] * found.inMs[index] + found.out[index] * found.outMs[index]) / total : 0);
  // A screen wants a calm number: the mean of the last ten seconds.
  const last = list => list.length ? list.slice(-5).reduce((sum, value) => sum + value, 0) / Math.min(5, list.length) : 0;
  const lastMs = (list, weights) => { const w = weights.slice(-5); const total = w.reduce((s, v) => s + v, 0); return total ? list.slice(-5).reduce((s, v, i) => s + v * w[i], 0) / total : 0; };
  return { ...found, calls, latency, callsNow: last(calls), latencyNow: lastMs(latency, calls), inNow: last(found.in), outNow: last(found.out), inMsNow: lastMs(found.inMs, found.in), outMsNow: lastMs(found.outMs, found.out) };
}

export const apps = () => ({
  title: 'Applications',
  load: get => get('/api/rates'),
  render: (mesh, rates) => {
    const all = mesh.processes;
    const flows = all.map(process => traffic(rates, process));
    const healthy = all.filter(process => process.state === 'healthy').length;
    const calls = flows.reduce((sum, flow) => sum + (flow?.inNow ?? 0), 0);
    const restarts = all.reduce((sum, process) => sum + process.restarts, 0);
    return [
      h('h1', {}, 'Applications'),
      h('dl', { class: 'tiles' },
        h('div', { class: 'tile' }, h('dt', {}, 'Processes healthy'), h('dd', {}, String(healthy), h('small', {}, `of ${all.length}`))),
        h('div', { class: 'tile' }, h('dt', {}, 'Calls into apps'), h('dd', {}, rate(calls), h('small', {}, 'per second'))),
        h('div', { class: 'tile' }, h('dt', {}, 'Restarts'), h('dd', {}, String(restarts))),
        h('div', { class: 'tile' }, h('dt', {}, `Store (${mesh.store.kind})`), h('dd', {}, mesh.store.bytes != null ? bytes(mesh.store.bytes) : mesh.store.place))),
      h('div', { class: 'card' }, all.length === 0 ? empty('No applications', 'The run file names none.')
        : table('Processes', ['Application', 'State', 'Process', 'App port', 'Dapr HTTP · gRPC', 'Metrics', 'Uptime', 'Restarts', 'Calls/s, 5 min', 'Mean latency'],
          all.map((process, index) => ({
            key: `${process.appId}/${process.replica}`,
            cells: [
              h('a', { class: 'app', href: `#/apps/${encodeURIComponent(process.appId)}` }, processName(process, all)),
              state(process), num(process.pid ? String(process.pid) : '–'), num(port(process.appPort)), num(`${process.daprHttpPort} · ${process.daprGrpcPort}`),
              num(process.metricsPort ? h('a', { href: `http://127.0.0.1:${process.metricsPort}/` }, String(process.metricsPort)) : 'off'),
              num(process.startedAt && process.state !== 'down' ? age(process.startedAt, mesh.now) : '–'), num(String(process.restarts)),
              flows[index] ? spark(flows[index].calls, '', rate(flows[index].callsNow), 'Calls a second') : '–',
              flows[index] ? spark(flows[index].latency, 'ms', ms(flows[index].latencyNow), 'Latency') : '–',
            ],
          })))),
    ];
  },
});

export const app = appId => ({
  title: appId,
  load: async get => ({ app: await get(`/api/apps/${encodeURIComponent(appId)}`), rates: await get('/api/rates') }),
  render: (mesh, { app, rates }) => {
    const documents = app.metadata.filter(Boolean);
    const first = documents[0];
    const subscriptions = first?.subscriptions ?? [];
    const types = [...new Set(app.metadata.flatMap(document => (document?.actorRuntime?.activeActors ?? document?.actors ?? []).map(actor => actor.type)))].sort();
    const count = (document, type) => (document?.actorRuntime?.activeActors ?? []).find(actor => actor.type === type)?.count ?? 0;
    const chart = (title, points, kind, text) => h('div', { class: 'tile' }, h('dt', {}, title), h('dd', {}, text), spark(points, kind, '', title));
    return [
      h('h1', {}, app.appId, h('small', {}, `${app.processes.length} process${app.processes.length === 1 ? '' : 'es'}`)),
      ...app.processes.map(process => {
        const flow = traffic(rates, process);
        return h('section', { 'data-key': String(process.replica) },
          app.processes.length > 1 && h('h2', {}, `Process #${process.replica + 1}`),
          flow && h('dl', { class: 'charts' },
            chart('Calls into the app, per second', flow.in, '', rate(flow.inNow)), chart('their mean latency', flow.inMs, 'ms', ms(flow.inMsNow)),
            chart('Calls of the app to its sidecar, per second', flow.out, '', rate(flow.outNow)), chart('their mean latency', flow.outMs, 'ms', ms(flow.outMsNow))),
          h('dl', { class: 'card facts' },
            h('dt', {}, 'State'), h('dd', {}, state(process)),
            h('dt', {}, 'Process'), h('dd', { class: 'num' }, process.pid ? `${process.pid}, up ${age(process.startedAt, mesh.now)}` : '–', `, ${process.restarts} restart${process.restarts === 1 ? '' : 's'}`),
            h('dt', {}, 'App port'), h('dd', {}, port(process.appPort), first ? ` (${first.appConnectionProperties?.protocol ?? 'http'})` : ''),
            h('dt', {}, 'Dapr ports'), h('dd', {}, `HTTP ${process.daprHttpPort}, gRPC ${process.daprGrpcPort}, metrics `, process.metricsPort ? h('a', { href: `http://127.0.0.1:${process.metricsPort}/` }, String(process.metricsPort)) : 'off'),
            h('dt', {}, 'Command'), h('dd', { class: 'mono' }, process.command || 'started by someone else')));
      }),
      h('h2', {}, 'Actor types'),
      h('div', { class: 'card' }, types.length === 0 ? empty('No active actors', first?.actorRuntime?.runtimeStatus === 'DISABLED' ? 'This app has no actor state store.' : 'An actor appears with its first call.')
        : table('Active actors', ['Type', ...app.processes.map(process => app.processes.length > 1 ? `#${process.replica + 1} active` : 'Active')],
          types.map(type => ({ key: type, cells: [h('span', { class: 'app' }, type), ...app.metadata.map(document => num(String(count(document, type))))] })))),
      h('h2', {}, 'Subscriptions'),
      h('div', { class: 'card' }, subscriptions.length === 0 ? empty('No subscriptions', 'The app subscribes to no topic.')
        : table('Subscriptions', ['Topic', 'Component', 'Rules', 'Dead letters', 'Kind'], subscriptions.map(item => ({
          key: `${item.pubsubname}/${item.topic}`,
          cells: [h('span', { class: 'app' }, item.topic), item.pubsubname, mono((item.rules ?? []).map(rule => h('div', {}, rule.match ? `${rule.match} → ${rule.path}` : rule.path))), item.deadLetterTopic || '–', (item.type ?? '').toLowerCase()],
        })))),
      h('h2', {}, 'Components it may use'),
      h('div', { class: 'card' }, !first?.components?.length ? empty('No components', first ? 'None is scoped to this app.' : 'Its sidecar does not answer.')
        : table('Components', ['Name', 'Type', 'Version', 'Capabilities'], first.components.map(item => ({
          key: item.name, cells: [h('span', { class: 'app' }, item.name), mono(item.type), item.version || '–', item.capabilities?.length ? h('span', {}, item.capabilities.map(name => h('span', { class: 'chip plain' }, name))) : '–'],
        })))),
      h('h2', {}, 'Configuration'),
      h('dl', { class: 'card facts' },
        h('dt', {}, 'File'), h('dd', { class: 'mono' }, app.configurationFile ?? 'none'),
        h('dt', {}, 'Enabled features'), h('dd', {}, app.features.length ? app.features.map(name => h('span', { class: 'chip' }, name)) : 'none'),
        h('dt', {}, 'Resiliency'), h('dd', {}, app.resiliency.length ? app.resiliency.map(name => h('span', { class: 'chip' }, name)) : 'none'),
        h('dt', {}, 'HTTP endpoints'), h('dd', {}, first?.httpEndpoints?.length ? first.httpEndpoints.map(item => h('span', { class: 'chip' }, item.name)) : 'none'),
        h('dt', {}, 'Logs'), h('dd', {}, h('a', { href: `#/logs/${encodeURIComponent(app.appId)}` }, 'follow'))),
    ];
  },
});

export const reminders = () => {
  const wanted = { type: '', filter: '', cursors: [null] };
  let self, list, form, page, input = 0;
  const again = () => self.refresh();
  return self = {
    title: 'Reminders',
    load: get => {
      const query = new URLSearchParams({ limit: '50' });
      if (wanted.type) query.set('type', wanted.type);
      if (wanted.filter) query.set('filter', wanted.filter);
      if (wanted.cursors.at(-1)) query.set('cursor', wanted.cursors.at(-1));
      return get(`/api/reminders?${query}`);
    },
    mount: main => {
      form = {
        type: h('select', { 'aria-label': 'Actor type' }, h('option', { value: '' }, 'All types')),
        filter: h('input', { type: 'search', placeholder: 'Actor id or reminder name', 'aria-label': 'Filter by actor id or reminder name', maxlength: '200' }),
      };
      form.type.onchange = () => { wanted.type = form.type.value; wanted.cursors = [null]; again(); };
      form.filter.oninput = () => { clearTimeout(input); input = setTimeout(() => { wanted.filter = form.filter.value; wanted.cursors = [null]; again(); }, 250); };
      list = h('div', {});
      main.append(h('h1', {}, 'Reminders'), h('div', { class: 'bar' }, form.type, form.filter), list);
    },
    update: (mesh, data) => {
      page = data;
      for (const type of page.types) if (![...form.type.options].some(option => option.value === type)) form.type.append(h('option', { value: type }, type));
      const rows = page.items.map(item => ({
        key: `${item.type}/${item.id}/${item.name}`,
        cells: [
          h('span', { class: 'app' }, item.type), mono(item.id), mono(item.name),
          num(h('time', { datetime: item.due, title: item.due }, Date.parse(item.due) <= Date.parse(mesh.now) ? `due ${age(item.due, mesh.now)} ago` : `in ${age(mesh.now, item.due)}`)),
          num(item.periodMs == null ? 'once' : `every ${period(item.periodMs)}`), num(item.left == null ? '∞' : String(item.left)), num(String(item.fired)),
        ],
      }));
      patch(list, h('div', {},
        h('div', { class: 'card' }, rows.length ? table('Reminders', ['Type', 'Actor', 'Name', 'Next', 'Period', 'Left', 'Fired'], rows)
          : empty(wanted.filter || wanted.type ? 'Nothing found' : 'No reminders', page.next ? 'Not in this part of the list; the next may have some.' : wanted.filter || wanted.type ? 'No reminder matches the filter.' : 'No hosted actor has registered one.')),
        h('div', { class: 'bar' },
          h('button', { type: 'button', disabled: wanted.cursors.length === 1, onclick: () => { wanted.cursors.pop(); again(); } }, 'Previous'),
          h('button', { type: 'button', disabled: !page.next, onclick: () => { wanted.cursors.push(page.next); again(); } }, 'Next'),
          h('span', { class: 'dim' }, `page ${wanted.cursors.length}`))));
    },
  };
};

export const topics = () => ({
  title: 'Topics',
  load: get => get('/api/topics'),
  render: (mesh, groups) => [
    h('h1', {}, 'Topics'),
    h('div', { class: 'card' }, groups.length === 0 ? empty('No consumer groups', 'A group appears when an app subscribes.')
      : table('Consumer groups', ['Topic', 'Component', 'Group', 'Waiting', 'Being delivered'], groups.map(item => ({
        key: `${item.component}/${item.topic}/${item.group}`,
        cells: [h('span', { class: 'app' }, item.topic), item.component, mono(item.group), num(item.waiting == null ? 'unknown' : item.waiting > 10000 ? 'over 10,000' : String(item.waiting)), num(item.pending > 10000 ? 'over 10,000' : String(item.pending))],
      })))),
  ],
});

export const config = () => ({
  title: 'Configuration',
  load: get => get('/api/config'),
  render: (mesh, files) => [
    h('h1', {}, 'Configuration', h('small', {}, 'as it is on disk now; secrets are left out')),
    h('div', { class: 'card' }, files.length === 0 ? empty('No files', 'The run has neither a run file nor resources.')
      : files.map((file, index) => h('details', { 'data-key': file.file, open: index === 0 },
        h('summary', {}, h('span', { class: 'mono' }, file.file), h('span', {}, file.apps.map(name => h('span', { class: 'chip plain' }, name)))),
        h('pre', { tabindex: '0' }, file.yaml)))),
  ],
});

export const logs = appId => {
  const MaxShown = 2000;
  let source, box, follow, text, names, level, last = 0;
  const matches = row => !text.value || row.textContent.toLowerCase().includes(text.value.toLowerCase());
  const row = line => {
    const time = new Date(line.at);
    const node = h('div', { class: line.level }, h('time', { datetime: line.at }, `${time.toLocaleTimeString('en-GB')}.${String(time.getMilliseconds()).padStart(3, '0')}`), h('b', { class: line.app ? '' : 'own' }, line.app || 'sidecar'), h('span', {}, line.text));
    node.hidden = !matches(node);
    return node;
  };
  const start = () => {
    source?.close();
    box.replaceChildren();
    last = 0;
    const query = new URLSearchParams({ level: level.value });
    if (names.value !== '*') query.set('app', names.value === 'sidecar' ? '' : names.value.slice(1));
    source = new EventSource(`/api/logs?${query}`);
    source.onmessage = event => {
      const page = JSON.parse(event.data);
      const lines = page.lines.filter(line => line.id > last || Number(event.lastEventId) < last);
      last = Number(event.lastEventId);
      if (page.missed) box.append(h('p', { class: 'missed' }, `${page.missed} lines went by too fast to be shown`));
      box.append(...lines.map(row));
      while (box.childElementCount > MaxShown) box.firstElementChild.remove();
      if (box.childElementCount === 0) box.append(h('p', { class: 'empty' }, h('b', {}, 'Nothing yet'), 'Lines appear here as they come.'));
      else if (lines.length) box.querySelector('.empty')?.remove();
      if (follow.checked) box.scrollTop = box.scrollHeight;
    };
  };
  return {
    title: 'Logs',
    mount: main => {
      names = h('select', { 'aria-label': 'Source' }, h('option', { value: '*' }, 'All sources'), h('option', { value: 'sidecar' }, 'sidecar'));
      level = h('select', { 'aria-label': 'Lowest level' }, ['debug', 'info', 'warn', 'error'].map(name => h('option', { value: name }, name === 'debug' ? 'all levels' : name === 'error' ? 'errors' : `${name} and above`)));
      text = h('input', { type: 'search', placeholder: 'Find in lines', 'aria-label': 'Find in lines' });
      follow = h('input', { type: 'checkbox' });
      follow.checked = true;
      box = h('div', { class: 'card log', tabindex: '0', role: 'log', 'aria-label': 'Log lines', 'aria-live': 'off' });
      if (appId) names.append(h('option', { value: `=${appId}`, selected: true }, appId));
      names.onchange = level.onchange = start;
      text.oninput = () => { for (const node of box.children) node.hidden = !matches(node); };
      follow.onchange = () => { if (follow.checked) box.scrollTop = box.scrollHeight; };
      // Scrolling up is reading; being at the end is following.
      box.onscroll = () => { follow.checked = box.scrollHeight - box.scrollTop - box.clientHeight < 30; };
      main.append(h('h1', {}, 'Logs'), h('div', { class: 'bar' }, names, level, text, h('label', { class: 'push' }, follow, 'Follow')), box);
      start();
    },
    update: mesh => {
      for (const id of new Set(mesh.processes.map(process => process.appId)))
        if (![...names.options].some(option => option.value === `=${id}`)) names.append(h('option', { value: `=${id}` }, id));
    },
    visible: yes => { if (yes) start(); else { source?.close(); source = null; } },
    close: () => source?.close(),
  };
};
