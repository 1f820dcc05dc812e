// The official clients of both versions, with the request that paid kept, and ours.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { decodePaymentResponseHeader, wrapFetchWithPaymentFromConfig } from '@x402/fetch';
import { decodeXPaymentResponse, wrapFetchWithPayment } from 'x402-fetch';
import { report } from './shops.mjs';

const headers = { v1: 'X-PAYMENT', v2: 'PAYMENT-SIGNATURE' };

/** Buys once. @returns the answer, its receipt, and what was sent, to be sent again. */
export async function buy(version, wallet, url, body) {
  let paid;
  const recorded = async (input, init) => {
    const request = new Request(input, init);
    const header = request.headers.get(headers[version]);
    if (header)
      paid = { url, method: request.method, body, header: headers[version], value: header };
    return fetch(request);
  };
  const client = version === 'v2'
    ? wrapFetchWithPaymentFromConfig(recorded, { schemes: [{ network: 'eip155:84532', client: new ExactEvmScheme(wallet.account) }] })
    : wrapFetchWithPayment(recorded, wallet);
  const answer = await client(url, body === undefined ? { method: 'GET' } : { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  return { status: answer.status, text: await answer.text(), receipt: receiptOf(version, answer), paid };
}

/** Sends the same payment again. */
export async function resend(version, paid, body = paid.body) {
  const answer = await fetch(paid.url, {
    method: paid.method, body, headers: { [paid.header]: paid.value, ...(body === undefined ? {} : { 'content-type': 'application/json' }) } });
  return { status: answer.status, text: await answer.text(), receipt: receiptOf(version, answer) };
}

/** Buys, sends the first payment again twenty times at once, and for something else. @returns the transactions of the receipts. */
export async function buyOfficial(version, wallet, url, times, bodyOf, expected) {
  const bought = [];
  for (let n = 0; n < times; n++)
    bought.push(await buy(version, wallet, url, bodyOf(n)));
  for (const one of bought) {
    assert.equal(one.status, 200, one.text);
    assert.match(one.text, expected);
    assert.deepEqual([one.receipt.success, one.receipt.payer], [true, wallet.account.address]);
  }

  const [first] = bought;
  for (const again of await Promise.all(Array.from({ length: 20 }, () => resend(version, first.paid))))
    assert.deepEqual([again.status, again.text, again.receipt], [200, first.text, first.receipt]);
  const other = first.paid.body === undefined
    ? await resend(version, { ...first.paid, url: `${url}?other` })
    : await resend(version, first.paid, '{"query":"something else"}');
  assert.equal(other.status, 409, other.text);
  return bought.map(one => one.receipt.transaction);
}

/** Our client: PaymentHandler with a key, as a process. @returns the transactions of the receipts. */
export async function buyWithOurs(version, wallet, url, times) {
  const buyer = new URL('../AgentMesh.Testing.Buyer/bin/Release/net10.0/AgentMesh.Testing.Buyer.dll', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)('dotnet', [buyer, url, `${times}`], { env: { ...process.env, BUYER_KEY: wallet.key }, timeout: 60_000 });
  const bought = stdout.trim().split('\n').map(line => JSON.parse(line));
  for (const one of bought)
    assert.deepEqual([one.status, one.version, one.success, one.text], [200, Number(version[1]), true, report]);
  return bought.map(one => one.transaction);
}

function receiptOf(version, answer) {
  const text = answer.headers.get(version === 'v2' ? 'PAYMENT-RESPONSE' : 'X-PAYMENT-RESPONSE');
  return text ? (version === 'v2' ? decodePaymentResponseHeader : decodeXPaymentResponse)(text) : null;
}
