using System.Globalization;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Dashboard;

/// <summary>Puts together what the launcher knows of the processes and what the source knows of what is in them.</summary>
/// <param name="run">The run.</param>
/// <param name="processes">Its processes, as they are now.</param>
/// <param name="source">What is in them.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class DashboardData(RunFacts run, Func<IReadOnlyList<AppSupervisor>> processes, IDashboardSource source, TimeProvider timeProvider)
{
    /// <summary>Reminders looked at for one page of a filter.</summary>
    private const int MaxLookedAt = 2_000;

    /// <summary>How far a cursor goes: what lies behind it is found by type and filter.</summary>
    private const int MaxSkip = 100_000;

    private const int MaxFiles = 200;
    private const int MaxFileBytes = 256 * 1024;

    private readonly DateTimeOffset _startedAt = timeProvider.GetUtcNow();

    public RatesView Rates => source.Rates;

    public MeshView Mesh()
    {
        var (kind, place) = run.Store.Split(':', 2) is [var before, var after] ? (before, after) : ("", run.Store);
        return new MeshView(
            run.Name, MetadataApi.RuntimeVersion, run.Namespace, timeProvider.GetUtcNow(), _startedAt, Environment.ProcessId,
            new StoreView(kind, place, kind == "sqlite" ? SizeOf(place) + SizeOf(place + "-wal") : null), Processes());
    }

    /// <summary>Null: there is no such app.</summary>
    public async Task<AppView?> AppAsync(string appId, CancellationToken cancellationToken)
    {
        var own = Processes().Where(process => process.AppId == appId).ToList();
        if (processes().FirstOrDefault(candidate => candidate.Launch.App.AppId == appId)?.Launch.Definition is not { } definition)
            return null;
        return new AppView(
            appId, own, await Task.WhenAll(own.Select(process => source.MetadataAsync(process, cancellationToken))),
            [.. definition.Resiliency.Select(resource => resource.Name)], definition.Configuration.File, definition.Configuration.Features);
    }

    public Task<IReadOnlyList<TopicView>> TopicsAsync(CancellationToken cancellationToken) => source.TopicsAsync(cancellationToken);

    public async Task<string> MetricsAsync(CancellationToken cancellationToken) => MetricsText.Join(await source.MetricsAsync(Processes(), cancellationToken));

    /// <summary>One page: type by type, and of each the one due next first.</summary>
    /// <param name="type">Null: all types.</param>
    /// <param name="filter">A part of the actor's id or the reminder's name; empty: all.</param>
    /// <param name="cursor">Of the page before.</param>
    /// <param name="limit">Of the page.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="FormatException">The cursor is none.</exception>
    public async Task<ReminderPage> RemindersAsync(string? type, string filter, string? cursor, int limit, CancellationToken cancellationToken)
    {
        var types = source.ActorTypes;
        var (at, skip) = Parse(cursor);
        var items = new List<ReminderView>();
        var lookedAt = 0;
        foreach (var current in types.Where(candidate => (type is null || candidate == type) && string.CompareOrdinal(candidate, at) >= 0))
        {
            var position = current == at ? skip : 0;
            while (true)
            {
                if (items.Count == limit || lookedAt >= MaxLookedAt)
                    return new ReminderPage(types, items, position < MaxSkip ? string.Create(CultureInfo.InvariantCulture, $"{position}:{current}") : null);
                var found = await source.RemindersAsync(current, position, Math.Min(filter.Length == 0 ? limit - items.Count : DashboardApi.MaxPage, MaxLookedAt - lookedAt), cancellationToken);
                if (found.Count == 0)
                    break;
                foreach (var reminder in found.TakeWhile(_ => items.Count < limit))
                {
                    (position, lookedAt) = (position + 1, lookedAt + 1);
                    if (reminder.Id.Contains(filter, StringComparison.OrdinalIgnoreCase) || reminder.Name.Contains(filter, StringComparison.OrdinalIgnoreCase))
                        items.Add(reminder);
                }
            }
        }

        return new ReminderPage(types, items, null);
    }

    /// <summary>Run file, configurations and resources, read anew: an edit is seen before its restart.</summary>
    public IReadOnlyList<ConfigView> Configuration()
    {
        var apps = processes().Select(process => process.Launch.App).DistinctBy(app => app.AppId).ToList();
        var files = apps.SelectMany(app => FilesOf(app).Select(file => (File: file, app.AppId)));
        if (run.RunFile is { } runFile)
            files = apps.Select(app => (runFile, app.AppId)).Concat(files);
        return [.. files.GroupBy(item => item.File, StringComparer.Ordinal).Take(MaxFiles).Select(group =>
            new ConfigView(group.Key, [.. group.Select(item => item.AppId).Distinct()], Read(group.Key)))];
    }

    private static IEnumerable<string> FilesOf(RunFileApp app) =>
        app.ConfigFilePaths.Concat(app.ResourcesPaths.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder).Where(file => Path.GetExtension(file) is ".yaml" or ".yml").Order(StringComparer.Ordinal)));

    private static string Read(string file)
    {
        try
        {
            return SizeOf(file) <= MaxFileBytes ? SecretMask.Yaml(File.ReadAllText(file)) : $"# not shown: larger than {MaxFileBytes / 1024} KiB\n";
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return $"# not shown: {gone.Message}\n";
        }
    }

    private static long SizeOf(string file) => new FileInfo(file) is { Exists: true } info ? info.Length : 0;

    private static (string Type, int Skip) Parse(string? cursor)
    {
        if (cursor is null)
            return ("", 0);
        return cursor.Split(':', 2) is [var skip, var type] && int.TryParse(skip, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= MaxSkip
            ? (type, number)
            : throw new FormatException("cursor is none of this list");
    }

    private List<ProcessView> Processes() => [.. processes().Select(process =>
    {
        var (definition, status) = (process.Launch.Definition, process.Status);
        var view = new ProcessView(definition.AppId, definition.Replica)
        {
            State = "",
            Pid = status.ProcessId,
            StartedAt = status.StartedAt,
            Restarts = status.Restarts,
            AppPort = process.Launch.Listens ? definition.AppPort : 0,
            DaprHttpPort = definition.DaprHttpPort,
            DaprGrpcPort = definition.DaprGrpcPort,
            MetricsPort = definition.Configuration.MetricsEnabled ? definition.MetricsPort : 0,
            Command = SecretMask.Command(process.Launch.App.Command),
        };
        return view with { State = StateOf(status, view) };
    })];

    private string StateOf(ProcessStatus status, ProcessView view) => status.Phase switch
    {
        ProcessPhase.Healthy => source.IsAnswering(view) == false && view.AppPort != 0 ? "unhealthy" : "healthy",
        ProcessPhase.Down => "down",
        _ => status.Restarts > 0 || status.Phase == ProcessPhase.Waiting ? "restarting" : "starting",
    };
}

/// <summary>What does not change in a run.</summary>
/// <param name="Name">Of the run file, or the one app's id.</param>
/// <param name="RunFile">Its path; null: there is none.</param>
/// <param name="Namespace">Dapr's.</param>
/// <param name="Store">The store's description.</param>
internal sealed record RunFacts(string Name, string? RunFile, string Namespace, string Store);
