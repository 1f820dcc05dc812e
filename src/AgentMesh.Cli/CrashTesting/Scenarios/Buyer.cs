using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Numerics;
using System.Text.Json;
using AgentMesh.Cli.CrashTesting.Driving;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Seeds;
using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.Primitives;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Networks;

namespace AgentMesh.Cli.CrashTesting.Scenarios;

/// <summary>Somebody from outside who buys of agents over x402: a payment for each purchase, and the same bytes again as long as it is not known what became of it.</summary>
internal sealed class Buyer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly CrashWorld _world;
    private readonly HttpClient _http;
    private readonly EvmKey _key;
    private readonly KeyWallet _wallet;

    /// <param name="world">The mesh.</param>
    /// <param name="name">Its name in the history.</param>
    public Buyer(CrashWorld world, string name)
    {
        (_world, Name, Random) = (world, name, world.Random.Fork(name));
        _http = new HttpClient(world.Proxy.Through(LocalHttp.CreateHandler(world.Mesh.Place.Gateway))) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        _key = EvmKey.Create(world.Parts.Random);
        _wallet = new KeyWallet(_key, new PaymentPolicy { Caps = [new SpendingCap(KnownAssets.UsdcOnBaseSepolia, (ulong)Money.Price)] }, world.Parts.Random, world.MeshTime);
    }

    /// <summary>Its name in the history.</summary>
    public string Name { get; }

    /// <summary>Decides what it does.</summary>
    public SeededRandom Random { get; }

    /// <summary>Its account.</summary>
    public EvmAddress Address => _key.Address;

    /// <summary>What it was given.</summary>
    public BigInteger Given { get; private set; }

    /// <summary>What has left its account, as far as it was looked at.</summary>
    public BigInteger Charged { get; set; }

    /// <summary>Payments that were sent.</summary>
    public ConcurrentQueue<(UserId Seller, string Query, SignedPayment Payment)> Sent { get; } = new();

    /// <summary>Gets the money for so many purchases.</summary>
    public async Task FundAsync(int purchases, CancellationToken cancellationToken)
    {
        using var facilitator = Money.FacilitatorOf(_world);
        var gift = (BigInteger)Money.Price * purchases;
        var given = await facilitator.GiveAsync(Address, new UInt256(gift), KnownAssets.UsdcOnBaseSepolia, cancellationToken);
        if (!given.IsRefused)
            Given += gift;
    }

    /// <summary>Asks for an analysis, and signs for it.</summary>
    /// <returns>What is to be sent; null: the seller did not say what it wants.</returns>
    public async Task<SignedPayment?> SignAsync(UserId seller, string query, CancellationToken cancellationToken)
    {
        var asked = await SendAsync(seller, query, null, cancellationToken);
        if (asked.Status != HttpStatusCode.PaymentRequired || PaymentRequiredAnswer.Read(asked.Terms, asked.Body) is not { IsRefused: false, Value: { } terms })
            return null;
        var signed = await _wallet.PayAsync(terms, UrlOf(seller), cancellationToken);
        if (signed.IsRefused)
            return null;
        Sent.Enqueue((seller, query, signed.Value));
        return signed.Value;
    }

    /// <summary>Sends a payment, and notes what came of it.</summary>
    /// <returns>What is known, and how long to wait before it is sent again.</returns>
    public async Task<(Outcome Outcome, TimeSpan? RetryAfter)> PayAsync(UserId seller, string query, SignedPayment payment, CancellationToken cancellationToken)
    {
        var number = _world.History.Begin(Name, Name, PaymentsScenario.Buy, query, payment.Id.ToString());
        var answer = await SendAsync(seller, query, payment, cancellationToken);
        var said = new GatewayAnswer(answer.Status, answer.Body, answer.RetryAfter);
        var outcome = answer.Status == HttpStatusCode.PaymentRequired ? Outcome.Refused(ReasonOf(answer)) : CrashClient.OutcomeOf(said);
        var told = said.IsSuccess
            ? new Dictionary<string, string> { ["analysis"] = JsonElement.Parse(answer.Body).GetProperty("analysis").GetString()!, ["transaction"] = TransactionOf(answer) }
            : null;
        return (_world.History.End(number, outcome, told).Outcome, answer.RetryAfter);
    }

    public void Dispose()
    {
        _http.Dispose();
        _key.Dispose();
    }

    private async Task<Answer> SendAsync(UserId seller, string query, SignedPayment? payment, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, UrlOf(seller))
        {
            Content = new ByteArrayContent(RequestBody.Of(("query", query))) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        if (payment is not null)
            request.Headers.TryAddWithoutValidation(payment.HeaderName, payment.HeaderValue);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            using var response = await _http.SendAsync(request, limit.Token);
            return new Answer(
                response.StatusCode, await response.Content.ReadAsByteArrayAsync(limit.Token), Header(response, PaymentHeaderNames.PaymentRequired),
                Header(response, PaymentHeaderNames.PaymentResponse) ?? Header(response, PaymentHeaderNames.XPaymentResponse), Retry.AfterOf(response, _world.Parts.TimeProvider.GetUtcNow()));
        }
        catch (Exception fault) when (LocalHttp.IsUnreached(fault, cancellationToken))
        {
            return new Answer(null, [], null, null, null);
        }
    }

    private Uri UrlOf(UserId seller) => MeshPlace.Below(_world.Mesh.Place.Gateway, $"agent/{seller}/premium/analysis");

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;

    private static string TransactionOf(Answer answer) => PaymentHeaders.ReadResponse(answer.Receipt).Value?.Transaction ?? "-";

    private static string ReasonOf(Answer answer) =>
        PlainText.Of(PaymentHeaders.ReadResponse(answer.Receipt).Value?.ErrorReason ?? PaymentRequiredAnswer.Read(answer.Terms, answer.Body).Value?.Reason ?? "payment_required");

    private sealed record Answer(HttpStatusCode? Status, byte[] Body, string? Terms, string? Receipt, TimeSpan? RetryAfter);
}
