using System.Net;
using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Invocation;

/// <summary>Finds what a target's name stands for: a URL, an endpoint, an app (dapr:pkg/messaging/direct_messaging.go).</summary>
internal sealed class TargetResolver(HostDirectory hosts, string namespaceName) : IDisposable
{
    private readonly HttpMessageInvoker _foreign = new(new SocketsHttpHandler
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        // Endpoints change their addresses.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    });

    private int _next;

    /// <summary>The target, or why there is none; <c>Final</c>: there will be none later either.</summary>
    public (IInvocationTarget? Target, string Failure, bool Final) Find(AppInstance caller, string name)
    {
        if (IsUrl(name))
        {
            return Uri.TryCreate(name, UriKind.Absolute, out _)
                ? (new ForeignTarget(_foreign, name, Array.Empty<ComponentValue>()), "", false)
                : (null, $"invalid URL {name}", true);
        }

        if (name.Split('.') is not ([{ Length: > 0 }] or [{ Length: > 0 }, { Length: > 0 }]) || name.Split('.') is not [var id, .. var rest])
            return (null, $"invalid app id {name}", true);
        if (caller.App.Endpoints.FirstOrDefault(endpoint => endpoint.Name == id) is { } found)
            return (new ForeignTarget(_foreign, found.BaseUrl, found.Headers), "", false);
        if ((rest is [] || rest[0] == namespaceName) && Choose(caller, id) is { } connection)
            return connection.App.IsGrpc ? (null, $"{id} speaks gRPC (appProtocol), which the local sidecar does not call", true) : (new AppTarget(caller, connection), "", false);
        // dapr:pkg/messages: ErrAppUnhealthy; the process is there, so waiting a second for it changes nothing.
        return hosts.IsUnhealthy(id) ? (null, "app is not in a healthy state", true) : (null, $"couldn't find service: {id}", false);
    }

    public void Dispose() => _foreign.Dispose();

    private static bool IsUrl(string name) =>
        name.StartsWith("http://", StringComparison.Ordinal) || name.StartsWith("https://", StringComparison.Ordinal);

    // Round robin over the app's processes. Beside other sidecars an app's own id is its own process, as with daprd.
    private AppConnection? Choose(AppInstance caller, string appId)
    {
        var connections = hosts.Connections.Where(connection => connection.IsAlive && connection.App.AppId == appId).ToList();
        if (connections.Exists(connection => connection.IsRemote) && caller.App.AppId == appId && caller.Connection is { IsAlive: true } own)
            return own;
        return connections.Count == 0 ? null : connections[(int)((uint)Interlocked.Increment(ref _next) % (uint)connections.Count)];
    }
}
