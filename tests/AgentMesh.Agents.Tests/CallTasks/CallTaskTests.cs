using System.Globalization;
using AgentMesh.Agents.CallTasks;

namespace AgentMesh.Agents.Tests.CallTasks;

/// <summary>Names of work that goes on without whoever called for it.</summary>
public sealed class CallTaskTests
{
    internal static readonly CallTask OfTurn = new(new string('a', 32), "send_message", 7, null, Now, Now.AddHours(1));
    internal static readonly CallTask OfPayment = new(new string('b', 32), "premium_analysis", null, new string('c', 64), Now, Now.AddHours(1));

    /// <summary>It has asked twice by the same name, and was answered once.</summary>
    internal static readonly CallTask OfCall = new(
        new string('d', 32), "confirm", null, null, Now, Now.AddHours(1),
        new CallInput("{}", "s", [new CallQuestion("sure", """{"method":1}""", "{}"), new CallQuestion("sure", "{}", null)], false));

    private static DateTimeOffset Now => new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private static CallTaskTable Table => new([OfTurn, OfPayment]);

    [Theory]
    [InlineData("a", true, 0, true)]
    [InlineData("a", false, 0, false)]
    [InlineData("b", true, 0, true)]
    [InlineData("b", false, 0, true)]
    [InlineData("c", true, 0, false)]
    [InlineData("a", true, 3_599_999, true)]
    [InlineData("a", true, 3_600_000, false)]
    [InlineData("b", false, 3_600_000, false)]
    public void Task_IsFoundByWhomItWasMadeFor_UntilItExpires(string id, bool isOwner, int afterMs, bool isFound) =>
        Assert.Equal(isFound, Table.Find(new string(id[0], 32), isOwner, Now.AddMilliseconds(afterMs)) is not null);

    [Fact]
    public void NewTask_IsStored_AndLivesAnHour()
    {
        var step = CallTaskTable.Empty.CreateOfTurn(OfTurn.Id, "send_message", 7, Now.AddTicks(3)).Value!;
        Assert.Equal(OfTurn, step.Task);
        Assert.Equal([OfTurn], step.Table!.All);
        step = step.Table.CreateOfPayment(OfPayment.Id, "premium_analysis", OfPayment.PaymentId!, Now).Value!;
        Assert.Equal([OfTurn, OfPayment], step.Table!.All);
    }

    /// <summary>A gateway tries again, or a client sends the message or the payment again: it is told the task that it has.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(3_599_999)]
    public void WorkThatHasATask_KeepsIt(int afterMs)
    {
        var now = Now.AddMilliseconds(afterMs);
        Assert.Equal(new CallTaskStep(null, OfTurn), Table.CreateOfTurn("another", "send_message", 7, now).Value);
        Assert.Equal(new CallTaskStep(null, OfPayment), Table.CreateOfPayment("another", "premium_analysis", OfPayment.PaymentId!, now).Value);
    }

    [Fact]
    public void ExpiredTasks_GoWithTheNextOne()
    {
        var step = Table.CreateOfTurn("another", "send_message", 7, Now.AddHours(1)).Value!;
        Assert.Equal([new CallTask("another", "send_message", 7, null, Now.AddHours(1), Now.AddHours(2))], step.Table!.All);
    }

    /// <summary>Whoever pays leaves room for the owner, who may use all of it.</summary>
    [Theory]
    [InlineData(127, 0, false, true)]
    [InlineData(128, 0, false, false)]
    [InlineData(64, 63, true, true)]
    [InlineData(0, 64, true, false)]
    [InlineData(0, 64, false, true)]
    [InlineData(127, 0, true, true)]
    [InlineData(128, 0, true, false)]
    public void Table_HasRoomForSoMany(int turns, int payments, bool isPaid, bool hasRoom)
    {
        var full = new CallTaskTable(
        [
            .. Enumerable.Range(100, turns).Select(n => OfTurn with { Id = $"t{n}", Turn = n }),
            .. Enumerable.Range(0, payments).Select(n => OfPayment with { Id = $"p{n}", PaymentId = n.ToString(CultureInfo.InvariantCulture) }),
        ]);
        var step = isPaid ? full.CreateOfPayment("new", "premium_analysis", "pay", Now) : full.CreateOfTurn("new", "send_message", 1, Now);
        Assert.Equal(hasRoom ? null : "too_many_tasks", step.Refusal?.Code);
    }
}
