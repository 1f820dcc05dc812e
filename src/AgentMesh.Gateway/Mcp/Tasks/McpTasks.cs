using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Watching;
using AgentMesh.Primitives;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using RequestId = AgentMesh.Gateway.Edge.RequestId;

namespace AgentMesh.Gateway.Mcp.Tasks;

#pragma warning disable MCPEXP002 // The SDK's only hook for methods that it does not have.

/// <summary><c>tasks/get</c>, <c>tasks/update</c> and <c>tasks/cancel</c>. There is no list: who has the id of a task has it from the call that it was.</summary>
internal sealed class McpTasks(AgentCalls calls, TaskReader reader, WatchHub hub)
{
    private const string Get = "tasks/get";
    private const string Update = "tasks/update";
    private const string Cancel = "tasks/cancel";
    private const string IdMember = "taskId";

    private static readonly Refusal NotFound = new(AgentRefusals.TaskNotFound, "The agent has no such task, or it has expired.");

    /// <summary>The methods, without what they do: before a request has its server, their header <c>Mcp-Name</c> is compared with the id of the task.</summary>
    public static IList<McpServerRequestHandler> Methods() =>
        [.. new[] { Get, Update, Cancel }.Select(method => Handler(method, (_, _) => throw new InvalidOperationException("The request has no server of its own.")))];

    /// <summary>The methods of one caller.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="serve">Runs one, with the limits of all requests.</param>
    public IList<McpServerRequestHandler> MethodsOf(McpCaller caller, Func<string, Func<Task<JsonNode?>>, CancellationToken, ValueTask<JsonNode?>> serve) =>
    [
        Handler(Get, (request, ended) => serve(Get, () => GetAsync(caller, request, ended), ended)),
        Handler(Update, (request, ended) => serve(Update, () => UpdateAsync(caller, request, ended), ended)),
        Handler(Cancel, (request, ended) => serve(Cancel, () => CancelAsync(caller, request, ended), ended)),
    ];

    private static McpServerRequestHandler Handler(string method, Func<JsonRpcRequest, CancellationToken, ValueTask<JsonNode?>> handler) =>
        new() { Method = method, RoutingNameParameter = IdMember, Handler = handler };

    private async Task<JsonNode?> GetAsync(McpCaller caller, JsonRpcRequest request, CancellationToken cancellationToken)
    {
        var task = await FindAsync(caller, request, cancellationToken);
        var read = await reader.ReadAsync(caller.Agent, task, request.Context, cancellationToken);
        return JsonSerializer.SerializeToNode(read, GatewayJson.McpResults.TaskResult);
    }

    /// <summary>Answers to nothing that is asked are not heard. With the last one the work goes on, whether its client looks at it or not.</summary>
    private async Task<JsonNode?> UpdateAsync(McpCaller caller, JsonRpcRequest request, CancellationToken cancellationToken)
    {
        TaskExtension.Require(request);
        if (Parameter(request, "inputResponses") is not JsonObject said)
            throw new McpProtocolException("inputResponses must be an object.", McpErrorCode.InvalidParams);
        var task = await FindAsync(caller, request, cancellationToken);
        if (task.Input is { } input && TaskInputs.AnswersIn(input, said) is { Count: > 0 } answers)
        {
            var answered = await calls.UpdateTaskAsync(caller.Agent, new UpdateTask(task.TaskId, caller.IsOwner, answers), cancellationToken);
            if (answered.IsRefused)
                throw McpProblem.Of(answered.Refusal);
            await reader.ReadAsync(caller.Agent, answered.Value, request.Context, cancellationToken);
        }

        return Acknowledged();
    }

    /// <summary>A turn is canceled, and a question no longer asked. What was paid for is not: it goes on, and is settled with its answer.</summary>
    private async Task<JsonNode?> CancelAsync(McpCaller caller, JsonRpcRequest request, CancellationToken cancellationToken)
    {
        var task = await FindAsync(caller, request, cancellationToken);
        if (task.Turn is { } turn)
        {
            await CancelAsync(caller, turn, cancellationToken);
        }
        else if (task.Input is not null)
        {
            var canceled = await calls.UpdateTaskAsync(caller.Agent, new UpdateTask(task.TaskId, caller.IsOwner, IsCanceled: true), cancellationToken);
            if (canceled.IsRefused)
                throw McpProblem.Of(canceled.Refusal);
        }

        return Acknowledged();
    }

    private async Task CancelAsync(McpCaller caller, Turn turn, CancellationToken cancellationToken)
    {
        var canceled = await calls.CancelTurnAsync(caller.Agent, new CancelTurn(turn.TurnId), cancellationToken);
        if (canceled.IsRefused)
            throw McpProblem.Of(canceled.Refusal);
        if (canceled.Value.Error is { } error)
            hub.Announce(caller.Agent, error.Seq);
    }

    private async Task<AgentTask> FindAsync(McpCaller caller, JsonRpcRequest request, CancellationToken cancellationToken)
    {
        TaskExtension.Require(request);
        if (Parameter(request, IdMember) is not JsonValue member || !member.TryGetValue<string>(out var id) || !RequestId.CanBe(id))
            throw McpProblem.Of(NotFound);
        var task = await calls.GetTaskAsync(caller.Agent, new GetTask(id, caller.IsOwner), cancellationToken);
        return task.IsRefused ? throw McpProblem.Of(task.Refusal) : task.Value;
    }

    private static JsonNode? Parameter(JsonRpcRequest request, string name) => (request.Params as JsonObject)?[name];

    private static JsonObject Acknowledged() => new() { ["resultType"] = "complete" };
}
