using System.Buffers;

namespace AgentMesh.Gateway.Agents;

/// <summary>Names of sessions as callers give them. Servers make them, so a text that cannot be one names no session: 404, not 400.</summary>
internal static class SessionId
{
    /// <summary>The detail of <c>session_not_found</c>.</summary>
    public const string NotFoundDetail = "The agent has no such session.";

    private const int MaxLength = 64;
    private static readonly SearchValues<char> Characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>False for a text that no server of ours ever made; it is not sent on.</summary>
    public static bool CanExist(string text) => text.Length is > 0 and <= MaxLength && !text.AsSpan().ContainsAnyExcept(Characters);
}
