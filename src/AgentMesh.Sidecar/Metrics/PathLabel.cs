namespace AgentMesh.Sidecar.Metrics;

/// <summary>
/// The label <c>path</c> of HTTP metrics: daprd's grouping, which leaves actor ids, state keys and secret names out
/// (dapr: pkg/diagnostics/http_monitoring_legacy.go).
/// </summary>
internal static class PathLabel
{
    /// <summary>What is longer is cut: the label is a name, not a document.</summary>
    public const int MaxLength = 200;

    private const int MaxSegments = 6;

    /// <summary>Writes the label of a path, which may have a query and double slashes. Returns its length.</summary>
    /// <param name="path">As it was sent; the callbacks of apps have no slash in front of their label, as daprd writes them.</param>
    /// <param name="label">At least <see cref="MaxLength"/> characters.</param>
    public static int Write(ReadOnlySpan<char> path, Span<char> label)
    {
        if (path.IndexOfAny('?', '#') is >= 0 and var end)
            path = path[..end];
        Span<Range> segments = stackalloc Range[MaxSegments];
        var count = Split(path, segments);
        var isCallback = count >= 3 && path[segments[0]] is "actors";
        var id = isCallback ? 2 : -1;
        if (count >= 3 && !isCallback)
        {
            if (path[segments[1]] is "state" or "secrets")
                count = 3;
            else if (path[segments[1]] is "actors" && count >= 5)
                (id, count) = (3, 5);
        }

        var length = 0;
        for (var index = 0; index < count; index++)
        {
            if (index > 0 || !isCallback)
                length += Append(label[length..], "/");
            length += Append(label[length..], index == id ? "{id}" : path[segments[index]]);
        }

        return count == 0 ? Append(label, "/") : length;
    }

    // Like strings.SplitN: the last segment is all the rest.
    private static int Split(ReadOnlySpan<char> path, Span<Range> segments)
    {
        var (count, start) = (0, 0);
        while (true)
        {
            while (start < path.Length && path[start] == '/')
                start++;
            if (start == path.Length)
                return count;
            var end = count == MaxSegments - 1 ? -1 : path[start..].IndexOf('/');
            var stop = end < 0 ? path.Length : start + end;
            segments[count++] = start..stop;
            start = stop;
        }
    }

    private static int Append(Span<char> label, ReadOnlySpan<char> text)
    {
        var fits = Math.Min(text.Length, label.Length);
        text[..fits].CopyTo(label);
        return fits;
    }
}
