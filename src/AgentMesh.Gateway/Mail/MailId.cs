using System.Text.RegularExpressions;

namespace AgentMesh.Gateway.Mail;

/// <summary>Names of sent messages as callers give them. Agents make them, so a text that cannot be one names no message: 404, not 400.</summary>
internal static partial class MailId
{
    /// <summary>False for a text that no agent ever made; it is not sent on.</summary>
    public static bool CanExist(string text) => Form().IsMatch(text);

    // The sender's number, below 2^48, and what makes it the only one of its name.
    [GeneratedRegex(@"\A[1-9][0-9]{0,14}-[a-z2-7]{26}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
