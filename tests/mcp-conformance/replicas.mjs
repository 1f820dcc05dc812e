// The official clients of MCP and two gateways, of which each request meets the other one: as behind a balancer that knows nothing of sessions.
import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const info = { name: 'mcp-conformance', version: '1' };
const messages = 100;

/** By the newest revision that they speak. */
const clients = {
  '2025-11-25': (url, fetch) => [new ClientV1(info), new TransportV1(url, { fetch })],
  '2026-07-28': (url, fetch) => [new ClientV2(info, { versionNegotiation: { mode: 'auto' } }), new TransportV2(url, { fetch })],
};

/** Sends an agent messages and reads them, all of it in turns. @returns what went wrong. */
export async function talk(revision, gateways) {
  const met = new Map(gateways.map(gateway => [gateway, 0]));
  let requests = 0;
  const inTurns = (url, options) => {
    const gateway = gateways[requests++ % gateways.length];
    met.set(gateway, met.get(gateway) + 1);
    return fetch(new URL(new URL(url).pathname, gateway), options);
  };
  const user = `replicas-${revision}`;
  const wrong = [];
  const [client, transport] = clients[revision](new URL(`/agent/${user}/mcp`, gateways[0]), inTurns);
  await client.connect(transport);
  try {
    for (let n = 1; n <= messages; n++) {
      const { isError, structuredContent: sent } = await client.callTool({ name: 'send_message', arguments: { content: `message ${n}` } });
      if (isError || sent.status !== 'completed' || sent.messageCount !== 2 * n)
        wrong.push(`message ${n}: ${JSON.stringify(sent)}`);
      const { structuredContent: read } = await client.callTool({ name: 'get_history', arguments: { limit: 2 } });
      if (read.messages[0]?.content !== `message ${n}`)
        wrong.push(`history after message ${n}: ${JSON.stringify(read)}`);
    }

    const { contents } = await client.readResource({ uri: `agent://${user}/history` });
    if (!contents[0].text.includes(`message ${messages}`))
      wrong.push('the resource lacks the last message');
    const { messages: prompt } = await client.getPrompt({ name: 'catch_up' });
    if (prompt.length === 0)
      wrong.push('the prompt is empty');
  } finally {
    await client.close();
  }

  for (const [gateway, count] of met) {
    if (count < messages)
      wrong.push(`${gateway} was met ${count} times only`);
  }

  return wrong;
}
