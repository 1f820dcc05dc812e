using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using FluentValidation;

namespace AgentMesh.Gateway.Schedules;

/// <summary>What the members of a new schedule must be. Whether they make a schedule is the agent's to say.</summary>
internal sealed class ScheduleRequestValidator : AbstractValidator<ScheduleRequest>
{
    private static readonly MessageRequestValidator Message = new();

    /// <summary>For the OpenAPI document. What of it makes a schedule, such as one of the three times, is the agent's to say.</summary>
    public static void Describe(BodyMembers body) => body
        .Optional("content", MessageRequestValidator.ContentSchema())
        .Optional("sessionId", Schema.Id())
        .Optional("at", Schema.Time())
        .Optional("everySeconds", Schema.Number(int.MinValue, int.MaxValue))
        .Optional("cron", Schema.Text())
        .Optional("timeZone", Schema.Text())
        .Optional("missed", Schema.OneOf("once", "skip"))
        .Optional("until", Schema.Time())
        .Optional("tool", MessageRequestValidator.ContentSchema())
        .Optional("arguments", Schema.AnyObject());

    public ScheduleRequestValidator()
    {
        // The message comes first, under the rules of any message; a tool's call has the session of one.
        RuleFor(request => request).Custom((request, context) =>
        {
            var message = new MessageRequest(request.Tool is null ? request.Content : request.Tool, request.SessionId);
            foreach (var failure in Message.Validate(message).Errors)
                context.AddFailure(failure);
        });
        RuleFor(request => request.Content)
            .Must((request, content) => request.Tool is null || content is null)
            .WithErrorCode(AgentRefusals.InvalidSchedule)
            .WithMessage("A schedule has either content or a tool.");
        RuleFor(request => request.Arguments)
            .Must((request, arguments) => arguments is null || request.Tool is not null && JsonText.HasTextsOnly(arguments.Value) && request.ArgumentsText is not null)
            .WithErrorCode(AgentRefusals.InvalidSchedule)
            .WithMessage("arguments must be a JSON object of valid Unicode, and belongs to a tool.");
        RuleFor(request => request.At)
            .Must((request, at) => at is null || request.AtTime is not null)
            .WithErrorCode(AgentRefusals.InvalidSchedule)
            .WithMessage("at must be an ISO 8601 time with its offset, such as 2026-01-02T03:04:05Z.");
        RuleFor(request => request.EverySeconds)
            .Must((request, every) => every is null || request.EverySecondsNumber is not null)
            .WithErrorCode(AgentRefusals.InvalidSchedule)
            .WithMessage("everySeconds must be a whole number.");
        RuleFor(request => request.Until)
            .Must((request, until) => until is null || request.UntilTime is not null)
            .WithErrorCode(AgentRefusals.InvalidSchedule)
            .WithMessage("until must be an ISO 8601 time with its offset, such as 2026-01-02T03:04:05Z.");
    }
}
