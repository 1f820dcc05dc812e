using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using AgentMesh.Sidecar.Tests.Runtime;

namespace AgentMesh.Sidecar.Tests.Daprd;

/// <summary>
/// An actor host that proves what may not happen. Each turn takes a number from memory (read from the state when the actor is new here,
/// as the SDK's cache does), adds one and writes it. Two activations of one actor would write one number twice; two turns at once are
/// counted in Redis.
/// </summary>
internal sealed class CountingApp(StubApp app, DaprdMesh mesh) : IDisposable
{
    private readonly ConcurrentDictionary<string, int> _cache = new(StringComparer.Ordinal);
    private int _turns;
    private readonly HttpClient _sidecar = new() { Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>How long a turn takes before it writes.</summary>
    public TimeSpan TurnTime { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Numbers that were acknowledged as written, by actor.</summary>
    public ConcurrentQueue<(string Actor, int Number)> Written { get; } = new();

    public int Turns => _turns;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Serve(Func<int> daprHttpPort) => app.Handler = async (context, body) =>
    {
        var parts = context.Request.Path.Value!.Split('/');
        if (parts is not [_, "actors", _, var actor, ..])
            return;
        if (context.Request.Method == "DELETE")
            _cache.TryRemove(actor, out _);
        else if (parts is [.., "method", "turn"])
            await TurnAsync(context, actor, $"http://127.0.0.1:{daprHttpPort()}/v1.0/actors/T/{actor}/state");
    };

    public void Dispose() => _sidecar.Dispose();

    private async Task TurnAsync(HttpContext context, string actor, string state)
    {
        Interlocked.Increment(ref _turns);
        if (await mesh.Redis.StringIncrementAsync($"running:{actor}") != 1)
            await mesh.Redis.StringIncrementAsync("overlaps");
        try
        {
            if (!_cache.TryGetValue(actor, out var number))
            {
                var text = await _sidecar.GetStringAsync($"{state}/n", Token);
                number = text.Length == 0 ? 0 : int.Parse(text, CultureInfo.InvariantCulture);
            }

            await Task.Delay(TurnTime, Token);
            using var content = new StringContent($$$"""[{"operation":"upsert","request":{"key":"n","value":{{{number + 1}}}}}]""", Encoding.UTF8, "application/json");
            using var answer = await _sidecar.PostAsync(state, content, Token);
            if (answer.IsSuccessStatusCode)
            {
                _cache[actor] = number + 1;
                Written.Enqueue((actor, number + 1));
                await context.Response.WriteAsync($"{number + 1}", Token);
                return;
            }

            _cache.TryRemove(actor, out _);
            context.Response.StatusCode = 500;
        }
        catch (HttpRequestException)
        {
            // The sidecar has died: the write is unknown, so the memory counts no more.
            _cache.TryRemove(actor, out _);
            context.Response.StatusCode = 500;
        }
        finally
        {
            await mesh.Redis.StringDecrementAsync($"running:{actor}");
        }
    }
}
