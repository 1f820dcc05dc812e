using System.Text.Json;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Mcp.Arguments;
using AgentMesh.Gateway.Mcp.Questions;
using AgentMesh.Gateway.Mcp.Selling;
using AgentMesh.Gateway.Mcp.Tasks;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary><c>tools/list</c> and <c>tools/call</c>: the owner's tools, and for everybody what the agent sells.</summary>
internal sealed class McpTools(
    McpToolbox toolbox, PaidMcpTools paid, McpQuestions questions, McpCallLimits limits, McpEndpointOptions options, TimeProvider timeProvider)
{
    /// <summary>In <c>_meta</c> of a call: as the argument of that name, and before it, because programs choose better keys than models.</summary>
    public const string IdempotencyKeyMeta = "agentmesh/idempotency-key";

    private const string IdempotencyKeyArgument = "idempotencyKey";

    private static readonly Refusal TimedOut = new(EdgeRefusals.ToolTimedOut, "The tool took too long; whether it acted is not known.");

    private static readonly Refusal InvalidKey = new(
        EdgeRefusals.InvalidIdempotencyKey, $"idempotencyKey must be 1-{IdempotencyKey.MaxLength} visible ASCII characters.");

    /// <summary>Lists what the caller may call.</summary>
    public async Task<ListToolsResult> ListAsync(McpCaller caller, RequestContext<ListToolsRequestParams> request, CancellationToken cancellationToken)
    {
        var forSale = await paid.ListAsync(caller.Agent, cancellationToken);
        if (forSale.IsRefused)
            throw McpProblem.Of(forSale.Refusal);
        IEnumerable<Tool> own = caller.IsOwner ? toolbox.List(caller.Agent, McpCaller.RevisionOf(request)) : [];
        var tools = own.Concat(forSale.Value.Where(tool => toolbox.Find(caller.Agent, tool.Name) is null).Select(tool => tool.Definition));
        return McpCaller.Cached(request, new ListToolsResult { Tools = [.. tools.OrderBy(tool => tool.Name, StringComparer.Ordinal)] });
    }

    /// <summary>Calls a tool.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="request">The call.</param>
    /// <param name="task">The task that it may become; what is answered then is for nobody. Null: its client takes none.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    public async Task<CallToolResult> CallAsync(McpCaller caller, RequestContext<CallToolRequestParams> request, TaskOffer? task, CancellationToken cancellationToken)
    {
        var name = McpProblem.Required(McpProblem.Required(request.Params).Name);
        var begun = limits.Begin(caller.Agent, name);
        if (begun.IsRefused)
            return McpResults.Refused(begun.Refusal);
        using var running = begun.Value;
        // The names of the owner's tools are taken, for others too: a name means one thing.
        if (toolbox.Find(caller.Agent, name) is { } tool)
            return caller.IsOwner ? await CallAsync(tool, caller, request, task, cancellationToken) : throw McpProblem.NoTool(name);
        return await paid.CallAsync(caller, request, task, cancellationToken) ?? throw McpProblem.NoTool(name);
    }

    /// <summary>Runs a tool for its owner, within the time that there is for one.</summary>
    public async Task<Result<McpAnswer>> RunAsync(IMcpTool tool, McpCall call, CancellationToken cancellationToken)
    {
        if (InvalidArguments.Check(tool.Definition.InputSchema, call.Arguments.Values) is { } wrong)
            return wrong;
        var key = call.IdempotencyKey ?? call.Arguments.Text(IdempotencyKeyArgument);
        if (key is not null && !IdempotencyKey.IsKey(key))
            return InvalidKey;
        using var clock = new CancellationTokenSource(options.ToolTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        try
        {
            return await tool.RunAsync(call with { IdempotencyKey = key }, either.Token);
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return TimedOut;
        }
    }

    private async Task<CallToolResult> CallAsync(
        IMcpTool tool, McpCaller caller, RequestContext<CallToolRequestParams> request, TaskOffer? task, CancellationToken cancellationToken)
    {
        var scope = new RequestScope(caller.Agent, caller.Name, RequestMethods.ToolsCall, tool.Definition.Name, request.Params.Arguments);
        var answers = questions.Read(scope, request);
        // The protocol wants an error for a state that is not ours: no model can mend it.
        if (answers.IsRefused)
            throw McpProblem.Of(answers.Refusal);
        if (tool.NeedsTask && task is null)
            throw TaskExtension.Missing();
        if (tool.HasMuchToSend && LongReads.Begin(caller.Http) is { } tooMany)
            return McpResults.Refused(tooMany);
        var meta = request.Params.Meta?[IdempotencyKeyMeta];
        var key = meta is null ? null : meta.GetValueKind() == JsonValueKind.String ? meta.GetValue<string>() : "";
        var progress = new McpProgress(request.Server, request.Params.ProgressToken);
        var call = new McpCall(caller.Agent, McpArguments.Of(request.Params.Arguments), key, answers.Value, progress, task);
        var result = await RunAsync(tool, call, cancellationToken);
        if (!result.IsRefused)
            return McpResults.Of(result.Value, McpCaller.RevisionOf(request));
        return await TakesAnswersLaterAsync(call, result.Refusal, cancellationToken) ? new CallToolResult() : McpResults.Refused(questions.Put(scope, request, result.Refusal));
    }

    private static async Task<bool> TakesAnswersLaterAsync(McpCall call, Refusal refusal, CancellationToken cancellationToken)
    {
        if (call.Task is not { } task || refusal is not McpQuestion { MayTakeLong: true } question || McpQuestions.WhyNot(question, call.Answers.Capabilities) is not null)
            return false;
        return await task.TakeAsync(question, call.Arguments, cancellationToken);
    }
}
