using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AgentMesh.Gateway.Edge;

/// <summary>Positive numbers in query parameters.</summary>
internal static class QueryNumber
{
    /// <summary>Reads a parameter that may be left out.</summary>
    /// <param name="query">The query.</param>
    /// <param name="name">The parameter.</param>
    /// <param name="most">The greatest number it may be.</param>
    /// <param name="number">The number; null when the parameter is left out.</param>
    /// <returns>False when it is there and not one number from 1 to <paramref name="most"/>.</returns>
    [SuppressMessage("Design", "CA1021:Avoid out parameters", Justification = "The Try pattern with a third outcome: no parameter is fine.")]
    public static bool TryRead(IQueryCollection query, string name, long most, out long? number)
    {
        number = null;
        var values = query[name];
        if (values.Count == 0)
            return true;
        // Digits only: no sign, no blanks, no thousands. Parsing alone lets NULs at the end pass.
        if (values is not [{ } text] || text.EndsWith('\0')
            || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var given) || given < 1 || given > most)
            return false;
        number = given;
        return true;
    }
}
