using System.Globalization;

namespace AgentMesh.Testing.ProbeApp;

/// <summary>The fencing store, which the test serves at <c>PROBE_FENCE</c>.</summary>
internal sealed class FencingClient(HttpClient http)
{
    /// <summary>Begins a turn; returns its token, one higher than any before it.</summary>
    public async Task<long> EnterAsync(string actor)
    {
        using var answer = await http.PostAsync($"enter?actor={actor}&pid={Environment.ProcessId}", null);
        answer.EnsureSuccessStatusCode();
        return long.Parse(await answer.Content.ReadAsStringAsync(), CultureInfo.InvariantCulture);
    }

    /// <summary>Ends a turn.</summary>
    /// <param name="actor">The actor's id.</param>
    /// <param name="token">Of the turn.</param>
    /// <param name="count">What it wanted to save.</param>
    /// <param name="saved">False: the sidecar refused.</param>
    public async Task LeaveAsync(string actor, long token, long count, bool saved)
    {
        using var answer = await http.PostAsync($"leave?actor={actor}&token={token}&count={count}&saved={saved}", null);
        answer.EnsureSuccessStatusCode();
    }
}
