using System.Text.Json.Nodes;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using FluentValidation;

namespace AgentMesh.Gateway.Mail;

/// <summary>What the members of a message to agents must be. Whom it may be sent to, and with how much money, is the agent's to say.</summary>
internal sealed class SendRequestValidator : AbstractValidator<SendRequest>
{
    /// <summary>Receivers of one request.</summary>
    public const int MaxReceivers = 200;

    /// <summary>Longest time under way, seconds.</summary>
    public const int MaxDeadlineSeconds = 86_400;

    /// <summary>Longest wait for an answer, seconds.</summary>
    public const int MaxAwaitSeconds = 300;

    private static readonly MessageRequestValidator Message = new();

    /// <summary>For the OpenAPI document.</summary>
    public static void Describe(BodyMembers body) => body
        .Required("to", new JsonObject { ["oneOf"] = new JsonArray(Receiver(), Schema.List(Receiver(), 1, MaxReceivers)) })
        .Required("content", MessageRequestValidator.ContentSchema())
        .Optional("deadlineSeconds", Schema.Number(1, MaxDeadlineSeconds))
        .Optional("budget", Schema.Object(("asset", Schema.Text()), ("amount", Schema.Text())))
        .Optional("await", Schema.Number(1, MaxAwaitSeconds))
        .Optional("inReplyTo", Schema.Number(1, int.MaxValue));

    private static JsonObject Receiver() => Schema.Text(pattern: "^([a-z0-9][a-z0-9._-]{0,63}:)?[a-z0-9][a-z0-9._-]{0,63}$");

    public SendRequestValidator()
    {
        RuleFor(request => request.To)
            .Must((request, _) => request.Receivers is { Count: >= 1 and <= MaxReceivers } receivers && receivers.All(IsReceiver))
            .WithErrorCode(MailCodes.InvalidRecipient)
            .WithMessage($"to must be a user, or a tenant and a user with a colon between, or a list of at most {MaxReceivers} of them.");
        // The rules of any message.
        RuleFor(request => request.Content).Custom((content, context) =>
        {
            foreach (var failure in Message.Validate(new MessageRequest(content, null)).Errors)
                context.AddFailure(failure);
        });
        RuleFor(request => request.DeadlineSeconds)
            .Must((request, given) => given is null || request.DeadlineSecondsNumber is >= 1 and <= MaxDeadlineSeconds)
            .WithErrorCode(MailCodes.InvalidMail)
            .WithMessage($"deadlineSeconds must be a whole number, 1-{MaxDeadlineSeconds}.");
        RuleFor(request => request.InReplyTo)
            .Must((request, given) => given is null || request.InReplyToNumber is >= 1)
            .WithErrorCode(MailCodes.InvalidMail)
            .WithMessage("inReplyTo must be the number of a message in the inbox.");
        RuleFor(request => request.Budget)
            .Must(budget => budget is null or { Asset: not null, Amount: not null })
            .WithErrorCode(MailCodes.InvalidMail)
            .WithMessage("budget must have an asset and an amount, both texts.");
        RuleFor(request => request.Await)
            .Must((request, given) => given is null || request.AwaitNumber is >= 1 and <= MaxAwaitSeconds && request.Receivers is null or { Count: 1 })
            .WithErrorCode(EdgeRefusals.InvalidRequest)
            .WithMessage($"await must be a whole number of seconds, 1-{MaxAwaitSeconds}, for a message to one recipient.");
    }

    private static bool IsReceiver(string receiver) => SendRequest.ReceiverOf(TenantId.Default, receiver) is not null;
}
