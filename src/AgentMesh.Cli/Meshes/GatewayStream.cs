using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;

namespace AgentMesh.Cli.Meshes;

/// <summary>An answer of <c>text/event-stream</c>, or what came in its place.</summary>
/// <param name="answer">The answer, without a body when the stream is there.</param>
/// <param name="response">The stream; null: there is none.</param>
/// <param name="time">The clock.</param>
internal sealed class GatewayStream(GatewayAnswer answer, HttpResponseMessage? response, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan LongestReconnection = TimeSpan.FromMinutes(1);

    /// <summary>The answer: a success when the stream is there.</summary>
    public GatewayAnswer Answer => answer;

    /// <summary>Where to ask for what it is about, by the last segment of that address; null: the gateway does not say.</summary>
    public string? LocationId => response?.Headers.Location?.ToString().Split('/')[^1];

    /// <summary>How soon a client that has lost it may come back, as the gateway has said.</summary>
    public TimeSpan Reconnection { get; private set; } = TimeSpan.FromSeconds(1);

    /// <summary>The events until the stream ends, or the connection is lost: nobody can tell which.</summary>
    public async IAsyncEnumerable<SseItem<string>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var bytes = new SilenceLimit(await response!.Content.ReadAsStreamAsync(cancellationToken), LongestSilence, time);
        var parser = SseParser.Create(bytes, (_, data) =>
        {
            bytes.EndEvent();
            return Encoding.UTF8.GetString(data);
        });
        await using var events = parser.EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await MoveNextAsync(events, cancellationToken))
        {
            yield return events.Current;
        }

        if (parser.ReconnectionInterval is { Ticks: >= 0 } interval)
            Reconnection = interval < LongestReconnection ? interval : LongestReconnection;
    }

    public void Dispose() => response?.Dispose();

    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<SseItem<string>> events, CancellationToken cancellationToken)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception fault) when (LocalHttp.IsUnreached(fault, cancellationToken))
        {
            return false;
        }
    }
}
