namespace AgentMesh.ActorHost.TenantBudgets;

/// <summary>
/// A part of a tenant's limit that was set aside for one hold of one of its agents. Counts as spent until <see cref="TenantGate.Return"/> says what was
/// not, once.
/// </summary>
internal sealed class TenantReservation
{
    private int _returned;

    internal TenantReservation(LeaseAccount? account, string? leaseId, UInt128 amount) => (Account, LeaseId, Amount) = (account, leaseId, amount);

    /// <summary>Of a tenant without a limit: nothing was set aside.</summary>
    public static TenantReservation None { get; } = new(null, null, 0);

    /// <summary>How much, in atomic units.</summary>
    public UInt128 Amount { get; }

    internal LeaseAccount? Account { get; }

    internal string? LeaseId { get; }

    /// <summary>True for the first who asks.</summary>
    internal bool Return() => Interlocked.Exchange(ref _returned, 1) == 0;
}
