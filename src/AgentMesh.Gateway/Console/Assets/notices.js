// What went wrong, as it was answered: the sentence, the code, when to try again, and the trace id for whoever reads the logs.
import { copyButton, h, iconButton, icons } from './dom.js';
import { Refused, Unreached } from './api.js';

const MaxNotices = 3;

/** The nodes of a fault, for a notice or beside what it is about. */
export function faultNodes(fault) {
  if (!(fault instanceof Refused)) return [h('p', {}, fault.message)];
  return [
    h('p', {}, h('b', {}, fault.title), ' ', fault.message === fault.title ? '' : fault.message),
    h('p', { class: 'fine' },
      h('code', {}, fault.code), ` · ${fault.status}`,
      fault.retryAfter && ` · try again in ${fault.retryAfter} s`,
      fault.traceId && [' · trace ', h('code', { class: 'trace' }, fault.traceId), copyButton(fault.traceId, 'the trace id')]),
  ];
}

/** Shows a fault above everything until it is closed. What is a bug of this page is thrown on. */
export function notify(fault) {
  if (!(fault instanceof Refused || fault instanceof Unreached)) throw fault;
  const place = document.getElementById('notices');
  const notice = h('div', { class: 'notice' }, h('div', {}, faultNodes(fault)), iconButton(icons.close, 'Close', () => notice.remove()));
  place.append(notice);
  while (place.children.length > MaxNotices) place.firstChild.remove();
}

export function clearNotices() {
  document.getElementById('notices').replaceChildren();
}

/** Does something that a person asked for, and shows what it was refused with. */
export async function tried(what, button) {
  if (button) button.disabled = true;
  try {
    return await what();
  } catch (fault) {
    notify(fault);
    return undefined;
  } finally {
    if (button) button.disabled = false;
  }
}
