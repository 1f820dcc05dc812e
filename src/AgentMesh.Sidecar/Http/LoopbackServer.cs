using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AgentMesh.Sidecar.Http;

/// <summary>A web server for this machine, with one handler and nothing else in it.</summary>
internal static class LoopbackServer
{
    // A kernel may speak IPv6 and yet have no ::1 (containers often).
    private static readonly Lazy<bool> LoopbackV6Exists = new(() =>
    {
        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    });

    public static WebApplication Build(ILoggerFactory loggerFactory, Action<KestrelServerOptions> configure)
    {
        // The empty builder: no configuration sources, so that ASPNETCORE_URLS meant for an app does not open ports here.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggerFactory);
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
    public static void Listen(KestrelServerOptions kestrel, int port, HttpProtocols protocols, IReadOnlyList<IPAddress>? addresses = null)
    {
        foreach (var address in addresses ?? [])
            kestrel.Listen(address, port, listen => listen.Protocols = protocols);
        if (addresses is { Count: > 0 })
            return;
        kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = protocols);
        if (Socket.OSSupportsIPv6 && LoopbackV6Exists.Value)
            kestrel.Listen(IPAddress.IPv6Loopback, port, listen => listen.Protocols = protocols);
    }
}
