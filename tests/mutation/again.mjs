// Tries mutants again that Stryker says have survived or timed out, each in a process of its own and with tests of random lives at their full length, and
// prints the score of each folder. In one process after another, since a value that is made once in a process is otherwise the unchanged one.
//   node tests/mutation/again.mjs FOLDER PROJECT [static|survived|timeout|none]…     FOLDER and PROJECT as tests/mutation.sh had them; default: all three
// It reads reports/mutation-report.json and writes what came out to reports/again.json, which is read instead when there is one. With TESTS=FOLDER it has the
// tests that are built there, newer ones for the same code.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

const limitMs = 180_000;
const [folder, project, ...asked] = process.argv.slice(2);
if (!project) {
  console.error('node tests/mutation/again.mjs FOLDER PROJECT [static|survived|timeout|none]…');
  process.exit(2);
}
const which = asked.length ? asked : ['static', 'survived', 'timeout'];
const reports = join(folder, project, 'reports');
const kept = join(reports, 'again.json');
const report = JSON.parse(readFileSync(existsSync(kept) ? kept : join(reports, 'mutation-report.json'), 'utf8'));

const bin = mkdtempSync(join(tmpdir(), 'mutants-'));
const assembly = `AgentMesh.${project}`;
cpSync(process.env.TESTS ?? join(folder, 'copy/tests', `${assembly}.Tests`, 'bin/Release/net10.0'), bin, { recursive: true });
writeFileSync(join(bin, 'xunit.runner.json'), '{ "parallelizeTestCollections": false, "stopOnFail": true }');
cpSync(join(folder, project, `${assembly}.dll`), join(bin, `${assembly}.dll`));

const classOf = new Map();
for (const file of Object.values(report.testFiles ?? {})) {
  for (const test of file.tests) classOf.set(test.id, test.name.split('(')[0].split('.').slice(0, -1).join('.'));
}

const isAsked = (mutant) =>
  !mutant.again &&
  ((mutant.status === 'Survived' && (which.includes('survived') || (which.includes('static') && mutant.static))) ||
    (mutant.status === 'Timeout' && which.includes('timeout')));

/** Whether a test fails with this mutant: Killed, Timeout, RuntimeError or Survived. */
function run(mutant, worker) {
  const file = join(bin, `mutant-${worker}`);
  const id = Buffer.alloc(4);
  id.writeInt32LE(mutant ? Number(mutant.id) : -1);
  writeFileSync(file, id);
  // Tests that pass it, by Stryker's own record; a static value is passed by whichever test is first, and newer tests are not in it.
  const classes = mutant?.static || process.env.TESTS ? [] : [...new Set((mutant?.coveredBy ?? []).map((test) => classOf.get(test)))];
  const filter = classes.length && classes.every(Boolean) ? ['--filter-class', ...classes] : [];
  const env = { ...process.env, STRYKER_MUTANT_FILE: file, MUTATED_ASSEMBLY: assembly };
  delete env.MUTATED_KEPT;
  return new Promise((resolve) => {
    const tests = spawn(join(bin, `${assembly}.Tests`), ['--no-progress', '--results-directory', join(bin, 'results'), ...filter], { env, stdio: 'ignore' });
    let late = false;
    const clock = setTimeout(() => {
      late = true;
      tests.kill('SIGKILL');
    }, limitMs);
    tests.on('exit', (code) => {
      clearTimeout(clock);
      // 2: a test failed; 0: none did. https://learn.microsoft.com/dotnet/core/testing/microsoft-testing-platform-exit-codes
      resolve(late ? 'Timeout' : code === 0 ? 'Survived' : code === 2 ? 'Killed' : 'RuntimeError');
    });
  });
}

const mutants = Object.values(report.files).flatMap((file) => file.mutants);
const todo = mutants.filter(isAsked);
if (todo.length) {
  const unchanged = await run(null, 'none');
  if (unchanged !== 'Survived') throw new Error(`The tests do not pass without a mutant: ${unchanged}.`);
  let done = 0;
  await Promise.all(
    Array.from({ length: availableParallelism() }, async (_, worker) => {
      for (let mutant = todo.pop(); mutant; mutant = todo.pop()) {
        mutant.status = await run(mutant, worker);
        mutant.again = true;
        if (++done % 10 === 0) {
          process.stderr.write(`${done} done, ${todo.length} to do\n`);
          writeFileSync(kept, JSON.stringify(report));
        }
      }
    }),
  );
  writeFileSync(kept, JSON.stringify(report));
}
rmSync(bin, { recursive: true });

const rows = new Map();
for (const [path, file] of Object.entries(report.files)) {
  const inside = path.slice(path.indexOf(`${assembly}/`) + assembly.length + 1);
  for (const name of [inside.includes('/') ? inside.split('/')[0] : '.', 'all']) {
    const row = rows.get(name) ?? {};
    for (const { status } of file.mutants) row[status] = (row[status] ?? 0) + 1;
    rows.set(name, row);
  }
}
console.log(`${'folder'.padEnd(16)}  killed  timed out  survived  not covered   score`);
for (const [name, row] of [...rows].sort(([a], [b]) => (a === 'all') - (b === 'all') || a.localeCompare(b))) {
  const [killed, timeout, survived, none] = ['Killed', 'Timeout', 'Survived', 'NoCoverage'].map((status) => row[status] ?? 0);
  const all = killed + timeout + survived + none;
  if (all)
    console.log(
      `${name.padEnd(16)}  ${String(killed).padStart(6)}  ${String(timeout).padStart(9)}  ${String(survived).padStart(8)}  ${String(none).padStart(11)}  ${((100 * (killed + timeout)) / all).toFixed(1).padStart(5)} %`,
    );
}
