using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.Sidecar.Metrics;
using AgentMesh.Sidecar.State;

namespace AgentMesh.Sidecar.Dashboard;

/// <summary>The routes of the dashboard; see docs/dashboard.md.</summary>
internal sealed class DashboardApi(DashboardData data, LogStream logs)
{
    /// <summary>Reminders of a page.</summary>
    public const int MaxPage = 200;

    private const int MaxFilterChars = 200;

    public async Task AnswerAsync(HttpContext context, CancellationToken cancellationToken)
    {
        try
        {
            await RouteAsync(context, cancellationToken);
        }
        catch (FormatException wrong)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, wrong.Message);
        }
        catch (StateStoreException failure)
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, failure.Message);
        }
    }

    private async Task RouteAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var path = context.Request.Path.Value ?? "";
        switch (path)
        {
            case "/api/mesh":
                await WriteAsync(context, data.Mesh(), DashboardJson.Default.MeshView);
                break;
            case "/api/rates":
                await WriteAsync(context, data.Rates, DashboardJson.Default.RatesView);
                break;
            case "/api/reminders":
                await WriteAsync(
                    context,
                    await data.RemindersAsync(Text(query, "type"), Text(query, "filter") ?? "", Text(query, "cursor"), Number(query, "limit", MaxPage) ?? 50, cancellationToken),
                    DashboardJson.Default.ReminderPage);
                break;
            case "/api/topics":
                await WriteAsync(context, await data.TopicsAsync(cancellationToken), DashboardJson.Default.IReadOnlyListTopicView);
                break;
            case "/api/config":
                await WriteAsync(context, data.Configuration(), DashboardJson.Default.IReadOnlyListConfigView);
                break;
            case "/api/logs":
                await LogsAsync(context, cancellationToken);
                break;
            case "/metrics":
                context.Response.ContentType = AppMetrics.ContentType;
                await context.Response.WriteAsync(await data.MetricsAsync(cancellationToken), cancellationToken);
                break;
            case var _ when path.StartsWith("/api/apps/", StringComparison.Ordinal)
                && await data.AppAsync(path["/api/apps/".Length..], cancellationToken) is { } app:
                await WriteAsync(context, app, DashboardJson.Default.AppView);
                break;
            default:
                if (!await Assets.TryWriteAsync(context, path, cancellationToken))
                    await RefuseAsync(context, StatusCodes.Status404NotFound, "there is no such thing here");
                break;
        }
    }

    private async Task LogsAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var level = Text(query, "level") ?? "debug";
        if (!LogLevels.IsKnown(level))
            throw new FormatException("level is debug, info, warn or error");
        var filter = new LogFilter(Text(query, "app"), level);
        if (context.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.Ordinal) && HttpMethods.IsGet(context.Request.Method))
            await logs.FollowAsync(context, filter, cancellationToken);
        else
            await WriteAsync(context, logs.Last(filter, Number(query, "limit", LogStream.MaxLines) ?? LogStream.MaxLines), DashboardJson.Default.LogPage);
    }

    private static async Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static async Task RefuseAsync(HttpContext context, int status, string reason)
    {
        if (context.Response.HasStarted)
            return;
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"error":{{JsonSerializer.Serialize(reason, LogText.Default.String)}}}""", context.RequestAborted);
    }

    private static string? Text(IQueryCollection query, string name) =>
        query[name] is [{ } text] ? text.Length <= MaxFilterChars ? text : throw new FormatException($"{name} is longer than {MaxFilterChars} characters") : null;

    private static int? Number(IQueryCollection query, string name, int most) => Text(query, name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most ? number
        : throw new FormatException($"{name} is a number from 1 to {most}");
}
