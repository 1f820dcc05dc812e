using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace AgentMesh.ServiceDefaults.Dapr;

/// <summary>Where an app listens that only its sidecar calls.</summary>
public static class AppListener
{
    /// <summary>
    /// Listens on <c>APP_PORT</c>: loopback in Development, any address otherwise (then tokens are required). HTTP/2 for a sidecar whose app protocol is
    /// <c>h2c</c>, which then has one connection for many calls; HTTP/1.1 for probes, curl and a sidecar that was not told.
    /// </summary>
    /// <param name="builder">The app's.</param>
    /// <param name="defaultPort">Used when <c>APP_PORT</c> is not set. Dapr's launchers always set it.</param>
    /// <param name="maxBodyBytes">Largest body of a call.</param>
    public static void AddAppListener(this WebApplicationBuilder builder, int defaultPort, long maxBodyBytes)
    {
        var both = new PriorKnowledge();
        both.AddTo(builder.Services);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = maxBodyBytes;
            var port = builder.Configuration.GetValue("APP_PORT", defaultPort);
            if (builder.Environment.IsDevelopment())
                kestrel.Listen(IPAddress.Loopback, port, both.Serve);
            else
                kestrel.ListenAnyIP(port, both.Serve);
        });
    }
}
