using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.PubSub;

/// <summary>The consumers of one app: one for each component it shares with its replicas, one for each process where the group is its own.</summary>
internal sealed class AppSubscriptions : IAsyncDisposable
{
    private readonly SemaphoreSlim _changing = new(1);
    private readonly Dictionary<(string PubSub, int? Replica), (string Wanted, Consumer Consumer)> _consumers = [];
    private bool _isStopped;

    /// <summary>As the process that connected last gave them.</summary>
    public IReadOnlyList<Subscription> Subscriptions { get; private set; } = [];

    /// <summary>Starts consumers for what a process wants; those that want the same as before go on undisturbed.</summary>
    public async Task StartAsync(
        AppDefinition app, IReadOnlyList<Subscription> subscriptions, Func<AppDefinition, PubSubSettings, IReadOnlyList<Subscription>, Consumer> create)
    {
        using var _ = await _changing.EnterAsync(CancellationToken.None);
        if (_isStopped)
            return;
        Subscriptions = subscriptions;
        foreach (var settings in app.PubSubs)
        {
            var key = (settings.Name, settings.IsPerProcess ? app.Replica : (int?)null);
            var wanted = subscriptions.Where(subscription => subscription.PubSub == settings.Name).ToList();
            var text = string.Join('\n', wanted.Select(Describe));
            if (_consumers.TryGetValue(key, out var current))
            {
                if (current.Wanted == text)
                    continue;
                await current.Consumer.DisposeAsync();
                _consumers.Remove(key);
            }

            if (wanted.Count > 0)
                _consumers[key] = (text, create(app, settings, wanted));
        }
    }

    /// <summary>Takes no more events; see <see cref="Consumer.StopAsync"/>.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var _ = await _changing.EnterAsync(CancellationToken.None);
        _isStopped = true;
        await Task.WhenAll(_consumers.Values.Select(entry => entry.Consumer.StopAsync(cancellationToken)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        foreach (var (_, consumer) in _consumers.Values)
            await consumer.DisposeAsync();
        _consumers.Clear();
    }

    private static string Describe(Subscription subscription) =>
        $"{subscription.Topic}|{subscription.DeadLetterTopic}|{subscription.Bulk}|{StoredMetadata.Write(subscription.Metadata)}|{string.Join('|', subscription.Rules.Select(rule => $"{rule.Match}>{rule.Path}"))}";
}
