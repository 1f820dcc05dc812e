using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Sessions;
using CsCheck;

namespace AgentMesh.Agents.Tests.Budgets;

/// <summary>Ledgers for the tests of stored records.</summary>
internal static class SampleLedger
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private static readonly Gen<UInt128> Amounts = Gen.ULong.Select(Gen.ULong, (high, low) => new UInt128(high, low));

    private static readonly Gen<DateTimeOffset> Times = Gen.Long[0, 253_402_300_799_999].Select(DateTimeOffset.FromUnixTimeMilliseconds);

    private static readonly string[] WindowTexts = ["once", "rolling:90m", "calendar:month:Europe/Berlin", "calendar:day:No/Where"];

    private static readonly Gen<BudgetWindow> Windows =
        Gen.Int[0, 3].Select(n => BudgetWindow.Read(WindowTexts[n])!);

    private static readonly Gen<MeterSlice> Slices = Times.Select(Amounts, (at, amount) => new MeterSlice(at, amount));

    private static readonly Gen<FundsHold> Holds =
        from amounts in Amounts.Array[3]
        from kind in Gen.Enum<HoldKind>()
        from state in Gen.Enum<HoldState>()
        from times in Times.Array[3]
        from isBare in Gen.Bool
        select new FundsHold(
            $"{kind}/{state}", kind, FakeLedger.Usdc, amounts[0], amounts[1], state, amounts[2], isBare ? null : "default", isBare ? null : "shop", times[0], times[1],
            isBare ? null : times[2])
        {
            Grant = isBare ? null : "mail:12",
        };

    /// <summary>Any ledger.</summary>
    internal static Gen<object> Any { get; } =
        from seen in Times
        from amount in Amounts
        from window in Windows
        from slices in Slices.Array[0, 61]
        from overrun in Slices.Nullable()
        from open in Holds.Array[0, 5]
        from settled in Holds.Array[0, 5]
        from isBare in Gen.Bool
        select (object)new Ledger(
            seen,
            isBare ? null : [new BudgetLimit("agent", BudgetAssets.Usd, window, amount)],
            [new Meter("agent", BudgetAssets.Usd, window, [.. slices], overrun, isBare ? null : new ToldThreshold(80, seen))],
            [.. open],
            [.. settled])
        {
            Grants = isBare ? [] : [new FundsGrant("mail:12", BudgetAssets.Usd, amount, amount / 2, "41")],
        };

    /// <summary>The one of the fixture.</summary>
    internal static Ledger Fixture { get; } = new(
        At,
        [FakeLedger.Limit("agent", FakeLedger.Usdc, "calendar:day:Europe/Berlin", UInt128.MaxValue), FakeLedger.Limit("tool:shop", BudgetAssets.Usd, "rolling:24h", 50_000_000)],
        [
            new Meter("agent", FakeLedger.Usdc, BudgetWindow.TryParse("calendar:day:Europe/Berlin")!, [new MeterSlice(At, UInt128.MaxValue / 2)], null, new ToldThreshold(50, At)),
            new Meter(
                "tool:shop", BudgetAssets.Usd, BudgetWindow.TryParse("rolling:24h")!, [new MeterSlice(At.AddHours(-1), 40_000_000), new MeterSlice(At, 1)],
                new MeterSlice(At, 250_000), null),
        ],
        [
            new FundsHold("5/1", HoldKind.Model, BudgetAssets.Usd, 3_000_000, 2_000_000, HoldState.Held, 0, SessionId.Of("r1", null), "shop", At, At.AddMinutes(5), null),
            new FundsHold("41/1", HoldKind.Model, BudgetAssets.Usd, 50_000, 50_000, HoldState.Held, 0, "default", null, At, At.AddMinutes(5), null) { Grant = "mail:12" },
            new FundsHold("mail:12-a", HoldKind.Delegation, BudgetAssets.Usd, 250_000, 250_000, HoldState.Held, 0, null, null, At, At.AddHours(26), null),
            new FundsHold("p1", HoldKind.Payment, FakeLedger.Usdc, 100_000, 100_000, HoldState.Unknown, 0, null, null, At, At.AddMinutes(5), null),
        ],
        [new FundsHold("p0", HoldKind.Payment, FakeLedger.Usdc, 100_000, 100_000, HoldState.Posted, 90_000, "default", "shop", At, At.AddMinutes(5), At.AddSeconds(1))])
    {
        Grants = [new FundsGrant("mail:12", BudgetAssets.Usd, 250_000, 100_000, "41")],
    };

    /// <summary>What makes a ledger: its lists have no equality of their own.</summary>
    internal static IEnumerable<object> PartsOf(Ledger ledger) =>
    [
        ledger.SeenAt, ledger.V, .. ledger.Limits?.Cast<object>() ?? ["none"], .. ledger.Open, .. ledger.Settled, .. ledger.Grants,
        .. ledger.Meters.Select(meter => meter with { Slices = [] }), .. ledger.Meters.SelectMany(meter => meter.Slices).Cast<object>(),
    ];
}
