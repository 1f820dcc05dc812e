using AgentMesh.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Configuration;

namespace AgentMesh.ServiceDefaults.Tests.Telemetry;

/// <summary>Which of OpenTelemetry's variables switch what on.</summary>
public sealed class TelemetrySettingsTests
{
    /// <summary>The variables with semicolons between them, and what is sent: traces, metrics, logs.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("OTEL_SERVICE_NAME=gateway;OTEL_RESOURCE_ATTRIBUTES=a=b;OTEL_TRACES_SAMPLER=always_on", "")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317", "traces metrics logs")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=", "")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://collector:4317", "traces")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://collector:4317", "metrics")]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=http://collector:4317", "logs")]
    [InlineData("OTEL_TRACES_EXPORTER=otlp", "traces")]
    [InlineData("OTEL_METRICS_EXPORTER=prometheus, otlp", "metrics")]
    [InlineData("OTEL_METRICS_EXPORTER=prometheus;OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317", "traces logs")]
    [InlineData("OTEL_LOGS_EXPORTER=none;OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317", "traces metrics")]
    [InlineData("OTEL_SDK_DISABLED=false;OTEL_TRACES_EXPORTER=otlp", "traces")]
    [InlineData("OTEL_SDK_DISABLED=true;OTEL_TRACES_EXPORTER=otlp;OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317", "")]
    [InlineData("OTEL_SDK_DISABLED=True;OTEL_LOGS_EXPORTER=otlp", "")]
    public void Variables_SayWhatIsSent(string variables, string sent)
    {
        var settings = TelemetrySettings.From(Configuration(variables));
        (string Name, bool Is)[] kinds = [("traces", settings.SendsTraces), ("metrics", settings.SendsMetrics), ("logs", settings.SendsLogs)];
        Assert.Equal(sent, string.Join(' ', kinds.Where(kind => kind.Is).Select(kind => kind.Name)));
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("", null, true)]
    [InlineData("0", null, false)]
    [InlineData("1", 1, true)]
    [InlineData("65535", 65535, true)]
    [InlineData("65536", null, false)]
    [InlineData("-1", null, false)]
    [InlineData("http", null, false)]
    public void ScrapePort_IsAPort(string? text, int? port, bool isValid)
    {
        var configuration = Configuration($"OTEL_EXPORTER_PROMETHEUS_PORT={text}");
        Assert.Equal((port, isValid), (TelemetrySettings.From(configuration).ScrapePort, TelemetrySettings.IsScrapePortValid(configuration)));
    }

    private static IConfiguration Configuration(string variables) => new ConfigurationBuilder().AddInMemoryCollection(
        variables.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split('=', 2)).Select(one => KeyValuePair.Create(one[0], (string?)one[1]))).Build();
}
