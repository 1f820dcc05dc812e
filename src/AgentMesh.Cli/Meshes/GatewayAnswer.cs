using System.Net;

namespace AgentMesh.Cli.Meshes;

/// <summary>What a request to a gateway came to.</summary>
/// <param name="Status">The status; null: no answer came.</param>
/// <param name="Body">The body.</param>
/// <param name="RetryAfter">How long the gateway wants to be left alone; null: it does not say.</param>
/// <param name="WasSent">False: nobody was there to take it.</param>
internal sealed record GatewayAnswer(HttpStatusCode? Status, byte[] Body, TimeSpan? RetryAfter, bool WasSent = true)
{
    /// <summary>2xx.</summary>
    public bool IsSuccess => (int?)Status is >= 200 and < 300;

    /// <summary>No answer came.</summary>
    /// <param name="fault">Why.</param>
    public static GatewayAnswer None(Exception fault) => new(
        null, [], null, fault is not HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError });
}
