using System.Text.Json;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using FluentValidation;

namespace AgentMesh.Gateway.Schedules;

/// <summary><c>POST,GET /agent/{userId}/schedules</c> and <c>DELETE …/schedules/{id}</c>: messages to be posted and tools to be called later.</summary>
internal static class ScheduleEndpoints
{
    private static readonly Refusal NotFound = new(AgentRefusals.ScheduleNotFound, "The agent has no such schedule.");

    public static IServiceCollection AddSchedules(this IServiceCollection services) =>
        services.AddSingleton<IValidator<ScheduleRequest>, ScheduleRequestValidator>();

    public static IEndpointRouteBuilder MapSchedules(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/agent/{userId}/schedules", CreateAsync)
            .Describe("Has a message posted or a tool called later, once or again and again.", operation => operation
                .TakesIdempotencyKey()
                .Takes<ScheduleRequest>(ScheduleRequestValidator.Describe)
                .Answers<ScheduleResponse>(StatusCodes.Status201Created)
                .Refuses(AgentRefusals.InvalidContent, AgentRefusals.InvalidSchedule, AgentRefusals.InvalidToolCall, AgentRefusals.SessionNotFound, AgentRefusals.TooManySchedules));
        endpoints.MapGet("/agent/{userId}/schedules", ListAsync)
            .Describe("Lists the schedules.", operation => operation.Answers<ScheduleListResponse>());
        endpoints.MapDelete("/agent/{userId}/schedules/{scheduleId}", DeleteAsync)
            .Describe("Removes a schedule.", operation => operation.Answers(StatusCodes.Status204NoContent).Refuses(AgentRefusals.ScheduleNotFound));
        return endpoints;
    }

    private static async Task CreateAsync(HttpContext context)
    {
        if (!IdempotencyKey.TryRead(context.Request, out var key))
        {
            await Problem.WriteAsync(context, IdempotencyKey.Invalid);
            return;
        }

        if (await JsonRequest.ReadDeclaredAsync(context, RequestJson.Requests.ScheduleRequest) is not { } request)
            return;
        var agent = AgentPath.KeyOf(context);
        var schedule = new CreateSchedule(
            request.Content, request.SessionId, request.AtTime, request.EverySecondsNumber, request.Cron, request.TimeZone, request.Missed, request.UntilTime,
            RequestId.New(), key, request.Tool, request.ArgumentsText);
        var result = await AgentCalls.Of(context).CreateScheduleAsync(agent, schedule, context.RequestAborted);
        if (result.IsRefused)
        {
            await Problem.WriteAsync(context, result.Refusal);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status201Created;
        await JsonAnswer.WriteAsync(context, ScheduleResponse.Of(result.Value), GatewayJson.Answers.ScheduleResponse);
    }

    private static async Task ListAsync(HttpContext context)
    {
        var result = await AgentCalls.Of(context).ListSchedulesAsync(AgentPath.KeyOf(context), context.RequestAborted);
        if (result.IsRefused)
            await Problem.WriteAsync(context, result.Refusal);
        else
            await JsonAnswer.StreamAsync(context, ScheduleListResponse.Of(result.Value), GatewayJson.Answers.ScheduleListResponse);
    }

    private static async Task DeleteAsync(HttpContext context)
    {
        if (context.Request.RouteValues["scheduleId"] is not string id || !SessionId.CanExist(id))
        {
            await Problem.WriteAsync(context, NotFound);
            return;
        }

        var result = await AgentCalls.Of(context).DeleteScheduleAsync(AgentPath.KeyOf(context), new DeleteSchedule(id), context.RequestAborted);
        if (result.IsRefused)
            await Problem.WriteAsync(context, result.Refusal);
        else
            context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}

/// <summary>A schedule.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">The message; null for a tool.</param>
/// <param name="SessionId">The session it goes to.</param>
/// <param name="At">Set when it runs once.</param>
/// <param name="EverySeconds">Set when it runs so many seconds apart.</param>
/// <param name="Cron">Set when it runs by a cron expression.</param>
/// <param name="TimeZone">Set with <paramref name="Cron"/>.</param>
/// <param name="Missed"><c>once</c> or <c>skip</c>.</param>
/// <param name="Until">The last moment at which it may run.</param>
/// <param name="Status"><c>active</c>, <c>done</c> or <c>failed</c>.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="NextRun">The occurrence it waits for; null when it is over.</param>
/// <param name="LastRun">When it last ran.</param>
/// <param name="Runs">How often it has run.</param>
/// <param name="Failure">Why it failed.</param>
/// <param name="Tool">The tool that it calls; null for a message.</param>
/// <param name="Arguments">Of the tool.</param>
internal sealed record ScheduleResponse(
    string Id,
    string? Content,
    string SessionId,
    DateTime? At,
    int? EverySeconds,
    string? Cron,
    string? TimeZone,
    string Missed,
    DateTime? Until,
    string Status,
    DateTime CreatedAt,
    DateTime? NextRun,
    DateTime? LastRun,
    long Runs,
    ScheduleError? Failure,
    string? Tool,
    JsonElement? Arguments)
{
    // UtcDateTime: written with Z.
    public static ScheduleResponse Of(Schedule schedule) => new(
        schedule.Id,
        schedule.Content,
        schedule.SessionId,
        schedule.At?.UtcDateTime,
        schedule.EverySeconds,
        schedule.Cron,
        schedule.TimeZone,
        schedule.Missed,
        schedule.Until?.UtcDateTime,
        schedule.Status,
        schedule.CreatedAt.UtcDateTime,
        schedule.NextRun?.UtcDateTime,
        schedule.LastRun?.UtcDateTime,
        schedule.Runs,
        schedule.Failure,
        schedule.Tool,
        schedule.Arguments is { } arguments ? JsonElement.Parse(arguments) : null);
}

/// <summary>An agent's schedules.</summary>
/// <param name="Schedules">In the order they were made.</param>
internal sealed record ScheduleListResponse(IReadOnlyList<ScheduleResponse> Schedules)
{
    public static ScheduleListResponse Of(ScheduleList list) => new([.. list.Schedules.Select(ScheduleResponse.Of)]);
}
