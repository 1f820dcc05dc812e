using System.Globalization;

namespace AgentMesh.Sidecar.Resiliency;

/// <summary>A list of statuses as <c>matching.httpStatusCodes</c> writes it: <c>429,501-503</c>.</summary>
internal sealed class StatusCodeSet
{
    private readonly List<(int First, int Last)> _ranges = [];

    /// <exception cref="FormatException">It is no such list.</exception>
    public static StatusCodeSet Parse(string text)
    {
        var codes = new StatusCodeSet();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = part.Split('-', StringSplitOptions.TrimEntries);
            if (ends.Length > 2 || !TryRead(ends[0], out var first) || !TryRead(ends[^1], out var last) || last < first)
                throw new FormatException($"'{part}' is no status code and no range of them");
            codes._ranges.Add((first, last));
        }

        return codes;
    }

    public bool Contains(int status) => _ranges.Exists(range => range.First <= status && status <= range.Last);

    private static bool TryRead(string text, out int code) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out code) && code is >= 100 and <= 599;
}
