using System.Collections.Immutable;
using System.Numerics;
using AgentMesh.Agents.Budgets;

namespace AgentMesh.Agents.Tests.Budgets;

/// <summary>
/// Random lives of a ledger: every verb, repeated, replayed after a lost step, stored and read again, over limits that are lowered, raised, taken away and
/// set again, and a clock that jumps both ways. After every step no grant is over a limit then in force, by <see cref="SpendingOracle"/>.
/// </summary>
public sealed class LedgerPropertyTests
{
    private static readonly int Seeds = Lives.Of(2000);
    private const int Steps = 60;

    private static readonly string[] Windows =
        ["once", "rolling:1m", "rolling:1h", "rolling:24h", "rolling:48h", "calendar:day:Europe/Berlin", "calendar:week:UTC", "calendar:month:America/New_York"];

    private static readonly string?[] Sessions = [null, "default", "aaaaaaaaaaaaaaaaaaaaaaaaaa"];

    private static readonly string?[] Tools = [null, "shop"];

    private static readonly string[] Assets = [BudgetAssets.Usd, FakeLedger.Usdc];

    // Around the lengths of windows, to the millisecond, and nothing at all.
    private static readonly long[] StepsMs =
        [0, 0, 0, 1, 999, 59_999, 60_000, 60_001, 120_000, 3_599_999, 3_600_000, 3_660_000, 43_200_000, 86_399_999, 86_400_000, 87_840_000, 200_000_000, -1, -60_000, -86_400_000];

    [Fact]
    public void NoHold_IsGrantedOverALimitThatIsInForce()
    {
        var granted = 0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            var life = new Life(seed);
            for (var step = 0; step < Steps; step++)
            {
                try
                {
                    life.Step();
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    throw new InvalidOperationException($"Seed {seed}, step {step}: {failure.Message}", failure);
                }
            }

            granted += life.Granted;
        }

        // A ledger that grants nothing would pass the rest.
        Assert.InRange(granted, Seeds * Steps / 20, int.MaxValue);
    }

    private sealed class Life
    {
        private readonly Random _random;
        private readonly UInt128 _unit;
        private readonly SpendingOracle _oracle = new();
        private readonly Dictionary<string, HoldRequest> _asked = [];
        private readonly BudgetRules _rules;
        private Ledger _ledger = Ledger.Empty;
        private DateTimeOffset _now;

        internal Life(int seed)
        {
            _random = new Random(seed);
            // Some lives spend amounts whose sums do not fit.
            _unit = seed % 5 == 0 ? UInt128.MaxValue / 150 : 1;
            _now = DateTimeOffset.UnixEpoch.AddDays(20_000).AddMilliseconds(_random.NextInt64(0, 86_400_000L * 400));
            _rules = new BudgetRules(Limits());
            _oracle.InForce = _rules.Defaults;
        }

        internal int Granted { get; private set; }

        internal void Step()
        {
            _now += TimeSpan.FromMilliseconds(StepsMs[_random.Next(StepsMs.Length)]);
            _oracle.See(_now);
            switch (_random.Next(12))
            {
                case < 5:
                    Hold(Request());
                    break;
                case 5 when _asked.Count > 0:
                    Hold(Any(_asked.Values));
                    break;
                case < 8:
                    Post();
                    break;
                case 8:
                    Void();
                    break;
                case 9:
                    Apply(_ledger.MarkUnknown(AnyId(), _rules, _now).Value?.Ledger);
                    break;
                case 10:
                    Set();
                    break;
                default:
                    Apply(_ledger.Advance(_rules, _now));
                    break;
            }

            Check();
        }

        private void Hold(HoldRequest request)
        {
            var step = Twice(() => _ledger.Hold(request, _rules, _now));
            if (step.Refusal is { Code: "budget_exceeded" or "budget_locked" or "budget_no_limit" } || step.IsRefused)
                return;
            var isNew = _ledger.Advance(_rules, _now).Find(request.Id) is null;
            Apply(step.Value.Ledger);
            if (!isNew)
                return;
            Assert.InRange(step.Value.Hold.Amount, request.Least, request.Amount);
            _asked[request.Id] = request;
            _oracle.Grant(request, step.Value.Hold.Amount);
            Granted++;
            if (step.Value.Hold.Amount > 0)
                CheckGrant(request);
        }

        private void Post()
        {
            var id = AnyId();
            var open = _oracle.Open(id);
            var actual = open is null ? 0 : UInt128.Min(open.Amount, (UInt128)_random.Next(60) * _unit);
            // A model now and then costs more than its hold.
            if (open is { Kind: HoldKind.Model } && _random.Next(8) == 0 && open.Amount < UInt128.MaxValue / 2)
                actual = open.Amount + ((UInt128)_random.Next(20) * _unit);
            var step = Twice(() => _ledger.Post(id, actual, _rules, _now));
            Apply(step.Value?.Ledger);
            if (step.IsRefused)
                return;
            var spent = step.Value.Hold.Posted;
            _oracle.Post(id, spent, open is null ? 0 : actual - spent);
        }

        private void Void()
        {
            var id = AnyId();
            var step = Twice(() => _ledger.Void(id, _rules, _now));
            Apply(step.Value?.Ledger);
            if (!step.IsRefused)
                _oracle.Void(id);
        }

        private void Set()
        {
            var limits = Limits();
            Apply(_ledger.SetLimits(limits, _rules, _now).Value!.Ledger);
            _oracle.InForce = limits;
        }

        /// <summary>A step that was lost before it was stored is done again; what comes of it is what counts.</summary>
        private T Twice<T>(Func<T> step)
        {
            var first = step();
            if (_random.Next(10) > 0)
                return first;
            _now += TimeSpan.FromMilliseconds(_random.Next(2) * 1000);
            _oracle.See(_now);
            return step();
        }

        private void Apply(Ledger? after)
        {
            if (after is null)
                return;
            _ledger = _random.Next(4) == 0 ? FakeLedger.Reload(after) : after;
            if (after.SeenAt >= _oracle.Now)
                _oracle.Store();
        }

        /// <summary>At every limit that the grant counts for.</summary>
        private void CheckGrant(HoldRequest request)
        {
            Assert.Contains(_oracle.InForce, limit => limit.Scope == "agent" && limit.Asset == request.Asset);
            foreach (var limit in _oracle.LimitsOn(request))
                Assert.True(_oracle.Spent(limit) + _oracle.Held(limit) <= (BigInteger)limit.Amount, $"{limit} has {_oracle.Spent(limit)} and {_oracle.Held(limit)}.");
        }

        /// <summary>What the ledger shows is never less than what was spent, and what is held is what is held.</summary>
        private void Check()
        {
            foreach (var view in _ledger.View(_rules, _now))
            {
                Assert.Equal(BigInteger.Min((BigInteger)UInt128.MaxValue, _oracle.Held(view.Limit)), (BigInteger)view.Held);
                Assert.True((BigInteger)view.Posted + (BigInteger)view.Overrun >= BigInteger.Min((BigInteger)UInt128.MaxValue, _oracle.Spent(view.Limit)), $"{view} but {_oracle.Spent(view.Limit)}.");
                Assert.True(view.Available == 0 || (BigInteger)view.Posted + (BigInteger)view.Held + (BigInteger)view.Available == (BigInteger)view.Limit.Amount, $"{view}");
            }
        }

        private HoldRequest Request()
        {
            var kind = _random.Next(2) == 0 ? HoldKind.Payment : HoldKind.Model;
            var amount = (UInt128)_random.Next(60) * _unit;
            var least = kind == HoldKind.Payment ? amount : amount / 3;
            return new HoldRequest(
                $"hold {_random.Next(40)}", kind, Any(Assets), amount, least, Any(Sessions), Any(Tools), _now.AddMilliseconds(_random.Next(1, 10) * 30_000));
        }

        private ImmutableArray<BudgetLimit> Limits() =>
        [
            .. from n in Enumerable.Range(0, _random.Next(1, 7))
               let scope = _random.Next(3) switch { 0 => "tool:shop", 1 => "session:" + Any(Sessions[1..]), _ => "agent" }
               let limit = FakeLedger.Limit(scope, Any(Assets), Any(Windows), (UInt128)_random.Next(150) * _unit)
               group limit by (limit.Scope, limit.Asset, limit.Window) into same
               select same.First(),
        ];

        private string AnyId() => _asked.Count == 0 ? "none" : Any(_asked.Keys);

        private T Any<T>(IReadOnlyCollection<T> all) => all.ElementAt(_random.Next(all.Count));
    }
}
