using System.Collections.Immutable;
using System.Numerics;
using AgentMesh.Agents.Budgets;

namespace AgentMesh.Agents.Tests.Budgets;

/// <summary>
/// Everything that was ever granted, as a plain list, and exact sums over it: what the ledger says in slices and meters, once more without them.
/// Time is the latest that was stored, or now.
/// </summary>
internal sealed class SpendingOracle
{
    private readonly List<Grant> _grants = [];
    private DateTimeOffset _stored;

    internal ImmutableArray<BudgetLimit> InForce { get; set; } = [];

    internal DateTimeOffset Now { get; private set; }

    /// <summary>A look at that time.</summary>
    internal void See(DateTimeOffset now) => Now = now > _stored ? now : _stored;

    /// <summary>What was seen is stored: holds whose time it is are over.</summary>
    internal void Store()
    {
        _stored = Now;
        foreach (var grant in _grants.Where(grant => grant.IsOpen && !grant.IsOpenAt(Now)))
            End(grant, grant.Amount, 0, grant.ExpiresAt);
    }

    internal void Grant(HoldRequest request, UInt128 amount)
    {
        Assert.Null(Open(request.Id));
        _grants.Add(new Grant(request.Id, request.Kind, request.Asset, request.Session, request.Tool, amount, request.ExpiresAt));
    }

    internal void Post(string id, UInt128 spent, UInt128 overrun)
    {
        if (Open(id) is { } grant)
            End(grant, spent, overrun, Now);
    }

    internal void Void(string id) => _grants.RemoveAll(grant => grant.Id == id && grant.IsOpenAt(Now));

    internal IEnumerable<BudgetLimit> LimitsOn(HoldRequest request) =>
        InForce.Where(new Grant(request.Id, request.Kind, request.Asset, request.Session, request.Tool, 0, request.ExpiresAt).IsIn);

    internal Grant? Open(string id) => _grants.SingleOrDefault(grant => grant.Id == id && grant.IsOpenAt(Now));

    /// <summary>What is held, whether its outcome is unknown or not.</summary>
    internal BigInteger Held(BudgetLimit limit) => Sum(_grants.Where(grant => grant.IsOpenAt(Now) && grant.IsIn(limit)).Select(grant => grant.Amount));

    /// <summary>What was spent in the window that ends now, while the limit was in force or before it was taken away and set again.</summary>
    internal BigInteger Spent(BudgetLimit limit) =>
        Sum(SpentIn(limit).Select(grant => grant.Posted)) + Sum(SpentIn(limit).Select(grant => grant.Overrun))
        + Sum(_grants.Where(grant => grant.IsOpen && !grant.IsOpenAt(Now) && grant.IsIn(limit) && IsInWindow(limit.Window.ToString(), grant.ExpiresAt)).Select(grant => grant.Amount));

    private IEnumerable<Grant> SpentIn(BudgetLimit limit) => _grants.Where(grant =>
        !grant.IsOpen && grant.IsIn(limit) && grant.CountedBy.Contains((limit.Scope, limit.Window.ToString())) && IsInWindow(limit.Window.ToString(), grant.PostedAt));

    private void End(Grant grant, UInt128 spent, UInt128 overrun, DateTimeOffset at)
    {
        (grant.IsOpen, grant.Posted, grant.Overrun, grant.PostedAt) = (false, spent, overrun, at);
        grant.CountedBy.UnionWith(InForce.Where(grant.IsIn).Select(limit => (limit.Scope, limit.Window.ToString())));
    }

    private bool IsInWindow(string window, DateTimeOffset at)
    {
        var parts = window.Split(':');
        if (parts[0] == "once")
            return true;
        if (parts[0] == "rolling")
            return Now - at < (parts[1][^1] == 'h' ? TimeSpan.FromHours(int.Parse(parts[1][..^1], null)) : TimeSpan.FromMinutes(int.Parse(parts[1][..^1], null)));
        var zone = TimeZoneInfo.FindSystemTimeZoneById(parts[2]);
        return Period(TimeZoneInfo.ConvertTime(at, zone).Date) == Period(TimeZoneInfo.ConvertTime(Now, zone).Date);

        long Period(DateTime day) => parts[1] switch { "day" => day.Ticks, "week" => (day.Ticks / TimeSpan.TicksPerDay) / 7, _ => (12 * day.Year) + day.Month };
    }

    private static BigInteger Sum(IEnumerable<UInt128> amounts) => amounts.Aggregate(BigInteger.Zero, (sum, amount) => sum + (BigInteger)amount);
}

/// <summary>A hold that was granted.</summary>
internal sealed class Grant(string id, HoldKind kind, string asset, string? session, string? tool, UInt128 amount, DateTimeOffset expiresAt)
{
    internal string Id => id;

    internal HoldKind Kind => kind;

    internal UInt128 Amount => amount;

    internal DateTimeOffset ExpiresAt => expiresAt;

    internal bool IsOpen { get; set; } = true;

    /// <summary>A model's hold is over when it expires; a payment's waits for somebody who knows.</summary>
    internal bool IsOpenAt(DateTimeOffset now) => IsOpen && (kind == HoldKind.Payment || expiresAt > now);

    internal UInt128 Posted { get; set; }

    internal UInt128 Overrun { get; set; }

    internal DateTimeOffset PostedAt { get; set; }

    /// <summary>The limits, by scope and window, that were in force when it was spent.</summary>
    internal HashSet<(string Scope, string Window)> CountedBy { get; } = [];

    internal bool IsIn(BudgetLimit limit) =>
        limit.Asset == asset && (limit.Scope == "agent" || limit.Scope == "session:" + session || limit.Scope == "tool:" + tool);
}
