// Shops made of the official Express middleware, one a version, which sell GET /report. What they ask for can change when they are paid, and their manners can be bad.
import express from 'express';
import { HTTPFacilitatorClient } from '@x402/core/server';
import { ExactEvmScheme } from '@x402/evm/exact/server';
import { paymentMiddleware, x402ResourceServer } from '@x402/express';
import { paymentMiddleware as paymentMiddlewareV1 } from 'x402-express';
import { usdc } from './chain.mjs';
import { listen } from './waiting.mjs';

const headers = { v1: 'X-PAYMENT', v2: 'PAYMENT-SIGNATURE' };
const receipts = { v1: 'X-PAYMENT-RESPONSE', v2: 'PAYMENT-RESPONSE' };
const networks = { 'eip155:84532': 'base-sepolia', 'eip155:8453': 'base' };

export const report = '{"report":"All is well."}';

/**
 * Opens a shop. It counts who asks without a payment, and keeps the payments that come.
 * @param terms what it asks for: { amount: atomic units, '$0.10' of USDC by default, token, name: of the token's domain, network, payTo, seconds }; in version 2 also several.
 * @param manners what it does otherwise than the package has it; n counts requests from 1:
 * paidTerms: what it asks of those who pay; asks(n): before an unpaid request is answered; takes(n, response): whether the middleware hears of a payment, else it has no answer;
 * works(n): the HTTP status of the work; answers(n, response): when the package answers a payment.
 */
export async function openShop(version, facilitator, terms, manners = {}) {
  const shop = { asked: 0, payments: [] };
  const app = express();
  app.use(async (request, response, next) => {
    const payment = request.get(headers[version]);
    if (!payment) {
      const asked = ++shop.asked;
      await manners.asks?.(asked);
      next();
      return;
    }

    const n = response.locals.n = shop.payments.push(payment);
    if (manners.takes && !await manners.takes(n, response)) {
      response.destroy();
      return;
    }

    const end = response.end.bind(response);
    response.end = (...body) => {
      manners.answers?.(n, response);
      return response.destroyed ? response : end(...body);
    };
    next();
  });
  app.use(version === 'v1' ? sellV1(facilitator, terms, manners.paidTerms ?? terms) : sellV2(facilitator, [terms].flat(), [manners.paidTerms ?? terms].flat()));
  app.get('/report', async (_, response) => {
    response.status(await manners.works?.(response.locals.n) ?? 200).type('json').send(report);
  });
  const { url, stop } = await listen(app);
  return Object.assign(shop, { url: `${url}/report`, place: new URL(url).host, stop });
}

/** The work was done and the money was taken: the answer goes without its receipt. */
export const withoutReceipt = response => Object.values(receipts).forEach(name => response.removeHeader(name));

/** The package says what is asked of whom by functions. */
function sellV2(facilitator, unpaid, paid) {
  const server = new x402ResourceServer(new HTTPFacilitatorClient({ url: facilitator.url })).register('eip155:84532', new ExactEvmScheme()).register('eip155:8453', new ExactEvmScheme());
  const accepts = unpaid.map((terms, at) => {
    const now = context => context.paymentHeader ? paid[at] : terms;
    return {
      scheme: 'exact', network: terms.network ?? 'eip155:84532', maxTimeoutSeconds: terms.seconds, payTo: context => now(context).payTo,
      price: context => {
        const { amount, token = usdc, name = 'USDC' } = now(context);
        return amount ? { amount, asset: token, extra: { name, version: '2' } } : '$0.10';
      },
    };
  });
  return paymentMiddleware({ 'GET /report': { accepts, description: 'A report' } }, server);
}

/** The package has its terms fixed: there is one for those who ask, and one for those who pay. */
function sellV1(facilitator, ...both) {
  const [unpaid, paid] = both.map(({ amount, token = usdc, name = 'USDC', network = 'eip155:84532', payTo, seconds }) => paymentMiddlewareV1(payTo, {
    'GET /report': {
      price: amount ? { amount, asset: { address: token, decimals: 6, eip712: { name, version: '2' } } } : '$0.10',
      network: networks[network],
      config: { description: 'A report', mimeType: 'application/json', maxTimeoutSeconds: seconds },
    },
  }, { url: facilitator.url }));
  return (request, response, next) => (request.get(headers.v1) ? paid : unpaid)(request, response, next);
}
