// A line for each check; CHECK=part of a name runs those alone.
import { startMesh } from '../x402-official/mesh.mjs';
import { startBrowser } from './browser.mjs';
import { chat, outages } from './chat.mjs';
import { look } from './look.mjs';
import { startModel } from './model.mjs';
import { panels } from './panels.mjs';
import { bootstrap, tokens } from './token.mjs';

const limitMs = 60_000;
const wanted = process.env.CHECK ?? '';
const model = await startModel();
const settings = {
  AgentMesh__Responder__Provider: 'openai',
  AgentMesh__Responder__Endpoint: model.endpoint,
  AgentMesh__Responder__Model: 'console',
  AgentMesh__Responder__ApiKeySecret: 'none',
  // USD for a million tokens: an answer costs 0.15, and what a call may cost is held while it runs.
  AgentMesh__Responder__Prices__0__Model: 'console',
  AgentMesh__Responder__Prices__0__Input: '1000',
  AgentMesh__Responder__Prices__0__Output: '1000',
};
const count = { passed: 0, failed: 0, skipped: 0 };
const browser = await startBrowser();
let mesh, guarded;
try {
  mesh = await startMesh(settings, ['--no-build']);
  await run(outages);
  guarded = await startMesh({ ...settings, AgentMesh__Auth__Mode: 'ApiKey', AgentMesh__Auth__BootstrapKey: bootstrap }, ['--no-build']);
  await run({ ...tokens, ...panels, ...look, ...chat }, 2);
  await run({
    'no request leaves the origin': () => {
      const origins = [...new Set(browser.requests.map(url => new URL(url).host))].filter(host => ![mesh.url, guarded.url].some(url => new URL(url).host === host));
      if (browser.requests.length === 0 || origins.length > 0) throw new Error(origins.join(', '));
    },
    'no complaint in the console': () => {
      if (browser.complaints.length > 0) throw new Error([...new Set(browser.complaints)].join('\n'));
    },
  });
} finally {
  await browser.close();
  await Promise.all([mesh?.stop(), guarded?.stop()]);
  model.stop();
}

console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
process.exitCode = count.failed > 0 ? 1 : 0;

/** Runs checks, in so many lanes. */
async function run(checks, lanes = 1) {
  const waiting = Object.entries(checks).filter(([name]) => name.includes(wanted));
  const lane = async () => {
    while (waiting.length > 0) await runOne(...waiting.shift());
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function runOne(name, check) {
  const start = Date.now();
  let timer;
  try {
    await Promise.race([
      check({ browser, mesh, guarded, model }),
      new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`It took longer than ${limitMs / 1000} s.`)), limitMs); }),
    ]);
    tell('passed', name, start);
  } catch (fault) {
    tell('failed', name, start, fault.stack.slice(0, 2000));
  } finally {
    clearTimeout(timer);
  }
}

function tell(status, name, start, why) {
  count[status]++;
  console.log(`${status}  ${name}  ${Date.now() - start} ms`);
  if (why) console.log(why.replace(/^/gm, '        '));
}
