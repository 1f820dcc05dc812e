using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Mail;
using FluentValidation;

namespace AgentMesh.Gateway.Topics;

/// <summary>What the members of a message to a topic must be.</summary>
internal sealed class TopicMessageRequestValidator : AbstractValidator<TopicMessageRequest>
{
    private static readonly MessageRequestValidator Message = new();

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
