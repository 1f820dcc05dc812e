using System.Collections.Concurrent;
using System.Text.Json;
using AgentMesh.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.ActorHost.Tests.Wallets;

/// <summary>A host whose agents have wallets, with a faucet behind its sidecar.</summary>
internal sealed class WalletHost : IAsyncDisposable
{
    public const string Alice = "default:alice";

    public static readonly DateTimeOffset StartTime = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly ConcurrentQueue<string> _asked = new();

    private WalletHost(HostUnderTest host) => Host = host;

    public HostUnderTest Host { get; }

    public FakeActorState State => Host.State;

    /// <summary>What the faucet was asked, in order: idempotency key and body.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    /// <summary>What it answers; 0: nothing, until the caller leaves.</summary>
    public int FaucetStatus { get; set; } = 200;

    public static string Key(byte filling) => Convert.ToBase64String([.. Enumerable.Repeat(filling, 32)]);

    /// <param name="keys">The secret of master keys.</param>
    /// <param name="settings">Of the app; the flush is on, and there is money.</param>
    public static async Task<WalletHost> StartAsync(string keys, params (string, string)[] settings) => Start(await FakeActorState.StartAsync(), keys, settings);

    /// <summary>A process on a sidecar that is there.</summary>
    public static WalletHost Start(FakeActorState state, string keys, params (string, string)[] settings) => Start(state, keys, new FakeTimeProvider(StartTime), settings);

    /// <summary>A process with a clock of its own.</summary>
    public static WalletHost Start(FakeActorState state, string keys, FakeTimeProvider time, params (string, string)[] settings)
    {
        SetKeys(state, keys);
        var host = new WalletHost(HostUnderTest.Start(
            state, time, _ => { },
            [("AgentMesh:Wallets:Provider", "local"), ("AgentMesh:Wallets:StartingUsdc", "10"), ("AgentMesh:Flush:IntervalSeconds", "300"), .. settings]));
        state.Apps = host.AnswerAsync;
        return host;
    }

    public static void SetKeys(FakeActorState state, string keys) =>
        state.Secrets["secretstore/wallet-keys"] = JsonSerializer.Serialize(new Dictionary<string, string> { ["wallet-keys"] = keys });

    /// <summary>A member of the stored wallet; null when it is not there.</summary>
    public string? Wallet(string member, string agent = Alice) =>
        State[agent, "wallet"] is { } record && JsonElement.Parse(record).GetProperty(member) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>Waits until the stored wallet has nothing left to be done.</summary>
    public Task UntilSettledAsync(string agent = Alice) =>
        UntilAsync(() => Wallet("gift", agent) != "pending" && Wallet("listedKeyId", agent) == Wallet("keyId", agent) && !State.RemindersOf(agent).Contains("flush"));

    /// <summary>
    /// Waits until it is so. Retries of the app wait on its clock, which is moved on slowly: calls take real time, and have their time-outs on the same clock.
    /// </summary>
    public Task UntilAsync(Func<bool> isSo) => UntilAsync(() => Task.FromResult(isSo()));

    /// <inheritdoc cref="UntilAsync(Func{bool})"/>
    public Task UntilAsync(Func<Task<bool>> isSo)
    {
        var moved = TimeProvider.System.GetTimestamp();
        return HostUnderTest.UntilAsync(() =>
        {
            if (TimeProvider.System.GetElapsedTime(moved) >= TimeSpan.FromMilliseconds(10))
            {
                Host.Time.Advance(TimeSpan.FromMilliseconds(100));
                moved = TimeProvider.System.GetTimestamp();
            }

            return isSo();
        });
    }

    public async ValueTask DisposeAsync() => await Host.DisposeAsync();

    private async Task AnswerAsync(string called, HttpContext context)
    {
        Assert.Equal("facilitator/faucet", called);
        var body = await new StreamReader(context.Request.Body).ReadToEndAsync(context.RequestAborted);
        _asked.Enqueue($"{context.Request.Headers["Idempotency-Key"]} {body}");
        if (FaucetStatus == 0)
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
        else
            context.Response.StatusCode = FaucetStatus;
    }
}
