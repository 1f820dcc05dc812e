using System.Text.Json.Nodes;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Audit;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Gateway.Audit;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace AgentMesh.Gateway.Tests.OpenApi;

/// <summary>What routes may be refused with: their own codes, and those of all of their kind.</summary>
internal static class Refusals
{
    public static IEnumerable<string> Of(RouteEndpoint endpoint, Operation operation, string path)
    {
        var isPublic = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;
        var isOfAgent = path.Contains("{userId}", StringComparison.Ordinal);
        IEnumerable<string> codes =
        [
            .. operation.Codes,
            EdgeRefusals.ForeignAddress, EdgeRefusals.ForeignHost, EdgeRefusals.ForwardedNotAllowed, EdgeRefusals.ForeignOrigin, EdgeRefusals.InvalidToken,
            EdgeRefusals.InternalError,
        ];
        if (isOfAgent)
            codes = codes.Append(path.EndsWith("/mcp", StringComparison.Ordinal) ? EdgeRefusals.NotFound : EdgeRefusals.InvalidUserId);
        if (!isPublic)
            codes = [.. codes, EdgeRefusals.Unauthenticated, EdgeRefusals.InsufficientScope, EdgeRefusals.NotFound];
        if (isPublic && isOfAgent || !isPublic)
            codes = codes.Append(EdgeRefusals.AddressRateLimited);
        if (!isPublic || path.Contains("/premium/", StringComparison.Ordinal))
        {
            codes = [.. codes, EdgeRefusals.AgentUnavailable, EdgeRefusals.AgentFailed];
            if (isOfAgent)
            {
                codes = [.. codes, AgentRefusals.AgentQuarantined, AgentRefusals.EncryptionKeyMissing, AgentRefusals.AgentErasing, AgentRefusals.AgentRestoring];
                // What writes to an agent may begin one.
                if (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is ["POST" or "PUT" or "PATCH"])
                    codes = codes.Append(QuotaRefusals.TooManyAgents);
            }
        }

        if (operation.Request is not null)
        {
            codes =
            [
                .. codes, EdgeRefusals.BadRequest, EdgeRefusals.UnsupportedMediaType, EdgeRefusals.BodyTooLarge, EdgeRefusals.RequestTimeout, EdgeRefusals.InvalidJson,
                EdgeRefusals.InvalidRequest,
            ];
        }

        if (operation.Parameters.Any(parameter => parameter.Name == IdempotencyKey.Header))
            codes = [.. codes, EdgeRefusals.InvalidIdempotencyKey, AgentRefusals.IdempotencyKeyReused, AgentRefusals.TooManyIdempotencyKeys];
        if (endpoint.Metadata.GetMetadata<Audited>() is not null)
            codes = [.. codes, AuditCodes.TooManyAdminActions, AuditCodes.AuditUnavailable];
        return codes;
    }

    /// <summary>RFC 9457, with what is ours. Some codes have more members.</summary>
    public static JsonObject ProblemSchema() => new()
    {
        ["type"] = "object",
        ["description"] = "Why not (RFC 9457). Some codes have more members.",
        ["properties"] = new JsonObject
        {
            ["type"] = new JsonObject { ["type"] = "string", ["pattern"] = $"^{ProblemTypes.UriPrefix}[a-z0-9_]+$" },
            ["title"] = new JsonObject { ["type"] = "string" },
            ["status"] = new JsonObject { ["type"] = "integer" },
            ["detail"] = new JsonObject { ["type"] = "string", ["description"] = "One sentence that is safe to show." },
            ["traceId"] = new JsonObject { ["type"] = "string", ["description"] = "Finds the request in the logs." },
            ["errors"] = new JsonObject
            {
                ["type"] = "object",
                ["description"] = "What is wrong by member of the request.",
                ["additionalProperties"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } },
            },
        },
        ["required"] = new JsonArray("type", "title", "status", "detail", "traceId"),
    };
}
