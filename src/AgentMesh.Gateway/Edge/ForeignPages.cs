using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using Microsoft.Extensions.Primitives;

namespace AgentMesh.Gateway.Edge;

/// <summary>Tells requests that a web page of another origin causes from all others. CORS alone would let such a page send and only keep the answer from it.</summary>
internal sealed class ForeignPages(AllowedOrigins origins)
{
    private static readonly Refusal ForeignOrigin = new(
        EdgeRefusals.ForeignOrigin, "A page of another origin may not call; AgentMesh__Cors__Origins lists the origins that may.");

    /// <summary>The refusal of a page's request; null: no page, or one that may.</summary>
    /// <param name="request">The request.</param>
    /// <param name="host">Its <c>Host</c>.</param>
    public Refusal? WhyForeign(HttpRequest request, string host)
    {
        var origin = request.Headers.Origin;
        if (origin.Count > 0)
        {
            // An origin that passes also excuses Sec-Fetch-Site: the browser calls a configured origin cross-site.
            return origin is not [{ } single] || !IsOwn(single, request.Scheme, host) && !origins.Contains(single) ? ForeignOrigin : null;
        }

        // Requests without an Origin that a page can cause: images, scripts, frames, links.
        var site = request.Headers["Sec-Fetch-Site"];
        return site.Count > 0 && site is not ["none"] && site is not ["same-origin"] && !IsTopLevelNavigation(request) ? ForeignOrigin : null;
    }

    // A person following a link; it only reads, and the page that holds the link sees nothing of the answer.
    private static bool IsTopLevelNavigation(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && Is(request.Headers["Sec-Fetch-Mode"], "navigate")
        && Is(request.Headers["Sec-Fetch-Dest"], "document");

    private static bool Is(StringValues header, string value) => header is [{ } single] && single == value;

    private static bool IsOwn(string origin, string scheme, string host) =>
        origin.Length == scheme.Length + Uri.SchemeDelimiter.Length + host.Length
        && origin.StartsWith(scheme, StringComparison.Ordinal)
        && origin.AsSpan(scheme.Length).StartsWith(Uri.SchemeDelimiter)
        && origin.EndsWith(host, StringComparison.Ordinal);
}
