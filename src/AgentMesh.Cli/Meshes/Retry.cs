using System.Net;

namespace AgentMesh.Cli.Meshes;

/// <summary>When a request that acts once is sent again.</summary>
internal static class Retry
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>Whether the server may say another thing to the same request later: no answer, a server that failed, one that is busy.</summary>
    public static bool IsOpen(HttpStatusCode? status) =>
        status is null or HttpStatusCode.RequestTimeout or (HttpStatusCode)425 or HttpStatusCode.TooManyRequests || (int?)status >= 500;

    /// <summary>The pause after so many tries, when the server does not say: 1 s, 2 s, 4 s, 8 s, and then 10 s.</summary>
    public static TimeSpan PauseAfter(int tries)
    {
        var pause = FirstPause * Math.Pow(2, tries - 1);
        return pause < LongestPause ? pause : LongestPause;
    }

    /// <summary>How long the server wants to be left alone; null: it does not say.</summary>
    public static TimeSpan? AfterOf(HttpResponseMessage response, DateTimeOffset now) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - now is { Ticks: > 0 } left ? left : TimeSpan.Zero,
        _ => null,
    };
}
