using AgentMesh.ActorHost.Announcing;
using AgentMesh.ActorHost.Budgets;
using AgentMesh.ActorHost.Limits;
using AgentMesh.ActorHost.Mail;
using AgentMesh.ActorHost.Policies;
using AgentMesh.ActorHost.Publishing;
using AgentMesh.ActorHost.Purchases;
using AgentMesh.ActorHost.Quarantine;
using AgentMesh.ActorHost.Quotas;
using AgentMesh.ActorHost.Responders;
using AgentMesh.ActorHost.States;
using AgentMesh.ActorHost.Summaries;
using AgentMesh.ActorHost.Sweeping;
using AgentMesh.ActorHost.TenantBudgets;
using AgentMesh.ActorHost.Tools;
using AgentMesh.ActorHost.Turns;
using AgentMesh.ActorHost.Wallets;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.DueWork;
using AgentMesh.Agents.Summaries;
using AgentMesh.ServiceDefaults.Encryption;
using Microsoft.Extensions.Options;

namespace AgentMesh.ActorHost.Agents;

/// <summary>What all agents of the process share.</summary>
internal sealed class AgentServices(
    TimeProvider time,
    AgentActorOptions actors,
    TurnOptions turns,
    SessionOptions sessions,
    FlushOptions flush,
    IOptions<RateLimitOptions> rateLimit,
    Responder responder,
    TurnRunner runner,
    RunningTexts texts,
    Announcer announcer,
    EventPublisher events,
    Summarizer summarizer,
    AgentTools tools,
    SweepOptions sweep,
    DueNotes dueNotes,
    AgentWallets wallets,
    WalletErrands errands,
    BudgetRules budgetRules,
    LedgerClock ledgerClock,
    PurchaseServices purchases,
    PolicyRules policyRules,
    TenantGate tenantGate,
    MailServices mail,
    StateEncryption encryption,
    TenantQuotas quotas,
    QuarantineNotes quarantine,
    StateTransport state,
    AgentMetrics metrics)
{
    public TimeProvider Time => time;

    /// <summary>The way to what agents store.</summary>
    public StateTransport State => state;

    /// <summary>Counts what agents do.</summary>
    public AgentMetrics Metrics => metrics;

    public AgentActorOptions Actors => actors;

    public TurnOptions Turns => turns;

    public SessionOptions Sessions => sessions;

    public FlushOptions Flush => flush;

    public TurnRunner Runner => runner;

    public RunningTexts Texts => texts;

    public Announcer Announcer => announcer;

    /// <summary>Publishes domain events.</summary>
    public EventPublisher Events => events;

    public Summarizer Summarizer => summarizer;

    public AgentTools Tools => tools;

    /// <summary>Encrypts what agents store.</summary>
    public StateEncryption Encryption => encryption;

    public AgentWallets Wallets => wallets;

    public WalletErrands Errands => errands;

    /// <summary>What tenants may have.</summary>
    public TenantQuotas Quotas => quotas;

    /// <summary>Who is told that an agent is damaged.</summary>
    public QuarantineNotes Quarantine => quarantine;

    /// <summary>How budgets are set up.</summary>
    public BudgetRules BudgetRules => budgetRules;

    /// <summary>The time as budgets see it.</summary>
    public LedgerClock LedgerClock => ledgerClock;

    public PolicyRules PolicyRules => policyRules;

    public TenantGate TenantGate => tenantGate;

    /// <summary>How much of a session models read as it was said.</summary>
    public SummaryRules SummaryRules => new(turns.ContextBytes);

    public PurchaseServices Purchases => purchases;

    public MailServices Mail => mail;

    public DueNotes DueNotes => dueNotes;

    /// <summary>What the index of due work is told; null: nothing.</summary>
    public DueRules? DueRules { get; } = sweep.Rules;

    /// <summary>How agents are set up.</summary>
    public PostRules Rules { get; } = new(responder.AnswersAtOnce, turns.Rules, rateLimit.Value.Rule);
}
