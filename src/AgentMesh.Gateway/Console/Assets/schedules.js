// What the agent is to do later.
import { ask, empty, field, fill, h, iconButton, icons } from './dom.js';
import { newKey } from './api.js';
import { tried } from './notices.js';
import { seconds, when } from './text.js';

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export class Schedules {
  id = 'schedules';
  title = 'Schedules';
  events = ['schedule'];
  #key = newKey();

  constructor({ api, session }) {
    this.api = api;
    this.session = session;
    this.content = h('textarea', { name: 'content', required: true, rows: '2' });
    this.kind = h('select', { name: 'kind', onchange: () => this.#show() },
      h('option', { value: 'at' }, 'Once'), h('option', { value: 'everySeconds' }, 'Again and again'), h('option', { value: 'cron' }, 'By a calendar (cron)'));
    this.fields = {
      at: field('At', h('input', { type: 'datetime-local', name: 'at', step: '1' })),
      everySeconds: field('Every', h('input', { type: 'number', name: 'everySeconds', min: '1', inputmode: 'numeric', value: '3600' }), 'Seconds'),
      cron: field('Cron', h('input', { name: 'cron', placeholder: '0 9 * * MON-FRI', autocomplete: 'off', spellcheck: 'false' }), `Minute, hour, day, month, weekday; in ${zone}`),
    };
    this.button = h('button', { type: 'submit', class: 'primary' }, 'Schedule');
    this.form = h('form', { class: 'form', oninput: () => { this.#key = newKey(); }, onsubmit: event => { event.preventDefault(); this.#create(); } },
      field('Message for later', this.content), field('When', this.kind), Object.values(this.fields), h('div', { class: 'buttons' }, this.button));
    this.list = h('ul', { class: 'cards' });
    this.root = h('div', {}, h('details', { class: 'new' }, h('summary', {}, 'New schedule'), this.form), this.list);
    this.#show();
  }

  async refresh() {
    const { schedules } = await this.api.get('/schedules');
    fill(this.list, schedules, () => schedules.length > 0
      ? schedules.map(schedule => this.#card(schedule)) : [h('li', { class: 'none' }, empty('Nothing is to be done later', 'The agent sleeps until a schedule is due.'))]);
  }

  #show() {
    for (const [kind, field] of Object.entries(this.fields)) {
      field.hidden = kind !== this.kind.value;
      const input = field.querySelector('input');
      input.disabled = field.hidden;
      input.required = !field.hidden;
    }
  }

  async #create() {
    const kind = this.kind.value;
    const value = this.fields[kind].querySelector('input').value;
    const body = { content: this.content.value, sessionId: this.session(), missed: 'once' };
    if (kind === 'at') body.at = new Date(value).toISOString();
    else if (kind === 'everySeconds') body.everySeconds = Number(value);
    else Object.assign(body, { cron: value, timeZone: zone });
    if (!await tried(() => this.api.call('POST', '/schedules', { body, key: this.#key }), this.button)) return;
    this.content.value = '';
    this.#key = newKey();
    this.again();
  }

  #card(schedule) {
    const { id, content, tool, at, everySeconds, cron, timeZone, status, nextRun, lastRun, runs, failure, sessionId } = schedule;
    const what = content ?? `calls ${tool}`;
    return h('li', { class: 'schedule' },
      h('p', { class: 'line' },
        h('b', {}, everySeconds ? seconds(everySeconds) : cron ? h('code', {}, cron) : when(at)),
        h('span', { class: `chip ${status === 'active' ? 'open' : failure ? 'bad' : 'good'}` }, status),
        iconButton(icons.bin, `Delete the schedule: ${what.slice(0, 40)}`, () => this.#delete(id, what))),
      h('p', { class: 'text', dir: 'auto' }, what),
      h('p', { class: 'fine' }, [
        nextRun && `next ${when(nextRun)}`, lastRun && `last ${when(lastRun)}`, runs > 0 && `${runs} ${runs === 1 ? 'run' : 'runs'}`, cron && timeZone, sessionId !== 'default' && `session ${sessionId}`,
      ].filter(Boolean).join(' · ')),
      failure && h('p', { class: 'fine bad' }, failure.detail));
  }

  async #delete(id, what) {
    if (!await ask({ title: 'Delete the schedule?', body: [h('p', { class: 'text' }, what)], action: 'Delete', danger: true })) return;
    await tried(() => this.api.call('DELETE', `/schedules/${encodeURIComponent(id)}`));
    this.again();
  }
}
