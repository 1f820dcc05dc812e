using AgentMesh.Primitives;

namespace AgentMesh.Cli.Watching;

/// <summary>The command line of <c>watch</c>, read.</summary>
/// <param name="User">Whose agent.</param>
/// <param name="After">Only what comes behind this number; null: only what is new.</param>
/// <param name="Types">Only these types; empty: all.</param>
/// <param name="Count">Ends after so many; null: goes on.</param>
/// <param name="AsJson">Prints the gateway's documents, one a line.</param>
internal sealed record WatchOptions(UserId User, long? After, IReadOnlyList<string> Types, int? Count, bool AsJson)
{
    // Pieces of a text that is being written are no events of the log.
    private const string Delta = "delta";

    /// <summary>Events of this type are shown.</summary>
    public bool Shows(string type) => Types.Count == 0 ? type != Delta : Types.Contains(type);
}
