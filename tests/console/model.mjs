// The model behind the agents: chat completions of OpenAI. It says back what it is told; what begins with "hold" it says half of, and the rest when it is let go.
import { once } from 'node:events';
import { createServer } from 'node:http';

export async function startModel() {
  const held = new Map();
  const server = createServer(async (request, response) => {
    const { messages } = JSON.parse(Buffer.concat(await request.toArray()));
    const said = String(messages.findLast(message => message.role === 'user').content);
    const chunk = choices => response.write(`data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 0, model: 'console', choices })}\n\n`);
    const say = content => chunk([{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }]);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (said.startsWith('hold')) {
      say('First half. ');
      await new Promise(resolve => {
        held.set(said, resolve);
        response.once('close', () => { held.delete(said); });
      });
      say('Second half of: ');
    }

    say(said);
    chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]);
    response.write(`data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 0, model: 'console', choices: [], usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 } })}\n\n`);
    response.end('data: [DONE]\n\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${server.address().port}/v1`,
    /** Lets the answer to a message go on. */
    release: said => held.get(said)(),
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

export const whole = said => `First half. Second half of: ${said}`;
