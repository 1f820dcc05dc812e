using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Quotas;

/// <summary>An agent's line in its tenant's list, on its way there. Its agent looks at it, <see cref="TenantQuotas"/> writes it.</summary>
/// <param name="user">Whose agent.</param>
/// <param name="bytes">What its messages take; encoded bytes.</param>
internal sealed class AgentLine(UserId user, long bytes)
{
    private volatile bool _isDone;

    public UserId User => user;

    public long Bytes => bytes;

    /// <summary>The list has it, durably.</summary>
    public bool IsDone
    {
        get => _isDone;
        set => _isDone = value;
    }
}
