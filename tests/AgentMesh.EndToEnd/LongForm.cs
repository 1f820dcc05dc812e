namespace AgentMesh.EndToEnd;

/// <summary>Tests that others stand for where time counts; each starts many processes, which costs two cores half a minute.</summary>
internal static class LongForm
{
    /// <summary>Skips the test unless all are asked for.</summary>
    public static void OrSkip() => Assert.SkipUnless(Environment.GetEnvironmentVariable("AGENTMESH_LONG") == "1", "A test of the long form: AGENTMESH_LONG=1.");
}
