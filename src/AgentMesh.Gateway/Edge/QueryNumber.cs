using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AgentMesh.Gateway.Edge;

/// <summary>Positive numbers in query parameters.</summary>
internal static class QueryNumber
{
    /// <summary>Digits only: no sign, no blanks, no thousands. Parsing alone lets NULs at the end pass.</summary>
    [SuppressMessage("Design", "CA1021:Avoid out parameters", Justification = "The Try pattern.")]
    public static bool TryRead(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0 && !text.EndsWith('\0');
}
