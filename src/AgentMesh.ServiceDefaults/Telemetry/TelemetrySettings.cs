using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace AgentMesh.ServiceDefaults.Telemetry;

/// <summary>What of OpenTelemetry's standard variables the service decides by. The SDK reads the others itself: addresses, headers, protocol, sampler, intervals.</summary>
/// <param name="IsDisabled"><c>OTEL_SDK_DISABLED=true</c>: nothing is gathered, and there is no <c>/metrics</c>.</param>
/// <param name="SendsTraces">Spans go out by OTLP.</param>
/// <param name="SendsMetrics">Metrics go out by OTLP. They can be scraped either way.</param>
/// <param name="SendsLogs">Logs go out by OTLP. They are on the console either way.</param>
/// <param name="ScrapePort">The port of its own at which metrics are scraped; null when none is set, or the text is no port, with which the service does not start.</param>
internal sealed record TelemetrySettings(bool IsDisabled, bool SendsTraces, bool SendsMetrics, bool SendsLogs, int? ScrapePort)
{
    internal const string PrometheusPort = "OTEL_EXPORTER_PROMETHEUS_PORT";

    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static TelemetrySettings From(IConfiguration configuration)
    {
        var isDisabled = "true".Equals(configuration["OTEL_SDK_DISABLED"], StringComparison.OrdinalIgnoreCase);
        return new TelemetrySettings(isDisabled, Sends("TRACES"), Sends("METRICS"), Sends("LOGS"), isDisabled ? null : PortOf(configuration[PrometheusPort]));

        // A collector is asked for by its address, or by OTEL_TRACES_EXPORTER=otlp where it is at the standard one; `none` keeps one kind back.
        bool Sends(string kind) => !isDisabled && (configuration[$"OTEL_{kind}_EXPORTER"] is { Length: > 0 } named
            ? named.Split(',').Any(name => name.Trim().Equals("otlp", StringComparison.OrdinalIgnoreCase))
            : configuration[Endpoint] is { Length: > 0 } || configuration[$"OTEL_EXPORTER_OTLP_{kind}_ENDPOINT"] is { Length: > 0 });
    }

    /// <summary>Whether the port is none, or can be listened at.</summary>
    public static bool IsScrapePortValid(IConfiguration configuration) => string.IsNullOrWhiteSpace(configuration[PrometheusPort]) || PortOf(configuration[PrometheusPort]) is not null;

    private static int? PortOf(string? text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port : null;
}
