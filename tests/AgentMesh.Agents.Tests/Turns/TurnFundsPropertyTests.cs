using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Tests.Conversation;
using AgentMesh.Agents.Turns;
using CsCheck;

namespace AgentMesh.Agents.Tests.Turns;

/// <summary>
/// Whatever happens in whatever order, to turns that cost something: runs that die or speak too late, repeats, pauses, limits that move. Every message
/// ends in exactly one answer or one error, or is paused; nothing is set aside beyond the limit then in force; and what counts in the end is what was
/// told, and all that was held where nothing was.
/// </summary>
public sealed class TurnFundsPropertyTests
{
    private static readonly Gen<(int Action, int Which, int Seconds, int Amount)[]> Steps =
        Gen.Select(Gen.Int[0, 12], Gen.Int[0, 3], Gen.Int[0, 20], Gen.Int[0, 1000]).Array[0, 80];

    [Fact]
    public void Budget_IsNeverExceeded_AndEveryMessageEndsOnceOrIsPaused() => Steps.Sample(steps =>
    {
        var world = new World();
        foreach (var step in steps)
            world.Do(step);
        world.Finish();
    });

    /// <summary>An agent, those who run its turns, and what they know of the money.</summary>
    private sealed class World
    {
        private readonly FakeAgent _agent = new();
        private readonly string[] _sessions;
        private readonly List<TurnRun> _runs = [];

        /// <summary>What each hold was, and what it must count for in the end.</summary>
        private readonly Dictionary<string, long> _counts = [];

        private long _limit = 2000;

        public World()
        {
            _agent.Rules = _agent.Rules with { AnswersAtOnce = false };
            _sessions = ["default", _agent.CreateSession("a").Value!.Id, _agent.CreateSession("b").Value!.Id];
            SetLimit(_limit);
        }

        private long Used => _agent.Ledger.View(_agent.Budget, _agent.Now).Sum(view => (long)(view.Posted + view.Held));

        public void Do((int Action, int Which, int Seconds, int Amount) step)
        {
            var (action, which, seconds, amount) = step;
            _agent.Now += TimeSpan.FromSeconds(seconds);
            var before = Used;
            var run = _runs.Count == 0 ? default : _runs[which * (_runs.Count - 1) / 3];
            switch (action)
            {
                case <= 2: _agent.Post("message", session: _sessions[which % 3], ifBusy: action == 2 ? "interrupt" : null); break;
                case <= 5: HoldCall(run, amount, isTold: action != 5); break;
                case 6: Tell(run, amount, last => _agent.Complete(run.Turn, run.Attempt, "answer", lastMicroUsd: last)); break;
                case 7: Tell(run, amount, last => _agent.Fail(run.Turn, run.Attempt, which > 1, last)); break;
                case 8: _agent.Renew(run.Turn, run.Attempt); break;
                case 9: _agent.Cancel(run.Turn); break;
                case 10: SetLimit(_limit + (which - 1) * amount); break;
                case 11: _agent.Resume(run.Turn); break;
                default: _agent.Advance(); break;
            }

            _runs.AddRange(_agent.Runs);
            Assert.True(Used <= Math.Max(_limit, before), $"{Used} of {_limit} after {before}");
            Assert.Equal(0, _agent.Ledger.View(_agent.Budget, _agent.Now).Sum(view => (long)view.Overrun));
            AssertTurns();
        }

        /// <summary>The limit is raised, the model comes back, and all ends.</summary>
        public void Finish()
        {
            SetLimit(1_000_000);
            for (var n = 0; _agent.Turns is not null; n++)
            {
                Assert.True(n < 1000);
                foreach (var run in _agent.Runs)
                    Tell(run, 0, last => _agent.Complete(run.Turn, run.Attempt, "answer", lastMicroUsd: last));
                _agent.Now += TimeSpan.FromSeconds(15);
                _agent.Advance();
            }

            Assert.DoesNotContain(_agent.Ledger.Advance(_agent.Budget, _agent.Now).Open, hold => hold.IsOpen);
            Assert.Equal(_counts.Values.Sum(), Used);
            var events = _agent.Head!.LastSeq == 0 ? [] : _agent.Read(0).Value!.Events;
            var asked = events.Where(logged => logged.Entry is UserMessageEntry).Select(logged => logged.Seq).ToList();
            var ended = events.Where(logged => logged.Entry is ErrorEntry or AssistantMessageEntry)
                .Select(logged => logged.Entry is ErrorEntry error ? error.Turn : ((AssistantMessageEntry)logged.Entry).Turn);
            Assert.Equal(asked, ended.Order());
        }

        private void HoldCall(TurnRun run, int amount, bool isTold)
        {
            if (_agent.Turns?.Find(run.Turn) is not { } turn || turn.Attempt != run.Attempt)
            {
                Assert.Equal("turn_lost", run.Turn == 0 ? "turn_lost" : _agent.HoldCall(run.Turn, run.Attempt, 1, amount, amount / 2).Refusal?.Code);
                return;
            }

            // Told twice now and then, as when an answer was lost.
            var last = turn.Call > 0 && isTold ? KnownCost(turn, amount) : null;
            var granted = _agent.HoldCall(run.Turn, run.Attempt, turn.Call + 1, amount + 1, amount / 2, last);
            var runs = _agent.Runs;
            if (turn.Pause is null && last is { } cost)
                _counts[IdOf(turn)] = cost;
            if (granted.Value?.GrantedMicroUsd is { } held)
                _counts[IdOf(turn with { Call = turn.Call + 1 })] = held;
            if (amount % 2 == 0 && granted.Value is { } first && _agent.Turns.Find(run.Turn)?.Attempt == run.Attempt)
                Assert.Equal(first.GrantedMicroUsd, _agent.HoldCall(run.Turn, run.Attempt, turn.Call + 1, amount + 1, amount / 2, last).Value!.GrantedMicroUsd);
            _runs.AddRange(runs);
        }

        /// <summary>A run is over, and says what its last try has cost.</summary>
        private void Tell(TurnRun run, int amount, Func<long?, AgentMesh.Primitives.Refusal?> tell)
        {
            var turn = _agent.Turns?.Find(run.Turn);
            var last = turn is { Call: > 0 } && turn.Attempt == run.Attempt && amount % 3 > 0 ? KnownCost(turn, amount) : null;
            if (tell(last) is null && last is { } cost && turn is not null)
                _counts[IdOf(turn)] = cost;
        }

        // No more than is held; not known for a hold that has expired, which counts in full by then.
        private long? KnownCost(OpenTurn turn, int amount) =>
            _agent.Ledger.Find(IdOf(turn)) is { IsOpen: true } hold && hold.ExpiresAt > _agent.Now ? Math.Min(amount, (long)hold.Amount) : null;

        private void SetLimit(long limit)
        {
            _limit = Math.Max(0, limit);
            _agent.SetLimits(new BudgetLimit(BudgetScopes.Agent, BudgetAssets.Usd, BudgetWindow.TryParse("once")!, (UInt128)_limit));
        }

        private void AssertTurns()
        {
            var open = _agent.Turns?.Open ?? [];
            Assert.All(open.Where(turn => turn.Attempt > 0).GroupBy(turn => turn.Session), running => Assert.Single(running));
            Assert.All(open, turn => Assert.False(turn.Pause is not null && turn.Call > 0));
            Assert.Equal(
                (open.Length, open.Count(turn => turn.Pause is not null || turn.Attempt == 0 && open.Any(other => other.Session == turn.Session && other.Pause is not null))),
                (_agent.Head!.OpenTurns, _agent.Head.PausedTurns));
        }

        private static string IdOf(OpenTurn turn) => $"turn:{turn.Turn}:{turn.Attempt}:{turn.Call}";
    }
}
