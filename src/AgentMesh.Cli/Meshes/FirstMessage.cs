using AgentMesh.Primitives;

namespace AgentMesh.Cli.Meshes;

/// <summary>An agent has a wallet, and sells, from its first message on: how to send it one.</summary>
internal static class FirstMessage
{
    /// <summary>A command for the shell.</summary>
    public static string CommandFor(Uri gateway, UserId user) =>
        $"curl {MeshPlace.Below(gateway, $"agent/{user}/message")} " + """-H 'content-type: application/json' -d '{"content":"Hello"}'""";

    /// <summary>The same for whatever is below an agent's address; null when the URL is of no agent.</summary>
    public static string? CommandFor(Uri url)
    {
        string[] segments = [.. url.Segments.Select(segment => segment.TrimEnd('/'))];
        var agent = Array.IndexOf(segments, "agent");
        return agent == 1 && segments.Length > 2 && UserId.TryParse(segments[2], out var user) ? CommandFor(new Uri(url.GetLeftPart(UriPartial.Authority)), user) : null;
    }
}
