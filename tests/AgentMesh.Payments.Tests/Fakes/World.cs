using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Contracts.Payments;
using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Networks;
using AgentMesh.X402.ProtocolExtensions;
using AgentMesh.X402.Wire;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Payments.Tests.Fakes;

/// <summary>A mesh, a facilitator and a clock, in which processes of the app come and go. One per test.</summary>
internal sealed class World : IAsyncDisposable
{
    public const string Url = "https://shop.example/agent/alice/message";

    private static readonly EvmAddress PayTo = EvmAddress.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly EvmKey _key;
    private readonly EvmKey _otherKey;
    private readonly Lock _driving = new();
    private long _movedAt;

    private World(FakeTimeProvider time, FakeFacilitator facilitator)
    {
        Time = time;
        Facilitator = facilitator;
        _key = EvmKey.Create(_random);
        _otherKey = EvmKey.Create(_random);
    }

    public FakeTimeProvider Time { get; }

    public FakeMesh Mesh { get; } = new();

    public FakeFacilitator Facilitator { get; }

    public static async Task<World> CreateAsync()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));
        return new World(time, await FakeFacilitator.StartAsync(time));
    }

    /// <summary>Starts a process of the app, with the facilitator by its sidecar and the chain's node.</summary>
    public Task<PaymentsHost> StartAsync(params (string Name, string Value)[] settings) =>
        PaymentsHost.StartAsync(this,
        [
            ("AgentMesh:Payments:RpcUrl", new Uri(Facilitator.Address, "rpc").ToString()),
            // On a clock that a slow machine moves on under a question or a purchase that is under way.
            ("AgentMesh:Payments:VerifyTimeoutSeconds", "60"),
            ("AgentMesh:Payments:WaitSeconds", "300"),
            // Tests count calls; those of the sweep have their own.
            ("AgentMesh:Sweep:IntervalSeconds", "0"),
            .. settings,
        ]);

    /// <summary>
    /// Signs for a price, with a new nonce; with an identifier where one is given, and by another payer when asked to. For longer than this world's clock
    /// goes on while a machine is slow: a payment expires only where a test lets it.
    /// </summary>
    public SignedPayment Sign(int x402Version = 2, string url = Url, int seconds = 600, string usd = "0.10", string? identifier = null, bool isOther = false, JsonElement? extensions = null)
    {
        var offer = Offer(url, usd);
        PaymentRequired required = x402Version == 2 ? offer.ToPaymentRequiredV2("payment_required") : offer.ToPaymentRequiredV1("payment_required")!;
        var requirements = required.Options[0];
        var choice = new PaymentChoice(
            requirements, KnownAssets.UsdcOnBaseSepolia, UInt256.Parse(requirements.AmountAtomic), PayTo, seconds);
        extensions ??= identifier is null ? null : WithIdentifier(identifier);
        return PaymentSigner.Sign(required, choice, isOther ? _otherKey : _key, _random, Time.GetUtcNow(), extensions).Value!;
    }

    /// <summary>The header of a payment that its payer has not signed so.</summary>
    public static string WithOtherSignature(string header)
    {
        var json = Encoding.UTF8.GetString(Convert.FromBase64String(header));
        var at = json.IndexOf("\"signature\":\"0x", StringComparison.Ordinal) + 20;
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(json[..at] + (json[at] == '0' ? '1' : '0') + json[(at + 1)..]));
    }

    /// <summary>The header of a payment whose signature is none of a key: an account's code may know it, of which only the chain can say whether it is so.</summary>
    public static string WithContractSignature(string header)
    {
        var json = Encoding.UTF8.GetString(Convert.FromBase64String(header));
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(json.Replace("\"signature\":\"0x", "\"signature\":\"0x00", StringComparison.Ordinal)));
    }

    /// <summary>What a client sends back of the extension, whatever it takes for an identifier.</summary>
    public static JsonElement WithIdentifier(string identifier, bool isRequired = false)
    {
        var extensions = JsonNode.Parse(PaymentIdentifier.Offer(isRequired).GetRawText())!;
        extensions[PaymentIdentifier.Name]!["info"]!["id"] = identifier;
        return JsonElement.Parse(extensions.ToJsonString());
    }

    /// <summary>A purchase with a payment.</summary>
    public static Purchase Buy(SignedPayment payment, string content = "paint it", string url = Url, string seller = "default:alice", string amount = "100000") => new(
        seller, new PurchaseResource(url), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content))), content, null,
        payment.Payload.X402Version == 2 ? payment.HeaderValue : null, payment.Payload.X402Version == 1 ? payment.HeaderValue : null,
        [new PurchaseOption("eip155:84532", KnownAssets.UsdcOnBaseSepolia.Address.ToString(), amount, PayTo.ToString(), 60)]);

    /// <summary>Lets time pass and reminders come until no payment has one, as a mesh does after a crash.</summary>
    public async Task RecoverAsync(PaymentsHost host, int rounds = 80)
    {
        for (var round = 0; round < rounds && Mesh.Reminded.Count > 0; round++)
        {
            Time.Advance(TimeSpan.FromSeconds(16));
            foreach (var payment in Mesh.Reminded)
                await host.RemindAsync(payment);
            await host.RestAsync();
        }

        Assert.Empty(Mesh.Reminded);
    }

    /// <summary>
    /// Waits for what runs on this world's clock, and moves it on slowly meanwhile, so that waits of the app end and its calls, which take real time,
    /// are not timed out. However many wait, time goes on as fast as for one: a payment is not to expire because many look at it.
    /// </summary>
    public async Task DriveAsync(Func<bool> isDone)
    {
        var begun = TimeProvider.System.GetTimestamp();
        for (var look = 0; !isDone(); look++)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(60), $"It did not end in time: {string.Join(", ", Mesh.Calls.TakeLast(12))}");
            await Task.Delay(look < 40 ? 2 : 10, TestContext.Current.CancellationToken);
            if (look >= 40 && MayMove())
                Time.Advance(TimeSpan.FromMilliseconds(200));
        }
    }

    public async Task<T> DriveAsync<T>(Task<T> task)
    {
        await DriveAsync(() => task.IsCompleted);
        return await task;
    }

    private bool MayMove()
    {
        lock (_driving)
        {
            if (_movedAt != 0 && TimeProvider.System.GetElapsedTime(_movedAt) < TimeSpan.FromMilliseconds(10))
                return false;
            _movedAt = TimeProvider.System.GetTimestamp();
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Facilitator.DisposeAsync();
        _key.Dispose();
        _otherKey.Dispose();
        _random.Dispose();
    }

    private static PaymentOffer Offer(string url, string usd) =>
        new(new ResourceInfo(url), [PaymentOption.FromUsd(KnownAssets.UsdcOnBaseSepolia, usd, PayTo)]);
}
