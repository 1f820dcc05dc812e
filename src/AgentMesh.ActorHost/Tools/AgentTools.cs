using AgentMesh.ActorHost.Responders;
using AgentMesh.ActorHost.Turns;

namespace AgentMesh.ActorHost.Tools;

/// <summary>The tools that agents of this process have.</summary>
internal sealed class AgentTools(
    IEnumerable<AgentTool> tools, ResponderOptions responder, TurnOptions turns, IServiceProvider services, TimeProvider time, ILogger<ToolRun> logger)
{
    /// <summary>In place of names: agents have no tools.</summary>
    internal const string None = "none";

    private readonly AgentTool[] _tools = [.. Chosen(responder.Tools, tools)];

    /// <summary>The tools of one run of a turn.</summary>
    public ToolRun Begin(ToolContext context) => new(_tools, context, turns, services, time, logger);

    /// <summary>The names that a setting chooses; null: all there are.</summary>
    internal static string[]? Names(string? setting) => string.IsNullOrWhiteSpace(setting)
        ? null
        : setting.Trim() == None ? [] : setting.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<AgentTool> Chosen(string? setting, IEnumerable<AgentTool> tools) =>
        Names(setting) is { } names ? tools.Where(tool => names.Contains(tool.Name)) : tools;
}
