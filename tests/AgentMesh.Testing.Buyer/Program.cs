using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using AgentMesh.Evm.Signing;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Networks;

// URL and how often; the key in BUYER_KEY, which no list of processes shows. One line of JSON a purchase.
var url = new Uri(args[0]);
using var key = EvmKey.FromBytes(Convert.FromHexString(Environment.GetEnvironmentVariable("BUYER_KEY")!.AsSpan(2)));
using var random = RandomNumberGenerator.Create();
var policy = new PaymentPolicy { Caps = [new SpendingCap(KnownAssets.UsdcOnBaseSepolia, 100_000UL)] };
using var client = new HttpClient(
    new PaymentHandler(new KeyWallet(key, policy, random, TimeProvider.System), new PaymentHandlerOptions()) { InnerHandler = PaymentHandler.CreatePrimaryHandler() });
for (var n = 0; n < int.Parse(args[1], CultureInfo.InvariantCulture); n++)
{
    using var answer = await client.GetAsync(url);
    var outcome = PaymentHandler.GetOutcome(answer);
    Console.WriteLine(JsonSerializer.Serialize(new
    {
        status = (int)answer.StatusCode,
        text = await answer.Content.ReadAsStringAsync(),
        version = outcome?.Payment?.Payload.X402Version,
        success = outcome?.Settlement?.Success,
        transaction = outcome?.Settlement?.Transaction,
        refusal = outcome?.Refusal?.Code,
    }));
}
