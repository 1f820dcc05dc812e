// Runs the suite as its users do, and reads what it wrote down.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const suite = new URL('node_modules/@modelcontextprotocol/conformance/', import.meta.url).pathname;
const timeoutMs = 90_000;

/** The scenarios that a revision requires of servers, frozen when it was released, and those of its extensions, which the suite runs and requires of nobody. */
export function scored(revision) {
  const text = readFileSync(join(suite, 'requirements', `${revision}.yaml`), 'utf8');
  const [, required] = /^server:\n((?: {2}- .*\n)+)/m.exec(text) ?? [];
  if (!required)
    throw new Error(`The suite requires nothing for ${revision}.`);
  const names = [...required.matchAll(/^ {2}- (\S+)$/gm)].map(([, name]) => name);
  const extensions = [...text.matchAll(/^ {2}- scenario: (\S+)\n {4}leg: server\n {4}reason: extension$/gm)].map(([, name]) => name);
  return [...names, ...extensions];
}

/** What became of every scenario of a revision: its checks by name. */
export async function run(revision, url) {
  const results = mkdtempSync(join(tmpdir(), 'agentmesh-conformance-'));
  try {
    await call(['server', '--url', url, '--requirements', revision, '--output-dir', results]);
    return new Map(readdirSync(results).map(folder => [nameOf(folder), checksOf(join(results, folder))]));
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
}

// Its exit code counts what is not scored; what it wrote down is judged here.
const call = args => new Promise((resolve, reject) => {
  execFile(process.execPath, [join(suite, 'dist/index.js'), ...args], { timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 }, fault =>
    fault?.killed ? reject(new Error(`The suite took longer than ${timeoutMs / 1000} s.`)) : resolve());
});

const nameOf = folder => folder.replace(/^server-/, '').replace(/-\d{4}-\d{2}-\d{2}T[\d-]+Z$/, '');

// A scenario that fell over wrote nothing.
function checksOf(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, 'checks.json'), 'utf8'));
  } catch {
    return [];
  }
}
