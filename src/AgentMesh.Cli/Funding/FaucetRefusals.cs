using System.Net;
using AgentMesh.Cli.Terminal;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.Funding;

/// <summary>Why there is no simulated money.</summary>
internal static class FaucetRefusals
{
    /// <summary>Nothing answers at the facilitator's address.</summary>
    public const string FaucetUnreached = "faucet_unreached";

    /// <summary>What answers has no faucet: a real facilitator, or one outside Development.</summary>
    public const string FaucetMissing = "faucet_missing";

    /// <summary>The faucet does not give that.</summary>
    public const string FaucetRefused = "faucet_refused";

    /// <summary>The mesh runs no facilitator of its own.</summary>
    public static Refusal None { get; } = new(
        FaucetMissing, "The mesh of this ready file runs no facilitator of its own: its payments move real tokens, which no faucet gives.");

    /// <summary>Nothing answers.</summary>
    public static Refusal Unreached(Uri place) => new(
        FaucetUnreached, $"The facilitator is not reached at {place}. Start the mesh, or say where it is: --ready-file FILE, or --facilitator URL.");

    /// <summary>Something else answers.</summary>
    public static Refusal NoFaucet(Uri place) => new(
        FaucetMissing, $"What answers at {place} has no faucet. Only the simulated facilitator of one machine gives money, and only in Development.");

    /// <summary>What an answer that is no gift means.</summary>
    public static async Task<Refusal> OfAsync(HttpResponseMessage answer, Uri place, CancellationToken cancellationToken)
    {
        if (answer.StatusCode is not (HttpStatusCode.BadRequest or HttpStatusCode.Conflict or HttpStatusCode.ServiceUnavailable))
            return NoFaucet(place);
        var detail = await ReadDetailAsync(answer, cancellationToken);
        return detail is null ? NoFaucet(place) : new Refusal(FaucetRefused, $"The faucet says: {PlainText.Of(detail)}");
    }

    private static async Task<string?> ReadDetailAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            return Problem.DetailOf(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
