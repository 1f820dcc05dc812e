using System.Text.Json;
using AgentMesh.Payments.Settlement;
using AgentMesh.ServiceDefaults.Dapr;

namespace AgentMesh.Payments.Records;

/// <summary>
/// Records in the ordinary state API of the store that the actors use too, which several processes change: each write is made on the version that was
/// read, and made anew on the newer one when another was faster.
/// </summary>
internal sealed class SharedRecords : IDisposable
{
    /// <summary>Each means that another process has written in between, or that an answer was lost.</summary>
    private const int MaxAttempts = 5;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly StateRecords _records;
    private readonly TimeProvider _time;

    public SharedRecords(SidecarOptions sidecar, PaymentOptions options, TimeProvider time)
    {
        _records = new StateRecords(sidecar, options.StateStore, CreateJson(), Timeout);
        _time = time;
    }

    public void Dispose() => _records.Dispose();

    /// <summary>Reads a record; null: there is none.</summary>
    /// <exception cref="HttpRequestException">The store does not say.</exception>
    public async Task<T?> ReadAsync<T>(string key, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return (await _records.LoadAsync<T>(key, cancellationToken)).Record;
        }
        catch (TaskCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw Late(late);
        }
    }

    /// <summary>Changes a record.</summary>
    /// <param name="key">Which: of characters that stand in a path as they are.</param>
    /// <param name="change">
    /// What to make of the record, null for none, and what to answer. Called again on the newer record when another was faster, and when an answer of the
    /// store is lost: then on what may be its own write. The same record, or null: nothing is written.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HttpRequestException">The store does not say whether it is written.</exception>
    public async Task<TAnswer> ChangeAsync<T, TAnswer>(string key, Func<T?, (T? After, TAnswer Answer)> change, CancellationToken cancellationToken)
        where T : class
    {
        HttpRequestException? fault = null;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (fault is not null)
                await Task.Delay(Pause, _time, cancellationToken);
            try
            {
                var (before, etag) = await _records.LoadAsync<T>(key, cancellationToken);
                var (after, answer) = change(before);
                if (after is null || ReferenceEquals(after, before) || await _records.TryStoreAsync(key, after, etag, cancellationToken))
                    return answer;
                fault = null;
            }
            catch (HttpRequestException exception)
            {
                fault = exception;
            }
            catch (TaskCanceledException exception) when (!cancellationToken.IsCancellationRequested)
            {
                fault = Late(exception);
            }
        }

        throw fault ?? new HttpRequestException("Others wrote the record each time in between.");
    }

    private static HttpRequestException Late(TaskCanceledException late) => new("The state store did not answer in time.", late);

    private static JsonSerializerOptions CreateJson()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web) { TypeInfoResolver = PaymentStateJson.Default };
        PaymentStateJson.AddTo(json);
        return json;
    }
}
