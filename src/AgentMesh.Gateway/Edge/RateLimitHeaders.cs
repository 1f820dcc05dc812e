using System.Globalization;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Edge;

/// <summary>What an answer says about the agent's limit (draft-ietf-httpapi-ratelimit-headers: q quota, w window, r remaining, t seconds).</summary>
internal static class RateLimitHeaders
{
    /// <summary>Sets them; with the refusal that the limit causes, <c>Retry-After</c> too.</summary>
    public static void Set(HttpResponse response, RateLimit? limit, Refusal? refusal)
    {
        if (limit is null)
            return;
        response.Headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"default\";q={limit.Permits};w={limit.WindowSeconds}");
        response.Headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"default\";r={limit.Remaining};t={limit.ResetSeconds}");
        if (refusal is { Code: AgentRefusals.RateLimited or MailCodes.MailRateLimited })
            response.Headers.RetryAfter = limit.ResetSeconds.ToString(CultureInfo.InvariantCulture);
    }
}
