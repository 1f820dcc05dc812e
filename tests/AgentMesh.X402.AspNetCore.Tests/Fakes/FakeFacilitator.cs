using System.Collections.Concurrent;
using System.Net;
using AgentMesh.Evm;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm;
using AgentMesh.X402.Exact.Evm.Facilitator;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.AspNetCore.Tests.Fakes;

/// <summary>A facilitator in the place of the network: judges payments as a real one, executes a nonce once, and counts what it was told.</summary>
internal sealed class FakeFacilitator(TimeProvider time) : HttpMessageHandler
{
    private readonly ConcurrentDictionary<Bytes32, string> _used = new();
    private int _verifies;
    private int _settles;

    /// <summary>Questions that came.</summary>
    public int Verifies => _verifies;

    /// <summary>Orders that came.</summary>
    public int Settles => _settles;

    /// <summary>Authorizations that were executed.</summary>
    public int Transfers => _used.Count;

    /// <summary>What it says to a question in place of its own answer.</summary>
    public Func<VerifyResponse, VerifyResponse>? SaysOfVerify { get; set; }

    /// <summary>What it says to an order in place of its own answer.</summary>
    public Func<SettleResponse, SettleResponse>? SaysOfSettle { get; set; }

    /// <summary>What happens in place of an answer to a question.</summary>
    public Func<Task>? OnVerify { get; set; }

    /// <summary>Told of each authorization that is executed.</summary>
    public Action<ExactEvmPayment>? OnTransfer { get; set; }

    /// <summary>What happens before an order is looked at.</summary>
    public Func<Task>? BeforeSettle { get; set; }

    /// <summary>What happens after an order was executed, in place of an answer.</summary>
    public Func<Task>? AfterSettle { get; set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        return Answer(request.RequestUri!.AbsolutePath switch
        {
            "/x402/verify" => await VerifyAsync(FacilitatorJson.ReadVerifyRequest(body).Value!),
            "/x402/settle" => await SettleAsync(FacilitatorJson.ReadSettleRequest(body).Value!),
            var path => throw new NotSupportedException(path),
        });
    }

    private async Task<byte[]> VerifyAsync(VerifyRequest request)
    {
        Interlocked.Increment(ref _verifies);
        if (OnVerify is { } onVerify)
            await onVerify();
        var found = Judge(request.PaymentPayload, request.PaymentRequirements).Response;
        return FacilitatorJson.Write(SaysOfVerify?.Invoke(found) ?? found);
    }

    private async Task<byte[]> SettleAsync(SettleRequest request)
    {
        Interlocked.Increment(ref _settles);
        if (BeforeSettle is { } beforeSettle)
            await beforeSettle();
        var (found, payment, digest) = Judge(request.PaymentPayload, request.PaymentRequirements);
        var settled = found.IsValid && _used.TryAdd(payment!.Authorization.Nonce, digest!.Value.ToString())
            ? new SettleResponse(true, digest.Value.ToString(), request.PaymentRequirements.Network, Payer: found.Payer)
            : new SettleResponse(false, "", request.PaymentRequirements.Network, found.InvalidReason ?? X402Reasons.NonceAlreadyUsed, Payer: found.Payer);
        if (settled.Success)
            OnTransfer?.Invoke(payment!);
        if (AfterSettle is { } afterSettle)
            await afterSettle();
        return FacilitatorJson.Write(SaysOfSettle?.Invoke(settled) ?? settled);
    }

    private ExactEvmVerification Judge(PaymentPayload payload, PaymentRequirements requirements)
    {
        var found = ExactEvmVerifier.Verify(payload, requirements, time.GetUtcNow());
        return found.Response.IsValid && _used.ContainsKey(found.Payment!.Authorization.Nonce)
            ? found with { Response = new VerifyResponse(false, X402Reasons.NonceAlreadyUsed, null, found.Response.Payer) }
            : found;
    }

    private static HttpResponseMessage Answer(byte[] json) => new(HttpStatusCode.OK) { Content = new ByteArrayContent(json) };
}
