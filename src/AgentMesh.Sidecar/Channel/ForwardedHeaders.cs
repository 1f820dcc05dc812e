using System.Collections.Frozen;
using System.Net.Http.Headers;
using AgentMesh.Sidecar.Registry;
using Microsoft.Extensions.Primitives;

namespace AgentMesh.Sidecar.Channel;

/// <summary>Which headers pass from a caller to an app and back: all but those that belong to one connection or to the sidecar itself.</summary>
internal static class ForwardedHeaders
{
    public const string DaprApiToken = "dapr-api-token";

    // Hop-by-hop: RFC 9110 section 7.6.1. Host and Content-Length are the new connection's own. The caller's token and identity
    // headers end at the sidecar (dapr:pkg/api/http/middlewares.go, dapr:pkg/acl/workflow/identity.go).
    private static readonly FrozenSet<string> Dropped = new[]
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade", "Host", "Content-Length", "Expect", DaprApiToken, "dapr-caller-app-id", "dapr-caller-namespace",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> DroppedFromAnswers = new[]
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length", "Date", "Server", PeerMessage.Error,
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Copies a caller's headers onto the request to the app.</summary>
    public static void CopyTo(IHeaderDictionary from, HttpRequestMessage request)
    {
        foreach (var (name, values) in from)
        {
            if (Dropped.Contains(name))
                continue;
            // HttpClient keeps entity headers apart and refuses them among the others.
            if (!Add(request.Headers, name, values) && request.Content is { } content)
                Add(content.Headers, name, values);
        }
    }

    /// <summary>Copies an app's headers onto the answer to the caller.</summary>
    public static void CopyTo(HttpResponseMessage from, IHeaderDictionary to)
    {
        Copy(from.Headers, to);
        Copy(from.Content.Headers, to);
    }

    private static bool Add(HttpHeaders headers, string name, StringValues values) =>
        values.Count == 1
            ? headers.TryAddWithoutValidation(name, values[0])
            : headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);

    private static void Copy(HttpHeaders from, IHeaderDictionary to)
    {
        foreach (var (name, values) in from.NonValidated)
        {
            if (!DroppedFromAnswers.Contains(name))
                to[name] = values.Count == 1 ? new StringValues(values.ToString()) : new StringValues([.. values]);
        }
    }
}
