using System.Net;

namespace AgentMesh.ActorHost.Dapr;

/// <summary>Where the app listens for its sidecar.</summary>
internal static class AppListener
{
    /// <summary>Used when <c>APP_PORT</c> is not set. Dapr's launchers always set it.</summary>
    internal const int DefaultPort = 5101;

    /// <summary>
    /// Largest body of a call: a message of 64 KiB in which every byte is escaped as <c>\u00XX</c> is 384 KiB, and the
    /// names and ids around it are small.
    /// </summary>
    private const int MaxBodyBytes = 1024 * 1024;

    /// <summary>Listens on <c>APP_PORT</c>: loopback in Development, any address otherwise (then tokens are required).</summary>
    internal static void AddAppListener(this WebApplicationBuilder builder) =>
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            var address = builder.Environment.IsDevelopment() ? IPAddress.Loopback : IPAddress.IPv6Any;
            kestrel.Listen(address, builder.Configuration.GetValue("APP_PORT", DefaultPort));
        });
}
