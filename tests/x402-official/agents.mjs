// Agents of the mesh with money on the chain, as their owner sees them.
import assert from 'node:assert/strict';

/** Uses an agent for the first time, and mints money to the wallet that it says it has. */
export async function hire(mesh, chain, name, micros = 0n) {
  const path = `${mesh.url}/agent/${name}`;
  assert.equal((await post(`${path}/message`, { content: 'hello' })).status, 200);
  const address = (await get(`${path}/info`)).walletAddress;
  if (micros > 0n)
    await chain.mint(address, micros);
  return {
    name, address,
    /** Has it buy. @returns the HTTP status, the code of a refusal, and the answer. */
    pay: async (key, url, { maxAmount = '100000', ...rest } = {}) => {
      const { status, body } = await post(`${path}/pay`, { url, maxAmount, ...rest }, { 'idempotency-key': key });
      return { status, code: body.type?.split(':').at(-1), body };
    },
    /** What it has paid, or was paid. */
    payments: async (direction = 'out') => (await get(`${path}/payments?direction=${direction}&limit=1000`)).payments,
    /** What its ledger says of the token: posted and held. */
    ledger: async asset => {
      const { limits } = await get(`${path}/budget`);
      const { posted, held } = limits.find(limit => limit.scope === 'agent' && limit.asset === asset);
      return { posted, held };
    },
    setLimit: (asset, limit) => put(`${path}/budget`, { limits: [{ scope: 'agent', asset, window: 'rolling:24h', limit }] }),
    approve: id => post(`${path}/approvals/${id}`, { decision: 'approve' }),
    freeze: () => post(`${mesh.url}/admin/agents/${name}/freeze`, { reason: 'A check.' }),
  };
}

const get = async url => (await fetch(url)).json();
const put = (url, body) => send('PUT', url, body);
const post = (url, body, headers) => send('POST', url, body, headers);

async function send(method, url, body, headers = {}) {
  const answer = await fetch(url, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } });
  return { status: answer.status, body: await answer.json() };
}
