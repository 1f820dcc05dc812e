namespace AgentMesh.Sidecar.Http;

/// <summary>
/// A request's path the way daprd reads it: double slashes collapsed (the SDK's URLs start with one), dot segments resolved,
/// split on the escaped text, each part then query-unescaped (<c>+</c> is a blank).
/// </summary>
internal static class RequestPath
{
    /// <summary>More segments than any route has; what is longer is a method path of service invocation.</summary>
    private const int MaxSegments = 64;

    /// <summary>The escaped segments of a raw request target, without query; empty for <c>/</c>. Null when there are too many.</summary>
    public static List<string>? Split(string rawTarget)
    {
        var path = rawTarget.AsSpan();
        var end = path.IndexOfAny('?', '#');
        if (end >= 0)
            path = path[..end];
        // Absolute form (proxies send it): only the path counts. A path may hold an address too, and starts with a slash.
        if (!path.StartsWith('/') && path.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme)
        {
            var afterHost = path[(scheme + 3)..].IndexOf('/');
            path = afterHost < 0 ? default : path[(scheme + 3 + afterHost)..];
        }

        var segments = new List<string>(8);
        foreach (var range in path.Split('/'))
        {
            var segment = path[range];
            if (segment.IsEmpty || segment is ".")
                continue;
            if (segment is "..")
            {
                if (segments.Count > 0)
                    segments.RemoveAt(segments.Count - 1);
                continue;
            }

            if (segments.Count == MaxSegments)
                return null;
            segments.Add(Known(segment) ?? segment.ToString());
        }

        return segments;
    }

    /// <summary>The text of one segment: percent escapes decoded, <c>+</c> read as a blank.</summary>
    public static string Unescape(string segment) =>
        segment.AsSpan().IndexOfAny('%', '+') < 0 ? segment : Uri.UnescapeDataString(segment.Replace('+', ' '));

    // The words of the hot routes, so that they cost no string per request.
    private static string? Known(ReadOnlySpan<char> segment) => segment switch
    {
        "v1.0" => "v1.0",
        "actors" => "actors",
        "method" => "method",
        "state" => "state",
        _ => null,
    };
}
