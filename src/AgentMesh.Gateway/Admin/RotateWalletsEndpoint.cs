using System.Collections.Concurrent;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Audit;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Admin;

/// <summary>
/// <c>POST /admin/wallets/rotate?tenant=&amp;cursor=</c>: has a part of a tenant's wallets encrypted with the newest master key. To be called with the
/// cursor of the answer before until there is none; when <c>left</c> is 0 for every tenant, older master keys may be taken out.
/// </summary>
internal static class RotateWalletsEndpoint
{
    /// <summary>Wallets of one call.</summary>
    internal const int PageSize = 100;

    /// <summary>Wallets at a time.</summary>
    private const int Concurrency = 8;

    /// <summary>Most wallets that a tenant notes at a time.</summary>
    private const int Batch = 32;

    private static readonly Refusal InvalidCursor = new(AgentRefusals.InvalidCursor, "The parameter cursor is one text.");

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapPost("/admin/wallets/rotate", AnswerAsync).WithMetadata(new Audited("wallets.rotate"))
        .Describe("Has a part of a tenant's wallets encrypted with the newest master key.", operation => operation
            .TakesTenant()
            .Query("cursor", "The cursor of the answer before.", Schema.Text())
            .Answers<RotateWalletsResponse>()
            .Refuses(AgentRefusals.InvalidCursor, AgentRefusals.WalletKeyMissing, AgentRefusals.WalletUnavailable));

    private static async Task AnswerAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var tenant = AdminPath.ReadTenant(context);
        var answer = tenant.IsRefused ? tenant.Refusal
            : query["cursor"].Count > 1 ? InvalidCursor
            : await RotateAsync(AgentCalls.Of(context), tenant.Value, query["cursor"], context.RequestAborted);
        if (answer.IsRefused)
            await Problem.WriteAsync(context, answer.Refusal);
        else
            await JsonAnswer.WriteAsync(context, answer.Value, GatewayJson.Answers.RotateWalletsResponse);
    }

    private static async Task<Result<RotateWalletsResponse>> RotateAsync(AgentCalls calls, TenantId tenant, string? cursor, CancellationToken cancellationToken)
    {
        var taken = await calls.TakeWalletsAsync(tenant, new TakeWallets(cursor, PageSize), cancellationToken);
        if (taken.IsRefused)
            return taken.Refusal;
        var (keyId, users, next, left) = taken.Value;
        if (keyId is null || users.Count == 0)
            return new RotateWalletsResponse(0, left, keyId, next, []);
        var noted = new ConcurrentBag<NotedWallet>();
        var failed = new ConcurrentBag<FailedWallet>();
        await Parallel.ForEachAsync(
            users,
            new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
            async (user, token) =>
            {
                var wallet = await SealAsync(calls, tenant, user, keyId, token);
                if (wallet.IsRefused)
                    failed.Add(new FailedWallet(user, wallet.Refusal.Code, wallet.Refusal.Detail));
                else
                    noted.Add(wallet.Value);
            });
        // After the agents: what is lost in between is asked for again, and answered at once.
        foreach (var batch in noted.Chunk(Batch))
        {
            var listed = await calls.NoteWalletsAsync(tenant, new NoteWallets(batch), cancellationToken);
            if (listed.IsRefused)
                return listed.Refusal;
        }

        var after = await calls.TakeWalletsAsync(tenant, new TakeWallets(null, 0), cancellationToken);
        return after.IsRefused
            ? after.Refusal
            : new RotateWalletsResponse(
                noted.Count(wallet => wallet.KeyId is not null), after.Value.Left, keyId, next, [.. failed.OrderBy(wallet => wallet.UserId, StringComparer.Ordinal)]);
    }

    /// <returns>What the tenant's list is to be told.</returns>
    private static async Task<Result<NotedWallet>> SealAsync(AgentCalls calls, TenantId tenant, string user, string keyId, CancellationToken cancellationToken)
    {
        // What is no name of ours cannot be an agent's.
        if (!UserId.TryParse(user, out var userId))
            return new NotedWallet(user, null);
        var wallet = await calls.SealWalletAsync(new AgentKey(tenant, userId), new SealWallet(keyId), cancellationToken);
        if (wallet.Refusal is { Code: AgentRefusals.WalletNotFound })
            return new NotedWallet(user, null);
        if (wallet.IsRefused)
            return wallet.Refusal;
        return wallet.Value.KeyId == keyId
            ? new NotedWallet(user, keyId)
            : new Refusal(AgentRefusals.WalletUnavailable, "The agent's process has not read the newest master key yet.");
    }
}

/// <summary>How far it is.</summary>
/// <param name="Done">Wallets that this call found or made encrypted with the newest master key.</param>
/// <param name="Left">Wallets of the tenant that are not, as far as its list knows.</param>
/// <param name="KeyId">The newest master key; null where wallets' keys are not encrypted here.</param>
/// <param name="Cursor">Where the next call goes on; null: the list is over.</param>
/// <param name="Failed">Wallets that stayed as they were.</param>
internal sealed record RotateWalletsResponse(int Done, int Left, string? KeyId, string? Cursor, IReadOnlyList<FailedWallet> Failed);

/// <summary>A wallet that stayed as it was.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="Code">Why.</param>
/// <param name="Detail">Why, for people.</param>
internal sealed record FailedWallet(string UserId, string Code, string Detail);
