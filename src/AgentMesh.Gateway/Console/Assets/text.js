// Numbers, times and names as people read them.

/** Atomic units in units: 1500000 of 6 decimals is 1.5. */
export function amount(atomic, decimals) {
  if (decimals === null || decimals === undefined) return atomic;
  const digits = BigInt(atomic).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const rest = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${rest ? `.${rest}` : ''}`;
}

/** A share of a whole in percent, 0 to 100. */
export function percent(part, whole) {
  const all = BigInt(whole);
  if (all === 0n) return BigInt(part) === 0n ? 0 : 100;
  const share = Number(BigInt(part) * 10000n / all) / 100;
  return Math.min(100, share);
}

export const short = text => text.length > 14 ? `${text.slice(0, 6)}…${text.slice(-4)}` : text;

/** The user of an agent's name; of another tenant with it. */
export const nameOf = agent => agent.replace(/^default:/, '');

const sameDay = (a, b) => a.toDateString() === b.toDateString();

export function when(value) {
  const at = new Date(value);
  const time = at.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  return sameDay(at, new Date()) ? time : `${at.toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: at.getFullYear() === new Date().getFullYear() ? undefined : 'numeric' })}, ${time}`;
}

export const seconds = value => {
  for (const [unit, size] of [['day', 86400], ['hour', 3600], ['minute', 60]]) {
    if (value >= size && value % size === 0) return value === size ? `every ${unit}` : `every ${value / size} ${unit}s`;
  }
  return value === 1 ? 'every second' : `every ${value} seconds`;
};

/** A window of a budget. */
export function span(window) {
  if (window === 'once') return 'for good';
  const rolling = /^rolling:(.+)$/.exec(window);
  if (rolling) return `in any ${rolling[1].replace(/^(\d+)h$/, '$1 hours').replace(/^(\d+)d$/, '$1 days').replace(/^(\d+)m$/, '$1 minutes')}`;
  const calendar = /^calendar:(\w+)(?::(.+))?$/.exec(window);
  return calendar ? `each ${calendar[1]}${calendar[2] ? ` (${calendar[2]})` : ''}` : window;
}

export const scopeOf = scope => scope === 'agent' ? 'the agent' : scope.replace(/^session:/, 'session ').replace(/^tool:/, 'tool ');

/** What a session is called: the name its owner gave it, or its id. */
export const titleOf = session => typeof session.metadata?.name === 'string' && session.metadata.name.trim() !== '' ? session.metadata.name : session.id === 'default' ? 'Default' : session.id;
