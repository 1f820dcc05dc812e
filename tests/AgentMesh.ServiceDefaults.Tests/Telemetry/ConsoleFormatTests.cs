using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace AgentMesh.ServiceDefaults.Tests.Telemetry;

/// <summary>What the console's lines look like.</summary>
public sealed class ConsoleFormatTests
{
    [Theory]
    [InlineData(null, "simple", false)]
    [InlineData("simple", "simple", false)]
    [InlineData("json", "json", true)]
    public async Task Format_IsTheVariables_AndStructuredLinesHaveTheirTrace(string? name, string format, bool withScopes)
    {
        IServiceProvider services = null!;
        IEnumerable<KeyValuePair<string, string>> settings = name is null ? [] : [new("Logging:Console:FormatterName", name)];
        await using var server = await ServiceServer.StartAsync("Production", settings, app => services = app.Services, builder => builder.Logging.AddSimpleConsole());
        // As the builder of a slim app has set it before.
        Assert.Equal(format, services.GetRequiredService<IOptionsMonitor<ConsoleLoggerOptions>>().CurrentValue.FormatterName);
        Assert.Equal(withScopes, services.GetRequiredService<IOptionsMonitor<JsonConsoleFormatterOptions>>().CurrentValue.IncludeScopes);
        Assert.Equal(ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId, services.GetRequiredService<IOptions<LoggerFactoryOptions>>().Value.ActivityTrackingOptions);
    }
}
