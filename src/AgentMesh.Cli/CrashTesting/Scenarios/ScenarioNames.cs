namespace AgentMesh.Cli.CrashTesting.Scenarios;

/// <summary>The scenarios, by the names of the command line.</summary>
internal static class ScenarioNames
{
    /// <summary>All of them, one after the other.</summary>
    public const string All = "all";

    private static readonly Dictionary<string, Func<IScenario>> Made = new(StringComparer.Ordinal)
    {
        ["messages"] = () => new MessagesScenario(),
        ["turns"] = () => new TurnsScenario(),
        ["streams"] = () => new StreamsScenario(),
        ["payments"] = () => new PaymentsScenario(),
        ["budget"] = () => new BudgetScenario(),
        ["mail"] = () => new MailScenario(),
        ["isolation"] = () => new IsolationScenario(),
    };

    /// <summary>Their names.</summary>
    public static IReadOnlyCollection<string> Known => Made.Keys;

    /// <summary>A new one.</summary>
    public static IScenario Make(string name) => Made[name]();
}
