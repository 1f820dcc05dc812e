using System.Globalization;

namespace AgentMesh.EndToEnd;

/// <summary>Tests that others stand for where time counts; each starts many processes, which costs two cores half a minute.</summary>
internal static class LongForm
{
    /// <summary>All are asked for.</summary>
    public static bool IsAsked { get; } = Environment.GetEnvironmentVariable("AGENTMESH_LONG") == "1";

    /// <summary>Skips the test unless all are asked for.</summary>
    public static void OrSkip() => Assert.SkipUnless(IsAsked, "A test of the long form: AGENTMESH_LONG=1.");

    /// <summary>
    /// Skips a test of the store unless it is the one that stands for both, or all are asked for. Which of the two that is differs from class to class, so both are
    /// killed, restarted and read in every run.
    /// </summary>
    public static void UnlessOn(StoreKind kind, StoreKind standsForBoth)
    {
        if (kind != standsForBoth)
            OrSkip();
    }

    /// <summary>How much of something a test makes, as the environment says.</summary>
    public static int Number(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
