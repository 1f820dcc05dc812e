// Where one writes. What is half written stays, for each session.
import { h, icon, icons } from './dom.js';

const MaxBytes = 65_536;
const bytes = new TextEncoder();

export class Composer {
  #drafts = new Map();
  #session = null;
  #isRunning = false;

  constructor({ send, cancel }) {
    this.text = h('textarea', {
      id: 'message', rows: '1', placeholder: 'Message', 'aria-label': 'Message', 'aria-describedby': 'keys', enterkeyhint: 'send', autocomplete: 'off',
      oninput: () => this.#fit(),
      onkeydown: event => {
        // Enter also ends a word of an input method, which sends nothing.
        if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
          event.preventDefault();
          this.#submit();
        } else if (event.key === 'Escape' && this.#isRunning) {
          event.preventDefault();
          cancel();
        }
      },
    });
    this.stop = h('button', { type: 'button', class: 'round', 'aria-label': 'Stop the answer', title: 'Stop the answer (Esc)', hidden: true, onclick: cancel }, icon(icons.stop));
    this.button = h('button', { type: 'submit', class: 'round primary', 'aria-label': 'Send', title: 'Send (Enter)' }, icon(icons.send));
    this.hint = h('p', { id: 'keys', class: 'keys' }, 'Enter sends, Shift+Enter begins a line, Esc stops an answer');
    this.root = h('form', { class: 'composer', onsubmit: event => { event.preventDefault(); this.#submit(); } }, h('div', { class: 'box' }, this.text, this.stop, this.button), this.hint);
    this.send = send;
  }

  open(session) {
    if (this.#session !== null) this.#drafts.set(this.#session, this.text.value);
    this.#session = session;
    this.text.value = this.#drafts.get(session) ?? '';
    this.#fit();
  }

  setRunning(isRunning) {
    this.#isRunning = isRunning;
    if (!isRunning && document.activeElement === this.stop) this.text.focus();
    this.stop.hidden = !isRunning;
  }

  #submit() {
    const text = this.text.value;
    if (text.trim() === '' || this.#isTooLong(text)) return;
    this.text.value = '';
    this.#fit();
    this.send(text);
  }

  #isTooLong = text => text.length * 3 > MaxBytes && bytes.encode(text).length > MaxBytes;

  #fit() {
    const tooLong = this.#isTooLong(this.text.value);
    this.button.disabled = this.text.value.trim() === '' || tooLong;
    this.hint.textContent = tooLong ? 'Too long: a message has 64 KiB at most' : 'Enter sends, Shift+Enter begins a line, Esc stops an answer';
    this.hint.classList.toggle('bad', tooLong);
    // As high as its text, up to what the style sheet allows.
    this.text.style.height = 'auto';
    this.text.style.height = `${this.text.scrollHeight + 2}px`;
  }
}
