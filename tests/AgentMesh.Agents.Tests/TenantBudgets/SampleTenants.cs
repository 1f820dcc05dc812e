using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Freezing;
using AgentMesh.Agents.TenantBudgets;
using AgentMesh.Agents.Tests.Budgets;
using CsCheck;

namespace AgentMesh.Agents.Tests.TenantBudgets;

/// <summary>Records of freezes and tenants' budgets for the tests of stored records.</summary>
internal static class SampleTenants
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private static readonly Gen<UInt128> Amounts = Gen.ULong.Select(Gen.ULong, (high, low) => new UInt128(high, low));

    private static readonly Gen<DateTimeOffset> Times = Gen.Long[0, 253_402_300_799_999].Select(DateTimeOffset.FromUnixTimeMilliseconds);

    private static readonly Gen<StoredLease> Leases =
        from amounts in Amounts.Array[2]
        from revision in Gen.Long[1, 1L << 48]
        from until in Times
        from ended in Times.Nullable()
        select new StoredLease($"lease{revision}", "holder", FakeTenant.Usdc, revision, amounts[0], amounts[1], until, ended);

    internal static FreezeRecord Freeze { get; } = new("Looks like a loop.", At);

    internal static TenantControl Control { get; } = new(3, Freeze, ["alice", "bob"], [BudgetAssets.Usd, FakeTenant.Usdc]);

    internal static TenantLedger Ledger { get; } = new(
        At,
        [FakeLedger.Limit("tenant", FakeTenant.Usdc, "rolling:24h", 150_000_000)],
        [new Meter("tenant", FakeTenant.Usdc, BudgetWindow.TryParse("rolling:24h")!, [new MeterSlice(At, 1_000_000)], null, null)],
        [
            new StoredLease("0011223344556677", "8899aabbccddeeff", FakeTenant.Usdc, 2, 9_000_000, 1_000_000, At.AddSeconds(60), null),
            new StoredLease("1122334455667788", "8899aabbccddeeff", FakeTenant.Usdc, 1, 500_000, 500_000, At, At),
        ]);

    internal static Gen<object> AnyFreeze { get; } = from reason in Gen.String.AlphaNumeric from at in Times select (object)new FreezeRecord(reason, at);

    internal static Gen<object> AnyControl { get; } =
        from version in Gen.Long[0, 1L << 48]
        from at in Times.Nullable()
        from agents in Gen.String.AlphaNumeric.Array[0, 5]
        select (object)new TenantControl(version, at is { } since ? new FreezeRecord("x", since) : null, [.. agents], [.. agents]);

    internal static Gen<object> AnyLedger { get; } =
        from seen in Times
        from amount in Amounts
        from leases in Leases.Array[0, 5]
        select (object)(Ledger with { SeenAt = seen, Limits = [FakeLedger.Limit("tenant", BudgetAssets.Usd, "calendar:week:UTC", amount)], Leases = [.. leases] });

    /// <summary>What makes a record: its lists have no equality of their own.</summary>
    internal static IEnumerable<object> PartsOf(TenantControl control) =>
        [control.Version, control.Frozen ?? (object)"none", .. control.Agents, "|", .. control.Assets];

    /// <inheritdoc cref="PartsOf(TenantControl)"/>
    internal static IEnumerable<object> PartsOf(TenantLedger ledger) =>
    [
        ledger.SeenAt, .. ledger.Limits, .. ledger.Leases, .. ledger.Meters.Select(meter => meter with { Slices = [] }),
        .. ledger.Meters.SelectMany(meter => meter.Slices).Cast<object>(),
    ];
}
