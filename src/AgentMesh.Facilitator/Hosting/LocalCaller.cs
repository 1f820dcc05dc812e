using System.Net;

namespace AgentMesh.Facilitator.Hosting;

/// <summary>
/// In Development a program of this machine may look at the simulated chain and ask for simulated money: it is owner and admin at the gateway as
/// well. A page in a browser of this machine may not: it comes with an <c>Origin</c>, or with a <c>Host</c> of its own (DNS rebinding). Nor may who
/// comes through a proxy.
/// </summary>
internal static class LocalCaller
{
    /// <summary>Tells such a request; null where there are none.</summary>
    public static Func<HttpContext, bool>? OrNone(IHostEnvironment environment) => environment.IsDevelopment() ? Is : null;

    // The address is null with an in-memory server.
    private static bool Is(HttpContext context) =>
        (context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address))
        && context.Request.Host.Host is ("localhost" or "127.0.0.1" or "[::1]")
        && context.Request.Headers.Origin.Count == 0
        && !context.Request.Headers.Keys.Any(IsOfProxy);

    private static bool IsOfProxy(string header) =>
        header.StartsWith("X-Forwarded", StringComparison.OrdinalIgnoreCase) || header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase) || header.Equals("Via", StringComparison.OrdinalIgnoreCase);
}
