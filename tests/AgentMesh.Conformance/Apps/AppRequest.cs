using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace AgentMesh.Conformance.Apps;

/// <summary>A request as an app got it from its sidecar.</summary>
/// <param name="Method">The verb.</param>
/// <param name="Target">Path and query as they were sent.</param>
/// <param name="Headers">Several values of one name are joined.</param>
/// <param name="Body">All of it.</param>
/// <param name="Aborted">Ends when the sidecar gives the request up.</param>
public sealed record AppRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body, CancellationToken Aborted)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json() => JsonDocument.Parse(Body).RootElement;

    /// <summary>Null where it was not sent.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>Completes when the sidecar gives the request up.</summary>
    public async Task WaitForAbortAsync()
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = Aborted.Register(aborted.SetResult);
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    internal static async Task<AppRequest> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return new AppRequest(
            context.Request.Method,
            context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray(), context.RequestAborted);
    }
}
