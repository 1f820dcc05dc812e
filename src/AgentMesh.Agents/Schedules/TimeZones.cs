using System.Buffers;

namespace AgentMesh.Agents.Schedules;

/// <summary>Time zones by their IANA names.</summary>
internal static class TimeZones
{
    private const int Characters = 64;

    // The name becomes a path below the system's zones: no dots.
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/");

    /// <summary>The zone of that name; null when this system knows none.</summary>
    internal static TimeZoneInfo? Find(string name) =>
        name.Length is > 0 and <= Characters
        && name[0] != '/'
        && !name.AsSpan().ContainsAnyExcept(NameCharacters)
        && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
        && zone.HasIanaId
            ? zone
            : null;
}
