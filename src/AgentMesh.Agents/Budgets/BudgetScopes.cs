using System.Text.RegularExpressions;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Sessions;

namespace AgentMesh.Agents.Budgets;

/// <summary>Names of what a limit holds for: <c>agent</c>, <c>session:{id}</c>, <c>tool:{name}</c>.</summary>
public static partial class BudgetScopes
{
    /// <summary>Everything the agent spends.</summary>
    public const string Agent = "agent";

    /// <summary>What another agent lets a turn spend, in refusals. No limit has this name.</summary>
    public const string Delegation = "delegation";

    private const string SessionPrefix = "session:";
    private const string ToolPrefix = "tool:";

    /// <summary>What is spent in a session.</summary>
    public static string Session(string id) => SessionPrefix + id;

    /// <summary>What a tool spends.</summary>
    public static string Tool(string name) => ToolPrefix + name;

    /// <summary>True for a name of a scope; there need not be such a session or tool.</summary>
    public static bool IsWellFormed(string scope)
    {
        if (scope.StartsWith(SessionPrefix, StringComparison.Ordinal))
            return scope[SessionPrefix.Length..] is var id && (id == SessionNames.Default || SessionId.IsWellFormed(id));
        return scope == Agent || scope.StartsWith(ToolPrefix, StringComparison.Ordinal) && ToolName().IsMatch(scope[ToolPrefix.Length..]);
    }

    // As tools are named.
    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ToolName();
}
