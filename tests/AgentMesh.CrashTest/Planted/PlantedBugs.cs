#if PLANTED_BUGS
namespace AgentMesh;

/// <summary>
/// Bugs planted to see whether the crash-test kit finds them. Compiled into the projects of <c>src</c> by <c>-p:PlantedBugs=true</c> and never without it: a
/// build that is shipped has neither this type nor the lines that ask it.
/// </summary>
internal static class PlantedBugs
{
    private static readonly string? Planted = Environment.GetEnvironmentVariable("AGENTMESH_PLANTED_BUG");

    /// <summary>True when this process is to have the bug of that name.</summary>
    public static bool Is(string name) => Planted == name;
}
#endif
