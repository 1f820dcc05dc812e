using System.Buffers;
using System.Globalization;
using System.Text.Json;
using AgentMesh.Contracts.Agents;
using AgentMesh.ServiceDefaults.Dapr;

namespace AgentMesh.ActorHost.Publishing;

/// <summary>One call of Dapr's bulk publish.</summary>
internal sealed partial class BulkPublish : IDisposable
{
    /// <summary>An answer names every entry that failed.</summary>
    private const int MaxAnswerBytes = 1024 * 1024;

    private static readonly Uri Address = new($"v1.0/publish/bulk/{DomainEvents.Component}/{DomainEvents.Topic}", UriKind.Relative);

    private readonly HttpClient _http;
    private readonly ILogger<BulkPublish> _logger;
    private bool _isFailing;

    public BulkPublish(SidecarOptions sidecar, ILogger<BulkPublish> logger)
    {
        _http = sidecar.CreateClient(TimeSpan.FromSeconds(20));
        _http.MaxResponseContentBufferSize = MaxAnswerBytes;
        _logger = logger;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Publishes events.</summary>
    /// <param name="events">At most 4 MiB of them as JSON.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Those that are not known to be published, in their order.</returns>
    public async Task<IReadOnlyList<QueuedEvent>> SendAsync(IReadOnlyList<QueuedEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            var buffer = new ArrayBufferWriter<byte>(events.Count * 512);
            CloudEventBatch.Write(events, buffer);
            using var body = new ReadOnlyMemoryContent(buffer.WrittenMemory);
            body.Headers.TryAddWithoutValidation("Content-Type", "application/json");
            using var answer = await _http.PostAsync(Address, body, cancellationToken);
            if (answer.IsSuccessStatusCode)
            {
                if (_isFailing)
                    LogTaken();
                _isFailing = false;
                return [];
            }

            var left = Failed(events, await answer.Content.ReadAsByteArrayAsync(cancellationToken));
            if (!_isFailing)
                LogNotTaken(left.Count, (int)answer.StatusCode);
            _isFailing = true;
            return left;
        }
        catch (Exception exception) when (exception is HttpRequestException || exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            if (!_isFailing)
                LogUnreached(exception.GetType().Name);
            _isFailing = true;
            return events;
        }
    }

    /// <summary>Those that the answer names; all, when it names none: then nothing was looked at.</summary>
    private static IReadOnlyList<QueuedEvent> Failed(IReadOnlyList<QueuedEvent> events, byte[] answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("failedEntries", out var failed) || failed.ValueKind != JsonValueKind.Array)
                return events;
            var places = new SortedSet<int>();
            foreach (var entry in failed.EnumerateArray())
            {
                if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("entryId", out var id)
                    || !int.TryParse(id.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var place) || place >= events.Count)
                {
                    return events;
                }

                places.Add(place);
            }

            return places.Count == 0 ? events : [.. places.Select(place => events[place])];
        }
        catch (JsonException)
        {
            return events;
        }
    }

    [LoggerMessage(92, LogLevel.Warning, "{Count} domain events are not taken: publishing was answered {StatusCode}; tried again until it works")]
    private partial void LogNotTaken(int count, int statusCode);

    [LoggerMessage(93, LogLevel.Warning, "Domain events are not taken: the sidecar was not reached ({ExceptionType}); tried again until it works")]
    private partial void LogUnreached(string exceptionType);

    [LoggerMessage(94, LogLevel.Information, "Domain events are taken again")]
    private partial void LogTaken();
}
