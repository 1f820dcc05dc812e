using CsCheck;

namespace AgentMesh.Agents.Tests;

/// <summary>How long tests of random lives are: by CsCheck's own setting, <c>CsCheck_Iter</c>, 100 unless told.</summary>
internal static class Lives
{
    /// <summary>So many, when nothing is told.</summary>
    /// <param name="number">1 or more.</param>
    internal static int Of(int number) => (int)Math.Max(1, number * Check.Iter / 100);
}
