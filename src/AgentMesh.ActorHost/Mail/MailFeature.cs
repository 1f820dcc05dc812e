using AgentMesh.Agents.Mail;
using AgentMesh.ServiceDefaults;

namespace AgentMesh.ActorHost.Mail;

/// <summary>Messages between agents.</summary>
internal static class MailFeature
{
    internal static void AddMail(this IServiceCollection services)
    {
        services.AddOptions<MailOptions>().Configure<IHostEnvironment>((options, environment) => options.InboundFrom = environment.IsDevelopment() ? "*" : "");
        services.AddCheckedOptions<MailOptions>(MailOptions.Section)
            .Validate(options => options.IsValid, $"{MailOptions.Section}:AcrossTenants are pairs of tenants, such as acme>default.")
            .Validate(options => options.IsInboundValid, $"{MailOptions.Section}:InboundTenant is a tenant, and InboundFrom names of users, or their beginnings and *.");
        services.AddSingleton<MailActors>();
        services.AddSingleton<MailRunner>();
        services.AddHostedService(provider => provider.GetRequiredService<MailRunner>());
        services.AddSingleton<MailServices>();
    }
}

/// <summary>What the mailboxes of all agents of the process share.</summary>
internal sealed class MailServices(MailRunner runner, MailOptions options)
{
    public MailRunner Runner => runner;

    /// <summary>How mail is set up.</summary>
    public MailRules Rules { get; } = options.Rules;
}
