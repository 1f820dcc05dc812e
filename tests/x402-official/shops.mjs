// Shops made of the official Express middleware, one a version, which sell GET /report for 0.10.
import express from 'express';
import { HTTPFacilitatorClient } from '@x402/core/server';
import { ExactEvmScheme } from '@x402/evm/exact/server';
import { paymentMiddleware, x402ResourceServer } from '@x402/express';
import { paymentMiddleware as paymentMiddlewareV1 } from 'x402-express';
import { listen } from './waiting.mjs';

export async function startShops(facilitator, payTo) {
  const v2 = express();
  const server = new x402ResourceServer(new HTTPFacilitatorClient({ url: facilitator.url })).register('eip155:84532', new ExactEvmScheme());
  v2.use(paymentMiddleware({ 'GET /report': { accepts: { scheme: 'exact', price: '$0.10', network: 'eip155:84532', payTo }, description: 'A report' } }, server));
  const v1 = express();
  v1.use(paymentMiddlewareV1(payTo, { 'GET /report': { price: '$0.10', network: 'base-sepolia', config: { description: 'A report', mimeType: 'application/json' } } }, { url: facilitator.url }));
  const shops = [];
  for (const app of [v1, v2]) {
    app.get('/report', (_, response) => response.json({ report: 'All is well.' }));
    shops.push(await listen(app));
  }

  return { v1: shops[0], v2: shops[1] };
}
