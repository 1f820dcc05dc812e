using System.Globalization;
using System.Text;
using System.Text.Json;
using AgentMesh.ActorHost.Turns;
using Microsoft.Extensions.AI;

namespace AgentMesh.ActorHost.Tools;

/// <summary>
/// The tools of one run of a turn, and what is left of its work. Calls are made one after the other in the model's order, each once: whatever
/// goes wrong with one becomes a text that the model reads in place of its result.
/// </summary>
internal sealed partial class ToolRun(
    IReadOnlyList<AgentTool> tools, ToolContext context, TurnOptions options, IServiceProvider services, TimeProvider time, ILogger<ToolRun> logger)
{
    private int _modelCalls;
    private int _toolCalls;

    /// <summary>As a model is told of them.</summary>
    public IList<AITool> Offered { get; } = [.. tools.Select(tool => tool.Function)];

    /// <summary>A call of the model begins. The last one of a turn is made without tools, so that it ends in an answer.</summary>
    /// <returns>Whether it may ask for tools.</returns>
    public bool BeginModelCall() => ++_modelCalls < options.MaxModelCalls && _toolCalls < options.MaxToolCalls && tools.Count > 0;

    /// <summary>Calls the tools a model has asked for.</summary>
    /// <returns>A result for each, in the order of the calls.</returns>
    public async Task<IList<AIContent>> CallAsync(IReadOnlyList<FunctionCallContent> calls, CancellationToken cancellationToken)
    {
        var results = new List<AIContent>(calls.Count);
        foreach (var call in calls)
        {
            var result = _toolCalls++ < options.MaxToolCalls
                ? await CallAsync(call, cancellationToken)
                : $"Not called: a turn has {Text(options.MaxToolCalls)} calls of tools, and they are used up. Answer with what you know.";
            results.Add(new FunctionResultContent(call.CallId, Cut(result)));
        }

        return results;
    }

    private async Task<string> CallAsync(FunctionCallContent call, CancellationToken cancellationToken)
    {
        if (tools.FirstOrDefault(tool => tool.Name == call.Name) is not { } tool)
            return $"Not called: there is no such tool. The tools are: {string.Join(", ", tools.Select(known => known.Name))}.";
        if (WhyNot(call, tool.Function.JsonSchema) is { } reason)
            return $"Not called: {reason} Call it again with arguments of its schema: {tool.Function.JsonSchema.GetRawText()}";

        var arguments = new AIFunctionArguments(call.Arguments)
        {
            Services = services,
            Context = new Dictionary<object, object?> { [typeof(ToolContext)] = context },
        };
        using var clock = new CancellationTokenSource(TimeSpan.FromSeconds(options.ToolTimeoutSeconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        try
        {
            // On another thread and not waited for any longer than this: a tool that blocks or ignores its token must not hold the turn.
            var calling = Task.Run(async () => ToText(await tool.Function.InvokeAsync(arguments, either.Token)), either.Token);
            return await calling.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested)
        {
            LogTimedOut(tool.Name, context.TurnId, context.Attempt, options.ToolTimeoutSeconds);
            return $"The tool did not end within {Text(options.ToolTimeoutSeconds)} s and was left. Whether it has done its work is not known.";
        }
#pragma warning disable CA1031 // The edge of somebody's code: its fault is the model's to know, and no reason to end the turn.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            // The type only: a message may hold arguments, and so the owner's text.
            LogFailed(tool.Name, context.TurnId, context.Attempt, fault.GetType().Name);
            return "The tool failed. Whether it has done its work is not known.";
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
            return Encoding.UTF8.GetByteCount(arguments.GetRawText()) > ToolLimits.ArgumentBytes
                ? $"The arguments have more than {Text(ToolLimits.ArgumentBytes)} bytes."
                : ToolArguments.WhyNot(schema, arguments);
        }
        catch (NotSupportedException)
        {
            // Of an own client only: it has put something into the arguments that no JSON can say.
            return "The arguments are no JSON object.";
        }
    }

    private static string ToText(object? result) => result switch
    {
        null => "Done.",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } json => json.GetString()!,
        JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => "Done.",
        _ => JsonSerializer.Serialize(result, AIJsonUtilities.DefaultOptions),
    };

    private static string Cut(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) <= ToolLimits.ResultBytes)
            return text;
        Span<byte> bytes = stackalloc byte[ToolLimits.ResultBytes];
        // Writes whole characters only.
        Encoding.UTF8.GetEncoder().Convert(text, bytes, flush: false, out var characters, out _, out _);
        return $"{text.AsSpan(0, characters)}\n[cut: a result has at most {Text(ToolLimits.ResultBytes)} bytes]";
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tool {Tool} failed in turn {Turn}, attempt {Attempt}: {Fault}")]
    private partial void LogFailed(string tool, string turn, int attempt, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tool {Tool} was left in turn {Turn}, attempt {Attempt}, after {Seconds} s")]
    private partial void LogTimedOut(string tool, string turn, int attempt, int seconds);
}
