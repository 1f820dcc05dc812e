using AgentMesh.Sidecar.Metrics;
using AgentMesh.Sidecar.Resiliency;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>
/// Posts to a healthy process of the app under the inbound policy. A process that dies meanwhile costs no attempt: the post starts
/// again with the next one.
/// </summary>
internal sealed class EventPost(DeliveryTargets targets, PolicyRunner inbound)
{
    /// <summary>An event that took this many processes with it is taken for the cause.</summary>
    private const int MaxDeaths = 10;

    /// <summary>More of an answer is not read: a status has a few bytes, and one for each event of a batch.</summary>
    private const int MaxAnswerBytes = 4 * 1024 * 1024;

    /// <param name="subscription">Whose event it is.</param>
    /// <param name="create">Makes the request, for each attempt anew.</param>
    /// <param name="judge">Reads the answer: its status and its body.</param>
    /// <param name="cancellationToken">Ends it without an outcome.</param>
    public async Task<Attempt> RunAsync(
        Subscription subscription, Func<AppConnection, HttpRequestMessage> create, Func<int, byte[], Attempt> judge, CancellationToken cancellationToken)
    {
        for (var deaths = 0; ; deaths++)
        {
            // Outside the policy: its timeout is the app's, not the wait for one.
            await targets.WaitAsync(cancellationToken);
            var attempt = await inbound.RunAsync(token => SendAsync(subscription, create, judge, token), cancellationToken);
            if (attempt.Outcome != AttemptOutcome.ProcessGone || deaths == MaxDeaths)
                return attempt;
        }
    }

    private async ValueTask<Attempt> SendAsync(
        Subscription subscription, Func<AppConnection, HttpRequestMessage> create, Func<int, byte[], Attempt> judge, CancellationToken cancellationToken)
    {
        if (targets.Choose() is not { } target)
            return new Attempt(AttemptOutcome.ProcessGone);
        try
        {
            var started = target.App.Metrics.Start();
            using var request = create(target);
            using var response = await target.Channel.SendAsync(request, cancellationToken);
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
            var attempt = judge((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken));
            Count(target.App.Metrics, subscription, attempt, started);
            return attempt;
        }
        catch (Exception broken) when (
            broken is HttpRequestException or ObjectDisposedException or IOException
            || (broken is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The channel of a dead process is disposed, and cancels what it has under way.
            return new Attempt(await targets.IsGoneAsync(target, cancellationToken) ? AttemptOutcome.ProcessGone : AttemptOutcome.Failed);
        }
    }

    private static void Count(AppMetrics metrics, Subscription subscription, Attempt attempt, long started)
    {
        var elapsed = metrics.ElapsedMs(started);
        if (subscription.Bulk is not null)
        {
            metrics.Components.DeliveredInBulk(subscription.PubSub, subscription.Topic, elapsed);
            return;
        }

        var outcome = attempt.Outcome switch { AttemptOutcome.Success => "success", AttemptOutcome.Dropped => "drop", _ => "retry" };
        // An app that says DROP has done its work; 404 is nobody's work.
        var status = attempt is { Outcome: AttemptOutcome.Dropped, StatusCode: null } ? "success" : outcome;
        metrics.Components.Delivered(subscription.PubSub, subscription.Topic, outcome, status, elapsed);
    }
}
