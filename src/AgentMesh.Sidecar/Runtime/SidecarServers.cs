using System.Net;
using AgentMesh.Sidecar.Grpc;
using AgentMesh.Sidecar.Http;
using AgentMesh.ServiceDefaults.Dapr;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AgentMesh.Sidecar.Runtime;

/// <summary>The HTTP servers of a sidecar: its apps' ports, and the port for other sidecars.</summary>
internal static class SidecarServers
{
    /// <summary>What a sidecar adds to the headers of a request that it passes on.</summary>
    private const int PeerHeaderBytes = 8 * 1024;

    public static WebApplication ForApps(SidecarOptions options, DaprService grpc, ILoggerFactory loggerFactory)
    {
        // Of HTTP as daprd: both versions on one port.
        var both = new PriorKnowledge();
        return LoopbackServer.Build(loggerFactory, Configure, services =>
        {
            both.AddTo(services);
            GrpcApi.AddTo(services, options, grpc);
        });

        void Configure(KestrelServerOptions kestrel)
        {
            kestrel.Limits.MaxRequestBodySize = options.Apps.Max(app => app.MaxBodyBytes);
            LimitHeaders(kestrel, options.Apps.Max(app => app.ReadBufferBytes));
            // daprd's read-header timeout.
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            foreach (var app in options.Apps)
            {
                LoopbackServer.Listen(kestrel, app.DaprHttpPort, both.Serve, app.ListenAddresses);
                LoopbackServer.Listen(kestrel, app.DaprGrpcPort, HttpProtocols.Http2, app.ListenAddresses);
            }

            foreach (var app in options.Apps.Where(ServesMetrics))
                LoopbackServer.Listen(kestrel, app.MetricsPort, HttpProtocols.Http1);
        }
    }

    /// <summary>Bodies were limited where the call came from.</summary>
    public static WebApplication ForPeers(SidecarOptions options, ILoggerFactory loggerFactory, int port) => LoopbackServer.Build(loggerFactory, kestrel =>
    {
        kestrel.Limits.MaxRequestBodySize = null;
        LimitHeaders(kestrel, Math.Max(64 * 1024, options.Apps.Max(app => app.ReadBufferBytes)) + PeerHeaderBytes);
        kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
    });

    public static bool ServesMetrics(AppDefinition app) => app.MetricsPort != 0 && app.Configuration.MetricsEnabled;

    private static void LimitHeaders(KestrelServerOptions kestrel, int bytes)
    {
        kestrel.Limits.MaxRequestHeadersTotalSize = bytes;
        kestrel.Limits.MaxRequestBufferSize = Math.Max(1024 * 1024, bytes);
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(10);
    }
}
