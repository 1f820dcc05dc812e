using AgentMesh.Payments.Sweeping;

namespace AgentMesh.Payments.Tests.Sweeping;

public sealed class OpenPaymentsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = Now.AddSeconds(60);

    [Fact]
    public void Note_OfOneThatIsThere_KeepsItsTime()
    {
        var noted = OpenPayments.Empty.Note(["a", "b", "a"], Now);
        Assert.Equal([new OpenPayment("a", Now), new OpenPayment("b", Now)], noted.All);
        Assert.Same(noted, noted.Note(["b", "a"], Later));
        Assert.Equal([new OpenPayment("a", Now), new OpenPayment("b", Now), new OpenPayment("c", Later)], noted.Note(["b", "c"], Later).All);
    }

    [Theory]
    [InlineData(1023, 1, 1024)]
    [InlineData(1024, 1, 1024)]
    [InlineData(1022, 5, 1024)]
    public void Note_BeyondTheRoom_IsLeftOut(int there, int noted, int expected)
    {
        var full = OpenPayments.Empty.Note([.. Enumerable.Range(0, there).Select(n => $"{n}")], Now);
        Assert.Equal(expected, full.Note([.. Enumerable.Range(there, noted).Select(n => $"{n}")], Now).All.Length);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    public void Take_HandsOutWhatIsDue(int afterMs, int taken)
    {
        var part = OpenPayments.Empty.Note(["a"], Now);
        var (after, due) = part.Take(Now.AddMilliseconds(afterMs), 10, Later);
        Assert.Equal(taken, due.Length);
        Assert.Equal(taken == 1 ? Later : Now, Assert.Single(after.All).At);
        if (taken == 0)
            Assert.Same(part, after);
    }

    [Fact]
    public void Take_HandsOutTheEarliest_OnceWhileTheyAreTaken()
    {
        var part = OpenPayments.Empty.Note(["late"], Now.AddSeconds(2)).Note(["early"], Now).Note(["middle"], Now.AddSeconds(1));
        var (after, due) = part.Take(Now.AddSeconds(5), 2, Later);
        Assert.Equal(["early", "middle"], due.Select(one => one.Id));
        Assert.Equal(["late"], after.Take(Now.AddSeconds(5), 10, Later).Taken.Select(one => one.Id));
        // Whoever has taken them is dead.
        Assert.Equal(3, after.Take(Later, 10, Later.AddSeconds(60)).Taken.Length);
    }

    [Fact]
    public void Settle_MovesOrRemoves_AndLeavesToAnotherWhatItHasTaken()
    {
        var (part, due) = OpenPayments.Empty.Note(["a"], Now).Take(Now, 10, Later);
        Assert.Equal([new OpenPayment("a", Later.AddSeconds(1))], part.Settle(due[0], Later.AddSeconds(1)).All);
        Assert.Empty(part.Settle(due[0], null).All);
        var (taken, _) = part.Take(Later, 10, Later.AddSeconds(60));
        Assert.Same(taken, taken.Settle(due[0], null));
        Assert.Same(OpenPayments.Empty, OpenPayments.Empty.Settle(due[0], Later));
    }
}
