// How programs reach the same agent.
import { copyButton, h } from './dom.js';
import { token } from './api.js';

export class Connect {
  id = 'connect';
  title = 'Connect';

  constructor({ api }) {
    const base = location.origin + api.path;
    // The token is the reader's own, and stays out of what is copied and passed on.
    const header = token.get() ? ' \\\n  -H "Authorization: Bearer $AGENTMESH_TOKEN"' : '';
    const servers = { mcpServers: { [api.user]: { type: 'http', url: `${base}/mcp`, ...(header && { headers: { Authorization: 'Bearer $AGENTMESH_TOKEN' } }) } } };
    this.root = h('div', {},
      part('MCP', 'The address for clients of MCP, over streamable HTTP.', `${base}/mcp`, 'the MCP address'),
      part('MCP, as a file of servers', null, JSON.stringify(servers, null, 2), 'the file of servers'),
      part('Say something', null, `curl ${base}/message${header} \\\n  -H 'content-type: application/json' \\\n  -d '{"content":"Hello"}'`, 'the curl line'),
      part('Watch everything', null, `curl -N '${base}/events?after=0'${header} \\\n  -H 'accept: text/event-stream'`, 'the curl line for events'),
      part('Take everything along', null, `curl ${base}/export${header}`, 'the curl line for the export'),
      h('p', { class: 'fine' }, 'All calls: ', h('a', { href: '/openapi/v1.json' }, 'the OpenAPI document')));
  }
}

const part = (title, text, value, name) => h('section', {},
  h('h3', {}, title), text && h('p', { class: 'fine' }, text), h('div', { class: 'copied block' }, h('pre', { tabindex: '0', 'aria-label': title }, value), copyButton(value, name)));
