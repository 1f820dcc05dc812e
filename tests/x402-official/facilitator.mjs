// A facilitator made of the official packages: x402 for version 1, @x402/core with @x402/evm for version 2. It settles on the chain.
import express from 'express';
import { x402Facilitator } from '@x402/core/facilitator';
import { toFacilitatorEvmSigner } from '@x402/evm';
import { registerExactEvmScheme } from '@x402/evm/exact/facilitator';
import { settle, verify } from 'x402/facilitator';
import { listen } from './waiting.mjs';

/** @param manners fails(call, n): the nth call of the kind is answered 500, 'before' or 'after' it is done. */
export async function startFacilitator(chain, manners = {}) {
  const signer = await chain.wallet();
  const official = new x402Facilitator();
  registerExactEvmScheme(official, { signer: toFacilitatorEvmSigner(Object.assign(signer, { address: signer.account.address })), networks: ['eip155:84532', 'eip155:8453'] });
  const calls = { verify: 0, settle: 0 };
  const app = express();
  app.use(express.json());
  app.get('/supported', (_, response) => {
    const { kinds, extensions, signers } = official.getSupported();
    response.json({ kinds: [...kinds.filter(kind => kind.x402Version === 2), { x402Version: 1, scheme: 'exact', network: 'base-sepolia' }], extensions, signers });
  });
  app.post('/verify', answer('verify', (payment, terms) => official.verify(payment, terms), (payment, terms) => verify(signer, payment, terms)));
  app.post('/settle', answer('settle', (payment, terms) => official.settle(payment, terms), (payment, terms) => settle(signer, payment, terms)));

  function answer(call, v2, v1) {
    return async (request, response) => {
      const n = ++calls[call];
      const { paymentPayload, paymentRequirements } = request.body;
      try {
        const failure = manners.fails?.(call, n);
        if (failure === 'before')
          throw new Error('It is not well.');
        const outcome = await (paymentPayload.x402Version === 2 ? v2 : v1)(paymentPayload, paymentRequirements);
        if (failure === 'after')
          throw new Error('The answer is lost.');
        response.json(outcome);
      } catch (fault) {
        response.status(500).json({ error: fault.message });
      }
    };
  }

  return { ...(await listen(app)), calls, address: signer.account.address };
}
