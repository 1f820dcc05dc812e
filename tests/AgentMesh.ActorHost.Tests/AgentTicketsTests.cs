using System.Net.Http.Json;
using AgentMesh.Agents.Tickets;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Tests;

/// <summary>Tickets over the records and calls that a sidecar sees.</summary>
public sealed class AgentTicketsTests
{
    private const string Alice = "default:alice";

    [Fact]
    public async Task Ticket_IsSpentOnce_AcrossActivations()
    {
        await using var host = await HostUnderTest.StartAsync();
        Assert.True(await UseAsync(host, "t1", "u1"));
        Assert.Equal(["tickets"], host.State.KeysOf(Alice));
        Assert.False(await UseAsync(host, "t1", "u2"));
        await host.DeactivateAsync(Alice);
        Assert.False(await UseAsync(host, "t1", "u2"));
        Assert.True(await UseAsync(host, "t1", "u1"));
        Assert.True(await UseAsync(host, "t2", "u2"));
        Assert.False(await UseAsync(host, "t3", "u3", seconds: 0));
    }

    /// <summary>Another activation, in the midst of a failover, may have taken it: nothing is believed from memory.</summary>
    [Fact]
    public async Task Ticket_ThatAnotherActivationTook_IsSpent()
    {
        await using var host = await HostUnderTest.StartAsync();
        await UseAsync(host, "t1", "u1");
        host.State[Alice, "tickets"] = host.State[Alice, "tickets"]!.Replace("\"t1\"", "\"t2\"", StringComparison.Ordinal);
        Assert.False(await UseAsync(host, "t2", "u2"));
    }

    [Fact]
    public async Task Use_IsOneTransaction_AndOneRead()
    {
        await using var host = await HostUnderTest.StartAsync();
        await UseAsync(host, "t1", "u1");
        host.State.TakeCalls();
        await UseAsync(host, "t2", "u2");
        var calls = host.State.TakeCalls();
        Assert.Single(calls, call => call.StartsWith("PUT", StringComparison.Ordinal));
        Assert.Equal(2, calls.Count);
    }

    [Fact]
    public async Task SpentTickets_GoWithTheirAgent()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hi", "r1");
        await UseAsync(host, "t1", "u1");
        Assert.Equal(1, (await EraseAsync(host))["tickets"]);
        Assert.DoesNotContain("tickets", host.State.KeysOf(Alice));
    }

    [Fact]
    public void RefusalCode_IsThatOfTheContract() => Assert.Equal(TicketCodes.TooManyTickets, TicketRefusals.TooMany.Code);

    private static async Task<Dictionary<string, int>> EraseAsync(HostUnderTest host)
    {
        var removed = new Dictionary<string, int>();
        for (var isDone = false; !isDone;)
        {
            var part = (await host.EraseAsync(Alice)).Value!;
            foreach (var (kind, count) in part.Records)
                removed[kind] = removed.GetValueOrDefault(kind) + count;
            isDone = part.IsDone;
        }

        return removed;
    }

    private static async Task<bool> UseAsync(HostUnderTest host, string id, string useId, int seconds = 60)
    {
        using var body = JsonContent.Create(new UseTicket(id, useId, host.Time.GetUtcNow().AddSeconds(seconds)), ContractsJson.Default.UseTicket);
        return (await host.CallAsync(Alice, nameof(IAgentTickets.UseTicket), body, ContractsJson.Default.ReplyTicketUse)).Value!.IsFirst;
    }
}
