using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AgentMesh.Testing;

/// <summary>Asks every route of an app as its own sidecar does, and as others do.</summary>
public static partial class AppRoutes
{
    /// <summary>Nobody's token.</summary>
    private const string Wrong = "wrong-token";

    /// <summary>One line for each route and verb, in ordinal order: what is answered without the app's token, with a wrong one and with the right one, where all that is not 401 is <c>ok</c>.</summary>
    /// <param name="http">Reaches the app.</param>
    /// <param name="endpoints">The app's.</param>
    /// <param name="token">Its token.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<IReadOnlyList<string>> AskAsync(HttpClient http, IEnumerable<Endpoint> endpoints, string token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(http);
        var lines = new List<string>();
        foreach (var endpoint in endpoints.OfType<RouteEndpoint>())
        {
            var route = endpoint.RoutePattern.RawText!.TrimStart('/');
            foreach (var verb in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                var answers = new List<string>();
                foreach (var given in (string?[])[null, Wrong, token])
                    answers.Add(await AskAsync(http, verb, Parameter().Replace(route, "default:alice"), given, cancellationToken));
                lines.Add($"{verb} /{route}: {string.Join(' ', answers)}");
            }
        }

        return [.. lines.Distinct().Order(StringComparer.Ordinal)];
    }

    private static async Task<string> AskAsync(HttpClient http, string verb, string path, string? token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), new Uri("/" + path, UriKind.Relative));
        if (verb is "POST" or "PUT")
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        if (token is not null)
            request.Headers.Add("dapr-api-token", token);
        using var answer = await http.SendAsync(request, cancellationToken);
        return (int)answer.StatusCode == StatusCodes.Status401Unauthorized ? "401" : "ok";
    }

    [GeneratedRegex("{[^}]*}")]
    private static partial Regex Parameter();
}
