// The mesh and the sample as a user starts them, with the facilitator and the chain of this check.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { freePort, until } from './waiting.mjs';

const root = new URL('../../', import.meta.url).pathname;

/** With settings of the apps, and more options of the command. */
export async function startMesh(settings = {}, options = []) {
  const data = mkdtempSync(join(tmpdir(), 'agentmesh-official-'));
  const readyFile = join(data, 'ready.json');
  const token = randomUUID();
  const set = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  const sidecar = spawn(
    'dotnet',
    ['src/AgentMesh.Sidecar/bin/Release/net10.0/AgentMesh.Sidecar.dll', 'run', '--data', data, '--free-ports', '--ready-file', readyFile, '--set', 'AgentMesh__RateLimit__Enabled=false', ...set, ...options],
    { cwd: root, env: { ...process.env, DAPR_API_TOKEN: token, APP_API_TOKEN: token }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [sidecar.stdout, sidecar.stderr])
    stream.on('data', text => output = (output + text).slice(-20_000));
  const ready = () => JSON.parse(readFileSync(readyFile));
  await until('the mesh to be ready', () => {
    if (sidecar.exitCode !== null)
      throw new Error(`It ended:\n${output}`);
    return ready();
  }, 240).catch(async fault => {
    await stop();
    throw new Error(`${fault.message}\n${output}`);
  });
  const app = id => ready().apps.find(one => one.id === id);
  return {
    url: ready().gateway, gateways: ready().apps.filter(one => one.id === 'gateway').map(one => `http://127.0.0.1:${one.appPort}`), token, app, output: () => output,
    /** What an app answers to its sidecar's call. */
    invoke: async (id, path) => {
      const answer = await fetch(`http://127.0.0.1:${app('gateway').daprHttpPort}/v1.0/invoke/${id}/method/${path}`, { headers: { 'dapr-api-token': token } });
      return { status: answer.status, body: await answer.json() };
    },
    stop,
  };

  async function stop() {
    if (sidecar.exitCode === null) {
      const ended = new Promise(resolve => sidecar.once('exit', resolve));
      sidecar.kill('SIGTERM');
      await ended;
    }

    rmSync(data, { recursive: true, force: true });
  }
}

/** The sample, whose endpoint is sold by .RequirePayment alone. */
export async function startPaidApi(facilitator, payTo) {
  const url = `http://127.0.0.1:${await freePort()}`;
  const api = spawn(
    'dotnet', ['bin/Release/net10.0/PaidApi.dll', '--urls', url, '--X402:PublicUrl', url, '--X402:PayTo', payTo, '--X402:FacilitatorUrl', facilitator.url],
    { cwd: join(root, 'samples/PaidApi'), stdio: 'ignore' });
  await until('the sample to answer', async () => (await fetch(url)).ok);
  return { url, stop: () => api.kill('SIGKILL') };
}
