using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Schedules;
using AgentMesh.Agents.Summaries;
using AgentMesh.Agents.Turns;

namespace AgentMesh.Agents.Tests.Conversation;

/// <summary>An operator is told what does not fit together in an agent's records: it is where to begin to look.</summary>
public sealed class DamageTests
{
    public static TheoryData<string, Action<FakeAgentState>> Damages => new()
    {
        { "the head contradicts itself", state => state.Agent.Head = state.Agent.Head! with { MessageCount = -1 } },
        { "page 1 is missing", state => state.Agent.Pages.Clear() },
        { "page 1 has 1 messages of 2", state => state.Agent.Pages[1] = new MessagePage(state.Agent.Pages[1].Messages.RemoveAt(1)) },
        { "a session is ahead of the head", state => state.Agent.Sessions[state.Session] = state.Agent.Sessions[state.Session] with { LastSeq = 99 } },
        { "0 turns of 1 are there", state => state.Agent.Head = state.Agent.Head! with { OpenTurns = 1 } },
        { "idempotency keys are missing", state => state.Agent.Buckets.Clear() },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Damage_IsNamed(string what, Action<FakeAgentState> damage)
    {
        var state = FakeAgentState.Create();
        damage(state);
        var refusals = new[] { state.Agent.Post("again", key: "k").Refusal, state.Agent.Post("again", session: state.Session).Refusal };
        Assert.Contains(refusals, refusal => refusal?.Detail == $"The agent's stored state is damaged ({what}); nothing is done until an operator has looked.");
    }

    [Fact]
    public async Task DamageThatReadersFind_IsNamed()
    {
        var pages = StoredPages.OfSeqs([1], [2], [3]);
        pages.Pages[1] = MessagePage.Empty;
        Assert.Contains("(page 2 is missing)", (await pages.ReadAsync(10)).Refusal!.Detail, StringComparison.Ordinal);
        Assert.Contains("(the answer with seq 7 is not in page 1)", MessagePosting.Find(new RepeatedPost(new PagePointer(1, 7), null), pages.Pages[0]).Refusal!.Detail, StringComparison.Ordinal);
        var scheduled = pages.Head with { NextSchedule = FakeAgent.Start };
        Assert.Contains("(the schedules are missing)", ScheduleTable.Open(scheduled, null).Refusal!.Detail, StringComparison.Ordinal);
        var turn = new OpenTurn(9, "default", 1, 1, FakeAgent.Start, FakeAgent.Start, FakeAgent.Start, null);
        var context = await ContextReader.ReadAsync(
            pages.Head, null, null, turn, new SummaryRules(1024), (n, _) => ValueTask.FromResult<MessagePage?>(StoredPages.OfSeqs([1], [2], [3]).Pages[n - 1]), TestContext.Current.CancellationToken);
        Assert.Contains("(the message of turn 9 is missing)", context.Refusal!.Detail, StringComparison.Ordinal);
    }

    /// <summary>An agent with a message in each of two sessions, one of them with a key.</summary>
    public sealed class FakeAgentState
    {
        internal FakeAgent Agent { get; } = new();

        internal string Session { get; private set; } = "";

        internal static FakeAgentState Create()
        {
            var state = new FakeAgentState();
            state.Session = state.Agent.CreateSession("s").Value!.Id;
            state.Agent.Post("hi", key: "k");
            state.Agent.Post("hi", session: state.Session);
            return state;
        }
    }
}
