// The payments app is killed when its order is in the chain's pool and in no block; nobody hears what became of it, and it is found out.
import assert from 'node:assert/strict';
import { concatHex, hexToBytes, numberToHex, sha256 } from 'viem';
import { usdc } from './chain.mjs';
import { buy, resend } from './clients.mjs';
import { until } from './waiting.mjs';

export async function killWhileSettling({ chain, mesh, version, wallet, url }) {
  await chain.test.setAutomine(false);
  const victim = mesh.app('payments').pid;
  const body = '{"query":"who is killed?"}';
  const buying = buy(version, wallet, url, body);
  await until('the order to be in the pool', async () => (await chain.test.getTxpoolStatus()).pending > 0);
  process.kill(victim, 'SIGKILL');
  await chain.test.setAutomine(true);
  await chain.test.mine({ blocks: 1 });
  await until('another payments app', () => mesh.app('payments') && mesh.app('payments').pid !== victim);
  const first = await buying;
  assert.notEqual(first.status, 402, 'Whoever signs again pays twice.');
  let answers = [first.status];
  const last = await until('the answer', async () => {
    const again = await resend(version, first.paid);
    answers.push(again.status);
    assert.notEqual(again.status, 402, 'Whoever signs again pays twice.');
    return again.status === 200 && again;
  }, 120);
  assert.match(last.text, /Premium analysis/);
  const payment = await mesh.invoke('payments', `payments/${idOf(first.paid)}`);
  assert.deepEqual([payment.status, payment.body.state, payment.body.transaction], [200, 'settled', last.receipt.transaction]);
  console.log(`killed ${victim} (${version}): answers ${[...new Set(answers)].join(', ')}, then settled by ${last.receipt.transaction}`);
  return last.receipt.transaction;
}

/** As PaymentId: the SHA-256 of chain, token, payer and nonce. */
function idOf(paid) {
  const { from, nonce } = JSON.parse(Buffer.from(paid.value, 'base64')).payload.authorization;
  return sha256(hexToBytes(concatHex([numberToHex(84532, { size: 32 }), usdc, from, nonce]))).slice(2);
}
