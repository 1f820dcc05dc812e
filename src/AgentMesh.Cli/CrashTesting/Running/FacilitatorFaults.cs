using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.CrashKit.Seeds;

namespace AgentMesh.Cli.CrashTesting.Running;

/// <summary>What the simulated facilitator does wrong when it is asked to, as one that somebody else runs may at any time.</summary>
internal static class FacilitatorFaults
{
    /// <summary>With which it has the endpoint, and an order to settle that has no answer is not waited for a minute and a half.</summary>
    public static IReadOnlyList<string> Settings { get; } = ["AgentMesh__Facilitator__Faults=true", "AgentMesh__Payments__SettleTimeoutSeconds=3"];

    private const string TokenHeader = "dapr-api-token";
    private const int AtOnce = 2;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Its names of them. Most have a payment executed whose payer is not told. None has an order to settle lost that was not executed: nobody may know of it before
    /// its authorization is over, which is longer than a run.
    /// </summary>
    private static readonly string[] Kinds =
    [
        "settle:error_after", "settle:error_after", "settle:drop_connection_after", "settle:drop_connection_after", "settle:timeout_after_settle", "settle:duplicate", "settle:slow:500",
        "verify:error_before",
    ];

    /// <summary>A few of them.</summary>
    /// <param name="pick">Which.</param>
    public static IReadOnlyList<string> Of(int pick)
    {
        var random = new SeededRandom((ulong)pick);
        return [.. Enumerable.Range(0, AtOnce).Select(_ => random.OneOf(Kinds))];
    }

    /// <summary>Has a facilitator do them with its next calls.</summary>
    /// <param name="place">Where it is.</param>
    /// <param name="token">What it asks of its sidecar.</param>
    /// <param name="faults">Which.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>False: it cannot be reached now.</returns>
    /// <exception cref="CliException">It takes none.</exception>
    public static async Task<bool> ScriptAsync(Uri place, string token, IReadOnlyList<string> faults, CancellationToken cancellationToken)
    {
        using var http = LocalHttp.CreateClient(place, Timeout);
        using var request = new HttpRequestMessage(HttpMethod.Post, MeshPlace.Below(place, "faults"))
        {
            Content = JsonContent.Create(new JsonObject { ["faults"] = new JsonArray([.. faults.Select(fault => JsonValue.Create(fault))]) }),
        };
        request.Headers.Add(TokenHeader, token);
        try
        {
            using var answer = await http.SendAsync(request, cancellationToken);
            // Else nothing would ever be done wrong, and nobody would know.
            if (!answer.IsSuccessStatusCode && !Retry.IsOpen(answer.StatusCode))
                throw new CliException($"the facilitator takes no faults: it answered {(int)answer.StatusCode}");
            return answer.IsSuccessStatusCode;
        }
        catch (Exception fault) when (LocalHttp.IsUnreached(fault, cancellationToken))
        {
            return false;
        }
    }
}
