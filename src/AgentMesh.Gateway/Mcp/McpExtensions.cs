using AgentMesh.Gateway.Mcp.Prompts;
using AgentMesh.Gateway.Mcp.Questions;
using AgentMesh.Gateway.Mcp.Resources;
using AgentMesh.Gateway.Mcp.Selling;
using AgentMesh.Gateway.Mcp.Tasks;
using AgentMesh.Gateway.Mcp.Tools;
using AgentMesh.Gateway.Mcp.Transport;
using AgentMesh.ServiceDefaults;
using ModelContextProtocol.AspNetCore;
using ModelContextProtocol.Server;

namespace AgentMesh.Gateway.Mcp;

#pragma warning disable MCPEXP002 // The SDK's only hooks for the extension for tasks.

/// <summary>Registers what MCP serves, and its endpoint.</summary>
internal static class McpExtensions
{
    public static IServiceCollection AddAgentMcp(this IServiceCollection services)
    {
        services.AddSingleton<IMcpTool, GetBudgetTool>();
        services.AddSingleton<IMcpTool, GetHistoryTool>();
        services.AddSingleton<IMcpTool, GetInfoTool>();
        services.AddSingleton<IMcpTool, ListPaymentsTool>();
        services.AddSingleton<IMcpTool, PayTool>();
        services.AddSingleton<IMcpTool, SendMessageTool>();
        services.AddSingleton<IMcpTool, SendToAgentTool>();
        services.AddSingleton<MessageTurns>();
        services.AddSingleton<IMcpResource, HistoryResource>();
        services.AddSingleton<IMcpResource, InfoResource>();
        services.AddSingleton<IMcpResourceTemplate, SessionHistoryTemplate>();
        services.AddSingleton<IMcpPrompt, CatchUpPrompt>();
        services.AddSingleton<PaymentConfirmations>();
        services.AddSingleton<RequestStateSeal>();
        services.AddSingleton<McpQuestions>();
        services.AddSingleton<McpToolbox>();
        services.AddSingleton<McpTools>();
        services.AddSingleton<PaidMcpTools>();
        services.AddSingleton<TaskCalls>();
        services.AddSingleton<TaskReader>();
        services.AddSingleton<TaskRuns>();
        services.AddSingleton<McpTasks>();
        services.AddSingleton<McpResources>();
        services.AddSingleton<McpPrompts>();
        services.AddSingleton<McpCompletions>();
        services.AddSingleton<McpCallLimits>();
        services.AddSingleton<McpFaults>();
        services.AddSingleton<McpServing>();
        services.AddCheckedOptions<McpEndpointOptions>(McpEndpointOptions.Section)
            .Validate(
                options => options.IsValid(),
                $"{McpEndpointOptions.Section}: times and counts must be positive, ToolTimeout longer than AnswerTimeout, MaxCallsPerAgent at least MaxCallsPerTool.");
        return services.AddSdk();
    }

    public static IEndpointRouteBuilder MapAgentMcp(this IEndpointRouteBuilder endpoints)
    {
        McpEndpoint.Map(endpoints);
        return endpoints;
    }

    private static IServiceCollection AddSdk(this IServiceCollection services)
    {
        services.AddMcpServer().WithHttpTransport(transport => transport.SessionMode = HttpServerSessionMode.Stateless);
        // Whether Mcp-Name is the task's id is looked at before the server of the request is made.
        services.AddOptions<McpServerOptions>().Configure(server => server.RequestHandlers = McpTasks.Methods());
        services.AddOptions<HttpServerTransportOptions>()
            .Configure<McpServing>((transport, serving) => transport.ConfigureSessionOptions = serving.ConfigureAsync)
            // Its default has changed before. With sessions a client would need the replica that it began at, and one made at alice's path would serve bob's.
            .Validate(transport => transport.SessionMode == HttpServerSessionMode.Stateless, "MCP is served without sessions.")
            .ValidateOnStart();
        // They hold whole exceptions, and names that callers make up; McpFaults logs what is ours.
        return services.AddLogging(logging => logging.AddFilter("ModelContextProtocol", LogLevel.None));
    }
}
