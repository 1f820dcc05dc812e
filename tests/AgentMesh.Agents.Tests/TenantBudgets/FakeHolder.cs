using AgentMesh.Agents.TenantBudgets;

namespace AgentMesh.Agents.Tests.TenantBudgets;

/// <summary>A process with a lease, as honest as ours: it spends what it was told it has, by its own clock, and nothing else.</summary>
internal sealed class FakeHolder(string name)
{
    private string _id = name + "/0";
    private int _leases;
    private long _revision;
    private UInt128 _granted;
    private UInt128 _spent;

    /// <summary>What is set aside: each is spent or returned later.</summary>
    internal List<UInt128> Reserved { get; } = [];

    /// <summary>When it may not spend any more.</summary>
    internal DateTimeOffset EndsAt { get; private set; }

    /// <summary>Why it would not get so much more.</summary>
    internal AgentMesh.Primitives.Refusal? WhyNot(TenantLedger tenant, UInt128 more, DateTimeOffset now) =>
        tenant.WhyNot(FakeTenant.Usdc, more, Ask(more, 0), now);

    private UInt128 Outstanding => Reserved.Aggregate(UInt128.Zero, (sum, amount) => sum + amount);

    /// <summary>What it says when it wants so much more.</summary>
    internal LeaseRequest Ask(UInt128 more, UInt128 wanted) =>
        new(_id, ++_revision, name, FakeTenant.Usdc, _spent, _spent + Outstanding + more, _spent + Outstanding + more + wanted);

    internal (string Id, long Revision, UInt128 Spent) Settle()
    {
        var said = (_id, ++_revision, _spent + Outstanding);
        Forget();
        return said;
    }

    internal void Hear(LeaseStep step, DateTimeOffset askedAt)
    {
        if (step.Lease is not { EndedAt: null } lease || lease.Id != _id)
            Forget();
        else
            (_granted, EndsAt) = (lease.Granted, askedAt + TenantBudgetLimits.LeaseTime);
    }

    internal bool TryReserve(UInt128 amount, DateTimeOffset now)
    {
        if (now >= EndsAt)
            Forget();
        if (_spent + Outstanding + amount > _granted)
            return false;
        Reserved.Add(amount);
        return true;
    }

    internal void Return(int n, UInt128 unspent)
    {
        _spent += Reserved[n] - unspent;
        Reserved.RemoveAt(n);
    }

    /// <summary>The lease is over, or the process has died and another one has its name.</summary>
    internal void Forget()
    {
        (_id, _revision, _granted, _spent, EndsAt) = ($"{name}/{++_leases}", 0, 0, 0, default);
        Reserved.Clear();
    }
}
