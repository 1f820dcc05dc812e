using AgentMesh.ServiceDefaults;
using FluentValidation;

namespace AgentMesh.Gateway.Mail;

/// <summary>Messages between agents: sending them, the mailbox, and who may write to whom.</summary>
internal static class MailExtensions
{
    public static IServiceCollection AddMail(this IServiceCollection services)
    {
        services.AddCheckedOptions<MailPaceOptions>(MailPaceOptions.Section);
        services.AddSingleton<MailPace>();
        services.AddSingleton<MailSends>();
        services.AddSingleton<MailWaits>();
        services.AddSingleton<IValidator<SendRequest>, SendRequestValidator>();
        services.AddSingleton<IValidator<MailPolicyRequest>, MailPolicyRequestValidator>();
        return services;
    }

    public static IEndpointRouteBuilder MapMail(this IEndpointRouteBuilder endpoints)
    {
        SendEndpoint.Map(endpoints);
        MailboxEndpoints.Map(endpoints);
        MailPolicyEndpoints.Map(endpoints);
        return endpoints;
    }
}
