namespace AgentMesh.Cli.Benching;

/// <summary>Percentiles by the nearest rank: always a value that was measured.</summary>
internal static class Percentile
{
    /// <summary>The least of the values that so many of a hundred are not above.</summary>
    /// <param name="sorted">The values in their order, at least one.</param>
    /// <param name="percent">1 to 100.</param>
    public static double Of(IReadOnlyList<double> sorted, int percent) => sorted[(int)((((long)sorted.Count * percent) + 99) / 100) - 1];
}
