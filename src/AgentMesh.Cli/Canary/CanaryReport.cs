using System.Collections.Concurrent;
using System.Globalization;
using System.Net;

namespace AgentMesh.Cli.Canary;

/// <summary>What was done, and what was wrong.</summary>
internal sealed class CanaryReport
{
    /// <summary>Failures that are told one by one; all are counted.</summary>
    private const int MaxTold = 20;

    private readonly ConcurrentDictionary<string, int[]> _kinds = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<CanaryFailure> _failures = new();
    private int _failed;
    private int _frames;
    private int _lines;
    private int _unanswered;

    /// <summary>Everything was as it should be.</summary>
    public bool IsClean => _failed == 0;

    /// <summary>What was wrong, as far as it is told.</summary>
    public IReadOnlyCollection<CanaryFailure> Failures => _failures;

    public void Answered(CanaryRequest request, HttpStatusCode status)
    {
        var counts = _kinds.GetOrAdd(request.Kind, static _ => new int[6]);
        Interlocked.Increment(ref counts[Math.Clamp((int)status / 100, 1, 5)]);
        if (request.MustBeRefused && (int)status is < 300 or 304)
            Fail($"{request.Kind}: {request.Method} {request.Path} by {request.Reader.Name} was let in: {(int)status}", CanaryFailureKind.Leak);
        else if (status == HttpStatusCode.InternalServerError)
            Fail($"{request.Kind}: {request.Method} {request.Path} by {request.Reader.Name} broke the server: 500");
    }

    public void Unanswered(Exception fault)
    {
        // A gateway that is replaced meanwhile answers nothing, and shows nothing either; one that never does is no canary's place.
        Interlocked.Increment(ref _unanswered);
        LastFault = fault.Message;
    }

    /// <summary>Why a request had no answer; null: all had one.</summary>
    public string? LastFault { get; private set; }

    /// <summary>A frame of a socket was looked at.</summary>
    public void Framed() => Interlocked.Increment(ref _frames);

    /// <summary>A line of a log was looked at.</summary>
    public void Logged() => Interlocked.Increment(ref _lines);

    /// <summary>Somebody saw a marker that is not for them.</summary>
    public void Foreign(string where, string marker, string readers) =>
        Fail($"{where} shows {marker}, which is for {readers}", CanaryFailureKind.Leak);

    /// <summary>What was acknowledged is not there.</summary>
    public void Lost(string what) => Fail(what, CanaryFailureKind.Loss);

    public void Fail(string what, CanaryFailureKind kind = CanaryFailureKind.Other)
    {
        if (Interlocked.Increment(ref _failed) <= MaxTold)
            _failures.Enqueue(new CanaryFailure(kind, what));
    }

    /// <summary>The report, a few lines.</summary>
    public string Text(int agents, int tenants, int gateways, int sockets, int acknowledged)
    {
        var lines = new List<string>
        {
            string.Create(CultureInfo.InvariantCulture, $"canary      {agents} agents of {tenants} tenants, {gateways} gateway(s), {_kinds.Values.Sum(counts => counts.Sum()):N0} answers"),
        };
        foreach (var (kind, counts) in _kinds.OrderBy(kind => kind.Key, StringComparer.Ordinal))
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"  {kind,-18} {counts[2],7:N0} done {counts[4],7:N0} refused {counts[5],5:N0} failed"));
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"sockets     {_frames:N0} frames of {sockets}"));
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"logs        {_lines:N0} lines"));
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"stored      {acknowledged:N0} messages were acknowledged and are there"));
        if (_unanswered > 0)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"unanswered  {_unanswered:N0}, the last: {LastFault}"));
        lines.Add(IsClean ? "result      0 foreign markers, nobody was let in" : string.Create(CultureInfo.InvariantCulture, $"result      {_failed:N0} failures"));
        return string.Join('\n', lines);
    }
}

/// <summary>Something that was wrong.</summary>
/// <param name="Kind">Of which kind.</param>
/// <param name="What">What, for people.</param>
internal sealed record CanaryFailure(CanaryFailureKind Kind, string What)
{
    /// <inheritdoc/>
    public override string ToString() => What;
}

/// <summary>Kinds of what can be wrong.</summary>
internal enum CanaryFailureKind
{
    /// <summary>Somebody was shown, or let in to, what is another's.</summary>
    Leak,

    /// <summary>What was acknowledged is not there.</summary>
    Loss,

    /// <summary>Something else.</summary>
    Other,
}
