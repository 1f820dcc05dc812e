namespace AgentMesh.Bench;

/// <summary>The same work through two doors: <c>POST /agent/{userId}/message</c> and the MCP tool <c>send_message</c>.</summary>
/// <param name="Http">By HTTP, by rounds.</param>
/// <param name="Mcp">Over MCP, by rounds.</param>
/// <param name="RateRatio">Median of the rounds: messages/s over MCP by those of HTTP.</param>
/// <param name="P99Ratio">Median of the rounds: the 99th percentile over MCP by that of HTTP.</param>
internal sealed record McpResult(IReadOnlyList<LoadResult> Http, IReadOnlyList<LoadResult> Mcp, double RateRatio, double P99Ratio);

/// <summary>Compares the doors, in turns.</summary>
internal static class McpDoor
{
    private const int Clients = 50;
    private const int Calls = 100;
    private const int Users = 1_000;

    /// <summary>Odd, so that a median is one of them.</summary>
    private const int Rounds = 7;

    /// <summary>Both are warm, then take turns, and turns at who is first: a slow stretch of the machine falls on both.</summary>
    public static async Task<McpResult> CompareAsync(Mesh mesh, CancellationToken cancellationToken)
    {
        await MeasureAsync(isMcp: false, 15_000);
        await MeasureAsync(isMcp: true, 15_000);
        var (http, mcp) = (new List<LoadResult>(), new List<LoadResult>());
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var isMcp in (bool[])[round % 2 == 0, round % 2 == 1])
                (isMcp ? mcp : http).Add(await MeasureAsync(isMcp, Clients * Calls));
        }

        return new McpResult(
            http, mcp, Median(http.Zip(mcp, (one, other) => other.MessagesPerSecond / one.MessagesPerSecond)), Median(http.Zip(mcp, (one, other) => other.P99Ms / one.P99Ms)));

        Task<LoadResult> MeasureAsync(bool isMcp, int calls) => Measurements.LoadAsync(
            mesh, Clients, Users, calls,
            (connection, user) => isMcp ? connection.CallSendMessageAsync(user, "hello", cancellationToken) : connection.PostAsync(user, "hello", cancellationToken),
            cancellationToken);
    }

    /// <summary>The middle one.</summary>
    internal static double Median(IEnumerable<double> values) => Measurements.Percentile([.. values.Order()], 0.50);
}
