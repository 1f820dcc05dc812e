using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Tests.Budgets;
using AgentMesh.Agents.Tests.Conversation;
using AgentMesh.Agents.Turns;

namespace AgentMesh.Agents.Tests.Mail;

/// <summary>
/// Random lives of agents that write to each other: messages are brought twice, late and by runs that are long given up, answers of the store and of others
/// are lost, transactions are stored without their head, clocks jump. In the end everything that was accepted is there once, in its order, and no
/// delegate has spent more than it was given.
/// </summary>
public sealed class MailLivesTests
{
    private static readonly int Seeds = Lives.Of(150);
    private const int Steps = 250;

    [Fact]
    public void EveryMessage_IsThereOnce_InOrder_AndNoBudgetIsOverspent()
    {
        var (delivered, answered, lost, spent) = (0, 0, 0, 0);
        for (var seed = 0; seed < Seeds; seed++)
        {
            var life = new Life(seed);
            try
            {
                for (var step = 0; step < Steps; step++)
                    life.Step();
                life.Settle();
                life.Check();
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                throw new InvalidOperationException($"Seed {seed}: {failure.Message}", failure);
            }

            (delivered, answered, lost, spent) = (delivered + life.Delivered, answered + life.Answered, lost + life.LostHeads, spent + life.Spent);
        }

        // Lives in which nothing happens would pass the rest.
        Assert.InRange(delivered, Seeds * 20, int.MaxValue);
        Assert.InRange(answered, Seeds * 5, int.MaxValue);
        Assert.InRange(lost, Seeds * 5, int.MaxValue);
        Assert.InRange(spent, Seeds, int.MaxValue);
    }

    private sealed class Life
    {
        private const int Limit = 1_000_000;
        private static readonly string[] Names = ["default:alice", "default:bob", "default:carol"];

        private readonly Random _random;
        private readonly Dictionary<string, FakeAgent> _agents = [];
        private readonly List<(string From, string RequestId, MailDraft Draft, string? Key)> _asked = [];
        private readonly HashSet<string> _accepted = [];
        private readonly List<(string To, IncomingMail Mail)> _underWay = [];
        private readonly Dictionary<string, UInt128> _spentOf = [];
        private bool _isCalm;

        internal Life(int seed)
        {
            _random = new Random(seed);
            foreach (var name in Names)
            {
                _agents[name] = new FakeAgent
                {
                    Key = MailTests.Key(name),
                    Budget = new BudgetRules([FakeLedger.Limit("agent", BudgetAssets.Usd, "once", Limit)]),
                };
                _agents[name].Rules = _agents[name].Rules with { AnswersAtOnce = seed % 3 == 0 };
            }

            _agents["default:bob"].SetMailPolicy(MailReceipt.Answer);
            _agents["default:carol"].SetMailPolicy(MailReceipt.Answer);
        }

        internal int Delivered { get; private set; }

        internal int Answered { get; private set; }

        internal int LostHeads { get; private set; }

        internal int Spent { get; private set; }

        internal void Step()
        {
            foreach (var agent in _agents.Values)
                agent.LosesNextHead = !_isCalm && _random.Next(12) == 0;
            try
            {
                Act();
            }
            catch (LostHeadException)
            {
                LostHeads++;
            }

            foreach (var agent in _agents.Values)
                agent.LosesNextHead = false;
        }

        /// <summary>Nothing is lost any more, and everybody goes on until nothing is left to do.</summary>
        internal void Settle()
        {
            _isCalm = true;
            // Whoever asked and heard nothing asks again, as the gateway and callers with a key do.
            foreach (var (from, requestId, draft, key) in _asked.ToArray())
                Send(from, requestId, draft, key);
            for (var round = 0; round < 200; round++)
            {
                Pass(TimeSpan.FromMinutes(6));
                foreach (var name in Names)
                {
                    Resume(name);
                    Run(name);
                    _agents[name].AnswerMail();
                }

                while (_underWay.Count > 0)
                    Bring(0, isLost: false);
                if (_agents.Values.All(agent => agent.Head?.NextMail is null && agent.Turns is null))
                    return;
            }

            Assert.Fail("It does not come to an end.");
        }

        internal void Check()
        {
            foreach (var (name, agent) in _agents)
            {
                foreach (var (n, mail) in agent.SentMail.Where(sent => sent.Key <= (agent.Head?.MailOut ?? 0)))
                {
                    var there = _agents[mail.To].ReceivedMail.Where(received => received.Key <= _agents[mail.To].Head!.MailIn && received.Value.Id == mail.Id).ToArray();
                    Assert.True(mail.State == OutMailState.Delivered, $"{name} {n} is {mail.State} {mail.Reason}");
                    Assert.True(there.Length == 1, $"{name} {n} is {there.Length} times at {mail.To}");
                    Delivered++;
                    if (there[0].Value.State == InMailState.Answered || there[0].Value.State == InMailState.Failed)
                    {
                        var answers = agent.ReceivedMail.Count(received => received.Key <= agent.Head!.MailIn && received.Value.InReplyTo?.Id == mail.Id);
                        Assert.True(answers == 1, $"{name} {n} was answered {answers} times: {there[0].Value} {string.Join(" | ", _agents[mail.To].SentMail.Where(x => x.Value.InReplyTo?.Id == mail.Id))} {_agents[mail.To].Head!.MailOut}");
                        Answered++;
                    }
                }

                foreach (var other in Names.Where(other => other != name))
                {
                    var order = agent.ReceivedMail.Where(received => received.Key <= (agent.Head?.MailIn ?? 0) && received.Value.From == other).OrderBy(received => received.Key).Select(received => received.Value.FromN);
                    Assert.Equal(order.Order(), order);
                }
            }

            foreach (var id in _accepted)
                Assert.Contains(_agents.Values, agent => agent.SentMail.Values.Any(mail => mail.Id == id));
            foreach (var (id, spent) in _spentOf)
            {
                var funds = _agents.Values.SelectMany(agent => agent.SentMail.Values).Single(mail => mail.Id == id && mail.InReplyTo is null).Funds!;
                Assert.True(spent <= funds.Amount, $"{id} cost {spent} of {funds.Amount}");
                Spent++;
            }

            // Nothing is held for ever, and what was spent of it is what the ledgers have.
            foreach (var agent in _agents.Values)
            {
                Assert.DoesNotContain(agent.Ledger.Open, hold => hold.Kind == HoldKind.Delegation && agent.SentMail.Values.Any(mail => "mail:" + mail.Id == hold.Id));
                Assert.Empty(agent.Ledger.Grants);
            }
        }

        private void Act()
        {
            var name = Names[_random.Next(Names.Length)];
            switch (_random.Next(10))
            {
                case 0 or 1:
                    var to = Names.Where(other => other != name).ElementAt(_random.Next(2));
                    var key = _random.Next(3) == 0 ? $"k{_asked.Count}" : null;
                    var draft = MailTests.Draft($"m{_asked.Count}", to) with { Funds = _random.Next(3) == 0 ? new MailFunds(BudgetAssets.Usd, (UInt128)_random.Next(1, 1000)) : null };
                    _asked.Add((name, $"r{_asked.Count}", draft, key));
                    Send(name, _asked[^1].RequestId, draft, key);
                    break;
                case 2 when _asked.Count > 0:
                    var (from, requestId, again, sameKey) = _asked[_random.Next(_asked.Count)];
                    Send(from, requestId, again, sameKey);
                    break;
                case 3 or 4 or 5 when _underWay.Count > 0:
                    Bring(_random.Next(_underWay.Count), _random.Next(4) == 0);
                    break;
                case 6:
                    Pass(TimeSpan.FromSeconds(_random.Next(0, 40)));
                    Resume(name);
                    break;
                case 7:
                    if (_agents[name].Head is not null)
                        _agents[name].AnswerMail();
                    break;
                default:
                    Run(name);
                    break;
            }
        }

        private void Send(string from, string requestId, MailDraft draft, string? key)
        {
            var sent = _agents[from].Send(requestId, draft, key);
            if (sent.IsRefused)
            {
                _asked.RemoveAll(asked => asked.RequestId == requestId);
                return;
            }

            foreach (var id in sent.Value.Ids)
                _accepted.Add(id);
            Start(from, sent.Value.Step);
        }

        private void Start(string from, MailStep step)
        {
            foreach (var to in step.Due)
            {
                if (MailBook.Open(_agents[from].Head!, _agents[from].Mail).Value!.Line(to) is { } line)
                    _underWay.Add((to, _agents[from].ToIncoming(line.Open[0])));
            }
        }

        private void Resume(string name)
        {
            if (_agents[name].Head is { NextMail: { } at } && at <= _agents[name].Now)
                Start(name, _agents[name].ResumeMail().Value!);
        }

        /// <summary>Brings a message; sometimes its copy stays under way, and sometimes nobody hears the answer.</summary>
        private void Bring(int index, bool isLost)
        {
            var (to, mail) = _underWay[index];
            if (_isCalm || _random.Next(5) != 0)
                _underWay.RemoveAt(index);
            var taken = _agents[to].Deliver(mail);
            if (isLost)
                return;
            var sender = _agents[mail.From];
            if (taken.IsRefused)
            {
                sender.ReportUnreached(to, mail.N);
                return;
            }

            if (!sender.SentMail.ContainsKey(mail.N))
                return;
            if (sender.Report(to, mail.N, taken.Value.Refusal, taken.Value.IsToAnswer).Value?.Next is { } next)
                _underWay.Add((to, sender.ToIncoming(next)));
            // Answers that the receiver has sent are under way too.
            Queue(to);
        }

        /// <summary>Lines nobody works on in this test's memory are found by their reminder; new ones are due at once.</summary>
        private void Queue(string name)
        {
            foreach (var line in MailBook.Open(_agents[name].Head!, _agents[name].Mail).Value!.Lines)
            {
                if (!_underWay.Any(brought => brought.To == line.To && brought.Mail.From == name && brought.Mail.N == line.Open[0]))
                    _underWay.Add((line.To, _agents[name].ToIncoming(line.Open[0])));
            }
        }

        /// <summary>A run of a model: spends something of what it may, and ends.</summary>
        private void Run(string name)
        {
            var agent = _agents[name];
            if (agent.Head is null)
                return;
            agent.Advance();
            if (agent.Turns?.Open.FirstOrDefault(turn => turn is { Attempt: > 0, Pause: null }) is not { } turn)
                return;
            var grant = agent.Ledger.Grants.FirstOrDefault(grant => grant.Turn == TurnId.Of(turn.Turn));
            if (_random.Next(2) == 0 && agent.HoldCall(turn.Turn, turn.Attempt, turn.Call + 1, _random.Next(1, 700), 1, CostOf(agent, turn)).Value is { GrantedMicroUsd: null, Pause: null })
                return;
            if (_random.Next(3) != 0 && !_isCalm)
                return;
            turn = agent.Turns!.Find(turn.Turn)!;
            var cost = CostOf(agent, turn);
            if (_random.Next(4) == 0)
                agent.Fail(turn.Turn, turn.Attempt, lastMicroUsd: cost);
            else
                agent.Complete(turn.Turn, turn.Attempt, "done", lastMicroUsd: cost);
            if (grant is null)
                return;
            var mail = agent.ReceivedMail.Values.Single(received => received.Turn == turn.Turn);
            var after = agent.Ledger.Grants.FirstOrDefault(known => known.Id == grant.Id);
            _spentOf[mail.Id] = after?.Posted ?? 0;
        }

        /// <summary>A model costs at most what is held for it: what it costs beyond that locks its agent's budget.</summary>
        private long CostOf(FakeAgent agent, OpenTurn turn) => agent.Ledger.Find(turn.HoldId) is { } hold ? _random.Next(0, (int)hold.Amount + 1) : 0;

        private void Pass(TimeSpan time)
        {
            foreach (var agent in _agents.Values)
                agent.Now += time;
        }
    }
}
