// Waits that end.
import { createServer } from 'node:net';

/** Asks until the answer is truthy; an exception is a no. */
export async function until(what, ask, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  let last;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer)
        return answer;
    } catch (fault) {
      last = fault;
    }

    await new Promise(resolve => setTimeout(resolve, 50));
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
