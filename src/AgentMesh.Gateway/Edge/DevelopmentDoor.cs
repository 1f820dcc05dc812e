using System.Net;
using AgentMesh.Gateway.Identity;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Edge;

/// <summary>
/// The door of <c>AgentMesh__Auth__Mode=Development</c>: whoever is on this machine is owner and admin of every agent. So the door
/// must keep out everybody who only reaches this machine: other machines, proxies and tunnels, and above all web pages that a
/// developer's browser has open. Calls through Dapr service invocation carry <c>X-Forwarded-*</c> and are refused on purpose.
/// </summary>
internal sealed class DevelopmentDoor(RequestDelegate next, ForeignPages pages)
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

    private static readonly CallerPrincipal Local = new(Caller.Local, AuthOptions.Development);

    public Task InvokeAsync(HttpContext context)
    {
        if (Check(context) is { } refusal)
            return Problem.WriteAsync(context, refusal);
        context.User = Local;
        return next(context);
    }

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
        return pages.WhyForeign(request, host);
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
}
