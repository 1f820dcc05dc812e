using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AgentMesh.Gateway.Edge;

/// <summary>Numbers in query parameters.</summary>
internal static class QueryNumber
{
    /// <summary>Reads a parameter that may be left out.</summary>
    /// <param name="query">The query.</param>
    /// <param name="name">The parameter.</param>
    /// <param name="least">The smallest number it may be, 0 or more.</param>
    /// <param name="most">The greatest number it may be.</param>
    /// <param name="number">The number; null when the parameter is left out.</param>
    /// <returns>False when it is there and not one number from <paramref name="least"/> to <paramref name="most"/>.</returns>
    [SuppressMessage("Design", "CA1021:Avoid out parameters", Justification = "The Try pattern with a third outcome: no parameter is fine.")]
    public static bool TryRead(IQueryCollection query, string name, long least, long most, out long? number)
    {
        number = null;
        var values = query[name];
        if (values.Count == 0)
            return true;
        number = values is [{ } text] && TryParse(text, out var given) && given >= least && given <= most ? given : null;
        return number is not null;
    }

    /// <summary>Digits only: no sign, no blanks, no thousands.</summary>
    [SuppressMessage("Design", "CA1021:Avoid out parameters", Justification = "The Try pattern.")]
    public static bool TryParse(string text, out long number)
    {
        number = 0;
        // Parsing alone lets NULs at the end pass.
        return !text.EndsWith('\0') && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
