using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace AgentMesh.ServiceDefaults.Telemetry;

/// <summary>Lines of the console as <c>Logging__Console__FormatterName</c> says: <c>simple</c>, or <c>json</c> with the trace and span that each belongs to.</summary>
internal static class ConsoleFormat
{
    private const string Section = "Logging:Console";

    public static void AddConsoleFormat(this WebApplicationBuilder builder)
    {
        builder.Logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        if (builder.Configuration[$"{Section}:FormatterName"] is not { Length: > 0 } name)
            return;
        // The slim builder has set its own name in code, which wins over configuration.
        builder.Services.PostConfigure<ConsoleLoggerOptions>(options => options.FormatterName = name);
        // The trace is a scope, which is what structured logs are for; for people it would be one more line each.
        if (name == ConsoleFormatterNames.Json)
            builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = [new($"{Section}:FormatterOptions:IncludeScopes", "true")] });
    }
}
