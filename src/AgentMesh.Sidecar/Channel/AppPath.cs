namespace AgentMesh.Sidecar.Channel;

/// <summary>What callers may put into the paths of an app (dapr:pkg/messaging/method/normalize.go).</summary>
internal static class AppPath
{
    /// <summary>True for an actor type, an actor id, or the name of a reminder or timer: one segment, whatever decodes it.</summary>
    public static bool IsName(string name) => name is not ("" or "." or "..") && name.AsSpan().IndexOfAny("#?/\\") < 0 && !name.Any(char.IsControl);

    /// <summary>A method without dot segments and double slashes, decoded; null when it is refused.</summary>
    public static string? CleanMethod(string method)
    {
        if (method.AsSpan().IndexOfAny("#?") >= 0 || method.Any(char.IsControl))
            return null;
        var parts = new List<string>();
        foreach (var part in method.Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part is not "..")
                parts.Add(part);
            else if (parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
        }

        return string.Join('/', parts);
    }

    /// <summary>For a URL. <see cref="Uri"/> escapes the rest, but takes <c>%</c> with two digits behind it for an escape.</summary>
    public static string Escape(string decoded) => decoded.Replace("%", "%25", StringComparison.Ordinal);
}
