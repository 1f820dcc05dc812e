using System.Globalization;
using System.Text;
using System.Text.Json;
using AgentMesh.ActorHost.Responders;
using AgentMesh.ActorHost.Turns;

namespace AgentMesh.ActorHost.Tools;

/// <summary>The tools that agents of this process have.</summary>
internal sealed class AgentTools(
    IEnumerable<AgentTool> tools,
    TurnActors actors,
    ResponderOptions responder,
    TurnOptions turns,
    IServiceProvider services,
    TimeProvider time,
    ILogger<ToolRun> logger)
{
    /// <summary>In place of names: agents have no tools.</summary>
    internal const string None = "none";

    // What is for sale is so whatever models may call.
    private readonly AgentTool[] _tools = [.. Chosen(responder.Tools, tools.Where(tool => tool.PriceUsd is null)), .. tools.Where(tool => tool.PriceUsd is not null)];

    /// <summary>The tools of one run of a turn.</summary>
    public ToolRun Begin(ToolContext context) => new(
        _tools, context, (note, token) => actors.NoteToolAsync(context.Agent.ToString(), note, token), turns, services, time, logger);

    /// <summary>What others may buy.</summary>
    public IReadOnlyList<AgentTool> ForSale { get; } = [.. tools.Where(tool => tool.PriceUsd is not null)];

    /// <summary>Why a call would not be made, in a sentence; null: it would be.</summary>
    /// <param name="name">The tool's name.</param>
    /// <param name="arguments">A JSON object.</param>
    public string? WhyNot(string name, JsonElement arguments) =>
        _tools.FirstOrDefault(tool => tool.Name == name) is { } tool ? WhyNot(tool.Function.JsonSchema, arguments) : NoSuchTool(_tools);

    internal static string? WhyNot(JsonElement schema, JsonElement arguments) => Encoding.UTF8.GetByteCount(arguments.GetRawText()) > ToolLimits.ArgumentBytes
        ? string.Create(CultureInfo.InvariantCulture, $"The arguments have more than {ToolLimits.ArgumentBytes} bytes.")
        : ToolArguments.WhyNot(schema, arguments);

    internal static string NoSuchTool(IReadOnlyList<AgentTool> tools) =>
        tools.Count == 0 ? "there are no tools." : $"there is no such tool. The tools are: {string.Join(", ", tools.Select(tool => tool.Name))}.";

    /// <summary>The names that a setting chooses; null: all there are.</summary>
    internal static string[]? Names(string? setting) => string.IsNullOrWhiteSpace(setting)
        ? null
        : setting.Trim() == None ? [] : setting.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<AgentTool> Chosen(string? setting, IEnumerable<AgentTool> tools) =>
        Names(setting) is { } names ? tools.Where(tool => names.Contains(tool.Name)) : tools;
}
