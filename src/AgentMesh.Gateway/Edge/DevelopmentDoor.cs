using System.Net;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using Microsoft.Extensions.Primitives;

namespace AgentMesh.Gateway.Edge;

/// <summary>
/// The door of <c>AgentMesh__Auth__Mode=Development</c>: whoever is on this machine is owner and admin of every agent. So the door
/// must keep out everybody who only reaches this machine: other machines, proxies and tunnels, and above all web pages that a
/// developer's browser has open. Calls through Dapr service invocation carry <c>X-Forwarded-*</c> and are refused on purpose.
/// </summary>
internal sealed class DevelopmentDoor(RequestDelegate next, AllowedOrigins origins)
{
    // Headers that only a proxy adds; beside them everything that starts with X-Forwarded- or X-Original-.
    private static readonly string[] ProxyHeaders =
        ["Forwarded", "Via", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP", "CF-Connecting-IP", "Fly-Client-IP"];

    private static readonly string[] ProxyPrefixes = ["X-Forwarded", "X-Original-"];

    private static readonly Refusal ForeignAddress = new(EdgeRefusals.ForeignAddress, "In Development mode only this machine may call.");

    private static readonly Refusal ForeignHost = new(
        EdgeRefusals.ForeignHost, "In Development mode the Host header must be localhost, 127.0.0.1 or [::1].");

    private static readonly Refusal Forwarded = new(
        EdgeRefusals.ForwardedNotAllowed, "In Development mode requests must come directly, not through a proxy, a tunnel or a Dapr sidecar.");

    private static readonly Refusal ForeignOrigin = new(
        EdgeRefusals.ForeignOrigin, "A page of another origin may not call; AgentMesh__Cors__Origins lists the origins that may.");

    public Task InvokeAsync(HttpContext context) => Check(context) is { } refusal ? Problem.WriteAsync(context, refusal) : next(context);

    private Refusal? Check(HttpContext context)
    {
        // Null with an in-memory server. The listener is bound to loopback; this holds too when configuration adds another one.
        if (context.Connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address))
            return ForeignAddress;
        var request = context.Request;
        if (request.Headers.Host is not [{ } host] || !LoopbackHost.IsValid(host))
            return ForeignHost;
        if (IsForwarded(request.Headers))
            return Forwarded;
        return IsForeignPage(request, host) ? ForeignOrigin : null;
    }

    private static bool IsForwarded(IHeaderDictionary headers)
    {
        foreach (var (name, _) in headers)
        {
            // The two loops below are for the few headers that start like one of theirs.
            if (name[0] is 'x' or 'X' or 'f' or 'F' or 'v' or 'V' or 't' or 'T' or 'c' or 'C' && IsProxyHeader(name))
                return true;
        }

        return false;
    }

    private static bool IsProxyHeader(string name) =>
        Array.Exists(ProxyPrefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        || Array.Exists(ProxyHeaders, header => name.Equals(header, StringComparison.OrdinalIgnoreCase));

    private bool IsForeignPage(HttpRequest request, string host)
    {
        var origin = request.Headers.Origin;
        if (origin.Count > 0)
        {
            // An origin that passes also excuses Sec-Fetch-Site: the browser calls a configured origin cross-site.
            return origin is not [{ } single] || !IsOwn(single, request.Scheme, host) && !origins.Contains(single);
        }

        // Requests without an Origin that a page can cause: images, scripts, frames, links.
        var site = request.Headers["Sec-Fetch-Site"];
        return site.Count > 0 && site is not ["none"] && site is not ["same-origin"] && !IsTopLevelNavigation(request);
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
