using System.Net;
using AgentMesh.Cli.Meshes;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Wire;

namespace AgentMesh.Cli.Buying;

/// <summary>What a request came to.</summary>
/// <param name="Status">The status of the answer; null: none came.</param>
/// <param name="Reason">The reason phrase, a stranger's.</param>
/// <param name="ContentType">Of the body.</param>
/// <param name="Body">As much as was read.</param>
/// <param name="IsCutOff">There is more of the body.</param>
/// <param name="RetryAfter">How long the server wants to be left alone; null: it does not say.</param>
/// <param name="Location">Where a redirect leads; null: nowhere.</param>
/// <param name="Cost">What the request cost; null: it was not asked to pay.</param>
internal sealed record PayAnswer(
    HttpStatusCode? Status, string? Reason, string? ContentType, byte[] Body, bool IsCutOff, TimeSpan? RetryAfter, string? Location, PaymentOutcome? Cost)
{
    /// <summary>No answer came.</summary>
    public static PayAnswer None(PaymentOutcome? cost) => new(null, null, null, [], false, null, null, cost);

    /// <summary>The payment that was sent; null: none.</summary>
    public SignedPayment? Payment => Cost?.Payment;

    /// <summary>The receipt; null: none came.</summary>
    public SettleResponse? Settlement => Cost?.Settlement;

    /// <summary>2xx: what was wanted is here.</summary>
    public bool IsServed => (int?)Status is >= 200 and < 300;

    /// <summary>Whether the server may say another thing to the same payment later: no answer, a server that failed, one that is busy.</summary>
    public bool IsOpen => Retry.IsOpen(Status);
}
