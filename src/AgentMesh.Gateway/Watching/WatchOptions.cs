namespace AgentMesh.Gateway.Watching;

/// <summary>How agents are watched: what is kept for watchers, how many there may be, and when one is given up.</summary>
internal sealed class WatchOptions
{
    public const string Section = "AgentMesh:Watching";

    /// <summary>Newest events of a watched agent that are kept in memory, so that watchers share them. Default 128.</summary>
    public int RecentEvents { get; set; } = 128;

    /// <summary>About how many bytes those may have together. Default 256 KiB.</summary>
    public int RecentBytes { get; set; } = 256 * 1024;

    /// <summary>Events asked of an agent at a time, 1-1000. Default 100.</summary>
    public int PageEvents { get; set; } = 100;

    /// <summary>Longest text of a running turn that is kept, UTF-16 units; of a longer one no more deltas are sent. Default 1 Mi.</summary>
    public int RunningTextLength { get; set; } = 1024 * 1024;

    /// <summary>Agents read at a time because something was announced. Default 16.</summary>
    public int Readers { get; set; } = 16;

    /// <summary>How soon an agent with a turn under way is asked again when nothing is heard of it; doubles. Default 2 s.</summary>
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest time between two such questions. Default 30 s.</summary>
    public TimeSpan MaxCheckInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>WebSockets and event streams of one agent, in this process. Default 4,096.</summary>
    public int SocketsPerAgent { get; set; } = 4096;

    /// <summary>WebSockets and event streams of one tenant's agents, in this process. Default 12,288: the largest tenant leaves room for others.</summary>
    public int SocketsPerTenant { get; set; } = 12_288;

    /// <summary>WebSockets and event streams of all agents, in this process. Default 16,384: below the server's limit of connections.</summary>
    public int Sockets { get; set; } = 16_384;

    /// <summary>Between two pings to a WebSocket, or two comments in an event stream. Default 30 s.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A WebSocket from which nothing came for this long, not even a pong, is closed. Default 90 s.</summary>
    public TimeSpan SilenceTimeout { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>A watcher that takes nothing of a write for this long is given up. Default 30 s.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>From the decision to close to the end of the connection. Default 3 s: below the 5 s of a shutdown.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Frames taken from one WebSocket in <see cref="FrameWindow"/>. Default 1,000.</summary>
    public int FramesPerWindow { get; set; } = 1000;

    /// <summary>The window of <see cref="FramesPerWindow"/>. Default 10 s.</summary>
    public TimeSpan FrameWindow { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long, from its client's first sign of life on, a new WebSocket waits for a first frame before events are sent, so that a resume comes
    /// before them and they come in order. Without a sign of life: eight times as long. Default 250 ms. A client that says <c>?after=</c> does
    /// not wait.
    /// </summary>
    public TimeSpan ResumeGrace { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>True when a gateway can work with these values.</summary>
    public bool IsValid() =>
        RecentEvents > 0 && RecentBytes > 0 && PageEvents is > 0 and <= 1000 && RunningTextLength > 0 && Readers > 0
        && SocketsPerAgent > 0 && SocketsPerTenant > 0 && Sockets > 0 && FramesPerWindow > 0
        && CheckInterval > TimeSpan.Zero && MaxCheckInterval >= CheckInterval && HeartbeatInterval > TimeSpan.Zero && SendTimeout > TimeSpan.Zero
        && ResumeGrace >= TimeSpan.Zero && CloseTimeout > TimeSpan.Zero && FrameWindow > TimeSpan.Zero && SilenceTimeout > HeartbeatInterval;
}
