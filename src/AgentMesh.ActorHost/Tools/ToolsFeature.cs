using AgentMesh.ActorHost.Purchases;
using AgentMesh.ActorHost.Responders;
using AgentMesh.ActorHost.Turns;
using Microsoft.Extensions.Options;

namespace AgentMesh.ActorHost.Tools;

/// <summary>What a model can do for an agent beside writing.</summary>
internal static class ToolsFeature
{
    /// <summary>Adds the agents' own tools, and the check of the setting that chooses among them.</summary>
    internal static void AddTools(this IServiceCollection services)
    {
        services.AddSingleton(provider => HistorySearch.Create(provider.GetRequiredService<TurnActors>()));
        services.AddSingleton(provider => ScheduleTools.CreateSchedule(provider.GetRequiredService<TurnActors>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => ScheduleTools.CreateList(provider.GetRequiredService<TurnActors>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => ScheduleTools.CreateCancel(provider.GetRequiredService<TurnActors>()));
        services.AddSingleton(provider => PayTool.Create(
            provider.GetRequiredService<PurchaseActors>(), provider.GetRequiredService<PurchaseServices>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => MailTool.Create(provider.GetRequiredService<TurnActors>()));
        services.AddSingleton(provider => PremiumAnalysis.Create(provider.GetRequiredService<Responder>));
        services.AddSingleton<AgentTools>();
        services.AddSingleton<IValidateOptions<ResponderOptions>, ToolsValidator>();
    }
}
