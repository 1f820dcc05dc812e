using System.Net;

namespace AgentMesh.Payments.Dapr;

/// <summary>Where the app listens for its sidecar.</summary>
internal static class AppListener
{
    /// <summary>Used when <c>APP_PORT</c> is not set. Dapr's launchers always set it.</summary>
    internal const int DefaultPort = 5102;

    /// <summary>Largest body of a call: an answer of 512 KiB, or a message of 64 KiB and a payment, with every byte of them escaped.</summary>
    private const int MaxBodyBytes = 4 * 1024 * 1024;

    /// <summary>Listens on <c>APP_PORT</c>: loopback in Development, any address otherwise (then tokens are required).</summary>
    internal static void AddAppListener(this WebApplicationBuilder builder) =>
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            var port = builder.Configuration.GetValue("APP_PORT", DefaultPort);
            if (builder.Environment.IsDevelopment())
                kestrel.Listen(IPAddress.Loopback, port);
            else
                kestrel.ListenAnyIP(port);
        });
}
