using AgentMesh.Primitives.Audit;
using Dapr.Actors;

namespace AgentMesh.Contracts.Audit;

/// <summary>
/// The audit chain of a tenant: what admins did, each action with a record before it and one after it. Actor type <see cref="AuditActorType.Name"/>, actor
/// id = <c>TenantId</c>. Called weakly typed, as <see cref="Agents.IAgentActor"/> is; by the gateway, never by an actor. Nothing of it is ever removed.
/// </summary>
public interface IAuditActor : IActor
{
    /// <summary>Notes what somebody is about to do, before it is done; a repeat changes nothing. Refused with <see cref="AuditCodes.TooManyAdminActions"/>.</summary>
    Task<Reply<BegunAction>> BeginAction(BeginAction request, CancellationToken cancellationToken);

    /// <summary>Notes what came of it, before anybody is told; a repeat changes nothing.</summary>
    Task<Reply<BegunAction>> EndAction(EndAction request, CancellationToken cancellationToken);

    /// <summary>Reads a part of the chain, oldest first. Refused with <c>invalid_limit</c>.</summary>
    Task<Reply<AuditPart>> ReadAudit(ReadAudit request, CancellationToken cancellationToken);
}

/// <summary>The name under which <see cref="IAuditActor"/> is hosted.</summary>
public static class AuditActorType
{
    /// <summary>The Dapr actor type.</summary>
    public const string Name = "AuditActor";
}

/// <summary>Begins an action. Every text is one that <see cref="AuditRecord.IsText"/> lets through.</summary>
/// <param name="RequestId">The request's id; the idempotency key too.</param>
/// <param name="Caller">Who asks; never a secret.</param>
/// <param name="Action">What for, a name that stays the same.</param>
/// <param name="Target">What of.</param>
public sealed record BeginAction(string RequestId, string Caller, string Action, string Target);

/// <summary>Ends an action.</summary>
/// <param name="Intent">The number of its intent.</param>
/// <param name="Target">What of, when more is known of it than before; null: as before.</param>
/// <param name="Outcome">The status or the refusal's code.</param>
public sealed record EndAction(long Intent, string? Target, string Outcome);

/// <summary>An action in the chain.</summary>
/// <param name="Intent">The number of its intent.</param>
public sealed record BegunAction(long Intent);

/// <summary>Asks for a part of the chain.</summary>
/// <param name="After">Behind which number; 0: from the first on.</param>
/// <param name="Limit">How many, 1-100.</param>
public sealed record ReadAudit(long After, int Limit);

/// <summary>A part of the chain.</summary>
/// <param name="Records">Oldest first.</param>
/// <param name="HeadNumber">Number of the chain's last record; 0: it has none.</param>
/// <param name="HeadHash">Its hash.</param>
public sealed record AuditPart(IReadOnlyList<AuditRecord> Records, long HeadNumber, string HeadHash);
