using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AgentMesh.Sidecar.Http;

/// <summary>A web server for this machine, with nothing in it that is not added to it.</summary>
internal static class LoopbackServer
{
    public static WebApplication Build(ILoggerFactory loggerFactory, Action<KestrelServerOptions> configure, Action<IServiceCollection>? addServices = null)
    {
        // The empty builder: no configuration sources, so that ASPNETCORE_URLS meant for an app does not open ports here.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggerFactory);
        addServices?.Invoke(builder.Services);
        // A request is read, handled and answered on the thread that its socket woke: no handler blocks, and each hop to another
        // thread is a wake-up. Measured: a third fewer of them for each actor call.
        builder.WebHost.UseKestrelCore().UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowSynchronousIO = false;
            configure(kestrel);
        });
        return builder.Build();
    }

    /// <summary>Listens on the addresses; without, on both families of loopback: the SDK connects to the name <c>localhost</c>, which is either.</summary>
    public static void Listen(KestrelServerOptions kestrel, int port, HttpProtocols protocols, IReadOnlyList<IPAddress>? addresses = null) =>
        Listen(kestrel, port, listen => listen.Protocols = protocols, addresses);

    /// <summary>The same, for what is said otherwise of a port.</summary>
    public static void Listen(KestrelServerOptions kestrel, int port, Action<ListenOptions> configure, IReadOnlyList<IPAddress>? addresses = null)
    {
        foreach (var address in addresses ?? [])
            kestrel.Listen(address, port, configure);
        if (addresses is not { Count: > 0 })
            kestrel.ListenLocalhost(port, configure);
    }
}
