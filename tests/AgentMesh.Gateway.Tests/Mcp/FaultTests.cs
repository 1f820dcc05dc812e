using System.Text.Json.Nodes;
using AgentMesh.Gateway.Mcp;
using AgentMesh.Gateway.Mcp.Resources;
using AgentMesh.Gateway.Mcp.Tools;
using AgentMesh.Primitives;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelContextProtocol.AspNetCore;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>Bugs of handlers, and settings with which nothing starts.</summary>
public sealed class FaultTests(McpFixture fixture) : IClassFixture<McpFixture>
{
    private const string Secret = "what a user said";

    /// <summary>The caller learns that it failed, the log learns why, and neither what was said.</summary>
    [Fact]
    public async Task FaultOfATool_IsAResultWithATraceId()
    {
        using var log = new Recorder();
        await using var broken = fixture.Gateway.WithWebHostBuilder(builder => builder.ConfigureTestServices(services => services
            .AddSingleton<IMcpTool, BrokenTool>()
            .AddSingleton<IMcpResource, BrokenResource>()
            .AddSingleton<ILoggerProvider>(log)));
        using var http = broken.CreateClient();
        var client = new RawMcp(http);
        var result = await client.CallAsync("broken", $$"""{"text":"{{Secret}}"}""");
        Assert.True(result.GetProperty("isError").GetBoolean());
        Assert.Matches(@"^internal_error: [^(]*\(traceId: [0-9a-f]{32}\)$", result.GetProperty("content")[0].GetProperty("text").GetString()!);
        var (code, message) = await client.ErrorAsync("resources/read", new JsonObject { ["uri"] = "agent://alice/broken" });
        Assert.Equal(-32603, code);
        Assert.StartsWith("internal_error: ", message, StringComparison.Ordinal);
        Assert.Equal(["Unhandled exception in tools/call", "Unhandled exception in resources/read"], log.Lines.Where(line => line.StartsWith("Unhandled", StringComparison.Ordinal)));
        Assert.DoesNotContain(log.Lines, line => line.Contains(Secret, StringComparison.Ordinal));
    }

    /// <summary>At no level: what users say, and payments, which are money until they are settled.</summary>
    [Fact]
    public async Task Log_HasNeitherTextsNorPayments()
    {
        using var log = new Recorder();
        await using var logging = fixture.Gateway.WithWebHostBuilder(builder => builder
            .UseSetting("Logging:LogLevel:Default", "Trace")
            .UseSetting("Logging:LogLevel:Microsoft.AspNetCore", "Trace")
            .ConfigureTestServices(services => services.AddSingleton<ILoggerProvider>(log)));
        using var http = logging.CreateClient();
        var client = new RawMcp(http);
        await client.CallAsync("send_message", $$"""{"content":"{{Secret}}"}""");
        await client.CallAsync("premium_analysis", $$"""{"query":"{{Secret}}"}""", new JsonObject { ["x402/payment"] = new JsonObject { ["x402Version"] = 2, ["payload"] = Secret } });
        await client.ErrorAsync("tools/call", new JsonObject { ["name"] = Secret });
        Assert.NotEmpty(log.Lines);
        Assert.DoesNotContain(log.Lines, line => line.Contains(Secret, StringComparison.Ordinal));
    }

    /// <summary>Sessions would tie a client to a replica, and one made at alice's path would serve at bob's.</summary>
    [Theory]
    [InlineData(HttpServerSessionMode.Stateful)]
    [InlineData(HttpServerSessionMode.StatefulForInitializeClients)]
    public async Task Sessions_AreNotServed(HttpServerSessionMode mode)
    {
        await using var other = fixture.Gateway.WithWebHostBuilder(builder => builder.ConfigureTestServices(
            services => services.Configure<HttpServerTransportOptions>(options => options.SessionMode = mode)));
        Assert.Throws<OptionsValidationException>(() => other.CreateClient());
        Assert.Equal(HttpServerSessionMode.Stateless, fixture.Gateway.Services.GetRequiredService<IOptions<HttpServerTransportOptions>>().Value.SessionMode);
    }

    [Theory]
    [InlineData(45, 55, 5, 600, 256, 128, true)]
    [InlineData(1, 2, 1, 1, 1, 1, true)]
    [InlineData(0, 55, 5, 600, 256, 128, false)]
    [InlineData(45, 45, 5, 600, 256, 128, false)]
    [InlineData(45, 55, 0, 600, 256, 128, false)]
    [InlineData(45, 55, 5, 0, 256, 128, false)]
    [InlineData(45, 55, 5, 600, 127, 128, false)]
    [InlineData(45, 55, 5, 600, 256, 0, false)]
    public void Settings_AreTimesAndCounts(int answer, int tool, int keepAlive, int question, int perAgent, int perTool, bool valid) => Assert.Equal(
        valid,
        new McpEndpointOptions
        {
            AnswerTimeout = TimeSpan.FromSeconds(answer),
            ToolTimeout = TimeSpan.FromSeconds(tool),
            KeepAliveInterval = TimeSpan.FromSeconds(keepAlive),
            QuestionLifetime = TimeSpan.FromSeconds(question),
            MaxCallsPerAgent = perAgent,
            MaxCallsPerTool = perTool,
        }.IsValid());

    /// <summary>A gateway whose callers wait less than a task is waited for has no other wait for those.</summary>
    [Theory]
    [InlineData(45, 3_000, 1, true, 3_000)]
    [InlineData(45, 0, 1, true, 0)]
    [InlineData(1, 3_000, 1, true, 1_000)]
    [InlineData(45, -1, 1, false, -1)]
    [InlineData(45, 3_000, 0, false, 3_000)]
    public void SettingsOfTasks_AreTimes(int answer, int afterMs, int pollMs, bool valid, int waitMs)
    {
        var options = new McpEndpointOptions
        {
            AnswerTimeout = TimeSpan.FromSeconds(answer),
            TaskAfter = TimeSpan.FromMilliseconds(afterMs),
            TaskPollInterval = TimeSpan.FromMilliseconds(pollMs),
        };
        Assert.Equal((valid, TimeSpan.FromMilliseconds(waitMs)), (options.IsValid(), options.WaitForTask));
    }

    private sealed class BrokenTool : IMcpTool
    {
        public Tool Definition { get; } = new() { Name = "broken" };

        public Task<Result<McpAnswer>> RunAsync(McpCall call, CancellationToken cancellationToken) => throw new InvalidOperationException(call.Agent.ToString());
    }

    private sealed class BrokenResource : IMcpResource
    {
        public Resource DefinitionOf(AgentKey agent) => new() { Uri = $"agent://{agent.User}/broken", Name = "broken" };

        public Task<Result<ResourceContents>> ReadAsync(AgentKey agent, CancellationToken cancellationToken) => throw new InvalidOperationException(agent.ToString());
    }
}
