// What was bought and what the chain has of it, a line for each who has bought.
import assert from 'node:assert/strict';

const price = 100_000n;

/** @param chain where money moves. */
export function openTable(chain) {
  const lines = [];
  return {
    lines,
    /** Has a wallet or an agent buy; buyAll has the transactions of its receipts. */
    row: async (client, version, seller, payTo, buyer, buyAll) => {
      const address = buyer.address ?? buyer.account.address;
      const before = { buyer: await chain.balance(address), seller: await chain.balance(payTo) };
      await add({ client, version, seller, payTo, address, before, receipts: await buyAll(buyer) });
    },
    add,
  };

  /** Adds what was bought, if receipts, transactions, nonces and balances agree. */
  async function add({ client, version, seller, payTo, address, before, receipts }) {
    const [transfers, used] = [await chain.transfers(address, payTo), await chain.used(address)];
    const after = { buyer: await chain.balance(address), seller: await chain.balance(payTo) };
    const spent = price * BigInt(receipts.length);
    assert.deepEqual([...receipts].sort(), [...transfers].sort(), 'receipts and transactions on the chain');
    assert.deepEqual([used, before.buyer - after.buyer, after.seller - before.seller], [receipts.length, spent, spent], 'nonces and balances');
    lines.push({
      client, version, seller, purchases: receipts.length, transactions: transfers.length,
      'buyer before': `${before.buyer}`, 'buyer after': `${after.buyer}`, 'seller before': `${before.seller}`, 'seller after': `${after.seller}`,
    });
  }
}
