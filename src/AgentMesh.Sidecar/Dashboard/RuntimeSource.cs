using System.Text.Json;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Dashboard;

/// <summary>All apps in this process. What an app's sidecar tells everybody is asked as everybody does.</summary>
internal sealed class RuntimeSource : IDashboardSource, IAsyncDisposable
{
    private readonly SidecarRuntime _runtime;
    private readonly SidecarClient _sidecars;
    private readonly RateHistory _rates;

    public RuntimeSource(SidecarRuntime runtime)
    {
        _runtime = runtime;
        _sidecars = new SidecarClient(runtime.Insight.Options.DaprApiToken);
        _rates = new RateHistory(
            runtime.Insight.Options.Apps.Select<AppDefinition, (AppDefinition, Func<(long, double)>, Func<(long, double)>)>(
                app => (app, app.Metrics.Http.Incoming.Read, app.Metrics.Http.Outgoing.Read)),
            runtime.Insight.Clock);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ActorTypes =>
        [.. _runtime.Insight.Hosts.Connections.SelectMany(connection => connection.ActorTypes).Select(settings => settings.Type).Distinct().Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public RatesView Rates => _rates.View;

    /// <inheritdoc/>
    public bool? IsAnswering(ProcessView process) =>
        _runtime.Insight.Hosts.Connections.Any(connection => connection.IsAlive && connection.App.AppId == process.AppId && connection.App.Replica == process.Replica);

    /// <inheritdoc/>
    public Task<JsonElement?> MetadataAsync(ProcessView process, CancellationToken cancellationToken) => _sidecars.GetMetadataAsync(process.DaprHttpPort, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReminderView>> RemindersAsync(string type, int skip, int limit, CancellationToken cancellationToken)
    {
        if (_runtime.Insight.Reminders is not { } store)
            return [];
        var page = await store.LoadPageAsync(type, DateTimeOffset.MaxValue, skip, limit, cancellationToken);
        return [.. page.Select(ReminderView.Of)];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TopicView>> TopicsAsync(CancellationToken cancellationToken) =>
        [.. (await _runtime.Insight.PubSub.BacklogAsync(cancellationToken)).Select(group => new TopicView(group.PubSub, group.Topic, group.Group, group.Waiting, group.Pending))];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<(ProcessView Process, string Text)>> MetricsAsync(IReadOnlyList<ProcessView> processes, CancellationToken cancellationToken)
    {
        var texts = new List<(ProcessView, string)>();
        foreach (var app in _runtime.Insight.Options.Apps.Where(app => app.Configuration.MetricsEnabled))
        {
            if (processes.FirstOrDefault(process => process.AppId == app.AppId && process.Replica == app.Replica) is { } process)
                texts.Add((process, await app.Metrics.ExportAsync(cancellationToken)));
        }

        return texts;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _rates.DisposeAsync();
        _sidecars.Dispose();
    }
}
