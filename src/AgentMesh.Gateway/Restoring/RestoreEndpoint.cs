using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Gateway.Admin;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Audit;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Gateway.Owner;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace AgentMesh.Gateway.Restoring;

/// <summary>
/// <c>POST /admin/agents/{userId}/restore</c>: makes an agent from an export, sent as it was written. Read as it comes, so it may be of any length; nobody sees the agent before
/// all of it is there, and what does not end well leaves an agent that was never used. One that has been used is not touched.
/// </summary>
internal static class RestoreEndpoint
{
    public const string MediaType = "application/x-ndjson";

    private static readonly Refusal NotLines = new(EdgeRefusals.UnsupportedMediaType, $"Send the export as Content-Type: {MediaType}, without Content-Encoding.");

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapPost("/admin/agents/{userId}/restore", AnswerAsync).WithMetadata(new Audited("agent.restore"))
        .Describe("Makes an agent from an export. One that has been used is not touched.", operation => operation
            .TakesTenant()
            .TakesAny(MediaType)
            .Answers<RestoreReceipt>()
            .Refuses(AgentRefusals.InvalidExport, AgentRefusals.AgentExists, QuotaRefusals.TenantStorageFull));

    private static async Task AnswerAsync(HttpContext context)
    {
        var agent = AdminPath.AgentOf(context);
        var refusal = agent.Refusal ?? (IsDeclared(context.Request.Headers) ? null : NotLines);
        if (refusal is not null)
        {
            await Problem.WriteAsync(context, refusal);
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        var calls = AgentCalls.Of(context);
        var restored = await ReadAsync(context, new AgentRestorer(calls, AgentEraser.Of(context), agent.Value, RequestId.New()));
        if (restored.IsRefused)
        {
            await Problem.WriteAsync(context, restored.Refusal);
            return;
        }

        var (progress, counts, left) = restored.Value;
        await JsonAnswer.WriteAsync(
            context,
            new RestoreReceipt(
                agent.Value.User.ToString(), context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime, progress.WalletAddress, counts, left),
            GatewayJson.Answers.RestoreReceipt);
    }

    private static async Task<Result<RestoredAgentParts>> ReadAsync(HttpContext context, AgentRestorer restorer)
    {
        var isDone = false;
        try
        {
            var lines = new LineReader(context.Request.BodyReader, ExportLimits.LineBytes);
            while (await lines.ReadAsync(context.RequestAborted) is { } line)
            {
                var refusal = line.IsRefused ? line.Refusal : await restorer.TakeAsync(line.Value, lines.Number, context.RequestAborted);
                if (refusal is not null)
                    return refusal;
            }

            var ended = await restorer.EndAsync(context.RequestAborted);
            isDone = !ended.IsRefused;
            return ended;
        }
        finally
        {
            // Also for a caller that is gone. What fails here stays refused as agent_restoring, and is removed by the next restore or a DELETE.
            if (!isDone)
                await restorer.UndoAsync();
        }
    }

    private static bool IsDeclared(IHeaderDictionary headers) =>
        headers.ContentType is [{ } type] && MediaTypeHeaderValue.TryParse(type, out var parsed)
        && parsed.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase) && headers.ContentEncoding.Count == 0;
}

/// <summary>An agent that was made from an export.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="RestoredAt">When.</param>
/// <param name="WalletAddress">Of its wallet, a new one; null where agents have none.</param>
/// <param name="Restored">How much of each kind is there now.</param>
/// <param name="NotRestored">What of the export is not, and why.</param>
internal sealed record RestoreReceipt(
    string UserId, DateTime RestoredAt, string? WalletAddress, IReadOnlyDictionary<string, int> Restored, IReadOnlyList<NotRestored> NotRestored);

/// <summary>What of an export was not restored.</summary>
/// <param name="Kind">The kind of its lines.</param>
/// <param name="Count">How many.</param>
/// <param name="Why">For people.</param>
internal sealed record NotRestored(string Kind, int Count, string Why);
