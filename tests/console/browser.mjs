// Chromium, and what it asks for and complains of meanwhile.
import { chromium } from 'playwright-core';

const patience = 20_000;
// What a browser writes to its console of its own when a server is away.
const away = /Failed to load resource: net::ERR_|WebSocket connection to/;

export async function startBrowser() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
  const requests = [];
  const complaints = [];
  return {
    requests, complaints,
    close: () => browser.close(),
    /** A browser of its own, with nothing stored; `isAway`: the server is away now and then; `refuses`: answers that are a no are meant. */
    context: async ({ isAway = false, refuses = false, width = 1400, height = 860, ...options } = {}) => {
      const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce', ...options });
      context.setDefaultTimeout(patience);
      context.on('request', request => requests.push(request.url()));
      context.on('page', page => {
        page.on('websocket', socket => requests.push(socket.url()));
        page.on('pageerror', error => complaints.push(`${error.message} ${error.stack}`));
        page.on('console', message => {
          const text = message.text();
          const isMeant = isAway && away.test(text) || (isAway || refuses) && /Failed to load resource: the server responded with a status of/.test(text);
          if (['error', 'warning'].includes(message.type()) && !isMeant) complaints.push(`${text} ${message.location().url}`);
        });
      });
      return context;
    },
  };
}

/** The page of an agent, live. */
export async function open(context, url, user, session) {
  const page = await context.newPage();
  await page.goto(`${url}/#/u/${user}${session ? `/s/${session}` : ''}`);
  await live(page);
  return page;
}

export const live = page => page.waitForSelector('.state.live');

export const box = page => page.getByRole('textbox', { name: 'Message', exact: true });

export async function say(page, text) {
  await box(page).fill(text);
  await page.keyboard.press('Enter');
}

/** The texts of a role's messages that are on the page, in their order. */
export const texts = (page, role) => page.locator(`[role=log] .message.${role} .text`).allTextContents();

export const answer = (page, text) => page.locator('[role=log] .message.assistant .text', { hasText: text }).last().waitFor();

export const running = (page, text) => page.locator('.message.running .text', { hasText: text }).waitFor();

export const tab = (page, name) => page.getByRole('tab', { name, exact: true }).click();
