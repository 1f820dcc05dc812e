// Waits that end.
import { AssertionError } from 'node:assert/strict';
import { createServer } from 'node:net';

/** Asks until the answer is truthy; an exception is a no, but for one of an assertion. */
export async function until(what, ask, seconds = 60, pauseMs = 50) {
  const end = Date.now() + seconds * 1000;
  let last;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer)
        return answer;
    } catch (fault) {
      if (fault instanceof AssertionError)
        throw fault;
      last = fault;
    }

    await new Promise(resolve => setTimeout(resolve, pauseMs));
  }

  throw new Error(`Waited ${seconds} s for ${what}.${last ? ` Last: ${last.message}` : ''}`);
}

export const freePort = () => new Promise((resolve, reject) => {
  const server = createServer();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

export const listen = app => new Promise(resolve => {
  const server = app.listen(0, '127.0.0.1', () => resolve({
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  }));
});
