using System.Globalization;
using AgentMesh.Agents.Sessions;

namespace AgentMesh.Agents.Mail;

/// <summary>
/// Names of messages between agents: the sender's number, which finds it, and 26 characters of <see cref="SessionId.Of"/>, which make it the only one
/// of its name: <c>12-abcdefghijklmnopqrstuvwxyz</c>.
/// </summary>
public static class MailId
{
    /// <summary>The id of a message.</summary>
    /// <param name="n">The sender's number of it.</param>
    /// <param name="requestId">The gateway's id of the request.</param>
    /// <param name="idempotencyKey">The caller's key, which then counts alone; null for none.</param>
    public static string Of(long n, string requestId, string? idempotencyKey) =>
        string.Create(CultureInfo.InvariantCulture, $"{n}-{SessionId.Of("mail:" + requestId, idempotencyKey is null ? null : "mail:" + idempotencyKey)}");

    /// <summary>The sender's number; null for a text that is no id.</summary>
    public static long? NumberOf(string? id)
    {
        var dash = id?.IndexOf('-', StringComparison.Ordinal) ?? -1;
        return dash > 0
            && SessionId.IsWellFormed(id![(dash + 1)..])
            && long.TryParse(id.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            && n is > 0 and < 1L << 48 && id[0] != '0'
                ? n
                : null;
    }
}
