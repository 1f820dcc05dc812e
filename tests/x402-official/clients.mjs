// The official clients of both versions, with the request that paid kept, and ours.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { decodePaymentResponseHeader, wrapFetchWithPaymentFromConfig } from '@x402/fetch';
import { decodeXPaymentResponse, wrapFetchWithPayment } from 'x402-fetch';

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

/** Our client: PaymentHandler with a key, as a process. */
export async function buyWithOurs(wallet, url, times) {
  const buyer = new URL('../AgentMesh.Testing.Buyer/bin/Release/net10.0/AgentMesh.Testing.Buyer.dll', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)('dotnet', [buyer, url, `${times}`], { env: { ...process.env, BUYER_KEY: wallet.key }, timeout: 60_000 });
  return stdout.trim().split('\n').map(line => JSON.parse(line));
}

function receiptOf(version, answer) {
  const text = answer.headers.get(version === 'v2' ? 'PAYMENT-RESPONSE' : 'X-PAYMENT-RESPONSE');
  return text ? (version === 'v2' ? decodePaymentResponseHeader : decodeXPaymentResponse)(text) : null;
}
