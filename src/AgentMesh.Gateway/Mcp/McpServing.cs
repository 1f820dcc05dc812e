using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Mcp.Prompts;
using AgentMesh.Gateway.Mcp.Resources;
using AgentMesh.Gateway.Mcp.Tasks;
using AgentMesh.Gateway.Mcp.Tools;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentMesh.Gateway.Mcp;

#pragma warning disable MCPEXP002 // The SDK's only hooks for the extension for tasks.

/// <summary>
/// Makes the server of one request: whose agent it is, and what its caller may do. Nothing but names of methods is registered for the whole process,
/// because the SDK would show it to everybody.
/// </summary>
internal sealed class McpServing(
    McpTools tools, TaskCalls calls, McpTasks tasks, McpResources resources, McpPrompts prompts, McpCompletions completions, McpCallLimits limits, McpFaults faults)
{
    private const string OwnersInstructions =
        "This is the AgentMesh agent of one user: it remembers its conversation, has a wallet and a budget. send_message talks to it, send_to_agent has it write to "
        + "another agent, pay has it buy; the other tools read what it knows. A tool with a price answers a call without a payment with the terms of x402.";

    private const string OthersInstructions = "This is an AgentMesh agent that sells its tools: a call without a payment is answered with the terms of x402.";

    private static readonly string Version = typeof(McpServing).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary>Sets it up.</summary>
    public Task ConfigureAsync(HttpContext context, McpServerOptions options, CancellationToken cancellationToken)
    {
        var caller = McpCaller.Of(context);
        options.ServerInfo = new Implementation { Name = $"agentmesh/{caller.Agent.User}", Title = $"Agent of {caller.Agent.User}", Version = Version };
        options.ServerInstructions = caller.IsOwner ? OwnersInstructions : OthersInstructions;
        var handlers = options.Handlers;
        handlers.ListToolsHandler = (request, ended) => ServeAsync(caller, RequestMethods.ToolsList, () => tools.ListAsync(caller, request, ended), ended);
        // By its own name: a call has a limit of its own for each tool, and its refusals are results.
        handlers.CallToolWithAlternateHandler = (request, ended) =>
            faults.GuardAsync<ResultOrAlternate<CallToolResult>>(
                RequestMethods.ToolsCall, context, () => calls.CallAsync(caller, request, ended), refusal => McpResults.Refused(refusal), ended);
        ServeTasks(caller, options);
        if (caller.IsOwner)
            ServeOwner(caller, handlers);
        return Task.CompletedTask;
    }

    // Older revisions had tasks of another kind, and know neither the extension nor its methods.
    private void ServeTasks(McpCaller caller, McpServerOptions options)
    {
        var knowsTasks = McpRevisions.HasNoHandshake(caller.Http.Request);
        options.Capabilities = knowsTasks ? TaskExtension.Server : null;
        options.RequestHandlers = knowsTasks ? tasks.MethodsOf(caller, (method, run, ended) => ServeAsync(caller, method, run, ended)) : null;
    }

    private void ServeOwner(McpCaller caller, McpServerHandlers handlers)
    {
        handlers.ListResourcesHandler = (request, _) => ValueTask.FromResult(resources.List(caller, request));
        handlers.ListResourceTemplatesHandler = (request, _) => ValueTask.FromResult(resources.ListTemplates(caller, request));
        handlers.ReadResourceHandler = (request, ended) => ServeLongAsync(caller, RequestMethods.ResourcesRead, () => resources.ReadAsync(caller, request, ended), ended);
        handlers.ListPromptsHandler = (request, _) => ValueTask.FromResult(prompts.List(caller, request));
        handlers.GetPromptHandler = (request, ended) => ServeLongAsync(caller, RequestMethods.PromptsGet, () => prompts.GetAsync(caller, request, ended), ended);
        handlers.CompleteHandler = (request, ended) => ServeAsync(caller, RequestMethods.CompletionComplete, () => completions.CompleteAsync(caller, request, ended), ended);
    }

    private ValueTask<T> ServeAsync<T>(McpCaller caller, string method, Func<Task<T>> run, CancellationToken cancellationToken) =>
        faults.GuardAsync(method, caller.Http, () => LimitedAsync(caller.Agent, method, run), refusal => throw McpProblem.Of(refusal), cancellationToken);

    // Resources and prompts have the agent's history in them.
    private ValueTask<T> ServeLongAsync<T>(McpCaller caller, string method, Func<Task<T>> run, CancellationToken cancellationToken) =>
        ServeAsync(caller, method, () => LongReads.Begin(caller.Http) is { } tooMany ? throw McpProblem.Of(tooMany) : run(), cancellationToken);

    private async Task<T> LimitedAsync<T>(AgentKey agent, string method, Func<Task<T>> run)
    {
        var begun = limits.Begin(agent, method);
        if (begun.IsRefused)
            throw McpProblem.Of(begun.Refusal);
        using var running = begun.Value;
        return await run();
    }
}
