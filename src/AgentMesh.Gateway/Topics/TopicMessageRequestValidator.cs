using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Mail;
using AgentMesh.Gateway.OpenApi;
using FluentValidation;

namespace AgentMesh.Gateway.Topics;

/// <summary>What the members of a message to a topic must be.</summary>
internal sealed class TopicMessageRequestValidator : AbstractValidator<TopicMessageRequest>
{
    private static readonly MessageRequestValidator Message = new();

    /// <summary>For the OpenAPI document.</summary>
    public static void Describe(BodyMembers body) => body
        .Required("content", MessageRequestValidator.ContentSchema())
        .Optional("deadlineSeconds", Schema.Number(1, SendRequestValidator.MaxDeadlineSeconds));

    public TopicMessageRequestValidator()
    {
        // The rules of any message.
        RuleFor(request => request.Content).Custom((content, context) =>
        {
            foreach (var failure in Message.Validate(new MessageRequest(content, null)).Errors)
                context.AddFailure(failure);
        });
        RuleFor(request => request.DeadlineSeconds)
            .Must((request, given) => given is null || request.DeadlineSecondsNumber is >= 1 and <= SendRequestValidator.MaxDeadlineSeconds)
            .WithErrorCode(MailCodes.InvalidMail)
            .WithMessage($"deadlineSeconds must be a whole number, 1-{SendRequestValidator.MaxDeadlineSeconds}.");
    }
}
