// A line for each scenario of both revisions; what a revision requires, or an extension of it, is scored; what cannot be had here stands in baseline.json with the reason.
import { readFileSync } from 'node:fs';
import { startMesh } from '../x402-official/mesh.mjs';
import { startModel } from './model.mjs';
import { talk } from './replicas.mjs';
import { run, scored } from './suite.mjs';

const baseline = JSON.parse(readFileSync(new URL('baseline.json', import.meta.url)));
const count = { passed: 0, failed: 0, skipped: 0 };

const model = await startModel();
const mesh = await startMesh({
  AgentMesh__Conformance__Enabled: 'true',
  AgentMesh__Responder__Provider: 'openai',
  AgentMesh__Responder__Endpoint: model.endpoint,
  AgentMesh__Responder__Model: 'suite',
  AgentMesh__Responder__ApiKeySecret: 'none',
  // The suite's tools take a second, and are to be tasks.
  AgentMesh__Mcp__TaskAfter: '00:00:00.2',
}, ['--replicas', 'gateway=2']);
try {
  for (const [revision, known] of Object.entries(baseline)) {
    console.log(`\n== MCP ${revision}`);
    score(known, scored(revision), await run(revision, `${mesh.url}/agent/conformance/mcp`));
    const wrong = await talk(revision, mesh.gateways);
    tell(wrong.length === 0 ? 'passed' : 'failed', 'official client, two gateways in turns', wrong);
  }
} finally {
  await mesh.stop();
  model.stop();
}

console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
process.exitCode = count.failed > 0 ? 1 : 0;

function score(known, names, checks) {
  for (const name of names) {
    const { status, why } = judge(checks.get(name) ?? []);
    if (!(name in known))
      tell(status, name, why);
    else if (status === 'failed')
      tell('skipped', name, [`known: ${known[name]}`]);
    else
      tell('failed', name, [`${status}, and stands in baseline.json: take it out`]);
  }

  for (const name of Object.keys(known).filter(name => !names.includes(name)))
    tell('failed', name, ['stands in baseline.json, and the revision does not have it']);
  for (const [name, found] of checks) {
    if (!names.includes(name))
      console.log(`not scored  ${name}: ${judge(found).status}`);
  }
}

/** A warning is a failure: the suite warns of what a server should not do. */
function judge(checks) {
  const bad = checks.filter(check => check.status === 'FAILURE' || check.status === 'WARNING');
  if (bad.length > 0 || checks.length === 0)
    return { status: 'failed', why: bad.length > 0 ? bad.map(check => `${check.id}: ${check.errorMessage ?? check.description}`) : ['no checks were made'] };
  const good = checks.filter(check => check.status === 'SUCCESS');
  return good.length > 0
    ? { status: 'passed', why: [] }
    : { status: 'skipped', why: checks.map(check => check.errorMessage ?? check.details?.message ?? check.details?.note ?? check.description) };
}

function tell(status, name, why) {
  count[status]++;
  console.log(`${status.padEnd(10)}  ${name}`);
  for (const line of why)
    console.log(`            ${line}`);
}
