using System.Globalization;

namespace AgentMesh.Gateway.Edge;

/// <summary>
/// The names of this machine. Exact, because anything looser is DNS rebinding: a page of <c>127.0.0.1.nip.io</c> reaches the
/// loopback address with a name of its own.
/// </summary>
internal static class LoopbackHost
{
    private static readonly string[] Names = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>True for a loopback name with or without a port; false for everything else, also for an empty header.</summary>
    public static bool IsValid(string? header)
    {
        foreach (var name in Names)
        {
            if (header is not null && header.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                return header.Length == name.Length || IsPort(header.AsSpan(name.Length));
        }

        return false;
    }

    private static bool IsPort(ReadOnlySpan<char> text) =>
        text[0] == ':' && ushort.TryParse(text[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;
}
