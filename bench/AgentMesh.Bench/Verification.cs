using System.Security.Cryptography;
using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.Bench;

/// <summary>What it costs a seller to read and judge a payment of its own, nobody asked.</summary>
internal static class Verification
{
    /// <summary>Payers, a key each: nothing of a payment helps with the next.</summary>
    private const int Payers = 200;

    private static readonly EvmAddress PayTo = EvmAddress.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");

    /// <summary>Reads headers and judges them, as often after as many that warm up.</summary>
    /// <returns>Milliseconds of CPU of one thread for each.</returns>
    public static double MeasureCpuMs(int payments)
    {
        var offer = new PaymentOffer(new ResourceInfo("https://shop.example/analysis"), [PaymentOption.FromUsd(KnownAssets.UsdcOnBaseSepolia, "0.10", PayTo)]);
        var now = DateTimeOffset.UtcNow;
        var headers = Enumerable.Range(0, Payers).Select(_ => Sign(offer, now)).ToArray();
        Verify(offer, headers, payments, now);
        var begun = Environment.CpuUsage.TotalTime;
        Verify(offer, headers, payments, now);
        return (Environment.CpuUsage.TotalTime - begun).TotalMilliseconds / payments;
    }

    private static void Verify(PaymentOffer offer, string[] headers, int payments, DateTimeOffset now)
    {
        for (var payment = 0; payment < payments; payment++)
        {
            if (!PaymentReader.Read(offer, headers[payment % headers.Length], null, TimeSpan.FromHours(1), now).Value!.IsProven)
                throw new InvalidOperationException("A good payment is refused.");
        }
    }

    private static string Sign(PaymentOffer offer, DateTimeOffset now)
    {
        using var random = RandomNumberGenerator.Create();
        using var key = EvmKey.Create(random);
        var required = offer.ToPaymentRequiredV2("payment_required");
        var requirements = required.Options[0];
        var choice = new PaymentChoice(requirements, KnownAssets.UsdcOnBaseSepolia, UInt256.Parse(requirements.AmountAtomic), PayTo, 300);
        return PaymentSigner.Sign(required, choice, key, random, now).Value!.HeaderValue;
    }
}
