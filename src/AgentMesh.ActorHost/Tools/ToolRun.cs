using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AgentMesh.ActorHost.Turns;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Turns;
using AgentMesh.Contracts.Agents;
using Microsoft.Extensions.AI;

namespace AgentMesh.ActorHost.Tools;

/// <summary>
/// The tools of one run of a turn, and what is left of its work. Calls are made one after the other in the model's order, each once: whatever
/// goes wrong with one becomes a text that the model reads in place of its result.
/// </summary>
internal sealed partial class ToolRun(
    IReadOnlyList<AgentTool> tools,
    ToolContext context,
    Func<NoteTool, CancellationToken, Task<bool>> noteAsync,
    TurnOptions options,
    IServiceProvider services,
    TimeProvider time,
    ILogger<ToolRun> logger)
{
    private static readonly ActivitySource Source = new("AgentMesh.Tools");

    /// <summary>The result of a tool that returns nothing.</summary>
    private const string NoResult = "Done.";

    // Not those that are sold: what a model asks for is paid by nobody.
    private readonly AgentTool[] _unpaid = [.. tools.Where(tool => tool.PriceUsd is null)];

    private int _modelCalls;
    private int _toolCalls;
    private int _madeCalls;

    /// <summary>As a model is told of them.</summary>
    public IList<AITool> Offered => field ??= [.. _unpaid.Select(tool => tool.Function)];

    /// <summary>A call of the model begins. The last one of a turn is made without tools, so that it ends in an answer.</summary>
    /// <returns>Whether it may ask for tools.</returns>
    public bool BeginModelCall() => ++_modelCalls < options.MaxModelCalls && _toolCalls < options.MaxToolCalls && Offered.Count > 0;

    /// <summary>Calls the tools a model has asked for.</summary>
    /// <returns>A result for each, in the order of the calls.</returns>
    public async Task<IList<AIContent>> CallAsync(IReadOnlyList<FunctionCallContent> calls, CancellationToken cancellationToken)
    {
        var results = new List<AIContent>(calls.Count);
        foreach (var call in calls)
        {
            var result = _toolCalls++ < options.MaxToolCalls
                ? (await CallAsync(call, _unpaid, cancellationToken)).Text
                : $"Not called: a turn has {Text(options.MaxToolCalls)} calls of tools, and they are used up. Answer with what you know.";
            results.Add(new FunctionResultContent(call.CallId, Cut(result)));
        }

        return results;
    }

    /// <summary>Calls a tool that no model has asked for.</summary>
    public async Task<CalledTool> CallOneAsync(string name, JsonElement arguments, CancellationToken cancellationToken)
    {
        var values = arguments.EnumerateObject().ToDictionary(member => member.Name, object? (member) => member.Value, StringComparer.Ordinal);
        var called = await CallAsync(new FunctionCallContent("1", name, values), tools, cancellationToken);
        // Nobody reads it as a result only: an answer has a text.
        return called with { Text = called.Text.Length == 0 ? NoResult : Cut(called.Text) };
    }

    private async Task<CalledTool> CallAsync(FunctionCallContent call, IReadOnlyList<AgentTool> among, CancellationToken cancellationToken)
    {
        if (among.FirstOrDefault(tool => tool.Name == call.Name) is not { } tool)
            return new CalledTool(false, $"Not called: {AgentTools.NoSuchTool(among)}");
        if (WhyNot(call, tool.Function.JsonSchema) is { } reason)
            return new CalledTool(false, $"Not called: {reason} Call it again with arguments of its schema: {tool.Function.JsonSchema.GetRawText()}");

        var number = ++_madeCalls;
        await NoteAsync(number, tool, ToolStatus.Started, null, cancellationToken);
        var begun = time.GetTimestamp();
        var (status, text) = await InvokeAsync(tool, call, cancellationToken);
        await NoteAsync(number, tool, status, (int)Math.Min(int.MaxValue, time.GetElapsedTime(begun).TotalMilliseconds), cancellationToken);
        return new CalledTool(status == ToolStatus.Completed, text);
    }

    /// <summary>Before the call, so that none is made that the agent does not know of, and none by a run that has lost its turn.</summary>
    private async Task NoteAsync(int number, AgentTool tool, string status, int? durationMs, CancellationToken cancellationToken)
    {
        if (!await noteAsync(new NoteTool(TurnId.Parse(context.TurnId)!.Value, context.Attempt, number, tool.Name, status, durationMs), cancellationToken))
            throw new TurnLostException();
    }

    private async Task<(string Status, string Text)> InvokeAsync(AgentTool tool, FunctionCallContent call, CancellationToken cancellationToken)
    {
        var arguments = new AIFunctionArguments(call.Arguments)
        {
            Services = services,
            Context = new Dictionary<object, object?> { [typeof(ToolContext)] = context },
        };
        using var span = Source.StartActivity($"execute_tool {tool.Name}");
        span?.SetTag("gen_ai.operation.name", "execute_tool").SetTag("gen_ai.tool.name", tool.Name).SetTag("gen_ai.tool.type", "function");
        using var clock = new CancellationTokenSource(TimeSpan.FromSeconds(options.ToolTimeoutSeconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        try
        {
            // On another thread and not waited for any longer than this: a tool that blocks or ignores its token must not hold the turn.
            var calling = Task.Run(async () => ToText(await tool.Function.InvokeAsync(arguments, either.Token)), either.Token);
            return (ToolStatus.Completed, await calling.WaitAsync(either.Token));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested)
        {
            LogTimedOut(tool.Name, context.TurnId, context.Attempt, options.ToolTimeoutSeconds);
            return (ToolStatus.TimedOut, $"The tool did not end within {Text(options.ToolTimeoutSeconds)} s and was left. Whether it has done its work is not known.");
        }
#pragma warning disable CA1031 // The edge of somebody's code: its fault is the model's to know, and no reason to end the turn.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            // The type only: a message may hold arguments, and so the owner's text.
            LogFailed(tool.Name, context.TurnId, context.Attempt, fault.GetType().Name);
            return (ToolStatus.Failed, "The tool failed. Whether it has done its work is not known.");
        }
    }

    private static string? WhyNot(FunctionCallContent call, JsonElement schema)
    {
        if (call.Exception is not null)
            return "The arguments are no JSON object.";
        try
        {
            var arguments = JsonSerializer.SerializeToElement(
                call.Arguments ?? new Dictionary<string, object?>(), AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IDictionary<string, object?>)));
            return AgentTools.WhyNot(schema, arguments);
        }
        catch (NotSupportedException)
        {
            // Of an own client only: it has put something into the arguments that no JSON can say.
            return "The arguments are no JSON object.";
        }
    }

    private static string ToText(object? result) => result switch
    {
        null => NoResult,
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } json => json.GetString()!,
        JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => NoResult,
        _ => JsonSerializer.Serialize(result, AIJsonUtilities.DefaultOptions),
    };

    private static string Cut(string text)
    {
        var kept = Utf8Text.Cut(text, ToolLimits.ResultBytes);
        return kept.Length == text.Length ? text : $"{kept}\n[cut: a result has at most {Text(ToolLimits.ResultBytes)} bytes]";
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tool {Tool} failed in turn {Turn}, attempt {Attempt}: {Fault}")]
    private partial void LogFailed(string tool, string turn, int attempt, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tool {Tool} was left in turn {Turn}, attempt {Attempt}, after {Seconds} s")]
    private partial void LogTimedOut(string tool, string turn, int attempt, int seconds);
}

/// <summary>What became of a call.</summary>
/// <param name="HasResult">False: it was not made, failed, or was left.</param>
/// <param name="Text">The result, or what went wrong in a text for whoever asked for the call.</param>
internal readonly record struct CalledTool(bool HasResult, string Text);
