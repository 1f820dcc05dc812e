// A chain of one's own with the id of Base Sepolia, a token at the address of its USDC, and another that is worth nothing to anybody.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createPublicClient, createTestClient, createWalletClient, http, nonceManager, parseAbi, publicActions } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { baseSepolia } from 'viem/chains';
import { freePort, until } from './waiting.mjs';

export const usdc = '0x036CbD53842c5426634e7929541eC2318f3dCF7e';
export const otherToken = '0x00000000000000000000000000000000000070Ce';
export const asset = `eip155:84532/erc20:${usdc.toLowerCase()}`;
export const abi = parseAbi([
  'function balanceOf(address) view returns (uint256)',
  'function mint(address to, uint256 value)',
  'event Transfer(address indexed from, address indexed to, uint256 value)',
  'event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce)',
]);

export async function startChain() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const anvil = new URL('./node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil', import.meta.url).pathname;
  const process = spawn(anvil, ['--port', `${port}`, '--chain-id', `${baseSepolia.id}`, '--silent'], { stdio: 'ignore' });
  const chain = { ...baseSepolia, rpcUrls: { default: { http: [url] } } };
  const transport = http(url);
  const client = createPublicClient({ chain, transport, pollingInterval: 50 });
  const test = createTestClient({ chain, transport, mode: 'anvil' });
  await until('the chain to answer', async () => (await client.getChainId()) === baseSepolia.id);
  const { runtimeCode } = JSON.parse(readFileSync(new URL('./token/TestUsdc.json', import.meta.url)));
  for (const address of [usdc, otherToken])
    await test.setCode({ address, bytecode: runtimeCode });
  const bank = await wallet();

  /** A wallet with gas; money of the token is minted to it. */
  async function wallet(micros = 0n) {
    const key = generatePrivateKey();
    const account = privateKeyToAccount(key, { nonceManager });
    await test.setBalance({ address: account.address, value: 10n ** 20n });
    const wallet = createWalletClient({ account, chain, transport, pollingInterval: 50 }).extend(publicActions);
    if (micros > 0n)
      await mint(account.address, micros, wallet);
    return Object.assign(wallet, { key });
  }

  async function mint(to, micros, by = bank, token = usdc) {
    const hash = await by.writeContract({ address: token, abi, functionName: 'mint', args: [to, micros] });
    await client.waitForTransactionReceipt({ hash });
  }

  return {
    url, client, test, wallet, mint,
    balance: (owner, token = usdc) => client.readContract({ address: token, abi, functionName: 'balanceOf', args: [owner] }),
    /** Transactions that brought money from one to the other, or to anybody. */
    transfers: async (from, to) => (await client.getContractEvents({ address: usdc, abi, eventName: 'Transfer', args: { from, to }, fromBlock: 0n })).map(log => log.transactionHash),
    /** Authorizations of a payer that were executed. */
    used: async payer => (await client.getContractEvents({ address: usdc, abi, eventName: 'AuthorizationUsed', args: { authorizer: payer }, fromBlock: 0n })).length,
    stop: () => process.kill('SIGKILL'),
  };
}
