using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.Contracts;
using AgentMesh.Evm.Rpc;
using AgentMesh.Payments.Announcing;
using AgentMesh.Payments.Authorizations;
using AgentMesh.Payments.Balances;
using AgentMesh.Payments.Chain;
using AgentMesh.Payments.Claims;
using AgentMesh.Payments.Execution;
using AgentMesh.Payments.Facilitation;
using AgentMesh.Payments.Intents;
using AgentMesh.Payments.Purchases;
using AgentMesh.Payments.Recording;
using AgentMesh.Payments.Records;
using AgentMesh.Payments.Settlement;
using AgentMesh.Payments.Sweeping;
using AgentMesh.ServiceDefaults;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using Dapr.Actors;
using Dapr.Actors.Runtime;

namespace AgentMesh.Payments;

/// <summary>Hosts <see cref="PaymentActor"/>, and does the work on payments.</summary>
internal static class PaymentsFeature
{
    internal const int DefaultPort = 5102;

    /// <summary>Largest body of a call: an answer of 512 KiB, or a message of 64 KiB and a payment, with every byte of them escaped.</summary>
    internal const int MaxBodyBytes = 4 * 1024 * 1024;

    /// <summary>As the agents app has it: daprd's own default of 2 s would cancel turns at every rolling update.</summary>
    private static readonly TimeSpan DrainOngoingCalls = TimeSpan.FromSeconds(20);

    internal static void AddPayments(this IServiceCollection services)
    {
        services.AddCheckedOptions<PaymentOptions>(PaymentOptions.Section);
        services.AddCheckedOptions<SweepOptions>(SweepOptions.Section);
        services.AddSingleton<SharedRecords>();
        services.AddSingleton<ClaimStore>();
        services.AddSingleton<IntentStore>();
        services.AddFacilitator();
        services.AddSingleton<SellerClient>();
        services.AddSingleton<PaymentRecorder>();
        services.AddSingleton<ChainNode>();
        services.AddSingleton(provider => new ChainLook(provider.GetRequiredService<ChainNode>().Connect(new EvmRpcOptions()), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<BalanceReader>();
        services.AddSingleton<PaymentEventPublisher>();
        services.AddSingleton<PaymentActors>();
        services.AddSingleton<PaymentWatch>();
        services.AddSingleton<PaymentIntake>();
        services.AddSingleton<Purchasing>();
        services.AddSingleton<PaymentRunner>();
        services.AddHostedService(provider => provider.GetRequiredService<PaymentRunner>());
        services.AddSingleton<OpenPaymentNotes>();
        services.AddHostedService(provider => provider.GetRequiredService<OpenPaymentNotes>());
        services.AddSingleton<PaymentSweeper>();
        services.AddHostedService(provider => provider.GetRequiredService<PaymentSweeper>());
        services.AddSingleton<PaymentMetrics>();
        services.AddSingleton<PaymentServices>();
        services.AddActors(null);
        services.AddOptions<ActorRuntimeOptions>().Configure<PaymentOptions>((runtime, options) =>
        {
            runtime.ActorIdleTimeout = TimeSpan.FromSeconds(options.IdleTimeoutSeconds);
            runtime.DrainOngoingCallTimeout = DrainOngoingCalls;
            runtime.DrainRebalancedActors = true;
            runtime.ReentrancyConfig = new ActorReentrancyConfig { Enabled = false };
            runtime.JsonSerializerOptions = CreateJson();
            runtime.Actors.RegisterActor<PaymentActor>();
        });
    }

    /// <summary>Maps what the sidecar calls: configuration, actor methods, deactivation, reminders.</summary>
    internal static void MapPayments(this WebApplication app)
    {
        app.MapActorsHandlers().RequireDaprAppToken(app.Services.GetRequiredService<SidecarOptions>());
        app.MapPurchases();
        app.MapBalances();
        app.MapAuthorizations();
    }

    /// <summary>Generated metadata only: a type that is in neither context is a bug, and reflection would serialize it with names nobody pinned.</summary>
    internal static JsonSerializerOptions CreateJson()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            TypeInfoResolver = JsonTypeInfoResolver.Combine(ContractsJson.Default, PaymentStateJson.Default),
        };
        PaymentStateJson.AddTo(json);
        return json;
    }
}
