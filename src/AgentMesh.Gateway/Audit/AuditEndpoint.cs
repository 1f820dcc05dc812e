using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Audit;
using AgentMesh.Gateway.Admin;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.Primitives.Audit;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Audit;

/// <summary><c>GET /admin/audit?tenant=&amp;after=&amp;limit=</c>: a tenant's audit chain, oldest first, with the hashes by which anybody can check it.</summary>
internal static class AuditEndpoint
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 100;

    private static readonly Refusal InvalidLimit = new(AgentRefusals.InvalidLimit, $"limit must be one number, 1-{MaxLimit}.");

    private static readonly Refusal InvalidAfter = new(EdgeRefusals.InvalidAfter, "after must be one number, that of the last record of the answer before.");

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/admin/audit", ReadAsync)
        .Describe("Reads a part of a tenant's audit chain, oldest first.", operation => operation
            .TakesTenant()
            .Query("after", "The number of the last record of the part before.", Schema.Number(0))
            .Query("limit", "At most so many.", Schema.Number(1, MaxLimit, DefaultLimit))
            .Answers<AuditResponse>()
            .Refuses(EdgeRefusals.InvalidAfter, AgentRefusals.InvalidLimit));

    private static async Task ReadAsync(HttpContext context)
    {
        var tenant = AdminPath.ReadTenant(context);
        var isPlace = QueryNumber.TryRead(context.Request.Query, "after", 0, long.MaxValue, out var after);
        var isNumber = QueryNumber.TryRead(context.Request.Query, "limit", 1, MaxLimit, out var limit);
        if ((tenant.IsRefused ? tenant.Refusal : !isPlace ? InvalidAfter : isNumber ? null : InvalidLimit) is { } invalid)
        {
            await Problem.WriteAsync(context, invalid);
            return;
        }

        var part = await AgentCalls.Of(context).ReadAuditAsync(tenant.Value, new ReadAudit(after ?? 0, (int)(limit ?? DefaultLimit)), context.RequestAborted);
        if (part.IsRefused)
        {
            await Problem.WriteAsync(context, part.Refusal);
            return;
        }

        var (records, number, hash) = part.Value;
        long? next = records.Count > 0 && records[^1].Number < number ? records[^1].Number : null;
        await JsonAnswer.WriteAsync(
            context,
            new AuditResponse(tenant.Value.ToString(), [.. records.Select(AuditRecordResponse.Of)], new AuditHeadResponse(number, hash), next),
            GatewayJson.Answers.AuditResponse);
    }
}

/// <summary>A part of a tenant's audit chain. How it is checked is in <c>docs/audit.md</c>.</summary>
/// <param name="TenantId">Whose.</param>
/// <param name="Records">Oldest first.</param>
/// <param name="Head">The end of the chain.</param>
/// <param name="Next">The next <c>after</c>; null: the chain is over.</param>
internal sealed record AuditResponse(string TenantId, IReadOnlyList<AuditRecordResponse> Records, AuditHeadResponse Head, long? Next);

/// <summary>The end of a chain.</summary>
/// <param name="Number">Number of the last record; 0: there is none.</param>
/// <param name="Hash">Its hash.</param>
internal sealed record AuditHeadResponse(long Number, string Hash);

/// <summary>A record.</summary>
/// <param name="Number">Its place, from 1 on.</param>
/// <param name="At">When it was written, as it stands in what is hashed.</param>
/// <param name="Caller">Who asked.</param>
/// <param name="Action">What for.</param>
/// <param name="Target">What of.</param>
/// <param name="RequestId">The request's id.</param>
/// <param name="Intent">Of an outcome, the number of its intent; null: this is an intent.</param>
/// <param name="Outcome">Of an outcome, the status or the refusal's code; null: this is an intent.</param>
/// <param name="Previous">Hash of the record before.</param>
/// <param name="Hash">Hash of this one.</param>
internal sealed record AuditRecordResponse(
    long Number, string At, string Caller, string Action, string Target, string RequestId, long? Intent, string? Outcome, string Previous, string Hash)
{
    public static AuditRecordResponse Of(AuditRecord record) => new(
        record.Number, record.FormatTime(), record.Caller, record.Action, record.Target, record.RequestId, record.Intent, record.Outcome, record.Previous, record.Hash);
}
