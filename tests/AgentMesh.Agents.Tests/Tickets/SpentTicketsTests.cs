using AgentMesh.Agents.Tickets;

namespace AgentMesh.Agents.Tests.Tickets;

/// <summary>Each ticket is used once, and is known for as long as that takes.</summary>
public sealed class SpentTicketsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    private static readonly DateTimeOffset End = Now.AddSeconds(60);

    [Theory]
    [InlineData("a", "u1", 0, true)]
    [InlineData("a", "u2", 0, false)]
    [InlineData("b", "u2", 0, true)]
    [InlineData("a", "u1", 59_999, true)]
    [InlineData("a", "u2", 59_999, false)]
    [InlineData("a", "u1", 60_000, false)]
    [InlineData("b", "u2", 60_000, false)]
    public void SecondUse_IsNotTheFirst_AndARepeatIs(string id, string useId, int milliseconds, bool isFirst)
    {
        var spent = Spend(SpentTickets.Empty, "a", "u1");
        var second = spent.Spend(id, useId, End, Now.AddMilliseconds(milliseconds)).Value!;
        Assert.Equal(isFirst, second.IsFirst);
        // What is known already is not written again.
        Assert.Equal(id == "b" && isFirst, second.Tickets is not null);
    }

    [Theory]
    [InlineData(59_999, 2)]
    [InlineData(60_000, 1)]
    public void ExpiredTickets_AreForgottenWithTheNextUse(int milliseconds, int kept)
    {
        var next = Spend(SpentTickets.Empty, "a", "u1").Spend("b", "u2", End.AddSeconds(60), Now.AddMilliseconds(milliseconds)).Value!;
        Assert.Equal(kept, next.Tickets!.All.Length);
    }

    [Theory]
    [InlineData(TicketLimits.Spent - 1, 0, null)]
    [InlineData(TicketLimits.Spent, 0, "too_many_tickets")]
    [InlineData(TicketLimits.Spent, 59_999, "too_many_tickets")]
    [InlineData(TicketLimits.Spent, 60_000, null)]
    public void Tickets_HaveAnEnd_UntilTheyExpire(int count, int milliseconds, string? code)
    {
        var full = new SpentTickets([.. Enumerable.Range(0, count).Select(n => new SpentTicket($"t{n}", "u", End))]);
        Assert.Equal(code, full.Spend("new", "u", End.AddHours(1), Now.AddMilliseconds(milliseconds)).Refusal?.Code);
    }

    private static SpentTickets Spend(SpentTickets tickets, string id, string useId) => tickets.Spend(id, useId, End, Now).Value!.Tickets!;
}
