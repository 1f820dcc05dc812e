using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.TenantBudgets;
using AgentMesh.Primitives;
using CsCheck;

namespace AgentMesh.Agents.Tests.TenantBudgets;

/// <summary>Whatever dies, is repeated, is lost or comes late: what the holders have spent is within the limit, in every window there is.</summary>
public sealed class TenantLedgerPropertyTests
{
    private const int Holders = 10;
    private const int Limit = 150_000_000;

    private static readonly Gen<Step> Steps = Gen.Select(
        Gen.Frequency((10, Gen.Const(Act.Reserve)), (6, Gen.Const(Act.Return)), (2, Gen.Const(Act.Renew)), (1, Gen.Const(Act.Settle)), (1, Gen.Const(Act.Die)),
            (3, Gen.Const(Act.Wait)), (1, Gen.Const(Act.WaitLong)), (2, Gen.Const(Act.Repeat))),
        Gen.Int[0, Holders - 1],
        Gen.Int[0, 20_000_000],
        Gen.Int[0, 99],
        (act, holder, amount, chance) => new Step(act, holder, (UInt128)amount, chance));

    /// <summary>150 USDC in a day, and ten processes.</summary>
    [Theory]
    [InlineData("rolling:24h")]
    [InlineData("rolling:10m")]
    [InlineData("calendar:day:Europe/Berlin")]
    [InlineData("once")]
    public void Holders_NeverSpendMoreThanTheLimit(string window) => Steps.Array[1, 200].Sample(steps => Run(steps, BudgetWindow.TryParse(window)!), iter: 1000);

    private static void Run(Step[] steps, BudgetWindow window)
    {
        var world = new World(window);
        foreach (var step in steps)
            world.Do(step);
    }

    private enum Act
    {
        Reserve,
        Return,
        Renew,
        Settle,
        Die,
        Wait,
        WaitLong,
        Repeat,
    }

    private sealed record Step(Act Act, int Holder, UInt128 Amount, int Chance);

    /// <summary>The tenant, its holders, messages that were said before, and an account of all that was ever spent.</summary>
    private sealed class World
    {
        private readonly BudgetWindow _window;
        private readonly FakeTenant _tenant;
        private readonly FakeHolder[] _holders = [.. Enumerable.Range(0, Holders).Select(n => new FakeHolder($"p{n}"))];
        private readonly List<Action> _said = [];
        private readonly List<(DateTimeOffset At, UInt128 Amount)> _spent = [];

        internal World(BudgetWindow window) => (_window, _tenant) = (window, FakeTenant.With(Limit, window.ToString()));

        internal void Do(Step step)
        {
            var holder = _holders[step.Holder];
            switch (step.Act)
            {
                case Act.Reserve when !TryReserve(holder, step.Amount):
                    Take(holder, step.Amount, step.Amount * (UInt128)(step.Chance % 4), step.Chance);
                    TryReserve(holder, step.Amount);
                    break;
                case Act.Return when holder.Reserved.Count > 0 && _tenant.Now < holder.EndsAt:
                    var n = step.Chance % holder.Reserved.Count;
                    var unspent = UInt128.Min(holder.Reserved[n], step.Amount);
                    Unspend(holder.Reserved[n], unspent);
                    holder.Return(n, unspent);
                    break;
                case Act.Renew when _tenant.Now < holder.EndsAt:
                    Take(holder, 0, step.Amount, step.Chance);
                    break;
                case Act.Settle when _tenant.Now < holder.EndsAt:
                    var (id, revision, spent) = holder.Settle();
                    Say(() => _tenant.Settle(id, revision, (int)spent), step.Chance);
                    break;
                case Act.Die:
                    holder.Forget();
                    break;
                case Act.Wait:
                    _tenant.Now += TimeSpan.FromSeconds(step.Chance);
                    break;
                case Act.WaitLong:
                    _tenant.Now += TimeSpan.FromMinutes(step.Chance * 20);
                    break;
                case Act.Repeat when _said.Count > 0:
                    _said[(int)(step.Amount % (UInt128)_said.Count)]();
                    break;
            }

            Check();
        }

        private bool TryReserve(FakeHolder holder, UInt128 amount)
        {
            if (!holder.TryReserve(amount, _tenant.Now))
                return false;
            _spent.Add((_tenant.Now, amount));
            return true;
        }

        /// <summary>The question or its answer may be lost, or the answer may take its time.</summary>
        private void Take(FakeHolder holder, UInt128 more, UInt128 wanted, int chance)
        {
            var told = holder.WhyNot(_tenant.Ledger, more, _tenant.Now);
            var (request, askedAt) = (holder.Ask(more, wanted), _tenant.Now);
            CheckWhatWasTold(told, request);
            LeaseStep? answer = null;
            Say(() => answer = _tenant.Ledger.Take(request, null, _tenant.Now) is { Value: { } step } ? Keep(step) : new LeaseStep(_tenant.Ledger, null, null), chance);
            if (chance % 7 == 0)
                _tenant.Now += TimeSpan.FromSeconds(chance);
            if (answer is not null && chance % 10 != 1)
                holder.Hear(answer, askedAt);
        }

        /// <summary>Who asks whether there is so much is told what who takes it is. A lease that has ended meanwhile is followed by a new one.</summary>
        private void CheckWhatWasTold(Refusal? told, LeaseRequest request)
        {
            var taken = _tenant.Ledger.Take(request, null, _tenant.Now);
            if (!taken.IsRefused)
                Assert.Equal(taken.Value.Why?.Code, told?.Code);
        }

        private LeaseStep Keep(LeaseStep step)
        {
            _tenant.Ledger = step.Ledger;
            return step;
        }

        private void Say(Action message, int chance)
        {
            _said.Add(message);
            if (chance % 10 != 0)
                message();
        }

        /// <summary>Of what was set aside the last of that size was not spent, or not all of it.</summary>
        private void Unspend(UInt128 amount, UInt128 unspent)
        {
            var n = _spent.FindLastIndex(one => one.Amount == amount);
            _spent[n] = (_spent[n].At, amount - unspent);
        }

        private void Check() => Assert.True(
            _spent.Where(one => _window.Has(one.At, _tenant.Now)).Aggregate(UInt128.Zero, (sum, one) => sum + one.Amount) <= (UInt128)Limit,
            $"More than {Limit} was spent in {_window} at {_tenant.Now:O}.");
    }
}
