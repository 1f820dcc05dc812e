using System.Text;

namespace AgentMesh.Cli.Terminal;

/// <summary>A server's document, as <c>--json</c> prints it.</summary>
internal static class ServerText
{
    /// <summary>
    /// The document as it came, with what is no plain text escaped. In a text of JSON that is the same text, and outside of one there is nothing to escape.
    /// </summary>
    /// <param name="json">JSON.</param>
    public static string Of(ReadOnlySpan<byte> json) => PlainText.Of(Encoding.UTF8.GetString(json), keepsLines: true).Trim();
}
