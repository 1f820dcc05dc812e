using System.Security.Cryptography;
using System.Text;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AgentMesh.ServiceDefaults.Dapr;

/// <summary>Keeps everybody but the own sidecar away from endpoints that only Dapr calls.</summary>
public static class AppTokenEndpoints
{
    /// <summary>The header in which the sidecar sends <c>APP_API_TOKEN</c>.</summary>
    public const string Header = "dapr-api-token";

    /// <summary>
    /// Demands the app's token on these endpoints. Without a token in <paramref name="sidecar"/> every caller is let through, which
    /// services allow in Development only.
    /// </summary>
    /// <param name="endpoints">Those that are guarded.</param>
    /// <param name="sidecar">Has the token.</param>
    /// <param name="orElse">Lets a request through that comes without the token; null: none.</param>
    public static TBuilder RequireDaprAppToken<TBuilder>(this TBuilder endpoints, SidecarOptions sidecar, Func<HttpContext, bool>? orElse = null)
        where TBuilder : IEndpointConventionBuilder
    {
        // The token is what proves them; where users do that too, it is not asked of Dapr.
        endpoints.Add(endpoint => endpoint.Metadata.Add(new AllowAnonymousAttribute()));
        if (sidecar.AppToken is null)
            return endpoints;

        var expected = Encoding.UTF8.GetBytes(sidecar.AppToken);
        // A wrapped delegate and not an endpoint filter: it holds for the endpoints of Dapr's SDK too, whatever they return.
        endpoints.Add(endpoint =>
        {
            var guarded = endpoint.RequestDelegate;
            if (guarded is null)
                return;
            endpoint.RequestDelegate = context => IsToken(context, expected) || orElse?.Invoke(context) == true
                ? guarded(context)
                : Problem.WriteAsync(context, new Refusal(EdgeRefusals.InvalidDaprToken, "This endpoint is for the app's own Dapr sidecar."));
        });
        return endpoints;
    }

    private static bool IsToken(HttpContext context, byte[] expected) =>
        context.Request.Headers[Header] is [{ } given] && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), expected);
}
