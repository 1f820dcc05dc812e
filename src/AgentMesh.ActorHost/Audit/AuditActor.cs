using System.Collections.Immutable;
using AgentMesh.Agents.Audit;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Audit;
using AgentMesh.Primitives;
using AgentMesh.Primitives.Audit;
using Dapr.Actors.Runtime;
using DaprActorHost = Dapr.Actors.Runtime.ActorHost;

namespace AgentMesh.ActorHost.Audit;

/// <summary>The audit chain of a tenant: a thin shell over <see cref="AuditBook"/>. Nothing of its state stays in memory between two calls.</summary>
[Actor(TypeName = AuditActorType.Name)]
internal sealed class AuditActor(DaprActorHost host, TimeProvider time) : Actor(host), IAuditActor
{
    private TenantId Tenant => TenantId.Parse(Id.GetId());

    public async Task<Reply<BegunAction>> BeginAction(BeginAction request, CancellationToken cancellationToken)
    {
        var book = await LoadBookAsync(cancellationToken);
        var action = new AdminAction(request.RequestId, request.Caller, request.Action, request.Target);
        var change = book.Begin(Tenant, action, time.GetUtcNow());
        return change.IsRefused ? new Reply<BegunAction>(null, change.Refusal) : await StoreAsync(change.Value, cancellationToken);
    }

    public async Task<Reply<BegunAction>> EndAction(EndAction request, CancellationToken cancellationToken)
    {
        var book = await LoadBookAsync(cancellationToken);
        return await StoreAsync(book.End(Tenant, request.Intent, request.Target, request.Outcome, time.GetUtcNow()), cancellationToken);
    }

    public async Task<Reply<AuditPart>> ReadAudit(ReadAudit request, CancellationToken cancellationToken)
    {
        var book = await LoadBookAsync(cancellationToken);
        var span = book.Span(request.After, request.Limit);
        if (span.IsRefused)
            return new Reply<AuditPart>(null, span.Refusal);
        var records = ImmutableArray.CreateBuilder<AuditRecord>();
        var (first, last) = span.Value;
        for (var n = AuditPage.Of(first); first <= last && n <= AuditPage.Of(last); n++)
            records.AddRange((await LoadPageAsync(n, cancellationToken)).Records.Where(record => record.Number >= first && record.Number <= last));
        return new Reply<AuditPart>(new AuditPart(records.ToImmutable(), book.Number, book.Hash), null);
    }

    private async Task<Reply<BegunAction>> StoreAsync(AuditChange change, CancellationToken cancellationToken)
    {
        if (change.Added is { } record)
        {
            var n = AuditPage.Of(record.Number);
            var page = await LoadPageAsync(n, cancellationToken);
            await StateManager.SetStateAsync(AuditStateKeys.Page(n), page with { Records = page.Records.Add(record) }, cancellationToken);
            await StateManager.SetStateAsync(AuditStateKeys.Book, change.Book, cancellationToken);
            await StateManager.SaveWholeAsync(cancellationToken);
        }

        return new Reply<BegunAction>(new BegunAction(change.Intent), null);
    }

    private async Task<AuditBook> LoadBookAsync(CancellationToken cancellationToken)
    {
        await StateManager.ClearCacheAsync(cancellationToken);
        return (await StateManager.TryGetStateAsync<AuditBook>(AuditStateKeys.Book, cancellationToken)).Value ?? AuditBook.Empty;
    }

    private async Task<AuditPage> LoadPageAsync(long n, CancellationToken cancellationToken) =>
        (await StateManager.TryGetStateAsync<AuditPage>(AuditStateKeys.Page(n), cancellationToken)).Value ?? AuditPage.Empty;
}
