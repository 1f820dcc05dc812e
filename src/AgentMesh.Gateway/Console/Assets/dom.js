// Nodes. No text of an agent is ever read as HTML: everything is made by h() and written as text.

const Svg = 'http://www.w3.org/2000/svg';
const svgTags = new Set(['svg', 'path']);

/** An element; children that are null, undefined, false or '' are left out. */
export function h(tag, attributes = {}, ...children) {
  const node = svgTags.has(tag) ? document.createElementNS(Svg, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false && child !== ''));
  return node;
}

/** Puts others in the place of a node's children when what they show has changed, so that focus and what is open stay. */
export function fill(node, shown, make) {
  const text = JSON.stringify(shown);
  if (node.shown === text) return;
  node.shown = text;
  node.replaceChildren(...make().flat(Infinity).filter(Boolean));
}

export const icon = (d, size = 18) => h('svg', { viewBox: '0 0 24 24', width: size, height: size, 'aria-hidden': 'true', class: 'icon' }, h('path', { d }));

export const icons = {
  plus: 'M12 5v14M5 12h14',
  pen: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  bin: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  check: 'M5 13l4 4L19 7',
  send: 'M5 12h13M12 5l7 7-7 7',
  stop: 'M7 7h10v10H7z',
  close: 'M6 6l12 12M18 6L6 18',
};

/** A button with a sign alone; its name is read aloud and shown as a hint. */
export const iconButton = (path, name, onclick, more = {}) => h('button', { type: 'button', class: 'icon-button', 'aria-label': name, title: name, onclick, ...more }, icon(path));

/** A button that copies a text, and says so. */
export function copyButton(text, name) {
  const button = iconButton(icons.copy, `Copy ${name}`, async () => {
    const done = await copy(text);
    button.replaceChildren(icon(done ? icons.check : icons.close));
    button.setAttribute('aria-label', done ? `Copied ${name}` : `The browser does not let ${name} be copied`);
    setTimeout(() => {
      button.replaceChildren(icon(icons.copy));
      button.setAttribute('aria-label', `Copy ${name}`);
    }, 2000);
  });
  return button;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Over plain HTTP from another machine there is no clipboard: the old way.
    const area = h('textarea', { class: 'sr', 'aria-hidden': 'true' });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

let fields = 0;

/** A field with its label, and what helps to fill it. */
export function field(label, input, hint) {
  input.id ||= `field-${++fields}`;
  const help = hint && h('small', { id: `${input.id}-hint` }, hint);
  if (help) input.setAttribute('aria-describedby', help.id);
  return h('div', { class: 'field' }, h('label', { for: input.id }, label), input, help);
}

export const empty = (title, text) => h('p', { class: 'empty' }, h('b', {}, title), text);

/**
 * Asks in a dialog. Answers with the form's values, or null when it was closed.
 * @param title What is asked.
 * @param body Nodes of the form.
 * @param action The word on the button.
 */
export function ask({ title, body = [], action, danger = false, cancel = 'Cancel' }) {
  return new Promise(resolve => {
    const form = h('form', { method: 'dialog' },
      h('h2', { id: 'dialog-title' }, title), body,
      h('div', { class: 'buttons' },
        h('button', { type: 'button', onclick: () => dialog.close() }, cancel),
        h('button', { type: 'submit', class: danger ? 'danger' : 'primary' }, action)));
    const dialog = h('dialog', { 'aria-labelledby': 'dialog-title' }, form);
    let answer = null;
    form.addEventListener('submit', () => { answer = Object.fromEntries(new FormData(form)); });
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
