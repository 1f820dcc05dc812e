using AgentMesh.ActorHost.Agents;
using AgentMesh.ActorHost.Budgets;
using AgentMesh.ActorHost.Mail;
using AgentMesh.ActorHost.Outgoing;
using AgentMesh.ActorHost.Policies;
using AgentMesh.ActorHost.Publishing;
using AgentMesh.ActorHost.Purchases;
using AgentMesh.ActorHost.Quarantine;
using AgentMesh.ActorHost.Quotas;
using AgentMesh.ActorHost.Responders;
using AgentMesh.ActorHost.Sweeping;
using AgentMesh.ActorHost.TenantBudgets;
using AgentMesh.ActorHost.Tools;
using AgentMesh.ActorHost.Wallets;
using AgentMesh.ServiceDefaults;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.ServiceDefaults.Encryption;
using AgentMesh.ServiceDefaults.Health;

namespace AgentMesh.ActorHost;

/// <summary>The app <c>agents</c>: runs as it is, or with an own responder and own tools.</summary>
public static class AgentHost
{
    private const int DefaultPort = 5101;

    // What a purchase was answered with, a mebibyte in base64; a message of 64 KiB in which every byte is escaped as \u00XX is 384 KiB.
    private const int MaxBodyBytes = 2 * 1024 * 1024;

    /// <summary>Runs until the process is told to stop.</summary>
    /// <param name="args">Of the process.</param>
    /// <param name="configure">What is different from the app as it is; null: nothing.</param>
    /// <returns>The exit code: 1 when the app did not start, with the reason on the standard error.</returns>
    public static async Task<int> RunAsync(string[] args, Action<AgentHostBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.AddServiceDefaults();
        builder.AddAppListener(DefaultPort, MaxBodyBytes);
        builder.Services.AddTenantBudgets();
        builder.Services.AddQuotas();
        builder.Services.AddSingleton<QuarantineNotes>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<QuarantineNotes>());
        builder.Services.AddEncryption();
        builder.Services.AddAgents();
        builder.Services.AddPublishing();
        builder.Services.AddBudgets();
        builder.Services.AddPolicies();
        builder.Services.AddResponders();
        builder.Services.AddTools();
        builder.Services.AddSweep();
        builder.Services.AddWallets(builder.Environment);
        builder.Services.AddOutgoing();
        builder.Services.AddPurchases();
        builder.Services.AddMail();
        configure?.Invoke(new AgentHostBuilder(builder.Services));

        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapServiceHealth();
        app.MapAgents();
        app.MapInboundMail();
        return await app.RunServiceAsync();
    }
}
