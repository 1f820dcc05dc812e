using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Buying;

/// <summary>Buys, and waits for the end of it by asking its agent, more seldom as time goes on: nothing announces that a page was fetched.</summary>
internal sealed class PurchaseWaits(AgentCalls calls, TimeProvider time, IHostApplicationLifetime lifetime)
{
    /// <summary>How long a request over HTTP waits: for a call without a payment and one with it, and a little more.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(65);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Begins a purchase, or finds it, and waits for its end.</summary>
    /// <param name="agent">Who buys.</param>
    /// <param name="order">What.</param>
    /// <param name="longest">When the time is up.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    /// <returns>The purchase when there is something to be told of it, or as it is when the time is up or this process is about to end.</returns>
    /// <exception cref="OperationCanceledException">The caller is gone; the purchase goes on.</exception>
    public async Task<Result<PurchaseView>> BuyAsync(AgentKey agent, BeginPurchase order, TimeSpan longest, CancellationToken cancellationToken)
    {
        var begun = await calls.BeginPurchaseAsync(agent, order, cancellationToken);
        return begun.IsRefused ? begun : await WaitAsync(agent, begun.Value, longest, cancellationToken);
    }

    private async Task<Result<PurchaseView>> WaitAsync(AgentKey agent, PurchaseView begun, TimeSpan longest, CancellationToken cancellationToken)
    {
        var (view, started, pause) = (begun, time.GetTimestamp(), FirstPause);
        while (view.IsPending && time.GetElapsedTime(started) < longest && !lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            var asked = await calls.GetPurchaseAsync(agent, new GetPurchase(view.Id), cancellationToken);
            if (asked.IsRefused)
                return asked;
            view = asked.Value;
        }

        return view;
    }
}
