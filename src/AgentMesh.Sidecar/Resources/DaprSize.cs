using System.Globalization;

namespace AgentMesh.Sidecar.Resources;

/// <summary>Size texts of the run file and of daprd's flags, <c>4Mi</c> or <c>65536</c>: Kubernetes quantities without the small units.</summary>
internal static class DaprSize
{
    // Kubernetes' resource.Quantity: two letters are powers of 1024, one letter is a power of 1000 ("k" is the lower-case one).
    private static readonly (string Suffix, decimal Factor)[] Units =
    [
        ("Ki", 1024m), ("Mi", 1024m * 1024), ("Gi", 1024m * 1024 * 1024), ("Ti", 1024m * 1024 * 1024 * 1024),
        ("k", 1e3m), ("M", 1e6m), ("G", 1e9m), ("T", 1e12m),
    ];

    /// <summary>Bytes, at least 1; a fraction of a byte is rounded up as Kubernetes does. False for anything else.</summary>
    public static bool TryParse(string? text, out long bytes)
    {
        bytes = 0;
        var number = text?.Trim() ?? "";
        var factor = 1m;
        foreach (var unit in Units)
        {
            if (!number.EndsWith(unit.Suffix, StringComparison.Ordinal)) continue;
            (number, factor) = (number[..^unit.Suffix.Length], unit.Factor);
            break;
        }

        const NumberStyles Style = NumberStyles.AllowDecimalPoint;
        if (!decimal.TryParse(number, Style, CultureInfo.InvariantCulture, out var value) || value <= 0 || value > long.MaxValue / factor)
            return false;
        bytes = (long)decimal.Ceiling(value * factor);
        return true;
    }
}
