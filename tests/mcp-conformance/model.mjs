// The model behind the agent: chat completions of OpenAI. It answers what it is told, after as many seconds as the message says, and fails when it says so.
import { once } from 'node:events';
import { createServer } from 'node:http';

export async function startModel() {
  const server = createServer(async (request, response) => {
    const { messages } = JSON.parse(Buffer.concat(await request.toArray()));
    const said = String(messages.findLast(message => message.role === 'user').content);
    const timer = setTimeout(() => answer(response, said), 1000 * Number(/(\d+) s\./.exec(said)?.[1] ?? 0));
    response.once('close', () => clearTimeout(timer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${server.address().port}/v1`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answer(response, said) {
  if (said.startsWith('Fail'))
    return response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"message":"As asked."}}');
  const chunk = choices => `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 0, model: 'suite', choices })}\n\n`;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(chunk([{ index: 0, delta: { role: 'assistant', content: `You said: ${said}` }, finish_reason: null }]));
  response.write(chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]));
  response.end('data: [DONE]\n\n');
}
