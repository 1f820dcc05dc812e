using System.Net.Http.Json;
using AgentMesh.ActorHost.Mail;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Tests.Mail;

/// <summary>An agent that sends to many has a burst, then its share of each second; nobody else waits for it.</summary>
public sealed class MailPaceTests
{
    private const string Alice = "default:alice";

    /// <summary>One each when the last place is taken: the runs of an agent that a process has at a time.</summary>
    private const int Overshoot = 2;

    [Fact]
    public async Task SenderToMany_HasTwentyAtOnce_ThenThePaceThatIsSet()
    {
        await using var host = await HostUnderTest.StartAsync(($"{MailOptions.Section}:{nameof(MailOptions.DeliveriesPerSecond)}", "100"));
        await SendAsync(host, Alice, [.. Enumerable.Range(0, 60).Select(n => $"default:crowd-{n}")]);
        await UntilDeliveredAsync(host, 20);
        // Carol's are brought while Alice's wait.
        await SendAsync(host, "default:carol", [.. Enumerable.Range(0, 20).Select(n => $"default:crowd-{n}")]);
        await HostUnderTest.UntilAsync(async () => await DeliveredAsync(host, "default:carol") == 20);
        for (var brought = 20; brought < 60; brought += 10)
        {
            Assert.InRange(await DeliveredAsync(host, Alice), brought, brought + Overshoot);
            host.Time.Advance(TimeSpan.FromMilliseconds(100));
            await UntilDeliveredAsync(host, brought + 10);
        }

        await UntilDeliveredAsync(host, 60);
        // What it owes is forgotten in time, and it has its burst again.
        host.Time.Advance(TimeSpan.FromMilliseconds(400));
        await SendAsync(host, Alice, [.. Enumerable.Range(0, 20).Select(n => $"default:others-{n}")]);
        await UntilDeliveredAsync(host, 80);
    }

    /// <summary>The other place has brought all it may at once, and nobody comes to its end to look again.</summary>
    [Fact]
    public async Task ReceiverThatDoesNotAnswer_HoldsUpNobodyElsesMessages()
    {
        await using var host = await HostUnderTest.StartAsync(($"{MailOptions.Section}:{nameof(MailOptions.DeliveriesPerSecond)}", "20"));
        using var held = new HeldReceivers(host, "default:away");
        await SendAsync(host, Alice, ["default:away"]);
        await held.UntilReachedAsync(1);
        await SendAsync(host, Alice, [.. Enumerable.Range(0, 40).Select(n => $"default:crowd-{n}")]);
        await UntilDeliveredAsync(host, 21);
        // 50 ms each.
        for (var brought = 21; brought < 33; brought += 4)
        {
            Assert.Equal(brought, await DeliveredAsync(host, Alice));
            host.Time.Advance(TimeSpan.FromMilliseconds(200));
            await UntilDeliveredAsync(host, brought + 4);
        }
    }

    /// <summary>Two lines of 16 would owe 1.6 s at their end, and the next ones wait until it is one.</summary>
    [Fact]
    public async Task SlowReceivers_AreNotPaidForTwice()
    {
        await using var host = await HostUnderTest.StartAsync(($"{MailOptions.Section}:{nameof(MailOptions.DeliveriesPerSecond)}", "20"));
        using var held = new HeldReceivers(host, "default:slow-1", "default:slow-2");
        for (var n = 0; n < 16; n++)
            await SendAsync(host, Alice, ["default:slow-1", "default:slow-2"]);
        await held.UntilReachedAsync(2);
        await SendAsync(host, Alice, ["default:crowd-1", "default:crowd-2", "default:crowd-3"]);
        host.Time.Advance(TimeSpan.FromSeconds(5));
        held.Release();
        await UntilDeliveredAsync(host, 35);
    }

    private static Task UntilDeliveredAsync(HostUnderTest host, int count) => HostUnderTest.UntilAsync(async () => await DeliveredAsync(host, Alice) >= count);

    private static async Task<int> DeliveredAsync(HostUnderTest host, string agent) => (await host.CallAsync(
        agent, nameof(IAgentMail.ListMail), JsonContent.Create(new ListMail(true, 100, null), ContractsJson.Default.ListMail), ContractsJson.Default.ReplyMailPage))
        .Value!.Messages.Count(mail => mail.State == MailStates.Delivered);

    private static async Task SendAsync(HostUnderTest host, string agent, string[] to) => Assert.Null((await host.CallAsync(
        agent, nameof(IAgentMail.SendMail), JsonContent.Create(new SendMail(Guid.NewGuid().ToString("N"), null, to, "hi"), ContractsJson.Default.SendMail), ContractsJson.Default.ReplySentMail))
        .Refusal);

    /// <summary>Receivers whose calls are not answered until they are released.</summary>
    private sealed class HeldReceivers : IDisposable
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _reached;

        public HeldReceivers(HostUnderTest host, params string[] receivers) => host.State.BeforeInvoke = async call =>
        {
            if (call.Split('/') is [_, var to, nameof(IAgentMail.DeliverMail)] && receivers.Contains(to))
            {
                Interlocked.Increment(ref _reached);
                await _released.Task;
            }

            return true;
        };

        public Task UntilReachedAsync(int count) => HostUnderTest.UntilAsync(() => Task.FromResult(Volatile.Read(ref _reached) == count));

        public void Release() => _released.TrySetResult();

        public void Dispose() => Release();
    }
}
