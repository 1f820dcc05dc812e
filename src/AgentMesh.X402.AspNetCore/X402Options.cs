using AgentMesh.Evm;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Networks;
using Microsoft.AspNetCore.Http;

namespace AgentMesh.X402.AspNetCore;

/// <summary>Who is paid, in what, and how long things may take. Checked at start.</summary>
public sealed class X402Options
{
    /// <summary>Who is paid: an address, with its checksum where it has one. There is no default.</summary>
    public string PayTo { get; set; } = "";

    /// <summary>
    /// The tokens that are taken, the favorite first; each is worth a dollar and names its network. Of <see cref="KnownAssets"/>, or of one's own. There
    /// is no default: who forgot to choose would sell for the money of a test network.
    /// </summary>
    public IList<TokenAsset> Tokens { get; } = [];

    /// <summary>The facilitator, as <c>https://host/path</c>. There is no default.</summary>
    public Uri? FacilitatorUrl { get; set; }

    /// <summary>Sends to the facilitator, and signs where it wants that. It must follow no redirects. Null (default): a handler without proxy and cookies.</summary>
    public HttpMessageHandler? FacilitatorHandler { get; set; }

    /// <summary>
    /// A node of the chain, with <c>eth_getLogs</c>, that unknown payments are looked for on when their payer asks again. Null (default): they stay
    /// unknown. Providers put keys into it.
    /// </summary>
    public Uri? RpcUrl { get; set; }

    /// <summary>
    /// The app's address as its clients know it, scheme and host. Payments are compared with it, so it is never taken of the <c>Host</c> header, which is
    /// the client's. There is no default.
    /// </summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>What is sold, for people; an endpoint's own description (<c>WithDescription</c>, <c>WithSummary</c>) goes before it.</summary>
    public string? Description { get; set; }

    /// <summary>Seconds that a payment may take, and a signature is asked to be valid: the work is done in them (default 60; 10 to 3600).</summary>
    public int MaxTimeoutSeconds { get; set; } = PaymentOption.DefaultTimeoutSeconds;

    /// <summary>Seconds from now that a payment may be valid at most (default 3600): it is remembered for that long.</summary>
    public int MaxValiditySeconds { get; set; } = 3600;

    /// <summary>Seconds that have to be left of a payment's validity when the work is done (default 10; facilitators want 6).</summary>
    public int SettleReserveSeconds { get; set; } = 10;

    /// <summary>Seconds for the facilitator's answer to one question, which is asked three times (default 5).</summary>
    public int VerifyTimeoutSeconds { get; set; } = 5;

    /// <summary>Seconds for the order to settle, after which the outcome is unknown (default 90, the official client's).</summary>
    public int SettleTimeoutSeconds { get; set; } = 90;

    /// <summary>Seconds that a repeat waits for a payment that is under way (default 30).</summary>
    public int WaitSeconds { get; set; } = 30;

    /// <summary>Bytes of a request's body, which is kept in memory (default 1 MiB).</summary>
    public int MaxRequestBytes { get; set; } = 1_048_576;

    /// <summary>Bytes of an answer's body, which is kept in memory until it is paid for (default 1 MiB). No answer is streamed.</summary>
    public int MaxAnswerBytes { get; set; } = 1_048_576;

    /// <summary>Seconds that an answer is kept for repeats, if there is space (default 3600).</summary>
    public int AnswerLifetimeSeconds { get; set; } = 3600;

    /// <summary>Payments that the claims in memory hold (default 10,000).</summary>
    public int MaxClaims { get; set; } = 10_000;

    /// <summary>Bytes of answers that the claims in memory hold (default 64 MiB).</summary>
    public long MaxStoredAnswerBytes { get; set; } = 67_108_864;

    /// <summary>
    /// Who asks: only the same caller gets the answer to a payment again. Default: the claim <c>sub</c> (or <c>NameIdentifier</c>) of the user, else the
    /// name; null for anybody, whose credential is the payment alone.
    /// </summary>
    public Func<HttpContext, string?> Caller { get; set; } = PaymentCaller.Of;

    internal EvmAddress Payee => EvmAddress.Parse(PayTo);
}
