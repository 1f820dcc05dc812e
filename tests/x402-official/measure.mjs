// How many questions a second facilitators answer, and what one costs of CPU: the official one on the chain, ours on its simulated ledger.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { authorizationTypes } from '@x402/evm';
import { startChain, usdc } from './chain.mjs';
import { startFacilitator } from './facilitator.mjs';
import { startMesh } from './mesh.mjs';
import { until } from './waiting.mjs';

// As a process of its own, the official facilitator shares its core with nobody's load.
if (process.argv[2] === 'facilitator') {
  const chain = await startChain();
  const buyer = await chain.wallet(10_000_000n);
  const facilitator = await startFacilitator(chain);
  process.on('SIGTERM', () => {
    chain.stop();
    process.exit(0);
  });
  // Without its parent nobody would end it.
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.send({ url: facilitator.url, key: buyer.key });
} else {
  await measureAll(Number(process.argv[2] ?? 10));
}

async function measureAll(seconds) {
  const { privateKeyToAccount } = await import('viem/accounts');
  const official = spawn(process.execPath, [new URL(import.meta.url).pathname, 'facilitator'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const { url, key } = await new Promise(resolve => official.once('message', resolve));
  const mesh = await startMesh();
  try {
    const account = privateKeyToAccount(key);
    const ours = mesh.app('facilitator');
    const headers = { 'content-type': 'application/json', 'dapr-api-token': mesh.token };
    const funded = await fetch(`http://127.0.0.1:${ours.appPort}/faucet`, {
      method: 'POST', headers: { ...headers, 'idempotency-key': 'measure' }, body: JSON.stringify({ address: account.address, amount: '10000000' }) });
    if (!funded.ok)
      throw new Error(await funded.text());
    const questions = await Promise.all(Array.from({ length: 200 }, () => questionOf(account)));
    for (const [name, target, pid] of [['official, v2', url, official.pid], ['AgentMesh.Facilitator, v2', `http://127.0.0.1:${ours.appPort}`, ours.pid]]) {
      await measure(target, pid, headers, questions, 3);
      console.log(name, await measure(target, pid, headers, questions, seconds));
    }
  } finally {
    official.kill('SIGTERM');
    await mesh.stop();
    await until('the facilitator to end', () => official.exitCode !== null || official.signalCode !== null);
  }
}

async function measure(url, pid, headers, questions, seconds) {
  const end = performance.now() + seconds * 1000;
  const [begun, before] = [performance.now(), cpuMs(pid)];
  let answered = 0;
  await Promise.all(Array.from({ length: 8 }, async () => {
    while (performance.now() < end) {
      const answer = await (await fetch(`${url}/verify`, { method: 'POST', headers, body: questions[answered++ % questions.length] })).json();
      if (!answer.isValid)
        throw new Error(JSON.stringify(answer));
    }
  }));
  return { perSecond: Math.round(answered / (performance.now() - begun) * 1000), cpuMsEach: Number(((cpuMs(pid) - before) / answered).toFixed(2)) };
}

/** User and system time of a process; the kernel counts in hundredths of a second. */
function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function questionOf(account) {
  const payTo = '0x1343558b1e48Ee16260e386DBEE4693902DB77c4';
  const paymentRequirements = { scheme: 'exact', network: 'eip155:84532', amount: '100000', asset: usdc, payTo, maxTimeoutSeconds: 3600, extra: { name: 'USDC', version: '2' } };
  const authorization = {
    from: account.address, to: payTo, value: '100000', validAfter: '0', validBefore: `${Math.floor(Date.now() / 1000) + 3600}`, nonce: `0x${randomBytes(32).toString('hex')}` };
  const signature = await account.signTypedData({
    domain: { name: 'USDC', version: '2', chainId: 84532, verifyingContract: usdc }, types: authorizationTypes, primaryType: 'TransferWithAuthorization', message: authorization });
  return JSON.stringify({ x402Version: 2, paymentPayload: { x402Version: 2, accepted: paymentRequirements, payload: { signature, authorization } }, paymentRequirements });
}
